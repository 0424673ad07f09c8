"""The charter of a program: weighted reasons, who stands behind them on both sides, and whether both want the same."""

from __future__ import annotations

from dataclasses import dataclass

from levelfield.reasons.alignment import Alignment
from levelfield.reasons.buy_in import Support
from levelfield.reasons.reason import Reason
from levelfield.reasons.telling import counted, listed, per_cent
from levelfield.reasons.weighing import Weights


@dataclass(frozen=True)
class Charter:
    """Everything that is on record of why one partner does this work."""

    reasons: tuple[Reason, ...]
    weights: Weights
    client: Support
    partner: Support
    alignment: Alignment

    def named(self, key: str) -> str:
        """What a reason is called in a sentence."""
        return next((r.named for r in self.reasons if r.key == key), key)

    @property
    def sentence(self) -> str:
        """Why the work was given away, in one sentence."""
        if not self.reasons:
            return "Why this work was outsourced is not on record yet."
        if not self.weights.shares:
            return f"{counted(len(self.reasons), 'reason')} to outsource: {listed([r.named for r in self.reasons])}. Nobody has weighed all of them yet."
        ranked = sorted(self.weights.shares, key=lambda pair: -pair[1])
        told = listed([f"{self.named(key)} ({per_cent(share)})" for key, share in ranked])
        return f"This work was outsourced for {told}, as weighed by {counted(self.weights.n, 'person', 'people')}."

    @property
    def apart(self) -> str:
        """How far the people who weighed are apart: the agreement of their orders, and the reason they differ on most."""
        w = self.weights
        if not w.shares:
            return ""
        if w.n == 1:
            return f"{w.people[0]} alone has weighed them, so nobody can say how far the client's people agree."
        said = ""
        if w.concordance is not None:
            said = f"Their orders agree with Kendall's W = {w.concordance:.2f} (1: the same order, 0: none in common). "
        widest = w.widest
        if widest is None or widest[2] - widest[1] < 0.005:
            return f"{said}All give the reasons the same weights."
        return f"{said}They differ most on {self.named(widest[0])}: {per_cent(widest[1])} to {per_cent(widest[2])}."
