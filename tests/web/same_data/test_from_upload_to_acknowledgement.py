"""A file goes in by the form, is looked at, is published once, and both sides say that they have seen it."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from levelfield_io.store import Store
from levelfield_web.audit.models import Move
from levelfield_web.same_data import actions
from levelfield_web.same_data.models import Delivery, Seen, State
from levelfield_web.same_data.warehouse import upload_folder

from ...conftest import interval_file
from .conftest import work_off

pytestmark = pytest.mark.django_db


def later(mark: str = "NNNNNNNNN") -> str:
    """North's days with one contact more each: they restate what is published."""
    return interval_file("north", mark, offered=61)


def broken(text: str, *numbers: int) -> str:
    """The same file in which some rows count more answers than offers."""
    lines = text.splitlines()
    for number in numbers:
        cells = lines[number].split(",")
        cells[11] = "900"
        lines[number] = ",".join(cells)
    return "\n".join(lines) + "\n"


def test_a_delivery_is_looked_at_published_shown_and_acknowledged_by_both_sides(
    ada, noor, signed_in, deliver, home, django_capture_on_commit_callbacks
):
    at_ada, at_noor = signed_in(ada), signed_in(noor)
    before = Store(home).release.current
    delivery = deliver(at_ada, later())
    assert (delivery.state, delivery.rows_read, delivery.rows_kept_out) == (State.CHECKED, 140, 0)
    assert Store(home).release.current == before, "looking publishes nothing"
    at_ada.post(f"/data/deliveries/{delivery.public_id}/publish/")
    with django_capture_on_commit_callbacks(execute=True):
        work_off()
    delivery.refresh_from_db()
    assert delivery.state == State.PUBLISHED
    id_ = delivery.publications["north"]
    assert Store(home).release.current == {**before, "north": id_}
    page = f"/data/publications/north/{id_}/"
    for browser, name in ((at_ada, "Ada Okafor"), (at_noor, "Noor Haddad")):
        assert id_ in browser.get(page).content.decode()
        for _ in range(2):  # saying it twice says it once
            assert browser.post(f"{page}seen/").status_code == 302
        assert name in browser.get(page).content.decode()
    assert Seen.objects.filter(publication=id_).count() == 2
    changed = at_noor.get(f"/data/publications/north/{id_}.json").json()["rows"]
    assert {row["measure"] for row in changed} >= {"offered", "answered"}, "a restatement lists its differences"
    verbs = list(Move.objects.order_by("pk").values_list("verb", flat=True))
    assert [v for v in verbs if v in ("deliver", "publish", "published", "acknowledge")] == [
        "deliver", "publish", "published", "acknowledge", "acknowledge",
    ]  # fmt: skip
    assert not (upload_folder() / delivery.stored_as).exists(), "a published file is not kept a second time"


def test_pressing_publish_twice_publishes_once(ada, signed_in, deliver, home):
    browser = signed_in(ada)
    delivery = deliver(browser, later())
    number = Store(home).release.number
    for _ in range(2):
        assert browser.post(f"/data/deliveries/{delivery.public_id}/publish/").status_code == 302
    assert work_off() == 1
    assert browser.post(f"/data/deliveries/{delivery.public_id}/publish/").status_code == 302
    assert work_off() == 0
    assert Store(home).release.number == number + 1
    assert Move.objects.filter(verb="publish").count() == 1


def test_a_refused_file_says_why_and_cannot_be_published(ada, signed_in, deliver, home):
    browser = signed_in(ada)
    before = Store(home).release
    delivery = deliver(browser, later().replace("NNNNNNNNN-Billing", "NNNNNNNNN-Biling").replace("north,", "nroth,"))
    assert delivery.state == State.REFUSED
    page = browser.get(f"/data/deliveries/{delivery.public_id}/").content.decode()
    assert "nroth" in page and "file refused" in page and "Publish these facts" not in page
    assert browser.post(f"/data/deliveries/{delivery.public_id}/publish/").status_code == 422
    assert work_off() == 0
    assert Store(home).release == before


def test_a_file_that_is_no_table_is_refused_in_words(ada, signed_in, deliver):
    browser = signed_in(ada)
    delivery = deliver(browser, "just a sentence, and nothing else", name="letter.csv")
    assert delivery.state == State.REFUSED
    assert delivery.refusal["what"]
    assert (
        delivery.refusal["what"].split(".")[0][:40]
        in browser.get(f"/data/deliveries/{delivery.public_id}/").content.decode()
    )


def test_rows_kept_out_are_downloaded_corrected_and_delivered_again(ada, signed_in, deliver, home):
    browser = signed_in(ada)
    delivery = deliver(browser, broken(later(), 5, 9))
    assert (delivery.state, delivery.rows_good, delivery.rows_kept_out) == (State.CHECKED, 138, 2)
    browser.post(f"/data/deliveries/{delivery.public_id}/publish/")
    work_off()
    delivery.refresh_from_db()
    assert delivery.state == State.CHECKED, "rejected rows are published over only by a word of the client"
    browser.post(f"/data/deliveries/{delivery.public_id}/publish/", {"leave_rejected": "on"})
    work_off()
    delivery.refresh_from_db()
    assert delivery.state == State.PUBLISHED
    facts = Store(home).record("north", delivery.publications["north"]).publication.rows
    answer = browser.get(f"/data/deliveries/{delivery.public_id}/kept-out.csv")
    kept_out = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["levelfield_row"] for row in kept_out] == ["6", "10"]
    for row in kept_out:
        row["answered"] = "50"
        row["answered_within"] = "40"
    out = io.StringIO()
    writer = csv.DictWriter(out, kept_out[0].keys())
    writer.writeheader()
    writer.writerows(kept_out)
    again = deliver(browser, out.getvalue(), name="corrected.csv")
    assert (again.state, again.rows_good, again.rows_kept_out) == (State.CHECKED, 2, 0), again.findings
    browser.post(f"/data/deliveries/{again.public_id}/publish/")
    work_off()
    again.refresh_from_db()
    assert Store(home).record("north", again.publications["north"]).publication.rows == facts
    assert Store(home).record("north", again.publications["north"]).differences


def test_a_withdrawn_delivery_is_gone_for_good(ada, signed_in, deliver, home):
    browser = signed_in(ada)
    before = Store(home).release
    delivery = deliver(browser, later())
    with_file = upload_folder() / delivery.stored_as
    assert with_file.exists()
    actions.withdraw(delivery=delivery, by=ada.as_viewer, at=delivery.at)
    browser.post(f"/data/deliveries/{delivery.public_id}/withdraw/")
    delivery.refresh_from_db()
    assert delivery.state == State.WITHDRAWN
    assert browser.post(f"/data/deliveries/{delivery.public_id}/publish/").status_code == 422
    assert work_off() == 0
    assert Store(home).release == before
    assert Move.objects.filter(verb="withdraw").count() == 1


def test_what_is_published_cannot_be_withdrawn(ada, signed_in, deliver):
    browser = signed_in(ada)
    delivery = deliver(browser, later())
    browser.post(f"/data/deliveries/{delivery.public_id}/publish/")
    assert browser.post(f"/data/deliveries/{delivery.public_id}/withdraw/").status_code == 422
    work_off()
    assert browser.post(f"/data/deliveries/{delivery.public_id}/withdraw/").status_code == 422
    delivery.refresh_from_db()
    assert delivery.state == State.PUBLISHED


def test_a_file_that_is_too_large_is_refused_and_not_kept(ada, signed_in, home, monkeypatch):
    monkeypatch.setattr(actions, "LARGEST_UPLOAD", 1_000)
    answer = signed_in(ada).post("/data/deliver/", {"file": SimpleUploadedFile("big.csv", later().encode())})
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()
    assert not Delivery.objects.exists()
    assert list(upload_folder().iterdir()) == []


def test_the_same_facts_again_make_no_second_publication(ada, signed_in, deliver, home):
    browser = signed_in(ada)
    before = Store(home).release
    delivery = deliver(browser, interval_file("north", "NNNNNNNNN"))
    browser.post(f"/data/deliveries/{delivery.public_id}/publish/")
    work_off()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.publications) == (State.PUBLISHED, {})
    assert Store(home).release == before
    assert "unchanged" in browser.get(f"/data/deliveries/{delivery.public_id}/").content.decode()
