"""One delivery takes its share of memory, time and turns, and no more; the person is told where it ends."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest

from levelfield_web.management.commands import work as worker
from levelfield_web.same_data import actions, work
from levelfield_web.same_data.models import Delivery, State

from ...conftest import interval_file

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def receive(home, monday):
    def receives(person, partner: str = "north", name: str = "a.csv", at: dt.datetime = monday) -> Delivery:
        return actions.receive(
            name=name, chunks=[interval_file(partner, "NNNNNNNNN", days=2).encode()], partner=partner, profile="", options={},
            leave_rejected=False, by=person.as_viewer, at=at,
        )  # fmt: skip

    return receives


def run(program: str, delivery: Delivery, monkeypatch) -> Delivery:
    """Let the worker watch a program in the place of its own."""
    monkeypatch.setattr(worker, "words_for", lambda _: [sys.executable, "-c", program])
    worker.Command()._run(delivery)
    return Delivery.objects.get(pk=delivery.pk)


def test_work_that_takes_too_long_is_ended_with_all_it_started_and_left(noor, receive, monday, monkeypatch, tmp_path):
    receive(noor)
    claimed = actions.claim(at=monday)
    monkeypatch.setenv("LEVELFIELD_WORK_SECONDS", "2")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    noted = tmp_path / "noted"
    program = (
        "import pathlib, subprocess, sys, tempfile, time\n"
        "place = pathlib.Path(tempfile.mkdtemp()); (place / 'large').write_text('x')\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(noted)!r}).write_text(f'{{other.pid}} {{place}}')\n"
        "time.sleep(60)"
    )
    ended = run(program, claimed, monkeypatch)
    assert (ended.state, ended.lease_token) == (State.REFUSED, "")
    assert "takes longer" in ended.refusal["what"] and "in parts" in ended.refusal["next_step"]
    pid, place = noted.read_text().split()
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"
    assert not Path(place).exists()


@pytest.mark.parametrize(("signal", "told"), [("SIGXCPU", "takes longer"), ("SIGABRT", "more memory")])
def test_a_process_that_is_ended_at_a_limit_is_told_and_not_tried_again(
    noor, receive, monday, monkeypatch, signal, told
):
    receive(noor)
    claimed = actions.claim(at=monday)
    program = f"import os, resource, signal; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.kill(os.getpid(), signal.{signal})"
    ended = run(program, claimed, monkeypatch)
    assert ended.state == State.REFUSED and told in ended.refusal["what"]
    assert actions.claim(at=monday + 2 * actions.LEASE) is None


@pytest.mark.parametrize("limit", [MemoryError(), duckdb.OutOfMemoryException("no more")])
def test_where_memory_ends_the_person_is_told(noor, receive, monday, monkeypatch, limit):
    def publish(*_, **__):
        raise limit

    delivery = receive(noor, name="large.zip")
    monkeypatch.setattr(work, "publish", publish)
    claimed = actions.claim(at=monday)
    work.work_on(claimed, claimed.lease_token)
    delivery.refresh_from_db()
    assert delivery.state == State.REFUSED
    assert "8,000 MB" in delivery.refusal["expected"] and delivery.refusal["next_step"]


def test_publishing_that_reaches_a_limit_can_be_asked_for_again(noor, ada, receive, monday, monkeypatch):
    delivery = receive(noor)
    looking = actions.claim(at=monday)
    work.work_on(looking, looking.lease_token)
    actions.ask_to_publish(delivery=delivery, leave_rejected=False, by=ada.as_viewer, at=monday)
    publishing = actions.claim(at=monday)
    work.stop_at(work.too_much_time(), publishing, publishing.lease_token)
    delivery.refresh_from_db()
    assert delivery.state == State.CHECKED and "takes longer" in delivery.refusal["what"]
    assert (actions.upload_folder() / delivery.stored_as).exists()


def test_a_process_cannot_take_more_memory_than_its_share():
    program = "from levelfield_io.limits import keep_within_limits; keep_within_limits(); bytearray(2_000_000_000)"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "LEVELFIELD_WORK_MEMORY_MB": "1500"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "MemoryError" in done.stderr


def test_a_process_that_nobody_watches_ends_by_itself():
    program = "from levelfield_io.limits import keep_within_limits; keep_within_limits()\nwhile True: pass"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "LEVELFIELD_WORK_SECONDS": "2", "LEVELFIELD_THREADS": "1"},
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode < 0


def test_the_sides_take_turns_however_much_one_of_them_delivered(noor, sol, ada, receive, monday):
    for number in range(3):
        receive(noor, name=f"north {number}")
    receive(sol, "south", "south 0")
    receive(ada, "north", "client 0")
    order = []
    for number in range(5):
        claimed = actions.claim(at=monday + number * SECOND)
        order.append(claimed.name)
        work.work_on(claimed, claimed.lease_token)
    assert order == ["north 0", "south 0", "client 0", "north 1", "north 2"]


def test_whoever_only_looks_waits_for_no_publisher(noor, receive, monday, monkeypatch):
    def lock(_):
        raise AssertionError("looking needs no lock")

    delivery = receive(noor)
    claimed = actions.claim(at=monday)
    monkeypatch.setattr("levelfield_io.store.Store.lock", lock)
    work.work_on(claimed, claimed.lease_token)
    delivery.refresh_from_db()
    assert delivery.state == State.CHECKED


def test_a_refusal_names_the_file_as_it_was_delivered(noor, home, monday):
    delivery = actions.receive(
        name="april.json", chunks=[b'[{"a": 1}, {"a"'], partner="north", profile="", options={}, leave_rejected=False,
        by=noor.as_viewer, at=monday,
    )  # fmt: skip
    claimed = actions.claim(at=monday)
    work.work_on(claimed, claimed.lease_token)
    delivery.refresh_from_db()
    assert "april.json" in delivery.refusal["where"] and delivery.stored_as not in str(delivery.refusal)
