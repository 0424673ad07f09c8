"""Did something change, is it real, and of what kind? Verdicts with known error rates; charts as their pictures."""

from levelfield.signals.charts import xmr_points
from levelfield.signals.fair import Funnel, funnel
from levelfield.signals.judge import ALPHA, Kind, Reading, judge
from levelfield.signals.segmentation import Segmentation, change_points, segment

__all__ = [
    "ALPHA", "Funnel", "Kind", "Reading", "Segmentation", "change_points", "funnel", "judge", "segment", "xmr_points",
]  # fmt: skip
