"""The hash of a table depends on its content alone; a naive twin in plain Python gives the same one."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import struct

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levelfield.same_data.canonical import content_hash, in_shape, schema_of, sorted_by_key
from levelfield.same_data.pseudonym import LENGTH, pseudonym, pseudonym_of
from levelfield.same_data.publication import Chunk, Publication
from levelfield.same_data.shape import Kind, Shape
from levelfield.same_data.shapes import SHAPES
from levelfield_io.engine import Engine

EPOCH_DAY, EPOCH = dt.date(1970, 1, 1), dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def bits(flags: list[bool]) -> bytes:
    """Eight flags a byte, the first in the highest bit."""
    padded = flags + [False] * (-len(flags) % 8)
    return bytes(sum(f << (7 - i) for i, f in enumerate(padded[at : at + 8])) for at in range(0, len(padded), 8))


def number_of(value: object) -> int:
    """A day as days, a moment as microseconds since 1970."""
    match value:
        case None:
            return 0
        case dt.datetime():
            return (value - EPOCH) // dt.timedelta(microseconds=1)
        case dt.date():
            return (value - EPOCH_DAY).days
        case _:
            return int(value)  # type: ignore[call-overload]


def naive_hash(rows: list[dict[str, object]], shape: Shape) -> str:
    """The hash as its docstring says it, without Arrow and NumPy."""
    digest = hashlib.sha256(f"levelfield facts 1\n{shape.name}\n{shape.version}\n{len(rows)}\n".encode())
    for column in shape.columns:
        values = [row.get(column.name) for row in rows]
        digest.update(f"{column.name}:{column.kind}\n".encode())
        if all(v is None for v in values):
            digest.update(b"none")
            continue
        digest.update(bits([v is not None for v in values]))
        if column.kind in (Kind.TEXT, Kind.KEY):
            texts = [str(v or "").encode() for v in values]
            digest.update(b"".join(struct.pack("<i", len(t)) for t in texts) + b"".join(texts))
        elif column.kind is Kind.FLAG:
            digest.update(bits([bool(v) for v in values]))
        else:
            digest.update(b"".join(struct.pack("<q", number_of(v)) for v in values))
    return digest.hexdigest()


def ordered(rows: list[dict[str, object]], shape: Shape) -> list[dict[str, object]]:
    """Rows by key: text by its bytes, missing last."""

    def key(row: dict[str, object]) -> list[tuple[bool, object]]:
        values = [row.get(k) for k in shape.key]
        return [(v is None, v.encode() if isinstance(v, str) else number_of(v)) for v in values]

    return sorted(rows, key=key)


VALUES = {
    Kind.TEXT: st.text(max_size=6), Kind.KEY: st.text("0123456789abcdef", min_size=24, max_size=24), Kind.FLAG: st.booleans(),
    Kind.DAY: st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
    Kind.MOMENT: st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC)),
}  # fmt: skip


@st.composite
def facts(draw: st.DrawFn) -> tuple[Shape, list[dict[str, object]]]:
    """Some rows of any shape, all keys different."""
    shape = SHAPES[draw(st.sampled_from(sorted(SHAPES)))]
    row = st.fixed_dictionaries(
        {c.name: st.none() | VALUES.get(c.kind, st.integers(-(2**53), 2**53)) for c in shape.columns}
    )
    return shape, draw(st.lists(row, max_size=9, unique_by=lambda r: tuple(r[k] for k in shape.key)))


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(facts(), st.integers())
def test_it_equals_the_naive_twin_in_any_order_of_rows(given_facts, seed):
    shape, rows = given_facts
    shuffled = random.Random(seed).sample(rows, len(rows))
    table = sorted_by_key(pa.Table.from_pylist(shuffled, schema=schema_of(shape)), shape)
    assert content_hash(table, shape) == naive_hash(ordered(rows, shape), shape)


def test_one_changed_value_changes_the_name():
    shape = SHAPES["intervals"]
    row = {"partner": "north", "day": dt.date(2026, 3, 5), "length_s": 86400, "offered": 10}
    first, second = ({**row, "offered": n} for n in (10, 11))
    hashes = {content_hash(in_shape(pa.Table.from_pylist([r]), shape), shape) for r in (first, second)}
    assert len(hashes) == 2


def test_missing_and_zero_have_different_names():
    shape = SHAPES["intervals"]
    tables = [
        pa.Table.from_pylist([{"partner": "n", "offered": v}, {"partner": "o", "offered": 1}], schema=schema_of(shape))
        for v in (0, None)
    ]
    assert len({content_hash(t, shape) for t in tables}) == 2


def test_how_a_table_is_cut_in_memory_does_not_matter():
    shape = SHAPES["contacts"]
    row = {"partner": "n", "day": dt.date(2026, 3, 5), "contact_id": "c", "answered": True}
    rows = [{**row, "contact_id": f"c{i}"} for i in range(20)]
    whole = pa.Table.from_pylist(rows, schema=schema_of(shape))
    pieces = pa.concat_tables([pa.Table.from_pylist([r], schema=schema_of(shape)) for r in rows]).slice(0, 20)
    tail = pa.concat_tables([pa.Table.from_pylist([{**row, "contact_id": "a"}], schema=schema_of(shape)), whole]).slice(
        1
    )
    assert content_hash(whole, shape) == content_hash(pieces, shape) == content_hash(tail, shape)


def test_a_publication_does_not_know_in_which_order_its_chunks_came():
    chunks = [Chunk("intervals", f"2026-0{m}", 3, f"{m:064x}") for m in (1, 2, 3)]
    versions = {"intervals": 1}
    assert Publication.of("north", chunks, versions).id == Publication.of("north", reversed(chunks), versions).id
    assert Publication.of("north", chunks, versions).id != Publication.of("south", chunks, versions).id


# People.


@pytest.mark.parametrize("name", ["agent 7", "Zoë Ångström", "+44 20 7946 0018", "x" * 500, "李"])
def test_the_engine_and_the_library_give_a_person_the_same_key(name):
    engine = Engine()
    people = engine.see("people", pa.table({"name": [name, None]}))
    keys = [r["key"] for r in engine.rows(people.select(key=pseudonym_of(people.name, "secret")))]
    engine.close()
    assert keys == [pseudonym(name, "secret"), None]
    assert len(keys[0]) == LENGTH
    assert name not in keys[0]


def test_another_secret_gives_another_key():
    assert pseudonym("agent 7", "one") != pseudonym("agent 7", "two")
