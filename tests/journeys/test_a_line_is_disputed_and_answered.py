"""Noor disputes a line of a statement, Ada answers it, and Sol finds nothing: in a real browser, with the real server."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ..conftest import interval_file
from ..web.settlement.conftest import AGREEMENT, forecast_file
from .test_a_file_in_and_both_sides_see_it import REPOSITORY, browser, joined, levelfield, wait_for

pytestmark = pytest.mark.browser
__all__ = ["browser"]
STATEMENT = "/statements/north/2026-02/"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A house with North's agreement, published just now, so that the clock of a dispute has begun today."""
    home = tmp_path_factory.mktemp("account")
    files = []
    for partner, mark in (("north", "NNNNNNNNN"), ("south", "SSSSSSSSS")):
        files.append(home / f"{partner}.csv")
        files[-1].write_text(interval_file(partner, mark), encoding="utf-8")
    levelfield(home, "publish", *map(str, files), "--add-unknown", "--home", str(home))
    (home / "forecasts.csv").write_text(forecast_file(), encoding="utf-8")
    levelfield(home, "publish", str(home / "forecasts.csv"), "--home", str(home))
    (home / "agreements").mkdir(exist_ok=True)
    (home / "agreements" / "north-002.toml").write_text(AGREEMENT.replace("DISPUTE_DAYS", "5"), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    links = {}
    for name, partner in (("Ada", ""), ("Noor", "north"), ("Sol", "south")):
        own = ["--partner", partner] if partner else ["--role", "vendor_manager"]
        words = ["invite", f"{name.lower()}@{partner or 'client'}.example", name, "--site", base, "--home", str(home)]
        links[name] = levelfield(home, *words, *own)
    server = subprocess.Popen(
        [sys.executable, "-m", "levelfield_cli", "serve", "--home", str(home), "--port", str(port)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "levelfield_web.settings"},
        cwd=REPOSITORY,
    )
    wait_for(f"{base}/sign-in/")
    yield base, home, links
    server.send_signal(signal.SIGTERM)
    server.wait(timeout=20)


def opened(page: Page, base: str, line: str) -> None:
    """The statement with the derivation of one line open."""
    page.goto(base + STATEMENT)
    page.locator("summary", has_text=f"How {line} came out").click()


@pytest.mark.parametrize(
    ("javascript", "line"), [(True, "in_time"), (False, "abandoned")], ids=["with JavaScript", "without JavaScript"]
)
def test_noor_disputes_a_line_and_ada_answers(browser, house, javascript, line):
    base, _, _ = house
    noor = joined(browser, house, "Noor", java_script_enabled=javascript)
    opened(noor, base, line)
    expect(noor.get_by_role("heading", level=1)).to_contain_text("north owes the client")
    place = noor.locator(f"#line-{line} + tr")
    place.locator("summary", has_text="Dispute this line").click()
    place.get_by_label("Why you do not accept it").fill("Our platform counted 90 more in time.")
    place.get_by_label("Evidence").fill("Export of 3 March, sheet 2.")
    place.get_by_label("Link to a page of this house").fill("/partners/north/measures/service_level/")
    place.get_by_role("button", name="Raise the dispute").click()
    expect(noor.locator("main")).to_contain_text("1 line is in dispute and set aside.")

    ada = joined(browser, house, "Ada", java_script_enabled=javascript)
    ada.goto(f"{base}/today/")
    waiting = ada.get_by_role("link", name=re.compile(f"{line} of .* is in dispute"))
    if waiting.count():
        waiting.click()
        ada.locator("summary", has_text=f"How {line} came out").click()
    else:  # the worker has not counted the months yet
        opened(ada, base, line)
    place = ada.locator(f"#line-{line} + tr")
    expect(place).to_contain_text("Our platform counted 90 more in time.")
    place.get_by_label("Your answer").fill("Your export is right; ours missed a queue.")
    place.get_by_role("button", name="Accept: the line falls").click()

    noor.goto(base + STATEMENT)
    expect(noor.locator(f"#line-{line} + tr")).to_contain_text("The dispute was accepted; the line falls")
    noor.goto(f"{base}/ledger/north/")
    expect(noor.locator("tr", has_text="2026-02").first).to_contain_text("0.00")
    assert ada.problems == []
    assert noor.problems == []


def test_sol_finds_nothing_of_norths_account(browser, house):
    base, _, _ = house
    sol = joined(browser, house, "Sol")
    for address in (STATEMENT, "/statements/north/", "/ledger/north/", "/what-if/north/", "/forecast-locks/north/", "/excused/north/"):  # fmt: skip
        answer = sol.goto(base + address)
        assert answer is not None
        assert answer.status == 404
        assert "north" not in sol.locator("main").inner_text().lower()
    sol.goto(f"{base}/statements/")
    assert "NNNNNNNNN" not in sol.content()
    assert "north" not in sol.locator("main").inner_text().lower()


PAGES = (
    "/statements/", "/statements/north/", STATEMENT, "/ledger/north/", "/what-if/north/?target=in_time&expected=75",
    "/what-if/north/?target=in_time&minimum=99", "/forecast-locks/north/", "/excused/north/", "/agreements/north/2/", "/statements/south/",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_account_are_accessible_and_fit_a_phone(browser, house, scheme):
    base, _, _ = house
    ada = joined(browser, house, "Ada", color_scheme=scheme, viewport={"width": 390, "height": 844})
    for address in PAGES:
        ada.goto(base + address)
        for details in ada.locator("details").all():
            details.evaluate("d => { d.open = true }")
        found = Axe().run(ada, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, f"{address} {scheme}: {found.generate_report()}"
        wide = ada.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address}: {wide} pixels wider than the phone"
