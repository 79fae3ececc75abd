"""A name planted wherever one can be typed or sent stays sealed: in no table in clear, mail, address, metric, log or backup."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
import redis
from house import Cast, Servers, form_file, open_as_owner
from scenes import COMPLETE, draft
from sqlalchemy import text
from visitors import Visitor

from intake.house import House
from intake.mail.outbox import Outbox
from intake.models import RawAnswer
from intake.settings import Settings
from intake.store.backup import back_up
from intake.store.trail import WHENCE
from web.app import make_app
from web.logs import OneLine

CANARY = "Zyzzyvanka"
WATCH = "watch-" * 6
SIGNS = (CANARY.lower().encode(), CANARY.upper().encode(), CANARY.encode(), CANARY.encode("utf-16-le"))


def clean(content: bytes | str) -> bool:
    told = content.encode() if isinstance(content, str) else content
    return not any(sign in told for sign in SIGNS)


def planted_mail(sender: str, number: int) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = f"{CANARY} <{sender}>", f"About {CANARY}"
    made["Message-ID"] = f"<{number}@{CANARY}.example.org>"
    made.set_content(f"{CANARY} was seen.")
    file = form_file(person__family_name=CANARY)
    made.add_attachment(file, maintype="application", subtype="octet-stream", filename=f"{CANARY}.pdf")
    return made.as_bytes()


def plant(house: House, cast: Cast, arrived: Callable[..., UUID]) -> UUID:
    """Have the name in everything that people send, type and decide."""
    desk, told = house.desk, f"{CANARY} did it."
    values = {**COMPLETE, "person__family_name": CANARY, "referral__reason": told, "victim__issues": told}
    one, other, gone = (arrived(form_file(**values)) for _ in range(3))
    desk.add_document(cast.yot, one, f"{CANARY}.docx", told.encode())
    desk.ask(cast.coordinator, one, [], [f"Where is {CANARY}?"])
    question = next(asked for asked in house.views.case(cast.yot, one).clarifications if asked.open)
    desk.answer(cast.yot, one, {question.id: RawAnswer(text=told)})
    assert desk.correct(cast.coordinator, one, "person.given_names", RawAnswer(text=CANARY)) is None
    version = house.views.case(cast.coordinator, one).line.version
    desk.keep_decision_draft(cast.coordinator, one, {"version": str(version), "why": told})
    decision = draft(version, reasons=told, told_referrer=told, panel_date=date(2026, 12, 15))
    assert not desk.decide(cast.coordinator, one, decision)
    desk.reopen(cast.coordinator, one, told)
    desk.withdraw(cast.yot, gone, told)
    assert desk.restrict(cast.coordinator, other, {cast.coordinator.id}, told) is None
    for number, sender in enumerate((cast.yot.email, "somebody@elsewhere.example.org")):
        mail = planted_mail(sender, number)
        house.incoming.take(mail, len(mail))
    return one


def test_a_name_that_is_typed_everywhere_stands_nowhere_in_clear(
    house: House,
    settings: Settings,
    servers: Servers,
    cast: Cast,
    arrived: Callable[..., UUID],
    coordinator: Visitor,
    yot: Visitor,
    hospital: Visitor,
    visitors: dict[str, Visitor],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    WHENCE.set(None)
    one = plant(house, cast, arrived)
    found = coordinator.send("/queue/find", {"text": CANARY})
    denied = [
        hospital.get(f"/referrals/{one}"),
        hospital.get(f"/queue/{CANARY}"),
        yot.client.post(f"/sign-in?next=/{CANARY}"),
    ]
    shown = [
        coordinator.get(path)
        for path in (
            f"/cases/{one}",
            f"/cases/{one}/letter",
            f"/referrals/{one}/read",
            f"/referrals/{one}/export",
            "/queue?shelf=all",
        )
    ]
    assert CANARY in shown[0].get_data(as_text=True), "the case itself shows it"
    counted = [
        coordinator.get("/statistics"),
        coordinator.get("/statistics/download"),
        visitors["administrator"].get("/administration/health"),
    ]
    watching = make_app(replace(house, settings=settings.model_copy(update={"monitor_token": WATCH}))).test_client()
    told = watching.get("/metrics", headers={"Authorization": "Bearer " + WATCH})
    assert told.status_code == 200 and "mappa_request_seconds" in told.get_data(as_text=True)
    counted.append(told)
    outbox = Outbox(house.engine, house.clock)
    while outbox.address():
        pass

    for answer in (found, *denied, *shown, *counted):
        assert clean(str(answer.headers)), "an address or a name of a download"
    for answer in (denied[0], *counted):
        assert clean(answer.get_data()), answer.request.path

    with open_as_owner(house) as connection:
        tables = (
            connection.execute(text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"))
            .scalars()
            .all()
        )
        assert {"audit", "mails", "mail_contents", "incoming", "searches", "decision_drafts"} <= set(tables)
        for table in tables:
            for row in connection.execute(text(f"SELECT {table}::text, to_jsonb({table})::text FROM {table}")):
                assert all(clean(told) and CANARY.encode().hex() not in told for told in row), table
    assert settings.owner_url is not None
    back_up(settings.owner_url, tmp_path / "desk.backup")
    assert clean((tmp_path / "desk.backup").read_bytes())

    wire = redis.Redis.from_url(settings.redis_url or "")
    assert all(clean(wire.dump(key) or b"") and clean(key) for key in wire.scan_iter("*"))
    assert all(clean(OneLine().format(record)) for record in caplog.records)
    for log in ("postgres.log", "redis.log"):
        assert clean((servers.data / log).read_bytes()), log
    for folder in (settings.data, Path("/dev/shm"), Path(tempfile.gettempdir())):
        for path in (path for left in folder.glob("mappa-reading-*") for path in left.rglob("*")):
            # Other tests' readers come and go.
            with suppress(FileNotFoundError):
                assert not path.is_file() or clean(path.read_bytes()), path
