"""How an agreement wants a measure computed: the switches that give six service levels from one month's counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from levelfield.words import Refusal, RefusalKind, nearest


class Abandons(StrEnum):
    """What abandoned contacts do to the service level.

    Source: https://www.callcentrehelper.com/service-level-threshold-calculations-206890.htm
    """

    NOT_COUNTED = "not_counted"  # A: answered within / answered
    ALL_AGAINST = "all_against"  # B: answered within / (answered + abandoned)
    SHORT_REMOVED = "short_removed"  # C: … less short abandons below the line
    SHORT_CREDITED = "short_credited"  # D: short abandons count as successes
    WITHIN_IGNORED = "within_ignored"  # E: abandons within the threshold are left out
    WITHIN_CREDITED = "within_credited"  # F: abandons within the threshold count as successes


class Callbacks(StrEnum):
    """What customers who took a call-back do to the service level."""

    OUT = "out"  # left out of both
    AGAINST = "against"  # offered but not answered
    CREDITED = "credited"  # as good as an answer


WORDS: dict[str, tuple[str, ...]] = {
    "scored_by": ("client", "partner", "either"),
    "sample": ("random", "risk", "targeted", "any"),
}
LETTERS = dict(zip(Abandons, "ABCDEF", strict=True))
TITLES: dict[Abandons, str] = {
    Abandons.NOT_COUNTED: "Abandons are not counted at all",
    Abandons.ALL_AGAINST: "All abandons count against",
    Abandons.SHORT_REMOVED: "Short abandons are removed",
    Abandons.SHORT_CREDITED: "Short abandons are credited",
    Abandons.WITHIN_IGNORED: "Abandons within the threshold are ignored",
    Abandons.WITHIN_CREDITED: "Abandons within the threshold count as success",
}


@dataclass(frozen=True)
class Definition:
    """The switches. `threshold_s` and `short_s` of None mean: as the facts were counted."""

    abandons: Abandons = Abandons.WITHIN_IGNORED
    callbacks: Callbacks = Callbacks.OUT
    threshold_s: int | None = None
    short_s: int | None = None
    window_days: int = 7  # repeat contacts
    scored_by: str = "client"  # quality
    sample: str = "random"
    currency: str = ""

    @property
    def told(self) -> str:
        """The switches that differ from the plain definition, as `name=value` words."""
        plain = Definition()
        changed = [
            f"{f.name}={getattr(self, f.name)}" for f in fields(self) if getattr(self, f.name) != getattr(plain, f.name)
        ]
        return ",".join(changed)

    @classmethod
    def from_data(cls, data: Mapping[str, Any], where: str = "definition") -> Definition:
        """Read the switches from plain data; unknown names and words are refused with the nearest known one."""
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in data.items():
            if key not in known:
                near = nearest(key, known)
                raise Refusal(
                    f"“{key}” is not a switch of a definition",
                    where=where,
                    expected=f"“{near[0]}”?" if near else "one of " + ", ".join(sorted(known)),
                    kind=RefusalKind.DEFINITION,
                )
            if key in ("threshold_s", "short_s", "window_days"):
                if value is not None and (isinstance(value, bool) or not str(value).isdecimal()):
                    raise Refusal(
                        f"{key} is “{value}”",
                        where=where,
                        expected="a whole number of seconds or days",
                        kind=RefusalKind.DEFINITION,
                    )
                values[key] = None if value is None else int(value)
            elif key in ("abandons", "callbacks"):
                values[key] = _word(Abandons if key == "abandons" else Callbacks, str(value), f"{where}, {key}")
            elif key in WORDS:
                values[key] = _among(WORDS[key], str(value), f"{where}, {key}")
            else:
                values[key] = str(value)
        return cls(**values)


def _word(kind: type[Abandons] | type[Callbacks], value: str, where: str) -> Abandons | Callbacks:
    if kind is Abandons:
        value = {letter: rule for rule, letter in LETTERS.items()}.get(value.upper(), value)
    return kind(_among(list(kind), value, where))


def _among(known: Sequence[str], value: str, where: str) -> str:
    """A word that is known, or a refusal with the nearest one."""
    if value in known:
        return value
    near = nearest(value, known)
    raise Refusal(
        f"“{value}” is not a rule",
        where=where,
        expected=f"“{near[0]}”?" if near else "one of " + ", ".join(known),
        kind=RefusalKind.DEFINITION,
    )
