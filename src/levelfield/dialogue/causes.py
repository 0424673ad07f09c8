"""Five whys: a tree from what was seen down to what can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from levelfield.dialogue.points import Stand

DEEPEST = 5  # five whys: deeper is guessing


@dataclass(frozen=True)
class Why:
    """One answer to “why?”, below another one or at the top."""

    key: str
    parent: str  # empty at the top
    words: str
    side: str
    stand: Stand


def outline(whys: Sequence[Why]) -> tuple[tuple[int, Why], ...]:
    """The tree as lines with their depth from 1, in the order things were said.

    >>> [d for d, _ in outline([Why("a", "", "x", "client", Stand.OPEN), Why("b", "a", "y", "partner", Stand.AGREED)])]
    [1, 2]
    """
    below: dict[str, list[Why]] = {}
    known = {w.key for w in whys}
    for why in whys:
        below.setdefault(why.parent if why.parent in known else "", []).append(why)
    lines: list[tuple[int, Why]] = []
    todo = [(1, w) for w in reversed(below.get("", []))]
    while todo:
        depth, why = todo.pop()
        lines.append((depth, why))
        todo += [(depth + 1, w) for w in reversed(below.get(why.key, []))]
    return tuple(lines)


def depth_of(whys: Sequence[Why], key: str) -> int:
    """How deep an answer lies; 0 for none."""
    return next((depth for depth, why in outline(whys) if why.key == key), 0)


def root_causes(whys: Sequence[Why]) -> tuple[Why, ...]:
    """The agreed answers below which nothing was agreed: what a plan should act on."""
    agreed = [w for w in whys if w.stand is Stand.AGREED]
    parents = {w.parent for w in agreed}
    return tuple(w for w in agreed if w.key not in parents)
