"""Does the change end when the circumstance does? Of what passes it is expected, of what stays it says little."""

from __future__ import annotations

import datetime as dt

from levelfield.scenarios.circumstance import Circumstance
from levelfield.scenarios.episode import Episode
from levelfield.scenarios.part import Part, counted, part

# Fitted on worlds (bench/scenarios.py).
ENDS_WITH_IT = {
    True: 0.7,
    None: 0.3,
    False: 0.05,
}  # how often an effect ends with its circumstance, by whether it passes
FADING = 0.4  # each period by which the two ends lie apart makes the distance this much rarer
GOES_ON = 0.7  # how often a change of unknown cause is still there
MOST_ENDS = 26  # periods; an end is not looked for over a longer time
ENDS_EARLY = 0.15  # how often an effect ends although its circumstance goes on


def duration_part(episode: Episode, circumstance: Circumstance, *, passes: bool | None) -> Part:
    """How much likelier the end of a change, or that it has none yet, is if this circumstance caused it."""
    ratio, sentence = _if_it_ends_with_it(episode, circumstance)
    share = ENDS_WITH_IT[passes]
    if passes is False and circumstance.ends_on is not None and ratio != 1:
        sentence += " Effects of this kind mostly outlast it."
    return part("duration", share * ratio + (1 - share), sentence)


def _if_it_ends_with_it(episode: Episode, circumstance: Circumstance) -> tuple[float, str]:
    end, step = circumstance.ends_on, episode.period_days
    if episode.ends_on is not None:
        if end is None:
            return ENDS_EARLY / (1 - GOES_ON), "The change is over; the circumstance goes on."
        apart = round((episode.ends_on - end).days / step)
        ends = min(max(_periods_left(episode), 2), MOST_ENDS)
        near = (1 - FADING) / (1 + FADING) * FADING ** abs(apart)
        return near * ends, _ends_told(apart, step)
    if not episode.going_on:
        return 1.0, "Whether the change is over is too early to say."
    if end is None:
        return (1 - ENDS_EARLY) / GOES_ON, "Both go on."
    if episode.looked_until is None:
        return 1.0, f"It ends on {_day_before(end)}; the change goes on."
    over = (episode.looked_until - end).days // step
    if over <= 0:
        return (1 - ENDS_EARLY) / GOES_ON, "Both last until the newest figures."
    return FADING**over / GOES_ON, f"It has been over for {counted(over, _word(step))}; the change goes on."


def _periods_left(episode: Episode) -> int:
    """In how many periods the change could have ended."""
    if episode.looked_until is None:
        return MOST_ENDS // 2
    return (episode.looked_until - episode.onset).days // episode.period_days


def _ends_told(apart: int, step: int) -> str:
    if abs(apart) <= 1:
        return "The change and the circumstance end at about the same time."
    return f"The change ends {counted(abs(apart), _word(step))} {'after' if apart > 0 else 'before'} the circumstance."


def _word(step: int) -> str:
    return {1: "day", 7: "week"}.get(step, "period")


def _day_before(end: dt.date) -> dt.date:
    """The last day that belongs to it."""
    return end - dt.timedelta(days=1)
