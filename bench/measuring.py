"""A measured row, work done in a process of its own, and the invented contacts that the rows share."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from levelfield.same_data.canonical import in_shape, sorted_by_key
from levelfield.same_data.estate import Estate, Partner
from levelfield.same_data.shapes import SHAPES
from levelfield_io.store import Store
from levelfield_worlds.estates import PARTNERS, estate_of_size
from levelfield_worlds.formats.own_csv import own_csv
from levelfield_worlds.plan import Estate as Plan
from levelfield_worlds.stream import contact_stream

SEED = 20260701
TODAY = dt.datetime(2026, 7, 2, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[1]
CONTACTS = SHAPES["contacts"]


@dataclass(frozen=True)
class Row:
    """One line of the table. `met` is None where there is no goal; `ratio` is ours over the peer's."""

    what: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Took:
    """What a function gave back, and what it cost: seconds on the clock, seconds of processor, peak memory."""

    result: Any
    seconds: float
    cpu_s: float
    peak_mb: float


def apart(function: Callable[..., Any], *arguments: Any) -> Took:
    """Run a function of a bench module in a fresh process, so that its memory is its own. Arguments are JSON."""
    name = f"{function.__module__}:{function.__qualname__}"
    words = [
        sys.executable,
        "-m",
        "bench.measuring",
        name,
        json.dumps([str(a) if isinstance(a, Path) else a for a in arguments]),
    ]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Took(**json.loads(done.stdout.splitlines()[-1]))


def clocked(work: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """The middle of several runs in seconds, and what the last one gave."""
    taken, result = [], None
    for _ in range(times):
        started = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken), result


def in_turn(first: Callable[[], Any], second: Callable[[], Any], times: int) -> tuple[float, float, Any, Any]:
    """Two ways, one after the other several times, so that a busy machine hits both: least seconds and results."""
    a, b, x, y = [], [], None, None
    for _ in range(times):
        s, x = clocked(first)
        a.append(s)
        s, y = clocked(second)
        b.append(s)
    return min(a), min(b), x, y


def peak_mb() -> float:
    """The most memory this process ever held."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def busy_estate(contacts: int, days: int) -> Plan:
    """An estate that takes so many contacts in so many days."""
    plan = estate_of_size(contacts, SEED)
    lines = tuple(dataclasses.replace(line, volume=line.volume * plan.days / days) for line in plan.lines)
    return dataclasses.replace(plan, lines=lines, start=plan.end - dt.timedelta(days=days))


def days_of_contacts(plan: Plan) -> Iterator[pa.Table]:
    """The contacts of an estate as facts, one sorted table a day."""
    for table in contact_stream(plan, np.random.default_rng(SEED)):
        yield sorted_by_key(in_shape(table, CONTACTS), CONTACTS)


def contacts_csv(contacts: int, path: Path) -> int:
    """About so many contacts as a file in our plain format; how many there are."""
    rows = 0
    with path.open("wb") as out:
        for table in contact_stream(estate_of_size(contacts, SEED), np.random.default_rng(SEED)):
            for number, block in enumerate(own_csv(table, "contacts")):
                if number or not rows:
                    out.write(block)
            rows += table.num_rows
    return rows


def contacts_parquet(contacts: int, path: Path) -> int:
    """About so many contacts as one Parquet file of facts; how many there are. Made once and kept beside other temporary files."""
    kept = Path(tempfile.gettempdir()) / f"levelfield-bench-contacts-{contacts}-{SEED}.parquet"
    if not kept.exists():
        staged = kept.with_suffix(".part")
        _write_contacts(contacts, staged)
        staged.replace(kept)
    path.symlink_to(kept)
    return int(pq.read_metadata(kept).num_rows)


def _write_contacts(contacts: int, path: Path) -> None:
    with pq.ParquetWriter(
        path, in_shape(pa.table({}), CONTACTS).schema, compression="zstd", compression_level=1
    ) as out:
        held: list[pa.Table] = []
        for table in days_of_contacts(estate_of_size(contacts, SEED)):
            held.append(table)
            if sum(t.num_rows for t in held) > 500_000:
                out.write_table(pa.concat_tables(held))
                held = []
        if held:
            out.write_table(pa.concat_tables(held))


def store_at(home: Path) -> Store:
    """An empty store that knows the invented partners."""
    os.environ["LEVELFIELD_PSEUDONYM_KEY"] = "the key of the benchmarks"
    store = Store(home)
    store.save_estate(Estate("Brightwater", partners=tuple(Partner(p.key, p.name) for p in PARTNERS)))
    return store


def _child() -> None:
    name, arguments = sys.argv[1:3]
    module, function = name.split(":")
    work = getattr(importlib.import_module(module), function)
    started = time.perf_counter()
    result = work(*json.loads(arguments))
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = used.ru_utime + used.ru_stime
    print("\n" + json.dumps({"result": result, "seconds": seconds, "cpu_s": cpu_s, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _child()
