"""The own house: a verdict per duty, what is waited for, what was announced."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from levelfield.own_house import Verdict
from levelfield.words import Refusal
from levelfield_web.fields.viewer import Request
from levelfield_web.own_house import actions, queries
from levelfield_web.own_house.forms import AnnounceForm, AskForm
from levelfield_web.own_house.models import ANSWERS
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import may
from levelfield_web.reasons import queries as charters

COLUMNS = (
    "partner", "area", "duty", "title", "verdict", "measured", "sentence", "value", "n", "client_says", "partner_says", "since", "until", "publication",
)  # fmt: skip
STANDING_COLUMNS = (
    "partner", "key", "reason", "weight", "money_share", "measure", "definition", "higher_is_better", "baseline", "baseline_on", "source", "current", "n", "since",
    "until", "publication", "course", "sentence",
)  # fmt: skip
PARTNER_COLUMNS = ("partner", "waiting", "overdue", "announced", "answered_by_client", "answered_by_partner")
MARKS = {
    Verdict.KEPT: "agreed", Verdict.PARTLY: "waiting", Verdict.NOT_KEPT: "open", Verdict.FIRST: "open", Verdict.CANNOT_JUDGE: "withdrawn", Verdict.ASKED: "withdrawn",
}  # fmt: skip


def _on() -> dt.date:
    return timezone.now().date()


@require_safe
def houses(request: Request, format: str = "html") -> HttpResponse:
    """Every partner's page, with what waits on the client. A partner has one, its own."""
    found = queries.overview(viewer=request.viewer, on=_on())
    rows = tuple((o.partner, o.waiting, o.overdue, o.announced, o.answered_client, o.answered_partner) for o in found)
    return answer(request, "own_house/houses.html", {"found": found}, table=Table("own-house", PARTNER_COLUMNS, rows))


@require_safe
def own_house(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """The client's own house with one partner."""
    return _page(request, partner)


def _page(
    request: Request, partner: str, refusal: Refusal | None = None, ask: AskForm | None = None, announce: AnnounceForm | None = None
) -> HttpResponse:  # fmt: skip
    viewer = request.viewer
    if not queries.visible(viewer=viewer, partner=partner):
        raise Http404
    since, until = request.GET.get("since", ""), request.GET.get("until", "")
    found = queries.looked(viewer=viewer, partner=partner, on=_on(), since=since, until=until)
    if found is None and (since or until):
        found = queries.looked(viewer=viewer, partner=partner, on=_on())
    context = {
        "partner": partner, "name": queries.name_of(viewer=viewer, partner=partner), "found": found, "refusal": refusal, "marks": MARKS,
        "ask": ask or AskForm(auto_id="ask_%s"), "announce": announce or AnnounceForm(auto_id="announce_%s"),
        "form": ask if ask is not None and ask.errors else announce, "answers": ANSWERS,
        "may_ask": may(viewer, "ask_client"), "may_answer": may(viewer, "answer_request"), "may_announce": may(viewer, "announce"),
        "may_say": may(viewer, "answer_duty"),
        "areas": [
            (n, title, [(f, MARKS[f.verdict]) for f in own]) for n, title, own in (found.house.by_area if found is not None else ())
        ],
        "pressing": [(f, MARKS[f.verdict]) for f in found.house.pressing] if found is not None else [],
    }  # fmt: skip
    table = Table(f"{partner}-own-house", COLUMNS, tuple(_rows(found)) if found is not None else ())
    wrong = any(f is not None and f.errors for f in (ask, announce))
    status = status_of(refusal) if refusal else 422 if wrong else 200
    return answer(request, "own_house/house.html", context, table=table, status=status)


def _rows(found: queries.Looked) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for f in found.house.findings:
        said = {o.side: str(o.answer) for o in f.opinions}
        rows.append(
            (
                found.partner, f.duty.area, f.duty.key, f.duty.title, str(f.verdict), f.is_measured, f.found.sentence if f.found else None,
                f.found.value if f.found else None, f.found.n if f.found else None, said.get("client"), said.get("partner"), found.span.start,
                found.last, found.publication,
            )
        )  # fmt: skip
    return rows


@require_safe
def reasons_standing(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """Where the reasons of a charter stand: baselines beside current values, weights beside the money at risk."""
    viewer = request.viewer
    if not charters.visible(viewer=viewer, partner=partner):
        raise Http404
    found = queries.reasons_standing(viewer=viewer, partner=partner, on=_on())
    rows: list[tuple[object, ...]] = [
        (
            partner, r.own.key, r.own.title, r.weight, r.money, r.own.measure or None, r.definition or None, r.own.higher_is_better, r.own.baseline,
            r.own.baseline_on, r.own.source or None, r.progress.current, r.value.n if r.value else None, r.span.start if r.span else None, r.last,
            found.publication, r.progress.course, r.progress.sentence,
        )
        for r in found.rows
    ]  # fmt: skip
    if found.unnamed:
        rows.append((partner, None, _("No reason named"), None, found.unnamed, *(None for _n in range(13))))
    context = {"partner": partner, "name": charters.name_of(viewer=viewer, partner=partner), "found": found}
    table = Table(f"{partner}-reasons-standing", STANDING_COLUMNS, tuple(rows))
    return answer(request, "own_house/reasons_standing.html", context, table=table)


def _seen(request: Request, partner: str) -> None:
    if not queries.visible(viewer=request.viewer, partner=partner):
        raise Http404


@require_POST
def ask(request: Request, partner: str) -> HttpResponse:
    """Ask the client for something."""
    _seen(request, partner)
    form = AskForm(request.POST, auto_id="ask_%s")
    if not form.is_valid():
        return _page(request, partner, ask=form)
    try:
        actions.ask(partner=partner, **form.cleaned_data, by=request.viewer, at=timezone.now())
    except Refusal as refusal:
        return _page(request, partner, refusal, ask=form)
    return redirect("own_house:house", partner)


@require_POST
def announce(request: Request, partner: str) -> HttpResponse:
    """Announce a change."""
    _seen(request, partner)
    form = AnnounceForm(request.POST, auto_id="announce_%s")
    if not form.is_valid():
        return _page(request, partner, announce=form)
    try:
        actions.announce(partner=partner, **form.cleaned_data, by=request.viewer, at=timezone.now())
    except Refusal as refusal:
        return _page(request, partner, refusal, announce=form)
    return redirect("own_house:house", partner)


@require_POST
def answer_request(request: Request, partner: str, request_id: str) -> HttpResponse:
    """Give what was asked, or decline."""
    _seen(request, partner)
    found = queries.request_of(viewer=request.viewer, partner=partner, request_id=request_id)
    if found is None:
        raise Http404
    try:
        if request.POST.get("outcome") not in ("given", "declined"):
            raise Refusal(
                _("It is not said whether it is given or declined"),
                where=found.what,
                expected=_("one of the two buttons"),
                next_step=_("Choose one of them."),
            )
        actions.answer_request(
            asked=found, given=request.POST.get("outcome") == "given", words=request.POST.get("answer", ""), by=request.viewer, at=timezone.now()
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, partner, refusal)
    return redirect("own_house:house", partner)


@require_POST
def say(request: Request, partner: str, duty: str) -> HttpResponse:
    """Say how a duty stands."""
    _seen(request, partner)
    try:
        actions.say(
            partner=partner, duty=duty, answer=request.POST.get("answer", ""), words=request.POST.get("words", ""), by=request.viewer, at=timezone.now()
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, partner, refusal)
    return redirect("own_house:house", partner)
