"""All that stands before the first contact comes: demand, forecasts, people and planned agents of every series and day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from levelfield_worlds import reasons
from levelfield_worlds.arrays import Floats, Ints
from levelfield_worlds.block import Block, block_of
from levelfield_worlds.demand import day_effects, expected_per_day, profile, slot_noise
from levelfield_worlds.forecasting import LATE_NOISE, LOCK_NOISE, forecast
from levelfield_worlds.frame import Frame, frame_of
from levelfield_worlds.incidents import Effects, effects_of
from levelfield_worlds.people import BAND_HANDLE, People, absence_shares, band_of, people_of
from levelfield_worlds.plan import Estate, Incident
from levelfield_worlds.staffing import present_agents, required_agents


@dataclass(frozen=True)
class Ground:
    """The prepared world; arrays are `(series, days)` unless said otherwise."""

    frame: Frame
    effects: Effects
    people: People
    profile: Floats  # (series, slots)
    locked: Floats  # forecast about 45 days before
    late: Floats  # forecast about 10 days before
    mean: Floats  # contacts that truly come, before chance
    planned: Floats  # agents, (series, days, slots)
    absent: Floats
    handle_s: Floats

    def block(self, series: Ints, days: slice, rng: np.random.Generator) -> Block:
        """The intervals of some series and days, with demand and agents decided."""
        grid = np.ix_(series, np.arange(self.frame.shape[1])[days])
        usual = np.array([self.frame.partners[s].absence for s in series])[:, None]
        effects = self.effects
        there = (1 - self.absent[grid]) / (1 - usual) * (1 - effects.system[grid]) * effects.agents[grid]
        agents = present_agents(rng, self.planned[grid] * there[:, :, None])
        mean = self.mean[grid][:, :, None] * self.profile[series][:, None, :]
        mean *= slot_noise(rng, mean.shape)
        return block_of(self.frame, series, days, rng, mean=mean, agents=agents, handle=self.handle_s[grid])


def ground_of(estate: Estate, incidents: tuple[Incident, ...], rng: np.random.Generator) -> Ground:
    """Prepare a world."""
    frame = frame_of(estate)
    demand_rng, forecast_rng, people_rng, absence_rng = rng.spawn(4)
    effects = effects_of(frame, incidents)
    expected, shape = expected_per_day(frame), profile(frame)
    locked = forecast(frame, expected, LOCK_NOISE, forecast_rng)
    late = forecast(frame, expected * (1 + effects.demand) / 2, LATE_NOISE, forecast_rng)
    needed = required_agents(frame, locked[:, :, None] * shape[:, None, :])
    people = people_of(frame, needed.mean(axis=(1, 2)), effects, people_rng)
    skill = people.mean_over_series(BAND_HANDLE[band_of(people.tenure())])
    line_handle = np.array([line.handle_s for line in frame.lines])[:, None]
    mix = 1 + effects.mix * (reasons.HANDLE[reasons.LONGEST] - 1)
    factor = np.array([partner.staffing_factor for partner in frame.partners])[:, None, None]
    return Ground(
        frame=frame,
        effects=effects,
        people=people,
        profile=shape,
        locked=locked,
        late=late,
        mean=expected * day_effects(frame, demand_rng) * effects.demand,
        planned=needed * factor,
        absent=absence_shares(frame, effects, absence_rng),
        handle_s=line_handle * effects.handle * skill * mix,
    )
