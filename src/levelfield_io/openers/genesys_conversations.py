"""Genesys Cloud conversation details: participants, sessions and metrics become one row per conversation and queue.

Metrics are milliseconds. A conversation offered to a queue has `nOffered`; it was answered when an agent session
has `tAnswered`, abandoned when the queue's session has `tAbandon`.
Source: https://developer.genesys.cloud/analyticsdatamanagement/analytics/detail/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from levelfield_io.openers.json_records import records

NAME = "genesys_conversations"
TIMES = {"tTalk": "talk_ms", "tHeld": "hold_ms", "tAcw": "wrap_ms"}


def recognises(head: bytes) -> bool:
    """Does the document speak of conversations and participants?"""
    return b'"conversationId"' in head and b'"participants"' in head


def rows(path: Path) -> Iterator[dict[str, str | None]]:
    """One row per conversation."""
    for record in records(path):
        conversations = record.get("conversations")
        for conversation in conversations if isinstance(conversations, list) else [record]:
            if isinstance(conversation, dict) and conversation.get("conversationId"):
                yield flat(conversation)


def flat(conversation: Mapping[str, Any]) -> dict[str, str | None]:
    """The row of one conversation."""
    row: dict[str, str | None] = {
        "conversationId": str(conversation.get("conversationId")),
        "conversationStart": _text(conversation.get("conversationStart")),
        "conversationEnd": _text(conversation.get("conversationEnd")),
        "direction": _text(conversation.get("originatingDirection")),
        "answered": "no",
        "abandoned": "no",
    }
    totals: dict[str, float] = {}
    segments = 0
    for purpose, session in _sessions(conversation):
        segments += len(session.get("segments") or ())
        row["mediaType"] = row.get("mediaType") or _text(session.get("mediaType"))
        metrics = {
            m["name"]: m.get("value") or 0 for m in session.get("metrics") or () if isinstance(m, dict) and "name" in m
        }
        if purpose == "acd":
            row["queueId"] = row.get("queueId") or _queue(session)
            if "tAbandon" in metrics:
                row["abandoned"], row["wait_ms"] = "yes", str(metrics["tAbandon"])
        if purpose in ("agent", "user") and ("tAnswered" in metrics or "tTalk" in metrics):
            if row["answered"] == "no":  # the first answer ends the wait; a second agent's wait is not the queue's
                row["wait_ms"] = str(metrics.get("tAnswered", row.get("wait_ms") or 0))
            row["answered"] = "yes"
            row["queueId"] = row.get("queueId") or _queue(session)
        for metric, column in TIMES.items():
            if metric in metrics:
                totals[column] = totals.get(column, 0) + metrics[metric]
        if metrics.get("nTransferred"):
            row["transferred"] = "yes"
    for participant in conversation.get("participants") or ():
        if isinstance(participant, dict) and participant.get("purpose") == "agent" and participant.get("userId"):
            row["userId"] = _text(participant["userId"])
    if row["answered"] == "yes":
        row["abandoned"] = "no"
    row |= {column: str(value) for column, value in totals.items()}
    row["segments"] = str(segments)
    return row


def _sessions(conversation: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for participant in conversation.get("participants") or ():
        if isinstance(participant, dict):
            for session in participant.get("sessions") or ():
                if isinstance(session, dict):
                    yield str(participant.get("purpose")), session


def _queue(session: Mapping[str, Any]) -> str | None:
    return next(
        (_text(s.get("queueId")) for s in session.get("segments") or () if isinstance(s, dict) and s.get("queueId")),
        None,
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
