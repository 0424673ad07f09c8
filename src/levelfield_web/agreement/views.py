"""Agreements in words."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levelfield.agreement.agreement import Agreement
from levelfield.agreement.reading import differences, told
from levelfield.measures.catalogue import MEASURES
from levelfield.words import Refusal
from levelfield_io.store import Store
from levelfield_web.agreement import actions, queries
from levelfield_web.agreement.files import home
from levelfield_web.fields.viewer import Request
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import require

COLUMNS = (
    "partner",
    "version",
    "valid_from",
    "measure",
    "definition",
    "better",
    "expected",
    "minimum",
    "window",
    "lines",
    "fewest",
    "clause",
)


def _rows(agreement: Agreement) -> list[tuple[object, ...]]:
    return [
        (
            agreement.partner, agreement.version, agreement.valid_from, t.measure, dict(t.definition), t.better, t.expected, t.minimum, t.window,
            list(t.lines), t.fewest, t.clause,
        )
        for t in agreement.targets
    ]  # fmt: skip


@require_safe
def agreements(request: Request, format: str = "html") -> HttpResponse:
    """Every agreement the viewer may see."""
    found = queries.agreements(viewer=request.viewer)
    names = Store(home()).estate
    table = Table("agreements", COLUMNS, tuple(row for a in found for row in _rows(a)))
    return answer(
        request,
        "agreement/agreements.html",
        {"agreements": [(a, names.name_of(a.partner)) for a in found]},
        table=table,
    )


@require_safe
def agreement(request: Request, partner: str, version: int, format: str = "html") -> HttpResponse:
    """One version, read aloud."""
    found = queries.agreement(viewer=request.viewer, partner=partner, version=version)
    if found is None:
        raise Http404
    accepted = queries.acceptances(found)
    versions = queries.versions(viewer=request.viewer, partner=partner)
    at = versions.index(found)
    before = versions[at - 1] if at else None
    context = {
        "sections": told(found, queries.SHOWN),
        "versions": [(a, queries.acceptances(a)) for a in reversed(versions)],
        "before": before,
        "differences": differences(before, found, queries.SHOWN) if before else [],
        "agreement": found,
        "targets": [(MEASURES[t.measure], t) for t in found.targets],
        "accepted": accepted,
        "accepted_by_us": any(a.side == request.viewer.side for a in accepted),
        "partner_name": Store(home()).estate.name_of(partner),
    }
    return answer(
        request,
        "agreement/agreement.html",
        context,
        table=Table(f"agreement-{partner}-{version}", COLUMNS, tuple(_rows(found))),
    )


@require_safe
def source(request: Request, partner: str, version: int) -> HttpResponse:
    """The file itself, byte for byte."""
    body = queries.source(viewer=request.viewer, partner=partner, version=version)
    if body is None:
        raise Http404
    response = HttpResponse(body, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{partner}-{version:03d}.toml"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """Add a version from a file."""
    require(request.viewer, "add_agreement")
    refusal = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Refusal("No file was chosen", expected="a TOML file")
            known = Store(home()).estate.keys
            saved = actions.add_version(
                body=file.read(actions.LARGEST + 1),
                name=file.name or "agreement.toml",
                known_partners=known,
                by=request.viewer,
                at=timezone.now(),
            )
            return redirect("agreement:agreement", saved.partner, saved.version)
        except Refusal as raised:
            refusal = raised
    return render(request, "agreement/add.html", {"refusal": refusal}, status=status_of(refusal) if refusal else 200)


@require_POST
def accept(request: Request, partner: str, version: int) -> HttpResponse:
    """Accept a version for one's side."""
    found = queries.agreement(viewer=request.viewer, partner=partner, version=version)
    if found is None:
        raise Http404
    actions.accept(agreement=found, by=request.viewer, at=timezone.now())
    return redirect("agreement:agreement", partner, version)
