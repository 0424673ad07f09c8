"""Measure every row and write the table: `python -m bench.run [--only NAME] [--size small|full]`."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.measuring import ROOT, Row

NAMES = (
    "reading", "many_measures", "percentiles", "rollup", "restating", "charts", "pages", "bad_files", "kill_nine", "set_up",
    "verdicts", "false_alarms", "kinds", "monitoring", "outlook", "change_points", "fair_comparison", "queueing", "localisation", "rate_localisation", "mix_and_rate", "scenarios", "effects",
)  # fmt: skip
OUT = ROOT / "bench" / "out" / "results.json"


def main() -> int:
    """0 when every row ran, whether or not it met its goal; 1 when one broke."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, help="measure only this; may be given several times")
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--home", type=Path, help="a built demo home for `pages`; it is copied")
    parser.add_argument("--table", action="store_true", help="print the last results of all rows and stop")
    given = parser.parse_args()
    if given.home:
        os.environ["LEVELFIELD_BENCH_HOME"] = str(given.home.resolve())
    stored = json.loads(OUT.read_text(encoding="utf-8")) if OUT.exists() else {}
    if given.table:
        print("\n".join(table(stored)))
        return 0
    broken = 0
    for name in given.only or NAMES:
        load, started = os.getloadavg()[0], time.perf_counter()
        print(f"\n{name} ({given.size}), load {load:.1f}", flush=True)
        try:
            with tempfile.TemporaryDirectory(prefix=f"levelfield-bench-{name}-") as folder:
                rows = importlib.import_module(f"bench.{name}").measure(given.size, Path(folder))
        except Exception:
            traceback.print_exc()
            broken += 1
            continue
        for row in rows:
            print(told(row), flush=True)
        stored[f"{name} {given.size}"] = {
            "rows": [asdict(row) for row in rows],
            "command": f"python -m bench.run --only {name} --size {given.size}",
            "machine": {"processors": os.cpu_count(), "load_before": round(load, 2), "kind": platform.machine()},
            "seconds": round(time.perf_counter() - started, 1),
        }
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_text(json.dumps(stored, indent=1, ensure_ascii=False), encoding="utf-8")
    return 1 if broken else 0


def table(stored: dict[str, Any]) -> Iterator[str]:
    """The last results as the table of the README; the full size of a row stands instead of the small one."""
    yield "| run | what | ours | beside | ratio | goal | met | load before |"
    yield "|--|--|--|--|--|--|--|--|"
    for name in NAMES:
        found = f"{name} full" if f"{name} full" in stored else f"{name} small"
        for row in stored.get(found, {}).get("rows", ()):
            ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
            met = {True: "yes", False: "**no**", None: ""}[row["met"]]
            load = stored[found]["machine"]["load_before"]
            yield f"| {found} | {row['what']} | {row['ours']} | {row['peer']} | {ratio} | {row['goal']} | {met} | {load} |"


def told(row: Row) -> str:
    """A row as a line of the table."""
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}×"
    met = {True: "met", False: "MISSED", None: ""}[row.met]
    return "| " + " | ".join((row.what, row.ours, row.peer, ratio, row.goal, met)) + " |"


if __name__ == "__main__":
    raise SystemExit(main())
