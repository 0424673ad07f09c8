"""The examples in the docstrings of the charts, run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import levelfield.signals.charts

MODULES = [m.name for m in pkgutil.walk_packages(levelfield.signals.charts.__path__, "levelfield.signals.charts.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_example(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
