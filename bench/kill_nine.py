"""kill -9 at random instants of a publish and of a background import: the store holds the old or the new."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.measuring import ROOT, TODAY, Row, apart, store_at
from levelfield.same_data.canonical import content_hash
from levelfield.same_data.shapes import SHAPES
from levelfield_io.publishing import Parcel, publish
from levelfield_io.sheets_at_hand import compiled_folder
from levelfield_io.store import Store

KILLS = {"small": 20, "full": 200}
SEED = 11
HEAD = "partner,day,start_at,length_s,site,line,queue,channel,threshold_s,short_s,offered,answered,answered_within,abandoned,wait_answered_s,talk_s,wrap_s\n"


def _file(path: Path, offered: int) -> Path:
    rows = [HEAD]
    for partner in ("north", "south"):
        for day in range(60):
            date = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}"
            rows += [
                f"{partner},{date},{date}T{hour:02d}:00:00Z,3600,Leeds,Billing,BILL,voice,20,5,{offered},{offered - 4},{offered - 9},4,900,20000,2000\n"
                for hour in range(8, 20)
            ]
    path.write_text("".join(rows), encoding="utf-8")
    return path


def whole(store: Store) -> dict[str, str]:
    """What is current, after every fact, manifest and sheet of it has been proved."""
    current = dict(store.release.current)
    for partner, id_ in current.items():
        for chunk in store.record(partner, id_).publication.chunks:
            table = store.read_chunk(partner, chunk)
            assert (table.num_rows, content_hash(table, SHAPES[chunk.shape])) == (chunk.rows, chunk.content)
        assert (compiled_folder(store, partner, id_) / "index.json").exists()
    return current


def _child(words: list[str], home: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ, "LEVELFIELD_HOME": str(home), "DJANGO_SETTINGS_MODULE": "levelfield_web.settings", "TMPDIR": str(home.parent),
    }  # fmt: skip
    return subprocess.Popen(
        words, env=environment, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


PUBLISH = "import sys; from bench.kill_nine import publish_now; publish_now(sys.argv[1], sys.argv[2])"
SETUP = """
import sys, django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from pathlib import Path
from bench.measuring import TODAY
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.same_data import actions
from levelfield_web.same_data.work import work_on
d = actions.receive(name="new.csv", chunks=[Path(sys.argv[1]).read_bytes()], partner="", profile="", options={}, leave_rejected=False, by=HOUSE, at=TODAY)
c = actions.claim(at=TODAY); work_on(c, c.lease_token)
actions.ask_to_publish(delivery=d, leave_rejected=False, by=HOUSE, at=TODAY)
"""
AFTER = """
import sys, django; django.setup()
from django.core.management import call_command
from levelfield_web.same_data.models import Delivery
Delivery.objects.exclude(lease_token="").update(lease_until="2020-01-01T00:00:00Z")  # the lease has run out
call_command("work", once=True)
sys.exit(0 if Delivery.objects.get().state == "published" else 3)
"""


def publish_now(file: str, home: str) -> None:
    """One publication, for a child."""
    publish([Parcel(Path(file))], store_at(Path(home)), by="bench", at=TODAY)


def many(folder: str, way: str, kills: int) -> dict[str, Any]:
    """Kill, prove, let the next one finish, prove again."""
    place, chance = Path(folder), random.Random(SEED)
    home, work = place / f"{way}-before", place / f"{way}-work"
    store_at(home)
    publish([Parcel(_file(place / "old.csv", 50))], store_at(home), by="bench", at=TODAY)
    new_file = _file(place / "new.csv", 51)
    if way == "publish":
        words = [sys.executable, "-c", PUBLISH, str(new_file), str(work)]
        again = words
    else:
        assert _child([sys.executable, "-c", SETUP, str(new_file)], home).wait() == 0
        words = [sys.executable, "-m", "django", "work", "--once"]
        again = [sys.executable, "-c", AFTER]
    old = whole(Store(home))
    _anew(home, work)
    started = time.monotonic()
    assert _child(words, work).wait() == 0
    took, new = time.monotonic() - started, whole(Store(work))
    assert not set(old.values()) & set(new.values())
    ends = {"old": 0, "new": 0}
    finished = 0
    for number in range(kills):
        _anew(home, work)
        child = _child(words, work)
        # The first third is Python starting up, in which nothing can go wrong.
        time.sleep(chance.uniform(took * 0.3, took * 1.02))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        time.sleep(0.1)  # what it had started dies with it
        current = whole(Store(work))
        assert current in (old, new), f"kill {number}: neither old nor new: {current}"
        ends["old" if current == old else "new"] += 1
        if number % 10 == 0 or number == kills - 1:  # what was left behind stands in nobody's way
            assert _child(again, work).wait() == 0, f"kill {number}: the next one failed"
            assert whole(Store(work)) == new
            finished += 1
    return {"ends": ends, "finished": finished, "took": took}


def _anew(home: Path, work: Path) -> None:
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(home, work)


def measure(size: str, folder: Path) -> list[Row]:
    """Half of the kills for each way; `small` a tenth."""
    rows = []
    for way, what in (("publish", "a publish"), ("work", "a background import")):
        took = apart(many, folder, way, KILLS[size])
        result = took.result
        told = f"{result['ends']['old']} held the old, {result['ends']['new']} the new, none another; {result['finished']} next publishes done; {took.seconds:.0f} s"
        rows.append(Row(f"kill -9 at {KILLS[size]} instants of {what}", told, "", None, "old or new", True))
    return rows
