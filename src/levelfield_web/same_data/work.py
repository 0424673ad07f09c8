"""What the worker does with one delivery: look at it or publish it, telling how far it is."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from levelfield.same_data.finding import Findings
from levelfield.words import Refusal
from levelfield_io.publishing import Outcome, Parcel, publish
from levelfield_web.fields.viewer import HOUSE, Side, Viewer
from levelfield_web.people.actions import know_partner
from levelfield_web.same_data import actions
from levelfield_web.same_data.models import Delivery, State
from levelfield_web.same_data.warehouse import store, upload_folder, visible_estate

TOLD_EVERY_S = 0.5


def work_on(delivery: Delivery, token: str) -> None:
    """Do what is due, and write down what became of it."""
    publishing = delivery.state == State.PUBLISHING
    told_at = 0.0

    def progress(step: str, share: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > TOLD_EVERY_S:
            told_at = time.monotonic()
            actions.tell_progress(delivery_id=delivery.pk, token=token, step=step, share=share)

    parcel = Parcel(upload_folder() / delivery.stored_as, delivery.profile or None, delivery.options, delivery.name)
    # What is told about a delivery of one partner, that partner reads: it is looked at with that partner's eyes.
    owner = Viewer(None, "", Side.PARTNER.value, delivery.partner, "") if delivery.partner else HOUSE
    try:
        outcome = publish(
            [parcel], store(), by=delivery.by_name, at=timezone.now(), leave_rejected=delivery.leave_rejected, dry_run=not publishing,
            seen_estate=lambda whole: visible_estate(whole, owner), only_partner=delivery.partner,
            progress=progress,
        )  # fmt: skip
        state, result = _result(outcome, publishing)
    except Refusal as refusal:
        state = State.REFUSED
        result = {"refusal": {k: getattr(refusal, k) for k in ("what", "where", "expected", "next_step", "options")}}
    if state == State.PUBLISHED:
        for partner in store().estate.partners:
            know_partner(key=partner.key, name=partner.name, by=HOUSE, at=timezone.now())
    actions.finish(delivery_id=delivery.pk, token=token, state=state, result=result, by=HOUSE, at=timezone.now())


def _result(outcome: Outcome, publishing: bool) -> tuple[State, dict[str, Any]]:
    files = outcome.files
    findings = Findings.of(f for file in files for f in file.findings.all)
    result: dict[str, Any] = {
        "profile": files[0].profile if files else "",
        "rows_read": sum(f.rows_read for f in files),
        "rows_good": sum(f.rows_good for f in files),
        "rows_kept_out": sum(f.rows_kept_out for f in files),
        "findings": [asdict(f) | {"severity": f.severity.name.lower(), "told": f.sentence} for f in findings.all],
        "quarantine": next((f.quarantine.name for f in files if f.quarantine), ""),
        "refusal": {},
    }
    if findings.refused:
        return State.REFUSED, result
    if not publishing:
        return State.CHECKED, result
    if not outcome.published:
        return State.CHECKED, result
    result["publications"] = {r.publication.partner: r.id for r in outcome.records}
    return State.PUBLISHED, result
