"""Deliveries, findings, publications."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levelfield.measures.catalogue import MEASURES
from levelfield.words import Refusal
from levelfield_io.exporting import export
from levelfield_web.fields.viewer import Request
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.bodies import announced, takes_files
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import require
from levelfield_web.same_data import actions, queries, warehouse
from levelfield_web.same_data.forms import DeliverForm, where_to_say
from levelfield_web.same_data.models import AT_WORK, Delivery, State

MOST_DELIVERIES = 50


@require_safe
def data(request: Request, format: str = "html") -> HttpResponse:
    """Publications and deliveries the viewer may see."""
    viewer = request.viewer
    publications = queries.publications(viewer=viewer)
    deliveries = queries.deliveries(viewer=viewer)[:MOST_DELIVERIES]
    table = Table(
        "publications",
        ("partner", "publication", "published_at", "by", "facts", "values_changed", "seen_by_client", "seen_by_partner"),
        tuple(
            (
                r.record.publication.partner, r.record.id, r.record.published_at, r.record.by, r.record.publication.rows, len(r.record.differences),
                "client" in r.seen_sides, "partner" in r.seen_sides,
            )
            for r in publications
        ),
    )  # fmt: skip
    context = {"publications": publications, "deliveries": deliveries, "names": queries.estate(viewer=viewer)}
    return answer(request, "same_data/data.html", context, table=table)


@takes_files
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def deliver(request: Request) -> HttpResponse:
    """Ask whether there is room for a file before its body is read, then upload it."""
    require(request.viewer, "upload")
    actions.refuse_beyond_quota(size=announced(request), by=request.viewer, at=timezone.now())
    return upload(request)


@csrf_protect
def upload(request: Request) -> HttpResponse:
    """Upload a file."""
    form = DeliverForm(request.POST or None, request.FILES or None, viewer=request.viewer)
    refusal = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            delivery = actions.receive(
                name=file.name, chunks=file.chunks(), partner=form.cleaned_data.get("partner") or "", profile=form.cleaned_data["profile"],
                options=form.options, leave_rejected=False, by=request.viewer, at=timezone.now(),
            )  # fmt: skip
            return redirect("same_data:delivery", delivery.public_id)
        except Refusal as raised:
            refusal = raised
    status = status_of(refusal) if refusal else 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "same_data/deliver.html", {"form": form, "refusal": refusal}, status=status)


def _delivery(request: Request, delivery_id: str) -> Delivery:
    found = queries.delivery(viewer=request.viewer, delivery_id=delivery_id)
    if found is None:
        raise Http404
    return found


@require_safe
def delivery(request: Request, delivery_id: str, format: str = "html") -> HttpResponse:
    """One delivery: how far it is, what was found, what to do next."""
    found = _delivery(request, delivery_id)
    findings = [_with_place(f, request) for f in found.findings]
    names = queries.estate(viewer=request.viewer)
    table = Table(
        f"{found.public_id}-findings",
        ("rule", "severity", "sentence", "count", "next_step", "examples"),
        tuple((f["rule"], f["severity"], f["sentence"], f["count"], f["next_step"], f["examples"]) for f in findings),
    )
    context = {
        "delivery": found,
        "findings": findings,
        "publications": [(p, names.name_of(p), i) for p, i in found.publications.items()],
        "refusal": _with_place(found.refusal, request) if found.refusal else None,
        "at_work": found.state in AT_WORK,
        "can_publish": found.state == State.CHECKED,
        "can_withdraw": found.state == State.CHECKED
        and (request.viewer.is_client or found.side == request.viewer.side),
        "has_rejected": any(f["severity"] == "rejected" for f in found.findings),
        "quarantine": queries.quarantine_file(found) is not None,
        "per_cent": round(found.share * 100),
    }
    return answer(request, "same_data/delivery.html", context, table=table)


def _with_place(told: dict[str, Any], request: Request) -> dict[str, Any]:
    """A finding or a refusal whose next step names the place on these pages."""
    place = where_to_say(told.get("options", ()), viewer=request.viewer)
    return told | {"next_step": f"{told.get('next_step', '')}{place}".strip()}


@require_POST
def publish(request: Request, delivery_id: str) -> HttpResponse:
    """Queue a delivery for publication."""
    found = _delivery(request, delivery_id)
    actions.ask_to_publish(
        delivery=found, leave_rejected="leave_rejected" in request.POST, by=request.viewer, at=timezone.now()
    )
    return redirect("same_data:delivery", delivery_id)


@require_POST
def withdraw(request: Request, delivery_id: str) -> HttpResponse:
    """Take a delivery back."""
    actions.withdraw(delivery=_delivery(request, delivery_id), by=request.viewer, at=timezone.now())
    return redirect("same_data:delivery", delivery_id)


@require_safe
def quarantine(request: Request, delivery_id: str) -> FileResponse:
    """The rows that were kept out, as a file."""
    require(request.viewer, "export")
    path = queries.quarantine_file(_delivery(request, delivery_id))
    if path is None:
        raise Http404
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"kept-out-{delivery_id}.csv",
        content_type="text/csv; charset=utf-8",
    )


def _publication(request: Request, partner: str, publication_id: str) -> queries.PublicationRow:
    found = queries.publication(viewer=request.viewer, partner=partner, publication_id=publication_id)
    if found is None:
        raise Http404
    return found


@require_safe
def publication(request: Request, partner: str, publication_id: str, format: str = "html") -> HttpResponse:
    """One publication: what is in it, what it changed, who has seen it."""
    row = _publication(request, partner, publication_id)
    record = row.record
    shapes: dict[str, list[int]] = {}
    for chunk in record.publication.chunks:
        shapes.setdefault(chunk.shape, []).append(chunk.rows)
    differences = [(MEASURES.get(d.measure), d) for d in record.differences]
    table = Table(
        f"{record.id}-differences",
        ("measure", "period", "before", "after", "n_before", "n_after"),
        tuple((d.measure, d.period, d.before, d.after, d.n_before, d.n_after) for d in record.differences),
    )
    context = {
        "row": row,
        "record": record,
        "shapes": [(name, sum(rows), len(rows)) for name, rows in sorted(shapes.items())],
        "differences": differences,
        "seen_by_me": any(s.side == request.viewer.side and s.by_name == request.viewer.name for s in row.seen),
        "history": queries.publications(viewer=request.viewer, partner=partner, everything=True),
    }
    return answer(request, "same_data/publication.html", context, table=table)


@require_POST
def acknowledge(request: Request, partner: str, publication_id: str) -> HttpResponse:
    """Say that one has seen it."""
    row = _publication(request, partner, publication_id)
    actions.acknowledge(publication=row.record.id, partner=partner, by=request.viewer, at=timezone.now())
    return redirect("same_data:publication", partner, row.record.id)


@require_safe
def download(request: Request, partner: str, publication_id: str) -> FileResponse:
    """The publication as a zip that opens, verifies and recomputes anywhere; made on disk, and gone when it is sent."""
    require(request.viewer, "export")
    row = _publication(request, partner, publication_id)
    store = warehouse.store()
    packed = tempfile.TemporaryFile(prefix="levelfield-")  # noqa: SIM115 - the answer closes it
    try:
        with tempfile.TemporaryDirectory(prefix="levelfield-") as name, zipfile.ZipFile(packed, "w") as archive:
            folder = export(store, partner, row.record.id, Path(name), store.estate.currency)
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(folder.parent))
    except BaseException:
        packed.close()
        raise
    packed.seek(0)
    return FileResponse(packed, as_attachment=True, filename=f"{row.record.id}.zip", content_type="application/zip")
