"""Amazon Connect contact records as JSON lines, delivered at least once: some records come twice, the later one holds.

Source: docs.aws.amazon.com, "Data model for Amazon Connect contact records".
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from levelfield_worlds.arrow import Table

AGAIN_EVERY = 50  # of so many contacts, one is first delivered before the agent's after-contact work was known
LATER_BY = 20  # lines between the two deliveries
LINES = 2_000
ARN = "arn:aws:connect:eu-west-2:000000000000:instance/levelfield"


def amazon_connect_contacts(table: Table) -> Iterator[bytes]:
    """Contact rows as records, one per line."""
    held: list[tuple[int, str]] = []
    lines: list[str] = []
    for number, row in enumerate(table.to_pylist()):
        while held and held[0][0] <= number:
            lines.append(held.pop(0)[1])
        record = _record(row)
        if number % AGAIN_EVERY == 0 and row["answered"]:
            lines.append(json.dumps(_early(record), separators=(",", ":")))
            held.append((number + LATER_BY, json.dumps(record, separators=(",", ":"))))
        else:
            lines.append(json.dumps(record, separators=(",", ":")))
        if len(lines) >= LINES:
            yield _joined(lines)
            lines = []
    lines += [line for _, line in held]
    if lines:
        yield _joined(lines)


def _record(row: dict[str, Any]) -> dict[str, Any]:
    arrived, wait = row["arrived_at"], row["wait_ms"] // 1000
    connected = arrived + dt.timedelta(seconds=wait)
    talk, hold, wrap = ((row[name] or 0) // 1000 for name in ("talk_ms", "hold_ms", "wrap_ms"))
    left = connected + dt.timedelta(seconds=talk + hold)
    agent = {
        "ARN": f"{ARN}/agent/{row['agent']}",
        "Username": row["agent"],
        "ConnectedToAgentTimestamp": _stamp(connected),
        "AgentInteractionDuration": talk,
        "CustomerHoldDuration": hold,
        "LongestHoldDuration": hold,
        "NumberOfHolds": int(hold > 0),
        "AfterContactWorkStartTimestamp": _stamp(left),
        "AfterContactWorkEndTimestamp": _stamp(left + dt.timedelta(seconds=wrap)),
        "AfterContactWorkDuration": wrap,
        "HierarchyGroups": {"Level1": {"ARN": f"{ARN}/group/{row['site']}", "GroupName": row["site"]}},
        "RoutingProfile": {"ARN": f"{ARN}/profile/{row['queue']}", "Name": row["queue"]},
    }
    attributes = {"language": row["language"], "reason": row["reason"], "tenure_band": row["tenure_band"]}
    if row["resolved"] is not None:
        attributes["resolved"] = "yes" if row["resolved"] else "no"
    return {
        "AWSAccountId": "000000000000",
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "Agent": agent if row["answered"] else None,
        "AgentConnectionAttempts": int(row["answered"]),
        "Attributes": {name: value for name, value in attributes.items() if value is not None},
        "Channel": "CHAT" if row["channel"] == "chat" else "VOICE",
        "ConnectedToSystemTimestamp": _stamp(arrived),
        "ContactId": row["contact_id"],
        "CustomerEndpoint": {"Address": row["customer"], "Type": "TELEPHONE_NUMBER"},
        "DisconnectTimestamp": _stamp(left),
        "InitialContactId": None,
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": _stamp(arrived),
        "InstanceARN": ARN,
        "LastUpdateTimestamp": _stamp(row["updated_at"]),
        "NextContactId": None,
        "PreviousContactId": None,
        "Queue": {
            "ARN": f"{ARN}/queue/{row['queue']}",
            "Name": row["queue"],
            "EnqueueTimestamp": _stamp(arrived),
            "DequeueTimestamp": _stamp(connected),
            "Duration": wait,
        },
        "TransferCompletedTimestamp": _stamp(left) if row["transferred"] else None,
        "TransferredToEndpoint": None,
    }


def _early(record: dict[str, Any]) -> dict[str, Any]:
    """The record as it stood when the customer hung up."""
    agent = dict(record["Agent"], AfterContactWorkDuration=0, AfterContactWorkEndTimestamp=None)
    return dict(record, Agent=agent, LastUpdateTimestamp=record["DisconnectTimestamp"])


def _stamp(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _joined(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
