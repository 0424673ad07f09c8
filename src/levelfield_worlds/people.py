"""The people of an estate: positions, who fills them since when, and what their tenure means for the work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield_worlds.arrays import Floats, Ints
from levelfield_worlds.arrow import Column, Table, arrow
from levelfield_worlds.frame import Frame
from levelfield_worlds.incidents import Effects
from levelfield_worlds.places import place
from levelfield_worlds.tables import table

BANDS = ("0-30", "31-90", "91-180", "181-365", "366+")
BAND_ENDS = np.array([30, 90, 180, 365])  # last day of each band but the longest
BAND_HANDLE = np.array([1.40, 1.18, 1.06, 1.0, 0.97])  # handling time against a person of half a year to a year
BAND_RESOLVE = np.array([-0.12, -0.05, -0.01, 0.0, 0.02])  # shift of the chance of a solution
EARLY_SHARE, EARLY_DAYS = 0.3, 45.0  # share of new people who leave early, and how soon on average
PER_AGENT = 2.6  # positions per average agent on the queue: shifts, days off, leave
OLDEST = 4000  # longest tenure a world begins with, in days


@dataclass(frozen=True)
class People:
    """Positions as rows, days as columns: since which day the person there is in production, and which person it is."""

    first: Ints  # (series + 1,) where each series' positions begin
    began: npt.NDArray[np.int32]  # (positions, days)
    stint: npt.NDArray[np.int32]  # (positions, days) 0 for the first person of a position
    names: Column  # of persons, in the order of `number`
    number: Ints  # (positions,) of the first person of each position in `names`

    def tenure(self) -> npt.NDArray[np.int32]:
        """Days in production, `(positions, days)`."""
        days: npt.NDArray[np.int32] = np.arange(self.began.shape[1], dtype=np.int32) - self.began
        return days

    def mean_over_series(self, per_position: Floats) -> Floats:
        """Average over the positions of each series, `(series, days)`."""
        sums = np.add.reduceat(per_position, self.first[:-1], axis=0)
        means: Floats = sums / np.diff(self.first)[:, None]
        return means


def band_of(tenure: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """Position in `BANDS` of a tenure in days."""
    return np.searchsorted(BAND_ENDS, tenure, side="left")


def people_of(frame: Frame, agents: Floats, effects: Effects, rng: np.random.Generator) -> People:
    """Fill the positions that the agents needed, `(series,)` on average, call for, and let people come and go."""
    series, days = frame.shape
    positions = np.maximum(2, np.ceil(agents * PER_AGENT)).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(positions)])
    owner = np.repeat(np.arange(series), positions)
    stay = np.array([365.0 / partner.attrition for partner in frame.partners])[owner]
    total = len(owner)
    starts = np.zeros((total, days), dtype=bool)
    began = np.empty((total, days), dtype=np.int32)
    began[:, 0] = -np.minimum(rng.exponential(stay), OLDEST).astype(np.int32)
    leaves = rng.exponential(stay).astype(np.int64)
    while (open_rows := np.flatnonzero(leaves < days)).size:
        starts[open_rows, leaves[open_rows]] = True
        early = rng.random(open_rows.size) < EARLY_SHARE
        length = np.where(early, rng.exponential(EARLY_DAYS, open_rows.size), rng.exponential(stay[open_rows]))
        leaves[open_rows] += 1 + length.astype(np.int64)
    for touched, day, share in effects.waves:
        rows = np.flatnonzero(np.isin(owner, touched))
        starts[rows[rng.random(rows.size) < share], day] = True
    starts[:, 0] = False
    began[:, 1:] = np.where(starts[:, 1:], np.arange(1, days, dtype=np.int32), np.int32(-OLDEST - 1))
    began = np.maximum.accumulate(began, axis=1)
    stint = np.cumsum(starts, axis=1, dtype=np.int32)
    number = np.concatenate([[0], np.cumsum(stint[:, -1] + 1)[:-1]]).astype(np.int64)
    keys = [frame.series[s].partner for s in owner]
    names = [f"{key}-{p:05d}-{k}" for p, key in enumerate(keys) for k in range(int(stint[p, -1]) + 1)]
    return People(first, began, stint, arrow.array(names), number)


def absence_shares(frame: Frame, effects: Effects, rng: np.random.Generator) -> Floats:
    """Share of scheduled time lost to unplanned absence, `(series, days)`."""
    usual = np.array([partner.absence for partner in frame.partners])[:, None]
    share: Floats = np.clip(usual * rng.gamma(40, 1 / 40, frame.shape) + effects.absence, 0, 0.8)
    return share


def headcount_table(frame: Frame, people: People, partner: str, absent: Floats) -> Table:
    """People by month, site and tenure band, counted from the positions."""
    mine = frame.series_of_partner(partner)
    months = np.array([date.year * 12 + date.month for date in frame.dates])
    firsts = np.flatnonzero(np.diff(months, prepend=-1))
    lengths = np.diff(np.append(firsts, len(months)))
    rows: dict[str, list[float | str]] = {name: [] for name in COLUMNS}
    for site in frame.estate.partner_by_key[partner].sites:
        here = [s for s in mine if frame.series[s].site == site]
        if not here:
            continue
        places = np.concatenate([np.arange(people.first[s], people.first[s + 1]) for s in here])
        series_of = np.concatenate([np.full(people.first[s + 1] - people.first[s], s) for s in here])
        began = people.began[places].astype(np.int64)
        bands = band_of(np.arange(began.shape[1]) - began)
        came = np.diff(people.stint[places], axis=1, prepend=0) > 0
        tenure_before = np.arange(began.shape[1]) - 1 - np.concatenate([began[:, :1], began[:, :-1]], axis=1)
        band_before = band_of(tenure_before)
        missing = absent[series_of]
        for first, length in zip(firsts, lengths, strict=True):
            span = slice(first, first + length)
            coming = came[:, first + length : first + length + 30].sum()
            for number, band in enumerate(BANDS):
                held, left = bands[:, span] == number, came[:, span] & (band_before[:, span] == number)
                planned = held.sum() * 5 / 7
                rows["day"].append(frame.day[first])
                rows["length_s"].append(length * 86_400)
                rows["site"].append(site)
                rows["tenure_band"].append(band)
                rows["headcount_milli"].append(round(held.sum() / length * 1000))
                rows["starters"].append(came[:, span].sum() if number == 0 else 0)
                rows["leavers"].append(left.sum())
                rows["leavers_0_90"].append((left & (tenure_before[:, span] <= 90)).sum())
                rows["transfers_out"].append(0)
                rows["in_training"].append(coming if number == 0 else 0)
                rows["absent_days_milli"].append(round((held * missing[:, span]).sum() * 5 / 7 * 1000))
                rows["planned_days_milli"].append(round(planned * 1000))
    return table("headcount", partner=partner, program=frame.estate.client, **rows)


COLUMNS = (
    "day", "length_s", "site", "tenure_band", "headcount_milli", "starters", "leavers", "leavers_0_90", "transfers_out",
    "in_training", "absent_days_milli", "planned_days_milli",
)  # fmt: skip


def schedules_table(
    frame: Frame, partner: str, planned_s: Floats, staffed_s: Floats, lost: tuple[Floats, Floats]
) -> Table:
    """Paid, scheduled and worked time by day, site and line, all given as `(series, days)`; `lost` are the shares of
    scheduled time gone to absence and to systems that did not work."""
    mine = frame.series_of_partner(partner)
    usual = frame.estate.partner_by_key[partner].absence
    scheduled = planned_s[mine] / (1 - usual)
    adhered = np.minimum(staffed_s[mine], scheduled)
    away, down = (scheduled * share[mine] for share in lost)
    over = (adhered + away + down) / scheduled
    away, down = away / np.maximum(over, 1), down / np.maximum(over, 1)  # never more lost than was scheduled
    adhered = np.minimum(adhered, scheduled - away - down)
    paid = scheduled / 0.78
    parts = {
        "paid_ms": paid,
        "scheduled_ms": scheduled,
        "adhered_ms": adhered,
        "leave_ms": paid * 0.09,
        "absence_ms": away,
        "training_ms": paid * 0.03,
        "meeting_ms": paid * 0.02,
        "break_ms": paid * 0.08,
        "system_ms": down,
        "other_ms": np.maximum(scheduled - adhered - away - down, 0),
    }
    days = frame.shape[1]
    by_day = np.tile(np.arange(len(mine)), days)
    whole = {name: np.rint(part.T.ravel()).astype(np.int64) * 1000 for name, part in parts.items()}
    return table(
        "schedules",
        partner=partner,
        day=np.repeat(frame.day, len(mine)),
        length_s=86_400,
        **place(frame, mine[by_day]),
        **whole,
    )
