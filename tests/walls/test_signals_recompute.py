"""Every reading of a signal can be recomputed from its publication alone: counted in plain Python, judged by the library."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import shlex
from collections import defaultdict

import pytest
from typer.testing import CliRunner

from levelfield.signals.verdict import Reading, judge
from levelfield.words import Series
from levelfield_cli.main import app
from levelfield_io.store import Store
from levelfield_web.signals.models import Signal, SignalReading

from ..web.signals.conftest import BILLING, homes, look, stand

__all__ = ["homes", "look", "stand"]
pytestmark = pytest.mark.django_db
WEEKS = 53


def counted(store: Store, publication: str, week: str, line: str | None) -> Series:
    """In time and offered of every week up to one, straight from the facts."""
    top: dict[dt.date, int] = defaultdict(int)
    bottom: dict[dt.date, int] = defaultdict(int)
    chunks = store.record("north", publication).publication.parts("intervals").values()
    for row in (row for chunk in chunks for row in store.read_chunk("north", chunk).to_pylist()):
        if line is None or row["line"] == line:
            monday = row["day"] - dt.timedelta(days=row["day"].weekday())
            top[monday] += row["answered_within"]
            bottom[monday] += row["offered"]
    last = dt.date.fromisocalendar(int(week[:4]), int(week[-2:]), 1)
    mondays = sorted(m for m in bottom if m <= last)[-WEEKS:]
    assert mondays[-1] == last and (last - mondays[0]).days == 7 * (len(mondays) - 1)
    return Series.shares([top[m] for m in mondays], [bottom[m] for m in mondays], period="week", start=mondays[0])


def says(reading: Reading, start: dt.date) -> dict[str, object]:
    """A reading of the library in the words of the database."""

    def day(index: int | None) -> dt.date | None:
        return None if index is None else start + dt.timedelta(days=7 * index)

    first, last = reading.onset_range or (None, None)
    low, high = reading.size_range or (None, None)
    return {
        "kind": str(reading.kind), "p_value": reading.p_value, "e_value": reading.e_value, "probabilities": dict(reading.probabilities),
        "onset_on": day(reading.onset), "onset_first_on": day(first), "onset_last_on": day(last), "size": reading.size, "size_low": low,
        "size_high": high, "level_before": reading.level_before, "level_after": reading.level_after, "going_on": reading.going_on, "n": reading.n,
    }  # fmt: skip


def test_every_stored_reading_is_what_the_library_says_of_the_counted_facts(look, settings):
    for name in ("fallen", "back", "again"):
        look(name)
    store = Store(settings.LEVELFIELD_HOME)
    readings = SignalReading.objects.filter(signal__series__startswith="service_level")
    assert readings.count() > 15
    for stored in readings:
        line = "NNNNNNNNN-Billing" if stored.signal.series == BILLING else None
        series = counted(store, stored.publication, stored.period, line)
        own = says(judge(series), series.start)
        assert {name: getattr(stored, name) for name in own} == own, f"{stored.signal.label} {stored.period}"


def test_after_a_restatement_each_reading_is_that_of_its_own_publication(look, settings):
    look("fallen")
    look("restated")
    store = Store(settings.LEVELFIELD_HOME)
    stored = Signal.objects.get(series=BILLING).readings.all()
    assert len({r.publication for r in stored}) == 2
    for one in stored:
        series = counted(store, one.publication, one.period, "NNNNNNNNN-Billing")
        own = says(judge(series), series.start)
        assert {name: getattr(one, name) for name in own} == own, one.period


def told_by(command: str, home: object) -> list[dict[str, object]]:
    """What a command of a page prints, as JSON."""
    program, *words = shlex.split(command)
    assert program == "levelfield"
    done = CliRunner().invoke(app, [*words, "--home", str(home), "--format", "json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    return found if isinstance(found, list) else found["rows"]


@pytest.mark.parametrize(
    "homes_seen", [["fallen"], ["fallen", "back"], ["fallen", "back", "again"]], ids=lambda h: h[-1]
)
def test_the_command_line_finds_the_signals_that_are_open(look, homes_seen, settings):
    for name in homes_seen:
        look(name)
    rows = told_by("levelfield signals --partner north", settings.LEVELFIELD_HOME)
    assert len(rows) == 8
    open_ = Signal.objects.filter(state="open")
    assert {(r["series"], r["p_value"]) for r in rows if r["signal"]} == {
        (s.label, s.readings.last().p_value) for s in open_
    }


def test_the_command_on_a_signals_page_gives_the_reading_of_the_page(look, noor, signed_in, settings):
    look("fallen")
    signal = Signal.objects.get(series=BILLING)
    page = signed_in(noor).get(f"/signals/{signal.public_id}/").content.decode()
    command = re.search(r"<code>(levelfield signals .*?)</code>", page)
    assert command
    rows = told_by(html.unescape(command[1]), settings.LEVELFIELD_HOME)
    (row,) = [r for r in rows if r["series"] == signal.label]
    stored = signal.readings.last()
    assert (row["p_value"], row["size"], row["publication"]) == (stored.p_value, stored.size, stored.publication)
