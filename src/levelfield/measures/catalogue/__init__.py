"""Every measure by name. Adding one means adding it to its file; its page and its twin test follow."""

from dataclasses import replace

from levelfield.measures.catalogue import forecast, handling, outcome, people_and_money, service
from levelfield.measures.measure import Measure
from levelfield.words import Refusal, RefusalKind, nearest

THEMES = {
    "Service": service.MEASURES,
    "Handling": handling.MEASURES,
    "Outcome": outcome.MEASURES,
    "Forecast": forecast.MEASURES,
    "People and money": people_and_money.MEASURES,
}
MEASURES: dict[str, Measure] = {m.name: replace(m, theme=theme) for theme, ms in THEMES.items() for m in ms}


def measure_named(name: str) -> Measure:
    """The measure of a name, or a refusal with the nearest known ones."""
    if name in MEASURES:
        return MEASURES[name]
    near = nearest(name, MEASURES)
    raise Refusal(
        f"“{name}” is not a measure",
        expected=f"{' or '.join(near)}?" if near else "one of " + ", ".join(MEASURES),
        kind=RefusalKind.DEFINITION,
    )
