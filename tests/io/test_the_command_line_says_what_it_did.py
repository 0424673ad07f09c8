"""What the commands say beside their tables: nothing there, something hidden, something altered."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
import typer

from levelfield.words import Refusal
from levelfield_cli import check, diff, export, forget, measure, publications, verify
from levelfield_cli.showing import Format, progress_bar
from levelfield_io.publishing import Parcel, publish
from levelfield_io.store import Store

from ..conftest import MONDAY, interval_file

TABLE = Format.TABLE


@pytest.fixture
def own_home(published_home, tmp_path):
    """A copy of the home in which North and South have published, for one test."""
    own = tmp_path / "home"
    shutil.copytree(published_home, own)
    return own


@pytest.fixture
def restated(own_home):
    """North has delivered its days again, with more contacts each."""
    path = own_home / "again.csv"
    path.write_text(interval_file("north", "NNNNNNNNN", offered=66), encoding="utf-8")
    outcome = publish([Parcel(path)], Store(own_home), by="Pat", at=MONDAY + dt.timedelta(days=31))
    return outcome.records[0]


@pytest.fixture
def folder(own_home, tmp_path):
    """North's publication as a folder."""
    id_ = Store(own_home).release.current["north"]
    export.run(id_, tmp_path / "out", home=own_home)
    return tmp_path / "out" / id_


def said(capsys) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_an_empty_house_is_no_empty_table(tmp_path, capsys):
    publications.run(home=tmp_path, form=TABLE)
    told = said(capsys)
    assert "is published in" in told and "levelfield publish FILE" in told
    assert "values changed" not in told


def test_earlier_publications_are_pointed_at(own_home, restated, capsys):
    publications.run(home=own_home, form=TABLE)
    assert "1 earlier one is not shown: add --all." in said(capsys)
    publications.run(everything=True, home=own_home, form=TABLE)
    assert "not shown" not in said(capsys)


def test_an_edition_can_be_found_and_named_again(own_home, capsys):
    store = Store(own_home)
    publications.run(home=own_home, form=TABLE)
    assert f"together are the edition {store.release.edition}" in said(capsys)
    for id_ in (None, [store.release.edition]):
        measure.run(["offered"], id_, home=own_home, form=TABLE)
        told = said(capsys)
        assert f"{store.release.edition[:12]} stands for these publications together" in told
        assert store.release.current["south"][:12] in told
    with pytest.raises(Refusal, match="There is no edition E-000000"):
        measure.run(["offered"], ["E-000000"], home=own_home, form=TABLE)
    with pytest.raises(Refusal, match="is an edition"):
        export.run(store.release.edition, own_home / "out", home=own_home)


def test_differences_are_told_in_the_units_of_their_measures(own_home, restated, capsys):
    diff.run(restated.id, home=own_home, form=TABLE)
    told = capsys.readouterr().out
    line = next(line for line in told.splitlines() if line.startswith("service_level"))
    assert line.count(" %") == 2
    assert next(line for line in told.splitlines() if line.startswith("asa")).count(" s ") == 2


def test_nothing_to_forget_is_said(own_home, capsys):
    forget.run("north", "contacts", "2025-01", "retention", home=own_home)
    assert "Nothing was removed: north has no contacts before 2025-01" in said(capsys)
    forget.run("north", "intervals", "2026-02", "retention", home=own_home)
    assert "1 chunk of intervals before 2026-02 was removed." in said(capsys)


def test_a_guess_names_every_column_once(tmp_path, capsys):
    path = tmp_path / "week.csv"
    path.write_text("partner,day,threshold_s,offered,answered,abandoned\nAcme,2026-03-02,20,10,9,1\n", encoding="utf-8")
    check.run([path], guess="intervals", save_as="mine", home=tmp_path, form=TABLE)
    assert said(capsys).count("threshold_ms") == 1


def test_progress_ends_at_the_whole(capsys):
    with progress_bar("Checking") as told:
        told("looked", 0.9)
    assert "100 %" in capsys.readouterr().err


def test_a_whole_folder_is_right(folder, capsys):
    verify.run(folder, form=TABLE)
    assert "■" not in said(capsys)


def spoilt(folder, capsys) -> str:
    with pytest.raises(typer.Exit) as ended:
        verify.run(folder, form=TABLE)
    assert ended.value.exit_code == 11
    return said(capsys)


def test_a_file_that_nobody_published_is_told(folder, capsys):
    first = next(folder.glob("facts/intervals/*.parquet"))
    shutil.copyfile(first, first.with_name("2031-01.parquet"))
    told = spoilt(folder, capsys)
    assert "facts/intervals/2031-01.parquet: The file is no part of the publication." in told
    assert "Take it out." in told


def test_altered_facts_are_told_with_what_was_expected(folder, capsys):
    months = sorted(folder.glob("facts/intervals/*.parquet"))
    shutil.copyfile(months[1], months[0])
    told = spoilt(folder, capsys)
    assert f"{months[0].name}: The facts are not those that were published:" in told
    assert "Expected 62 with the hash" in told
    assert "Do not use the folder; have the publication exported again." in told


def test_missing_and_unreadable_files_are_told(folder, capsys):
    months = sorted(folder.glob("facts/intervals/*.parquet"))
    months[0].unlink()
    months[1].write_bytes(b"no parquet")
    (folder / "values.csv").unlink()
    told = spoilt(folder, capsys)
    assert f"{months[0].name}: The file is missing. Expected 62 facts" in told
    assert f"{months[1].name}: The file cannot be read. Expected a Parquet file with the columns of intervals." in told
    assert "Values were not computed again" in told


def test_an_altered_value_is_told_with_the_right_one(folder, capsys):
    path = folder / "values.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines) if line.startswith("offered,") and "2026-01" in line)
    right = lines[number].split(",")[4]
    lines[number] = lines[number].replace(right, "1.0", 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = spoilt(folder, capsys)
    assert "1 of" in told and "do not follow from the facts; the first is offered, 2026-01: 1.0." in told
    assert f"Expected {right}." in told
    path.unlink()
    assert "values.csv: The file is missing." in spoilt(folder, capsys)


def test_a_manifest_that_cannot_be_read_is_told_without_riddles(folder):
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Refusal, match="The manifest cannot be read"):
        verify.run(folder, form=TABLE)
