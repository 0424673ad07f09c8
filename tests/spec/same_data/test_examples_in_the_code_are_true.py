"""The examples in the docstrings of the words and of this room, run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import levelfield.same_data
import levelfield.words

MODULES = [
    "levelfield.words",
    *(m.name for m in pkgutil.walk_packages(levelfield.same_data.__path__, "levelfield.same_data.")),
    *(f"levelfield_io.{name}" for name in ("harmless", "profiles_at_hand", "opening", "unpacking")),
]


@pytest.mark.parametrize("name", MODULES)
def test_every_example(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
