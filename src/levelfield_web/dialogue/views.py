"""Cases: the list, one case with its talk, and the moves of both sides."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levelfield.measures.catalogue import MEASURES
from levelfield.words import Refusal
from levelfield_web.agreement.queries import in_force
from levelfield_web.dialogue import actions, queries
from levelfield_web.dialogue.attachments import LARGEST
from levelfield_web.dialogue.choices import measure_choices
from levelfield_web.dialogue.forms import CaseForm, SignalCaseForm
from levelfield_web.dialogue.models import Case, Source
from levelfield_web.fields.viewer import Request
from levelfield_web.measures.queries import line_of, line_scope
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.bodies import takes_up_to
from levelfield_web.parts.once import once, sent_once
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import may
from levelfield_web.same_data.queries import current
from levelfield_web.signals import queries as signals

COLUMNS = (
    "partner", "case", "title", "state", "raised_by", "raised_at", "waits_for", "until", "overdue", "source", "signal", "measure", "slice", "publication",
)  # fmt: skip
STEP_COLUMNS = ("case", "at", "who", "side", "move", "before", "after", "words", "present", "publication")


def _mine(request: Request, case_id: str) -> Case:
    found = queries.case(viewer=request.viewer, case_id=case_id)
    if found is None:
        raise Http404
    return found


@require_safe
def cases(request: Request, format: str = "html") -> HttpResponse:
    """Open cases, who waits for whom, and who raised them first."""
    viewer, now = request.viewer, timezone.now()
    partner = request.GET.get("partner", "")
    if partner and not queries.partner_is_visible(viewer=viewer, partner=partner):
        raise Http404
    rows = queries.rows(viewer=viewer, at=now, partner=partner)
    closed = queries.rows(viewer=viewer, at=now, partner=partner, closed=True)
    table = Table("cases", COLUMNS, tuple(_cells(r) for r in (*rows, *closed)))
    context = {
        "rows": rows, "closed": closed, "mine": sum(r.mine for r in rows), "shares": queries.initiatives(viewer=viewer), "partner": partner,
        "partners": [(key, queries.name_of(viewer=viewer, partner=key)) for key in current(viewer=viewer)], "may_raise": may(viewer, "raise_case"),
    }  # fmt: skip
    return answer(request, "dialogue/cases.html", context, table=table)


def _cells(r: queries.Row) -> tuple[object, ...]:
    own, clock = r.case, r.clock
    return (
        own.partner, own.public_id, own.title, own.state, own.side, own.at, ", ".join(clock.waits.sides) if clock else None, clock.until if clock else None,
        clock.overdue if clock else None, own.source, own.signal or None, own.measure or None, own.scope or None, own.publication or None,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: Request, partner: str) -> HttpResponse:
    """Raise an issue: from a signal, from a line of a statement, or by hand."""
    viewer = request.viewer
    if not queries.partner_is_visible(viewer=viewer, partner=partner):
        raise Http404
    signal = None
    if wanted := request.GET.get("signal", ""):
        signal = signals.signal(viewer=viewer, signal_id=wanted)
        if signal is None or signal.partner != partner:
            raise Http404
        there = queries.case_of_signal(viewer=viewer, signal=wanted)
        if there is not None:
            messages.info(request, _("This signal has a case already: here it is."))
            return redirect("dialogue:case", there.public_id)
    _sites, lines = queries.sliceable(viewer=viewer, partner=partner)
    form: CaseForm | SignalCaseForm
    if signal is not None:
        form = SignalCaseForm(request.POST or None, initial={"once": once(), "words": f"{signal.sentence}. "})
    else:
        form = CaseForm(request.POST or None, lines=lines, initial=_from_address(request, partner))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if signal is not None:
                made = actions.open_from_signal(signal=signal, words=given["words"], once=given["once"], by=viewer, at=timezone.now())  # fmt: skip
            else:
                made = actions.open_case(
                    partner=partner, source=Source.STATEMENT if given["month"] else Source.HAND, title=given["title"], words=given["words"], month=given["month"],
                    target=given["target"], measure=given["measure"], scope=line_scope(given["line"]),
                    publication=current(viewer=viewer).get(partner, ""), once=given["once"], by=viewer, at=timezone.now(),
                )  # fmt: skip
            return redirect("dialogue:case", made.public_id)
        except Refusal as wrong:
            refusal = wrong
    name = queries.name_of(viewer=viewer, partner=partner)
    context = {
        "form": form, "partner": partner, "name": name, "signal": signal, "refusal": refusal, "signals": queries.open_signals(viewer=viewer, partner=partner),
        "whom": name if viewer.is_client else _("the client"), "may_raise": may(viewer, "raise_case"),
    }  # fmt: skip
    status = status_of(refusal) if refusal else 422 if form.errors else 200
    return render(request, "dialogue/open.html", context, status=status)


def _from_address(request: Request, partner: str) -> dict[str, str]:
    """What a statement or a measure's page hands over; the person reads it before it is sent."""
    month, target = request.GET.get("month", "")[:7], request.GET.get("target", "")[:200]
    measure, line = request.GET.get("measure", ""), request.GET.get("line", "")[:200]
    title = ""
    if month and target:
        title = f"{target}, {month}"
        agreement = in_force(viewer=request.viewer, partner=partner, on=timezone.now().date())
        agreed = agreement.target(target) if agreement is not None else None
        measure = agreed.measure if agreed is not None else measure
    elif measure in MEASURES:
        title = MEASURES[measure].label + (f", {line}" if line else "")
    return {"once": once(), "month": month, "target": target, "measure": measure if measure in MEASURES else "", "line": line, "title": title}  # fmt: skip


@require_safe
def case(request: Request, case_id: str, format: str = "html") -> HttpResponse:
    """One case: the sentence, who waits for whom, what can be done now, the talk."""
    return _page(request, _mine(request, case_id))


def _page(request: Request, own: Case, refusal: Refusal | None = None) -> HttpResponse:
    viewer = request.viewer
    page = queries.page(viewer=viewer, own=own, at=timezone.now())
    name = page.row.name
    table = Table(
        own.public_id, STEP_COLUMNS,
        tuple((own.public_id, s.at, s.by_name, s.side, s.move, s.before or None, s.after, s.words or None, s.present or None, s.publication or None) for s in page.steps),
    )  # fmt: skip
    _sites, lines = queries.sliceable(viewer=viewer, partner=own.partner)
    context = {
        "case": own, "page": page, "name": name, "refusal": refusal, "given": request.POST, "once": once(), "theirs": name if viewer.is_client else _("the client"),
        "may_move": may(viewer, "move_case"), "may_talk": may(viewer, "talk") and own.state != "closed", "measures": measure_choices(empty=False), "lines": lines,
        "line": line_of(own.scope),
        "largest": LARGEST // 2**20, "measure": MEASURES.get(own.measure), "publication": page.as_of, "side_words": {"client": _("the client"), "partner": name},
    }  # fmt: skip
    return answer(request, "dialogue/case.html", context, table=table, status=status_of(refusal) if refusal else 200)


def _done(request: Request, own: Case, do: Callable[[], object], anchor: str = "") -> HttpResponse:
    """Make a move; a refusal is shown on the case's page with what was typed."""
    try:
        do()
    except Refusal as refusal:
        own.refresh_from_db()
        return _page(request, own, refusal)
    return redirect(reverse("dialogue:case", args=[own.public_id]) + anchor)


@require_POST
def move(request: Request, case_id: str) -> HttpResponse:
    """One of the plain moves of the table."""
    own, given, now = _mine(request, case_id), request.POST, timezone.now()
    return _done(
        request, own,
        lambda: actions.move_case(
            case=own, move=given.get("move", ""), words=given.get("words", ""), present=given.get("present", ""),
            publication=current(viewer=request.viewer).get(own.partner, ""), once=sent_once(request), by=request.viewer, at=now,
        ),
    )  # fmt: skip


@require_POST
def say(request: Request, case_id: str) -> HttpResponse:
    """Ask, answer, note, make a point, say why, show evidence, record what was agreed by word of mouth."""
    own, given, viewer = _mine(request, case_id), request.POST, request.viewer
    parent = queries.entry(viewer=viewer, own=own, entry_id=given["parent"]) if given.get("parent") else None
    if given.get("parent") and parent is None:
        raise Http404
    line = given.get("line", "")[:200]
    kind = given.get("kind", "")
    evidence = kind == "evidence"
    if evidence and line and line not in queries.sliceable(viewer=viewer, partner=own.partner)[1]:
        return _page(
            request, own, Refusal(_("There is no such line"), where=line[:60], next_step=_("Choose one of the list."))
        )
    return _done(
        request, own,
        lambda: actions.say(
            case=own, kind=kind, words=given.get("words", ""), parent=parent, because=given.get("because", ""), present=given.get("present", ""),
            measure=given.get("measure", "") if evidence else "", scope=line_scope(line) if evidence else "",
            publication=current(viewer=viewer).get(own.partner, "") if evidence else "", once=sent_once(request), by=viewer, at=timezone.now(),
        ),
        f"#{kind}" if kind.isalpha() else "",
    )  # fmt: skip


@require_POST
def answer_point(request: Request, case_id: str, entry_id: str) -> HttpResponse:
    """Agree to a point, or dispute it."""
    own = _mine(request, case_id)
    found = queries.entry(viewer=request.viewer, own=own, entry_id=entry_id)
    if found is None:
        raise Http404
    agreed = request.POST.get("stand") == "agreed"
    return _done(
        request, own, lambda: actions.answer_point(entry=found, agreed=agreed, words=request.POST.get("words", ""), by=request.viewer, at=timezone.now()), f"#{found.kind}"
    )  # fmt: skip


@takes_up_to(LARGEST)
@require_POST
def attach(request: Request, case_id: str) -> HttpResponse:
    """Attach a file."""
    own, sent = _mine(request, case_id), request.FILES.get("file")
    if sent is None:
        return _page(request, own, Refusal(_("No file was chosen"), next_step=_("Choose one and send it again.")))
    if (sent.size or 0) > LARGEST:
        most = _("at most %(n)s MB") % {"n": LARGEST // 2**20}
        said = Refusal(
            _("The file is too large"), where=str(sent.name)[:80], expected=most, next_step=_("Attach a smaller one.")
        )
        return _page(request, own, said)
    body = sent.read()
    return _done(
        request, own,
        lambda: actions.attach(
            case=own, name=str(sent.name), body=body, words=request.POST.get("words", ""), once=sent_once(request), by=request.viewer,
            at=timezone.now(),
        ),
        "#file",
    )  # fmt: skip


@require_POST
def note(request: Request, case_id: str) -> HttpResponse:
    """Note something for one's own side."""
    own = _mine(request, case_id)
    return _done(
        request, own,
        lambda: actions.note(case=own, words=request.POST.get("words", ""), once=sent_once(request), by=request.viewer, at=timezone.now()),
        "#notes",
    )  # fmt: skip


@require_safe
def file(request: Request, case_id: str, entry_id: str) -> HttpResponse:
    """An attached file, to be saved: it is never shown inside the page."""
    own = _mine(request, case_id)
    found = queries.entry(viewer=request.viewer, own=own, entry_id=entry_id)
    body = queries.kept(found.file_sha256) if found is not None and found.file_sha256 else None
    if found is None or body is None:
        raise Http404
    response = HttpResponse(body, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def ladder(request: Request, partner: str) -> HttpResponse:
    """Who is asked at which level, by name, on both sides."""
    viewer = request.viewer
    if not queries.partner_is_visible(viewer=viewer, partner=partner):
        raise Http404
    refusal: Refusal | None = None
    if request.method == "POST":
        level = request.POST.get("level", "")
        try:
            actions.set_rung(
                partner=partner, level=int(level) if level.isdecimal() and len(level) < 3 else 0, name=request.POST.get("name", ""), role=request.POST.get("role", ""),
                by=viewer, at=timezone.now(),
            )  # fmt: skip
            return redirect("dialogue:ladder", partner)
        except Refusal as wrong:
            refusal = wrong
    context = {
        "partner": partner, "name": queries.name_of(viewer=viewer, partner=partner), "rungs": queries.ladder(viewer=viewer, partner=partner), "refusal": refusal,
        "may_set": may(viewer, "set_ladder"), "given": request.POST, "levels": (1, 2, 3, 4),
    }  # fmt: skip
    return render(request, "dialogue/ladder.html", context, status=status_of(refusal) if refusal else 200)
