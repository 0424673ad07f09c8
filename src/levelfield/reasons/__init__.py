"""Why did we outsource, who stands behind it, and do both sides want the same?"""

from levelfield.reasons.alignment import SCALE, STATEMENTS, VERSION, Alignment, Area, Statement, alignment
from levelfield.reasons.buy_in import LAPSES_AFTER_DAYS, Backer, Level, Said, Stance, Standing, Support, support
from levelfield.reasons.charter import Charter
from levelfield.reasons.drift import Drift, drift
from levelfield.reasons.progress import Course, Progress, progress
from levelfield.reasons.reason import TITLES, Kind, Reason
from levelfield.reasons.weighing import Weights, weights

__all__ = [
    "LAPSES_AFTER_DAYS", "SCALE", "STATEMENTS", "TITLES", "VERSION", "Alignment", "Area", "Backer", "Charter", "Course", "Drift", "Kind", "Level",
    "Progress", "Reason", "Said", "Stance", "Standing", "Statement", "Support", "Weights", "alignment", "drift", "progress", "support", "weights",
]  # fmt: skip
