"""Three cases in a real browser: one whose plan works, one whose cause was the client's, one that does not work and goes up the ladder."""

from __future__ import annotations

import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ..web.signals.conftest import WEEKS, homes, week_file
from .test_a_file_in_and_both_sides_see_it import browser, joined, levelfield
from .test_a_signal_is_opened_seen_and_closed import served, until_looked_at

pytestmark = pytest.mark.browser
__all__ = ["browser", "homes"]

BILLING = "NNNNNNNNN-Billing"


@pytest.fixture(scope="module")
def house(homes, tmp_path_factory):
    """A house in which Billing fell in the same weeks at both partners."""
    home = tmp_path_factory.mktemp("case") / "home"
    shutil.copytree(homes("both"), home)
    yield from served(home)


def at(page: Page, address: str) -> Page:
    """The page at an address, fresh."""
    page.goto(address)
    return page


def said(page: Page, summary: str, button: str, **fields: str) -> None:
    """Open what is folded, fill it in, send it."""
    box = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{re.escape(summary)}"))).last
    if not box.evaluate("d => d.open"):
        box.locator("summary").first.click()
    for name, words in fields.items():
        box.locator(f"[name={name}]").first.fill(words)
    box.get_by_role("button", name=button).first.click()


def moved(page: Page, button: str, **fields: str) -> None:
    """The one primary move of the page."""
    form = page.locator("form", has=page.get_by_role("button", name=button, exact=True)).first
    for name, words in fields.items():
        form.locator(f"[name={name}]").fill(words)
    form.get_by_role("button", name=button, exact=True).click()


def promised(page: Page, **fields: str) -> None:
    """Write a promise on the page of the plan."""
    told = {
        "action": "Eight names on the cover list of every evening", "target": "75", "begins_on": "2026-03-02", "full_on": "2026-03-02", "judged_on": "2026-03-30",
    } | fields  # fmt: skip
    if not page.locator("#write").evaluate("d => d.open"):
        page.locator("#write > summary").click()
    form = page.locator("#write form")
    line = told.pop("line", BILLING)
    form.locator("[name=measure]").select_option("service_level")
    form.locator("[name=line]").select_option(line)
    for name, words in told.items():
        form.locator(f"[name={name}]").fill(words)
    form.get_by_role("button", name="Write and test the promise").click()


def to_the_cause(ada: Page, noor: Page, address: str, cause: str) -> None:
    """From raised to an agreed cause."""
    moved(at(noor, address), "Acknowledge the case")
    expect(noor.get_by_role("heading", level=1)).to_contain_text("acknowledged")
    moved(
        at(ada, address),
        "Record the joint session",
        present="Ada and Noor",
        words="The weeks since January, part by part.",
    )
    moved(at(noor, address), "Propose the cause", words=cause)
    moved(at(ada, address), "Agree to the cause")
    expect(ada.get_by_role("heading", level=1)).to_contain_text("cause agreed")


def test_ada_raises_noor_plans_four_weeks_arrive_and_it_worked(browser, house):
    base, home, _ = house
    ada, noor, sol = (joined(browser, house, name) for name in ("Ada", "Noor", "Sol"))
    until_looked_at(ada, base)
    rows = ada.request.get(f"{base}/signals.json").json()["rows"]
    signal_id = next(r["signal"] for r in rows if r["partner"] == "north" and BILLING in r["slice"])
    at(ada, f"{base}/signals/{signal_id}/").get_by_role("link", name="Open a case with Partner North").click()
    expect(ada.locator("main")).to_contain_text("Check our own house first")
    moved(ada, "Open the case with Partner North", words="Billing fell in the fourth week. What happened?")
    expect(ada.get_by_role("heading", level=1)).to_have_text(re.compile("Billing: raised$"))
    address = ada.url
    case = address.rstrip("/").rpartition("/")[2]

    at(noor, f"{base}/today/")
    waiting = noor.locator("li", has=noor.locator(f'a[href="/cases/{case}/"]'))
    expect(waiting).to_contain_text("to acknowledge the case")
    noor.locator(f'a[href="/cases/{case}/"]').click()
    expect(noor.locator("main")).to_contain_text("waits for your side to acknowledge the case")
    expect(ada.locator("main")).to_contain_text("The client's own house first")
    moved(noor, "Acknowledge the case")

    said(at(ada, address), "Ask Partner North a question", "Ask Partner North", words="Who was absent in the evenings?")
    expect(ada.locator("#question + .talk")).to_contain_text("Who was absent")
    said(at(noor, address), "Answer", "Answer", words="Nine of thirty-one; the cover list had four names.")
    said(noor, "Note something for your side", "Note it for your side", words="Two trainers could be lent.")
    moved(at(ada, address), "Record the joint session", present="Ada and Noor", words="All of it, part by part.")
    said(at(noor, address), "Attach a chart", "Attach the chart", words="The weeks we talk about.")
    expect(noor.locator("figure.talk svg.chart")).to_be_visible()
    moved(at(noor, address), "Propose the cause", words="Absence in the evenings; cover was planned too thin.")
    expect(at(ada, address).locator("main")).to_contain_text("Nine of thirty-one")
    assert "Two trainers" not in ada.content()
    moved(ada, "Agree to the cause")

    plan = f"{base}/plans/{case}/"
    promised(at(noor, plan))
    expect(noor.locator("article.promise")).to_contain_text("Measurable.")
    moved(noor, "Propose the plan to the client")
    said(at(ada, plan), "Return the plan with reasons", "Return the plan", words="Who keeps the list?")
    expect(at(noor, plan).locator("main")).to_contain_text("Who keeps the list?")
    promised(noor, action="Noor sends the list every Friday", target="74")
    expect(noor.locator("article.promise")).to_have_count(2)
    expect(noor.locator("article.promise").first).to_contain_text("judge them together")
    moved(noor, "Propose the plan to the client")
    moved(at(ada, plan), "Accept the plan")
    moved(at(noor, plan), "Begin the plan")

    check_in = f"{base}/check-ins/{case}/"
    expect(at(ada, check_in).locator("main")).to_contain_text("No week since the begin has a value yet")
    expect(ada.get_by_role("button", name="Let the data judge")).to_have_count(0)
    (home / "four.csv").write_text(week_file("north", "NNNNNNNNN", range(WEEKS, WEEKS + 4)), encoding="utf-8")
    levelfield(home, "publish", str(home / "four.csv"), "--home", str(home))
    expect(at(ada, check_in).locator("article.promise").first).to_contain_text("On track")
    at(noor, check_in).locator("article.promise summary", has_text="Say how it goes").first.click()
    noor.locator("article.promise").first.get_by_label("on track").check()
    noor.locator("article.promise").first.get_by_role("button", name="Say it").click()
    at(ada, check_in)
    expect(ada.locator("article.promise").first).to_contain_text("Noor (Partner North)")
    ada.locator("#present").fill("Ada and Noor")
    ada.locator("#words").fill("The list stays.")
    ada.get_by_role("button", name="Record the check-in").click()
    expect(ada.locator("main")).to_contain_text("The list stays.")
    moved(ada, "Let the data judge")
    expect(ada.get_by_role("heading", level=1)).to_have_text("The plan: worked")
    expect(at(noor, check_in).locator("article.promise").first).to_contain_text("Worked: the effect is")
    moved(at(noor, address), "Close the case", words="The list stays.")
    expect(noor.locator("main")).to_contain_text("The case is closed")

    for page in (
        address,
        plan,
        check_in,
        f"{base}/ladder/north/",
        f"{base}/promises/north/",
        f"{base}/cases/open/north/",
    ):
        for ending in ("", ".json", ".csv"):
            if ending and any(part in page for part in ("ladder", "open")):
                continue
            answer = sol.goto(page.rstrip("/") + ending if ending else page)
            assert answer is not None
            assert answer.status == 404, page
    assert "NNNNNNNNN" not in at(sol, f"{base}/cases/").content()
    assert ada.problems == []
    assert noor.problems == []


def by_hand(page: Page, base: str, title: str, line: str) -> str:
    """A case raised by hand."""
    at(page, f"{base}/cases/open/north/")
    page.locator("#id_title").fill(title)
    page.locator("#id_words").fill("It shows every week.")
    page.locator("#id_measure").select_option("service_level")
    page.locator("#id_line").select_option(line)
    page.get_by_role("button", name=re.compile("^Open the case with")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{title}: raised")
    return page.url


def test_the_cause_was_the_clients_and_the_client_promises(browser, house):
    """Without JavaScript. Noor brings it first, which is kept on record."""
    base, _, _ = house
    ada, noor = (joined(browser, house, name, java_script_enabled=False) for name in ("Ada", "Noor"))
    address = by_hand(noor, base, "Releases come unannounced", "NNNNNNNNN-Orders")
    moved(at(ada, address), "Acknowledge the case")
    moved(at(ada, address), "Record the joint session", present="Ada and Noor", words="Four releases without a word.")
    moved(at(noor, address), "Propose the cause", words="Releases are announced too late.")
    moved(at(ada, address), "Agree to the cause")
    plan = address.replace("/cases/", "/plans/")
    ada.goto(plan)
    form = ada.locator("#write form")
    assert form.locator("[name=owner_side] option").all_inner_texts() == ["the client"]
    form.locator("[name=measure]").select_option("service_level")
    form.locator("[name=line]").select_option("NNNNNNNNN-Orders")
    for name, words in {
        "action": "Announce releases ten days ahead",
        "target": "90",
        "begins_on": "2026-03-02",
        "full_on": "2026-03-09",
        "judged_on": "2026-04-06",
    }.items():
        form.locator(f"[name={name}]").fill(words)
    form.get_by_role("button", name="Write and test the promise").click()
    if ada.get_by_role("button", name="Overrule the test").count():
        ada.locator("article.promise textarea").fill("It is the cause we agreed on.")
        ada.get_by_role("button", name="Overrule the test").click()
    moved(ada, "Propose the plan to Partner North")
    expect(ada.locator("main")).to_contain_text("waits for Partner North")
    noor.goto(plan)
    expect(noor.locator("article.promise")).to_contain_text("Ada (the client)")
    moved(noor, "Accept the plan")
    moved(at(ada, plan), "Begin the plan")
    expect(at(noor, address).get_by_role("heading", level=1)).to_contain_text("in progress")
    expect(at(ada, f"{base}/cases/").locator("main")).to_contain_text("raised by the partner first")


def test_a_plan_that_did_not_work_goes_up_the_ladder(browser, house):
    base, home, _ = house
    ada, noor = (joined(browser, house, name, java_script_enabled=False) for name in ("Ada", "Noor"))
    for page, name, role in ((ada, "Eve Strand", "head of service"), (noor, "Ines Prado", "country manager")):
        at(page, f"{base}/ladder/north/")
        page.locator("#name").fill(name)
        page.locator("#role").fill(role)
        page.get_by_role("button", name="Name the person").click()
    address = by_hand(ada, base, "Orders could be better", "NNNNNNNNN-Orders")
    to_the_cause(ada, noor, address, "Habits.")
    plan, check_in = (address.replace("/cases/", f"/{room}/") for room in ("plans", "check-ins"))
    at(noor, plan)
    days = {"begins_on": "2026-03-30", "full_on": "2026-03-30", "judged_on": "2026-04-27"}
    promised(noor, action="Coach every evening", target="88", line="NNNNNNNNN-Orders", **days)
    if noor.get_by_role("button", name="Overrule the test").count():
        noor.locator("article.promise textarea").fill("Coaching is new here.")
        noor.get_by_role("button", name="Overrule the test").click()
    moved(noor, "Propose the plan to the client")
    moved(at(ada, plan), "Accept the plan")
    moved(at(noor, plan), "Begin the plan")
    (home / "eight.csv").write_text(week_file("north", "NNNNNNNNN", range(WEEKS, WEEKS + 8)), encoding="utf-8")
    levelfield(home, "publish", str(home / "eight.csv"), "--home", str(home))
    moved(at(ada, check_in), "Let the data judge")
    expect(ada.get_by_role("heading", level=1)).to_have_text("The plan: did not work")
    expect(at(noor, check_in).locator("article.promise")).to_contain_text("Did not work: the effect is")
    escalate(ada, address)
    expect(ada.locator("main")).to_contain_text("Escalated to level 1")
    expect(at(noor, address).locator("main")).to_contain_text("Eve Strand")
    expect(noor.locator("main")).to_contain_text("Ines Prado")
    expect(at(ada, f"{base}/promises/north/").locator("main")).to_contain_text("Did not work")


def escalate(page: Page, address: str) -> None:
    """Up the ladder, in writing."""
    at(page, address)
    page.locator("summary", has_text="Other moves").click()
    form = page.locator("form", has=page.get_by_role("button", name="Escalate the case"))
    form.locator("textarea").fill("Coaching changed nothing; the decision is for others.")
    form.get_by_role("button", name="Escalate the case").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_case_are_accessible_and_fit_a_phone(browser, house, scheme):
    base, _, _ = house
    ada = joined(browser, house, "Ada", color_scheme=scheme, viewport={"width": 390, "height": 844})
    rows = ada.request.get(f"{base}/cases.json").json()["rows"]
    assert {row["state"] for row in rows} == {"closed", "in progress", "escalated"}
    pages = [
        "/cases/",
        "/cases/open/north/",
        "/ladder/north/",
        "/promises/north/",
        "/calendar/",
        "/today/",
        "/reasons/north/",
    ]
    pages += [f"/{room}/{row['case']}/" for row in rows for room in ("cases", "plans", "check-ins")]
    for address in pages:
        at(ada, base + address)
        for details in ada.locator("details").all():
            details.evaluate("d => { d.open = true }")
        found = Axe().run(ada, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, f"{address} {scheme}: {found.generate_report()}"
        wide = ada.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address}: {wide} pixels wider than the phone"
    assert ada.problems == []


def test_a_plan_prints_on_one_page(browser, house, tmp_path):
    base, _, _ = house
    ada = joined(browser, house, "Ada")
    rows = ada.request.get(f"{base}/cases.json").json()["rows"]
    closed = next(row["case"] for row in rows if row["state"] == "closed")
    at(ada, f"{base}/plans/{closed}/")
    printed = ada.pdf(format="A4", path=str(tmp_path / "plan.pdf"))
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
