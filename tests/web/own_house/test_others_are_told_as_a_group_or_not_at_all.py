"""Three others fell in the weeks North fell: the client reads how many, Noor what her agreement tells her, nobody a name."""

from __future__ import annotations

import json
import re

import pytest

from levelfield.own_house import Verdict
from levelfield_web.own_house import queries

from .conftest import NAMES, PARTNERS

pytestmark = pytest.mark.django_db
ADDRESS = "/own-house/north/"
NOT_TOLD = "The agreement does not tell you how others did."
TOO_FEW = "There are too few others to tell you how they did without telling who they are."
NO_GROUP = "No large group of others moved the same way in the same weeks."
AT_LEAST_3 = "no fewer than 3 others as well, from 2025-W43 on"


@pytest.fixture
def told(stand, now):
    """What a person is told of others with North, in a home under some terms."""

    def tells(person, home: str, others: str = "says nothing"):
        stand(home, others)
        found = queries.looked(viewer=person.as_viewer, partner="north", on=now.date())
        assert found is not None
        return found.house.of("together").found

    return tells


@pytest.fixture
def read(stand, signed_in):
    """The page, its table and its spreadsheet as a person reads them, without the tokens that differ every time."""

    def reads(person, home: str, others: str = "says nothing") -> str:
        stand(home, others)
        browser, bodies = signed_in(person), []
        for address in (ADDRESS, ADDRESS.rstrip("/") + ".json", ADDRESS.rstrip("/") + ".csv", "/own-house/"):
            answer = browser.get(address)
            assert answer.status_code == 200, address
            bodies.append(answer.content.decode())
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", "\n".join(bodies))

    return reads


@pytest.mark.parametrize("others", ["says nothing", "told", "not told", "large groups"])
def test_the_client_is_told_how_many_whatever_the_agreement_says(told, ada, others):
    for home, n, of in (("three others", 3, 4), ("two others", 2, 4), ("only two there are", 2, 2)):
        found = told(ada, home, others)
        assert (found.verdict, found.value, found.n) == (Verdict.FIRST, n, of)
        assert f"Service level fell at {n} of {of} others as well, from 2025-W43 on" in found.sentence
        assert not any(name in found.sentence for name in NAMES.values()), "by number, not by name"
    alone = told(ada, "nobody else", others)
    assert (alone.verdict, alone.sentence) == (
        Verdict.KEPT,
        "None of 4 others moved the same way in the same weeks.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("home", "others", "verdict", "sentence"),
    [
        ("three others", "says nothing", Verdict.CANNOT_JUDGE, NOT_TOLD),
        ("three others", "not told", Verdict.CANNOT_JUDGE, NOT_TOLD),
        ("three others", "large groups", Verdict.CANNOT_JUDGE, TOO_FEW),  # five are needed, four there are
        ("three others", "all of them", Verdict.CANNOT_JUDGE, TOO_FEW),  # of four, four would be every single one
        ("three others", "told", Verdict.FIRST, AT_LEAST_3),
        ("two others", "told", Verdict.KEPT, NO_GROUP),
        ("only two there are", "told", Verdict.CANNOT_JUDGE, TOO_FEW),
        ("nobody else", "told", Verdict.KEPT, NO_GROUP),
    ],
)
def test_noor_is_told_of_a_group_where_her_agreement_tells_her_and_it_is_large_enough(
    told, noor, home, others, verdict, sentence
):
    found = told(noor, home, others)
    assert found.verdict is verdict and sentence in found.sentence
    assert found.value is None and found.n == 0, "no number to count others by"


def test_noor_is_never_told_how_many_others_there_are(told, noor):
    assert not re.search(r"\bof \d", told(noor, "three others", "told").sentence)


@pytest.mark.parametrize("others", ["says nothing", "not told", "large groups"])
def test_what_noor_may_not_be_told_changes_no_letter_of_what_she_reads(read, noor, others):
    pages = {read(noor, home, others) for home in ("nobody else", "two others", "three others")}
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("others", "homes"), [("told", ["two others"]), ("all of them", ["two others", "three others"])]
)
def test_a_group_too_small_to_be_told_reads_as_if_nobody_had_moved(read, noor, others, homes):
    assert {read(noor, home, others) for home in homes} == {read(noor, "nobody else", others)}


def test_a_group_that_may_be_told_is_told_on_the_page_and_puts_the_client_first(read, ada, noor):
    for person, words in ((noor, AT_LEAST_3), (ada, "3 of 4 others as well")):
        page = read(person, "three others", "told")
        assert words in page.replace("\u00a0", " ") and "The client's side first." in page
    assert "The client's side first." not in read(noor, "nobody else", "told")
    assert "The client's side first." not in read(noor, "three others", "says nothing")


@pytest.mark.parametrize("others", ["told", "says nothing"])
def test_noors_pages_never_hold_the_name_or_a_mark_of_another_partner(read, noor, others):
    page = read(noor, "three others", others)
    assert "Partner North" in page
    for key in PARTNERS:
        if key != "north":
            assert NAMES[key] not in page and PARTNERS[key] not in page, key
            assert f"/own-house/{key}" not in page and f'"{key}"' not in page, key


def test_how_others_are_measured_is_for_the_client_alone(stand, ada, noor, now):
    stand("three others", "told")
    found = {
        person: queries.looked(viewer=person.as_viewer, partner="north", on=now.date()).house.of("yardstick").found
        for person in (ada, noor)
    }
    assert (found[ada].verdict, found[ada].n) == (Verdict.KEPT, 1)
    assert found[noor].verdict is Verdict.CANNOT_JUDGE
    assert found[noor].sentence == "How others are measured is known to the client alone."


@pytest.mark.parametrize("others", ["told", "says nothing"])
def test_both_sides_read_the_same_row_for_every_duty_but_those_of_others(stand, signed_in, ada, noor, others):
    stand("three others", others)
    rows = {}
    for person in (ada, noor):
        body = json.loads(signed_in(person).get("/own-house/north.json").content)
        rows[person.side] = {row["duty"]: row for row in body["rows"]}
    differ = {duty for duty, row in rows["client"].items() if row != rows["partner"][duty]}
    assert list(rows["client"]) == list(rows["partner"])
    assert differ == {"together", "yardstick"}
    same = rows["client"]["together"]["verdict"] == rows["partner"]["together"]["verdict"]
    assert same is (others == "told")
