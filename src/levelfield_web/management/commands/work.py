"""The background worker: looks at deliveries and publishes them, one at a time, each in a process of its own.

A process that dies, by kill -9 or a power cut, leaves a lease that runs out; the next one takes the work over.
Publishing the same facts again changes nothing, so work done twice does no harm. A process that takes too much
memory or time is ended, with everything it started and wrote on the side, and the person is told.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from levelfield.words import Refusal
from levelfield_io.environment import work_seconds
from levelfield_io.limits import end_with_parent, keep_within_limits
from levelfield_web.check_ins.reminding import remind_next
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.same_data import actions
from levelfield_web.same_data.models import Delivery
from levelfield_web.same_data.warehouse import current_release
from levelfield_web.same_data.work import stop_at, too_much_memory, too_much_time, work_on
from levelfield_web.settlement.account import prepare
from levelfield_web.signals.actions import review_next

LOOK_EVERY_S = 0.7
RENEW_EVERY_S = 5.0
LOOK_AT_STATEMENTS_EVERY_S = 3.0


class Command(BaseCommand):
    """Run until interrupted, or until nothing waits with --once."""

    help = "Look at deliveries and publish them in the background."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--once", action="store_true", help="Stop when nothing waits.")
        parser.add_argument("--on", type=int, help="Work on one claimed delivery; the worker calls itself so.")
        parser.add_argument("--token", default="", help="The lease of that delivery.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Claim, start a process, keep its lease alive."""
        if options["on"]:
            delivery = Delivery.objects.filter(pk=options["on"], lease_token=options["token"]).first()
            if delivery is not None:
                end_with_parent()
                keep_within_limits()
                work_on(delivery, options["token"])
            return
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # asked to stop, it takes its process along
        given_up: set[str] = set()  # accounts that cannot be counted
        not_reached: set[int] = set()  # people whose digest could not be sent
        look_at = 0.0  # when to look for statements that nobody counted yet
        noted = 0  # the release whose publications are known to have their moves
        try:
            while True:
                noted = self._note_publications(noted)
                claimed = actions.claim(at=timezone.now())
                if claimed is None:
                    if options["once"]:
                        return
                    if time.monotonic() > look_at:
                        if prepare(timezone.now().date(), given_up) or review_next(
                            at=timezone.now(), given_up=given_up
                        ):
                            continue  # one account at a time: somebody may have delivered a file meanwhile
                        if remind_next(at=timezone.now(), given_up=not_reached):
                            continue
                        look_at = time.monotonic() + LOOK_AT_STATEMENTS_EVERY_S
                    close_old_connections()
                    time.sleep(LOOK_EVERY_S)
                    continue
                self._run(claimed)
                noted = 0  # a worker that died may have left a publication without its move
        except KeyboardInterrupt:
            return

    def _note_publications(self, noted: int) -> int:
        """What was published at the command line gets its move; the number of the release that was looked at."""
        number = current_release()[0].number
        if number != noted:
            actions.note_publications(by=HOUSE, at=timezone.now())
        return number

    def _run(self, delivery: Delivery) -> None:
        """Start the process in a group and a temporary folder of its own, and leave neither behind."""
        with (
            tempfile.TemporaryDirectory(prefix="levelfield-work-", ignore_cleanup_errors=True) as folder,
            subprocess.Popen(  # noqa: S603
                words_for(delivery), env={**os.environ, "TMPDIR": folder}, start_new_session=True
            ) as child,
        ):
            try:
                limit = self._watch(child, delivery)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
        if limit is not None:
            stop_at(limit, delivery, delivery.lease_token)

    def _watch(self, child: subprocess.Popen[bytes], delivery: Delivery) -> Refusal | None:
        """Keep the lease alive until the process ends or somebody else has taken over; the limit that was reached."""
        until = time.monotonic() + work_seconds()
        while (left := until - time.monotonic()) > 0:
            try:
                ended = child.wait(timeout=min(RENEW_EVERY_S, left))
            except subprocess.TimeoutExpired:
                if not actions.keep_going(delivery_id=delivery.pk, token=delivery.lease_token, at=timezone.now()):
                    return None
                continue
            # Computing without end, or a library that could not go on where memory ended.
            told = {-signal.SIGXCPU: too_much_time, -signal.SIGABRT: too_much_memory}.get(ended)
            return told() if told else None
        return too_much_time()


def words_for(delivery: Delivery) -> list[str]:
    """The command that works on one delivery."""
    return [sys.executable, "-m", "django", "work", "--on", str(delivery.pk), "--token", delivery.lease_token]
