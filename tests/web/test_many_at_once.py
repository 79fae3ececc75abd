"""Hundreds of forms at once, by page and by mail: how far they are, and a list of what became of each."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from uuid import UUID

from house import Cast, form_file, several_forms
from visitors import Visitor, text_of

from intake.cases.reading import ReadingDesk
from intake.house import House

MANY = 120


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def test_many_files_of_one_sending_are_each_received_or_refused_with_a_cure(
    yot: Visitor, hospital: Visitor, house: House, cast: Cast, reading: ReadingDesk
) -> None:
    files = [(io.BytesIO(form_file(level_requested="2")), f"form {number}.pdf") for number in range(MANY)]
    files[7] = (io.BytesIO(b""), "=empty.pdf")
    files[9] = (io.BytesIO(b"no form at all"), "letter.pdf")
    sent = yot.send("/referrals/send", {"once": "page 1", "forms": files})
    assert sent.status_code == 302 and sent.location.endswith("/referrals/sendings/page%201")
    page = yot.page(sent.location)
    assert f"{MANY} files sent" in text_of(page) and f"{MANY - 1} files are still being read" in text_of(page)
    (bar,) = page.xpath("//progress")
    assert (bar.get("max"), bar.get("value")) == (str(MANY), "1")
    for _ in range(30):
        assert reading.do_next()
    assert yot.page(sent.location).xpath("//progress/@value") == ["31"]
    while reading.do_next():
        pass
    page = text_of(yot.page(sent.location))
    assert "Every file has been looked at. 2 files were not accepted" in page and "forms have questions" in page
    results = {row["file"]: row for row in rows_of(yot.get(f"{sent.location}/results.csv").text)}
    assert len(results) == MANY and "'=empty.pdf" in results
    assert (
        results["letter.pdf"]["state"] == "Not accepted" and results["letter.pdf"]["why not accepted, and what to do"]
    )
    one = results["form 3.pdf"]
    assert one["state"] == "Checked" and int(one["open questions"]) > 0
    assert yot.get(one["link"].removeprefix("http://localhost")).status_code == 200
    assert hospital.get(sent.location).status_code == hospital.get(f"{sent.location}/results.csv").status_code == 404


def test_a_sending_tells_which_file_is_here_already_and_every_form_of_an_e_mail(
    yot: Visitor, coordinator: Visitor, house: House, cast: Cast, reading: ReadingDesk
) -> None:
    twice, mail = form_file(level_requested="2"), several_forms(form_file("H"), form_file("I"))
    files = [(io.BytesIO(twice), "form.pdf"), (io.BytesIO(twice), "form (1).pdf"), (io.BytesIO(mail), "mail.eml")]
    sent = yot.send("/referrals/send", {"once": "page 2", "forms": files})
    while reading.do_next():
        pass
    page = yot.page(sent.location)
    assert "3 files sent" in text_of(page)
    cells = {str(text_of(row.xpath("./th")[0])): text_of(row.xpath("./td")[0]) for row in page.xpath("//tbody/tr")}
    assert list(cells) == [f"WM-2026-{number:06d}" for number in range(1, 5)]
    marked = [reference for reference, words in cells.items() if "already with us as WM-2026-000001" in words]
    assert marked == ["WM-2026-000002"]
    others = [reference for reference, words in cells.items() if "same e-mail as WM-2026-000003" in words]
    assert others == ["WM-2026-000004"]
    results = rows_of(yot.get(f"{sent.location}/results.csv").text)
    assert [row["same file as"] for row in results] == ["", "WM-2026-000001", "", ""]
    queue = text_of(coordinator.page("/queue"))
    assert queue.count("Same file as WM-2026-000001") == queue.count("Same file as") == 1
    second = next(line.id for line in house.views.queue(cast.coordinator).lines if line.same_as)
    house.desk.withdraw(cast.yot, second, "Sent twice.")
    assert "already with us" not in text_of(yot.page(sent.location))
    assert "Same file as" not in text_of(coordinator.page("/queue?shelf=withdrawn"))


def test_the_mails_of_a_day_say_what_became_of_each(
    coordinator: Visitor, visitors: dict[str, Visitor], house: House, cast: Cast, reading: ReadingDesk
) -> None:
    def arrive(sender: str, number: int) -> None:
        mail = f"From: {sender}\r\nMessage-ID: <{number}>\r\n\r\nhello {number}".encode()
        house.incoming.take(mail, len(mail))

    for number in range(3):
        arrive("yot@example.org", number)
    arrive("somebody@elsewhere.example.org", 4)
    assert "4 mails came. 3 forms are still being read" in text_of(coordinator.page("/incoming/day"))
    while reading.do_next():
        pass
    page = text_of(coordinator.page("/incoming/day"))
    assert "3 mails without a form that could be read" in page and "The sender is not known" in page
    rows = rows_of(coordinator.get("/incoming/day.csv?day=2026-11-20").text)
    assert sorted(bool(row["reference"]) for row in rows) == [False, True, True, True]
    assert "0 mails came" in text_of(coordinator.page("/incoming/day?day=2026-11-19"))
    assert coordinator.get("/incoming/day?day=0001-01-01").status_code == 200
    assert "0 mails came" in text_of(visitors["elsewhere"].page("/incoming/day"))


def test_a_mail_that_became_a_restricted_case_is_not_in_others_lists(
    coordinator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    mail = b"From: yot@example.org\r\nMessage-ID: <1>\r\n\r\nhello"
    house.incoming.take(mail, len(mail))
    (line,) = house.views.queue(cast.coordinator, "all").lines
    deputy = house.people.add_person("d@example.org", "D", "coordinator", "correct horse battery", area="WM")
    assert house.desk.restrict(deputy, line.id, {deputy.id}, "A colleague's brother.") is None
    assert "0 mails came" in text_of(coordinator.page("/incoming/day"))
