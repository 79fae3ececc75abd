"""Nothing is opened before a scanner has looked it over, where one is set: with the real clamd, and with one that misbehaves."""

from __future__ import annotations

import base64
import io
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from house import Cast, SetClock, Worker, form_file, open_as_owner, read_test_form, status_of, wait_for
from scanner import NAME, VIRUS, Scanner
from sqlalchemy import text

from extractors.refusals import Refusal
from intake.cases.reading import ReadingDesk
from intake.errors import HouseError, NotNow
from intake.house import House, open_house
from intake.models import Stage
from intake.reader.clamd import Clamd, ScannerAway
from intake.reader.nursery import File, Result
from intake.settings import Settings
from intake.work.ledger import ATTEMPTS

MEGABYTE = 1024 * 1024
INFECTED = form_file(person__family_name=VIRUS.decode())
OPENED: list[bytes] = []


def packed(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", content)
    return file.getvalue()


def mail(attachment: bytes) -> bytes:
    head = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Form\r\nMIME-Version: 1.0\r\n"
    body = b'Content-Type: multipart/mixed; boundary="edge"\r\n\r\n--edge\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n'
    part = b"--edge\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=form.docx\r\n\r\n"
    return head + body + part + base64.encodebytes(attachment) + b"--edge--\r\n"


def opens(house: House) -> ReadingDesk:
    """A worker's desk that keeps what it opened."""
    OPENED.clear()

    def do(task: str, file: File, still_here: Callable[[], None], every: float) -> Result:
        OPENED.append(file.content)
        return read_test_form(file)

    return ReadingDesk(house.registry, house.ledger, house.check, do, house.gate)


@pytest.fixture
def guarded(settings: Settings, clock: SetClock, scanner: Scanner) -> Iterator[House]:
    """A house whose scanner is not started yet."""
    with open_house(settings.model_copy(update={"clamd": scanner.path}), clock=clock) as house:
        yield house


def stage(house: House, cast: Cast, referral_id: UUID) -> Stage:
    return next(one for one in house.views.progress(cast.yot, referral_id).stages if one.name == "scanned")


def due_now(house: House) -> None:
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE jobs SET next_try = clock_timestamp() WHERE state = 'due'"))


# What clamd says


@pytest.mark.parametrize("by", ["path", "host_and_port"])
def test_the_real_scanner_finds_what_is_wrapped_in_archives_and_mails(scanner: Scanner, by: str) -> None:
    scanner.start()
    clamd = Clamd(getattr(scanner, by))
    assert clamd.version().startswith("ClamAV ")
    for clean in (b"", b"a form", packed(b"a form"), mail(packed(b"a form")), bytes(25 * MEGABYTE)):
        assert clamd.virus_in(clean) is None
    for infected in (VIRUS, packed(VIRUS), mail(packed(VIRUS)), mail(mail(packed(VIRUS)))):
        assert clamd.virus_in(infected) == NAME
    with pytest.raises(ScannerAway, match="scanner_limit"):
        clamd.virus_in(bytes(25 * MEGABYTE + 1))


@contextmanager
def answering(words: bytes, *, hang: bool = False) -> Iterator[str]:
    """Something on a port that answers everybody with these words."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    wire, _ = server.accept()
                    with wire:
                        wire.recv(4096)
                        wire.sendall(words)
                        while hang and wire.recv(4096):
                            pass
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"OK",
        b"stream: OK",
        b"stream: OK\0stream: OK\0",
        b"stream: A B FOUND\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"stream: OK\0" * 9999,
    ],
)
def test_only_the_plain_words_of_clamd_count(words: bytes) -> None:
    with answering(words) as address, pytest.raises(ScannerAway, match="scanner_answer"):
        Clamd(address).virus_in(b"a form")


def test_a_scanner_that_hangs_is_given_up_and_the_lease_kept_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.reader.clamd.LONGEST_SCAN", 0.5)
    calls: list[None] = []
    with answering(b"", hang=True) as address, pytest.raises(ScannerAway, match="scanner_slow"):
        Clamd(address)._ask(b"zPING\0", lambda: calls.append(None), 0.05, 0.5)
    assert len(calls) >= 5


@pytest.mark.parametrize("address", ["/nowhere/clamd.sock", "127.0.0.1:1"])
def test_no_scanner_at_its_address_is_told(address: str) -> None:
    with pytest.raises(ScannerAway, match="scanner_away"):
        Clamd(address).virus_in(b"a form")


@pytest.mark.parametrize("address", ["clamav", "tcp://clamav:3310", "clamav:port", "socket path"])
def test_an_address_that_cannot_be_understood_is_said_at_start(address: str) -> None:
    with pytest.raises(HouseError, match="MAPPA_CLAMD"):
        Settings.from_environment({"MAPPA_CLAMD": address})


# At the desk


def test_a_clean_form_is_scanned_once_and_read(guarded: House, cast: Cast, scanner: Scanner) -> None:
    scanner.start()
    one = guarded.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    assert stage(guarded, cast, one) == Stage(name="scanned")
    assert opens(guarded).do_next()
    assert status_of(guarded, one) == "checked" and stage(guarded, cast, one).at is not None
    scanner.stop()
    assert guarded.views.original(cast.yot, one)[0] == "form.pdf"
    kinds = [event.kind for event in guarded.views.case(cast.yot, one).history]
    assert kinds[:4] == ["received", "reading", "scanned", "read"]


def test_an_infected_form_is_refused_unopened_and_given_to_nobody(guarded: House, cast: Cast, scanner: Scanner) -> None:
    scanner.start()
    one = guarded.desk.receive(cast.yot, "form.pdf", INFECTED).referral_id
    reading = opens(guarded)
    while reading.do_next():
        pass
    case = guarded.views.case(cast.yot, one)
    assert OPENED == []
    assert case.refused is not None and case.refused.code == "infected" and "clean copy" in case.refused.message
    assert case.document.sealed_off and case.document.pictures == 0 and case.document.size == len(INFECTED)
    scanner.stop()
    for person in (cast.yot, cast.coordinator):
        with pytest.raises(NotNow, match="given to nobody"):
            guarded.views.original(person, one)
    trail = [line.facts for line in guarded.looks.trail_of(case.line.reference) if line.kind == "scanned"]
    assert [facts["found"] for facts in trail] == [NAME]
    assert guarded.reconciler.compare().differences == ()


def test_what_could_not_be_looked_over_in_full_is_not_clean(guarded: House, cast: Cast, scanner: Scanner) -> None:
    scanner.start()
    deep = b"a form"
    for _ in range(30):
        deep = packed(deep)
    one = guarded.desk.receive(cast.yot, "form.docx", deep).referral_id
    assert opens(guarded).do_next()
    refused = guarded.views.case(cast.yot, one).refused
    assert OPENED == [] and refused is not None and refused.code == "unscannable"


def test_while_the_scanner_is_away_forms_wait_unopened_and_are_not_given_up(
    guarded: House, cast: Cast, scanner: Scanner
) -> None:
    one = guarded.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    reading = opens(guarded)
    for _ in range(2 * ATTEMPTS):
        due_now(guarded)
        assert reading.do_next()
    assert OPENED == [] and status_of(guarded, one) == "reading"
    waits = stage(guarded, cast, one)
    assert waits.waits and waits.detail == "Waits for the virus scanner, which does not answer"
    with pytest.raises(NotNow, match="not checked for viruses yet"):
        guarded.views.original(cast.yot, one)
    assert guarded.watch.vitals().awaiting_scanner == 1 and guarded.watch.trouble()["scanner"] == "does not answer"
    health = guarded.administration.health(cast.administrator)
    assert health.scanner == "" and health.awaiting_scanner == 1 and health.set_aside == ()
    history = [event.kind for event in guarded.views.case(cast.yot, one).history]
    assert history.count("scanner_awaited") == 1
    assert guarded.reconciler.compare().differences == ()
    scanner.start()
    due_now(guarded)
    assert reading.do_next()
    assert status_of(guarded, one) == "checked" and not stage(guarded, cast, one).waits
    assert guarded.watch.vitals().awaiting_scanner == 0 and guarded.watch.trouble()["scanner"] is None
    assert guarded.administration.health(cast.administrator).scanner.startswith("ClamAV ")  # type: ignore[union-attr]


def test_the_longer_a_form_waits_the_rarer_it_tries(guarded: House, cast: Cast) -> None:
    guarded.desk.receive(cast.yot, "form.pdf", form_file())
    for age, wait in ((0, 2), (60, 15), (3600, 30)):
        with open_as_owner(guarded) as connection:
            connection.execute(
                text(
                    "UPDATE jobs SET next_try = clock_timestamp(), created_at = clock_timestamp() - :age * interval '1 s'"
                ),
                {"age": age},
            )
            before = connection.scalar(text("SELECT clock_timestamp()"))
        assert opens(guarded).do_next()
        with open_as_owner(guarded) as connection:
            next_try, after = connection.execute(text("SELECT next_try, clock_timestamp() FROM jobs")).one()
        assert next_try - after <= timedelta(seconds=wait) <= next_try - before


def test_a_form_too_long_for_the_scanner_is_set_aside_for_people(
    settings: Settings, clock: SetClock, cast: Cast, scanner: Scanner
) -> None:
    scanner.start()
    larger = settings.model_copy(update={"clamd": scanner.path, "max_upload": 26 * MEGABYTE})
    with open_house(larger, clock=clock) as house:
        house.desk.receive(cast.yot, "form.pdf", bytes(25 * MEGABYTE + 1))
        assert opens(house).do_next()
        (aside,) = house.administration.health(cast.administrator).set_aside
        assert OPENED == [] and aside.error == "scanner_limit"


def test_a_supporting_document_is_looked_over_at_the_door_or_before_it_is_first_given_out(
    guarded: House, cast: Cast, scanner: Scanner
) -> None:
    one = guarded.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    unseen = guarded.desk.add_document(cast.yot, one, "report.docx", packed(VIRUS))
    with pytest.raises(NotNow, match="not checked for viruses yet"):
        guarded.views.attachment(cast.yot, one, unseen)
    scanner.start()
    letter = packed(b"a letter")
    clean = guarded.desk.add_document(cast.yot, one, "letter.docx", letter)
    with pytest.raises(Refusal, match="virus"):
        guarded.desk.add_document(cast.yot, one, "photo.docx", packed(VIRUS))
    with pytest.raises(NotNow, match="given to nobody"):
        guarded.views.attachment(cast.yot, one, unseen)
    scanner.stop()
    assert guarded.views.attachment(cast.yot, one, clean)[1] == letter
    found = {paper.filename: paper.sealed_off for paper in guarded.views.case(cast.yot, one).attachments}
    assert found == {"report.docx": True, "letter.docx": False}
    kinds = [event.kind for event in guarded.views.case(cast.yot, one).history]
    assert "document_refused" in kinds


def test_a_form_read_before_there_was_a_scanner_is_looked_over_before_it_is_given_out(
    house: House, guarded: House, cast: Cast, scanner: Scanner
) -> None:
    one = house.desk.receive(cast.yot, "form.pdf", INFECTED).referral_id
    assert opens(house).do_next()
    assert house.views.original(cast.yot, one)[1] == INFECTED
    assert stage(house, cast, one).detail == "No virus scanner is connected"
    assert stage(guarded, cast, one).detail == "Read before a virus scanner was connected"
    scanner.start()
    with pytest.raises(NotNow, match="given to nobody"):
        guarded.views.original(cast.yot, one)


def test_pages_drawn_before_there_was_a_scanner_are_shown_once_their_file_has_passed_it(
    house: House, guarded: House, cast: Cast, scanner: Scanner
) -> None:
    infected = house.desk.receive(cast.yot, "form.pdf", INFECTED).referral_id
    clean = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    reading = opens(house)
    while reading.do_next():
        pass
    for one in (infected, clean):
        assert house.views.page_picture(cast.yot, one, 1)
        with pytest.raises(NotNow, match="not checked for viruses yet"):
            guarded.views.page_picture(cast.yot, one, 1)
    scanner.start()
    with pytest.raises(NotNow, match="given to nobody"):
        guarded.views.page_picture(cast.yot, infected, 1)
    assert guarded.views.page_picture(cast.yot, clean, 1)
    scanner.stop()
    assert guarded.views.page_picture(cast.yot, clean, 1)
    with pytest.raises(NotNow, match="given to nobody"):
        house.views.page_picture(cast.yot, infected, 1)
    assert guarded.views.case(cast.yot, infected).document.pictures == 0


def test_pages_drawn_later_pass_the_same_gate(house: House, guarded: House, cast: Cast, scanner: Scanner) -> None:
    content = form_file(orders={"pictures_follow": True}, person__family_name=VIRUS.decode())
    one = house.desk.receive(cast.yot, "form.pdf", content).referral_id
    assert opens(house).do_next()
    scanner.start()
    reading = opens(guarded)
    while reading.do_next():
        pass
    assert OPENED == [] and guarded.views.case(cast.yot, one).document.pictures == 0


def test_a_worker_reads_as_soon_as_the_scanner_is_back(
    guarded: House, cast: Cast, scanner: Scanner, settings: Settings, tmp_path: Path
) -> None:
    worker = Worker(settings.model_copy(update={"clamd": scanner.path}))
    worker.start()
    try:
        one = guarded.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
        wait_for(lambda: stage(guarded, cast, one).waits)
        scanner.start()
        wait_for(lambda: status_of(guarded, one) == "checked", 40)
    finally:
        worker.stop()
