"""Pages of the account: the same for both sides, derived line by line, and reproduced by the command line."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from levelfield_cli.main import app
from levelfield_io.months_at_hand import months_from_data, months_to_data
from levelfield_web.settlement import actions
from levelfield_web.settlement.account import account_of, prepare

from .conftest import PUBLISHED

pytestmark = pytest.mark.django_db
PAGE = "/statements/north/2026-02/"


def main_of(answer) -> str:
    """What stands in the middle of a page, without what belongs to one reader."""
    text = answer.content.decode()
    text = text[text.index("<main") : text.index("</main>")]
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return re.sub(r"Will be recorded: [^<]*", "", text)


def test_both_sides_read_the_same_page(open_terms, ada, noor, signed_in):
    for address in (PAGE, "/statements/north/", "/ledger/north/", "/excused/north/", "/forecast-locks/north/"):
        ours, theirs = (main_of(signed_in(person).get(address)) for person in (ada, noor))
        assert ours == theirs, address


def test_a_statement_says_what_is_due_and_why(open_terms, noor, signed_in):
    page = signed_in(noor).get(PAGE).content.decode()
    assert "Partner North owes the client" in page
    assert "per point or part of a point" in page, "a credit opens to its rule"
    assert "compared with the agreement" in page, "a target opens to its counts"
    assert "Schedule 5, 3" in page
    assert "/partners/north/measures/service_level/?grain=month&amp;period=2026-02" in page
    assert "a right to terminate" in page


def test_the_table_of_a_statement_has_every_line(open_terms, noor, signed_in):
    rows = signed_in(noor).get("/statements/north/2026-02.json").json()["rows"]
    assert [r["line"] for r in rows if r["part"] == "target"] == ["in_time", "abandoned", "speed"]
    assert {r["part"] for r in rows} >= {"credit", "credits payable", "total in the partner's favour"}
    assert signed_in(noor).get("/statements/north/2026-02.csv").content.count(b"\n") == len(rows) + 1


def test_the_command_line_gives_the_same_bytes(open_terms, ada, noor, signed_in, tmp_path):
    browser = signed_in(noor)
    account = account_of("north", PUBLISHED.date())
    actions.raise_dispute(
        account=account, month="2026-02", line="in_time", reason="No.", by=noor.as_viewer, at=PUBLISHED
    )
    (tmp_path / "moves.json").write_bytes(browser.get(f"{PAGE}moves.json").content)
    words = ["settle"]
    for version in (1, 2):
        (tmp_path / f"{version}.toml").write_bytes(browser.get(f"/agreements/north/{version}/agreement.toml").content)
        words += ["--agreement", str(tmp_path / f"{version}.toml")]
    words += ["--publication", account.publication, "--month", "2026-02", "--moves", str(tmp_path / "moves.json"), "--format", "json", "--home", str(open_terms)]  # fmt: skip
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert done.stdout_bytes == browser.get(f"{PAGE}statement.json").content
    moves = json.loads((tmp_path / "moves.json").read_text())
    assert moves["disputes"][0]["line"] == "in_time"


def test_a_line_is_disputed_and_answered_on_the_page(open_terms, ada, noor, sol, signed_in):
    theirs, ours = signed_in(noor), signed_in(ada)
    body = {"line": "in_time", "reason": "Our platform counted 90 more.", "link": "/partners/north/measures/asa/"}
    assert signed_in(sol).post(f"{PAGE}dispute/", body).status_code == 404
    wrong = theirs.post(f"{PAGE}dispute/", body | {"link": "javascript:alert(1)"})
    assert wrong.status_code == 422
    assert "Our platform counted 90 more." in wrong.content.decode(), "answers are kept"
    assert theirs.post(f"{PAGE}dispute/", body).status_code == 302
    assert "Your answer" not in theirs.get(PAGE).content.decode()
    assert "Our platform counted 90 more." in ours.get(PAGE).content.decode()
    assert "is in dispute" in ours.get("/today/").content.decode()
    answer = {"line": "in_time", "outcome": "upheld", "answer": "You are right."}
    assert theirs.post(f"{PAGE}answer/", answer).status_code == 403
    assert ours.post(f"{PAGE}answer/", answer | {"line": "speed"}).status_code == 404
    assert ours.post(f"{PAGE}answer/", answer).status_code == 302
    assert "the line falls" in theirs.get(PAGE).content.decode()
    rows = theirs.get("/ledger/north.json").json()["rows"]
    assert float(next(r for r in rows if r["month"] == "2026-02")["fallen"]) < 0


def test_after_the_clock_no_form_is_offered(terms, noor, signed_in):
    page = signed_in(noor).get(PAGE).content.decode()
    assert "undisputed is final" in page
    assert "Dispute this line" not in page
    assert signed_in(noor).post(f"{PAGE}dispute/", {"line": "in_time", "reason": "Late."}).status_code == 422


def test_a_partner_without_an_agreement_has_a_page_that_says_so(open_terms, ada, signed_in):
    (open_terms / "agreements" / "south-001.toml").unlink()
    for address in ("/statements/south/", "/ledger/south/", "/what-if/south/", "/forecast-locks/south/", PAGE.replace("north", "south")):  # fmt: skip
        assert "No agreement yet" in signed_in(ada).get(address).content.decode(), address
    assert "nothing is settled" in signed_in(ada).get("/statements/").content.decode()


def test_the_list_names_the_nearest_right(open_terms, ada, noor, signed_in):
    rows = signed_in(ada).get("/statements.json").json()["rows"]
    assert [r["partner"] for r in rows] == ["north", "south"]
    assert rows[0]["nearest_trigger"].startswith("One more miss")
    assert [r["partner"] for r in signed_in(noor).get("/statements.json").json()["rows"]] == ["north"]
    assert "One more miss" in signed_in(noor).get("/today/").content.decode()


def test_the_agreement_is_read_aloud_and_compared(open_terms, noor, signed_in):
    page = signed_in(noor).get("/agreements/north/2/").content.decode()
    assert "in_time: Service level" in page
    assert "New: in_time" in page
    assert "Gone: service_level" in page
    body = signed_in(noor).get("/agreements/north/2/agreement.toml").content
    assert body == (open_terms / "agreements" / "north-002.toml").read_bytes()


def test_months_are_written_and_read_without_loss(north_account):
    assert months_from_data(json.loads(json.dumps(months_to_data(north_account.months)))) == list(north_account.months)


def test_the_worker_counts_what_pages_will_ask_for(open_terms, ada, noor, signed_in):
    given_up: set[str] = set()
    while prepare(PUBLISHED.date(), given_up):
        pass
    assert len(list(open_terms.glob("warehouse/compiled/*/*/*/months-*.json"))) == 2
    assert not given_up
