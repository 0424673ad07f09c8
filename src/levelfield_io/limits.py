"""Limits of a process that reads what somebody else wrote."""

from __future__ import annotations

import resource

import duckdb

from levelfield_io.environment import threads, work_memory, work_seconds

# What the libraries raise where memory ends: Python, numpy and Arrow the first, the engine the second.
OUT_OF_MEMORY = (MemoryError, duckdb.OutOfMemoryException)


def keep_within_limits() -> None:
    """From now on this process gets no more than its share: memory is refused, and too much computing ends it.

    Whoever started it watches the clock. The limit on computing is for the case that nobody does any more.
    """
    for what, most in (
        (resource.RLIMIT_AS, work_memory()),
        (resource.RLIMIT_CPU, work_seconds() * threads()),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
