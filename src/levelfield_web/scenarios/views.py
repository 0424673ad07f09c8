"""Circumstances of one partner: filed by either side or delivered, beside the open signals."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from levelfield.words import Refusal
from levelfield_web.fields.viewer import Request
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import may
from levelfield_web.scenarios import actions, queries
from levelfield_web.scenarios.forms import CircumstanceForm

COLUMNS = (
    "partner", "circumstance", "scenario", "title", "owner", "filed_by", "starts_on", "ends_on", "site", "line", "signal", "probability", "why",
)  # fmt: skip


@require_safe
def circumstances(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """The page of circumstances."""
    return _page(request, partner)


def _form(request: Request, partner: str) -> CircumstanceForm:
    sites, lines = queries.places_of(viewer=request.viewer, partner=partner)
    return CircumstanceForm(request.POST or None, sites=sites, lines=lines)


def _page(
    request: Request, partner: str, refusal: Refusal | None = None, form: CircumstanceForm | None = None
) -> HttpResponse:
    viewer = request.viewer
    if not queries.visible(viewer=viewer, partner=partner):
        raise Http404
    known = queries.circumstances(viewer=viewer, partner=partner)
    signals = queries.open_signals(viewer=viewer, partner=partner)
    wanted = request.GET.get("signal", "")
    signal = next((s for s in signals if s.public_id == wanted), None) if wanted else (signals[0] if signals else None)
    if wanted and signal is None:
        raise Http404
    fitted = (
        queries.fitted(viewer=viewer, partner=partner, signal=signal, known=[k.own for k in known])
        if signal is not None
        else None
    )
    likely = {f.circumstance.key: f for f in fitted.fits.ranked} if fitted is not None else {}
    rows = tuple(
        (
            partner, k.own.key, k.own.scenario, k.own.title, k.own.owner, k.own.filed_by, k.own.starts_on, k.own.ends_on, k.own.site, k.own.line,
            signal.public_id if signal is not None else None, likely[k.own.key].probability if k.own.key in likely else None,
            " ".join(p.sentence for p in likely[k.own.key].parts) if k.own.key in likely else None,
        )
        for k in known
    )  # fmt: skip
    form = form or _form(request, partner)
    context = {
        "partner": partner, "name": queries.name_of(viewer=viewer, partner=partner), "known": known, "signals": signals, "signal": signal, "fitted": fitted,
        "form": form, "refusal": refusal, "may_file": may(viewer, "file_scenario"),
        "mine": [k for k in known if k.filed is not None and k.filed.side == viewer.side],
    }  # fmt: skip
    status = status_of(refusal) if refusal else 422 if form.errors else 200
    return answer(
        request,
        "scenarios/circumstances.html",
        context,
        table=Table(f"{partner}-circumstances", COLUMNS, rows),
        status=status,
    )


@require_POST
def file(request: Request, partner: str) -> HttpResponse:
    """File a circumstance."""
    if not queries.visible(viewer=request.viewer, partner=partner):
        raise Http404
    form = _form(request, partner)
    if not form.is_valid():
        return _page(request, partner, form=form)
    try:
        actions.file(partner=partner, **form.cleaned_data, by=request.viewer, at=timezone.now())
    except Refusal as refusal:
        return _page(request, partner, refusal, form)
    return redirect("scenarios:circumstances", partner)


@require_POST
def withdraw(request: Request, partner: str, circumstance_id: str) -> HttpResponse:
    """Take back one's own."""
    found = queries.filed_one(viewer=request.viewer, partner=partner, circumstance_id=circumstance_id)
    if found is None:
        raise Http404
    try:
        actions.withdraw(filed=found, by=request.viewer, at=timezone.now())
    except Refusal as refusal:
        return _page(request, partner, refusal)
    return redirect("scenarios:circumstances", partner)
