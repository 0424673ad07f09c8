"""Functions that run as machine code: compiled once, kept beside the source, free of the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

Given = ParamSpec("Given")
Found = TypeVar("Found")


def compiled(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """The same function as machine code."""
    return cast("Callable[Given, Found]", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
