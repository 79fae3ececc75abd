"""A disk without room takes nothing in by halves: readiness, page, API and mailbox say so, and what was received stays."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from api_calls import Caller, problem_in, system_of
from flask import Flask
from house import Cast, form_file, open_as_owner
from sqlalchemy import text
from visitors import Visitor, text_of

from intake.errors import NoRoom
from intake.house import House
from intake.store import room

NONE_TAKEN = "Nothing new can be taken in at the moment"
SMALL_DISK = f"""
mount -t tmpfs -o size=1m none "$0" && mkdir "$0/postgres" && exec {sys.executable} - "$0" <<'END'
import sys
from pathlib import Path
from intake.store.room import FILES_AHEAD, Room
disk = Path(sys.argv[1])
room = Room(disk, 500 * 1024 // FILES_AHEAD)
print(room.trouble())
(disk / "postgres" / "table").write_bytes(bytes(700 * 1024))
print(room.trouble())
END
"""


@pytest.fixture
def full(house: House, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk with a database of its own, whose disk has less left than is wanted; `undo` it to have room again."""
    (house.settings.data / "postgres").mkdir(parents=True)
    monkeypatch.setattr(room, "FILES_AHEAD", 10**9)
    return monkeypatch


def brought(yot: Visitor, once: str = "a") -> str:
    files = [(io.BytesIO(form_file()), "form.pdf")]
    answer = yot.send("/referrals/send", {"once": once, "forms": files}, content_type="multipart/form-data")
    return f"{answer.status_code} {text_of(yot.parsed(answer))}"


def test_the_room_is_that_of_the_disk_of_the_database(tmp_path: Path) -> None:
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=60)
    if "unshare" in ran.stderr or "mount" in ran.stderr:
        pytest.skip("this machine lets nobody mount a small disk")
    assert ran.stdout.splitlines() == ["None", "too little is left on the disk"], ran.stderr


def test_a_desk_without_room_is_not_ready_and_takes_nothing_in_until_there_is_some(
    house: House, cast: Cast, yot: Visitor, full: pytest.MonkeyPatch
) -> None:
    assert yot.get("/health/ready").status_code == 503
    assert NONE_TAKEN in text_of(yot.page("/referrals/send"))
    said = brought(yot)
    assert said.startswith("503 ") and NONE_TAKEN in said and "What was received before is safe" in said
    assert house.views.my_referrals(cast.yot).lines == ()
    full.undo()
    assert yot.get("/health/ready").status_code == 200
    assert NONE_TAKEN not in text_of(yot.page("/referrals/send"))
    assert brought(yot).startswith("302 ") and len(house.views.my_referrals(cast.yot).lines) == 1


def test_what_was_received_before_still_has_its_receipt(
    yot: Visitor, house: House, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(), token="once")
    (house.settings.data / "postgres").mkdir(parents=True)
    monkeypatch.setattr(room, "FILES_AHEAD", 10**9)
    assert house.desk.receive(cast.yot, "form.pdf", form_file(), token="once").reference == receipt.reference
    assert receipt.reference in text_of(yot.page(f"/referrals/{receipt.referral_id}/receipt"))


def test_documents_systems_and_mails_wait_as_well(
    app: Flask, house: House, cast: Cast, arrived: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = arrived()
    assert house.senders.add(cast.administrator, "WM", "@trust.example.org", cast.hospital.agency_id) == {}
    system = Caller(app.test_client(), system_of(house, cast, cast.yot)[1])
    (house.settings.data / "postgres").mkdir(parents=True)
    monkeypatch.setattr(room, "FILES_AHEAD", 10**9)
    with pytest.raises(NoRoom):
        house.desk.add_document(cast.yot, case, "report.docx", b"a report")
    answer = system.upload("/api/v1/referrals/file", form_file())
    assert (answer.status_code, problem_in(answer)["code"]) == (503, "no_room")
    mail = b"From: nurse@trust.example.org\r\nMessage-ID: <1@x>\r\n\r\nx"
    with pytest.raises(NoRoom):
        house.incoming.take(mail, len(mail))
    assert house.watch.trouble()["room"]
    monkeypatch.undo()
    house.incoming.take(mail, len(mail))
    assert len(house.views.my_referrals(cast.hospital).lines) == 1


def test_an_administrator_sees_that_the_disk_is_too_full(
    visitors: dict[str, Visitor], full: pytest.MonkeyPatch
) -> None:
    words = "no files are taken in until there is more"
    assert words in text_of(visitors["administrator"].page("/administration/health"))
    full.undo()
    assert words not in text_of(visitors["administrator"].page("/administration/health"))


def test_a_file_for_which_the_database_has_no_room_is_not_received_and_that_is_said(
    app: Flask, house: House, cast: Cast, yot: Visitor
) -> None:
    refuse = """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON documents EXECUTE FUNCTION full_disk();
    """
    with open_as_owner(house) as connection:
        connection.execute(text(refuse))
    said = brought(yot)
    assert said.startswith("503 ") and NONE_TAKEN in said
    system = Caller(app.test_client(), system_of(house, cast, cast.yot)[1])
    assert problem_in(system.upload("/api/v1/referrals/file", form_file()))["code"] == "no_room"
    assert house.views.my_referrals(cast.yot).lines == ()
    assert house.reconciler.compare().differences == ()
