"""How long customers wait, how many give up, and what it would take: queues of customers who lose patience.

The names below are loaded when they are first asked for: arithmetic that is compiled takes a while to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from levelfield.words.later import loaded_later

if TYPE_CHECKING:
    from levelfield.queueing.attributing import Attribution, Driver, attribute_queue
    from levelfield.queueing.chance import moved, within_chance
    from levelfield.queueing.day import Day, over_the_day
    from levelfield.queueing.erlang import QueueState, erlang_a, erlang_b, erlang_c, min_agents, wait_beyond
    from levelfield.queueing.needed import Needed
    from levelfield.queueing.patience import Patience, fit_patience, patience_from_totals
    from levelfield.queueing.workload import Workload, own_shape, typical

HOMES = {
    "Attribution": "attributing", "Driver": "attributing", "Needed": "needed", "Workload": "workload", "attribute_queue": "attributing",
    "Day": "day", "over_the_day": "day", "QueueState": "erlang", "erlang_a": "erlang", "erlang_b": "erlang", "erlang_c": "erlang",
    "min_agents": "erlang", "wait_beyond": "erlang", "Patience": "patience", "fit_patience": "patience", "patience_from_totals": "patience",
    "moved": "chance", "within_chance": "chance", "own_shape": "workload", "typical": "workload",
}  # fmt: skip

__all__ = [
    "Attribution", "Day", "Driver", "Needed", "Patience", "QueueState", "Workload", "attribute_queue", "erlang_a", "erlang_b", "erlang_c",
    "fit_patience", "min_agents", "moved", "over_the_day", "own_shape", "patience_from_totals", "typical", "wait_beyond", "within_chance",
]  # fmt: skip

__getattr__ = loaded_later(__name__, HOMES, globals())
