"""What it costs, in nats, to say that a new segment starts."""

from __future__ import annotations

import math
from dataclasses import dataclass

POSITION = 1.0  # logarithms of the effective length for where a change is: one of so many places
PARAMETER = 0.5  # the same for a level, a slope or a coefficient: Schwarz's price
BEND = 0.5  # the same for each power above a line: two of them have a place of their own, as a change has
DEGREES = (2, 3)  # curves that compete with segments; a curve is an explanation too
FEWEST_EFFECTIVE = 6.0  # however slowly a series wanders, the eye still sees so many independent points in it
MISFIT = 0.03  # of the standard deviation, about a hundredth of the height of a picture: too small to be seen


@dataclass(frozen=True)
class Price:
    """The prices for a series that is worth `effective` independent points.

    Source: Schwarz (1978), 10.1214/aos/1176344136; Davis, Lee and Rodriguez-Yam (2006), 10.1198/016214505000000745,
    for description length over segments of autocorrelated series.
    """

    effective: float

    @property
    def nat(self) -> float:
        """The logarithm that every price is counted in."""
        return math.log(self.effective)

    @property
    def flat(self) -> float:
        """One more segment with a constant level."""
        return (POSITION + PARAMETER) * self.nat

    @property
    def sloped(self) -> float:
        """One more segment with a level and a slope."""
        return (POSITION + 2 * PARAMETER) * self.nat

    def curve(self, degree: int) -> float:
        """One segment that bends."""
        return (POSITION + PARAMETER * (degree + 1) + BEND * (degree - 1)) * self.nat

    def length(self, misfit: float, worst: float, price: float) -> float:
        """The description length in nats, against one straight line for nothing.

        Misfit and worst are mean squares of a series whose variance is 1.

        >>> Price(100.0).length(misfit=0.5, worst=0.5, price=3.0)
        3.0
        """
        return self.effective / 2 * math.log((misfit + MISFIT**2) / (worst + MISFIT**2)) + price
