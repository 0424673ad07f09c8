"""Partners, scorecards, measures, values, the definitions lab."""

from __future__ import annotations

import contextlib
import datetime as dt
import shlex
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from levelfield.measures.catalogue import MEASURES, THEMES
from levelfield.measures.measure import Measure
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value
from levelfield.signals.chart import RULE_SETS, Chart, Drawing
from levelfield.signals.telling import did_it_change, headline, what_is_drawn, will_it_meet
from levelfield.words import Grain, Refusal, RefusalKind
from levelfield_web.fields.viewer import Request
from levelfield_web.measures import actions, queries
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.control_chart import drawn
from levelfield_web.parts.formats import told, told_change, with_unit
from levelfield_web.parts.refusals import status_of
from levelfield_web.parts.slices import SLICES, slice_asked
from levelfield_web.people.permissions import may
from levelfield_web.same_data.queries import current, estate

VALUE_COLUMNS = (
    "partner", "measure", "definition", "slice", "period", "value", "unit", "numerator", "denominator", "n", "low", "high", "why",
    "rows_missing", "agreed", "standing", "publication",
)  # fmt: skip
GRAINS = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER)


def _grain(request: Request, default: Grain = Grain.MONTH) -> Grain:
    text = request.GET.get("grain", default)
    if text not in set(GRAINS):
        raise Refusal(
            f"“{text[:40]}” is not a grain", expected="one of " + ", ".join(GRAINS), kind=RefusalKind.DEFINITION
        )
    return Grain(text)


def _cells(
    partner: str,
    value: Value,
    measure: Measure,
    agreed: float | None = None,
    standing: str | None = None,
    slice_: str = "",
) -> tuple[Any, ...]:
    return (
        partner, measure.name, value.definition, slice_, value.period, value.value, measure.unit, value.numerator, value.denominator, value.n,
        value.low, value.high, value.why, value.rows_missing, agreed, standing, value.publication,
    )  # fmt: skip


def _row_cells(partner: str, row: queries.Row, slice_: str = "") -> tuple[Any, ...] | None:
    if row.value is None:
        return None
    return _cells(partner, row.value, row.measure, row.target.expected if row.target else None, row.standing, slice_)


@require_safe
def partners(request: Request, format: str = "html") -> HttpResponse:
    """Every partner the viewer may see, sorted by name, with the agreed measures of the last whole period."""
    grain = _grain(request)
    cards = [
        c
        for p in current(viewer=request.viewer)
        if (c := queries.card(viewer=request.viewer, partner=p, grain=grain)) is not None
    ]
    table = Table(
        f"partners-{grain}",
        VALUE_COLUMNS,
        tuple(cells for c in cards for r in c.rows if (cells := _row_cells(c.partner, r))),
    )
    return answer(
        request, "measures/partners.html", {"cards": cards, "grain": grain, "grains": GRAINS[1:]}, table=table
    )


@require_safe
def partner(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """The scorecard of one partner for one period, by line and site."""
    grain, period = _grain(request), request.GET.get("period", "")
    card = queries.card(viewer=request.viewer, partner=partner, grain=grain, period=period)
    if card is None:
        raise Http404
    names = queries.available_labels({partner: card.publication}, grain)
    splits = []
    for by in ("line", "site"):
        if card.period:
            heads, rows = queries.split(
                viewer=request.viewer, partner=partner, grain=grain, period=card.period, by=by, agreement=card.agreement
            )
            if rows:
                splits.append((by, heads, rows))
    cells = [c for r in card.rows if (c := _row_cells(partner, r))]
    cells += [
        c for by, _, rows in splits for key, row in rows for r in row if (c := _row_cells(partner, r, f"{by}={key}"))
    ]
    at = names.index(card.period) if card.period in names else 0
    context = {
        "card": card, "grain": grain, "grains": GRAINS[1:], "splits": splits, "names": list(reversed(names)),
        "before": names[at - 1] if at > 0 else "", "after": names[at + 1] if names and at + 1 < len(names) else "",
        "other_measures": list(THEMES.items()),
    }  # fmt: skip
    return answer(
        request, "measures/partner.html", context, table=Table(f"{partner}-{card.period}", VALUE_COLUMNS, tuple(cells))
    )


def _measure(name: str) -> Measure:
    if name not in MEASURES:
        raise Http404
    return MEASURES[name]


def _dimensions(measure: Measure) -> list[str]:
    sheet = SHEETS[measure.sheet]
    below = SHEETS[measure.denominator_sheet].dimensions if measure.denominator_sheet else sheet.dimensions
    return [d for d in sheet.dimensions if d in below and d in SLICES]


DRAWING_WORDS = {
    Drawing.XMR: "XmR", Drawing.P: "p", Drawing.P_PRIME: "p′", Drawing.C: "c", Drawing.U_PRIME: "u′", Drawing.EWMA: "EWMA", Drawing.CUSUM: "CUSUM",
}  # fmt: skip
RULE_WORDS = {"nhs": "NHS rules", "western-electric": "Western Electric"}


def _drawing(request: Request) -> Drawing:
    text = request.GET.get("chart", Drawing.XMR)
    if text not in set(Drawing):
        raise Refusal(
            f"“{text[:40]}” is not a chart", expected="one of " + ", ".join(Drawing), kind=RefusalKind.DEFINITION
        )
    return Drawing(text)


def _sigmas(value: float) -> str:
    return with_unit(value, 1, "σ")


def _fired(chart: Chart) -> list[tuple[str, list[str]]]:
    """Which rule marks which periods, for the rule set laid over the picture."""
    names = {name for dot in chart.dots for name in dot.rules}
    return [(name, [d.label for d in chart.dots if name in d.rules]) for name in sorted(names)]


def _ahead(result: queries.Shown, grain: Grain) -> str:
    """The periods the second answer looks at, in words."""
    if result.row.target is None:
        return ""
    many = queries.ahead_of(result.row.target, grain)
    return f"the next {many} {grain}s" if many > 1 else f"the next {grain}"


@require_safe
def measure(request: Request, partner: str, measure: str, format: str = "html") -> HttpResponse:
    """One measure of one partner over time: the sentence, the picture, the numbers."""
    return _measure_page(request, partner, measure)


def _measure_page(request: Request, partner: str, measure: str, refusal: Refusal | None = None) -> HttpResponse:
    if partner not in current(viewer=request.viewer):
        raise Http404
    found, grain, only = _measure(measure), _grain(request), slice_asked(request)
    result = queries.series(
        viewer=request.viewer,
        partner=partner,
        measure=found,
        grain=grain,
        period=request.GET.get("period", ""),
        only=only,
        drawing=_drawing(request),
        rule_set=request.GET.get("rules", "")[:40],
    )
    if result is None:
        raise Http404
    by = request.GET.get("by", "")
    dimensions = _dimensions(found)
    period = result.row.value.period if result.row.value else (result.names[-1] if result.names else "")
    pieces: list[Value] = []
    if by:
        if by not in dimensions:
            raise Refusal(
                f"{found.label} cannot be split by {by[:40]}",
                expected="one of " + ", ".join(dimensions),
                kind=RefusalKind.DEFINITION,
            )
        pieces = queries.by_dimension(
            viewer=request.viewer,
            partner=partner,
            measure=found,
            definition=result.definition,
            grain=grain,
            period=period,
            by=by,
            only=only,
        )

    def written(value: float) -> str:
        return told(found, value)

    def changed(value: float) -> str:
        return told_change(found, value)

    chart = result.row.chart
    slice_ = ", ".join(v for values in only.values() for v in values)
    first = headline(chart, written)
    answers = (did_it_change(chart, written, changed), will_it_meet(chart, written, _ahead(result, grain)))
    in_sigma = chart.drawing is Drawing.CUSUM
    context = {
        "result": result, "measure": found, "partner": partner, "grain": grain, "grains": GRAINS, "only": only, "slice": slice_, "by": by,
        "dimensions": dimensions, "period": period, "headline": first, "answers": answers, "reading": chart.look,
        "picture": drawn(chart, _sigmas if in_sigma else written, f"{first}. {answers[0]} {answers[1]}"),
        "drawings": [(d, DRAWING_WORDS[d]) for d in result.drawings], "drawn_how": what_is_drawn(chart), "chart": chart,
        "rule_sets": [(name, RULE_WORDS[name]) for name in RULE_SETS], "fired": _fired(chart), "may_rebase": may(request.viewer, "rebase"),
        "points_of": queries.rebase_points(viewer=request.viewer, partner=partner, measure=found, only=only),
        "points": [(v, queries.shown(v, found), _link(partner, found, grain, v.period, only)) for v in reversed(result.values)],
        "pieces": [(v.of(by), v, queries.shown(v, found), _link(partner, found, grain, v.period, {**only, by: (str(v.of(by)),)})) for v in pieces],
        "usual": chart.usual, "usual_names": (chart.dots[chart.usual.first].label, chart.dots[chart.usual.last].label) if chart.usual else None,
        "query": request.GET.urlencode(), "scope": queries.scope_query(only), "refusal": refusal, "switches": ", ".join(found.switches_of(result.definition)),
    }  # fmt: skip
    target = result.row.target
    rows = [_cells(partner, v, found, target.expected if target else None, None, slice_) for v in result.values]
    rows += [_cells(partner, v, found, None, None, f"{by}={v.of(by)}") for v in pieces]
    return answer(
        request, "measures/measure.html", context, table=Table(f"{partner}-{found.name}", VALUE_COLUMNS, tuple(rows)),
        status=status_of(refusal) if refusal else 200,
    )  # fmt: skip


@require_POST
def rebase(request: Request, partner: str, measure: str) -> HttpResponse:
    """Let the lines of a series start anew, or withdraw such a point."""
    if partner not in current(viewer=request.viewer):
        raise Http404
    found, only = _measure(measure), slice_asked(request)
    scope = queries.scope_query(only)
    try:
        if request.POST.get("withdraw"):
            actions.withdraw_rebase(
                partner=partner, measure=found, scope=scope, on=_day(request.POST["withdraw"]), by=request.viewer, at=timezone.now()
            )  # fmt: skip
        else:
            actions.rebase(
                partner=partner, measure=found, scope=scope, on=_day(request.POST.get("on", "")),
                reason=request.POST.get("reason", ""), by=request.viewer, at=timezone.now(),
            )  # fmt: skip
    except Refusal as refusal:
        return _measure_page(request, partner, measure, refusal)
    return redirect(f"{reverse('measures:measure', args=[partner, found.name])}?{request.GET.urlencode()}")


def _day(text: str) -> dt.date:
    """A day as a form has it."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        raise Refusal(
            f"“{text[:20]}” is not a day", where="From", expected="a day such as 2026-03-02", next_step="Choose a day.",
            kind=RefusalKind.DEFINITION,
        ) from None  # fmt: skip


def _link(partner: str, found: Measure, grain: Grain, period: str, only: Mapping[str, tuple[str, ...]]) -> str:
    from urllib.parse import urlencode

    query = urlencode([("grain", grain), ("period", period), *((k, v) for k, values in only.items() for v in values)])
    return f"{reverse('measures:value', args=[partner, found.name])}?{query}"


@require_safe
def value(request: Request, partner: str, measure: str, format: str = "html") -> HttpResponse:
    """One number, opened: numerator, denominator, n, definition, publication, and how to compute it again."""
    if partner not in current(viewer=request.viewer):
        raise Http404
    found, grain, only = _measure(measure), _grain(request), slice_asked(request)
    period = request.GET.get("period", "")
    result = queries.series(
        viewer=request.viewer, partner=partner, measure=found, grain=grain, period=period, only=only
    )
    if result is None or result.row.value is None or result.row.value.period != period:
        raise Http404
    own = result.row.value
    words = " ".join(f"--only {shlex.quote(f'{k}={v}')}" for k, values in only.items() for v in values)
    switches = " ".join(f"--define {w}" for w in found.switches_of(result.definition))
    command = f"levelfield measure --publication {own.publication} --measure {found.name} --grain {grain} --period {period} {words} {switches}".strip()
    context = {
        "value": own, "measure": found, "partner": partner, "name": result.name, "shown": result.row.shown, "command": " ".join(command.split()),
        "low": told(found, own.low) if own.low is not None else "", "high": told(found, own.high) if own.high is not None else "",
        "grain": grain, "only": only, "row": result.row, "response_rate": own.response_rate,
        "switches": ", ".join(found.switches_of(result.definition)),
    }  # fmt: skip
    target = result.row.target
    table = Table(
        f"{partner}-{found.name}-{period}", VALUE_COLUMNS,
        (_cells(partner, own, found, target.expected if target else None, result.row.standing, str(only or "")),),
    )  # fmt: skip
    return answer(request, "measures/value.html", context, table=table)


LAB_DEFAULTS = {"answered": 1000, "answered_within": 860, "abandoned": 60, "abandoned_within": 20, "short": 10}
LAB_LABELS = {
    "answered": "Answered", "answered_within": "Of the answered, within the threshold", "abandoned": "Abandoned",
    "abandoned_within": "Of the abandoned, within the threshold", "short": "Of these, short abandons",
}  # fmt: skip


@require_safe
def lab(request: Request, format: str = "html") -> HttpResponse:
    """Six service levels from one month's counts: typed in, or a partner's own."""
    mine = current(viewer=request.viewer)
    partner = request.GET.get("partner", "")
    if partner and partner not in mine:
        raise Http404
    target = _number(request, "target", 82.0) / 100
    counts = {name: int(_number(request, name, default)) for name, default in LAB_DEFAULTS.items()}
    threshold = request.GET.get("threshold_s", "")
    threshold = threshold if threshold.isascii() and threshold.isdigit() and len(threshold) < 6 else ""
    # Every month of anybody the viewer may see, so that month and partner are chosen together.
    names = queries.available_labels(mine, Grain.MONTH) if mine else []
    period = request.GET.get("period", "")
    if partner:
        own = queries.available_labels({partner: mine[partner]}, Grain.MONTH)
        period = period if period in names else (own[-1] if own else "")
        seconds = int(threshold) if threshold.isdigit() else None
        lines = (
            queries.lab_of_partner(
                viewer=request.viewer, partner=partner, period=period, threshold_s=seconds, target=target
            )
            if period
            else []
        )
    else:
        _possible(counts)
        lines = queries.lab_of_counts(**counts, target=target)
    known = [line.value for line in lines if line.value is not None]
    context = {
        "lines": lines, "target": target, "target_shown": f"{target * 100:g}", "partner": partner, "period": period, "names": list(reversed(names)),
        "partners": [(k, estate(viewer=request.viewer).name_of(k)) for k in mine], "counts": [(k, LAB_LABELS[k], v) for k, v in counts.items()],
        "threshold": threshold, "spread": (max(known) - min(known)) * 100 if known else None, "met": sum(bool(line.meets) for line in lines),
    }  # fmt: skip
    columns = ("rule", "name", "what", "numerator", "denominator", "service_level", "meets_target", "why")
    rows = tuple(
        (line.letter, line.rule, line.title, line.numerator, line.denominator, line.value, line.meets, line.why)
        for line in lines
    )
    return answer(request, "measures/lab.html", context, table=Table("definitions-lab", columns, rows))


def _number(request: Request, name: str, default: float) -> float:
    text = request.GET.get(name, "")
    with contextlib.suppress(ValueError):
        number = float(text) if text else float(default)
        if 0 <= number <= 1e12:
            return number
    raise Refusal(f"“{text[:40]}” cannot be {name}", expected="a number, zero or above", kind=RefusalKind.DEFINITION)


def _possible(counts: Mapping[str, int]) -> None:
    """Parts may not exceed their whole."""
    for part, whole in (
        ("answered_within", "answered"),
        ("abandoned_within", "abandoned"),
        ("short", "abandoned_within"),
    ):
        if counts[part] > counts[whole]:
            raise Refusal(
                f"{counts[part]:,} {part.replace('_', ' ')} is more than {counts[whole]:,} {whole.replace('_', ' ')}",
                expected="a part no larger than its whole",
                kind=RefusalKind.DEFINITION,
            )
