"""Public names of a room that are loaded when they are first asked for: what compiles takes a while to import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loaded_later(room: str, homes: Mapping[str, str], own: dict[str, Any]) -> Callable[[str], Any]:
    """The `__getattr__` of a room: each name from the module that holds it, kept in `own` from then on.

    Refuses, with AttributeError: names that are not among `homes`.
    """

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        own[name] = getattr(import_module(f"{room}.{homes[name]}"), name)
        return own[name]

    return load
