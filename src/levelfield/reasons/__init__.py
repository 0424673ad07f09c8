"""Why did we outsource, who stands behind it, and do both sides want the same?

The names below are loaded when they are first asked for: arithmetic takes a while to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from levelfield.words.later import loaded_later

if TYPE_CHECKING:
    from levelfield.reasons.alignment import SCALE, STATEMENTS, VERSION, Alignment, Area, Statement, alignment
    from levelfield.reasons.buy_in import LAPSES_AFTER_DAYS, Backer, Level, Said, Stance, Standing, Support, support
    from levelfield.reasons.charter import Charter
    from levelfield.reasons.drift import Drift, drift
    from levelfield.reasons.progress import Course, Progress, progress
    from levelfield.reasons.reason import TITLES, Kind, Reason
    from levelfield.reasons.weighing import Weights, weights

HOMES = {
    "SCALE": "alignment", "STATEMENTS": "alignment", "VERSION": "alignment", "Alignment": "alignment", "Area": "alignment",
    "Statement": "alignment", "alignment": "alignment", "LAPSES_AFTER_DAYS": "buy_in", "Backer": "buy_in", "Level": "buy_in",
    "Said": "buy_in", "Stance": "buy_in", "Standing": "buy_in", "Support": "buy_in", "support": "buy_in", "Charter": "charter",
    "Drift": "drift", "drift": "drift", "Course": "progress", "Progress": "progress", "progress": "progress", "TITLES": "reason",
    "Kind": "reason", "Reason": "reason", "Weights": "weighing", "weights": "weighing",
}  # fmt: skip

__all__ = [
    "LAPSES_AFTER_DAYS", "SCALE", "STATEMENTS", "TITLES", "VERSION", "Alignment", "Area", "Backer", "Charter", "Course", "Drift", "Kind", "Level",
    "Progress", "Reason", "Said", "Stance", "Standing", "Statement", "Support", "Weights", "alignment", "drift", "progress", "support", "weights",
]  # fmt: skip

__getattr__ = loaded_later(__name__, HOMES, globals())
