"""What somebody wrote into a file never runs in somebody else's spreadsheet."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from levelfield_io.exporting import export, verify
from levelfield_io.publishing import Parcel, publish
from levelfield_io.store import Store

from ...conftest import interval_file
from .conftest import work_off

pytestmark = pytest.mark.django_db
FORMULAS = ("=HYPERLINK(1)", "@SUM(A1)", "+cmd|x", "-SUM(A1)")


def cells_of(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text)) for cell in row]


def runs(cell: str) -> bool:
    """Would a spreadsheet take the cell for a formula?"""
    if not cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_a_name_is_kept_out_and_quoted_in_every_download(ada, signed_in, deliver, formula):
    browser = signed_in(ada)
    lines = interval_file("north", "NNNNNNNNN", offered=70).splitlines()
    cells = lines[3].split(",")
    cells[6] = formula  # the queue
    lines[3] = ",".join(cells)
    delivery = deliver(browser, "\n".join(lines) + "\n", name="=1+1.csv")
    assert delivery.rows_kept_out == 1, delivery.findings
    quarantine = b"".join(browser.get(f"/data/deliveries/{delivery.public_id}/kept-out.csv").streaming_content)
    findings = browser.get(f"/data/deliveries/{delivery.public_id}.csv").content
    for body in (quarantine, findings, browser.get("/data.csv").content, browser.get("/today.csv").content):
        found = cells_of(body.decode("utf-8-sig"))
        assert found
        assert not [cell for cell in found if runs(cell)]
    assert f"'{formula}" in cells_of(quarantine.decode("utf-8-sig"))


def test_a_name_that_only_looks_like_a_sum_is_quoted_wherever_it_goes(ada, signed_in, deliver):
    """“-2+3” may be somebody's line of business; a spreadsheet would show 1."""
    browser = signed_in(ada)
    odd = "-2+3+cmd|x"
    body = interval_file("north", "NNNNNNNNN", offered=71).replace("NNNNNNNNN-Orders", odd)
    delivery = deliver(browser, body, add_unknown="on")
    browser.post(f"/data/deliveries/{delivery.public_id}/publish/")
    work_off()
    delivery.refresh_from_db()
    assert delivery.publications, delivery.findings
    split = browser.get("/partners/north/measures/service_level.csv?grain=month&by=line")
    cells = cells_of(split.content.decode("utf-8-sig"))
    assert any(odd in cell for cell in cells)
    for address in ("/partners/north.csv", "/today.csv"):
        cells += cells_of(browser.get(address).content.decode("utf-8-sig"))
    packed = browser.get(f"/data/publications/north/{delivery.publications['north']}/export.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content))) as archive:
        name = next(n for n in archive.namelist() if n.endswith("values.csv"))
        cells += cells_of(archive.read(name).decode("utf-8"))
    assert not [cell for cell in cells if runs(cell)]


@pytest.mark.parametrize("odd", ["-3", "-1e9", "-2+3"])
def test_a_label_in_an_export_is_text_even_where_it_could_be_a_number_and_the_export_proves_itself(
    home, tmp_path, monday, odd
):
    store = Store(home)
    path = tmp_path / "odd.csv"
    path.write_text(
        interval_file("north", "NNNNNNNNN", days=3, offered=72).replace("NNNNNNNNN-Orders", odd), encoding="utf-8"
    )
    outcome = publish([Parcel(path, None, {"add_unknown": "yes"})], store, by="Ada", at=monday)
    folder = export(store, "north", outcome.records[0].id, tmp_path / "out", "EUR")
    with (folder / "values.csv").open(encoding="utf-8", newline="") as stream:
        lines = {row["line"] for row in csv.DictReader(stream)}
    assert f"'{odd}" in lines and odd not in lines
    assert all(check.right for check in verify(folder, tmp_path / "again"))
