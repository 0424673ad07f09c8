"""A clean clone, then `make demo ARGS=--no-serve`: what a newcomer waits for, with a warm package cache."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from bench.measuring import ROOT, Row

GOAL_S = 180


def measure(size: str, folder: Path) -> list[Row]:
    """Seconds from the clone to a built demo."""
    clone = folder / "levelfield"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("LEVELFIELD_", "DJANGO_", "VIRTUAL_ENV", "PYTHON"))
    }
    started = time.perf_counter()
    done = subprocess.run(
        ["make", "demo", "ARGS=--no-serve"], cwd=clone, env=environment, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - started
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    built = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.startswith("Built in")]
    return [
        Row(
            "clean clone of the last commit, `make demo ARGS=--no-serve`",
            f"{took:.0f} s ({' '.join(built)})",
            "",
            None,
            f"≤ {GOAL_S} s",
            took <= GOAL_S,
        )
    ]
