"""A change of a share or a mean: what other contacts did, what places did, and what is left."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levelfield.drill_down.cause import Cause
from levelfield.drill_down.explanation import Contribution, Place, largest_first
from levelfield.drill_down.mixing import POOLED, MixAndRate, Part, mix_and_rate
from levelfield.drill_down.owners import mix_owner, mix_words, rate_owner

MOST_NESTED = 4  # dimensions of which a mix is told; cells of more are too small to have a rate
ORDER = (
    "partner",
    "line",
    "reason",
    "channel",
    "language",
    "tenure_band",
    "site",
    "queue",
)  # what decides first comes first
ELSEWHERE = "the work elsewhere"


@dataclass(frozen=True)
class OfRatio:
    """What was found of a ratio: the parts of the sentence, the exact decomposition, the places."""

    contributions: tuple[Contribution, ...]
    found: MixAndRate
    causes: tuple[Cause, ...]
    notes: tuple[str, ...]


def explain_ratio(
    table: object, dims: Sequence[str], causes: Sequence[Cause] = (), *, names: tuple[str, str, str, str] = ("after_num", "after_den", "before_num", "before_den")
) -> OfRatio:  # fmt: skip
    """Contributions: the mix of each dimension, each cause's own change, and the change of everything else.

    `causes`: places found by `localise_rate`, best first; a cell belongs to the first cause it lies in.
    """
    nested = _nested(dims, causes)
    found = mix_and_rate(table, nested, *names)
    parts: list[Contribution] = []
    for level in found.levels:
        low, high = level.mix_range or (None, None)
        parts.append(
            Contribution(
                f"mix of {level.dimension}",
                mix_words(level.dimension),
                mix_owner(level.dimension),
                level.mix,
                low=low,
                high=high,
            )
        )
    used = [level.dimension for level in found.levels]
    rest: list[Part] = []
    by_cause: dict[int, list[Part]] = {}
    for part in found.parts:
        own = next((i for i, cause in enumerate(causes) if _inside(part, used, cause)), None)
        if own is None:
            rest.append(part)
        else:
            by_cause.setdefault(own, []).append(part)
    for i, own_parts in sorted(by_cause.items()):
        cause = causes[i]
        where: Place = tuple(sorted(cause.where.items()))
        parts.append(_rate("the work at", own_parts, used, where))
    single = len(used) == 1 and not causes
    if single:  # one dimension is told label by label: so a reader sees who
        parts += [_rate("the work at", [part], used, ((used[0], part.labels[0]),)) for part in rest]
    elif rest:
        parts.append(_rate(ELSEWHERE if causes else "the work itself", rest, used, ()))
    return OfRatio(largest_first(parts), found, tuple(causes), found.notes)


def _nested(dims: Sequence[str], causes: Sequence[Cause]) -> list[str]:
    """The dimensions whose mix is told: those a cause names, then those that decide first."""
    wanted = [d for cause in causes for d in cause.where if d in dims]
    rest = sorted((d for d in dims if d not in wanted), key=lambda d: ORDER.index(d) if d in ORDER else len(ORDER))
    chosen = list(dict.fromkeys([*wanted, *rest]))[:MOST_NESTED]
    return sorted(chosen, key=lambda d: ORDER.index(d) if d in ORDER else len(ORDER))


def _inside(part: Part, dims: Sequence[str], cause: Cause) -> bool:
    labels = dict(zip(dims, part.labels, strict=True))
    return all(labels.get(d) == label for d, label in cause.where.items())


def _rate(words: str, parts: Sequence[Part], dims: Sequence[str], where: Place) -> Contribution:
    """The change of some cells' own rates, as one contribution with its cells as parts."""
    amount = math.fsum(p.rate for p in parts)
    ranges = [p.rate_range for p in parts if p.rate_range is not None]
    error = math.sqrt(math.fsum(((high - low) / 2) ** 2 for low, high in ranges))
    known = len(ranges) == sum(p.rate != 0 for p in parts) and bool(ranges)
    owner = rate_owner(tuple(d for d, _l in where)) if where else rate_owner(())
    below = tuple(
        Contribution(
            "rate", "the work at", rate_owner(tuple(dims)), p.rate, _place(dims, p), *(p.rate_range or (None, None))
        )
        for p in parts
        if p.rate and len(parts) > 1
    )
    return Contribution(
        "rate", words if where or words != "the work at" else ELSEWHERE, owner, amount, where, amount - error if known else None,
        amount + error if known else None, evidence=_evidence(parts), parts=largest_first(below),
    )  # fmt: skip


def _place(dims: Sequence[str], part: Part) -> Place:
    return tuple((d, label) for d, label in zip(dims, part.labels, strict=True) if label != POOLED) or (
        (dims[0], POOLED),
    )


def _evidence(parts: Sequence[Part]) -> str:
    """Contacts in these cells before and after."""
    before, after = math.fsum(p.n_before for p in parts), math.fsum(p.n_after for p in parts)
    return f"{before:,.0f} counted before, {after:,.0f} after"


def explain_sum(before: Mapping[str, float], after: Mapping[str, float], dimension: str) -> tuple[Contribution, ...]:
    """A change of a count or an amount by the labels of one dimension: they simply add up."""
    labels = sorted(set(before) | set(after))
    return largest_first(
        Contribution(
            "part", "", mix_owner(dimension), after.get(label, 0.0) - before.get(label, 0.0), ((dimension, label),)
        )
        for label in labels
    )
