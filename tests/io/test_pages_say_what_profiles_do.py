"""The pages about file formats are generated, and the worked example in the handbook does what the handbook says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from levelfield.same_data.profile import FILL_KEYS, LAYOUT_KEYS, PROFILE_KEYS, UNITS_OF_TIME
from levelfield.same_data.shapes import SHAPES
from levelfield_io.openers import OPENERS
from looks import look

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "make-a-profile.md"


def test_every_profile_has_its_page_and_every_page_its_profile():
    tool = runpy.run_path(str(ROOT / "tools" / "profile_pages.py"))
    for path, text in tool["pages"]().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} has drifted: run python -m tools.profile_pages"
    assert set(tool["FOLDER"].glob("read-*.md")) == set(tool["pages"]())


def test_the_worked_example_gives_the_facts_it_promises(tmp_path):
    (example,) = re.findall(r"```csv\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (profile,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "weekly.csv").write_text(example, encoding="utf-8")
    (tmp_path / "north_weekly.toml").write_text(profile, encoding="utf-8")
    seen = look(tmp_path / "weekly.csv", profile=str(tmp_path / "north_weekly.toml"))
    assert (seen.rows_read, seen.rows_good, seen.rules) == (3, 2, [])
    totals = {c: seen.total(c) for c in ("offered", "answered", "abandoned", "talk_ms", "length_s", "threshold_ms")}
    assert totals == {
        "offered": 2391, "answered": 2251, "abandoned": 140, "talk_ms": 732_510_000, "length_s": 2 * 86_400, "threshold_ms": 40_000,
    }  # fmt: skip


def test_the_handbook_names_every_key():
    text = PAGE.read_text(encoding="utf-8")
    told = set(re.findall(r"`\[?([a-z_]+)\]?`", text))
    not_for_people = {
        "columns",
        "checks",
        "records",
    }  # `columns` heads a section of its own; the others are not read yet
    assert {*PROFILE_KEYS, *LAYOUT_KEYS, *FILL_KEYS, *UNITS_OF_TIME} - told <= not_for_people
    assert all(shape in text for shape in SHAPES)
    assert all(opener in text for opener in OPENERS)
