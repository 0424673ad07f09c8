"""Customers, some of whom come back: above all those whose issue was not solved."""

from __future__ import annotations

import numpy as np

from levelfield_worlds.arrays import Flags, Ints
from levelfield_worlds.frame import Frame

RETURN_CHANCE = 0.15  # per day, of a customer whose issue is open
FORGET_CHANCE = 0.12  # per day, that an open issue is given up
MOST = 0.5  # share of a queue's contacts that may be returns
POOL = 300  # customers of a series over its contacts on an average day


class Customers:
    """Hands out the customer of each contact, day by day, and remembers whose issue is open."""

    def __init__(self, frame: Frame) -> None:
        volumes = np.array([line.volume for line in frame.lines]) * frame.share
        self._size = np.maximum(50, volumes * POOL).astype(np.int64)
        self._first = np.concatenate([[0], np.cumsum(self._size)])
        self._open_series = np.empty(0, dtype=np.int64)
        self._open = np.empty(0, dtype=np.int64)
        self._series = len(frame.series)

    def of_day(self, series: Ints, solved: Flags, rng: np.random.Generator) -> Ints:
        """Customer numbers of one day's contacts, given the series of each (ascending) and whether it was solved."""
        customer = self._first[series] + (rng.random(len(series)) * self._size[series]).astype(np.int64)
        waiting = np.bincount(self._open_series, minlength=self._series)
        today = np.bincount(series, minlength=self._series)
        chance = np.minimum(MOST, RETURN_CHANCE * waiting / np.maximum(today, 1))
        back = np.flatnonzero(rng.random(len(series)) < chance[series])
        first = np.cumsum(waiting) - waiting
        place = first[series[back]] + (rng.random(back.size) * waiting[series[back]]).astype(np.int64)
        customer[back] = self._open[place]
        self._remember(series, customer, solved, place, rng)
        return customer

    def _remember(self, series: Ints, customer: Ints, solved: Flags, came: Ints, rng: np.random.Generator) -> None:
        kept = rng.random(self._open.size) >= FORGET_CHANCE
        kept[came] = False
        all_series = np.concatenate([self._open_series[kept], series[~solved]])
        order = np.argsort(all_series, kind="stable")
        self._open_series = all_series[order]
        self._open = np.concatenate([self._open[kept], customer[~solved]])[order]
