"""Another agreement than the one in force, tried on the same facts. Nothing of it is stored."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from levelfield.agreement.agreement import Agreement
from levelfield.agreement.calendar import name_of
from levelfield.settlement.inputs import Month
from levelfield.settlement.statement import Statement, settle
from levelfield_io.agreements_at_hand import SHOWN_TIMES, agreement_of
from levelfield_io.months_at_hand import made_of
from levelfield_io.settling import months_to_settle
from levelfield_io.store import Store
from levelfield_web.agreement.queries import source
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.same_data.warehouse import store
from levelfield_web.settlement.account import Account, Kept

KEPT_TRIALS = Kept(20)


@dataclass(frozen=True)
class Changes:
    """What is tried: levels in the unit shown, shares in per cent; None leaves a term as it is."""

    target: str = ""
    expected: Decimal | None = None
    minimum: Decimal | None = None
    abandons: str = ""
    threshold_s: int | None = None
    at_risk: Decimal | None = None
    cap: Decimal | None = None
    above: Decimal | None = None

    @property
    def any(self) -> bool:
        """Is anything changed at all?"""
        return any(getattr(self, f.name) not in (None, "") for f in fields(self) if f.name != "target")

    @property
    def definition(self) -> dict[str, Any]:
        """The switches that change."""
        return {k: v for k, v in (("abandons", self.abandons), ("threshold_s", self.threshold_s)) if v}


def tried(account: Account, changes: Changes) -> tuple[Statement, ...]:
    """Every statement of an account as it would be; a change that cannot be agreed is refused with its findings."""
    versions = [_changed(a, changes) for a in account.versions]
    months = _months(account, versions, changes) if changes.definition else account.months
    return settle(versions, months, account.moves.excuses)


def _changed(agreement: Agreement, changes: Changes) -> Agreement:
    """A version with the changes in its file, read and checked like any other."""
    body = source(viewer=HOUSE, partner=agreement.partner, version=agreement.version) or b""
    data = tomllib.loads(body.decode(), parse_float=Decimal)
    for target in data.get("target", ()):
        if (target.get("key") or target.get("measure")) == changes.target:
            scale = SHOWN_TIMES.get(str(target.get("measure")), 1)
            if changes.expected is not None:
                target["at_least" if "at_least" in target else "at_most"] = changes.expected / scale
            if changes.minimum is not None:
                target["minimum"] = changes.minimum / scale
            if changes.definition:
                target["definition"] = {**target.get("definition", {}), **changes.definition}
    for name, share in (("at_risk", changes.at_risk), ("cap", changes.cap)):
        if share is not None:
            data[name] = {"share": share / 100, **{k: v for k, v in data.get(name, {}).items() if k == "clause"}}
    relief = data.get("forecast", {}).get("relief")
    if changes.above is not None and relief:
        relief["above"] = changes.above / 100
    return agreement_of(data, f"{agreement.title}, version {agreement.version}")


def _months(account: Account, versions: Sequence[Agreement], changes: Changes) -> tuple[Month, ...]:
    """The months of the account with one target counted anew; everything else is counted already."""
    narrow = [_only(a, changes.target) for a in versions]
    key = (
        str(store().home),
        made_of(account.versions, account.publication, account.moves),
        changes.target,
        json.dumps(changes.definition, sort_keys=True),
    )
    home = Path(store().home)
    again: Mapping[str, Month] = KEPT_TRIALS.get(
        key,
        lambda: {
            name_of(m.period): m for m in months_to_settle(Store(home), narrow, account.publication, account.moves)
        },
    )
    return tuple(
        replace(m, measured={**m.measured, **again[name_of(m.period)].measured}) if name_of(m.period) in again else m
        for m in account.months
    )


def _only(agreement: Agreement, target: str) -> Agreement:
    """A version as far as the counts of one target need it."""
    own = tuple(t for t in agreement.targets if t.key == target)
    forecast = agreement.forecast.model_copy(update={"shortfall": None})
    return agreement.model_copy(update={"targets": own, "resource": (), "forecast": forecast})
