"""One file in, the same numbers for both sides, in a real browser with the real server and worker."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ..conftest import interval_file

pytestmark = pytest.mark.browser
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PASSWORD = "seven calm rivers"
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A house served as `levelfield serve` serves it, with North and South published and both sides invited."""
    home = tmp_path_factory.mktemp("journey")
    for partner, mark in (("north", "NNNNNNNNN"), ("south", "SSSSSSSSS")):
        (home / f"{partner}.csv").write_text(interval_file(partner, mark), encoding="utf-8")
    levelfield(home, "publish", str(home / "north.csv"), str(home / "south.csv"), "--add-unknown", "--home", str(home))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    links = {
        name: levelfield(
            home,
            "invite",
            f"{name.lower()}@{partner or 'client'}.example",
            name,
            "--site",
            base,
            "--home",
            str(home),
            *(["--partner", partner] if partner else []),
        )
        for name, partner in (("Ada", ""), ("Noor", "north"), ("Sol", "south"))
    }
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "levelfield_web.settings"}
    server = subprocess.Popen(
        [sys.executable, "-m", "levelfield_cli", "serve", "--home", str(home), "--port", str(port)],
        env=environment,
        cwd=REPOSITORY,
    )
    wait_for(f"{base}/sign-in/")
    yield base, home, links
    server.send_signal(signal.SIGTERM)
    server.wait(timeout=20)


def levelfield(home: Path, *words: str) -> str:
    """The command line; the last line it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "levelfield_cli", *words], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def wait_for(address: str) -> None:
    for _ in range(160):
        try:
            urllib.request.urlopen(address, timeout=1)  # noqa: S310  (our own server)
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        own = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield own
        own.close()


def joined(browser: Browser, house, name: str, **options) -> Page:
    """A browser of somebody who has joined by the link and signed in."""
    base, _, links = house
    page = browser.new_context(**options).new_page()
    page.goto(links[name])
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", PASSWORD)
        if page.locator("input[name=name]").count():
            page.fill("input[name=name]", name)
        page.press("input[name=password]", "Enter")
    if "/today/" not in page.url:
        page.goto(f"{base}/sign-in/")
        page.fill(
            "input[name=email]", f"{name.lower()}@{ {'Noor': 'north', 'Sol': 'south'}.get(name, 'client') }.example"
        )
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/today/")
    page.problems = []  # type: ignore[attr-defined]
    page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)  # type: ignore[attr-defined]
    return page


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_ada_delivers_a_file_publishes_it_and_noor_sees_the_same_number(browser, house, javascript, tmp_path):
    base, _, _ = house
    file = tmp_path / f"march-{javascript}.csv"
    late = interval_file("north", f"N{int(javascript)}", days=75)
    file.write_text(late, encoding="utf-8")
    ada = joined(browser, house, "Ada", java_script_enabled=javascript)
    ada.goto(f"{base}/data/deliver/")
    ada.set_input_files("input[name=file]", str(file))
    ada.check("input[name=add_unknown]")
    ada.get_by_role("button", name="Deliver and look at the file").click()
    ada.wait_for_url("**/data/deliveries/*/")
    until(ada, "looked at", reload=not javascript)
    ada.get_by_role("button", name="Publish these facts").click()
    until(ada, "published", reload=not javascript)
    ada.get_by_role("link", name=re.compile("^P-")).first.click()
    expect(ada.get_by_role("heading", level=1)).to_contain_text("Publication of")
    publication = ada.url.rstrip("/").rsplit("/", 1)[-1]
    ada.get_by_role("button", name="I have seen this publication").click()
    expect(ada.locator("main")).to_contain_text("Ada (client)")

    noor = joined(browser, house, "Noor", java_script_enabled=javascript)
    numbers = {}
    for name, page in (("Ada", ada), ("Noor", noor)):
        page.goto(f"{base}/partners/north/measures/service_level/?grain=month")
        numbers[name] = page.get_by_role("heading", level=1).inner_text()
        page.goto(f"{base}/partners/north/measures/service_level/value/?grain=month&period=2026-02")
        numbers[name] += page.locator(".figure").inner_text() + page.locator("dl.facts").inner_text()
    assert numbers["Ada"] == numbers["Noor"]
    assert publication in numbers["Noor"]
    assert ada.problems == []
    assert noor.problems == []


def until(page: Page, words: str, *, reload: bool) -> None:
    """Wait for a state; without JavaScript a person looks again."""
    for _ in range(120):
        if page.locator(".state", has_text=re.compile(rf"^\W*{words}$")).count():
            return
        if reload:
            page.get_by_role("link", name="Look again").click()
        time.sleep(0.3)
    raise AssertionError(f"never {words}: {page.locator('main').inner_text()[:400]}")


def test_sol_finds_nothing_where_north_is(browser, house):
    base, _, _ = house
    sol = joined(browser, house, "Sol")
    for address in ("/partners/north/", "/partners/north/measures/asa/", "/agreements/north/1/"):
        answer = sol.goto(base + address)
        assert answer is not None
        assert answer.status == 404
        assert "north" not in sol.locator("main").inner_text().lower()
    sol.goto(f"{base}/partners/")
    assert "NNNNNNNNN" not in sol.content()


PAGES = (
    "/today/",
    "/partners/",
    "/partners/north/",
    "/partners/north/measures/asa/?grain=week&by=line",
    "/lab/",
    "/data/",
    "/data/deliver/",
    "/agreements/",
    "/people/",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_phone(browser, house, scheme):
    base, _, _ = house
    ada = joined(browser, house, "Ada", color_scheme=scheme, viewport={"width": 390, "height": 844})
    for address in PAGES:
        ada.goto(base + address)
        found = Axe().run(ada, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, f"{address} {scheme}: {found.generate_report()}"
        wide = ada.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address}: {wide} pixels wider than the phone"
    assert ada.problems == []


def test_the_keyboard_reaches_the_content_first(browser, house):
    base, _, _ = house
    ada = joined(browser, house, "Ada")
    ada.goto(f"{base}/partners/")
    ada.keyboard.press("Tab")
    assert ada.evaluate("document.activeElement.textContent").strip() == "Skip to the content"
    ada.keyboard.press("Enter")
    assert ada.evaluate("document.activeElement.id") == "main"


def test_a_page_prints_light_even_in_the_dark(browser, house):
    base, _, _ = house
    ada = joined(browser, house, "Ada", color_scheme="dark")
    ada.goto(f"{base}/partners/north/")
    ada.emulate_media(media="print", color_scheme="dark")
    background = ada.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background in ("rgb(255, 255, 255)", "rgb(247, 248, 249)", "rgba(0, 0, 0, 0)")
