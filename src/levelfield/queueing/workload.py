"""What a queue is given over some intervals, and the usual week it is compared with."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LOST = ("absence", "adherence", "systems")  # shares of planned time


@dataclass(frozen=True)
class Workload:
    """What a queue was given over some intervals, each `(n,)`; optional parts are None where they are not known.

    `agents` are those on the queue. `absence`, `adherence` and `systems` are shares of planned time lost.
    `day` numbers the days: volume is split into the day's total and its shape. `slot` numbers the time of day.
    """

    offered: Floats
    handle_s: Floats
    patience_s: Floats
    agents: Floats
    forecast: Floats | None = None
    absence: Floats | None = None
    adherence: Floats | None = None
    systems: Floats | None = None
    day: Ints | None = None
    slot: Ints | None = None


def checked(before: Workload, after: Workload) -> None:
    """Refuse sides that are not the same slots, and what no queue can have, naming side and position."""
    n = len(before.offered)
    if len(after.offered) != n:
        raise _no(
            f"before has {n} intervals and after {len(after.offered)}", "attribution", "the same slots on both sides"
        )
    if not n:
        raise _no("there are no intervals", "attribution", "at least one")
    for side, name in ((before, "before"), (after, "after")):
        for field in fields(side):
            values = getattr(side, field.name)
            if values is None or field.name in {"day", "slot"}:
                continue
            array = np.asarray(values, dtype=np.float64)
            if array.shape != (n,):
                raise _no(f"{field.name} has {array.size} values", f"attribution, {name}", f"{n}, one per interval")
            wrong, expected = _wrong(field.name, array)
            if wrong.any():
                at = int(np.argmax(wrong))
                raise _no(f"{field.name} is {array[at]:g}", f"attribution, {name}, interval {at + 1} of {n}", expected)
        if not side.offered.sum() > 0:
            raise _no("no contacts are offered", f"attribution, {name}", "at least some in one interval")
    if (before.day is None) != (after.day is None) or (
        before.day is not None and after.day is not None and not _alike(before.day, after.day)
    ):
        raise _no("days are not cut alike", "attribution", "the same slots of the same days on both sides")


def _wrong(name: str, values: Floats) -> tuple[npt.NDArray[np.bool_], str]:
    odd = ~np.isfinite(values)
    if name in LOST:
        return odd | (values < 0) | (values > 1), "a share between 0 and 1"
    if name in {"handle_s", "patience_s"}:
        return odd | (values <= 0), "seconds above zero"
    return odd | (values < 0), "zero or more"


def _alike(one: Ints, other: Ints) -> bool:
    first, second = (np.unique(day, return_inverse=True)[1] for day in (one, other))
    return bool(np.array_equal(first, second))


def _no(what: str, where: str, expected: str) -> Refusal:
    return Refusal(
        what, where=where, expected=expected, next_step="Correct it; nothing was computed.", kind=RefusalKind.DEFINITION
    )  # fmt: skip


def typical(figures: Floats, slot: Ints, wanted: Ints) -> Floats:
    """The mean of earlier figures at the same slot of the week, for each wanted slot; nan where there was none.

    >>> typical(np.array([10.0, 20.0, 30.0]), np.array([1, 1, 2]), np.array([2, 1, 3]))
    array([30., 15., nan])
    """
    names, back = np.unique(slot, return_inverse=True)
    known = np.isfinite(figures)
    sums = np.bincount(back, np.where(known, figures, 0.0), minlength=len(names))
    counts = np.bincount(back, known, minlength=len(names))
    with np.errstate(invalid="ignore"):
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    place = np.clip(np.searchsorted(names, wanted), 0, len(names) - 1)
    found: Floats = np.where(names[place] == wanted, means[place], np.nan)
    return found


def own_shape(counted: Floats, usual: Floats, day: Ints, slot: Ints) -> Floats:
    """Counts of a span with as much of a shape of their own as is more than the chance of counting; day totals stay.

    Shapes: `(n,)` each, one entry per slot of the week. Unit: contacts counted over the span, and over the usual span:
    not their means, since chance is told from counts. What all days share is kept first, by the time of day in `slot`, then
    what one day has alone. Assumes: counts vary as Poisson's around their shape. Without this the ripple of a short span would
    be taken for a new shape, and a queue always suffers from ripples.
    Source: shrinking by the excess of variance over chance: Efron and Morris (1973), doi:10.1080/01621459.1973.10481350.

    >>> day, slot = np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2])
    >>> own_shape(np.array([95.0, 105, 104, 96]), np.array([400.0, 400, 400, 400]), day, slot).round(1)  # chance
    array([100., 100., 100., 100.])
    >>> own_shape(np.array([500.0, 1500, 480, 1520]), np.array([4000.0, 4000, 4000, 4000]), day, slot).round(-1)
    array([ 490., 1510.,  490., 1510.])
    """
    totals, usual_totals = _by(counted, day), _by(usual, day)
    per_usual = np.divide(totals, usual_totals, out=np.zeros_like(totals), where=usual_totals > 0)
    model = usual * per_usual
    spread = 1 + per_usual  # chance of both spans, in units of this one's
    clock, clock_spread = _by(counted, slot), _by(spread * model, slot)
    shared = _kept(clock, _by(model, slot), clock_spread, _firsts(slot))
    model = _to_totals(model * shared, day, totals)
    own = _kept(counted, model, spread * model, np.ones(len(counted), dtype=bool))
    found = _to_totals(model * own, day, totals)
    return np.where((usual_totals > 0) & (_by(found, day) > 0), found, counted)


def _kept(counted: Floats, model: Floats, chance: Floats, once: npt.NDArray[np.bool_]) -> Floats:
    """The factor on the model that is worth believing, given the variance that chance brings; 1 where there is none."""
    use = once & (model > 0)
    if use.sum() < 2:
        return np.ones_like(counted)
    excess = float(((counted - model)[use] ** 2 - chance[use]).sum() / (model[use] ** 2).sum())
    if excess <= 0:
        return np.ones_like(counted)
    signal = excess * model**2
    weight = np.divide(signal, signal + chance, out=np.zeros_like(model), where=model > 0)
    factor: Floats = 1 + weight * np.divide(counted - model, model, out=np.zeros_like(model), where=model > 0)
    return factor


def _by(figures: Floats, group: Ints) -> Floats:
    """Sums by group, at every member."""
    _names, back = np.unique(group, return_inverse=True)
    return np.asarray(np.bincount(back, figures), dtype=np.float64)[back]


def _firsts(group: Ints) -> npt.NDArray[np.bool_]:
    first = np.zeros(len(group), dtype=bool)
    first[np.unique(group, return_index=True)[1]] = True
    return first


def _to_totals(figures: Floats, day: Ints, totals: Floats) -> Floats:
    own = _by(figures, day)
    found: Floats = figures * np.divide(totals, own, out=np.ones_like(own), where=own > 0)
    return found
