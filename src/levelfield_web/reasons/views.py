"""The pages of the charter: one for each partner, read by both sides, and a list for the client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from levelfield.reasons import LAPSES_AFTER_DAYS, Charter, Standing
from levelfield.words import Refusal
from levelfield_web.fields.viewer import Request
from levelfield_web.parts.answers import Table, answer, format_of
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import may
from levelfield_web.reasons import actions, queries
from levelfield_web.reasons.forms import (
    BaselineForm,
    BuyInForm,
    LeavesForm,
    ReasonForm,
    SponsorForm,
    SurveyForm,
    WeighingForm,
)
from levelfield_web.reasons.models import Sponsor, StoredReason

COLUMNS = (
    "partner", "part", "key", "title", "words", "weight", "lowest_weight", "highest_weight", "measure", "higher_is_better", "baseline", "baseline_on", "source",
    "side", "level", "since", "standing", "said_on", "renew_by", "client_median", "client_n", "partner_median", "partner_n", "gap", "survey_version",
)  # fmt: skip
LIST_COLUMNS = (
    "partner", "reasons", "weighed_by", "executive_owners_client", "executive_owners_partner", "days_without_owner_client", "buy_ins_to_renew",
    "answered_client", "answered_partner", "gaps", "survey_version",
)  # fmt: skip
MARKS = {
    Standing.BEHIND: "agreed", Standing.RESERVATIONS: "waiting", Standing.NO_LONGER: "open", Standing.LAPSED: "waiting", Standing.NEVER_ASKED: "withdrawn",
}  # fmt: skip
MOVES = ("keep_charter", "weigh_reasons", "name_sponsor", "say_buy_in", "answer_survey")


SPONSOR_FORMS: dict[str, type[forms.Form]] = {"buy_in": BuyInForm, "leaves": LeavesForm}


def _on() -> dt.date:
    return timezone.now().date()


@require_safe
def charters(request: Request, format: str = "html") -> HttpResponse:
    """Every partner's charter. A partner has one, its own."""
    viewer = request.viewer
    if not viewer.is_client and format_of(request) == "html" and queries.visible(viewer=viewer, partner=viewer.partner):
        return redirect("reasons:charter", viewer.partner)
    found = queries.overview(viewer=viewer, on=_on())
    rows = tuple(
        (
            o.partner, len(o.charter.reasons), o.charter.weights.n, len(o.charter.client.owners), len(o.charter.partner.owners), o.charter.client.days_without,
            o.to_renew, "client" in o.charter.alignment.answered, "partner" in o.charter.alignment.answered,
            len(o.charter.alignment.gaps) if o.charter.alignment.is_open else None, o.charter.alignment.version,
        )
        for o in found
    )  # fmt: skip
    return answer(request, "reasons/charters.html", {"found": found}, table=Table("reasons", LIST_COLUMNS, rows))


@require_safe
def charter(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """The charter of one partner."""
    return _page(request, partner)


def _page(request: Request, partner: str, refusal: Refusal | None = None, wrong: tuple[str, forms.Form] | None = None) -> HttpResponse:  # fmt: skip
    """The page; `wrong` names the form that was sent and could not be taken, so that what was typed is kept."""
    viewer = request.viewer
    if not queries.visible(viewer=viewer, partner=partner):
        raise Http404
    found = queries.charter(viewer=viewer, partner=partner, on=_on())
    stored = {r.public_id: r for r in queries.reasons(viewer=viewer, partner=partner)}
    reasons = queries.reason_rows(found, stored)
    backers = queries.sponsor_rows(
        found, {s.public_id: s for s in queries.sponsors(viewer=viewer, partner=partner)}, viewer
    )
    place, sent = wrong or ("", None)

    def form(name: str, plain: Callable[[], forms.Form]) -> forms.Form:
        return sent if sent is not None and place == name else plain()

    context: dict[str, Any] = {
        "partner": partner, "name": queries.name_of(viewer=viewer, partner=partner), "found": found, "refusal": refusal, "form": sent, "place": place,
        "reasons": [(row, sent if sent is not None and place == row.own.key else BaselineForm.of(row.stored)) for row in reasons],
        "sponsors": [
            (row, MARKS[row.standing], *(_of_sponsor(name, plain, row.own.key, place, sent) for name, plain in SPONSOR_FORMS.items())) for row in backers
        ],
        "add": form("add", lambda: ReasonForm(auto_id="add_%s")),
        "weigh": form("weigh", lambda: _weighing(request, partner)),
        "name_sponsor": form("name_sponsor", lambda: _sponsor(request, partner)),
        "survey": form("survey", lambda: SurveyForm(initial=queries.own_answers(viewer=viewer, partner=partner), auto_id="survey_%s")),
        "lapses": LAPSES_AFTER_DAYS, "may": {move: may(viewer, move) for move in MOVES}, "mine": viewer.side,
    }  # fmt: skip
    table = Table(f"{partner}-charter", COLUMNS, tuple(_rows(partner, found, reasons, backers)))
    status = status_of(refusal) if refusal else 422 if sent is not None and sent.errors else 200
    return answer(request, "reasons/charter.html", context, table=table, status=status)


def _rows(
    partner: str, found: Charter, reasons: list[queries.ReasonRow], backers: list[queries.SponsorRow]
) -> list[tuple[object, ...]]:
    """One row for each reason, sponsor and statement; columns of the others stay empty."""
    nothing = dict.fromkeys(COLUMNS)
    rows: list[dict[str, object]] = [
        {
            "part": "reason", "key": r.own.key, "title": r.own.title, "words": r.own.words, "weight": r.weight, "lowest_weight": r.lowest, "highest_weight": r.highest,
            "measure": r.own.measure or None, "higher_is_better": r.own.higher_is_better, "baseline": r.own.baseline, "baseline_on": r.own.baseline_on,
            "source": r.own.source or None,
        }
        for r in reasons
    ]  # fmt: skip
    rows += [
        {
            "part": "sponsor", "key": b.own.key, "title": b.own.name, "words": b.last.words if b.last else None, "side": b.own.side, "level": b.own.level,
            "since": b.own.since, "standing": b.standing, "said_on": b.last.said_on if b.last else None, "renew_by": b.own.due_on,
        }
        for b in backers
    ]  # fmt: skip
    for row in found.alignment.rows:
        sides = {"client": row.client, "partner": row.partner}
        medians = {f"{side}_median": a.median if a else None for side, a in sides.items()}
        counts = {f"{side}_n": a.n if a else None for side, a in sides.items()}
        own = {"part": "statement", "key": row.statement.key, "title": row.statement.words, "words": row.statement.area}
        rows.append({**own, **medians, **counts, "gap": row.gap, "survey_version": found.alignment.version})
    return [tuple({**nothing, **row, "partner": partner}.values()) for row in rows]


def _of_sponsor(
    name: str, plain: type[forms.Form], key: str, place: str, sent: forms.Form | None
) -> tuple[forms.Form, bool]:
    """A form of one sponsor, and whether it is the one that was sent."""
    is_it = sent is not None and place == f"{name} {key}"
    return (sent if is_it and sent is not None else plain(auto_id=f"{key}_{name}_%s"), is_it)


def _weighing(request: Request, partner: str, sent: QueryDict | None = None) -> WeighingForm:
    """What was sent, or points as the viewer gave them last; a reason that came later stands empty."""
    own = [(r.public_id, actions.title_of(r)) for r in queries.reasons(viewer=request.viewer, partner=partner)]
    points = queries.own_points(viewer=request.viewer, partner=partner)
    return WeighingForm(sent, reasons=own, initial=points, auto_id="weigh_%s")


def _sponsor(request: Request, partner: str, sent: QueryDict | None = None) -> SponsorForm:
    """What was sent, or an empty form with the people of the viewer's own side."""
    people = queries.people_to_name(viewer=request.viewer, partner=partner)
    return SponsorForm(sent, people=people, auto_id="sponsor_%s")


def _sent(request: Request, partner: str, place: str, form: forms.Form, move: Callable[[], object]) -> HttpResponse:
    """Make a move with what a form holds, or show the page with what is wrong."""
    if not form.is_valid():
        return _page(request, partner, wrong=(place, form))
    try:
        move()
    except Refusal as refusal:
        return _page(request, partner, refusal, (place, form))
    return redirect("reasons:charter", partner)


def _seen(request: Request, partner: str) -> None:
    if not queries.visible(viewer=request.viewer, partner=partner):
        raise Http404


def _reason(request: Request, partner: str, reason_id: str) -> StoredReason:
    _seen(request, partner)
    found = queries.reason_of(viewer=request.viewer, partner=partner, reason_id=reason_id)
    if found is None:
        raise Http404
    return found


def _backer(request: Request, partner: str, sponsor_id: str) -> Sponsor:
    _seen(request, partner)
    found = queries.sponsor_of(viewer=request.viewer, partner=partner, sponsor_id=sponsor_id)
    if found is None:
        raise Http404
    return found


@require_POST
def add(request: Request, partner: str) -> HttpResponse:
    """Add a reason."""
    _seen(request, partner)
    form = ReasonForm(request.POST, auto_id="add_%s")

    def move() -> None:
        own = form.cleaned_data
        actions.add_reason(
            partner=partner, kind=own["kind"], words=own["words"], measure=own["measure"], higher_is_better=form.higher_is_better, by=request.viewer,
            at=timezone.now(),
        )  # fmt: skip

    return _sent(request, partner, "add", form, move)


@require_POST
def withdraw(request: Request, partner: str, reason_id: str) -> HttpResponse:
    """Withdraw a reason."""
    found = _reason(request, partner, reason_id)
    return _sent(
        request, partner, "", forms.Form(request.POST), lambda: actions.withdraw_reason(reason=found, by=request.viewer, at=timezone.now())
    )  # fmt: skip


@require_POST
def baseline(request: Request, partner: str, reason_id: str) -> HttpResponse:
    """Name the measure of a reason and its baseline."""
    found = _reason(request, partner, reason_id)
    form = BaselineForm(request.POST, auto_id=f"{found.public_id}_%s")

    def move() -> None:
        own = form.cleaned_data
        actions.set_baseline(
            reason=found, measure=own["measure"], higher_is_better=form.higher_is_better, baseline=form.in_unit, baseline_on=own["baseline_on"],
            source=own["source"], by=request.viewer, at=timezone.now(),
        )  # fmt: skip

    return _sent(request, partner, found.public_id, form, move)


@require_POST
def weigh(request: Request, partner: str) -> HttpResponse:
    """Give points to the reasons."""
    _seen(request, partner)
    form = _weighing(request, partner, request.POST)
    return _sent(
        request, partner, "weigh", form, lambda: actions.weigh(partner=partner, points=form.cleaned_data, by=request.viewer, at=timezone.now())
    )  # fmt: skip


@require_POST
def name_sponsor(request: Request, partner: str) -> HttpResponse:
    """Name a sponsor of one's own side."""
    _seen(request, partner)
    form = _sponsor(request, partner, request.POST)

    def move() -> None:
        own = form.cleaned_data
        actions.name_sponsor(
            partner=partner, name=own["name"], level=own["level"], since=own["since"], person_id=own["person"], by=request.viewer, at=timezone.now()
        )  # fmt: skip

    return _sent(request, partner, "name_sponsor", form, move)


@require_POST
def leaves(request: Request, partner: str, sponsor_id: str) -> HttpResponse:
    """Say that a sponsor has left."""
    found = _backer(request, partner, sponsor_id)
    form = LeavesForm(request.POST, auto_id=f"{found.public_id}_leaves_%s")
    return _sent(
        request, partner, f"leaves {found.public_id}", form,
        lambda: actions.sponsor_leaves(sponsor=found, left=form.cleaned_data["left"], by=request.viewer, at=timezone.now()),
    )  # fmt: skip


@require_POST
def buy_in(request: Request, partner: str, sponsor_id: str) -> HttpResponse:
    """Record what a sponsor says."""
    found = _backer(request, partner, sponsor_id)
    form = BuyInForm(request.POST, auto_id=f"{found.public_id}_buy_in_%s")
    return _sent(
        request, partner, f"buy_in {found.public_id}", form,
        lambda: actions.say_buy_in(sponsor=found, **form.cleaned_data, by=request.viewer, at=timezone.now()),
    )  # fmt: skip


@require_POST
def survey(request: Request, partner: str) -> HttpResponse:
    """Answer the survey for one's own side."""
    _seen(request, partner)
    form = SurveyForm(request.POST, auto_id="survey_%s")
    return _sent(
        request, partner, "survey", form, lambda: actions.answer_survey(partner=partner, answers=form.cleaned_data, by=request.viewer, at=timezone.now())
    )  # fmt: skip
