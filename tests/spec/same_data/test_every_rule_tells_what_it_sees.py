"""Every rule has a small world in which it speaks, word for word, and one in which it is silent."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from levelfield.same_data.estate import Estate, Merge, Partner
from levelfield.same_data.finding import Severity
from levelfield.same_data.reading import Reading
from levelfield.same_data.rules import Look, row_rules, table_rules
from levelfield.same_data.rules.delivery import spans, zero_days
from levelfield.same_data.shapes import SHAPES
from levelfield_io.engine import Engine
from levelfield_io.profiles_at_hand import own_format
from looks import ESTATE, look

NOTE, WARNING, REJECTED, REFUSED = Severity
Row = dict[str, object]
BASE: dict[str, Row] = {
    "intervals": {"partner": "north", "day": "2026-03-05", "length_s": 86400, "offered": 100, "answered": 90, "abandoned": 10},
    "contacts": {"partner": "north", "contact_id": "c1", "arrived_at": "2026-03-05T10:00:00Z", "answered": "yes"},
    "surveys": {"partner": "north", "day": "2026-03-05", "response_id": "r1", "question": "csat", "responded": "yes"},
    "evaluations": {"partner": "north", "day": "2026-03-05", "evaluation_id": "e1", "scored_by": "client", "sample": "random"},
    "events": {"partner": "north", "event_id": "v1", "starts_at": "2026-03-05T10:00:00Z", "owner": "client", "what": "release",
               "title": "New till"},
    "tickets": {"partner": "north", "ticket_id": "t1", "opened_at": "2026-03-05T10:00:00Z"},
    "headcount": {"partner": "north", "day": "2026-03-01", "length_s": 2678400, "headcount": 40},
    "forecasts": {"partner": "north", "version": "lock", "made_at": "2026-02-01T00:00:00Z", "start_at": "2026-03-05T10:00:00Z",
                  "length_s": 900, "volume": 10},
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """A rule, the rows that break it, what it says, and rows it has nothing to say about."""

    rule: str
    severity: Severity
    sentence: str
    broken: list[Row]
    whole: list[Row]
    shape: str = "intervals"
    count: int = 1
    options: dict[str, str] = field(default_factory=dict)
    estate: Estate = ESTATE
    before: dict[tuple[str, str, dt.date], float] | None = None
    whole_estate: Estate | None = None


def days(count: int, start: str = "2026-03-02", **columns: object) -> list[Row]:
    """A row a day; a column given as a function takes the number of the day."""
    first = dt.date.fromisoformat(start)
    return [
        {"day": str(first + dt.timedelta(days=i)), **{k: v(i) if callable(v) else v for k, v in columns.items()}}
        for i in range(count)
    ]


def numbered(count: int, key: str, **columns: object) -> list[Row]:
    """Rows with a number of their own."""
    return [{key: f"{key}-{i}", **{k: v(i) if callable(v) else v for k, v in columns.items()}} for i in range(count)]


def part_above(part: str, whole: str) -> World:
    """A part that is larger than its whole, and one that is as large."""
    return World(
        f"{part}_above_{whole}", REJECTED, f"`{part}` is larger than `{whole}` in 1 row. Expected {part} ≤ {whole}.",
        [{"answered": 0, whole: 40, part: 41}, {"answered": 0, "day": "2026-03-06", whole: 40, part: 40}],
        [{"answered": 0, whole: 40, part: 40}],
    )  # fmt: skip


def other_word(shape: str, column: str, words: str, good: str) -> World:
    """A word that is not among those a column takes."""
    return World(
        "unknown_word", REJECTED, f"`{column}` holds another word than {words} in 1 row.", [{column: "something"}], [{column: good}], shape,
    )  # fmt: skip


MERGED = [
    *days(20, partner="north", offered=300), *days(20, partner="south", offered=300),
    *days(20, "2026-03-22", partner="east", offered=600), *days(40, partner="west", offered=500),
]  # fmt: skip
FOUR = replace(ESTATE, partners=tuple(Partner(k, k.title()) for k in ("north", "south", "east", "west")))
PLACES = replace(ESTATE, partners=(Partner("north", "North", lines=("Billing", "Orders"), sites=("Leeds",)),))
LINES = ("Billing", "Orders", "Returns")
SHIFT_BEFORE = {
    ("north", name, dt.date(2026, 3, 2) + dt.timedelta(days=i)): float(100 * (n + 1) + i)
    for n, name in enumerate(LINES)
    for i in range(8)
}


def lines_shifted(by: int) -> list[Row]:
    """Eight days of three lines whose numbers stand `by` lines further down."""
    return [
        {"day": str(dt.date(2026, 3, 2) + dt.timedelta(days=i)), "line": name, "offered": 100 * ((n + by) % 3 + 1) + i, "answered": 1, "abandoned": 0}
        for n, name in enumerate(LINES)
        for i in range(8)
    ]  # fmt: skip


WORLDS = (
    # One row at a time.
    World("unreadable", REJECTED, "`offered` cannot be read as a whole number in 1 row.", [{"offered": "many"}], [{"offered": "1,234"}]),
    World("unreadable", REJECTED, "`talk_ms` cannot be read as a length of time in 1 row.", [{"talk_s": "long"}], [{"talk_s": "5:00:00"}]),
    World("unreadable", REJECTED, "`answered` cannot be read as yes or no in 1 row.", [{"answered": "maybe"}], [{"answered": "ja"}], "contacts"),
    World("unreadable", REJECTED, "`arrived_at` cannot be read as a moment in 1 row.", [{"arrived_at": "noon"}], [{}], "contacts"),
    World("missing", REJECTED, "`contact_id` is blank in 1 row; without it a row says nothing.", [{"contact_id": "--"}], [{}], "contacts"),
    World("negative", REJECTED, "`talk_ms` is below zero in 1 row.", [{"talk_s": -1}], [{"talk_s": 0}]),
    part_above("answered", "offered"),
    part_above("abandoned", "offered"),
    part_above("answered_within", "answered"),
    part_above("abandoned_within", "abandoned"),
    part_above("short_abandoned", "abandoned"),
    part_above("transferred", "answered"),
    part_above("callbacks_within_10min", "callbacks"),
    # A contact may cross the boundary of an interval shorter than a day: 2 % or two contacts are let through.
    World(
        "answered_above_offered", REJECTED, "`answered` is larger than `offered` in 1 row. Expected answered ≤ offered.",
        [{"length_s": 1800, "offered": 100, "answered": 103}], [{"length_s": 1800, "offered": 100, "answered": 102}],
    ),
    other_word("surveys", "question", "csat, nps, fcr", "nps"),
    other_word("evaluations", "scored_by", "client, partner", "partner"),
    other_word("evaluations", "sample", "random, risk, targeted", "risk"),
    other_word("events", "owner", "client, partner, outside", "outside"),
    World(
        "ends_at_before_starts_at", REJECTED, "`ends_at` lies before `starts_at` in 1 row.",
        [{"ends_at": "2026-03-05T09:59:59Z"}], [{"ends_at": "2026-03-05T10:00:00Z"}], "events",
    ),
    World(
        "solved_at_before_opened_at", REJECTED, "`solved_at` lies before `opened_at` in 1 row.",
        [{"solved_at": "2026-03-05T09:00:00Z"}], [{"solved_at": ""}], "tickets",
    ),
    World(
        "score_off_scale", REJECTED, "The score lies outside its own scale in 1 row.",
        [{"score": 6, "scale_low": 1, "scale_high": 5}], [{"score": 5, "scale_low": 1, "scale_high": 5}], "surveys",
    ),
    World("score_above_100", REJECTED, "The quality score is above 100 per cent in 1 row.", [{"score": 100.5}], [{"score": 100}], "evaluations"),
    World(
        "longest_wait_above_all_waits", WARNING, "The longest wait is longer than all waits together in 1 row.",
        [{"longest_wait_s": 90, "wait_answered_s": 50, "wait_abandoned_s": 30}],
        [{"longest_wait_s": 80, "wait_answered_s": 50, "wait_abandoned_s": 30}],
    ),
    World(
        "handling_above_staffed", WARNING,
        "Handling time is longer than all signed-in time in 1 row; concurrent chats or a wrong unit can do this.",
        [{"talk_s": 1000, "hold_s": 50, "wrap_s": 1, "staffed_s": 1000}], [{"talk_s": 1000, "hold_s": 50, "wrap_s": 0, "staffed_s": 1000}],
    ),
    World("future", REJECTED, "The day lies in the future in 1 row.", [{"day": "2027-01-01"}], [{"day": "2026-12-31"}]),
    World("long_ago", REJECTED, "The day lies before the year 2000 in 1 row.", [{"day": "1999-12-31"}], [{"day": "2000-01-01"}]),
    World(
        "too_long_interval", REJECTED, "The interval is shorter than a minute or longer than a quarter in 1 row.",
        [{"length_s": 59}], [{"length_s": 60}],
    ),
    # Units.
    World(
        "wrong_unit", REFUSED, "Mean talk time would be 0.003 s per contact: `talk_ms` looks like fractions of a day, not seconds.",
        [{"talk_s": 0.25}], [{"talk_s": 20000}], count=90,
    ),
    World(
        "wrong_unit", REFUSED, "Mean talk time would be 240,000.000 s per contact: `talk_ms` looks like milliseconds, not seconds.",
        numbered(5, "contact_id", talk_s=240_000), numbered(4, "contact_id", talk_s=240_000), "contacts", 5,
    ),
    World(
        "percent_or_share", REFUSED, "All 10 quality scores lie between 0 and 1: they look like shares, and per cent is expected.",
        numbered(10, "evaluation_id", score=0.93), numbered(10, "evaluation_id", score=lambda i: i / 5), "evaluations", 10,
    ),
    World(
        "dates_swapped", REFUSED,
        "No date lies after the 12th of a month although 18 days in 6 months are delivered: day and month look swapped.",
        [{"day": f"2026-{m:02d}-{d:02d}"} for m in range(1, 7) for d in (3, 5, 12)],
        [{"day": f"2026-{m:02d}-{d:02d}"} for m in range(1, 7) for d in (3, 5, 13)], count=18,
    ),
    # Columns that are secretly others.
    World(
        "column_is_a_copy", WARNING, "`offered` equals `answered` in all 20 rows: one of the two may be a copy.",
        days(20, offered=50, answered=50, abandoned=0), days(19, offered=50, answered=50, abandoned=0), count=20,
    ),
    World(
        "column_is_a_copy", REFUSED, "`abandoned` equals `offered` in all 20 rows: the file publishes answered + abandoned as “abandoned”.",
        days(20, abandoned=100), days(20, abandoned=lambda i: 100 - (i == 7)), count=20,
    ),
    World(
        "column_is_a_sum", REFUSED,
        "`callbacks` equals `answered` + `transferred` in all 20 rows where it is not zero: it is their sum, not a count of its own.",
        days(20, transferred=lambda i: i + 1, callbacks=lambda i: 91 + i),
        days(20, transferred=lambda i: i + 1, callbacks=lambda i: 92 + i), count=20,
    ),
    World(
        "column_is_a_sum", REFUSED,
        "`abandoned` is at least `answered` in 20 of 20 rows: the file seems to publish answered + abandoned as “abandoned”.",
        days(20, offered=None, answered=90, abandoned=lambda i: 95 + i), days(20, offered=None, answered=90, abandoned=10), count=20,
    ),
    World(
        "does_not_add_up", WARNING,
        "Answered + abandoned differ from offered by more than 2 % in 1 partner-day (0 above it); "
        "the largest is north, 2026-03-05: 97 against 100 offered.",
        [{"abandoned": 7}], [{"abandoned": 8}],
    ),
    # Names.
    World(
        "markup", REJECTED, "A name holds a formula or markup in 1 row; a spreadsheet or a page would run it.",
        [{"queue": "=1+1"}], [{"queue": "A-1 (new)"}],
    ),
    World(
        "markup", REJECTED, "A name holds a formula or markup in 1 row; a spreadsheet or a page would run it.",
        [{"queue": "<b>A</b>"}], [{"queue": "A < B"}],
    ),
    World(
        "personal_data", REJECTED, "A text column holds an e-mail address, a telephone or card number in 1 row. Personal data never enter.",
        [{"reason": "call ada@example.com"}], [{"reason": "call @home 24"}], "contacts",
    ),
    World(
        "personal_data", REJECTED, "A text column holds an e-mail address, a telephone or card number in 1 row. Personal data never enter.",
        [{"contact_id": "+44 20 7946 0018"}], [{"contact_id": "00123456-7890-4000-8000-123456789012"}], "contacts",
    ),
    World(
        "unknown_partner", REFUSED, "A partner is not known: “Nord” (1 row; did you mean North?).",
        [{"partner": "Nord"}], [{"partner": "NORTH LTD"}],
    ),
    World(
        "unknown_line", REFUSED, "North has no line “Biling”; did you mean Billing?", [{"line": "Biling"}], [{"line": "Billing"}], estate=PLACES,
    ),
    World(
        "unknown_site", REFUSED, "North has no site “Hull”.",
        [{"line": "Orders", "site": "Hull"}], [{"line": "Orders", "site": "Leeds"}], estate=PLACES,
    ),
    World(
        "merged_unit", WARNING,
        "north and south look as if they merged into east on 2026-03-22: the old units end there and the new one begins (an average day has 600 contacts offered before, 600 after).",
        MERGED, [r for p in ("north", "south", "west") for r in days(40, partner=p)] + MERGED[40:60], count=2, estate=FOUR,
    ),
    World(
        "merged_unit", NOTE,
        "north and south look as if they merged into east on 2026-03-22: the old units end there and the new one begins (an average day has 600 contacts offered before, 600 after).",
        MERGED, MERGED[:40], count=2, estate=replace(FOUR, merges=(Merge(("north", "south"), "east", dt.date(2026, 3, 22)),)),
    ),
    # The delivery as a whole.
    World(
        "zeros_for_not_delivered", WARNING,
        "North shows zero on 5 March 2026 to 6 March 2026, against a usual day of 100: taken as not delivered.",
        days(9, offered=lambda i: 0 if i in (3, 4) else 100, answered=0, abandoned=0), days(9, answered=0, abandoned=0), count=2,
    ),
    World(
        "zeros_for_not_delivered", WARNING, "All 2 partners show zero on 10 March 2026: taken as not delivered.",
        [r for p in ("north", "south") for r in days(9, partner=p, offered=lambda i: 0 if i == 8 else 100, answered=0, abandoned=0)],
        [r for p in ("north", "south") for r in days(9, partner=p, offered=lambda i: 0 if i == 8 else 19, answered=0, abandoned=0)], count=2,
    ),
    World(
        "gap", WARNING, "North has no row for 9 March 2026 to 10 March 2026. A missing day is not a day with zero contacts.",
        [r for r in days(28) if r["day"] not in ("2026-03-09", "2026-03-10")],
        [r for r in days(28) if dt.date.fromisoformat(str(r["day"])).weekday() < 5], count=2,
    ),
    World(
        "level_jump", WARNING, "North: a usual day has 400 contacts from 2026-03-02 on, against 100 in the facts published before.",
        days(5, offered=400), days(5, offered=299), count=5,
        before={("north", "", dt.date(2026, 2, 20) + dt.timedelta(days=i)): 100.0 for i in range(5)},
    ),
    World(
        "shifted_rows", REFUSED,
        "In 16 of 24 places the numbers equal those published for the neighbouring line or partner: rows have slipped against their labels.",
        lines_shifted(1), lines_shifted(0), count=16, before=SHIFT_BEFORE,
    ),
    World("duplicates", REFUSED, "1 row repeats the partner, day, length_s of an earlier row.", [{}, {}], [{}, {"day": "2026-03-06"}]),
    World(
        "clock_change", REFUSED,
        "1 row repeats an interval on 25 October 2026, when the clocks changed: local times cannot tell the two hours apart.",
        [{"start_at": t, "length_s": 1800} for t in ("2026-10-25 01:00", "2026-10-25 01:00")],
        [{"start_at": t, "length_s": 1800} for t in ("2026-10-25T01:00:00+01:00", "2026-10-25T01:00:00+00:00")],
    ),
    World(
        "clock_change", REFUSED,
        "1 row repeats an interval on 25 October 2026, when the clocks changed: local times cannot tell the two hours apart.",
        [{"start_at": t} for t in ("2026-10-25 01:00", "2026-10-25 01:00")], [{"start_at": "2026-10-25 01:00"}], "forecasts",
    ),
    World(
        "segments_for_contacts", REFUSED,
        "3 contact numbers occur more than once (3 rows too many): these rows look like segments or transfers, not contacts.",
        numbered(4, "contact_id") + numbered(3, "contact_id"), numbered(4, "contact_id"), "contacts", 3,
    ),
    World(
        "rates_without_counts", REFUSED,
        "The file gives Service level %, Abandon rate but neither contacts offered nor answered: "
        "a rate without its counts can be neither added up nor checked.",
        [{"offered": None, "answered": None, "Service level %": 80, "Abandon rate": 3}], [{"Service level %": 80}], count=2,
    ),
    World("left_out", NOTE, "Not read, and not kept: Agent surname.", [{"Agent surname": "x"}], [{}]),
    World("no_rows", REFUSED, "The file has 0 rows, of which the profile “levelfield_intervals” wants none.", [], [{}], count=0),
)  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    made = Engine()
    yield made
    made.close()


def deliver(folder: Path, world: World, rows: list[Row]) -> Path:
    """Write rows over the base of the shape; a column set to None is left out of the file."""
    full = [{**BASE[world.shape], **row} for row in rows] or [BASE[world.shape]]
    headers = [h for h in dict.fromkeys(k for row in full for k in row) if any(row.get(h) is not None for row in full)]
    path = folder / "delivery.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, headers, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(full if rows else [])
    return path


def name_of(world: World) -> str:
    return f"{world.rule} in {world.shape}"


@pytest.mark.parametrize("world", WORLDS, ids=name_of)
def test_it_speaks_where_the_world_is_broken(world, tmp_path, engine):
    seen = look(
        deliver(tmp_path, world, world.broken), profile=f"levelfield_{world.shape}", options=world.options,
        estate=world.estate, engine=engine, before=world.before,
    )  # fmt: skip
    told = [(f.severity, f.sentence, f.count) for f in seen.findings if f.rule == world.rule]
    assert told == [(world.severity, world.sentence, world.count)]
    if world.severity is REJECTED:
        assert seen.kept_out == 1


@pytest.mark.parametrize("world", WORLDS, ids=name_of)
def test_it_is_silent_where_the_world_is_whole(world, tmp_path, engine):
    seen = look(
        deliver(tmp_path, world, world.whole), profile=f"levelfield_{world.shape}", options=world.options,
        estate=world.whole_estate or world.estate, engine=engine, before=world.before,
    )  # fmt: skip
    assert world.rule not in {f.rule for f in seen.findings}


def test_no_rule_is_left_without_a_world():
    every = {
        "duplicates", "clock_change", "segments_for_contacts", "unknown_line", "unknown_site", "column_is_a_sum", "rates_without_counts", "left_out",
        "no_rows",
    }  # fmt: skip
    for shape in SHAPES:
        own = own_format(shape)
        headers = tuple(f.sources[0] for f in own.fills)
        seen = Look(Reading(headers, own, ESTATE, {}, "k"), dt.date(2026, 1, 1))
        every |= {r.name for r in (*row_rules(seen), *table_rules(seen))} - {"unknown_place"}
    assert {w.rule for w in WORLDS} == every


def test_zeros_can_be_declared_real(tmp_path, engine):
    world = next(w for w in WORLDS if w.rule == "zeros_for_not_delivered")
    seen = look(deliver(tmp_path, world, world.broken), options={"zeros_are_real": "yes"}, engine=engine)
    assert "zeros_for_not_delivered" not in seen.rules
    assert seen.rows_good == 9


def test_new_partners_and_lines_can_be_welcomed(tmp_path, engine):
    for rule in ("unknown_partner", "unknown_line"):
        world = next(w for w in WORLDS if w.rule == rule)
        seen = look(
            deliver(tmp_path, world, world.broken), options={"add_unknown": "yes"}, estate=world.estate, engine=engine
        )
        assert rule not in seen.rules


def test_days_are_told_as_spans():
    first = dt.date(2026, 3, 30)
    assert (
        spans([first, first + dt.timedelta(1), first + dt.timedelta(3)])
        == "30 March 2026 to 31 March 2026, 2 April 2026"
    )


def test_a_quiet_partner_may_have_a_day_without_contacts():
    quiet = [{"partner": "p", "day": dt.date(2026, 3, d), "volume": v} for d, v in ((1, 3), (2, 0), (3, 19))]
    assert zero_days(quiet) == {}
