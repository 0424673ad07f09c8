"""Check-ins with their agenda, the record of promises, and the calendar of a person."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levelfield.measures.catalogue import MEASURES
from levelfield.words import Refusal
from levelfield_web.check_ins import actions, queries
from levelfield_web.check_ins.calendars import calendar_file
from levelfield_web.check_ins.models import FEELINGS
from levelfield_web.dialogue.models import Case
from levelfield_web.fields.viewer import Request
from levelfield_web.measures.queries import label_of
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.once import once, sent_once
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import may

COLUMNS = (
    "case", "promise", "action", "owner_side", "measure", "slice", "track", "sentence", "observed", "expected", "weeks", "client_says", "partner_says", "outcome",
    "estimate", "low", "high", "p_value", "design", "weeks_more", "publication",
)  # fmt: skip
RECORD_COLUMNS = (
    "partner", "case", "promise", "action", "owner_side", "measure", "slice", "promised", "measured", "low", "high", "outcome", "judged_on", "publication",
)  # fmt: skip


def _mine(request: Request, case_id: str) -> Case:
    found = queries.case(viewer=request.viewer, case_id=case_id)
    if found is None:
        raise Http404
    return found


@require_safe
def check_ins(request: Request, case_id: str, format: str = "html") -> HttpResponse:
    """The check-in of a case."""
    return _page(request, _mine(request, case_id))


def _page(request: Request, own: Case, refusal: Refusal | None = None) -> HttpResponse:
    viewer = request.viewer
    page = queries.page(viewer=viewer, own=own, at=timezone.now())
    context = {
        "case": own, "page": page, "name": page.name, "refusal": refusal, "given": request.POST, "once": once(), "feelings": FEELINGS,
        "may_hold": may(viewer, "hold_check_in"), "theirs": page.name if viewer.is_client else "",
    }  # fmt: skip
    table = Table(
        f"{own.public_id}-check-ins", COLUMNS, tuple(_cells(own, line, page.publication) for line in page.lines)
    )
    return answer(
        request, "check_ins/check_ins.html", context, table=table, status=status_of(refusal) if refusal else 200
    )


def _cells(own: Case, line: queries.Line, publication: str) -> tuple[object, ...]:
    said = {s.side: s.feeling for s in line.said}
    p, seen = line.own, line.preview
    return (
        own.public_id, p.public_id, p.action, p.owner_side, p.measure, p.scope or None, line.reading.track, line.reading.sentence, line.reading.observed,
        line.reading.expected, line.reading.weeks, said.get("client"), said.get("partner"), p.outcome or None, seen.estimate if seen else None,
        seen.low if seen else None, seen.high if seen else None, seen.p_value if seen else None, seen.design if seen else None, seen.weeks_more if seen else None,
        publication,
    )  # fmt: skip


def _done(request: Request, own: Case, do: Callable[[], object]) -> HttpResponse:
    try:
        do()
    except Refusal as refusal:
        own.refresh_from_db()
        return _page(request, own, refusal)
    return redirect("check_ins:check_ins", own.public_id)


@require_POST
def hold(request: Request, case_id: str) -> HttpResponse:
    """Record a check-in."""
    own, given = _mine(request, case_id), request.POST
    return _done(
        request, own,
        lambda: actions.hold(
            case=own, present=given.get("present", ""), words=given.get("words", ""), once=sent_once(request), by=request.viewer,
            at=timezone.now(),
        ),
    )  # fmt: skip


@require_POST
def judge(request: Request, case_id: str) -> HttpResponse:
    """Let the data judge."""
    own = _mine(request, case_id)
    return _done(
        request, own, lambda: actions.judge(case=own, once=sent_once(request), by=request.viewer, at=timezone.now())
    )


@require_POST
def say(request: Request, case_id: str, promise_id: str) -> HttpResponse:
    """Say how a promise goes."""
    own = _mine(request, case_id)
    found = queries.promise(viewer=request.viewer, own=own, promise_id=promise_id)
    if found is None:
        raise Http404
    given = request.POST
    return _done(
        request, own,
        lambda: actions.say(promise=found, feeling=given.get("feeling", ""), words=given.get("words", ""), by=request.viewer, at=timezone.now()),
    )  # fmt: skip


@require_safe
def record(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """What became of promises in the work with one partner."""
    viewer = request.viewer
    if not queries.partner_is_visible(viewer=viewer, partner=partner):
        raise Http404
    found = queries.promises_on_record(viewer=viewer, partner=partner)
    name = queries.name_of(viewer=viewer, partner=partner)
    rows = tuple(
        (
            partner, p.plan.case.public_id, p.public_id, p.action, p.owner_side, p.measure, p.scope or None, p.target - p.baseline, p.estimate, p.low, p.high,
            p.outcome or None, p.judged_on, p.verdict_publication or None,
        )
        for p in found
    )  # fmt: skip
    labelled = [(p, label_of(MEASURES[p.measure], p.scope)) for p in found]
    context = {"partner": partner, "name": name, "promises": labelled, "records": queries.records(viewer=viewer, partner=partner)}  # fmt: skip
    return answer(request, "check_ins/record.html", context, table=Table(f"{partner}-promises", RECORD_COLUMNS, rows))


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: Request) -> HttpResponse:
    """One's own calendar address: make it, renew it, take it back."""
    now, made = timezone.now(), ""
    if request.method == "POST":
        if request.POST.get("move") == "close":
            actions.close_feed(user=request.user, at=now)
            return redirect("check_ins:calendar")
        made = request.build_absolute_uri(reverse("check_ins:feed", args=[actions.open_feed(user=request.user, at=now)]))  # fmt: skip
    context = {
        "made": made, "feed": queries.feed_of(request.user), "events": sorted(queries.calendar(viewer=request.viewer, at=now), key=lambda e: e.on),
        "due": queries.due(viewer=request.viewer, at=now), "today": now.date(),
    }  # fmt: skip
    return render(request, "check_ins/calendar.html", context)


@login_not_required
@require_safe
def feed(request: Request, token: str) -> HttpResponse:
    """The calendar of the person whose address this is; nothing else opens it and it opens nothing else."""
    user = queries.reader_of(token)
    if user is None:
        raise Http404
    now = timezone.now()
    base = request.build_absolute_uri("/").rstrip("/")
    body = calendar_file(queries.calendar(viewer=user.as_viewer, at=now), f"Levelfield, {user.name}", base, now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
