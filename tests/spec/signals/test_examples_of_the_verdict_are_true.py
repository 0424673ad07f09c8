"""Every example in a docstring of the room runs."""

from __future__ import annotations

import doctest
import importlib

import pytest

NAMES = (
    "verdict", "outlook", "together", "false_discovery", "telling", "set_apart", "evidence.sizing", "of_values", "watch", "preparing", "null",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_example(name):
    assert doctest.testmod(importlib.import_module(f"levelfield.signals.{name}")).failed == 0


def test_examples_of_series():
    assert doctest.testmod(importlib.import_module("levelfield.words.series")).failed == 0
