"""Judge series: usual, one-off, sustained, drift, more variable or cannot judge, with known error rates."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from levelfield.measures.catalogue import measure_named
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Measure, Unit
from levelfield.signals.chart import Chart
from levelfield.signals.false_discovery import FALSE_SHARE, RAREST, chosen, false_per_year
from levelfield.signals.telling import headline
from levelfield.signals.verdict import ALPHA, Reading, judge
from levelfield.signals.watch import PERIODS, Watch, watched
from levelfield.words import Grain, Refusal, RefusalKind, Series
from levelfield_cli.options import Home, chosen_publications, pair, store_at
from levelfield_cli.showing import Format, err, out, show
from levelfield_io.agreements_at_hand import newest
from levelfield_io.series_file import read_series
from levelfield_io.signals_at_hand import Judged, judged, lines_of, whole_periods
from levelfield_io.store import Store

NAME = "signals"
COLUMNS = (
    "partner", "series", "measure", "slice", "period", "kind", "signal", "p_value", "e_value", "probabilities", "onset", "onset_first",
    "onset_last", "end", "size", "size_low", "size_high", "level_before", "level_after", "going_on", "n", "autocorrelation", "why", "sentence",
    "publication",
)  # fmt: skip
SHOWN = ("partner", "series", "period", "kind", "signal", "p_value", "sentence")


def run(
    measures: Annotated[
        list[str] | None,
        typer.Option("--measure", "-m", help="Judge this measure; may be given several times. The agreed ones when left out."),
    ] = None,
    partner: Annotated[str | None, typer.Option("--partner", help="Only this partner.")] = None,
    publication: Annotated[
        str | None, typer.Option("--publication", help="Id of a publication; the current ones when left out.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Split by line, site, channel …; by line when left out.")] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Keep only this slice, such as line='Billing UK'.")
    ] = None,
    grain: Annotated[
        Grain | None, typer.Option("--grain", help="Length of the periods; weeks, or months where facts come by month.")
    ] = None,
    periods: Annotated[int, typer.Option("--periods", min=2, max=5000, help="How many periods are looked back on.")] = PERIODS,
    series: Annotated[
        Path | None,
        typer.Option("--series", help="Judge the series of a CSV file instead: numerator and denominator, total and n, count, or value."),
    ] = None,
    length: Annotated[
        str | None, typer.Option("--length", help="Length of the periods of that file: day, week, month …")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show series that are as usual, too.")] = False,
    home: Home = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="table, csv or json; json and csv show every series.")] = Format.TABLE,
) -> None:  # fmt: skip
    """What changed beyond chance, and what kind of change it is."""
    rows = _of_file(series, length) if series is not None else _of_home(
        store_at(home), measures or [], partner, publication, by, only or [], grain, periods
    )  # fmt: skip
    if form is not Format.TABLE:
        show(COLUMNS, [tuple(row[c] for c in COLUMNS) for row in rows], form)
        return
    kept = [row for row in rows if everything or row["kind"] not in ("usual", "cannot_judge")]
    kept.sort(key=lambda row: (not row["signal"], row["p_value"] if row["p_value"] is not None else 2.0))
    if kept:
        show(SHOWN, [tuple(_for_people(row, c) for c in SHOWN) for row in kept], form, right=("p_value",))
    known = sum(row["p_value"] is not None for row in rows)
    changed = sum(row["kind"] not in ("usual", "cannot_judge") for row in rows)
    out.print(
        f"{len(rows)} series, {known} could be judged. {changed} read as changed at {ALPHA:.0%} each, where chance alone gives about "
        f"{ALPHA * known:.1f}. {sum(bool(row['signal']) for row in rows)} are signals: p at most {RAREST}, and over the series of one partner "
        f"over a year at most {FALSE_SHARE:.0%} of them false on average.",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    families: dict[str | None, int] = {}
    for row in rows:
        families[row["partner"]] = families.get(row["partner"], 0) + (row["p_value"] is not None)
    if known:
        false = sum(false_per_year(many) for many in families.values())
        out.print(
            f"Looked at every week, were nothing ever to change, these {known} series bring about {false:.1f} false signals a year.",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    whys = sorted({row["why"] for row in rows if row["why"]})
    for why in whys[:5]:
        many = sum(row["why"] == why for row in rows)
        err.print(f"Cannot judge {many}: {why}.", markup=False, soft_wrap=True)


def _for_people(row: dict[str, Any], column: str) -> Any:
    value = row[column]
    if column == "p_value" and value is not None:
        return f"{value:.4f}" if value >= 0.0001 else "<0.0001"
    if column == "signal":
        return "signal" if value else ""
    return value


def _of_home(
    store: Store, measures: list[str], partner: str | None, publication: str | None, by: str | None, only: list[str],
    grain: Grain | None, periods: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """The watched series of publications."""
    rows = []
    for key, id_ in sorted(chosen_publications(store, partner, publication).items()):
        own_grain = grain or _grain_of(store, key, id_)
        watches = _watches(store, key, id_, measures, by, only)
        agreement = newest(store.home, key)
        country = agreement.calendar if agreement is not None else ""
        rows += [_row(one) for one in judged(store, key, id_, watches, own_grain, periods, country)]
    return rows


def _grain_of(store: Store, partner: str, publication: str) -> Grain:
    """Weeks; months where there are no facts by day."""
    return Grain.WEEK if whole_periods(store, partner, publication, Grain.WEEK) else Grain.MONTH


def _watches(
    store: Store, partner: str, publication: str, measures: list[str], by: str | None, only: list[str]
) -> list[Watch]:
    scope = tuple((name, (value,)) for name, value in map(pair, only))
    if not measures and by is None and not scope:
        agreement = newest(store.home, partner)
        currency = agreement.currency if agreement is not None else store.estate.currency
        return watched(agreement, currency, lines_of(store, partner, publication))
    named = [measure_named(m) for m in measures]
    if not named:
        raise Refusal(
            "--by and --only need a measure", expected="--measure service_level, say", kind=RefusalKind.DEFINITION
        )
    definition = Definition.from_data({"currency": store.estate.currency})
    whole = [Watch(m, definition, scope) for m in named]
    if by is None:
        return whole
    return whole + [
        Watch(m, definition, (*scope, (by, (value,)))) for m in named for value in _values(store, partner, publication, m, by)
    ]  # fmt: skip


def _values(store: Store, partner: str, publication: str, measure: Measure, by: str) -> list[str]:
    from levelfield.measures.compute import Asked
    from levelfield_io.recompute import values_of

    definition = Definition.from_data({"currency": store.estate.currency})
    found = values_of(store, {partner: publication}, Asked(((measure, definition),), (by,), Grain.ALL))
    return sorted({str(v.of(by)) for v in found if v.of(by)})


def _row(one: Judged) -> dict[str, Any]:
    labels = [d.label for d in one.chart.dots]
    slice_ = ", ".join(f"{name}={word}" for name, words in one.watch.scope for word in words)
    return {
        "partner": one.partner, "series": one.watch.label, "measure": one.watch.measure.name, "slice": slice_ or None,
        **_read(one.chart.reading, labels), "signal": one.chosen, "sentence": _sentence(one.chart, one.watch.measure),
        "publication": one.publication,
    }  # fmt: skip


def _read(reading: Reading, labels: list[str]) -> dict[str, Any]:
    def at(index: int | None) -> str | None:
        return None if index is None or index >= len(labels) else labels[index]

    first, last = reading.onset_range or (None, None)
    low, high = reading.size_range or (None, None)
    return {
        "period": at(reading.latest), "kind": str(reading.kind), "p_value": _number(reading.p_value), "e_value": _number(reading.e_value),
        "probabilities": dict(reading.probabilities), "onset": at(reading.onset), "onset_first": at(first), "onset_last": at(last),
        "end": at(reading.end), "size": reading.size, "size_low": low, "size_high": high, "level_before": reading.level_before,
        "level_after": reading.level_after, "going_on": reading.going_on, "n": reading.n, "autocorrelation": _number(reading.autocorrelation),
        "why": reading.why or None,
    }  # fmt: skip


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _sentence(chart: Chart, measure: Measure) -> str:
    def told(value: float) -> str:
        match measure.unit:
            case Unit.SHARE:
                return f"{100 * value:.{measure.decimals}f} %"
            case Unit.SECONDS:
                return f"{value:,.{measure.decimals}f} s"
            case _:
                return f"{value:,.{measure.decimals}f}"

    return headline(chart, told)


def _of_file(path: Path, length: str | None) -> list[dict[str, Any]]:
    """The series of a file, judged together."""
    found: dict[str, Series] = read_series(path, length)
    readings = {name: judge(own) for name, own in found.items()}
    known = [name for name, reading in readings.items() if math.isfinite(reading.p_value)]
    picked = dict(zip(known, chosen([readings[name].p_value for name in known], rarest=RAREST), strict=True))
    rows = []
    for name, reading in readings.items():
        labels = list(found[name].labels)
        row = _read(reading, labels)
        signal = picked.get(name, False) and reading.changed and reading.going_on is not False
        where = f" from {row['onset']}" if row["onset"] else ""
        words = f"{name}: {reading.kind}{where}" if not reading.why else f"{name}: {reading.why}"
        rows.append(
            {"partner": None, "series": name, "measure": None, "slice": None, **row, "signal": signal, "sentence": words, "publication": None}
        )  # fmt: skip
    return rows
