"""The pages that come from the code are in the tree, one per measure; `make check` compares them word for word."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.pages.examples import value_of
from tools.write_docs import ROOT, main, stale, write

from levelfield.measures.catalogue import MEASURES
from levelfield.same_data.shapes import SHAPES

PAGES = ROOT / "docs" / "measures"


def test_every_measure_has_a_page_and_every_page_a_measure():
    assert {p.stem for p in PAGES.glob("*.md")} == {*MEASURES, "index", "shapes"}


@pytest.mark.parametrize("name", ["service_level", "nps", "backlog", "wait_p90", "forecast_bias", "cost_per_hour"])
def test_a_page_shows_what_its_example_gives(name):
    value = value_of(MEASURES[name])
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert value.value is not None
    assert f"| denominator | {'none' if value.denominator is None else format(value.denominator, ',')} |" in text
    assert MEASURES[name].formula.replace("|", "\\|") in text


def test_the_page_of_shapes_names_every_column():
    text = (PAGES / "shapes.md").read_text(encoding="utf-8")
    assert [c for shape in SHAPES.values() for c in shape.names if f"| `{c}` |" not in text] == []


def test_a_stale_a_missing_and_a_forgotten_page_are_each_named(tmp_path):
    written = {Path("docs/measures/a.md"): "a\n", Path("docs/measures/b.md"): "b\n"}
    write(written, tmp_path)
    assert stale(written, tmp_path) == []
    (tmp_path / "docs/measures/a.md").write_text("another\n")
    (tmp_path / "docs/measures/b.md").unlink()
    (tmp_path / "docs/measures/gone.md").write_text("gone\n")
    assert stale(written, tmp_path) == [
        "docs/measures/a.md does not match the code",
        "docs/measures/b.md is missing",
        "docs/measures/gone.md describes what is no longer there",
    ]
    write(written, tmp_path)
    assert stale(written, tmp_path) == []


def test_check_exits_with_one_and_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr("tools.write_docs.pages", lambda: {Path("docs/measures/never.md"): "x"})
    assert main(["--check"]) == 1
    out = capsys.readouterr().out
    assert "docs/measures/never.md is missing" in out and "make docs" in out
