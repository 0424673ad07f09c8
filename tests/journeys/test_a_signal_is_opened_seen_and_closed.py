"""A service level falls; Ada acknowledges the signal, Noor sets it aside and takes it up, Ada closes it: in a real browser."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ..web.signals.conftest import homes
from .test_a_file_in_and_both_sides_see_it import REPOSITORY, browser, joined, wait_for

pytestmark = pytest.mark.browser
__all__ = ["browser", "homes"]


PREPARED = """
import sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("know_partners")
for name, partner in (("Ada", ""), ("Noor", "north"), ("Sol", "south")):
    call_command("invite_person", f"{name.lower()}@{partner or 'client'}.example", name, partner=partner, site=sys.argv[1])
"""


def served(home: Path) -> Iterator[tuple[str, Path, dict[str, str]]]:
    """A home with its people, served; ends with the server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "levelfield_web.settings", "LEVELFIELD_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", PREPARED, base],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )  # one process for all three: each takes seconds to start
    assert done.returncode == 0, done.stderr
    links = dict(zip(("Ada", "Noor", "Sol"), done.stdout.split()[-3:], strict=True))
    server = subprocess.Popen(
        [sys.executable, "-m", "levelfield_cli", "serve", "--home", str(home), "--port", str(port)],
        env=environment,
        cwd=REPOSITORY,
    )
    wait_for(f"{base}/sign-in/")
    yield base, home, links
    server.send_signal(signal.SIGTERM)
    server.wait(timeout=20)


@pytest.fixture(scope="module")
def house(homes, tmp_path_factory):
    """A house in which Billing fell in the same weeks at both partners, and the worker looks at it by itself."""
    home = tmp_path_factory.mktemp("journey") / "home"
    shutil.copytree(homes("both"), home)
    yield from served(home)


def until_looked_at(page: Page, base: str) -> None:
    """The worker looks at the series in the background; a person looks again."""
    for _ in range(150):
        rows = page.request.get(f"{base}/signals.json").json()["rows"]
        if {row["partner"] for row in rows} == {"north", "south"}:
            page.goto(f"{base}/today/")
            return
        time.sleep(0.4)
    raise AssertionError("nobody looked at the series")


@pytest.mark.parametrize(
    ("javascript", "link"),
    [(True, re.compile("^NNNNNNNNN-Billing$")), (False, re.compile("Service level fell in"))],
    ids=["with JavaScript", "without JavaScript"],
)
def test_ada_acknowledges_noor_sets_aside_and_ada_closes(browser, house, javascript, link):
    base, _, _ = house
    ada = joined(browser, house, "Ada", java_script_enabled=javascript)
    until_looked_at(ada, base)
    expect(ada.locator("main")).to_contain_text("Look at your own house first")
    ada.locator("tr", has=ada.get_by_role("link", name="Partner North", exact=True)).get_by_role(
        "link", name=link
    ).click()
    expect(ada.get_by_role("heading", level=1)).to_contain_text("fell in 2026-W04")
    sentence, address = ada.get_by_role("heading", level=1).inner_text(), ada.url
    ada.get_by_role("button", name="Acknowledge the signal").click()
    expect(ada.locator("dl.facts").first).to_contain_text(re.compile(r"Seen by the client\s*Ada"))
    expect(ada.get_by_role("button", name="Acknowledge the signal")).to_have_count(0)

    noor = joined(browser, house, "Noor", java_script_enabled=javascript)
    noor.goto(f"{base}/today/")
    assert "own house" not in noor.locator("main").inner_text()
    noor.locator("tbody").get_by_role("link", name=link).click()
    assert noor.url == address
    assert noor.get_by_role("heading", level=1).inner_text() == sentence
    expect(noor.locator("dl.facts").first).to_contain_text(re.compile(r"Seen by the client\s*Ada"))
    noor.locator("summary", has_text="Set the signal aside").click()
    noor.get_by_label("Until").fill((dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=10)).isoformat())
    noor.get_by_label("Why").fill("The new class starts on Monday.")
    noor.get_by_role("button", name="Set the signal aside").click()
    expect(noor.locator("main")).to_contain_text("set aside until")
    noor.goto(f"{base}/today/")
    assert noor.locator(f'a[href="{address.removeprefix(base)}"]').count() == 0
    ada.goto(f"{base}/signals/")
    aside = ada.locator("table", has=ada.locator("#aside-signals"))
    expect(aside).to_contain_text("The new class starts on Monday.")

    noor.goto(address)
    noor.get_by_role("button", name="Take the signal up again").click()
    expect(noor.locator("summary", has_text="Set the signal aside")).to_be_visible()

    ada.goto(address)
    ada.locator("summary", has_text="Close the signal").click()
    ada.get_by_label("accepted as the new level").check()
    ada.get_by_label("In your words").fill("Agreed in the review of March.")
    ada.get_by_role("button", name="Close the signal").click()
    expect(ada.locator("main")).to_contain_text("accepted as the new level")
    noor.goto(address)
    expect(noor.locator("dl.facts").first).to_contain_text("Agreed in the review of March.")
    expect(noor.get_by_role("button", name="Close the signal")).to_have_count(0)
    noor.goto(f"{base}/signals/")
    expect(noor.locator("table", has=noor.locator("#closed-signals"))).to_contain_text("accepted as the new level")
    assert ada.problems == []
    assert noor.problems == []


def test_sol_finds_nothing_of_norths_signals(browser, house):
    base, _, _ = house
    ada, sol = joined(browser, house, "Ada"), joined(browser, house, "Sol")
    until_looked_at(ada, base)
    rows = ada.request.get(f"{base}/signals.json").json()["rows"]
    theirs = [r["signal"] for r in rows if r["partner"] == "north"]
    assert len(theirs) == 2
    for one in theirs:
        answer = sol.goto(f"{base}/signals/{one}/")
        assert answer is not None
        assert answer.status == 404
    for address in ("/signals/", "/today/", "/signals.json", "/today.json"):
        sol.goto(base + address)
        assert "NNNNNNNNN" not in sol.content()
        assert not any(one in sol.content() for one in theirs)
    answer = sol.goto(f"{base}/comparison/")
    assert answer is not None
    assert answer.status == 403
    assert "north" not in sol.locator("main").inner_text().lower()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_signals_are_accessible_and_fit_a_phone(browser, house, scheme):
    base, _, _ = house
    ada = joined(browser, house, "Ada", color_scheme=scheme, viewport={"width": 390, "height": 844})
    until_looked_at(ada, base)
    rows = ada.request.get(f"{base}/signals.json").json()["rows"]
    open_ = next(r["signal"] for r in rows if r["partner"] == "south" and r["state"] == "open")
    closed = [r["signal"] for r in rows if r["state"] == "closed"][:1]
    pages = (
        "/today/", "/signals/", "/signals/?partner=south", *(f"/signals/{one}/" for one in (open_, *closed)), "/comparison/?period=2026-02",
        "/verdicts/", "/partners/north/measures/service_level/?grain=week&line=NNNNNNNNN-Billing",
    )  # fmt: skip
    for address in pages:
        ada.goto(base + address)
        for details in ada.locator("details").all():
            details.evaluate("d => { d.open = true }")
        found = Axe().run(ada, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, f"{address} {scheme}: {found.generate_report()}"
        wide = ada.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address}: {wide} pixels wider than the phone"
    assert ada.problems == []
