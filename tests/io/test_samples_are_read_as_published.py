"""Every profile reads a small file in the published format. The sums were made from the list of contacts, not from the file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from levelfield.same_data.profile import find_header, recognises
from levelfield.same_data.reading import Reading
from levelfield_io.engine import Engine
from levelfield_io.opening import kind_of, open_table
from levelfield_io.profiles_at_hand import profiles, recognised
from looks import look

FILES = Path(__file__).parent / "files"
SHARED = Path(__file__).parents[3] / "shared" / "data"
NORTH = {"partner": "north"}


@dataclass(frozen=True)
class Sample:
    """A file, what must be told with it, and what must come out."""

    file: str
    rows: int  # good rows
    sums: dict[str, int]
    first: dict[str, object]
    passed_over: int = 0
    earlier: int = 0
    rules: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)

    @property
    def profile(self) -> str:
        """The profile has the name of its sample."""
        return self.file.split(".")[0]


def at(*parts: int) -> dt.datetime:
    """A moment as it is stored: UTC, naive."""
    return dt.datetime(*parts)  # type: ignore[arg-type]


SAMPLES = (
    # Two records come twice (one of them the older version last), one is outbound, one never reached a queue.
    Sample(
        "amazon_connect_contacts.jsonl", 10,
        {"answered": 7, "wait_ms": 207_000, "talk_ms": 1_570_000, "hold_ms": 110_000, "wrap_ms": 180_000,
         "transferred": 1, "callback": 1},
        {"contact_id": "00000001-0000-4000-8000-000000000000", "queue": "Billing", "site": "Leeds", "channel": "voice",
         "reason": "billing", "arrived_at": at(2026, 11, 2, 9, 7), "updated_at": at(2026, 11, 2, 10, 7)},
        passed_over=2, earlier=2,
    ),
    # The thirteenth row is all “--”: an interval that is known to exist and of which nothing is known.
    Sample(
        "amazon_connect_metrics.csv", 13,
        {"offered": 306, "answered": 288, "abandoned": 18, "answered_within": 252, "abandoned_within": 9,
         "talk_ms": 57_600_000, "hold_ms": 2_880_000, "wrap_ms": 8_640_000, "transferred": 12},
        {"queue": "Billing", "length_s": 1800, "start_at": at(2026, 11, 2, 9), "threshold_ms": 20_000,
         "longest_wait_ms": 65_000},
    ),
    # One conversation stayed in the menu, one was outbound, one comes open and again closed, one was passed to another agent.
    Sample(
        "genesys_conversations.json", 8,
        {"answered": 6, "wait_ms": 9001 + 9002 + 42_000 + 9006 + 9007 + 9008 + 42_000 + 9010,
         "talk_ms": 6 * 100_500 + 50_000, "hold_ms": 6 * 20_250, "wrap_ms": 6 * 15_000, "transferred": 1},
        {"contact_id": "c001", "queue": "q-1", "channel": "voice", "segments": 4,
         "arrived_at": at(2026, 11, 2, 9, 11, 0, 250_000)},
        passed_over=2, earlier=1,
    ),
    Sample(
        "teleopti_queue.txt", 24,
        {"offered": 902, "answered": 857, "abandoned": 41, "answered_within": 769, "abandoned_within": 29,
         "short_abandoned": 17, "wait_answered_ms": 12_855_000, "wait_abandoned_ms": 1_640_000,
         "talk_ms": 197_110_000, "wrap_ms": 21_425_000, "length_s": 24 * 1800},
        {"queue": "801", "line": "Billing", "start_at": at(2026, 11, 2, 9), "offered": 30, "answered": 29,
         "threshold_ms": 30_000, "short_ms": 5_000},
        options={"threshold_s": "30", "short_s": "5"},
    ),
    # One contact comes again with its after-contact work, one never had a skill; a name holds a comma.
    Sample(
        "nice_cxone_contacts.csv", 8,
        {"answered": 6, "wait_ms": 161_000, "talk_ms": 1_070_000, "hold_ms": 47_000, "wrap_ms": 88_000},
        {"contact_id": "1001", "queue": "Billing", "program": "Care", "channel": "voice", "arrived_at": at(2026, 11, 2, 9, 3)},
        passed_over=1, earlier=1,
    ),
    # The 2nd of December is absent.
    Sample(
        "nice_iex_forecast.txt", 16,
        {"volume_milli": 248_000, "required_milli": 86_000, "aht_ms": 4_856_000, "length_s": 16 * 900},
        {"queue": "Billing", "program": "Care", "version": "lock", "start_at": at(2026, 12, 1, 8),
         "made_at": at(2026, 11, 1, 6), "volume_milli": 10_250, "day": dt.date(2026, 12, 1)},
        options={"version": "lock", "made_at": "2026-11-01T06:00:00Z"},
    ),
    # One call is an outbound one, one has “[None]” for its agent, one has a talk time above an hour.
    Sample(
        "five9_call_log.csv", 9,
        {"answered": 6, "wait_ms": 304_000, "talk_ms": 4_525_000, "hold_ms": 95_000, "wrap_ms": 83_000, "transferred": 2,
         "callback": 1},
        {"contact_id": "300001", "queue": "Care", "reason": "Solved", "arrived_at": at(2026, 11, 2, 9, 2)},
        passed_over=1,
    ),
    # Fractions of a day, rounded to seven decimals for the wait: whole seconds come out.
    Sample(
        "talkdesk_calls_2025.json", 9,
        {"answered": 5, "wait_ms": 240_000, "talk_ms": 1_153_000, "hold_ms": 48_000, "transferred": 1, "callback": 1},
        {"contact_id": f"{1:032x}", "queue": "agents", "wait_ms": 6_000, "arrived_at": at(2026, 3, 2, 9, 4)},
        passed_over=1,
    ),
    # One call is outbound, one is marked as damaged.
    Sample(
        "talkdesk_calls.csv", 8,
        {"answered": 4, "wait_ms": 215_000, "talk_ms": 1_108_000, "hold_ms": 48_000, "transferred": 1},
        {"contact_id": "call0001", "queue": "care", "site": "Leeds", "arrived_at": at(2026, 11, 2, 9, 4)},
        passed_over=2,
    ),
    # The eleventh call is still waiting when the file ends.
    Sample(
        "asterisk_queue_log.log", 10,
        {"answered": 7, "wait_ms": 156_000, "talk_ms": (849 - 80) * 1000, "transferred": 1},
        {"queue": "care", "arrived_at": at(2026, 11, 2, 9, 1), "wait_ms": 5_000, "talk_ms": 120_000},
    ),
    # Ticket 503 comes twice: before and after it was solved.
    Sample(
        "zendesk_ticket_metrics.json", 8,
        {"first_reply_ms": 16_680_000, "resolution_ms": 318_900_000, "reopens": 3, "replies": 17},
        {"ticket_id": "501", "opened_at": at(2026, 11, 2, 14), "solved_at": at(2026, 11, 2, 18), "line": "Care",
         "solved_on": dt.date(2026, 11, 2)},
        earlier=1, options={"line": "Care"},
    ),
    # Three header rows, a wording with a line break, a preview, a piece of spam, two blanks.
    Sample(
        "qualtrics_survey.csv", 10, {"responded": 8, "score_milli": 29_000},
        {"response_id": "R_0000", "question": "csat", "contact_id": "call0000", "score_milli": 5_000,
         "scale_low_milli": 1_000, "scale_high_milli": 5_000, "language": "EN", "answered_at": at(2026, 11, 2, 9)},
        passed_over=2,
    ),
    Sample(
        "qualtrics_nps.csv", 9, {"responded": 8, "score_milli": 53_000},
        {"response_id": "R_0000", "question": "nps", "score_milli": 10_000, "scale_low_milli": 0, "scale_high_milli": 10_000},
        passed_over=1,
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    """One engine for all samples: each look replaces the last."""
    made = Engine()
    yield made
    made.close()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.profile)
def test_the_sample_is_recognised_and_read_to_the_last_second(sample, engine):
    seen = look(FILES / sample.file, options={**NORTH, **sample.options}, engine=engine)
    assert seen.profile == sample.profile
    assert (seen.rows_good, seen.kept_out, seen.rules) == (sample.rows, 0, list(sample.rules))
    assert {column: seen.total(column) for column in sample.sums} == sample.sums
    assert {column: seen.facts[0][column] for column in sample.first} == sample.first
    assert {row["partner"] for row in seen.facts} == {"north"}
    counts = {f.rule: f.count for f in seen.findings}
    assert (counts.get("not_wanted", 0), counts.get("earlier_version", 0)) == (sample.passed_over, sample.earlier)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.profile)
def test_no_person_enters_the_facts(sample, engine):
    seen = look(FILES / sample.file, options={**NORTH, **sample.options}, engine=engine)
    text = repr(seen.facts)
    for told in ("Invented", "555000", "@", "agent-1", "192.0.2.1", "+44"):
        assert told not in text


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.profile)
def test_without_a_partner_the_file_is_refused_in_words(sample, engine):
    from levelfield.words import Refusal

    with pytest.raises(Refusal, match="Name the partner"):
        look(FILES / sample.file, options=sample.options, engine=engine)


def test_no_profile_takes_the_file_of_another(engine, tmp_path):
    """Of all that recognise a sample, its own profile comes first."""
    for sample in SAMPLES:
        path = FILES / sample.file
        own = profiles()[sample.profile]
        opened = open_table(engine, path, sample.file, own.layout, tmp_path)
        known = [p.name for p in recognised(opened.headers, kind_of(path))]
        if sample.profile == "teleopti_queue":  # no header to recognise it by; `look` finds it by its 21 columns
            assert known == []
            continue
        assert known[0] == sample.profile
        assert set(known) - {sample.profile} <= {"qualtrics_survey"}


def test_every_profile_reads_headers_its_sample_has(engine, tmp_path):
    """A profile that waits for a header nobody writes would stay silent about it."""
    may_lack = {
        "Attributes.line", "Attributes.language", "Attributes.resolved", "Attributes.tenure_band",  # set by a client's own flows
        "Contacts transferred in from queue", "Contacts transferred out from queue", "$wording", "handling_user_id",
        "lastUpdateTime", "dateContactWarehoused",
    }  # fmt: skip
    from looks import ESTATE

    for sample in SAMPLES:
        own = profiles()[sample.profile]
        opened = open_table(engine, FILES / sample.file, sample.file, own.layout, tmp_path)
        reading = Reading(opened.headers, own, ESTATE, {}, "k")
        for fill in own.fills:
            if fill.reads and not any(reading.header(n) for n in fill.reads):
                assert set(fill.reads) <= may_lack, (sample.profile, fill.to, fill.reads)


def test_headers_that_look_alike_do_not_mislead():
    amazon, talkdesk = profiles()["amazon_connect_metrics"], profiles()["talkdesk_calls"]
    assert not recognises(amazon, ("Queue", "Contacts queued", "Contacts handled"))
    assert not recognises(talkdesk, ("call_id", "type", "start_at", "wait_time"))
    assert find_header("transfer?", ("Transfer",)) == "Transfer"


# The same profiles on real files, which are not part of the repository.

real = pytest.mark.skipif(
    not SHARED.is_dir(), reason="../shared/data is not here: real files are not part of the project"
)


@real
@pytest.mark.parametrize("number", [1, 2])
def test_a_real_amazon_record_is_read(number, engine):
    seen = look(SHARED / "platform-samples" / f"amazon_connect_ctr_{number}.json", options=NORTH, engine=engine)
    assert (seen.profile, seen.rows_read, seen.kept_out) == ("amazon_connect_contacts", 1, 0)
    if number == 1:
        (row,) = seen.facts
        assert (row["wait_ms"], row["talk_ms"], row["hold_ms"], row["wrap_ms"]) == (346_000, 239_000, 221_000, 5_000)


@real
@pytest.mark.parametrize("number", [1, 2])
def test_a_real_genesys_conversation_is_read(number, engine):
    seen = look(SHARED / "platform-samples" / f"genesys_conversation{number}.json", options=NORTH, engine=engine)
    assert (seen.profile, seen.rows_read, seen.kept_out) == ("genesys_conversations", 1, 0)
    if number == 1:
        assert (seen.facts[0]["wait_ms"], seen.facts[0]["talk_ms"]) == (11_179, 374_561)


@real
def test_the_real_daily_report_has_its_undelivered_week_set_aside(engine):
    seen = look(SHARED / "nhs111-daily" / "nhs111_daily.csv", options={"add_unknown": "yes"}, engine=engine)
    assert (seen.rows_read, seen.rows_good, seen.kept_out) == (1862, 1757, 105)
    assert seen.rules.count("zeros_for_not_delivered") == 2


@real
def test_the_real_monthly_set_tells_the_merger_of_october_2015(engine):
    path = SHARED / "nhs111-monthly" / "nhs111_calls_by_provider_month.csv"
    seen = look(path, options={"add_unknown": "yes"}, engine=engine)
    assert (seen.rows_read, seen.kept_out) == (534, 0)
    assert "111AF5 and 111AF6 look as if they merged into 111AF8 on 2015-10-01" in seen.rule("merged_unit").sentence
