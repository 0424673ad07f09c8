"""The demo's agreements. One per partner, each with other mechanics; North's second version is negotiated to its data."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_DOWN, Decimal
from importlib import resources

from levelfield.settlement.credits import missed
from levelfield.settlement.statement import Statement, settle
from levelfield_io.agreements_at_hand import parse_agreement, save_agreement
from levelfield_io.settling import Moves, months_to_settle
from levelfield_io.store import Store

BILLING, ABANDONED, WATCHED = "billing in time", "abandoned", 9


def save_agreements(store: Store, end: dt.date) -> None:
    """Write every version; the data of the last two years are published already."""
    start, later = end.replace(year=end.year - 2), end.replace(year=end.year - 1)
    for partner in store.estate.partners:
        for version in (1, 2):
            text = _text(f"{partner.key}-{version}.toml")
            if text is None:
                continue
            terms = {"start": start, "later": later, "billing": "0.82", "k": 3}
            if version == 2:
                terms |= _negotiated(store, text.format(**terms))
            save_agreement(store.home, text.format(**terms).encode(), f"{partner.key}-{version}.toml")


def _text(name: str) -> str | None:
    path = resources.files("levelfield_cli") / "agreements" / name
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _negotiated(store: Store, trial: str) -> dict[str, object]:
    """A level for Billing that a too low forecast makes the partner miss, and a trigger that is one miss away."""
    agreement = parse_agreement(trial.encode(), "trial")
    publication = store.release.current[agreement.partner]
    statements = settle([agreement], months_to_settle(store, [agreement], publication, Moves()))
    return {"billing": _between(statements), "k": max(2, 1 + sum(map(_missed, statements[-WATCHED + 1 :])))}


def _missed(s: Statement) -> bool:
    return any(p.relieved.target == ABANDONED and missed(p.relieved, "expected") for p in s.pairs)


def _between(statements: tuple[Statement, ...]) -> str:
    pairs = [p for s in statements for p in s.pairs if p.plain.target == BILLING]
    known = [
        (p.plain.value, p.relieved.value) for p in pairs if p.plain.value is not None and p.relieved.value is not None
    ]
    apart = [pair for pair in known if pair[1] - pair[0] > 1] or known or [(Decimal(82), Decimal(82))]
    low, high = apart[-1]
    return str(((low + high) / 200).quantize(Decimal("0.001"), ROUND_DOWN))
