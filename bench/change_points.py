"""Change points against those that five people marked in public series, beside ruptures and no change at all.

`python -m bench.change_points [PATH]` prints every series. The file is of the Turing Change Point Dataset (van den Burg
and Williams, 2020, arXiv:2003.06222): {name: {"values": [...], "annotations": {person: [indices]}}}.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import ruptures

from bench.measuring import ROOT, Row, clocked
from levelfield.signals.segmentation import change_points

MARKED = ROOT.parent / "shared" / "data" / "change-points" / "visible.json"
MARGIN = 5  # points between a change and its mark
STABLE, LENGTH, PHIS = 200, 104, (0.0, 0.3, 0.5, 0.7)
SEED = 20260701
F1_GOAL, COVER_GOAL, FALSE_GOAL, LONG_GOAL_MS, SHORT_GOAL_MS = 0.80, 0.72, 0.10, 20.0, 1.0

Floats = npt.NDArray[np.float64]
Method = Callable[[Floats], list[int]]
Marks = list[list[int]]


def matched(marks: Iterable[int], found: Iterable[int], margin: int = MARGIN) -> int:
    """How many marks have a found index near; each found index counts for one mark, the nearest first.

    >>> matched([0, 10, 12], [0, 11]), matched([0, 10], [0, 16])
    (2, 1)
    """
    left, count = set(found), 0
    for mark in sorted(marks):
        near = sorted((abs(mark - index), index) for index in left if abs(mark - index) <= margin)
        if near:
            left.remove(near[0][1])
            count += 1
    return count


def f1(marks: Marks, found: list[int], margin: int = MARGIN) -> float:
    """The F1 of the data set: precision against all marks together, recall the mean over people, index 0 always in.

    >>> f1([[10], []], [10]), round(f1([[10], []], []), 3)
    (1.0, 0.857)
    """
    people = [{0, *one} for one in marks]
    given = {0, *found}
    precision = matched(set().union(*people), given, margin) / len(given)
    recall = sum(matched(one, given, margin) / len(one) for one in people) / len(people)
    return 2 * precision * recall / (precision + recall)


def cover(marks: Marks, found: list[int], n: int) -> float:
    """The covering of the data set: how far the segments of each person are covered by the best of ours, by length.

    >>> cover([[5]], [], 10), cover([[5], []], [5], 10)
    (0.5, 0.75)
    """
    ours = _segments(found, n)
    return sum(sum((b - a) * max(_overlap((a, b), o) for o in ours) for a, b in _segments(one, n)) for one in marks) / (
        n * len(marks)
    )


def _segments(found: list[int], n: int) -> list[tuple[int, int]]:
    return list(pairwise([0, *sorted(set(found) - {0}), n]))


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    common = min(one[1], other[1]) - max(one[0], other[0])
    return max(common, 0) / (max(one[1], other[1]) - min(one[0], other[0]))


def _standard(values: Floats) -> Floats:
    there = values[np.isfinite(values)]
    return (there - there.mean()) / (there.std() or 1.0)


def pelt(values: Floats) -> list[int]:
    """ruptures' PELT on levels, with the customary 3 log n."""
    return list(ruptures.Pelt(model="l2", jump=1).fit(_standard(values)).predict(pen=3 * math.log(len(values)))[:-1])


def binseg(values: Floats) -> list[int]:
    """ruptures' binary segmentation on levels, with the customary 3 log n."""
    return list(ruptures.Binseg(model="l2", jump=1).fit(_standard(values)).predict(pen=3 * math.log(len(values)))[:-1])


def pelt_as_shown(values: Floats) -> list[int]:
    """ruptures' PELT as its first page shows it: radial kernel, penalty 10."""
    return list(ruptures.Pelt(model="rbf").fit(_standard(values)).predict(pen=10)[:-1])


METHODS: dict[str, Method] = {
    "ours": change_points, "PELT": pelt, "Binseg": binseg, "PELT rbf": pelt_as_shown, "no change": lambda _: [],
}  # fmt: skip


def scores(path: Path) -> dict[str, dict[str, tuple[float, float, list[int]]]]:
    """F1, cover and what was found, for every series and method."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    result: dict[str, dict[str, tuple[float, float, list[int]]]] = {}
    for name, series in stored.items():
        values = np.array([math.nan if v is None else v for v in series["values"]], dtype=float)
        marks = list(series["annotations"].values())
        for method, find in METHODS.items():
            found = [int(index) for index in find(values)]
            result.setdefault(name, {})[method] = (f1(marks, found), cover(marks, found, len(values)), found)
    return result


def means(found: dict[str, dict[str, tuple[float, float, list[int]]]], method: str) -> tuple[float, float]:
    """Mean F1 and mean cover of one method."""
    f1s, covers = zip(*((one[method][0], one[method][1]) for one in found.values()), strict=True)
    return sum(f1s) / len(f1s), sum(covers) / len(covers)


def wandering(rng: np.random.Generator, n: int, phi: float) -> Floats:
    """A stable autoregression of order one."""
    noise = rng.normal(size=n)
    noise[0] /= math.sqrt(1 - phi**2)
    for i in range(1, n):
        noise[i] += phi * noise[i - 1]
    return noise


def false_alarms(find: Method, phi: float) -> float:
    """The share of stable series in which a change is found."""
    rng = np.random.default_rng(SEED)
    return sum(bool(find(wandering(rng, LENGTH, phi))) for _ in range(STABLE)) / STABLE


def milliseconds(n: int) -> float:
    """How long one series with a step takes once the code is compiled."""
    values = np.random.default_rng(SEED).normal(size=n)
    values[n // 2 :] += 2
    change_points(values)
    return clocked(lambda: change_points(values), 25)[0] * 1e3


def table(found: dict[str, dict[str, tuple[float, float, list[int]]]]) -> str:
    """F1 and cover of every method for every series, and what ours found."""
    lines = [f"{'':<20}" + "".join(f"{method:>16}" for method in METHODS)]
    lines += [
        f"{name:<20}" + "".join(f"{one[m][0]:>10.3f} {one[m][1]:.3f}" for m in METHODS) + f"  {one['ours'][2]}"
        for name, one in found.items()
    ]
    lines += [f"{'mean':<20}" + "".join("{:>10.3f} {:.3f}".format(*means(found, m)) for m in METHODS)]
    return "\n".join(lines)


def measure(size: str, folder: Path) -> list[Row]:
    """Agreement with people, false alarms and speed."""
    rows = []
    path = Path(os.environ.get("LEVELFIELD_BENCH_CHANGE_POINTS", MARKED))
    if path.exists():
        found = scores(path)
        print(table(found), flush=True)
        ours, theirs = means(found, "ours"), {m: means(found, m) for m in METHODS if m != "ours"}
        for which, (what, goal) in enumerate((("F1", F1_GOAL), ("cover", COVER_GOAL))):
            peers = ", ".join(f"{m} {v[which]:.3f}" for m, v in theirs.items())
            rows.append(
                Row(
                    f"change points, mean {what} on {len(found)} marked series",
                    f"{ours[which]:.3f}",
                    peers,
                    None,
                    f"≥ {goal:.2f}",
                    ours[which] >= goal,
                )
            )
    else:
        rows.append(Row("change points on marked series", f"not measured: {path} is not there"))
    own, peer = ({phi: false_alarms(find, phi) for phi in PHIS} for find in (change_points, pelt))
    rows.append(
        Row(f"change found in {STABLE} stable series of {LENGTH}, φ {PHIS}", " ".join(f"{v:.3f}" for v in own.values()), "PELT " + " ".join(f"{v:.3f}" for v in peer.values()), None,
            f"each ≤ {FALSE_GOAL:.2f}", max(own.values()) <= FALSE_GOAL)
    )  # fmt: skip
    for n, goal in ((816, LONG_GOAL_MS), (LENGTH, SHORT_GOAL_MS)):
        took = milliseconds(n)
        rows.append(Row(f"change points of {n} points", f"{took:.1f} ms", "", None, f"≤ {goal:.0f} ms", took <= goal))
    return rows


if __name__ == "__main__":
    print(table(scores(Path(sys.argv[1]) if len(sys.argv) > 1 else MARKED)))
