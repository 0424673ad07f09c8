"""The examples in the docstrings of the queues, run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import levelfield.queueing

MODULES = [m.name for m in pkgutil.walk_packages(levelfield.queueing.__path__, "levelfield.queueing.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_example(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_name_of_the_face_is_there():
    for name in levelfield.queueing.__all__:
        assert getattr(levelfield.queueing, name) is not None
    with pytest.raises(AttributeError):
        _ = levelfield.queueing.nothing
