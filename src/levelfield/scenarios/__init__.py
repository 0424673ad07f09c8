"""Which known circumstance fits a change, and does the partner handle it smoothly?

The names below are loaded when they are first asked for: arithmetic takes a while to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from levelfield.words.later import loaded_later

if TYPE_CHECKING:
    from levelfield.scenarios.catalogue import KINDS_OF_EVENTS, SCENARIOS, scenario_of, scenario_of_event
    from levelfield.scenarios.circumstance import Circumstance
    from levelfield.scenarios.comparing import Comparison, compared
    from levelfield.scenarios.episode import Episode
    from levelfield.scenarios.fitting import Fit, Fits, fits
    from levelfield.scenarios.handled import Handling, handling
    from levelfield.scenarios.looking import SignSeen, sign_seen
    from levelfield.scenarios.scenario import Scenario, Sign

HOMES = {
    "KINDS_OF_EVENTS": "catalogue", "SCENARIOS": "catalogue", "scenario_of": "catalogue", "scenario_of_event": "catalogue",
    "Circumstance": "circumstance", "Comparison": "comparing", "compared": "comparing", "Episode": "episode", "Fit": "fitting",
    "Fits": "fitting", "fits": "fitting", "Handling": "handled", "handling": "handled", "Scenario": "scenario",
    "Sign": "scenario", "SignSeen": "looking", "sign_seen": "looking",
}  # fmt: skip

__all__ = [
    "KINDS_OF_EVENTS", "SCENARIOS", "Circumstance", "Comparison", "Episode", "Fit", "Fits", "Handling", "Scenario", "Sign",
    "SignSeen", "compared", "fits", "handling", "scenario_of", "scenario_of_event", "sign_seen",
]  # fmt: skip

__getattr__ = loaded_later(__name__, HOMES, globals())
