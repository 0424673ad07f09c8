"""Does the change lie where the circumstance does? The share of the change carried there, beside the share of contacts."""

from __future__ import annotations

import math

from levelfield.scenarios.circumstance import Circumstance
from levelfield.scenarios.episode import Episode
from levelfield.scenarios.part import Part, part, per_cent

# Fitted on worlds (bench/scenarios.py).
HELD = 0.9  # how often a circumstance of one place moves that place only
SPREAD = 0.55  # how often a change of unknown cause is spread as the contacts are; else it lies in one place
SPREAD_BY_ALL = 0.8  # how often one that is everywhere is
BLUR = 0.16  # spread of a share of the change around what it should be


def place_part(episode: Episode, circumstance: Circumstance) -> Part:
    """How much likelier the places of a change are if this circumstance caused it."""
    if not episode.places:
        return Part("place", 0.0, "Where the change lies is not known.")
    return _somewhere(episode, circumstance) if circumstance.places else _everywhere(episode)


def _somewhere(episode: Episode, circumstance: Circumstance) -> Part:
    ratio, told, unknown = 1.0, [], []
    for place in circumstance.places:
        carried, size = episode.places.get(place), episode.sizes.get(place)
        if carried is None or size is None or not (math.isfinite(carried) and math.isfinite(size)):
            unknown.append(place[1])
            continue
        ratio *= _ratio_of(min(max(carried, -0.2), 1.2), size)
        told.append(
            f"{place[1]} carries {per_cent(max(carried, 0.0))} of the change and {per_cent(size)} of the contacts."
        )
    told += [f"What part of the change lies in {label} is not known." for label in unknown]
    return part("place", ratio, " ".join(told))


def _ratio_of(carried: float, size: float) -> float:
    """Carried there because of it, against spread evenly or lying in any one place.

    >>> _ratio_of(1.0, 0.25) > 2, _ratio_of(0.25, 0.25) < 1, _ratio_of(0.0, 0.25) < 0.3
    (True, True, True)
    """
    here, spread, elsewhere = _bell(carried - 1), _bell(carried - size), _bell(carried)
    caused = HELD * here + (1 - HELD) * spread
    unrelated = SPREAD * spread + (1 - SPREAD) * (size * here + (1 - size) * elsewhere)
    return caused / unrelated


def _everywhere(episode: Episode) -> Part:
    """One that is everywhere: for it when the change is spread as the contacts are, against it when it lies in one place."""
    found = [
        (min(max((carried - size) / (1 - size), 0.0), 1.0), carried, place)
        for place, carried in episode.places.items()
        if (size := episode.sizes.get(place, math.nan)) < 1 and math.isfinite(carried)
    ]
    if not found:
        return Part("place", 0.0, "Where the change lies is not known.")
    apart, carried, place = max(found, key=lambda one: (one[0], one[2]))
    local, spread = _bell(apart - 1), _bell(apart)
    ratio = (SPREAD_BY_ALL * spread + (1 - SPREAD_BY_ALL) * local) / (SPREAD * spread + (1 - SPREAD) * local)
    if apart > 0.5:
        return part("place", ratio, f"It is everywhere, and {place[1]} carries {per_cent(carried)} of the change.")
    return part("place", ratio, "It is everywhere, and the change is spread about as the contacts are.")


def _bell(off: float) -> float:
    return math.exp(-0.5 * (off / BLUR) ** 2) + 1e-4  # a share far from all of them decides nothing
