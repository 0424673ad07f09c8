"""Percentiles of waits and handling times from histograms, beside exact ones from all contacts.

Exact is the definition the histogram keeps: the smallest value that a share of the contacts does not exceed
(`quantile_disc`). Between two whole seconds `quantile_cont` would invent a third.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import numpy as np

from bench.measuring import CONTACTS, Row, apart, contacts_parquet, in_turn
from levelfield.measures.histogram import percentile_ms
from levelfield.measures.sheet import in_months
from levelfield.measures.sheets.contacts import TIMES
from levelfield.same_data.canonical import schema_of
from levelfield_io.engine import Engine

ROWS = {"small": 2_000_000, "full": 50_000_000}
KEYS = ("partner", "line", "what")
SHARES = (0.5, 0.9, 0.95)
MOST_OFF, FASTER = 0.02, 20


def ways(file: str) -> dict[str, Any]:
    """Both for every partner and line; errors where there are a thousand contacts or more."""
    engine = Engine()
    run = engine.connection
    table = engine.see_files("contacts", [Path(file)], schema_of(CONTACTS))
    engine.make_table("days", TIMES.build({"contacts": table}))
    engine.make_table("times", in_months(TIMES, ibis.table(TIMES.schema(), name="days")))

    def ours() -> dict[tuple[Any, ...], list[float]]:
        bins = run.execute(
            "SELECT partner, line, what, bin, sum(n)::BIGINT AS n FROM times GROUP BY ALL ORDER BY ALL"
        ).fetchnumpy()
        first = np.flatnonzero(np.r_[True, np.any([bins[k][1:] != bins[k][:-1] for k in KEYS], axis=0)])
        return {
            tuple(bins[k][i] for k in KEYS): [percentile_ms(bins["bin"][i:j], bins["n"][i:j], s) for s in SHARES]
            for i, j in zip(first, [*first[1:], len(bins["n"])], strict=True)
        }

    def exact() -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = run.execute(
            "SELECT partner, line, count(*), quantile_disc(wait_ms, [0.5, 0.9, 0.95]), "
            "quantile_disc(talk_ms + coalesce(hold_ms, 0) + wrap_ms, [0.5, 0.9, 0.95]) FROM contacts WHERE answered GROUP BY ALL"
        ).fetchall()
        return rows

    mine_s, peer_s, mine, theirs = in_turn(ours, exact, 3)
    off = [0.0]
    for partner, line, n, wait, handle in theirs:
        for what, values in (("wait", wait), ("handle", handle)):
            for got, right in zip(mine[(partner, line, what)], values, strict=True):
                if n >= 1000 and right >= 1000:
                    off.append(abs(got - right) / right)
    return {"ours": mine_s, "peer": peer_s, "off": max(off), "compared": len(off) - 1}


def measure(size: str, folder: Path) -> list[Row]:
    """The largest relative error, and how much faster."""
    file = folder / "contacts.parquet"
    rows = contacts_parquet(ROWS[size], file)
    both = apart(ways, file).result
    faster = both["peer"] / both["ours"]
    return [
        Row(f"percentiles by partner and line over {rows:,} contacts: largest error of {both['compared']:,}", f"{both['off']:.2%}", "exact quantile_disc",
            None, f"≤ {MOST_OFF:.0%}", both["off"] <= MOST_OFF),
        Row("the same: time", f"{both['ours']:.3f} s", f"{both['peer']:.2f} s", 1 / faster, f"≥ {FASTER}× faster", faster >= FASTER),
    ]  # fmt: skip
