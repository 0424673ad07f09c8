"""Where does a change come from? Contributions that sum to it, and the few places that carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from levelfield.words.later import loaded_later

if TYPE_CHECKING:
    from levelfield.drill_down.cause import Cause, Causes
    from levelfield.drill_down.localising import localise
    from levelfield.drill_down.localising_rates import localise_rate
    from levelfield.drill_down.mixing import mix_and_rate

HOMES = {
    "Cause": "cause", "Causes": "cause", "localise": "localising", "localise_rate": "localising_rates",
    "mix_and_rate": "mixing",
}  # fmt: skip

__all__ = ["Cause", "Causes", "localise", "localise_rate", "mix_and_rate"]

__getattr__ = loaded_later(__name__, HOMES, globals())
