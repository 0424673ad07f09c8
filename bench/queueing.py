"""Queues: accuracy beside fifty digits, speed beside pyworkforce, staffing beside brute force, planted circumstances.

`python -m bench.queueing` prints every planted circumstance whose shares are off. mpmath is the referee; pyworkforce (0.5.4
has Erlang A) is the peer. Either may stand in a folder of its own; LEVELFIELD_BENCH_PEERS names such folders.
"""

from __future__ import annotations

import importlib
import math
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.measuring import Row, clocked, in_turn
from levelfield.queueing import (
    Attribution,
    Workload,
    attribute_queue,
    erlang_a,
    erlang_c,
    min_agents,
    over_the_day,
    own_shape,
    patience_from_totals,
    typical,
    within_chance,
)  # fmt: skip
from levelfield_worlds.queue_days import (
    KINDS,
    SIZES,
    Circumstances,
    Counted,
    all_changed,
    days_of,
    rate_of,
    true_parts,
    usual_circumstances,
)  # fmt: skip

SEED = 20260701
DIGITS = 55
TELLABLE = 1e-300  # below this a share has no floating point
FAR, WIDE = 60, 140  # of a window: digits of a sum, exponent of an integrand
ACCURACY_GOAL, SPEED_GOAL_US, NAMED_GOAL, SHARE_GOAL, SHARE_WITHIN = 1e-9, 5.0, 0.97, 0.90, 0.05
FIGURES = ("delay_probability", "abandonment", "service_level", "wait_answered_s", "occupancy")
APART = 3.0  # standard errors between two patiences

Floats = npt.NDArray[np.float64]


def peer(name: str) -> Any:
    """A module that may stand in a folder of its own, looked at after all others; None where it is not there."""
    for folder in os.environ.get("LEVELFIELD_BENCH_PEERS", "").split(os.pathsep):
        if folder and folder not in sys.path:
            sys.path.append(folder)
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


# ---- Accuracy: the chain state by state and integrals by another rule, in fifty-five digits


def chain(mp: Any, rate: float, handle: float, patience: float, agents: int) -> tuple[Any, Any, Any]:
    """Chance to wait, given up, and chance not to wait, by adding up the states of the chain from its mode."""
    rate, serve, leave = mp.mpf(rate), 1 / mp.mpf(handle), 1 / mp.mpf(patience)
    tiny, nothing = mp.mpf(10) ** -FAR, mp.mpf("1e-420")

    def down(n: int) -> Any:
        return min(n, agents) * serve + max(n - agents, 0) * leave

    load = rate / serve
    mode = int(load) if load < agents else agents + int((rate - agents * serve) / leave)
    total = mp.mpf(1)
    waiting, free, queue = (
        (total, 0 * total, total * (mode - agents)) if mode >= agents else (0 * total, total, 0 * total)
    )
    p, n = mp.mpf(1), mode
    while True:
        n += 1
        step = rate / down(n)
        p *= step
        total += p
        if n < agents:
            free += p
            continue
        waiting += p
        queue += (n - agents) * p
        if n > agents + 1 and (n - agents) * p < tiny * queue and step < 0.999999:
            break
    p, n = mp.mpf(1), mode
    while n > 0:
        p *= down(n) / rate
        n -= 1
        total += p
        if n >= agents:
            waiting += p
            queue += (n - agents) * p
        else:
            free += p
        if p < nothing or (n < agents and p < tiny * free and down(n) < rate * 0.999999):
            break
    return waiting / total, queue * leave / rate / total, free / total


def integrals(
    mp: Any, rate: float, handle: float, patience: float, agents: int, threshold: float
) -> tuple[Any, Any, Any]:
    """Of the offered wait's density: the whole, mean wait of who stays, and who stays within the threshold."""
    y, x = mp.mpf(rate) * patience, mp.mpf(agents) * patience / mp.mpf(handle)
    top = mp.log(y / x) if y > x else mp.mpf(0)

    def log(v: Any) -> Any:
        return -y * mp.expm1(-v) - x * v

    peak = log(top)

    def edge(inside: Any, outside: Any, height: Any) -> Any:
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if log(middle) > height - WIDE else (inside, middle)
        return outside

    scale = 1 / mp.sqrt(y * mp.exp(-top) + 1)
    reach = scale if x <= y else min(scale, 1 / (x - y))
    while log(top + reach) > peak - WIDE:
        reach *= 2
    right = edge(top, top + reach, peak)
    left = mp.mpf(0) if log(mp.mpf(0)) > peak - WIDE else edge(top, mp.mpf(0), peak)

    def integral(f: Any, a: Any, b: Any) -> Any:
        if b <= a:
            return mp.mpf(0)
        inside = {a + mp.mpf(2) ** j for j in range(-3, 40)} | {
            top
        }  # who stays falls off by patiences, all else by widths
        points = sorted({a + (b - a) * i / 8 for i in range(9)} | {v for v in inside if a < v < b})
        return mp.quad(f, points, method="gauss-legendre")

    limit = min(mp.mpf(threshold) / mp.mpf(patience), right)
    start, height = left, peak  # an integral is told to so many digits of one: each is scaled to its own height
    if limit < top:
        height = log(limit)
        start = mp.mpf(0) if log(mp.mpf(0)) > height - WIDE else edge(limit, mp.mpf(0), height)
    stays = integral(lambda v: mp.exp(log(v) - height - v), start, limit) * mp.exp(height - peak)
    waits = integral(lambda v: v * mp.exp(log(v) - peak - v), left, right)
    return integral(lambda v: mp.exp(log(v) - peak), left, right), waits, stays


def referee(mp: Any, rate: float, handle: float, patience: float, agents: int, threshold: float) -> tuple[Any, ...]:
    """The figures named in `FIGURES`, in fifty digits."""
    waiting, given_up, free = chain(mp, rate, handle, patience, agents)
    whole, waits, stays = integrals(mp, rate, handle, patience, agents, threshold)
    asa = waiting * waits / whole * mp.mpf(patience) / (1 - given_up)
    return (
        waiting,
        given_up,
        free + waiting * stays / whole,
        asa,
        (1 - given_up) * mp.mpf(rate) * mp.mpf(handle) / agents,
    )


def queues(n: int, seed: int = SEED) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Random queues: 1 to 5,000 agents, load 0.3 to 3 times capacity, patience 5 s to 4 h, handling 30 s to 30 min."""
    rng = np.random.default_rng(seed)

    def spread(low: float, high: float) -> Floats:
        return np.exp(rng.uniform(math.log(low), math.log(high), n))

    agents, handle, patience, load = spread(1, 5000).round(), spread(30, 1800), spread(5, 14400), spread(0.3, 3)
    return load * agents / handle, handle, patience, agents, rng.choice([0.0, 5.0, 20.0, 60.0, 300.0], n)


def worst_errors(mp: Any, n: int) -> dict[str, float]:
    """The largest relative error of each figure."""
    mp.mp.dps = DIGITS
    given = queues(n)
    state = erlang_a(*given)
    worst = dict.fromkeys(FIGURES, 0.0)
    for i in range(n):
        rate, handle, patience, agents, threshold = (float(part[i]) for part in given)
        for name, true in zip(FIGURES, referee(mp, rate, handle, patience, int(agents), threshold), strict=True):
            if true > TELLABLE:
                worst[name] = max(worst[name], float(abs(mp.mpf(float(getattr(state, name)[i])) / true - 1)))
    return worst


# ---- Staffing beside brute force


def staffed_right(n: int) -> dict[str, int]:
    """How many of so many least numbers of agents are those that trying every number finds."""
    rng = np.random.default_rng(SEED)
    handle, patience = (
        np.exp(rng.uniform(math.log(30), math.log(1800), n)),
        np.exp(rng.uniform(math.log(5), math.log(14400), n)),
    )
    load, threshold = np.exp(rng.uniform(math.log(0.2), math.log(400), n)), rng.choice([0.0, 5.0, 20.0, 60.0], n)
    targets = {
        "service_level": rng.uniform(0.5, 0.99, n),
        "abandonment": rng.uniform(0.005, 0.3, n),
        "asa_s": np.exp(rng.uniform(0, 4.5, n)),
    }
    right = dict.fromkeys(targets, 0)
    for measure, target in targets.items():
        found = min_agents(load / handle, handle, patience, target=target, threshold_s=threshold, measure=measure)
        for i in range(n):
            every = np.arange(1, int(load[i] * 2.5) + 60)
            values = getattr(erlang_a(load[i] / handle[i], handle[i], patience[i], every, threshold[i]), measure)
            enough = values >= target[i] if measure == "service_level" else values <= target[i]
            right[measure] += bool(enough.any()) and int(every[np.argmax(enough)]) == int(found[i])
    return right


# ---- Planted circumstances


@dataclass(frozen=True)
class Planted:
    """A change with a known cause, what both spans counted, and what the split says of it."""

    sizes: Mapping[str, float]
    measure: str
    truth: Mapping[str, float]
    found: Attribution
    plain: Attribution  # with nothing held

    @property
    def dominant(self) -> str:
        """The driver that truly did most."""
        return "" if not self.truth else max(self.truth, key=lambda kind: abs(self.truth[kind]))

    @property
    def named(self) -> bool:
        """Is the driver that did most the first of the split?"""
        return bool(self.found.drivers) and self.found.drivers[0].name == self.dominant

    @property
    def off(self) -> float:
        """The largest distance of a share, with what moved by chance held."""
        return apart(self.found, self.truth)


def apart(found: Attribution, truth: Mapping[str, float]) -> float:
    """The largest distance between a true share and the split's, over all drivers; shares of all that moved, either way."""
    ours = {driver.name: driver.amount for driver in found.drivers}
    our_sum, true_sum = (math.fsum(abs(v) for v in one.values()) for one in (ours, truth))
    if not our_sum:
        return 1.0
    return max(abs(ours.get(k, 0.0) / our_sum - truth.get(k, 0.0) / true_sum) for k in {*ours, *truth})


def daily(span: Counted) -> dict[str, Floats]:
    """The day's value of every input that varies by chance."""
    return {
        "forecast_miss": span.offered.sum(axis=1) / span.forecast.sum(axis=1), "handle": span.handled_s.sum(axis=1) / span.answered.sum(axis=1),
        "absence": span.absence.mean(axis=1), "adherence": span.adherence.mean(axis=1), "systems": span.systems.mean(axis=1),
    }  # fmt: skip


def sides(before: Counted, after: Counted) -> tuple[Workload, Workload]:
    """Both spans as a typical week, from interval counts alone."""
    weekday = 5
    slots = before.offered.shape[1]
    wanted = np.arange(weekday * slots)

    def slot_of(span: Counted) -> npt.NDArray[np.int64]:
        return (np.arange(len(span.offered))[:, None] % weekday * slots + np.arange(slots)).ravel()

    def week(span: Counted, figures: npt.NDArray[Any]) -> Floats:
        return typical(np.asarray(figures, dtype=np.float64).ravel(), slot_of(span), wanted)

    waited = [float((s.wait_answered_s + s.wait_abandoned_s).sum()) for s in (before, after)]
    gone = [int(s.abandoned.sum()) for s in (before, after)]
    patience = [float(patience_from_totals(w, g)) for w, g in zip(waited, gone, strict=True)]
    if min(gone) < 30 or abs(math.log(patience[1] / patience[0])) < APART * math.sqrt(sum(1 / g for g in gone)):
        patience = [float(patience_from_totals(sum(waited), sum(gone)))] * 2
    weeks = [len(s.offered) / weekday for s in (before, after)]
    usual = week(before, before.offered)
    shaped = (
        own_shape(week(after, after.offered) * weeks[1], usual * weeks[0], wanted // slots, wanted % slots) / weeks[1]
    )
    found = [
        Workload(
            offered, np.full(len(wanted), s.handled_s.sum() / s.answered.sum()), np.full(len(wanted), p), week(s, s.agents), week(s, s.forecast),
            week(s, s.absence), week(s, s.adherence), week(s, s.systems), wanted // slots, wanted % slots,
        )
        for s, p, offered in zip((before, after), patience, (usual, shaped), strict=True)
    ]  # fmt: skip
    return found[0], found[1]


def planted(number: int, *, kinds: int, weeks: tuple[int, int], truth_days: int) -> Planted:
    """One change: the first kind in turn, the others by chance; the measure by chance, of patience abandonment."""
    rng = np.random.default_rng([SEED, number, kinds])
    usual = usual_circumstances(rng)
    chosen = [KINDS[number % len(KINDS)]] if kinds else []
    while len(chosen) < kinds:
        chosen.append(str(rng.choice([kind for kind in KINDS if kind not in chosen])))
    sizes = {kind: float(rng.uniform(*SIZES[kind])) for kind in chosen}
    measure = "abandonment" if "patience" in sizes else str(rng.choice(["service_level", "abandonment", "asa_s"]))
    before, after = days_of(usual, 5 * weeks[0], rng), days_of(all_changed(usual, sizes), 5 * weeks[1], rng)
    held = within_chance(daily(before), daily(after))
    found, plain = (
        attribute_queue(
            *sides(before, after), measure=measure, threshold_s=usual.threshold_s, interval_s=usual.interval_s,
            observed_before=rate_of(before, measure), observed_after=rate_of(after, measure), held=names,
        )
        for names in (held, ())
    )  # fmt: skip
    return Planted(sizes, measure, true_parts(usual, sizes, measure, seed=number, days=truth_days), found, plain)


def overloaded_day() -> float:
    """The largest distance of abandonment and service level by interval between the day's equations and its callers."""
    offered = np.array([40.0, 60, 110, 150, 150, 110, 80, 60, 50, 40])
    staff = np.array([8.0, 10, 12, 14, 15, 15, 14, 12, 10, 9])
    every = np.ones(len(offered))
    lived = Circumstances(offered, offered, every * 240, every * 300, staff, every * 0, every * 0, every * 0)
    played = days_of(lived, 20_000, np.random.default_rng(SEED), steady=True)
    day = over_the_day(offered / 1800, 240, 300, staff, start_queue=0)
    contacts = played.offered.sum(axis=0)
    return float(
        max(
            np.abs(played.abandoned.sum(axis=0) / contacts - day.abandoned / day.offered).max(),
            np.abs(played.answered_within.sum(axis=0) / contacts - day.answered_within / day.offered).max(),
        )
    )


# ---- Rows


def measure(size: str, folder: Path) -> list[Row]:
    """Golden figures, accuracy, speed, staffing, the overloaded day, planted circumstances."""
    full = size == "full"
    return [
        *_golden(), *_accuracy(1000 if full else 150), *_speed(), *_staffing(1000 if full else 200), *_day(),
        *_planted_rows(180 if full else 36, 300),
    ]  # fmt: skip


def _golden() -> list[Row]:
    state = erlang_a(0.8, 60, 120, 50)
    patient = erlang_c(0.8, 60, 50).asa_s
    told = f"{state.abandonment:.1%}, {state.asa_s:.1f} s, {state.occupancy:.0%}; Erlang C {patient:.1f} s"
    rows = [Row("50 agents, 48 calls a minute: given up, wait, occupied", told, "", None, "3.1%, 3.7 s, 93%; Erlang C 20.8 s", told == "3.1%, 3.7 s, 93%; Erlang C 20.8 s")]  # fmt: skip
    agents = min_agents(1000 / 1800, 300, 120, target=0.8, threshold_s=20)
    module = peer("pyworkforce.queuing.abandonment")
    theirs = "not installed"
    if module is not None:
        asked = module.ErlangA(transactions=1000, aht=5, interval=30, asa=20 / 60, patience=2)
        theirs = f"pyworkforce {asked.required_positions(0.8)['raw_positions']}; its own service level of 159 is {asked.service_level(159):.4f}"
        small = module.ErlangA(transactions=100, aht=3, interval=30, asa=20 / 60, patience=5)
        own = erlang_a(100 / 1800, 180, 300, 14)
        pairs = (
            (own.abandonment, small.abandonment_probability(14)), (own.delay_probability, small.waiting_probability(14)), (own.occupancy, small.achieved_occupancy(14)),
            (own.asa_s / 60, small.average_speed_of_answer(14)), (own.queue_length, small.average_queue_length(14)), (own.service_level, small.service_level(14)),
        )  # fmt: skip
        off = max(abs(a / b - 1) for a, b in pairs)
        rows.append(Row("14 agents, six figures: relative distance to pyworkforce's Erlang A", f"{off:.1e}", "", None, "≤ 1e-10", off <= 1e-10))  # fmt: skip
    rows.append(
        Row("agents for 80 % in 20 s of 1,000 calls in half an hour", str(agents), theirs, None, "159", agents == 159)
    )
    return rows


def _accuracy(n: int) -> list[Row]:
    mp = peer("mpmath")
    if mp is None:
        return [Row("accuracy of Erlang A", "not measured: mpmath is not installed")]
    worst = worst_errors(mp, n)
    told = ", ".join(f"{name} {error:.1e}" for name, error in worst.items())
    return [Row(f"largest relative error in {n:,} queues, to fifty digits", told, "", None, f"≤ {ACCURACY_GOAL:.0e}", max(worst.values()) <= ACCURACY_GOAL)]  # fmt: skip


def _speed() -> list[Row]:
    many, few = queues(100_000), queues(20)
    erlang_a(*few)
    module = peer("pyworkforce.queuing.abandonment")
    sized = np.minimum(few[3], 60).astype(int)
    rate = few[0] / few[3] * sized

    def theirs() -> None:
        for i in range(len(sized)):
            asked = module.ErlangA(
                transactions=rate[i] * 1800, aht=few[1][i] / 60, interval=30, asa=20 / 60, patience=few[2][i] / 60
            )
            asked.abandonment_probability(int(sized[i]))

    if module is None:
        each, told, ratio = (
            min(clocked(lambda: erlang_a(*many))[0] for _ in range(5)) / 1e5,
            "pyworkforce not installed",
            None,
        )
    else:
        ours, other, _a, _b = in_turn(lambda: erlang_a(*many), theirs, 5)
        each, per = ours / 1e5, other / len(sized)
        told, ratio = f"pyworkforce {per * 1e6:,.0f} µs for abandonment alone, at most 60 agents", each / per
    return [Row("Erlang A, each of 100,000 queues, all figures", f"{each * 1e6:.1f} µs", told, ratio, f"≤ {SPEED_GOAL_US:.0f} µs", each * 1e6 <= SPEED_GOAL_US)]  # fmt: skip


def _staffing(n: int) -> list[Row]:
    right = staffed_right(n)
    return [Row(f"least agents as by trying every number, of {n:,} each", ", ".join(f"{m} {c:,}" for m, c in right.items()), "", None, f"{n:,} each", set(right.values()) == {n})]  # fmt: skip


def _day() -> list[Row]:
    off = overloaded_day()
    return [Row("overloaded day by interval, largest distance to 20,000 days of callers", f"{off:.4f}", "", None, "≤ 0.005", off <= 0.005)]  # fmt: skip


def _planted_rows(n: int, truth_days: int) -> list[Row]:
    rows = []
    for told, weeks in (("a month after two", (8, 4)), ("a week after two months", (8, 1))):
        cases = [planted(i, kinds=1 + i % 2, weeks=weeks, truth_days=truth_days) for i in range(n)]
        month = weeks[1] == 4
        named, near = (sum(own) / n for own in ((c.named for c in cases), (c.off <= SHARE_WITHIN for c in cases)))
        plain = sum(apart(c.plain, c.truth) <= SHARE_WITHIN for c in cases) / n
        two = [c.off <= SHARE_WITHIN for c in cases if len(c.sizes) > 1]
        rows.append(Row(f"driver that did most is named first, {n} planted changes, half of them of two kinds, {told}", f"{named:.1%}", "", None, f"≥ {NAMED_GOAL:.0%}" if month else "", named >= NAMED_GOAL if month else None))  # fmt: skip
        rows.append(Row(f"every driver's share within 5 points of the truth, {told}", f"{near:.1%}; of two kinds {sum(two) / len(two):.1%}", f"with what moved by chance not held {plain:.1%}", None, f"≥ {SHARE_GOAL:.0%}" if month else "", near >= SHARE_GOAL if month else None))  # fmt: skip
        if month:
            print("\n".join(line(c) for c in cases if c.off > SHARE_WITHIN or not c.named), flush=True)
    quiet = [planted(i, kinds=0, weeks=(8, 4), truth_days=1) for i in range(n // 3)]
    largest = [max((abs(d.amount) for d in c.found.drivers), default=0.0) / c.found.before for c in quiet]
    rows.append(Row(f"nothing planted, {len(quiet)} changes: largest driver as a share of the measure, median and most", f"{np.median(largest):.1%}, {max(largest):.1%}"))  # fmt: skip
    return rows


def line(case: Planted) -> str:
    """A planted change in one line: what was planted, the truth, and what was found."""
    size = ", ".join(f"{kind} {share:+.0%}" for kind, share in case.sizes.items())
    true = ", ".join(f"{kind} {amount:+.4f}" for kind, amount in case.truth.items())
    ours = ", ".join(f"{driver.name} {driver.amount:+.4f}" for driver in case.found.drivers[:5])
    return f"{case.measure}: {size} | true {true} | found {ours} | unexplained {case.found.unexplained:+.4f} | off {case.off:.3f}"


if __name__ == "__main__":
    print("\n".join(str(row) for row in measure(sys.argv[1] if len(sys.argv) > 1 else "small", Path())))
