"""The only writer of moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from levelfield_web.audit.chain import BEGINNING, seal
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import Viewer

CHAIN_LOCK = 0x6C65_7665  # "leve": the advisory lock that lets one writer at a time extend the chain


def record(
    *,
    by: Viewer,
    at: dt.datetime,
    verb: str,
    object_kind: str,
    object_id: object,
    sentence: str,
    data: Mapping[str, Any] | None = None,
    partner: str | None = None,
) -> Move:
    """Add a move to the chain, inside the transaction of the action that made it.

    `partner` is the key of the partner that may read the move: by default the actor's own, so a move of the client
    about a partner names that partner, and a move of the client alone names none.
    """
    with transaction.atomic():
        wait_for_the_chain()
        last = Move.objects.order_by("-id").values_list("hash", flat=True).first()
        move = Move(
            at=at,
            by_id=by.user_id,
            by_name=by.name,
            side=by.side,
            partner=by.partner if partner is None else partner,
            verb=verb,
            object_kind=object_kind,
            object_id=str(object_id),
            sentence=sentence,
            data=dict(data or {}),
            previous_hash=last or BEGINNING,
        )
        move.hash = seal(move)
        move.save()
    return move


def wait_for_the_chain() -> None:
    """Let one transaction at a time extend the chain. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
