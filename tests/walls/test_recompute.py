"""What we publish can be recomputed: from the facts alone, by loops in plain Python, today and after a restatement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked, aggregated, finished
from levelfield.measures.definition import Definition
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value
from levelfield.same_data.canonical import in_shape, schema_of, sorted_by_key
from levelfield.same_data.publication import Publication
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Grain, Refusal
from levelfield_cli.invented import estate_data, write_deliveries
from levelfield_io.engine import Engine
from levelfield_io.publishing import Outcome, Parcel, publish
from levelfield_io.recompute import values_of
from levelfield_io.store import Store
from levelfield_worlds.estates import small_estate
from levelfield_worlds.grow import grow
from spec.measures.naive import told
from spec.measures.real_path import last_day_of, naive_moments, shapes_for

AT = dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)
FIRST, DAYS = dt.date(2026, 2, 20), 15
PLAIN = Definition(currency="GBP")
SPLITS = [((), Grain.MONTH), (("line",), Grain.DAY)]
HANDFUL = (
    "service_level",
    "aht",
    "abandonment",
    "wait_p90",
    "repeat_contacts",
    "csat",
    "forecast_wape_day",
    "attrition",
    "cost_per_contact",
)


@pytest.fixture(scope="module")
def parcels(tmp_path_factory) -> list[Parcel]:
    """The files of an invented world, as its partners would send them: all of North's, the first few of South's."""
    folder = tmp_path_factory.mktemp("deliveries")
    world = grow(small_estate(FIRST, DAYS, lines=2, volume=40.0), (), np.random.default_rng(11))
    enough = ("north/", "south/intervals", "south/contact", "south/surveys")
    return [parcel for parcel in write_deliveries(world, folder) if parcel.name.startswith(enough)]


def new_store(home: Path) -> Store:
    store = Store(home)
    store.save_estate(estate_data(small_estate(FIRST, DAYS, lines=2, volume=40.0)))
    (home / "pseudonym.key").write_text("11" * 32)  # the same people have the same pseudonyms in every home here
    return store


@pytest.fixture(scope="module")
def store(parcels, tmp_path_factory) -> Store:
    """A home in which the world is published."""
    made = new_store(tmp_path_factory.mktemp("home"))
    outcome = deliver(parcels, made)
    assert {r.publication.partner for r in outcome.records} == {"north", "south"}
    return made


def deliver(parcels: list[Parcel], store: Store, **more: bool) -> Outcome:
    outcome = publish(parcels, store, by="ada", at=AT, leave_rejected=True, **more)
    assert outcome.published, [f.findings for f in outcome.files]
    return outcome


def publication_of(store: Store, partner: str) -> Publication:
    return store.record(partner, store.release.current[partner]).publication


def asked_of_everything(by: tuple[str, ...], grain: Grain) -> Asked:
    """Every measure whose facts can be split so."""
    chosen = [
        m
        for m in MEASURES.values()
        if all(set(by) <= {"partner", *SHEETS[s].dimensions} for s in (m.sheet, m.denominator_sheet) if s)
    ]
    return Asked(tuple((m, PLAIN) for m in chosen), by, grain)


def straight_from_facts(store: Store, publication: Publication, asked: Asked) -> list[Value]:
    """The same expressions over the Parquet chunks of a publication, without any sheet on disk."""
    engine = Engine()
    try:
        chunks = {
            shape: [store.chunk_path(publication.partner, c) for c in publication.parts(shape).values()]
            for shape in SHAPES
        }
        tables = {
            s: engine.see_files(f"facts_{s}", files, schema_of(SHAPES[s])) for s, files in chunks.items() if files
        }
        if "contacts" in tables:
            tables["last_day"] = engine.see("last_day", last_day_of(pq.read_table(chunks["contacts"])))
        rows = {}
        for name in asked.sheets:
            sheet = SHEETS[name]
            shapes = shapes_for(sheet, tables)
            if shapes:
                built = sheet.build({s: tables[s] for s in (*shapes, "last_day") if s in tables}).select(*sheet.columns)
                rows[name] = engine.rows(aggregated(sheet, built, asked))
        return finished(asked, rows, publication.id)
    finally:
        engine.close()


def facts_of(store: Store, publication: Publication) -> dict[str, list[dict[str, object]]]:
    return {
        shape: [
            row for c in chunks.values() for row in naive_moments(store.read_chunk(publication.partner, c)).to_pylist()
        ]
        for shape in SHAPES
        if (chunks := publication.parts(shape))
    }


@pytest.mark.parametrize("partner", ["north", "south"])
@pytest.mark.parametrize("by, grain", SPLITS)
def test_values_from_sheets_are_those_from_the_facts(store, partner, by, grain):
    asked, publication = asked_of_everything(by, grain), publication_of(store, partner)
    from_sheets = values_of(store, {partner: publication.id}, asked)
    assert len(from_sheets) > len(asked.measures) / 2 and any(v.value is not None for v in from_sheets)
    assert from_sheets == straight_from_facts(store, publication, asked)


@pytest.mark.parametrize("name", HANDFUL)
def test_a_published_value_is_the_one_of_its_naive_twin(store, name):
    publication = publication_of(store, "north")
    twin = told(name, {"north": facts_of(store, publication)}, PLAIN, ("partner",), "month")
    values = values_of(store, {"north": publication.id}, Asked(((MEASURES[name], PLAIN),), ("partner",), Grain.MONTH))
    assert values and {v.start for v in values if v.denominator} == {start for _, start in twin}
    for value in values:
        answer = twin.get(("north", value.start))
        if answer is None:
            assert not value.denominator
            continue
        assert (value.numerator, value.denominator) == (answer.above, answer.below)
        if value.value is not None:
            assert value.value == pytest.approx(answer.value, rel=0.015 if answer.exact else 1e-12)


def test_both_partners_together_have_the_values_each_has_alone(store):
    asked = Asked(tuple((m, PLAIN) for m in MEASURES.values()), ("partner",), Grain.MONTH)
    together = values_of(store, store.release.current, asked)
    alone = [v for p, i in store.release.current.items() for v in values_of(store, {p: i}, asked)]
    assert sorted(map(repr, together)) == sorted(map(repr, alone))
    assert {v.publication for v in together} == set(store.release.current.values())


def test_the_same_files_again_are_the_same_publication_and_no_release(store, parcels):
    before = store.release
    outcome = deliver(a_few(parcels), store)
    assert outcome.records == () and outcome.unchanged == (before.current["north"],)
    assert store.release == before


FEW = ("north/queues", "north/contacts", "north/surveys")


def a_few(parcels: list[Parcel]) -> list[Parcel]:
    return [p for p in parcels if p.name.startswith(FEW)]


def shuffled(parcels: list[Parcel], folder: Path) -> list[Parcel]:
    """The same files in another order, their rows in another order."""
    rng = np.random.default_rng(5)
    moved = []
    for parcel in reversed(parcels):
        path = folder / parcel.name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = parcel.path.read_bytes().splitlines(keepends=True)
        has_header = path.suffix == ".csv"
        head, body = lines[:has_header], lines[has_header:]
        path.write_bytes(b"".join([*head, *(body[i] for i in rng.permutation(len(body)))]))
        moved.append(Parcel(path, parcel.profile, parcel.options, parcel.name))
    return moved


def test_neither_the_order_of_rows_nor_of_files_changes_the_name(store, parcels, tmp_path):
    other = new_store(tmp_path / "home")
    deliver(shuffled(a_few(parcels), tmp_path / "files"), other)
    same = [c for c in publication_of(store, "north").chunks if c.shape in ("intervals", "contacts", "surveys")]
    made = publication_of(other, "north")
    assert list(made.chunks) == same
    assert made.id == Publication.of("north", same, {s.name: s.version for s in SHAPES.values()}).id


def test_the_hash_takes_rows_in_one_order(store):
    publication = publication_of(store, "north")
    chunk = max(publication.chunks, key=lambda c: c.rows)
    table, shape = store.read_chunk("north", chunk), SHAPES[chunk.shape]
    mixed = table.take(np.random.default_rng(1).permutation(table.num_rows))
    assert store.write_chunk("north", shape, chunk.part, sorted_by_key(in_shape(mixed, shape), shape)) == chunk


@pytest.fixture(scope="module")
def restated(parcels, store, tmp_path_factory) -> tuple[Store, Mapping[str, str], Outcome]:
    """South delivers its intervals again, with more contacts answered in time; and what was current before."""
    before = dict(store.release.current)
    folder = tmp_path_factory.mktemp("again")
    again = next(p for p in parcels if p.name == "south/intervals-2026-Q1.csv")
    header, *lines = again.path.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("answered_within")
    total = header.split(",").index("answered")
    rows = [line.split(",") for line in lines]
    for row in rows:
        row[place] = row[total]
    path = folder / "intervals.csv"
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return store, before, deliver([Parcel(path, again.profile, again.options, "south/intervals-again.csv")], store)


def test_a_restatement_lists_every_value_of_an_earlier_month_that_it_moved(restated):
    store, before, outcome = restated
    (record,) = outcome.records
    assert record.publication.partner == "south" and record.previous == before["south"] != record.id
    assert store.release.current["north"] == before["north"]
    moved = {d.measure for d in record.differences}
    assert moved == {"service_level", "answered_within_of_answered"}
    asked = Asked(tuple((MEASURES[m], PLAIN) for m in moved), ("partner",), Grain.MONTH)
    old, new = (
        {(v.measure, v.period): v.value for v in values_of(store, {"south": i}, asked)}
        for i in (before["south"], record.id)
    )
    assert {(d.measure, d.period): (d.before, d.after) for d in record.differences} == {
        key: (old[key], new[key]) for key in old
    }
    assert all(value == 1.0 for (name, _), value in new.items() if name == "answered_within_of_answered")


def test_an_earlier_publication_is_still_read_and_keeps_its_values(restated):
    store, before, _ = restated
    asked = asked_of_everything(("line",), Grain.DAY)
    earlier = store.record("south", before["south"]).publication
    values = values_of(store, {"south": earlier.id}, asked)
    assert values == straight_from_facts(store, earlier, asked)
    now = values_of(store, {"south": store.release.current["south"]}, asked)
    assert [v.value for v in values] != [v.value for v in now]


def test_the_new_publication_keeps_what_was_not_delivered_again(restated):
    store, before, _ = restated
    old, new = store.record("south", before["south"]).publication, publication_of(store, "south")
    assert {c for c in old.chunks if c.shape != "intervals"} == {c for c in new.chunks if c.shape != "intervals"}
    asked = asked_of_everything((), Grain.MONTH)
    assert values_of(store, {"south": new.id}, asked) == straight_from_facts(store, new, asked)


def test_a_month_that_comes_in_two_deliveries_has_the_values_of_one(store, parcels, tmp_path):
    """However facts arrive, the same facts are the same publication with the same values."""
    evaluations = next(p for p in parcels if p.name == "north/evaluations.csv")
    header, *lines = evaluations.path.read_text(encoding="utf-8").splitlines()
    other = new_store(tmp_path / "home")
    for number, part in enumerate((lines[::2], lines[1::2])):
        path = tmp_path / f"part-{number}.csv"
        path.write_text("\n".join([header, *part]) + "\n", encoding="utf-8")
        deliver([Parcel(path, evaluations.profile, evaluations.options, path.name)], other)
    whole = publication_of(store, "north").parts("evaluations")
    assert publication_of(other, "north").parts("evaluations") == whole
    asked = Asked(
        tuple((m, PLAIN) for m in MEASURES.values() if m.sheet in ("evaluations", "calibration")), (), Grain.MONTH
    )
    ours = values_of(other, other.release.current, asked)
    theirs = values_of(store, {"north": store.release.current["north"]}, asked)
    assert [(v.measure, v.start, v.value, v.numerator, v.n) for v in ours] == [
        (v.measure, v.start, v.value, v.numerator, v.n) for v in theirs
    ]


def test_an_unknown_publication_is_refused(store):
    with pytest.raises(Refusal, match="There is no publication P-000000"):
        store.record("north", "P-000000")
