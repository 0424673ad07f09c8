"""Rule sets: which points of a chart are more than noise, and by which rule.

A pattern marks every point that belongs to it, not only the one that completes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from levelfield.signals.charts.given import Bools, Floats, numbers, same_length
from levelfield.signals.charts.lines import Lines
from levelfield.signals.charts.runs import runs_of, sides

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Track:
    """The points of one phase that are there, oldest first; a missing point has left no gap."""

    values: Floats
    side: Ints  # +1 above the centre line, -1 below, 0 on it
    positions: Floats  # in sigmas from the centre; nan where a point has no limits


@dataclass(frozen=True)
class Rule:
    """A name, and a function that gives every point its direction under the rule: +1 up, -1 down, 0 not marked."""

    name: str
    find: Callable[[Track], Ints]


def beyond(sigmas: float) -> Callable[[Track], Ints]:
    """A single point more than so many sigma from the centre."""
    return lambda track: np.where(np.abs(track.positions) > sigmas, track.side, 0)


def one_side(length: int) -> Callable[[Track], Ints]:
    """So many points in a row on one side of the centre; a point on the centre ends the row."""
    return lambda track: _signed(lambda sign: _rows(track.side == sign, length, length), len(track.side))


def trend(length: int) -> Callable[[Track], Ints]:
    """So many points in a row of which each is higher, or each lower, than the one before; equal ends the row."""

    def find(track: Track) -> Ints:
        steps = np.sign(np.diff(track.values)).astype(np.int64)
        up, down = (_rows(steps == sign, length - 1, length) for sign in (1, -1))
        turning = np.append(steps, 0)[: len(up)]  # a peak ends one trend and begins the next: it goes with the next
        return np.where(up & down, turning, up.astype(np.int64) - down.astype(np.int64))

    return find


def some_beyond(needed: int, of: int, sigmas: float) -> Callable[[Track], Ints]:
    """So many of so many points in a row beyond so many sigma, on the same side; marks those beyond."""

    def find(track: Track) -> Ints:
        far = np.abs(track.positions) > sigmas
        return _signed(lambda sign: _some(far & (track.side == sign), needed, of), len(far))

    return find


def two_of_three_close(track: Track) -> Ints:
    """Two of three points between two and three sigma, all three on the same side; marks those two (or three)."""
    close = (np.abs(track.positions) > 2) & (np.abs(track.positions) <= 3)

    def on(sign: int) -> Bools:
        here = track.side == sign
        return _some(close & here, 2, 3, only_where=_rows(here, 3, 3, starts=True))

    return _signed(on, len(close))


def long_run(track: Track) -> Ints:
    """The points of every run that is longer than chance leaves."""
    useful = np.flatnonzero(track.side)
    longest = runs_of(track.side, len(track.side)).longest_run_max
    found = np.zeros(len(track.side), dtype=np.int64)
    found[useful] = one_side(longest + 1)(Track(track.values[useful], track.side[useful], track.positions[useful]))
    return found


def few_crossings(track: Track) -> Ints:
    """Every point off the centre line, when the crossings of the line are fewer than chance leaves."""
    found = runs_of(track.side, len(track.side))
    return track.side if found.crossings < found.crossings_min else np.zeros_like(track.side)


OUTSIDE, TREND, CLOSE, SIDE = "outside limits", "seven point trend", "two of three close to a limit", "seven one side"

NHS = (  # NHS England, Making Data Count; in this order the first that fires names the point
    Rule(OUTSIDE, beyond(3)),
    Rule(TREND, trend(7)),
    Rule(CLOSE, two_of_three_close),
    Rule(SIDE, one_side(7)),
)
WESTERN_ELECTRIC = (  # Western Electric (1956), Statistical Quality Control Handbook
    Rule("one beyond three sigma", beyond(3)),
    Rule("two of three beyond two sigma", some_beyond(2, 3, 2)),
    Rule("four of five beyond one sigma", some_beyond(4, 5, 1)),
    Rule("eight one side", one_side(8)),
)
ANHOEJ = (  # Anhøj & Olesen (2014); both speak about the phase as a whole
    Rule("unusually long run", long_run),
    Rule("unusually few crossings", few_crossings),
)


def directions(values: Floats, lines: Lines, rule_set: Sequence[Rule]) -> dict[str, Ints]:
    """For every rule, in which direction each point is marked: +1, -1, or 0; phase by phase."""
    side, positions = sides(values, lines), lines.positions(values)
    found = {rule.name: np.zeros(len(values), dtype=np.int64) for rule in rule_set}
    for phase in lines.phases:
        there = phase.first + np.flatnonzero(np.isfinite((values - lines.centre)[phase.first : phase.end]))
        track = Track(values[there], side[there], positions[there])
        for rule in rule_set:
            found[rule.name][there] = rule.find(track)
    return found


def flags(values: npt.ArrayLike, lines: Lines, rule_set: Sequence[Rule]) -> tuple[tuple[str, ...], ...]:
    """The names of the rules that mark each point; none of them marks a missing point.

    Shapes: values (n,), oldest first, missing = nan; a missing point ends no pattern. Unit: that of the lines.
    Refuses: infinite values, another length than the lines (Refusal, definition).
    Assumes: points are independent and about normal; every rule added is another way to raise a false alarm.
    Source: Western Electric (1956), Statistical Quality Control Handbook; NHS England, Making Data Count;
    Anhøj & Olesen (2014), doi:10.1371/journal.pone.0113825.

    >>> from levelfield.signals.charts.rates import c_chart
    >>> counts = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 12]  # mean 64 / 14 = 4.57, upper limit 4.57 + 3 x 2.14 = 10.99
    >>> flags(counts, c_chart(counts), NHS)[-2:]
    (('seven one side',), ('outside limits',))
    """
    given = numbers(values, "values")
    same_length(values=given, lines=lines.centre)
    marked = directions(given, lines, rule_set)
    return tuple(tuple(name for name, found in marked.items() if found[index]) for index in range(len(given)))


def _signed(found: Callable[[int], Bools], n: int) -> Ints:
    """+1 where a pattern is found above, -1 where below."""
    signed = np.zeros(n, dtype=np.int64)
    for sign in (1, -1):
        signed[found(sign)] = sign
    return signed


def _rows(hit: Bools, length: int, cover: int, *, starts: bool = False) -> Bools:
    """The points covered by every row of `length` hits (each row covers `cover` points), or where such rows start."""
    n = len(hit) + cover - length
    if len(hit) < length:
        return np.zeros(0 if starts else max(n, 0), dtype=np.bool_)
    whole: Bools = np.asarray(sliding_window_view(hit, length).all(axis=1), dtype=np.bool_)
    return whole if starts else _covered(whole, cover, n)


def _some(hit: Bools, needed: int, of: int, *, only_where: Bools | None = None) -> Bools:
    """The hits in every window of `of` points that holds `needed` of them."""
    if len(hit) < of:
        return np.zeros(len(hit), dtype=np.bool_)
    enough = sliding_window_view(hit, of).sum(axis=1) >= needed
    if only_where is not None:
        enough = enough & only_where
    return _covered(enough, of, len(hit)) & hit


def _covered(starts: Bools, length: int, n: int) -> Bools:
    """The points of all windows of a length that start where marked."""
    found = np.zeros(n, dtype=np.bool_)
    for offset in range(length):
        found[offset : offset + len(starts)] |= starts
    return found
