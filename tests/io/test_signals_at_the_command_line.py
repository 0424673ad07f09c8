"""`levelfield signals`: series of a home and of a file of one's own, and what it says when there is nothing to judge."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from levelfield.signals import judge
from levelfield.words import Grain, Refusal, Series
from levelfield_cli import signals
from levelfield_cli.showing import Format

NOTHING = {
    "measures": None, "partner": None, "publication": None, "by": None, "only": None, "grain": None, "periods": 53, "series": None,
    "length": None, "everything": False, "home": None, "form": Format.JSON,
}  # fmt: skip


def run(capsys, **given):
    signals.run(**{**NOTHING, **given})
    return capsys.readouterr().out


@pytest.fixture
def written(tmp_path):
    """Two series of shares by week: one stable, one that fell."""
    rng = np.random.default_rng(1)
    calm, fallen = rng.binomial(500, 0.85, 52), rng.binomial(500, 0.85, 52)
    fallen[40:] = rng.binomial(500, 0.70, 12)
    path = tmp_path / "weeks.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["series", "period", "numerator", "denominator"])
        for name, own in (("calm", calm), ("fallen", fallen)):
            for week, hits in enumerate(own):
                rows.writerow([name, f"2025-W{week + 1:02d}", hits, 500])
    return path, {"calm": calm, "fallen": fallen}


def test_a_file_gives_what_the_library_gives(written, capsys):
    path, counts = written
    rows = {row["series"]: row for row in json.loads(run(capsys, series=path))}
    for name, own in counts.items():
        reading = judge(Series.shares(own, np.full(52, 500), period="week", start="2024-12-30"))
        assert rows[name]["kind"] == reading.kind
        assert rows[name]["p_value"] == pytest.approx(reading.p_value)
        assert rows[name]["probabilities"] == pytest.approx(dict(reading.probabilities))
    assert rows["calm"]["kind"] == "usual" and rows["calm"]["signal"] is False
    assert rows["fallen"]["kind"] == "sustained" and rows["fallen"]["signal"] is True
    assert rows["fallen"]["onset"] == "2025-W41" and rows["fallen"]["size_low"] < -0.15 < rows["fallen"]["size_high"]


def test_a_table_shows_what_changed_and_how_many_are_false_by_chance(written, capsys):
    told = " ".join(run(capsys, series=written[0], form=Format.TABLE).split())
    assert "fallen" in told and "calm" not in told
    assert "2 series, 2 could be judged. 1 read as changed" in told and "false signals a year" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no series"),
        ("week,score\n1,2\n", "has no series"),
        ("value\n80\nx\n", "row 3, value: “x” is no number"),
        ("numerator,denominator\n5,4\n", "numerator ≤ denominator"),
        ("period,value\n2026-W01,1\n2026-W03,2\n", "every week in order"),
        ("period,value\n2026-W01,1\n2026-W01,2\n", "every period once"),
    ],
)
def test_a_file_that_is_no_series_is_refused(tmp_path, text, words, capsys):
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        run(capsys, series=path, length="week" if "W0" in text else None)
    assert words in caught.value.sentence


def test_a_file_that_is_not_there_and_one_that_is_no_text_are_refused(tmp_path, capsys):
    with pytest.raises(Refusal, match="There is no file"):
        run(capsys, series=tmp_path / "gone.csv")
    path = tmp_path / "bytes.csv"
    path.write_bytes(b"\xff\xfe\x00value\n1\n")
    with pytest.raises(Refusal, match="not UTF-8"):
        run(capsys, series=path)


def test_blanks_of_a_file_are_missing_and_not_zero(tmp_path, capsys):
    path = tmp_path / "own.csv"
    values = [f"{v:.2f}" for v in np.random.default_rng(2).normal(80, 2, 40)]
    values[5] = values[20] = ""
    values[21] = "--"
    path.write_text("value\n" + "\n".join(f'"{v}"' for v in values) + "\n", encoding="utf-8")
    (row,) = json.loads(run(capsys, series=path))
    assert (row["kind"], row["n"]) == ("usual", 37)


def test_the_watched_series_of_a_home_say_why_they_cannot_be_judged(published_home, capsys):
    rows = json.loads(run(capsys, home=published_home))
    assert {row["partner"] for row in rows} == {"north", "south"}
    assert {row["kind"] for row in rows} == {"cannot_judge"} and {row["p_value"] for row in rows} == {None}
    assert any("at least 12 are needed" in row["why"] for row in rows)
    days = json.loads(
        run(capsys, home=published_home, measures=["service_level"], partner="north", grain=Grain.DAY, by="line")
    )
    assert {row["slice"] for row in days} == {None, "line=NNNNNNNNN-Billing", "line=NNNNNNNNN-Orders"}
    assert all(row["kind"] != "cannot_judge" and row["publication"].startswith("P-") for row in days)


def test_csv_has_a_row_a_series(published_home, capsys):
    text = run(
        capsys, home=published_home, measures=["service_level"], partner="north", grain=Grain.DAY, form=Format.CSV
    )
    assert [row["series"] for row in csv.DictReader(io.StringIO(text))] == ["Service level"]


def test_an_empty_home_and_an_unknown_partner_are_refused(published_home, tmp_path, capsys):
    with pytest.raises(Refusal, match="Nothing is published yet"):
        run(capsys, home=tmp_path)
    with pytest.raises(Refusal, match="Nothing is published by “west”"):
        run(capsys, home=published_home, partner="west")
    with pytest.raises(Refusal, match="need a measure"):
        run(capsys, home=published_home, by="line")
