"""Forms are taken in whatever happens: several, twice, too large, empty, of the wrong kind, by script and without."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from house import Cast, form_file
from scenes import GAPS
from visitors import Standing, Visitor, text_of
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from intake.cases.reading import ReadingDesk
from intake.house import House
from web import referrer, uploads

MEGABYTE = 1024 * 1024


def sent(*files: tuple[bytes, str], once: str = "once") -> dict[str, Any]:
    return {"once": once, "forms": [(io.BytesIO(content), name) for content, name in files]}


def references(house: House, cast: Cast) -> list[str]:
    return [line.reference for line in house.views.my_referrals(cast.yot).lines]


def only(house: House, cast: Cast) -> UUID:
    (line,) = house.views.my_referrals(cast.yot).lines
    return line.id


def test_several_files_give_a_receipt_each(yot: Visitor) -> None:
    response = yot.send("/referrals/send", sent((form_file(), "one.pdf"), (form_file(), "two.pdf")))
    page = text_of(yot.page(response.location))
    assert "2 files sent" in page
    assert "WM-2026-000001" in page and "WM-2026-000002" in page
    assert "one.pdf" in page and "two.pdf" in page


def test_sending_the_same_page_twice_takes_the_form_once(yot: Visitor, house: House, cast: Cast) -> None:
    file = form_file()
    first = yot.send("/referrals/send", sent((file, "one.pdf"), once="the same page"))
    second = yot.send("/referrals/send", sent((file, "one.pdf"), once="the same page"))
    assert first.location == second.location
    assert references(house, cast) == ["WM-2026-000001"]


def test_another_file_from_the_same_page_is_not_taken_for_the_first(yot: Visitor, house: House, cast: Cast) -> None:
    first, second = form_file(), form_file()
    one = yot.send("/referrals/send", sent((first, "one.pdf"), once="the same page"))
    other = yot.send("/referrals/send", sent((second, "two.pdf"), once="the same page"))
    assert one.location != other.location
    assert set(references(house, cast)) == {"WM-2026-000001", "WM-2026-000002"}
    again = yot.send("/referrals/send", sent((second, "two.pdf"), (first, "one.pdf"), once="the same page"))
    assert len(references(house, cast)) == 2 and "2 files sent" in text_of(yot.page(again.location))


def test_files_of_one_name_or_one_content_are_told_apart(yot: Visitor, house: House, cast: Cast) -> None:
    same = form_file()
    files = [(same, "one.pdf"), (same, "two.pdf"), (form_file(), "one.pdf"), (b"", "three.pdf"), (b"", "four.pdf")]
    yot.send("/referrals/send", sent(*files))
    assert len(references(house, cast)) == 5


def test_one_bad_file_does_not_stop_the_others(yot: Visitor, house: House, cast: Cast) -> None:
    files = [(form_file(), "good.pdf"), (b"", "empty.pdf"), (b"x" * (2 * MEGABYTE), "large.pdf")]
    page = yot.page(yot.send("/referrals/send", sent(*files)).location)
    rows = {text_of(row.xpath("td[1]")[0])[:5]: text_of(row) for row in page.xpath("//tbody/tr")}
    assert "Not accepted" not in rows["good."] and "30 November 2026" in rows["good."]
    assert "The file is empty" in rows["empty"] and "larger than 1 MB" in rows["large"]
    assert "still being read" in text_of(page) and page.xpath("//*[@data-state='under-way']")


def test_a_session_that_ended_says_that_files_must_be_chosen_again(
    yot: Visitor, nobody: Visitor, house: House, cast: Cast
) -> None:
    assert yot.token is not None
    form = {"proof": yot.proof(), **sent((form_file(), "one.pdf"))}
    house.people.close_session(yot.token)
    response = yot.client.post("/referrals/send", data=form)
    page = yot.parsed(response)
    assert response.status_code == 401 and "choose them once more" in text_of(page)
    assert page.xpath("//input[@name='next']")[0].value == "/referrals/send"
    assert not page.xpath("//input[starts-with(@name, 'kept-')]")
    told = yot.client.post(
        "/referrals/send",
        data={"proof": "x", **sent((form_file(), "one.pdf"))},
        headers={"Accept": "application/json"},
    ).get_json()
    assert told["again"] == "/referrals/send" and "nothing was sent" in told["message"]
    assert references(house, cast) == []


def test_a_script_gets_the_receipt_as_data(yot: Visitor) -> None:
    response = yot.send("/referrals/send", sent((form_file(), "one.pdf")), headers={"Accept": "application/json"})
    (receipt,) = response.get_json()["receipts"]
    assert receipt["reference"] == "WM-2026-000001"
    assert receipt["refused"] is None


def test_without_a_file_the_page_says_so_and_leads_to_the_input(yot: Visitor) -> None:
    response = yot.send("/referrals/send", {"once": "x", "forms": (io.BytesIO(b""), "")})
    page = yot.parsed(response)
    assert response.status_code == 422
    assert page.xpath("//div[@class='govuk-error-summary']//a/@href") == ["#forms"]


def test_a_file_that_is_too_large_is_told_kindly_and_stands_in_the_list(yot: Visitor, house: House, cast: Cast) -> None:
    response = yot.send("/referrals/send", sent((b"x" * (2 * MEGABYTE), "scan.pdf")))
    assert response.status_code == 413
    page = text_of(yot.parsed(response))
    assert "larger than 1 MB" in page and "200 dpi" in page
    assert "2 MB" in page, "the true size is recorded, not that of the part that was kept"
    assert references(house, cast) == ["WM-2026-000001"]


def test_a_request_longer_than_is_read_at_all_gets_a_page_and_is_recorded(
    yot: Visitor, house: House, cast: Cast
) -> None:
    response = yot.client.post(
        "/referrals/send",
        data={"proof": yot.proof(), **sent((b"x" * (6 * MEGABYTE), "everything.pdf"))},
        headers={"Accept": "text/html"},
    )
    assert response.status_code == 413
    assert "too much at once" in text_of(yot.parsed(response))
    assert references(house, cast) == ["WM-2026-000001"]
    assert "larger than 1 MB" in text_of(yot.page(f"/referrals/{only(house, cast)}"))


def test_an_empty_file_and_one_of_another_kind_are_recorded_with_their_cure(
    yot: Visitor, coordinator: Visitor, arrived: Callable[..., UUID]
) -> None:
    response = yot.send("/referrals/send", sent((b"", "nothing.pdf")))
    assert "The file is empty" in text_of(yot.page(response.location))
    invoice = arrived(b"an invoice")
    assert "No MAPPA form A, H or I was found" in text_of(yot.page(f"/referrals/{invoice}/receipt"))
    assert "Refused files (2)" in text_of(coordinator.page("/queue"))
    history = text_of(coordinator.page(f"/cases/{invoice}"))
    assert "This file was refused" in history


def test_the_receipt_names_what_a_sender_needs_to_keep(yot: Visitor, house: House, cast: Cast) -> None:
    content = form_file()
    response = yot.send("/referrals/send", sent((content, "my form.pdf")))
    page = text_of(yot.page(response.location))
    receipt = house.views.case(cast.yot, UUID(response.location.split("/")[2]))
    for needed in (
        "WM-2026-000001",
        "20 November 2026 at 9:30am",
        receipt.document.sha256,
        "30 November 2026",
        "my form.pdf",
    ):
        assert needed in page
    assert receipt.due.why in page


def test_nothing_of_a_file_touches_the_disk_on_its_way_in(
    yot: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = FileStorage(io.BytesIO(b"{" + b" " * 900_000), "large.pdf", "forms")
    boundary, body = encode_multipart({"proof": yot.proof(), "once": "x", "forms": file})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    response = yot.client.post("/referrals/send", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert response.status_code == 302


def test_the_page_after_sending_waits_for_a_quick_reading(
    yot: Visitor, reading: ReadingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = yot.send("/referrals/send", sent((form_file(**GAPS), "one.pdf")))
    monkeypatch.setattr(referrer, "PATIENCE", 30.0)
    monkeypatch.setattr(referrer.time, "sleep", lambda seconds: reading.do_next())
    assert "Answer the questions" in text_of(yot.page(response.location))


def test_a_reading_that_takes_long_says_so(yot: Visitor, arrived: Callable[..., UUID], clock: Any) -> None:
    referral = arrived(read=False)
    assert "takes a few seconds" in text_of(yot.page(f"/referrals/{referral}/progress"))
    clock.pass_by(minutes=3)
    assert "takes longer than usual" in text_of(yot.page(f"/referrals/{referral}/progress"))


def test_a_kept_file_never_holds_more_than_it_may() -> None:
    kept = uploads.KeptFile(10)
    for _ in range(5):
        kept.write(b"1234")
    assert kept.getvalue() == b"1234123412"
    assert kept.seen == 20


def test_sizes_are_told_in_words() -> None:
    assert [uploads.megabytes(size) for size in (1, 3000, 25 * MEGABYTE, 26_500_000, 78_802_000_000)] == [
        "1 kB",
        "3 kB",
        "25 MB",
        "25.3 MB",
        "73.4 GB",
    ]


def test_a_supporting_document_is_kept_and_can_be_fetched(yot: Visitor, arrived: Callable[..., UUID]) -> None:
    referral = arrived()
    response = yot.send(f"/referrals/{referral}/documents", {"documents": (io.BytesIO(b"plan"), "plan.docx")})
    page = yot.page(response.location)
    (link,) = page.xpath("//a[contains(., 'plan.docx')]/@href")
    fetched = yot.get(link)
    assert fetched.get_data() == b"plan"
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert fetched.mimetype == "application/octet-stream"
    assert "sandbox" in fetched.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("bad", "says"), [(b"", "empty.docx is empty"), (b"x" * (2 * MEGABYTE), "larger than 1 MB")])
def test_documents_are_added_all_or_none(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID], bad: bytes, says: str
) -> None:
    referral = arrived()
    files = {"documents": [(io.BytesIO(b"plan"), "plan.docx"), (io.BytesIO(bad), "empty.docx")]}
    response = yot.send(f"/referrals/{referral}/documents", files)
    page = yot.parsed(response)
    assert response.status_code == 422 and says in text_of(page)
    assert page.xpath("//div[@class='govuk-error-summary']//a/@href") == ["#documents"]
    assert house.views.case(cast.yot, referral).attachments == ()


def test_a_document_sent_twice_is_kept_once(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived()
    for content, name in ((b"plan", "plan.docx"), (b"plan", "plan.docx"), (b"plan", "other.docx"), (b"x", "plan.docx")):
        yot.send(f"/referrals/{referral}/documents", {"documents": (io.BytesIO(content), name)})
    kept = [paper.filename for paper in house.views.case(cast.yot, referral).attachments]
    assert kept == ["plan.docx", "other.docx", "plan.docx"]


@pytest.mark.parametrize("state", ["decided", "withdrawn", "refused"])
def test_a_closed_referral_offers_nothing_that_is_refused(standing: Standing, state: str) -> None:
    page = standing.visitors["yot"].page(f"/referrals/{getattr(standing.scene, state)}")
    side = text_of(page.xpath("//nav[@aria-label='What you can do']")[0])
    assert "Add a document" not in side and "Withdraw" not in side and "Answer" not in side


def test_who_sent_a_file_twice_is_told_so_until_one_is_closed(yot: Visitor, arrived: Callable[..., UUID]) -> None:
    content = form_file(**GAPS)
    _, second = arrived(content), arrived(content)
    for page in (f"/referrals/{second}", f"/referrals/{second}/receipt"):
        assert "The same file is already with us as WM-2026-000001" in text_of(yot.page(page))
    yot.send(f"/referrals/{second}/withdraw", {"reason": "Sent twice."})
    assert "already with us" not in text_of(yot.page(f"/referrals/{second}"))


def test_a_referral_is_withdrawn_with_a_reason(yot: Visitor, arrived: Callable[..., UUID]) -> None:
    referral = arrived()
    response = yot.send(f"/referrals/{referral}/withdraw", {"reason": "Sent by mistake"})
    page = text_of(yot.page(response.location))
    assert "The referral was withdrawn." in page and "Sent by mistake" in page
