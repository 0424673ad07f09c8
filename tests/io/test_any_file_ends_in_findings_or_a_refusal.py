"""Hundreds of damaged and nonsensical files of every shape: each is looked at or refused, none breaks the look."""

from __future__ import annotations

import json
import string
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levelfield.same_data.shapes import SHAPES
from levelfield.words import Refusal
from levelfield_io.engine import Engine
from levelfield_io.profiles_at_hand import own_format
from looks import look

FILES = Path(__file__).parent / "files"
ENGINE = Engine()
MOMENTS = (
    "2026-03-05T10:00:00Z",
    "2026-03-29 01:30:00",
    "2026-10-25T01:30:00+01:00",
    "05/03/2026",
    "20260305",
    "infinity",
    "epoch",
)
ODD = st.one_of(
    st.sampled_from(
        ("", "-", "--", "0", "-1", "1e999", "nan", "inf", "-inf", "9" * 40, "0.0000694", "1:02:03", "99:99:99", "=1+1", "@x", "<b>",
         "a@b.example", "+44 20 7946 0000", "yes", "no", "north", "North Ltd", "csat", "random", "client", "\ufeff", "'", '"', "\\", "\u2028",
         "DROP TABLE raw; --", "{0}", "%s", "$partner", "2" * 200, *MOMENTS)
    ),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.text(max_size=12),
    st.text(alphabet=string.printable, max_size=12),
)  # fmt: skip
GOOD = {
    "partner": "north", "day": "2026-03-05", "start_at": "2026-03-05T10:00:00Z", "length_s": "1800", "question": "csat", "responded": "yes",
    "scored_by": "client", "sample": "random", "owner": "client", "answered": "1", "currency": "GBP", "made_at": "2026-03-01T00:00:00Z",
}  # fmt: skip
FUZZ = settings(
    max_examples=100, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def survives(body: bytes, suffix: str = ".csv", **told: object) -> None:
    """A look at these bytes gives findings or a refusal in words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report{suffix}"
        path.write_bytes(body)
        try:
            seen = look(path, engine=ENGINE, **told)  # type: ignore[arg-type]
        except Refusal as refusal:
            assert refusal.sentence.strip()
        else:
            assert seen.rows_good + seen.kept_out <= seen.rows_read
            assert len(seen.facts) == seen.rows_good


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, bytes]:
    """A table of one of our shapes in which some columns are gone, shuffled or repeated and some cells are odd."""
    shape = SHAPES[draw(st.sampled_from(sorted(SHAPES)))]
    names = [f.sources[0] for f in own_format(shape.name).fills]
    needed = [f.sources[0] for f in own_format(shape.name).fills if shape[f.to].needed and f.to not in ("day",)]
    others = draw(st.lists(st.sampled_from(names), max_size=8))
    headers = draw(
        st.permutations(list(dict.fromkeys([*needed, *others])) + draw(st.lists(st.sampled_from(names), max_size=1)))
    )
    good = [GOOD.get(h, "1") if not h.endswith("_at") else "2026-03-05T10:00:00Z" for h in headers]
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        row = list(good)
        for at in draw(st.lists(st.integers(0, len(headers) - 1), max_size=4)):
            row[at] = draw(ODD)
        rows.append(row[: draw(st.sampled_from((len(row), len(row), len(row), len(row) - 1)))])
    delimiter = draw(st.sampled_from(",;\t|"))
    quote = draw(st.booleans())
    cell = (lambda c: '"' + c.replace('"', '""') + '"') if quote else (lambda c: c)
    text = "\n".join(delimiter.join(map(cell, r)) for r in [headers, *rows])
    return shape.name, text.encode(draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252"))), "replace")


@settings(FUZZ, max_examples=40)
@given(tables())
def test_tables_of_every_shape(table):
    shape, body = table
    survives(body, profile=f"levelfield_{shape}")


@FUZZ
@given(st.binary(max_size=400))
def test_any_bytes(body):
    survives(body)


@settings(FUZZ, max_examples=12)
@given(st.sampled_from(sorted(p.name for p in FILES.iterdir())), st.data())
def test_samples_that_were_cut_or_overwritten(name, data):
    body = bytearray((FILES / name).read_bytes())
    if data.draw(st.booleans()):
        del body[data.draw(st.integers(0, len(body))) :]
    for at in data.draw(st.lists(st.integers(0, max(len(body) - 1, 0)), max_size=6)):
        if at < len(body):
            body[at : at + 1] = data.draw(st.binary(min_size=1, max_size=3))
    told = {"partner": "north", "version": "v", "made_at": "2026-11-01"}
    survives(bytes(body), Path(name).suffix, options=told)
    survives(bytes(body), Path(name).suffix, options=told, profile=name.split(".")[0])


RECORD_KEYS = ("ContactId", "InitiationTimestamp", "LastUpdateTimestamp", "InitiationMethod", "Queue", "Agent")
INNER_KEYS = ("EnqueueTimestamp", "Duration", "Name", "ConnectedToAgentTimestamp")
NESTED = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda x: st.lists(x, max_size=2) | st.dictionaries(st.sampled_from(INNER_KEYS), x, max_size=3),
    max_leaves=4,
)


@settings(FUZZ, max_examples=10)
@given(st.lists(st.dictionaries(st.sampled_from(RECORD_KEYS), NESTED), min_size=1, max_size=4))
def test_nested_records_of_any_form(records):
    survives(json.dumps(records).encode(), ".json", profile="amazon_connect_contacts", options={"partner": "north"})


@settings(FUZZ, max_examples=10)
@given(
    st.dictionaries(
        st.sampled_from(("zone", "threshold_s", "short_s", "made_at", "version", "line", "question")), ODD, max_size=4
    )
)
def test_any_options(options):
    survives((FILES / "teleopti_queue.txt").read_bytes(), ".txt", options={"partner": "north", **options})


def test_a_row_without_a_day_that_does_not_add_up():
    lines = [
        "partner,day,length_s,offered,answered,abandoned",
        "north,2026-03-05,86400,50,48,2",
        "north,,86400,900,10,2",
    ]
    survives("\n".join(lines).encode(), profile="levelfield_intervals")
