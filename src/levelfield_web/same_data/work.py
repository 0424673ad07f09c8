"""What the worker does with one delivery: look at it or publish it, telling how far it is."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from levelfield.same_data.finding import Findings
from levelfield.words import Refusal
from levelfield_io.environment import work_memory, work_seconds
from levelfield_io.limits import OUT_OF_MEMORY
from levelfield_io.publishing import Outcome, Parcel, publish
from levelfield_web.fields.viewer import HOUSE, Side, Viewer
from levelfield_web.people.actions import know_partner
from levelfield_web.same_data import actions
from levelfield_web.same_data.models import Delivery, State
from levelfield_web.same_data.warehouse import store, upload_folder, visible_estate

TOLD_EVERY_S = 0.5
IN_PARTS = gettext_lazy("Deliver it in parts, such as one month a file, or let it be published at the command line.")


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
            [parcel], store(), by=delivery.signature, at=timezone.now(), leave_rejected=delivery.leave_rejected, dry_run=not publishing,
            seen_estate=lambda whole: visible_estate(whole, owner), only_partner=delivery.partner,
            progress=progress,
        )  # fmt: skip
        state, result = _result(outcome, publishing)
    except Refusal as refusal:
        state, result = State.REFUSED, {"refusal": told(refusal, delivery)}
    except OUT_OF_MEMORY:
        stop_at(too_much_memory(), delivery, token)
        return
    if state == State.PUBLISHED:
        for partner in store().estate.partners:
            know_partner(key=partner.key, name=partner.name, by=HOUSE, at=timezone.now())
    actions.finish(delivery_id=delivery.pk, token=token, state=state, result=result, by=HOUSE, at=timezone.now())


def told(refusal: Refusal, delivery: Delivery) -> dict[str, Any]:
    """A refusal as it is kept, with the name of the file as it was delivered."""
    parts = {k: getattr(refusal, k) for k in ("what", "where", "expected", "next_step", "options")}
    return parts | {"where": refusal.where.replace(delivery.stored_as, delivery.name)}


def stop_at(limit: Refusal, delivery: Delivery, token: str) -> None:
    """End the work at a limit. What was looked at before stays so and can be published again, which does no harm."""
    state = State.CHECKED if delivery.state == State.PUBLISHING else State.REFUSED
    result = {"refusal": told(limit, delivery)}
    actions.finish(delivery_id=delivery.pk, token=token, state=state, result=result, by=HOUSE, at=timezone.now())


def too_much_memory() -> Refusal:
    """What a person is told where the memory for one delivery ends."""
    return Refusal(
        _("The work on the file needs more memory than one delivery may have"),
        expected=_("at most %(mb)s MB") % {"mb": f"{work_memory() // 1_000_000:,}"},
        next_step=str(IN_PARTS),
    )


def too_much_time() -> Refusal:
    """What a person is told where the time for one delivery ends."""
    return Refusal(
        _("The work on the file takes longer than one delivery may"),
        expected=_("at most %(minutes)s minutes") % {"minutes": f"{max(work_seconds() // 60, 1):,}"},
        next_step=str(IN_PARTS),
    )


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
