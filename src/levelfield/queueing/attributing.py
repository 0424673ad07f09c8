"""A change of waiting, service level or abandonment, split among what a queue depends on: drivers that sum to it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from levelfield.queueing.counterfactual import MEASURES, Factors, Model, factors_of, worlds_of
from levelfield.queueing.needed import Needed, agents_needed
from levelfield.queueing.workload import Workload, checked, typical
from levelfield.words import Refusal, RefusalKind

__all__ = [
    "MEASURES", "OWNERS", "Attribution", "Driver", "Needed", "Workload", "attribute_queue", "typical",
]  # fmt: skip

Floats = npt.NDArray[np.float64]

# Who could have done otherwise; an argument may say so differently for one queue. The shape of a day is nobody's: customers
# call when they do, and neither side plans it.
OWNERS: Mapping[str, str] = {
    "plan_volume": "client", "forecast_miss": "client", "volume": "client", "shape": "outside", "handle": "shared", "planned_staff": "partner",
    "staff": "partner", "absence": "partner", "adherence": "partner", "systems": "client", "patience": "outside",
}  # fmt: skip


@dataclass(frozen=True)
class Driver:
    """One thing a queue depends on, and what its change did to the measure."""

    name: str
    owner: str
    amount: float
    before: float  # of the input, over all intervals
    after: float


@dataclass(frozen=True)
class Attribution:
    """A change as drivers and what the model does not explain; they sum to it."""

    measure: str
    before: float  # observed
    after: float
    modelled_before: float
    modelled_after: float
    drivers: tuple[Driver, ...]  # largest first
    needed: Needed | None
    notes: tuple[str, ...]

    @property
    def change(self) -> float:
        """Observed, after minus before."""
        return self.after - self.before

    @property
    def unexplained(self) -> float:
        """What the model leaves."""
        return self.change - math.fsum(d.amount for d in self.drivers)


def attribute_queue(
    before: Workload, after: Workload, *, measure: str = "service_level", threshold_s: float = 20.0, interval_s: float = 1800.0,
    observed_before: float | None = None, observed_after: float | None = None, owners: Mapping[str, str] | None = None,
    carry_over: bool = False, held: Collection[str] = (),
) -> Attribution:  # fmt: skip
    """Split the change of a queue between two aligned sets of intervals among its drivers, by Shapley over counterfactuals.

    Shapes: both sides have the same slots, `(n,)` each. Unit: of the measure (share, or seconds). Every driver takes its
    value of before or of after, all combinations are computed by Erlang A, and each driver gets its mean part over all
    orders. Without an observed value the model's own stands for it, and nothing is left unexplained. Drivers whose inputs
    are missing on a side are told as the coarser one: volume for forecast, staff for planning and absence.
    `carry_over`: each day's intervals one after another from an empty queue, as `over_the_day`, for days that are overloaded.
    `held`: drivers that moved no more than chance (`within_chance`); they stay as before, and what they did is unexplained.
    Refuses: sides of different length, unknown measures, unknown drivers, carry-over without days, inputs no
    queue can have, a side without contacts.
    Assumes: as `erlang_a`; that each input is its own, so that more volume alone would not have made handling longer.
    Source: Shapley (1953); of counterfactual models: Shorrocks (2013), doi:10.1007/s10888-011-9214-z.

    >>> from dataclasses import replace
    >>> n = np.full(4, 100.0)
    >>> usual = Workload(n, n * 0 + 300, n * 0 + 180, n * 0 + 19)
    >>> found = attribute_queue(usual, replace(usual, offered=n * 1.2))
    >>> [(d.name, round(d.amount, 3)) for d in found.drivers]
    [('volume', -0.23)]
    """
    if measure not in MEASURES:
        raise Refusal(
            f"“{measure}” is not a measure of a queue", expected=", ".join(MEASURES), kind=RefusalKind.DEFINITION
        )  # fmt: skip
    whose = dict(OWNERS)
    for name in (*(owners or {}), *held):
        if name not in OWNERS:
            raise Refusal(f"“{name}” is not a driver", expected=", ".join(OWNERS), kind=RefusalKind.DEFINITION)
    whose |= owners or {}
    if not 0 < interval_s < math.inf:
        raise Refusal(
            f"the interval is {interval_s:g} s", where="attribution", expected="seconds above zero", kind=RefusalKind.DEFINITION
        )  # fmt: skip
    checked(before, after)
    notes: list[str] = []
    old, new = factors_of(before, after, notes)
    new = {name: old[name] if name in held else values for name, values in new.items()}
    if any(name in held for name in new):
        notes.append("Inputs that moved no more than they do from day to day are taken as before.")
    model = Model(measure, threshold_s, interval_s, _starts(after) if carry_over else None)
    names = [name for name in old if not np.allclose(old[name], new[name], rtol=1e-9, atol=1e-12)]
    amounts, modelled_before, modelled_after = _amounts(model, old, new, names)
    drivers = [
        Driver(name, whose[name], float(amount), *(_told(side, name) for side in (old, new)))
        for name, amount in zip(names, amounts, strict=True)
    ]
    return Attribution(
        measure, modelled_before if observed_before is None else observed_before, modelled_after if observed_after is None else observed_after,
        modelled_before, modelled_after, tuple(sorted(drivers, key=lambda d: -abs(d.amount))),
        agents_needed(after.slot, old, new, model, modelled_before), tuple(notes),
    )  # fmt: skip


def _starts(side: Workload) -> npt.NDArray[np.int64]:
    """Where days start; their intervals must follow one another."""
    cut = np.flatnonzero(np.diff(side.day)) + 1 if side.day is not None else None
    if cut is None or side.day is None or len(np.unique(side.day)) != len(cut) + 1:
        raise Refusal(
            "carry-over needs days, and each day's intervals one after another", where="attribution", expected="`day`, sorted",
            kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    return np.concatenate([[0], cut]).astype(np.int64)


def _amounts(model: Model, old: Factors, new: Factors, names: list[str]) -> tuple[Floats, float, float]:
    """Each driver's amount, and the measure before and after.

    Carry-over takes about twenty times as long as a steady state and changes amounts little. So all combinations are
    computed in the steady state, and what carry-over adds is computed where a driver comes first and where it comes last;
    the rest of it, which is less, is shared alike.
    """
    k = len(names)
    steady = replace(model, starts=None).values(worlds_of(old, new, names, np.arange(1 << k)))
    amounts = _shapley(steady, k)
    if model.starts is None or not k:
        values = model.values(worlds_of(old, new, names, [0, (1 << k) - 1]))
        return amounts, float(values[0]), float(values[1])
    whole = (1 << k) - 1
    ones = [1 << bit for bit in range(k)]
    chosen = np.array([0, whole, *ones, *(whole ^ one for one in ones)])
    carried = model.values(worlds_of(old, new, names, chosen))
    more = carried - steady[chosen]
    added = ((more[2 : k + 2] - more[0]) + (more[1] - more[k + 2 :])) / 2
    amounts = amounts + added + (more[1] - more[0] - added.sum()) / k
    return amounts, float(carried[0]), float(carried[1])


def _shapley(values: Floats, k: int) -> Floats:
    """Each driver's mean part over all orders, from the values of all subsets."""
    subset = np.arange(1 << k)
    size = np.array([int(number).bit_count() for number in subset])
    weight = np.array([1 / (k * math.comb(k - 1, s)) if s < k else 0.0 for s in size])
    amounts = np.zeros(k)
    for bit in range(k):
        without = subset[(subset >> bit & 1) == 0]
        amounts[bit] = math.fsum(weight[without] * (values[without | 1 << bit] - values[without]))
    return amounts


def _told(side: Factors, name: str) -> float:
    """An input over all intervals, as a person would name it: weighted by what comes."""
    own = side[name]
    if name in {"volume", "plan_volume"}:
        return float((own * side["shape"]).sum())
    weight = side["shape"] * (side["volume"] if "volume" in side else side["plan_volume"])
    return float(np.average(own, weights=weight)) if weight.sum() > 0 else float(own.mean())
