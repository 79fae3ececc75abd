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
from visitors import Visitor, text_of
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from intake.house import House
from intake.reading import ReadingDesk
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


def test_a_script_gets_the_receipt_as_data(yot: Visitor) -> None:
    response = yot.send(
        "/referrals/send", {**sent((form_file(), "one.pdf")), "first": "3"}, headers={"Accept": "application/json"}
    )
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
    assert [uploads.megabytes(size) for size in (1, 3000, 25 * MEGABYTE, 26_500_000)] == [
        "1 kB",
        "3 kB",
        "25 MB",
        "25.3 MB",
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


def test_a_referral_is_withdrawn_with_a_reason(yot: Visitor, arrived: Callable[..., UUID]) -> None:
    referral = arrived()
    response = yot.send(f"/referrals/{referral}/withdraw", {"reason": "Sent by mistake"})
    page = text_of(yot.page(response.location))
    assert "The referral was withdrawn." in page and "Sent by mistake" in page
