"""The explanation of a change: one sentence, the picture that adds up, the tree, the questions it raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from levelfield.drill_down.explanation import Contribution, Explanation, Owner, Place, Span, evenly, sentence_of
from levelfield.drill_down.spans import days_of
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.measure import Measure, Unit
from levelfield.words import Refusal, RefusalKind
from levelfield_web.drill_down import queries
from levelfield_web.drill_down.queries import Explained
from levelfield_web.fields.viewer import Request, Viewer
from levelfield_web.measures.queries import scope_query
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.bars_picture import Bar, bars_picture
from levelfield_web.parts.formats import told, told_change
from levelfield_web.parts.refusals import status_of
from levelfield_web.parts.slices import slice_asked
from levelfield_web.same_data.queries import estate

COLUMNS = (
    "partner",
    "measure",
    "before",
    "after",
    "level",
    "what",
    "where",
    "whose",
    "amount",
    "low",
    "high",
    "share",
    "evidence",
    "needed",
    "publication",
)
MOST_BARS = 9


def whose(viewer: Viewer, name: str, owner: Owner) -> str:
    """An owner from where the reader stands."""
    ours = Owner.CLIENT if viewer.is_client else Owner.PARTNER
    if owner is ours:
        return str(_("ours"))
    match owner:
        case Owner.CLIENT:
            return str(_("the client"))
        case Owner.PARTNER:
            return name or str(_("the partner"))
        case Owner.SHARED:
            return str(_("shared"))
        case _:
            return str(_("outside"))


@require_safe
def explanation(request: Request, partner: str, measure: str, format: str = "html") -> HttpResponse:
    """The explanation of a change at one partner."""
    viewer = request.viewer
    if not queries.visible(viewer=viewer, partner=partner) or measure not in MEASURES:
        raise Http404
    only = slice_asked(request)

    def ask(before: str, after: str) -> Explained | None:
        return queries.explained(
            viewer=viewer, partner=partner, measure=MEASURES[measure], only=only, scope=scope_query(only), before=before, after=after
        )  # fmt: skip

    return _page(request, MEASURES[measure], partner, estate(viewer=viewer).name_of(partner), ask, only)


@require_safe
def together(request: Request, measure: str, format: str = "html") -> HttpResponse:
    """The explanation of a change over all partners, by partner."""
    viewer = request.viewer
    if not viewer.is_client:
        raise Refusal(
            _("A change over all partners is explained to the client"),
            next_step=_("Your own changes are explained on your measures."),
            kind=RefusalKind.PERMISSION,
        )
    if measure not in MEASURES:
        raise Http404

    def ask(before: str, after: str) -> Explained | None:
        return queries.explained_together(viewer=viewer, measure=MEASURES[measure], before=before, after=after)

    return _page(request, MEASURES[measure], "", _("All partners"), ask, {})


def _page(
    request: Request, measure: Measure, partner: str, name: str, ask: Callable[[str, str], Explained | None], only: Mapping[str, tuple[str, ...]]
) -> HttpResponse:  # fmt: skip
    """What was found between the spans of the address; without a partner, over all of them."""
    before, after = request.GET.get("before", "")[:40], request.GET.get("after", "")[:40]
    refusal: Refusal | None = None
    found: Explained | None = None
    try:
        found = ask(before, after)
    except Refusal as wrong:
        refusal = wrong
    context = {
        "partner": partner, "name": name, "measure": measure, "refusal": refusal, "found": found, "before": before, "after": after,
        "scope": scope_query(only), "slices": [(d, word) for d, words in only.items() for word in words],
        "measures": [m for m in queries.explainable() if m.name != measure.name],
    }  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    if found is not None:
        rows = _rows(found)
        context |= _told(request, found)
        context |= {"before": before or _typed(found.found.before), "after": after or _typed(found.found.after)}
        if partner:
            context["house_query"] = _house_query(found.found)
            context["house"] = queries.client_first(
                viewer=request.viewer, partner=partner, on=timezone.now().date(), found=found.found
            )
    table = Table(f"{partner or 'all'}-{measure.name}-explained", COLUMNS, tuple(rows))
    return answer(
        request, "drill_down/explanation.html", context, table=table, status=status_of(refusal) if refusal else 200
    )


def _typed(span: Span) -> str:
    """A span as the form takes it."""
    return span.first if span.first == span.last else f"{span.first}..{span.last}"


def _house_query(found: Explanation) -> str:
    span = days_of(found.after)
    return urlencode({"since": span.start.isoformat(), "until": span.end.isoformat()})


def _step(measure: Measure) -> float:
    """The step amounts are shown in, in the unit of the stored amount."""
    shown = 10.0**-measure.decimals / (100 if measure.unit is Unit.SHARE else 1)
    return shown / (measure.times or 1.0)


def _told(request: Request, own: Explained) -> dict[str, Any]:
    """The words and the picture, every amount rounded so that what is read adds up."""
    viewer, measure, found = request.viewer, own.measure, own.found
    names = estate(viewer=viewer)

    def changed(amount: float) -> str:
        return told_change(measure, amount * measure.times)

    def unsigned(amount: float) -> str:
        return changed(abs(amount))

    def side(owner: Owner) -> str:
        return whose(viewer, own.name, owner)

    def where(place: Place) -> str:
        return ", ".join(names.name_of(label) if d == "partner" else label for d, label in place)

    plain = evenly(found, _step(measure))
    even = [c.amount for c in plain.contributions]
    rest = plain.remainder if found.has_remainder else 0.0
    lines = [
        _line(c, amount, found, changed, side, where) for c, amount in zip(found.contributions, even, strict=False)
    ]
    small = lines[MOST_BARS:] if len(lines) > MOST_BARS + 1 else []
    bars = [Bar(_named(n["words"], n["where"]), n["whose"], n["amount"]) for n in lines[: len(lines) - len(small)]]
    if small:
        bars.append(Bar(_("%(n)s smaller parts") % {"n": len(small)}, "", sum(n["amount"] for n in small)))
    if found.has_remainder:
        bars.append(Bar(found.remainder_words, "", rest, is_rest=True))
    headline = sentence_of(_renamed(plain, where), measure.label, unsigned, side)
    owners = [(side(owner), changed(amount)) for owner, amount in plain.by_owner]
    return {
        "headline": headline, "lines": lines, "owners": owners, "rest": changed(rest) if found.has_remainder else "", "rest_words": found.remainder_words,
        "change": changed(plain.change), "short": headline.partition(":")[0] if ":" in headline else headline.rstrip("."), "value_before": told(measure, found.value_before * measure.times),
        "value_after": told(measure, found.value_after * measure.times),
        "picture": bars_picture(bars, plain.change, changed, str(_("Contributions to the change")), headline, str(_("The change"))),
        "ask_ours": [q.words for q in found.questions if (q.to is Owner.CLIENT) == viewer.is_client],
        "ask_theirs": [q.words for q in found.questions if (q.to is Owner.CLIENT) != viewer.is_client],
        "theirs": own.name if viewer.is_client else _("the client"),
    }  # fmt: skip


def _renamed(found: Explanation, where: Any) -> Explanation:
    """Partners by their names, for the sentence."""

    def named(part: Contribution) -> Contribution:
        return replace(part, where=tuple((d, where(((d, label),))) for d, label in part.where))

    return replace(found, contributions=tuple(named(c) for c in found.contributions))


def _named(words: str, place: str) -> str:
    if not place:
        return words
    return f"{words} {place}" if words.endswith(" at") or not words else f"{words}, {place}"


def _line(part: Contribution, amount: float, found: Explanation, changed: Any, side: Any, where: Any) -> dict[str, Any]:
    return {
        "words": part.words, "where": where(part.where), "named": _named(part.words, where(part.where)), "whose": side(part.owner), "amount": amount, "told": changed(amount),
        "range": f"{changed(part.low)} … {changed(part.high)}" if part.low is not None and part.high is not None else "", "evidence": part.evidence, "needed": part.needed,
        "share": part.amount / found.change if found.change else None,
        "parts": [{"where": where(p.where), "told": changed(p.amount), "evidence": p.evidence, "needed": p.needed} for p in part.parts[:12]],
        "more": max(0, len(part.parts) - 12),
    }  # fmt: skip


def _rows(own: Explained) -> list[tuple[Any, ...]]:
    found, times = own.found, own.measure.times

    def row(level: int, part: Contribution) -> tuple[Any, ...]:
        return (
            own.partner or None, own.measure.name, found.before.name, found.after.name, level, part.words, ", ".join(f"{d}={label}" for d, label in part.where) or None,
            str(part.owner), part.amount * times, None if part.low is None else part.low * times, None if part.high is None else part.high * times,
            part.amount / found.change if found.change else None, part.evidence or None, part.needed or None, found.publication,
        )  # fmt: skip

    rows: list[tuple[Any, ...]] = []
    for part in found.contributions:
        rows.append(row(1, part))
        rows += [row(2, below) for below in part.parts]
    if found.has_remainder:
        rows.append(
            (
                own.partner or None, own.measure.name, found.before.name, found.after.name, 1, found.remainder_words, None, None, found.remainder * times, None, None,
                found.remainder / found.change if found.change else None, None, None, found.publication,
            )
        )  # fmt: skip
    return rows
