"""Thousands of damaged and nonsensical files of every shape, through the front door of a store that must not change."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.measuring import ROOT, TODAY, Row, apart, store_at
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Refusal
from levelfield_io.profiles_at_hand import own_format
from levelfield_io.publishing import Parcel, publish

FILES = {"small": 500, "full": 10_000}
SEED = 7
SAMPLES = ROOT / "tests" / "io" / "files"
ODD = (
    "", "-", "--", "0", "-1", "1e999", "nan", "inf", "9" * 40, "0.0000694", "1:02:03", "99:99:99", "=1+1", "@x", "<b>", "a@b.example",
    "+44 20 7946 0000", "yes", "no", "north", "North Ltd", "csat", "\ufeff", "'", '"', "\\", "\u2028", "\x00", "DROP TABLE raw; --", "{0}", "%s", "$partner",
    "2" * 200, "2026-03-05T10:00:00Z", "2026-03-29 01:30:00", "05/03/2026", "20260305", "infinity", "epoch", "2026-13-45", "1900-01-01", "9999-12-31",
)  # fmt: skip
GOOD = {
    "partner": "north", "day": "2026-03-05", "length_s": "1800", "question": "csat", "responded": "yes", "scored_by": "client", "sample": "random",
    "owner": "client", "answered": "1", "currency": "GBP",
}  # fmt: skip


def _cell(chance: random.Random) -> str:
    match chance.randrange(4):
        case 0:
            return "".join(chr(chance.randrange(1, 0x2FF)) for _ in range(chance.randrange(12)))
        case 1:
            return str(chance.randint(-(10**20), 10**20))
        case _:
            return chance.choice(ODD)


def _table(chance: random.Random) -> tuple[bytes, str]:
    """A table of one of our shapes in which columns are gone or repeated and at least one cell of every row is odd."""
    shape = SHAPES[chance.choice(sorted(SHAPES))]
    names = [f.sources[0] for f in own_format(shape.name).fills]
    headers = chance.sample(names, chance.randrange(2, len(names) + 1)) + chance.choices(names, k=chance.randrange(2))
    rows = []
    for _ in range(chance.randrange(12)):
        row = ["2026-03-05T10:00:00Z" if h.endswith("_at") else GOOD.get(h, "1") for h in headers]
        for _ in range(chance.randrange(1, 5)):
            row[chance.randrange(len(row))] = _cell(chance)
        rows.append(row[: len(row) - chance.choice((0, 0, 0, 1))])
    mark = chance.choice(",;\t|")
    text = "\n".join(mark.join(r) for r in [headers, *rows])
    return text.encode(
        chance.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252")), "replace"
    ), f".csv:levelfield_{shape.name}"


def _file(chance: random.Random) -> tuple[bytes, str]:
    """Bytes with a suffix, and after a colon the profile to be read with, if any."""
    match chance.randrange(5):
        case 0:
            return chance.randbytes(chance.randrange(400)), chance.choice(
                (".csv", ".xlsx", ".parquet", ".json", ".zip", ".gz")
            )
        case 1:
            path = chance.choice(sorted(p for p in SAMPLES.iterdir() if p.stat().st_size < 200_000))
            body = bytearray(path.read_bytes())
            del body[chance.randrange(len(body) + 1) :]
            for _ in range(chance.randrange(1, 8)):
                at = chance.randrange(len(body) + 1)
                body[at : at + 1] = chance.randbytes(chance.randrange(1, 4))
            return bytes(body), path.suffix
        case 2:
            keys = ("ContactId", "InitiationTimestamp", "LastUpdateTimestamp", "InitiationMethod", "Queue", "Agent")
            records: list[dict[str, Any]] = [
                {k: chance.choice((None, 1, "x", [], {"Name": _cell(chance)}, 1e300)) for k in keys} for _ in range(3)
            ]
            return json.dumps(records).encode(), ".json:amazon_connect_contacts"
        case _:
            return _table(chance)


def all_of_them(folder: str, count: int) -> dict[str, Any]:
    """Publish each; nothing but findings and refusals may come of it. Good rows of a file that is good enough are counted apart."""
    store = store_at(Path(folder) / "home")
    chance = random.Random(SEED)
    ends: Counter[str] = Counter()
    broken: list[str] = []
    started = time.perf_counter()
    for number in range(count):
        body, kind = _file(chance)
        suffix, _, profile = kind.partition(":")
        path = Path(folder) / f"bad{suffix}"
        path.write_bytes(body)
        before = store.release.number
        try:
            outcome = publish([Parcel(path, profile or None, {"partner": "north"})], store, by="bench", at=TODAY)
        except Refusal as refusal:
            assert refusal.sentence.strip()
            ends["refused"] += 1
        except Exception as wrong:
            ends["BROKEN"] += 1
            broken.append(f"{number}: {type(wrong).__name__}: {wrong}"[:300])
        else:
            found = outcome.files[0].findings if outcome.files else None
            if outcome.published and found is not None and not found.refused and not found.rejected_rows:
                ends["no rejected row: published as it may be"] += 1
                continue
            ends["findings"] += 1
        if store.release.number != before:
            ends["PUBLISHED"] += 1
            broken.append(f"{number}: something was published")
    return {"ends": dict(ends), "broken": broken[:20], "seconds": time.perf_counter() - started}


def measure(size: str, folder: Path) -> list[Row]:
    """How they ended."""
    took = apart(all_of_them, folder, FILES[size])
    result = took.result
    for line in result["broken"]:
        print("   ", line)
    wrong = result["ends"].get("BROKEN", 0) + result["ends"].get("PUBLISHED", 0)
    ends = ", ".join(f"{n:,} {what}" for what, n in sorted(result["ends"].items()))
    return [
        Row(
            f"{FILES[size]:,} bad files",
            f"{ends}; {result['seconds']:.0f} s, {took.peak_mb:,.0f} MB",
            "",
            None,
            "0 tracebacks, 0 published",
            wrong == 0,
        )
    ]
