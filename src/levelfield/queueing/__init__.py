"""How long customers wait, how many give up, and what it would take: queues of customers who lose patience.

The names below are loaded when they are first asked for: arithmetic that is compiled takes a while to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from levelfield.queueing.attributing import Attribution, Driver, Needed, Workload, attribute_queue
    from levelfield.queueing.day import Day, over_the_day
    from levelfield.queueing.erlang import QueueState, erlang_a, erlang_b, erlang_c, min_agents, wait_beyond
    from levelfield.queueing.patience import Patience, fit_patience, patience_from_totals

HOMES = {
    "Attribution": "attributing", "Driver": "attributing", "Needed": "attributing", "Workload": "attributing", "attribute_queue": "attributing",
    "Day": "day", "over_the_day": "day", "QueueState": "erlang", "erlang_a": "erlang", "erlang_b": "erlang", "erlang_c": "erlang",
    "min_agents": "erlang", "wait_beyond": "erlang", "Patience": "patience", "fit_patience": "patience", "patience_from_totals": "patience",
}  # fmt: skip

__all__ = [
    "Attribution", "Day", "Driver", "Needed", "Patience", "QueueState", "Workload", "attribute_queue", "erlang_a", "erlang_b", "erlang_c",
    "fit_patience", "min_agents", "over_the_day", "patience_from_totals", "wait_beyond",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """A public name, from the module that holds it."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    globals()[name] = found
    return found
