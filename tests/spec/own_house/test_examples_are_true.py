"""The examples in the docstrings of the own house, run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import levelfield.own_house

MODULES = [m.name for m in pkgutil.walk_packages(levelfield.own_house.__path__, "levelfield.own_house.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_example(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
