"""Take the pictures of the README from the running product: `make screenshots`.

The demo is built in a folder of its own, served on a free port, and visited as Ada and as Noor.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
OUT = ROOT / "docs" / "pictures"
HOME = Path(os.environ.get("LEVELFIELD_SCREENSHOT_HOME", ROOT / "var-screenshots"))
PASSWORD = "level-the-field"  # noqa: S105  (the demo's)
CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
}
SHOTS = (
    # name, person, address, dark, width, height
    ("today", "ada@client.example", "/today/", False, 1200, 760),
    ("measure", "ada@client.example", "/partners/north/measures/service_level/?grain=week", False, 1200, 860),
    ("scorecard-dark", "noor@north.example", "/partners/north/", True, 1200, 860),
    (
        "value",
        "noor@north.example",
        "/partners/north/measures/service_level/value/?grain=month&period={month}",
        False,
        1200,
        860,
    ),
    ("signal", "noor@north.example", "{signal}", False, 1200, 860),
    ("comparison-dark", "ada@client.example", "/comparison/", True, 1200, 860),
    ("statement", "ada@client.example", "/statements/north/{month}/", False, 1200, 1000),
    ("agreement", "noor@north.example", "/agreements/north/2/", True, 1200, 900),
    ("lab", "ada@client.example", "/lab/", False, 1200, 620),
    (
        "explained",
        "ada@client.example",
        "/explained/south/service_level/?before=2026-W28..2026-W35&after=2026-W38..2026-W40",
        False,
        1200,
        1160,
    ),
    ("case", "ada@client.example", "{case}", False, 1200, 1000),
    ("plan-dark", "noor@north.example", "{plan}", True, 1200, 1000),
    ("own-house-dark", "noor@north.example", "/own-house/north/", True, 1200, 860),
    ("phone", "sol@south.example", "/partners/south/measures/aht/?grain=week", True, 390, 844),
)


def main() -> None:
    """Build, serve, visit, picture."""
    OUT.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "levelfield_cli", "demo", "--no-serve", "--home", str(HOME)], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "levelfield_cli", "serve", "--home", str(HOME), "--port", str(port)]
    )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/sign-in/")
        with sync_playwright() as play:
            browser = play.chromium.launch(**CHROMIUM)
            for name, person, address, dark, width, height in SHOTS:
                context = browser.new_context(
                    color_scheme="dark" if dark else "light", viewport={"width": width, "height": height}
                )
                page = context.new_page()
                sign_in(page, base, person)
                cases = cases_by_state(page, base)
                names = {
                    "month": last_month(page, base),
                    "signal": first_signal(page, base),
                    "case": f"/cases/{cases.get('joint session held', '')}/",
                    "plan": f"/plans/{cases.get('plan proposed', '')}/",
                }
                page.goto(base + address.format(**names))
                page.screenshot(path=OUT / f"{name}.png")
                print(f"{name}.png  {page.title()}")
                context.close()
            browser.close()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def wait_for(address: str) -> None:
    """Until the server answers."""
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except OSError:
            time.sleep(0.25)
    raise SystemExit(f"{address} does not answer")


def sign_in(page: Page, base: str, person: str) -> None:
    """As somebody of the demo."""
    page.goto(f"{base}/sign-in/")
    page.fill("input[name=email]", person)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/today/")


def last_month(page: Page, base: str) -> str:
    """The last whole month of the demo."""
    rows = page.request.get(f"{base}/partners.json").json()["rows"]
    return str(rows[0]["period"])


def first_signal(page: Page, base: str) -> str:
    """The address of the signal that stands first."""
    rows = page.request.get(f"{base}/signals.json").json()["rows"]
    return f"/signals/{rows[0]['signal']}/" if rows else "/signals/"


def cases_by_state(page: Page, base: str) -> dict[str, str]:
    """The names of the demo's cases, by where they stand."""
    return {row["state"]: row["case"] for row in page.request.get(f"{base}/cases.json").json()["rows"]}


if __name__ == "__main__":
    main()
