"""One page for both sides, plain forms, refusals as they are written, the same table as .json and .csv."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from levelfield.own_house import DUTIES
from levelfield_web.audit.models import Move
from levelfield_web.own_house import actions, queries
from levelfield_web.own_house.models import Announcement, ClientRequest, DutyAnswer
from levelfield_web.own_house.views import COLUMNS, PARTNER_COLUMNS

from .conftest import NAMES, PARTNERS

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ADDRESS = "/own-house/north/"
WORDS = {
    "ask": {"kind": "access", "what": "Badges for 12 people", "needed_on": 7},
    "announce": {"kind": "release", "title": "New shop", "takes_effect_on": 14},
    "duties/reviews/say": {"answer": "kept in part", "words": "Half of them."},
}


def given(move: str, **other) -> dict[str, object]:
    """What the form of a move sends; days count from today."""
    today = dt.datetime.now(tz=dt.UTC).date()
    words = WORDS[move] | other
    return {
        name: today + value * DAY if isinstance(value, int) else value for name, value in words.items()
    }  # fmt: skip


@pytest.fixture
def house(stand):
    stand()


@pytest.fixture
def asked(noor) -> ClientRequest:
    at = dt.datetime.now(tz=dt.UTC)
    return actions.ask(
        partner="north", kind="access", what="Badges for 12 people", needed_on=at.date() + 7 * DAY, by=noor.as_viewer, at=at
    )  # fmt: skip


def text_of(answer) -> str:
    return unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def refusal_of(answer) -> str:
    """What the box of a refusal says, paragraph by paragraph."""
    box = re.search(r'<div class="box box-refusal".*?</div>', text_of(answer), re.S)
    assert box, "a refusal is shown"
    return " | ".join(" ".join(strip_tags(p).split()) for p in re.findall(r"<p.*?</p>", box[0], re.S))


def forms_of(page: str) -> set[str]:
    """The addresses plain forms of the page post to, beside signing out."""
    forms = re.findall(r'<form method="post"[^>]*action="([^"]*)"', page)
    return {f for f in forms if f.startswith(ADDRESS)}


def test_every_duty_stands_on_the_page_of_both_sides(house, signed_in, ada, noor):
    for person in (ada, noor):
        page = text_of(signed_in(person).get(ADDRESS))
        assert all(f'id="duty-{key}"' in page for key in DUTIES)
        assert "Of 21 duties of the client" in page and "Both sides see the same duties" in page


def test_each_role_finds_the_forms_it_may_send_and_they_are_plain(house, asked, signed_in, ada, noor, join):
    of_request = f"{ADDRESS}requests/{asked.public_id}/answer/"
    questions = {f"{ADDRESS}duties/{key}/say/" for key in ("reviews", "upstream", "one_owner")}
    for person, may, may_not in (
        (ada, {f"{ADDRESS}ask/", f"{ADDRESS}announce/", of_request} | questions, set()),
        (noor, {f"{ADDRESS}ask/"} | questions, {f"{ADDRESS}announce/", of_request}),
        (join("Lea Brandt", "analyst", partner="north"), set(), questions | {f"{ADDRESS}ask/", of_request}),
    ):
        page = text_of(signed_in(person).get(ADDRESS))
        found = forms_of(page)
        assert may <= found and not may_not & found, person.role
        assert f"{ADDRESS}duties/incidents/say/" not in found, "what is measured is not asked"
        assert "hx-post" not in page
        if not may:
            assert not found, "who may make no move finds no form"


@pytest.mark.parametrize(
    ("move", "who", "model"),
    [
        ("ask", "noor", ClientRequest),
        ("ask", "ada", ClientRequest),
        ("announce", "ada", Announcement),
        ("duties/reviews/say", "noor", DutyAnswer),
    ],
)
def test_a_double_post_moves_once_and_both_sides_read_it(house, signed_in, ada, noor, request, move, who, model):
    browser, before = signed_in(request.getfixturevalue(who)), Move.objects.count()
    for _ in range(2):
        answer = browser.post(f"{ADDRESS}{move}/", given(move))
        assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert (model.objects.count(), Move.objects.count()) == (1, before + 1)
    written = next(w for w in WORDS[move].values() if isinstance(w, str) and " " in w and w != "kept in part")
    for person in (ada, noor):
        assert written in text_of(signed_in(person).get(ADDRESS))


@pytest.mark.parametrize(("outcome", "words"), [("given", "given on"), ("declined", "declined on")])
def test_the_client_answers_on_the_page_and_the_form_is_gone(house, asked, signed_in, ada, noor, outcome, words):
    browser, address = signed_in(ada), f"{ADDRESS}requests/{asked.public_id}/answer/"
    answer = browser.post(address, {"outcome": outcome, "answer": "Today."})
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    for person in (ada, noor):
        page = text_of(signed_in(person).get(ADDRESS))
        assert words in page and "Today." in page and address not in page
    other = "declined" if outcome == "given" else "given"
    again = browser.post(address, {"outcome": other, "answer": "After all."})
    assert again.status_code == 422
    assert refusal_of(again) == f"Badges for 12 people | The request was answered by {ada.name} and stays so"


def test_an_answer_without_an_outcome_declines_nothing(house, asked, signed_in, ada):
    answer = signed_in(ada).post(f"{ADDRESS}requests/{asked.public_id}/answer/", {"answer": "Today."})
    asked.refresh_from_db()
    assert (answer.status_code, asked.given) == (422, None)


@pytest.mark.parametrize(
    ("move", "other", "said"),
    [
        ("ask", {"needed_on": -1}, "Badges for 12 people | It cannot be needed on DAY | Expected today or a day within a year | Next Choose"),
        ("announce", {"takes_effect_on": -1}, "New shop | A change that takes effect on DAY cannot be announced today | Expected today or a"),
        ("announce", {"takes_effect_on": 367}, "New shop | A change that takes effect on DAY cannot be announced today | Expected today or a"),
        ("duties/reviews/say", {"answer": ""}, "Reviews take place | An answer is missing | Expected yes, in part, no | Next Choose one"),
        ("duties/reviews/say", {"answer": "test first"}, "Reviews take place | An answer is missing | Expected yes, in part, no"),
    ],
)  # fmt: skip
def test_a_refusal_stands_on_the_page_as_written_and_nothing_is_stored(house, signed_in, ada, move, other, said):
    before = Move.objects.count()
    sent = given(move, **other)
    answer = signed_in(ada).post(f"{ADDRESS}{move}/", sent)
    day = sent.get("needed_on") or sent.get("takes_effect_on")
    assert answer.status_code == 422 and refusal_of(answer).startswith(said.replace("DAY", str(day)))
    assert Move.objects.count() == before
    if move != "duties/reviews/say":
        typed = next(w for w in WORDS[move].values() if isinstance(w, str) and " " in w)
        assert f'value="{typed}"' in text_of(answer), "what was typed is not lost"


@pytest.mark.parametrize(
    ("move", "other"),
    [
        ("ask", {"needed_on": "soon"}),
        ("ask", {"kind": "money"}),
        ("ask", {"what": ""}),
        ("announce", {"title": "x" * 201}),
        ("announce", {"takes_effect_on": ""}),
    ],
)
def test_a_form_that_is_not_filled_in_says_what_is_missing(house, signed_in, ada, move, other):
    before = Move.objects.count()
    answer = signed_in(ada).post(f"{ADDRESS}{move}/", given(move, **other))
    page, name = text_of(answer), next(iter(other))
    assert answer.status_code == 422 and Move.objects.count() == before
    assert f'href="#{move}_{name}"' in page, "the summary leads to the field"
    assert f'id="{move}_{name}"' in page


def test_a_duty_that_is_not_on_the_list_is_refused_on_the_page(house, signed_in, noor):
    answer = signed_in(noor).post(f"{ADDRESS}duties/nothing/say/", {"answer": "kept"})
    assert (answer.status_code, refusal_of(answer)) == (
        422,
        "nothing | There is no such duty | Expected a duty of the list",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "move", "words"),
    [
        ("noor", "announce", "Your role may not announce a change"),
        ("analyst", "ask", "Your role may not ask the client for something"),
        ("analyst", "duties/reviews/say", "Your role may not say how a duty of the client stands"),
    ],
)
def test_a_role_without_the_permission_gets_a_403_in_words(house, signed_in, noor, join, who, move, words):
    person = noor if who == "noor" else join("Lea Brandt", "analyst", partner="north")
    before = Move.objects.count()
    answer = signed_in(person).post(f"{ADDRESS}{move}/", given(move))
    assert answer.status_code == 403 and refusal_of(answer).startswith(words)
    assert Move.objects.count() == before


def test_noor_does_not_answer_for_the_client(house, asked, signed_in, noor):
    answer = signed_in(noor).post(
        f"{ADDRESS}requests/{asked.public_id}/answer/", {"outcome": "given", "answer": "Mine."}
    )
    asked.refresh_from_db()
    assert answer.status_code == 403 and "Your role may not answer a request" in refusal_of(answer)
    assert asked.given is None


@pytest.mark.parametrize("move", ["", ".json", ".csv", *(f"/{m}/" for m in WORDS), "/requests/{}/answer/"])
def test_sol_finds_the_same_nothing_at_norths_and_at_nobodys(house, asked, signed_in, sol, move):
    browser, before = signed_in(sol), Move.objects.count()
    method = browser.post if move.endswith("/") else browser.get
    tail = move.format(asked.public_id) or "/"
    answers = [method(f"/own-house/{partner}{tail}", given(tail.strip("/")) if tail.strip("/") in WORDS else {})
               for partner in ("north", "nobody")]  # fmt: skip
    assert [a.status_code for a in answers] == [404, 404]
    assert "Badges" not in text_of(answers[0]) and Move.objects.count() == before


def test_a_request_is_found_in_its_own_house_only(house, asked, signed_in, ada):
    words = {"outcome": "given", "answer": "Here."}
    for address in (
        f"/own-house/south/requests/{asked.public_id}/answer/",
        f"{ADDRESS}requests/Q-000000000000/answer/",
    ):
        assert signed_in(ada).post(address, words).status_code == 404
    asked.refresh_from_db()
    assert asked.given is None


@pytest.mark.parametrize("move", [*WORDS, "requests/Q-000000000000/answer"])
def test_a_move_is_posted_and_a_page_is_read(house, signed_in, ada, move):
    assert signed_in(ada).get(f"{ADDRESS}{move}/").status_code == 405
    assert signed_in(ada).post(ADDRESS).status_code == 405


def test_the_tables_have_a_row_a_duty_under_the_same_columns(house, asked, signed_in, ada, noor):
    actions.say(
        partner="north", duty="reviews", answer="not kept", words="=1+1", by=noor.as_viewer, at=asked.at
    )  # fmt: skip
    browser = signed_in(ada)
    table = browser.get("/own-house/north.json").json()
    sheet = list(csv.DictReader(io.StringIO(browser.get("/own-house/north.csv").content.decode())))
    assert table["columns"] == list(COLUMNS) == list(sheet[0])
    assert [r["duty"] for r in table["rows"]] == [r["duty"] for r in sheet] == list(DUTIES)
    for row, line in zip(table["rows"], sheet, strict=True):
        assert (row["partner"], row["area"], row["title"]) == ("north", DUTIES[row["duty"]].area, line["title"])
        assert row["measured"] is (line["measured"] == "yes") and row["verdict"] == line["verdict"]
        assert (row["value"] is None) is (line["value"] == ""), "missing is not zero"
    rows = {r["duty"]: r for r in table["rows"]}
    assert (rows["incidents"]["verdict"], rows["incidents"]["n"]) == ("kept", 56 * 120)
    assert (rows["reviews"]["verdict"], rows["reviews"]["measured"]) == ("not kept", False)
    assert (rows["reviews"]["client_says"], rows["reviews"]["partner_says"]) == (None, "not kept")
    assert (rows["access"]["verdict"], rows["access"]["n"]) == ("kept", 1)
    assert (rows["forecast"]["verdict"], rows["forecast"]["value"]) == ("cannot judge", None)


def test_the_list_of_houses_has_a_row_for_each_partner_a_viewer_may_see(house, asked, signed_in, ada, noor, sol):
    for person, keys in ((ada, list(PARTNERS)), (noor, ["north"]), (sol, ["south"])):
        browser = signed_in(person)
        page = text_of(browser.get("/own-house/"))
        table = browser.get("/own-house.json").json()
        sheet = list(csv.DictReader(io.StringIO(browser.get("/own-house.csv").content.decode())))
        assert table["columns"] == list(PARTNER_COLUMNS) == list(sheet[0])
        assert sorted(r["partner"] for r in table["rows"]) == sorted(r["partner"] for r in sheet) == sorted(keys)
        for key, name in NAMES.items():
            assert (f'href="/own-house/{key}/"' in page) is (key in keys) and (name in page) is (key in keys)
        waiting = {r["partner"]: (r["waiting"], r["overdue"]) for r in table["rows"]}
        assert waiting == {key: (1, 0) if key == "north" else (0, 0) for key in keys}


def test_a_refusal_is_shown_where_nothing_is_published_yet(stand, signed_in, ada, monkeypatch):
    stand()
    monkeypatch.setattr(queries, "looked", lambda **_asked: None)
    answer = signed_in(ada).post(f"{ADDRESS}ask/", given("ask", needed_on=-1))
    assert answer.status_code == 422 and "It cannot be needed on" in text_of(answer)


def test_what_people_write_is_text_and_nothing_else(house, signed_in, ada, noor):
    evil = "<b>bold</b> & <script>x</script>"
    signed_in(noor).post(f"{ADDRESS}ask/", given("ask", what=evil))
    signed_in(noor).post(f"{ADDRESS}duties/reviews/say/", given("duties/reviews/say", words=evil))
    page = signed_in(ada).get(ADDRESS).content.decode()
    assert evil not in page and "<script>x" not in page and page.count("&lt;b&gt;bold") >= 2


def test_whoever_is_not_signed_in_is_sent_to_sign_in(house, client):
    for address in ("/own-house/", ADDRESS, "/own-house/north.json"):
        answer = client.get(address)
        assert answer.status_code in {302, 401, 403} and b"NNNNNNNNN" not in answer.content
