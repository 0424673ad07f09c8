"""When did the level or the slope change? Segments by description length, with how sure each change is."""

from levelfield.signals.segmentation.change_points import change_points, segment
from levelfield.signals.segmentation.segments import Change, Segment, Segmentation

__all__ = ["Change", "Segment", "Segmentation", "change_points", "segment"]
