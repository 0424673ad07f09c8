"""A publisher may die at any instant: the warehouse then holds the old release or the new one, whole.

`make bench` does the same two hundred times, and to the background worker as well.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import random
import shutil
import time

import pytest

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.same_data.canonical import content_hash
from levelfield.same_data.estate import Estate, Partner
from levelfield.same_data.shapes import SHAPES
from levelfield_io.publishing import Parcel, publish
from levelfield_io.recompute import values_of
from levelfield_io.sheets_at_hand import compiled_folder
from levelfield_io.store import Store

from ..conftest import interval_file

KILLS = 12
SEED = 9
AT = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
ASKED = Asked(((MEASURES["offered"], Definition()),), by=("partner",))


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """Processes that have loaded everything, so that an instant is an instant of the publishing itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("left-behind")))  # what the killed leave, pytest sweeps up
        patch.setenv("LEVELFIELD_PSEUDONYM_KEY", "the same in every copy")
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["levelfield_io.publishing"])
        warm = context.Process(target=time.sleep, args=(0,))
        warm.start()
        warm.join()
        yield context


@pytest.fixture(scope="module")
def before(tmp_path_factory, processes):
    """A home with a first publication of North, and the parcels of North and South that come next."""
    home = tmp_path_factory.mktemp("before")
    store = Store(home)
    store.save_estate(Estate("The client", partners=(Partner("north", "North"), Partner("south", "South"))))
    for name, days, offered in (("north-0", 20, 60), ("north-1", 35, 61), ("south-1", 35, 61)):
        (home / f"{name}.csv").write_text(interval_file(name[:5], name[0].upper(), days, offered), encoding="utf-8")
    second = [Parcel(home / "north-1.csv"), Parcel(home / "south-1.csv")]  # North's restates what is there
    assert publish([Parcel(home / "north-0.csv")], store, by="Ada", at=AT).published
    return home, second


def start(processes, parcels, home, by="Ada"):
    """A publisher in a process of its own."""
    process = processes.Process(target=publish, args=(parcels, Store(home)), kwargs={"by": by, "at": AT})
    process.start()
    return process


def whole(store: Store) -> dict[str, str]:
    """What is current, after every fact, manifest and sheet of it has been proved."""
    current = dict(store.release.current)
    for partner, id_ in current.items():
        publication = store.record(partner, id_).publication  # proves that the id is the hash of the list
        assert publication.id == id_
        for chunk in publication.chunks:
            table = store.read_chunk(partner, chunk)
            assert (table.num_rows, content_hash(table, SHAPES[chunk.shape])) == (chunk.rows, chunk.content)
        assert (compiled_folder(store, partner, id_) / "index.json").exists()
    assert {v.of("partner") for v in values_of(store, current, ASKED)} == set(current)
    return current


def test_a_publisher_killed_at_any_instant_leaves_the_old_or_the_new(before, processes, tmp_path):
    home, parcels = before
    old = dict(Store(home).release.current)
    reference = tmp_path / "reference"
    shutil.copytree(home, reference)
    started = time.monotonic()
    done = start(processes, parcels, reference)
    done.join()
    took = time.monotonic() - started
    new = whole(Store(reference))
    assert set(new) == {"north", "south"} and new["north"] != old["north"]
    chance, seen = random.Random(SEED), {"old": 0, "new": 0}
    one = tmp_path / "one"
    shutil.copytree(home, one)
    for _ in range(KILLS):
        process = start(processes, parcels, one)
        process.join(chance.uniform(0.02, took * 1.05))
        process.kill()
        process.join()
        current = whole(Store(one))
        assert current in (old, new)
        seen["old" if current == old else "new"] += 1
        if current == new:  # the next one starts from the old again
            shutil.rmtree(one)
            shutil.copytree(home, one)
    assert seen["old"] >= KILLS // 3, f"{seen}: the kills came too late to say anything"
    # What the killed left behind stands in nobody's way.
    outcome = publish(parcels, Store(one), by="Ada", at=AT)
    assert outcome.published
    assert whole(Store(one)) == new


def test_of_two_publishers_one_waits_and_both_succeed(before, processes, tmp_path):
    home, parcels = before
    one = tmp_path / "one"
    shutil.copytree(home, one)
    store = Store(one)
    number = store.release.number
    both = [start(processes, [parcel], one) for parcel in parcels]
    for process in both:
        process.join()
    assert [p.exitcode for p in both] == [0, 0]
    assert [r.number for r in store.releases()] == list(range(1, number + 3))
    assert {p: store.record(p, i).previous is not None for p, i in whole(store).items()} == {
        "north": True,
        "south": False,
    }


def test_publishing_the_same_again_changes_nothing(before, tmp_path):
    home, _ = before
    one = tmp_path / "one"
    shutil.copytree(home, one)
    store = Store(one)
    release = store.release
    stamps = {p: p.stat().st_mtime_ns for p in (store.root / "facts").rglob("*.parquet")}
    outcome = publish([Parcel(one / "north-0.csv")], store, by="Ada", at=AT + dt.timedelta(days=1))
    assert outcome.published and not outcome.records
    assert set(outcome.unchanged) == set(release.current.values())
    assert store.release == release
    assert {p: p.stat().st_mtime_ns for p in (store.root / "facts").rglob("*.parquet")} == stamps
    assert os.listdir(store.root / "releases") == [f"{release.number:08d}.json"]  # noqa: PTH208
