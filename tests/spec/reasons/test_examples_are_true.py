"""The examples in the docstrings of the reasons, run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import levelfield.reasons

MODULES = [m.name for m in pkgutil.walk_packages(levelfield.reasons.__path__, "levelfield.reasons.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_example(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
