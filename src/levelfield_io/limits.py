"""Limits of a process that reads what somebody else wrote."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

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


def end_with_parent() -> None:
    """From now on this process is killed when the one that started it dies, where the system knows how (Linux)."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
