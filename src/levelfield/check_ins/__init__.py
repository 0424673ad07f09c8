"""Check-ins: is each promise on its way, and at its end: did it work?"""

from levelfield.check_ins.agenda import AgendaItem, agenda
from levelfield.check_ins.comparison import Comparison, comparison_of
from levelfield.check_ins.effect import Check, Effect, Outcome, effect
from levelfield.check_ins.on_track import OnTrack, Track, on_track
from levelfield.check_ins.track_record import Judged, TrackRecord, track_record

__all__ = [
    "AgendaItem",
    "Check",
    "Comparison",
    "Effect",
    "Judged",
    "OnTrack",
    "Outcome",
    "Track",
    "TrackRecord",
    "agenda",
    "comparison_of",
    "effect",
    "on_track",
    "track_record",
]
