"""Whether both sides score the same contacts alike."""

from __future__ import annotations

from levelfield.own_house.duty import Found, Verdict

FEWEST_PAIRS = 10
NEAR = 2.0  # points of 100 by which two careful people differ on average


def calibration(gap: float | None, spread: float | None, pairs: int) -> Found:
    """Client's score less partner's on contacts both scored: the mean difference and the mean distance."""
    if gap is None or pairs < FEWEST_PAIRS:
        return Found(
            Verdict.CANNOT_JUDGE,
            f"{pairs} contacts were scored by both sides; at least {FEWEST_PAIRS} are needed.",
            None,
            pairs,
        )
    apart = f", {spread:.1f} points apart on average" if spread is not None else ""
    way = "lower" if gap < 0 else "higher"
    verdict = Verdict.KEPT if abs(gap) <= NEAR else Verdict.PARTLY if abs(gap) <= 2 * NEAR else Verdict.NOT_KEPT
    return Found(
        verdict,
        f"On {pairs:,} contacts that both sides scored the client scores {abs(gap):.1f} points {way}{apart}.",
        gap,
        pairs,
    )
