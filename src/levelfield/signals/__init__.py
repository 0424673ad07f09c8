"""Did something change, is it real, and of what kind? Verdicts with known error rates; charts as their pictures.

The names below are loaded when they are first asked for: arithmetic that is compiled takes a while to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from levelfield.words.later import loaded_later

if TYPE_CHECKING:
    from levelfield.signals.charts import xmr_points
    from levelfield.signals.fair import Funnel, funnel
    from levelfield.signals.segmentation import Segmentation, change_points, segment
    from levelfield.signals.verdict import ALPHA, Kind, Reading, judge

HOMES = {
    "ALPHA": "verdict", "Funnel": "fair", "Kind": "verdict", "Reading": "verdict", "Segmentation": "segmentation", "change_points": "segmentation",
    "funnel": "fair", "judge": "verdict", "segment": "segmentation", "xmr_points": "charts",
}  # fmt: skip

__all__ = [
    "ALPHA", "Funnel", "Kind", "Reading", "Segmentation", "change_points", "funnel", "judge", "segment", "xmr_points",
]  # fmt: skip

__getattr__ = loaded_later(__name__, HOMES, globals())
