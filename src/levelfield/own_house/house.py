"""The whole house: every duty with its finding, and what must be looked at before a partner is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levelfield.own_house.duties import AREAS, DUTIES
from levelfield.own_house.duty import ORDER, Finding, Found, Opinion, Verdict


@dataclass(frozen=True)
class House:
    """All findings on the client's own house with one partner, over some weeks."""

    findings: tuple[Finding, ...]

    def of(self, key: str) -> Finding:
        """The finding on one duty."""
        return next(f for f in self.findings if f.duty.key == key)

    def count(self, verdict: Verdict) -> int:
        """How many duties stand so."""
        return sum(f.verdict is verdict for f in self.findings)

    @property
    def by_area(self) -> list[tuple[int, str, list[Finding]]]:
        """The thirteen areas with their findings."""
        return [(n, AREAS[n], [f for f in self.findings if f.duty.area == n]) for n in AREAS]

    @property
    def pressing(self) -> list[Finding]:
        """What is not kept, or in part, measured before opinion."""
        bad = [f for f in self.findings if f.verdict in (Verdict.FIRST, Verdict.NOT_KEPT, Verdict.PARTLY)]
        return sorted(bad, key=lambda f: (ORDER.index(f.verdict), not f.is_measured, f.duty.area))

    @property
    def client_first(self) -> bool:
        """Must the client's own side be tested first? Where others moved the same way."""
        return self.of("together").verdict is Verdict.FIRST

    @property
    def sentence(self) -> str:
        """The house in one sentence."""
        measured = sum(f.is_measured for f in self.findings)
        bad, partly = self.count(Verdict.NOT_KEPT), self.count(Verdict.PARTLY)
        asked = self.count(Verdict.ASKED) + self.count(Verdict.CANNOT_JUDGE)
        said = f"Of {len(self.findings)} duties of the client {bad} {'is' if bad == 1 else 'are'} not kept"
        said += f" and {partly} in part" if partly else ""
        said += f"; {measured} could be measured" + (f", {asked} wait for an answer or for data" if asked else "")
        return said + "."


def house(found: Mapping[str, Found | None], opinions: Mapping[str, Sequence[Opinion]] | None = None) -> House:
    """Lay what was found and what was answered over the list of duties; what is missing is asked."""
    unknown = set(found) - set(DUTIES)
    if unknown:
        raise KeyError(f"not a duty: {', '.join(sorted(unknown))}")
    given = opinions or {}
    return House(tuple(Finding(duty, found.get(key), tuple(given.get(key, ()))) for key, duty in DUTIES.items()))
