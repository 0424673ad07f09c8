"""A case as both sides use it: opened once, told alike, words of two people at once both kept, files looked at."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.models import Move
from levelfield_web.dialogue import actions, queries
from levelfield_web.dialogue.attachments import LARGEST, looked_at
from levelfield_web.dialogue.models import Case, CaseStep, Entry, PrivateNote
from levelfield_web.plan.actions import return_plan

from ...the_case import MARK, in_progress, moved, once, proposed, raised

pytestmark = pytest.mark.django_db


def test_a_signal_has_one_open_case_whoever_opens_it(fallen, ada, noor, monday):
    first = actions.open_from_signal(signal=fallen, words="It fell.", once=once(), by=noor.as_viewer, at=monday)
    again = actions.open_from_signal(signal=fallen, words="I see it as well.", once=once(), by=ada.as_viewer, at=monday)
    assert first.pk == again.pk
    assert (first.side, first.publication, first.measure) == ("partner", fallen.publication, "service_level")
    assert queries.initiatives(viewer=ada.as_viewer)[0].initiative.by_partner == 1


def test_the_same_form_twice_opens_one_case_and_another_text_under_the_same_name_is_not_lost(home, ada, monday):
    form, told = once(), {"partner": "north", "source": "hand", "title": "Waiting"}
    cases = [actions.open_case(**told, words="It waits.", once=form, by=ada.as_viewer, at=monday) for _ in range(2)]
    other = actions.open_case(**told, words="Something else.", once=form, by=ada.as_viewer, at=monday)
    assert cases[0].pk == cases[1].pk != other.pk


def test_two_people_who_answer_at_once_are_both_heard(home, ada, noor, join, monday):
    case = raised(ada.as_viewer, monday)
    asked = actions.say(case=case, kind="question", words="Why?", once=once(), by=ada.as_viewer, at=monday)
    form = once()  # two browsers cannot have the same name of a form, but a copied page can
    ines = join("Ines Prado", "operations_manager", partner="north")
    for person, words in ((noor, "Absence."), (ines, "A release."), (noor, "Absence.")):
        actions.say(
            case=case,
            kind="answer",
            words=words,
            parent=asked,
            once=form if person is ines else f"n-{form}",
            by=person.as_viewer,
            at=monday,
        )
    assert [e.words for e in case.entries.filter(kind="answer")] == ["Absence.", "A release."]


def test_a_double_click_moves_once_and_two_people_of_a_side_move_once(home, ada, noor, join, monday):
    case = raised(ada.as_viewer, monday)
    count = Move.objects.count()
    ines = join("Ines Prado", "operations_manager", partner="north")
    before = Move.objects.count()
    form = once()
    for person, name in ((noor, form), (noor, form), (ines, once())):
        actions.move_case(case=case, move="acknowledge", once=name, by=person.as_viewer, at=monday)
    assert (case.steps.count(), Move.objects.count()) == (2, before + 1)
    assert before >= count


@pytest.mark.parametrize("who", ["ada", "noor"])
def test_the_page_tells_both_sides_the_same_but_for_their_own_notes(who, home, ada, noor, signed_in, monday):
    case = in_progress(ada.as_viewer, noor.as_viewer, monday)
    person, own, theirs = (
        (ada, "the client alone", "the partner alone")
        if who == "ada"
        else (noor, "the partner alone", "the client alone")
    )
    page = signed_in(person).get(f"/cases/{case.public_id}/").content.decode()
    assert own in page
    assert theirs not in page
    for words in (
        f"{MARK} why?",
        f"{MARK} because",
        f"{MARK} chart",
        f"{MARK} point",
        f"{MARK} cause",
        f"{MARK} agreed",
        f"{MARK} file",
        '<svg class="chart"',
    ):
        assert words in page
    for ending in ("json", "csv"):
        assert "alone" not in signed_in(person).get(f"/cases/{case.public_id}.{ending}").content.decode()
    trail = signed_in(person).get(reverse("audit:moves")).content.decode()
    assert trail.count("noted something for their own side") == 1


def test_a_case_that_is_closed_takes_no_more_words(home, ada, noor, monday):
    case = raised(ada.as_viewer, monday)
    moved(case, "withdraw", ada.as_viewer, monday)
    with pytest.raises(Refusal, match="The case is closed"):
        actions.say(case=case, kind="word", words="Still.", once=once(), by=noor.as_viewer, at=monday)


def test_a_point_is_disputed_with_a_reason_agreed_later_and_not_taken_back(home, ada, noor, monday):
    case = raised(ada.as_viewer, monday)
    point = actions.say(case=case, kind="point", words="It was late.", once=once(), by=ada.as_viewer, at=monday)
    with pytest.raises(Refusal, match="Your own side"):
        actions.answer_point(entry=point, agreed=True, by=ada.as_viewer, at=monday)
    with pytest.raises(Refusal, match="with a reason"):
        actions.answer_point(entry=point, agreed=False, by=noor.as_viewer, at=monday)
    actions.answer_point(entry=point, agreed=False, words="Six days.", by=noor.as_viewer, at=monday)
    actions.answer_point(entry=point, agreed=True, by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="was agreed by"):
        actions.answer_point(entry=point, agreed=False, words="No.", by=noor.as_viewer, at=monday)


def test_only_the_side_that_was_asked_answers(home, ada, noor, monday):
    case = raised(ada.as_viewer, monday)
    asked = actions.say(case=case, kind="question", words="Why?", once=once(), by=ada.as_viewer, at=monday)
    with pytest.raises(Refusal, match="Your own side asked this"):
        actions.say(case=case, kind="answer", words="Because.", parent=asked, once=once(), by=ada.as_viewer, at=monday)


@pytest.mark.parametrize("month", ["a/b", "../../", "2026-13", "0000-00", "2026-1"])
def test_a_month_that_is_none_opens_no_case(home, ada, signed_in, monday, month):
    with pytest.raises(Refusal, match="is no month"):
        raised(ada.as_viewer, monday, month=month)
    answer = signed_in(ada).post("/cases/open/north/", {"title": "t", "words": "w", "once": once(), "month": month})
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_neither_side_can_talk_the_other_out_of_a_case(home, ada, noor, monday, monkeypatch):
    monkeypatch.setattr(actions, "MOST_ENTRIES", 3)
    monkeypatch.setattr(actions, "MOST_OPEN", 2)
    case = raised(noor.as_viewer, monday)
    for n in range(3):
        actions.say(case=case, kind="word", words=f"{n}", once=once(), by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="Your side has written 3"):
        actions.say(case=case, kind="word", words="more", once=once(), by=noor.as_viewer, at=monday)
    actions.say(case=case, kind="word", words="mine", once=once(), by=ada.as_viewer, at=monday)
    raised(noor.as_viewer, monday)
    with pytest.raises(Refusal, match="Your side has 2 open cases"):
        raised(noor.as_viewer, monday)
    raised(ada.as_viewer, monday)


def test_evidence_of_a_line_that_is_none_is_refused(home, ada, signed_in, monday):
    case = raised(ada.as_viewer, monday)
    told = {"kind": "evidence", "measure": "service_level", "words": "x", "once": once()}
    answer = signed_in(ada).post(f"/cases/{case.public_id}/say/", told | {"line": "\U0001f600" * 200})
    assert answer.status_code == 422
    assert not case.entries.exists()


def test_a_file_of_some_megabytes_is_taken_and_one_beyond_refused_unread(home, ada, signed_in, monday):
    case = raised(ada.as_viewer, monday)
    address, browser = f"/cases/{case.public_id}/attach/", signed_in(ada)
    for size, status in ((3, 302), (13, 422)):
        file = SimpleUploadedFile("a.pdf", b"%PDF-1.7" + b"0" * (size * 2**20))
        answer = browser.post(address, {"file": file, "words": "", "once": once()})
        assert answer.status_code == status
    assert case.entries.count() == 1


def test_five_whys_and_no_sixth(home, ada, monday):
    case, parent = raised(ada.as_viewer, monday), None
    for depth in range(5):
        parent = actions.say(
            case=case, kind="why", words=f"because {depth}", parent=parent, once=once(), by=ada.as_viewer, at=monday
        )
    with pytest.raises(Refusal, match="The tree ends there"):
        actions.say(case=case, kind="why", words="because", parent=parent, once=once(), by=ada.as_viewer, at=monday)


def packed(*names: str, size: int = 10) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"0" * size)
    return held.getvalue()


def damaged(at: int, put: bytes) -> bytes:
    """A packed file with other bytes at a place of its central directory."""
    body = bytearray(packed("xl/workbook.xml"))
    place = body.rindex(b"PK\x01\x02") + at
    body[place : place + len(put)] = put
    return bytes(body)


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("run.exe", b"MZ", "not taken"), ("page.svg", b"<svg/>", "not taken"), ("page.html", b"<html>", "not taken"), ("empty.csv", b"", "is empty"),
        ("large.csv", b"1" * (LARGEST + 1), "too large"), ("not.pdf", b"<script>", "not that of a .pdf"), ("not.png", b"%PDF-1.7", "not that of a .png"),
        ("binary.csv", b"a\x00b", "not that of a .csv"), ("latin.txt", b"\xff\xfe\xfa", "not that of a .txt"),
        ("macro.xlsx", packed("xl/workbook.xml", "xl/vbaProject.bin"), "not that of a .xlsx"),
        ("bomb.xlsx", packed("xl/workbook.xml", size=101 * 2**20), "not that of a .xlsx"), ("word.xlsx", packed("word/document.xml"), "not that of a .xlsx"),
        ("broken.docx", b"PK\x03\x04 no", "not that of a .docx"),
        ("newer.xlsx", damaged(6, b"\x63\x00"), "not that of a .xlsx"),
        ("names.xlsx", damaged(8, b"\x00\x08").replace(b"xl/workbook", b"xl/\xff\xferkbook"), "not that of a .xlsx"),
    ],
    ids=lambda x: x if isinstance(x, str) and "." in x else "",
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused_in_words(name, body, words):
    with pytest.raises(Refusal, match=words) as refusal:
        looked_at(name, body)
    assert refusal.value.kind is RefusalKind.FILE
    assert refusal.value.next_step


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.pdf", b"%PDF-1.7 x"),
        ("a.csv", "a;ü".encode()),
        ("a.xlsx", packed("xl/workbook.xml")),
        ("../../etc/a.txt", b"x"),
    ],
)
def test_a_file_that_is_what_it_says_is_taken_under_its_own_name(name, body):
    assert looked_at(name, body).name == name.rpartition("/")[2]


def test_a_file_is_saved_and_never_shown(home, ada, noor, signed_in, monday):
    case = raised(ada.as_viewer, monday)
    entry = actions.attach(
        case=case, name='list "x".csv', body=b"=1+1,2\n", words="", once=once(), by=noor.as_viewer, at=monday
    )
    answer = signed_in(ada).get(f"/cases/{case.public_id}/files/{entry.public_id}/")
    assert answer.content == b"=1+1,2\n"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_evidence_stays_on_its_publication_and_says_what_was_restated(stand, ada, noor, monday):
    stand("fallen")
    case = raised(ada.as_viewer, monday)
    own = actions.say(
        case=case,
        kind="evidence",
        words="The fall.",
        measure="service_level",
        scope="line=NNNNNNNNN-Billing",
        publication=case.publication,
        once=once(),
        by=noor.as_viewer,
        at=monday,
    )
    page = queries.page(viewer=ada.as_viewer, own=case, at=monday)
    assert page.evidence[0].difference == ""
    first = page.evidence[0].picture
    stand("restated")
    page = queries.page(viewer=ada.as_viewer, own=case, at=monday)
    assert page.evidence[0].picture == first
    assert page.evidence[0].entry.publication == own.publication
    assert page.evidence[0].difference.startswith("Restated since: 2026-W09 read ")


def test_a_move_is_made_in_the_browser_and_a_refusal_keeps_what_was_typed(home, ada, noor, signed_in, monday):
    case = raised(ada.as_viewer, monday)
    browser = signed_in(noor)
    answer = browser.post(f"/cases/{case.public_id}/move/", {"move": "acknowledge", "once": once()})
    assert answer.status_code == 302
    answer = browser.post(
        f"/cases/{case.public_id}/move/", {"move": "hold_session", "words": "All of it", "present": "", "once": once()}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nobody is named who was present" in page
    assert "All of it" in page


def test_a_case_is_opened_in_the_browser_from_a_signal_and_found_there_again(fallen, ada, noor, signed_in):
    browser = signed_in(ada)
    address = f"/cases/open/north/?signal={fallen.public_id}"
    page = browser.get(address).content.decode()
    assert fallen.sentence[:40] in page.replace("\u00a0", " ") or "fell" in page
    answer = browser.post(address, {"words": "What happened?", "once": once()})
    assert answer.status_code == 302
    assert browser.get(address).status_code == 302, "the signal leads to its case"
    assert Case.objects.get().side == "client"
    assert signed_in(noor).get("/today/").content.decode().count("acknowledge the case") == 1


def test_a_plan_that_came_back_says_so_on_the_case_and_a_question_waits_on_today(home, ada, noor, signed_in, monday):
    case = proposed(ada.as_viewer, noor.as_viewer, monday)
    return_plan(case=case, words="Who looks at the mornings?", once=once(), by=ada.as_viewer, at=monday)
    actions.say(case=case, kind="question", words="Who?", once=once(), by=ada.as_viewer, at=monday)
    page = signed_in(noor).get(f"/cases/{case.public_id}/").content.decode()
    assert "to improve the plan that came back" in page
    assert "Who looks at the mornings?" in page
    assert "Return the plan" in page, "what happened is told by the move"
    today = signed_in(noor).get("/today/").content.decode()
    assert "1 question to answer" in today
    assert "question to answer" not in signed_in(ada).get("/today/").content.decode()


def test_the_database_holds_what_the_actions_promise(home, ada, noor, monday):
    case = in_progress(ada.as_viewer, noor.as_viewer, monday)
    wrong = (
        lambda: Case.objects.filter(pk=case.pk).update(state="lost"), lambda: Case.objects.filter(pk=case.pk).update(pending="cause"),
        lambda: Entry.objects.filter(kind="point").update(stand="agreed"), lambda: CaseStep.objects.update(once="same"), lambda: PrivateNote.objects.update(once="same"),
    )  # fmt: skip
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_escalation_names_the_people_of_the_next_level(home, ada, noor, signed_in, monday):
    case = raised(ada.as_viewer, monday)
    actions.set_rung(partner="north", level=1, name="Eve Strand", role="head of service", by=ada.as_viewer, at=monday)
    moved(case, "escalate", noor.as_viewer, monday, "Nobody answers.")
    page = signed_in(noor).get(f"/cases/{case.public_id}/").content.decode()
    assert "Escalated to level 1" in page
    assert "Eve Strand" in page
