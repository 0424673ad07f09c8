"""The plan of a case on one page, and how it is written, proposed, returned and accepted."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from levelfield.plan import MOST_PROMISES
from levelfield.words import Refusal
from levelfield_web.agreement.queries import in_force
from levelfield_web.dialogue.models import Case
from levelfield_web.fields.viewer import Request
from levelfield_web.measures.queries import line_of
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.once import once, sent_once
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import may
from levelfield_web.plan import actions, queries
from levelfield_web.plan.forms import PromiseForm, as_written, usual_days

COLUMNS = (
    "case", "plan", "state", "promise", "action", "owner_side", "owner", "measure", "slice", "baseline", "target", "begins_on", "full_on", "judged_on", "cost",
    "currency", "measurable", "power", "achievable", "share_of_past", "overruled", "outcome", "estimate", "low", "high", "publication",
)  # fmt: skip


def _mine(request: Request, case_id: str) -> Case:
    found = queries.case(viewer=request.viewer, case_id=case_id)
    if found is None:
        raise Http404
    return found


@require_safe
def plan(request: Request, case_id: str, format: str = "html") -> HttpResponse:
    """The plan."""
    return _page(request, _mine(request, case_id))


def _form(request: Request, own: Case, *, sent: bool = False) -> PromiseForm:
    _sites, lines = queries.sliceable(viewer=request.viewer, partner=own.partner)
    line = line_of(own.scope)
    start = {
        "once": once(), "measure": own.measure, "line": line, "owner_name": request.viewer.name, "owner_side": request.viewer.side,
        **usual_days(timezone.now().date()),
    }  # fmt: skip
    again = queries.promise(viewer=request.viewer, own=own, promise_id=request.GET.get("again", ""))
    if again is not None:
        start |= as_written(again)
    name = queries.name_of(viewer=request.viewer, partner=own.partner)
    return PromiseForm(request.POST if sent else None, lines=lines, side=request.viewer.side, name=name, initial=start)


def _page(request: Request, own: Case, refusal: Refusal | None = None, form: PromiseForm | None = None) -> HttpResponse:
    viewer = request.viewer
    page = queries.page(viewer=viewer, own=own, at=timezone.now())
    rows = tuple(
        (
            own.public_id, page.plan.number if page.plan else None, page.plan.state if page.plan else None, p.own.public_id, p.own.action, p.own.owner_side,
            p.own.owner_name, p.own.measure, p.own.scope or None, p.own.baseline, p.own.target, p.own.begins_on, p.own.full_on, p.own.judged_on, p.own.cost,
            p.own.currency or None, p.tested.measurable.can if p.tested else None, p.tested.measurable.power if p.tested else None,
            p.tested.achievable.can if p.tested else None, p.tested.achievable.share if p.tested else None, p.own.overruled_words or None, p.own.outcome or None,
            p.own.estimate, p.own.low, p.own.high, page.publication or None,
        )
        for p in page.lines
    )  # fmt: skip
    writable = own.state in actions.WRITING and (page.plan is None or page.plan.state == "draft")
    context = {
        "case": own, "page": page, "name": page.name, "refusal": refusal, "may_write": may(viewer, "write_plan") and writable,
        "may_answer": may(viewer, "answer_plan"), "may_move": may(viewer, "move_case"), "once": once(), "given": request.POST,
        "form": form or (_form(request, own) if writable else None), "full": len(page.lines) >= MOST_PROMISES, "most": MOST_PROMISES,
        "theirs": page.name if viewer.is_client else _("the client"),
    }  # fmt: skip
    status = status_of(refusal) if refusal else 422 if form is not None and form.errors else 200
    return answer(
        request, "plan/plan.html", context, table=Table(f"{own.public_id}-plan", COLUMNS, rows), status=status
    )


def _done(request: Request, own: Case, do: Callable[[], object], form: PromiseForm | None = None) -> HttpResponse:
    try:
        do()
    except Refusal as refusal:
        own.refresh_from_db()
        return _page(request, own, refusal, form)
    return redirect("plan:plan", own.public_id)


@require_POST
def add(request: Request, case_id: str) -> HttpResponse:
    """Write a promise."""
    own = _mine(request, case_id)
    form = _form(request, own, sent=True)
    if not form.is_valid():
        return _page(request, own, form=form)
    agreement = in_force(viewer=request.viewer, partner=own.partner, on=timezone.now().date())
    old = queries.promise(viewer=request.viewer, own=own, promise_id=form.cleaned_data["replaces"])

    def do() -> None:
        with transaction.atomic():  # a promise that is changed is struck and written anew, or neither
            if old is not None:
                actions.strike_promise(promise=old, by=request.viewer, at=timezone.now())
            actions.add_promise(
                case=own,
                **form.promise,
                currency=agreement.currency if agreement else "",
                by=request.viewer,
                at=timezone.now(),
            )

    return _done(request, own, do, form)


@require_POST
def strike(request: Request, case_id: str, promise_id: str) -> HttpResponse:
    """Strike a promise."""
    own = _mine(request, case_id)
    found = queries.promise(viewer=request.viewer, own=own, promise_id=promise_id)
    if found is None:
        raise Http404
    return _done(request, own, lambda: actions.strike_promise(promise=found, by=request.viewer, at=timezone.now()))


@require_POST
def overrule(request: Request, case_id: str, promise_id: str) -> HttpResponse:
    """Overrule the tests of a promise in writing."""
    own = _mine(request, case_id)
    found = queries.promise(viewer=request.viewer, own=own, promise_id=promise_id)
    if found is None:
        raise Http404
    return _done(request, own, lambda: actions.overrule(promise=found, words=request.POST.get("words", ""), by=request.viewer, at=timezone.now()))  # fmt: skip


@require_POST
def move(request: Request, case_id: str) -> HttpResponse:
    """Propose, return, accept, take silence, begin, try again."""
    own, viewer, now = _mine(request, case_id), request.viewer, timezone.now()
    sent = sent_once(request)

    def do() -> object:
        match request.POST.get("move", ""):
            case "propose_plan":
                return actions.propose_plan(case=own, once=sent, by=viewer, at=now)
            case "return_plan":
                return actions.return_plan(case=own, words=request.POST.get("words", ""), once=sent, by=viewer, at=now)
            case "agree_plan":
                return actions.agree_plan(case=own, once=sent, by=viewer, at=now)
            case "take_silence":
                return actions.take_silence(case=own, once=sent, by=viewer, at=now)
            case "begin":
                return actions.begin(case=own, once=sent, by=viewer, at=now)
            case "try_again":
                return actions.try_again(case=own, once=sent, by=viewer, at=now)
            case other:
                raise Refusal(_("There is no such move"), where=other[:40], next_step=_("Use the buttons of the plan."))

    return _done(request, own, do)
