"""Partners beside each other, fairly: for the client alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Form, Measure, Unit
from levelfield.measures.sheets import SHEETS
from levelfield.signals import fair
from levelfield.signals.fair import RankInterval, Standardised, Standing
from levelfield.words import Grain, Period, Refusal, RefusalKind
from levelfield_web.fields.viewer import Request, Viewer
from levelfield_web.measures.figures import FIGURES
from levelfield_web.measures.queries import available_labels
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.formats import told
from levelfield_web.parts.funnel_picture import funnel_picture
from levelfield_web.same_data.queries import current, estate

COLUMNS = (
    "partner", "period", "measure", "numerator", "denominator", "value", "standardised", "standardised_low", "standardised_high", "lower", "upper",
    "side", "rank_lowest", "rank_highest", "publication",
)  # fmt: skip
FEWEST_FOR_RANKS = 3


@dataclass(frozen=True)
class Compared:
    """One partner beside the others."""

    name: str
    standing: Standing
    standard: Standardised | None
    rank: RankInterval | None
    value: str
    usual: str
    standardised: str
    publication: str


def comparable() -> list[Measure]:
    """The measures that are a share of contacts and know the line: those a fair comparison can be made of."""
    return [
        m
        for m in MEASURES.values()
        if m.form is Form.RATIO and m.unit is Unit.SHARE and not m.denominator_sheet and "line" in SHEETS[m.sheet].dimensions
    ]  # fmt: skip


@require_safe
def comparison(request: Request, format: str = "html") -> HttpResponse:
    """Which partners stand apart from the others at equal mix, or that they cannot be told apart."""
    viewer = request.viewer
    if not viewer.is_client:
        raise Refusal(
            _("Comparing partners is for the client"),
            next_step=_("Your own figures are on your scorecard."),
            kind=RefusalKind.PERMISSION,
        )
    known = {m.name: m for m in comparable()}
    name = request.GET.get("measure", "service_level")
    if name not in known:
        raise Refusal(
            _("“%(name)s” cannot be compared") % {"name": name[:40]},
            expected=", ".join(known),
            kind=RefusalKind.DEFINITION,
        )
    measure = known[name]
    mine = current(viewer=viewer)
    months = available_labels(mine, Grain.MONTH) if mine else []
    period = request.GET.get("period", "")
    period = period if period in months else (months[-1] if months else "")
    rows, sentence, pairs = _compared(viewer, measure, period) if period else ((), "", "")
    table = Table(
        f"comparison-{name}-{period}", COLUMNS,
        tuple(
            (
                r.name, period, name, r.standing.numerator, r.standing.denominator, r.standing.value,
                r.standard.value if r.standard else None, *(_interval(r.standard)), r.standing.lower_spread, r.standing.upper_spread,
                str(r.standing.side), r.rank.lowest if r.rank else None, r.rank.highest if r.rank else None, r.publication,
            )
            for r in rows
        ),
    )  # fmt: skip
    context = {
        "rows": rows, "sentence": sentence, "pairs": pairs, "measure": measure, "period": period, "months": list(reversed(months)),
        "measures": list(known.values()), "picture": _picture(measure, rows, sentence) if rows else "",
    }  # fmt: skip
    return answer(request, "signals/comparison.html", context, table=table)


def _interval(found: Standardised | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (found.lower, found.upper)


def _compared(viewer: Viewer, measure: Measure, period: str) -> tuple[tuple[Compared, ...], str, str]:
    mine, names = current(viewer=viewer), estate(viewer=viewer)
    definition = Definition.from_data({"currency": names.currency})
    asked = Asked(((measure, definition),), ("partner", "line"), Grain.MONTH, Period.parse(period))
    found = [v for v in FIGURES.values(mine, asked) if v.numerator is not None and v.denominator]
    cells = [
        (names.name_of(str(v.of("partner"))), str(v.of("line")), int(v.numerator or 0), int(v.denominator or 0))
        for v in found
    ]
    totals: dict[str, list[int]] = {}
    for partner, _line, top, bottom in cells:
        own = totals.setdefault(partner, [0, 0])
        own[0], own[1] = own[0] + top, own[1] + bottom
    groups = [(p, top, bottom) for p, (top, bottom) in sorted(totals.items()) if bottom >= measure.fewest]
    if not groups:
        return (), _("No partner has enough contacts in this month."), ""
    seen = fair.funnel(groups)
    kept = {p for p, _t, _b in groups}
    standard = {s.name: s for s in fair.standardise([c for c in cells if c[0] in kept])} if len(groups) > 1 else {}
    ranks: dict[str, RankInterval] = {}
    pairs = ""
    if len(groups) >= FEWEST_FOR_RANKS:
        effects = fair.effects(groups)
        ranks = {r.name: r for r in fair.ranks(effects)}
        pairs = fair.pairs(effects).sentence
    publication = {names.name_of(p): i for p, i in mine.items()}

    def share(value: float | None) -> str:
        return "–" if value is None else told(measure, value)

    return (
        tuple(
            Compared(
                s.name, s, standard.get(s.name), ranks.get(s.name), share(s.value), f"{share(s.lower_spread)} – {share(s.upper_spread)}",
                _standardised(standard.get(s.name), share), publication.get(s.name, ""),
            )
            for s in seen.by_name
        ),
        seen.sentence.replace("groups", "partners").replace("group", "partner"),
        pairs,
    )  # fmt: skip


def _standardised(found: Standardised | None, share: object) -> str:
    if found is None or found.value is None:
        return "–"
    low, high = _interval(found)
    return f"{share(found.value)} ({share(low)} – {share(high)})"  # type: ignore[operator]


def _picture(measure: Measure, rows: Sequence[Compared], sentence: str) -> object:
    return funnel_picture([r.standing for r in rows], lambda v: told(measure, v), sentence)
