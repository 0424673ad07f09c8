"""The account, month by month: what was owed, what changed, what is in dispute, what the invoices settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from levelfield.settlement.credits import ZERO, payable_parts
from levelfield.settlement.statement import Statement
from levelfield.settlement.trail import money


class Outcome(StrEnum):
    """How a dispute ended."""

    PENDING = "pending"
    UPHELD = "upheld"  # the line falls
    REFUSED = "refused"  # the line stands


@dataclass(frozen=True)
class Dispute:
    """A figure of one statement that one side does not accept. It freezes that line and no other."""

    month: str
    line: str
    raised_by: str
    raised_on: dt.date
    outcome: Outcome = Outcome.PENDING


@dataclass(frozen=True)
class LedgerRow:
    """One month of the account. Amounts are positive in the partner's favour."""

    month: str
    opening: Decimal
    credits: Decimal
    earned_back: Decimal
    bonuses: Decimal
    charges: Decimal
    disputed: Decimal  # set aside; not in the closing balance
    fallen: Decimal  # lines of upheld disputes
    settled: Decimal  # what the month's invoice booked
    closing: Decimal
    waits_for_invoice: bool = False


def ledger(statements: Sequence[Statement], disputes: Sequence[Dispute] = ()) -> tuple[LedgerRow, ...]:
    """The account of one partner. A month's invoice settles what was open before it and in it."""
    rows: list[LedgerRow] = []
    balance = ZERO
    for s in statements:
        held = {d.line: d.outcome for d in sorted(disputes, key=lambda d: d.raised_on) if d.month == s.month}
        lines = _lines(s)
        disputed = sum((a for key, _, a in lines if held.get(key) is Outcome.PENDING), ZERO)
        fallen = sum((a for key, _, a in lines if held.get(key) is Outcome.UPHELD), ZERO)
        parts = {
            kind: sum((a for _, k, a in lines if k == kind), ZERO)
            for kind in ("credit", "earned back", "bonus", "charge")
        }
        settled = money(s.credited or ZERO, s.currency)
        closing = balance + sum(parts.values(), ZERO) - disputed - fallen + settled
        waits = s.total is None
        rows.append(
            LedgerRow(
                s.month, balance, parts["credit"], parts["earned back"], parts["bonus"], parts["charge"], disputed, fallen, settled, closing, waits
            )
        )  # fmt: skip
        balance = closing
    return tuple(rows)


def line_keys(s: Statement) -> list[str]:
    """The lines of a statement that can be disputed: its figures and its amounts."""
    return [p.plain.target for p in s.pairs] + [
        key for key, _, _ in _lines(s) if key not in {p.plain.target for p in s.pairs}
    ]


def _lines(s: Statement) -> list[tuple[str, str, Decimal]]:
    """Every amount with its key and kind. Where the cap binds, each credit has its part of what is payable."""
    made: list[tuple[str, str, Decimal]] = []
    payable = [(o.line, o.part) for o in payable_parts(s.month, s.relieved, s.currency)]
    for line, amount in payable or [(line, line.amount) for line in s.relieved.lines if line.amount]:
        made.append((line.target or line.key, "credit", -amount))
    for kind, others in (("earned back", s.earned_back), ("bonus", s.bonuses), ("charge", s.charges)):
        made += [(o.key, kind, o.amount) for o in others if o.amount]
    return made
