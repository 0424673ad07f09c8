"""What an invented partner sends is recognised without a word and gives the facts its world holds."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from levelfield.same_data.estate import Estate, Partner
from levelfield.same_data.finding import Severity
from levelfield.same_data.shape import Kind
from levelfield.same_data.shapes import SHAPES
from levelfield_io.engine import Engine
from levelfield_worlds.deliveries import deliveries, latest_days
from levelfield_worlds.estates import small_estate
from levelfield_worlds.grow import grow
from looks import look

# What a platform's format cannot say; the rest must come back to the last millisecond.
CANNOT_SAY = {
    "teleopti_queue": {
        "longest_wait_ms", "staffed_ms", "hold_ms", "talk_ms", "transferred", "callbacks", "callbacks_within_10min", "referred", "start_at",
    },
    "amazon_connect_contacts": {"callback", "segments"},
    "five9_call_log": {"resolved", "callback", "segments", "updated_at"},
}  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    made = Engine()
    yield made
    made.close()


@pytest.fixture(scope="module")
def world():
    return grow(small_estate(dt.date(2026, 3, 16), 14, partners=5, lines=2), (), np.random.default_rng(4))


def sums(table: pa.Table, shape: str, but: set[str]) -> dict[str, int]:
    """Rows, and the sum of every number and every yes."""
    kinds = (Kind.COUNT, Kind.DURATION, Kind.THOUSANDTHS, Kind.MONEY, Kind.FLAG)
    columns = [c.name for c in SHAPES[shape].columns if c.kind in kinds and c.name not in but]
    return {"rows": table.num_rows} | {c: pc.sum(table[c].cast(pa.int64())).as_py() or 0 for c in columns}


def test_every_file_is_recognised_and_adds_up(world, engine, tmp_path):
    estate = Estate(zone="Europe/London", partners=tuple(Partner(p.key, p.key) for p in world.estate.partners))
    read: dict[tuple[str, str], list[dict[str, object]]] = {}
    profiles: dict[tuple[str, str], str] = {}
    for delivery in deliveries(world):
        path = tmp_path / delivery.name.replace("/", "-")
        path.write_bytes(b"".join(delivery.chunks))
        options = {k: v for k, v in delivery.options.items() if k not in ("delimiter", "decimal")}
        seen = look(
            path,
            options={"partner": delivery.partner, **options},
            estate=estate,
            today=dt.date(2027, 1, 1),
            engine=engine,
        )
        assert seen.profile == delivery.profile
        assert not [f.sentence for f in seen.findings if f.severity >= Severity.REJECTED], delivery.name
        shape = (
            next(s for s in SHAPES if delivery.profile.endswith(s)) if delivery.profile.startswith("levelfield") else ""
        )
        shape = shape or ("intervals" if delivery.profile == "teleopti_queue" else "contacts")
        read.setdefault((delivery.partner, shape), []).extend(seen.facts)
        profiles[delivery.partner, shape] = delivery.profile
    assert len(read) > 30
    for (partner, shape), rows in read.items():
        profile = profiles[partner, shape]
        table = world.tables[partner][shape]
        if profile == "amazon_connect_contacts":
            table = latest_days(table)
        elif profile == "five9_call_log":
            table = latest_days(table.filter(pc.equal(table["channel"], "voice")))
        found = pa.Table.from_pylist(
            rows, schema=pa.schema([(f.name, f.type) for f in table.schema if f.name in rows[0]])
        )
        but = CANNOT_SAY.get(profile, set()) | (set(SHAPES[shape].names) - set(table.column_names))
        assert sums(found, shape, but) == sums(table, shape, but), (partner, shape)
