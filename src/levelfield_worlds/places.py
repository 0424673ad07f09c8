"""The place columns that most fact tables share."""

from __future__ import annotations

from levelfield_worlds.arrays import Ints
from levelfield_worlds.frame import Frame
from levelfield_worlds.tables import Label


def place(frame: Frame, series: Ints) -> dict[str, object]:
    """Program, site, line, queue and channel of rows, given the series of each."""
    estate = frame.estate
    return {
        "program": estate.client,
        "site": Label([a.site for a in frame.series], series),
        "line": Label([a.line for a in frame.series], series),
        "queue": Label([estate.queue_of(a) for a in frame.series], series),
        "channel": Label([line.channel for line in frame.lines], series),
    }


def language(frame: Frame, series: Ints) -> Label:
    """Language of rows, given the series of each."""
    return Label([line.language for line in frame.lines], series)
