"""Where does a change of a rate sit? A scan over all places with counts as small as they come; often there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cause import Cause, Causes
from levelfield.drill_down.found import Found, named
from levelfield.drill_down.leaves import Leaves, read_leaves
from levelfield.drill_down.scan.searching import SURE, Scan
from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]

MOST = 10  # causes that are told
WORTH_A_NOTE = 0.05
HALF = 0.5  # above it a share is searched by what fails: that is the rarer side, on which rates multiply
FAMILIES = ("binomial", "poisson")


def localise_rate(
    leaves: object, dims: Sequence[str], numerator: str, denominator: str, baseline_numerator: str, baseline_denominator: str, *, family: str = "binomial",
    most: int = MOST,
) -> Causes:  # fmt: skip
    """The few conjunctions of attributes that carry a change of a rate, best first; empty where there is none.

    Shapes: a table with a row per leaf: dimensions, and counts now and in the baseline. Every conjunction is weighed by the
    likelihood ratio of its counts against what is expected of it: its leaves' baseline rates, fitted by one effect per label, times
    the place's own excess in the baseline, times how everything else moved. Fewer counts in the baseline make that less certain; so
    does the drift of ordinary places, which is learned from the leaves outside. A price for having looked everywhere is taken
    off. Both directions; a shift of all leaves alike is no place and is told in the notes. `family`: "binomial" for shares,
    "poisson" for ratios that may exceed one. `most`: so many places at the most.
    Unit: of the rate, in and out. Refuses: what `read_leaves` refuses, a numerator above its denominator (binomial), nothing to
    compare with. Assumes: contacts succeed or fail independently within a leaf and span, but for the drift.
    Source: the scan statistic of Kulldorff (1997), doi:10.1080/03610929708831995; the empirical null of Efron (2004),
    doi:10.1198/016214504000000089; docs/decisions/0012.

    >>> table = {
    ...     "site": ["a"] * 4 + ["b"] * 4 + ["c"] * 4, "line": ["p", "q", "r", "s"] * 3,
    ...     "late": [50, 52, 49, 51, 49, 180, 51, 50, 50, 48, 52, 50], "all": [500] * 12, "late0": [50] * 12, "all0": [500] * 12,
    ... }
    >>> [dict(cause.where) for cause in localise_rate(table, ["site", "line"], "late", "all", "late0", "all0")]
    [{'site': 'b', 'line': 'q'}]
    """
    if family not in FAMILIES:
        raise Refusal(f"“{family}” is not a family", expected=" or ".join(FAMILIES), kind=RefusalKind.DEFINITION)
    read = read_leaves(leaves, dims, (numerator, denominator, baseline_numerator, baseline_denominator))
    x1, n1, x0, n0 = (read.figures[name] for name in (numerator, denominator, baseline_numerator, baseline_denominator))
    for names, above, below in (
        ((numerator, denominator), x1, n1), ((baseline_numerator, baseline_denominator), x0, n0),
    ):  # fmt: skip
        wrong = above > below if family == "binomial" else (below == 0) & (above > 0)
        if not wrong.any():
            continue
        at = int(np.argmax(wrong))
        if family == "binomial":
            raise Refusal(
                f"“{names[0]}” is {above[at]:g} and “{names[1]}” is {below[at]:g} in leaf {at + 1:,}", where="localise_rate", expected=f"{names[0]} ≤ {names[1]}",
                next_step="Correct the leaf, or say family=“poisson” where a ratio may exceed one.", kind=RefusalKind.DEFINITION,
            )  # fmt: skip
        raise Refusal(
            f"“{names[0]}” is {above[at]:g} where “{names[1]}” is zero, in leaf {at + 1:,}", where="localise_rate", expected=f"no {names[0]} without {names[1]}",
            next_step="Correct the leaf; nothing was searched.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    for name, own in ((denominator, n1), (baseline_denominator, n0)):
        if own.sum() <= 0:
            raise Refusal(
                f"“{name}” adds up to nothing",
                where="localise_rate",
                expected="contacts in both spans",
                kind=RefusalKind.DEFINITION,
            )
    return _scan(read, x1, n1, x0, n0, binomial=family == "binomial", most=most)


def _scan(read: Leaves, x1: Floats, n1: Floats, x0: Floats, n0: Floats, *, binomial: bool, most: int) -> Causes:
    """The scan over leaves that are read already."""
    change = float(x1.sum() / n1.sum() - x0.sum() / n0.sum())
    notes = list(read.notes)
    counted = (n1 > 0) | (n0 > 0)  # a leaf that is gone still tells what its labels used to count
    if not read.dims or (n1 > 0).sum() < 2:
        notes.append("There is too little to search: no dimension splits it, or too few leaves hold anything.")
        return Causes((), notes=notes, change=change)
    codes = [own[counted] for own in read.codes]
    x1, n1, x0, n0 = (own[counted] for own in (x1, n1, x0, n0))
    new = int((n0 == 0).sum())
    if new:
        notes.append(f"{new:,} leaves did not exist in the baseline; what they should count is told by their labels.")
    turned = binomial and bool(x1.sum() + x0.sum() > HALF * (n1.sum() + n0.sum()))
    now, before = (n1 - x1, n0 - x0) if turned else (x1, x0)
    search = Scan(codes, list(read.sizes), now, n1, before, n0, binomial)
    found = search.run(most)
    elsewhere = search.left(turned)
    if abs(elsewhere - 1) > WORTH_A_NOTE:
        notes.append(f"The rate moved by {elsewhere - 1:+.0%} everywhere; places are those that differ from it.")
    causes = [_cause(search, read, one, (x1, n1, x0, n0), turned, change) for one in found]
    return Causes(causes, notes=notes, change=change)


def _cause(search: Scan, read: Leaves, one: Found, figures: tuple[Floats, ...], turned: bool, change: float) -> Cause:
    above, below, before, under = (float(own[one.leaves].sum()) for own in figures)
    usual = search.expected(one.cell, one.leaves)
    usual = below - usual if turned else usual
    certainty = 1 / (1 + math.exp(-min(one.gain - SURE, 700.0)))
    part = (above - usual) / float(figures[1].sum())
    rate = before / under if under > 0 else usual / below
    return Cause(
        named(read.dims, read.labels, search.places.labels_of(one.cell)), part,
        part / change if change else math.nan, above / below - rate, int((figures[1][one.leaves] > 0).sum()), certainty,
        one.gain, named(read.dims, read.labels, search.places.labels_of(one.runner_up)) if one.runner_up is not None else None, one.runner_up_odds,
    )  # fmt: skip
