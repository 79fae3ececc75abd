"""The mailbox, against a real Dovecot: every mail is taken in once, whatever happens, and none is dropped."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from house import Cast, Worker, wait_for
from mail_drop import MailDrop, open_mail_drop
from sqlalchemy import text

from intake.cases.reading import ReadingDesk
from intake.errors import DeskError, HouseError, NotAllowed, NotFound, NotNow
from intake.house import House
from intake.mail.fetching import fetch
from intake.mail.mail_facts import facts_of
from intake.mail.mailbox import Mailbox, mailbox_of
from intake.mail.outbox import Outbox
from intake.reader.reading_room import ReadingRoom
from intake.store.acting import acting

SAMPLES = Path(__file__).parents[2] / "samples"
STRANGER = "somebody@elsewhere.example.org"


@pytest.fixture(scope="module")
def server() -> Iterator[MailDrop]:
    with open_mail_drop() as opened:
        yield opened


@pytest.fixture
def drop(server: MailDrop, monkeypatch: pytest.MonkeyPatch) -> MailDrop:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    server.empty()
    return server


def look(house: House, drop: MailDrop) -> int:
    return fetch(mailbox_of(drop.url), house.incoming, house.settings.max_upload)


def mail(
    sender: str = "yot@example.org", *, number: int = 1, words: str = "Please find our form.", **headers: str
) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "desk@mappa.example.org", "MAPPA form"
    made["Message-ID"] = f"<{number}.{zlib.crc32(sender.encode())}@trust.example.org>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(words)
    return made


def with_file(made: EmailMessage, name: str, content: bytes) -> bytes:
    made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def became(house: House) -> list[tuple[str, UUID | None]]:
    with acting(house.engine, "desk") as connection:
        rows = connection.execute(text("SELECT state, referral_id FROM incoming ORDER BY received_at, id"))
        return [(row[0], row[1]) for row in rows]


def referrals(house: House) -> int:
    with acting(house.engine, "desk") as connection:
        return int(connection.execute(text("SELECT count(*) FROM referrals")).scalar_one())


def answers(house: House) -> int:
    with acting(house.engine, "desk") as connection:
        return int(connection.execute(text("SELECT count(*) FROM mails WHERE incoming_id IS NOT NULL")).scalar_one())


def test_a_mail_of_a_known_sender_becomes_a_referral_with_all_that_came(
    house: House, cast: Cast, drop: MailDrop
) -> None:
    sent = with_file(mail("Yvonne <YOT@example.org>"), "notes.txt", b"some notes")
    drop.put(sent)
    assert look(house, drop) == 1 and look(house, drop) == 0
    ((state, referral_id),) = became(house)
    assert state == "taken" and referral_id is not None
    case = house.views.case(cast.yot, referral_id)
    assert house.views.original(cast.coordinator, referral_id)[0] == "mail.eml"
    assert house.views.original(cast.coordinator, referral_id)[1].replace(b"\r\n", b"\n") == sent
    assert [told.kind for told in case.tellings] == ["receipt"]
    assert (drop.count("INBOX"), drop.count("MAPPA-done")) == (0, 1)
    assert house.reconciler.compare().differences == ()


def test_its_forms_are_read_and_a_mail_without_one_is_answered(house: House, cast: Cast, drop: MailDrop) -> None:
    made = mail(number=1)
    for name in ("a-yot-two-gaps.docx", "h-yot-complete.docx"):
        made.add_attachment(
            (SAMPLES / name).read_bytes(), maintype="application", subtype="octet-stream", filename=name
        )
    drop.put(made.as_bytes(), mail(number=2, words="When will you decide?").as_bytes())
    assert look(house, drop) == 2
    with ReadingRoom() as room:
        desk = ReadingDesk(house.registry, house.ledger, house.check, room.do, house.gate)
        while desk.do_next():
            pass
    lines = house.views.queue(cast.coordinator, "all").lines
    assert sorted((line.status, line.form or "") for line in lines) == [
        ("checked", "A"),
        ("checked", "H"),
        ("refused", ""),
    ]
    (refused,) = (line.id for line in lines if line.status == "refused")
    assert {told.kind for told in house.views.case(cast.yot, refused).tellings} == {"receipt", "refused"}


def test_what_comes_beside_forms_is_kept_with_each_of_them_and_opened_by_nobody(
    house: House, cast: Cast, drop: MailDrop
) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", b"\0" * 20_000_000)
    inner = mail(number=8, words="An earlier talk.")
    inner.add_attachment(b"a plan", maintype="application", subtype="octet-stream", filename="plan.bin")
    made = EmailMessage()
    made["From"], made["Message-ID"] = "yot@example.org", "<beside@trust.example.org>"
    made.set_content("<p>Zo\xeb asks for care.</p>", subtype="html", charset="iso-8859-1")
    made.add_attachment(inner)
    beside = {
        "../../etc/pass\x07wd": b"x",
        "bomb.zip": bomb.getvalue(),
        "winmail.dat": b"\x78\x9f\x3e\x22" + b"\0" * 40,
        "report.exe": b"MZ not run",
        "report.exe ": b"MZ another",
    }
    for name, content in beside.items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    for name in ("a-yot-two-gaps.docx", "h-yot-complete.docx"):
        made.add_attachment(
            (SAMPLES / name).read_bytes(), maintype="application", subtype="octet-stream", filename=name
        )
    # Says that it is in an alphabet in which it is not.
    drop.put(made.as_bytes().replace(b'charset="iso-8859-1"', b'charset="utf-8"'))
    assert look(house, drop) == 1
    with ReadingRoom() as room:
        desk = ReadingDesk(house.registry, house.ledger, house.check, room.do, house.gate)
        while desk.do_next():
            pass
    lines = house.views.queue(cast.coordinator, "all").lines
    assert [line.status for line in lines] == ["checked"] * 2
    for line in lines:
        case = house.views.case(cast.yot, line.id)
        names = [paper.filename for paper in case.attachments]
        assert sorted(names) == sorted(
            ["Covering text.txt", "plan.bin", "pass wd", "bomb.zip", "winmail.dat", "report.exe", "report.exe"]
        )
        kept = {
            paper.filename: house.views.attachment(cast.coordinator, line.id, paper.id)[1] for paper in case.attachments
        }
        assert kept["bomb.zip"] == bomb.getvalue() and kept["plan.bin"] == b"a plan"
        words = kept["Covering text.txt"].decode()
        assert "Zo\xeb asks for care." in words and "An earlier talk." in words
    assert house.reconciler.compare().differences == ()


def test_a_mail_delivered_twice_is_one_and_the_same_form_in_another_mail_is_marked(
    house: House, cast: Cast, drop: MailDrop
) -> None:
    first = with_file(mail(number=1), "form.docx", b"the form")
    again = b"Received: from elsewhere\r\n" + first
    other = with_file(mail(number=2), "form copy.docx", b"the form")
    drop.put(first, again, other, first)
    assert look(house, drop) == 4 and referrals(house) == 2 and drop.count("MAPPA-done") == 4
    lines = sorted(house.views.queue(cast.coordinator, "all").lines, key=lambda line: line.reference)
    assert [line.same_as for line in lines] == [None, lines[0].reference]


def test_a_stranger_is_answered_once_kept_and_shown(house: House, cast: Cast, drop: MailDrop) -> None:
    drop.put(*(mail(STRANGER, number=number).as_bytes() for number in range(3)))
    assert look(house, drop) == 3 and referrals(house) == 0 and answers(house) == 1
    shown = house.incoming.arrived(cast.coordinator)
    assert {(one.state, one.sender, one.subject, one.kept) for one in shown} == {
        ("stranger", STRANGER, "MAPPA form", True)
    }
    assert house.incoming.arrived(cast.other_coordinator) == ()
    with pytest.raises(NotAllowed):
        house.incoming.arrived(cast.yot)


def test_a_coordinator_takes_a_strangers_mail_in_and_the_sender_is_known_from_then_on(
    house: House, cast: Cast, drop: MailDrop
) -> None:
    drop.put(mail(STRANGER, number=1).as_bytes())
    look(house, drop)
    (one,) = house.incoming.arrived(cast.coordinator)
    with pytest.raises(DeskError, match="Choose the agency"):
        house.incoming.take_for(cast.coordinator, one.id, None)
    with pytest.raises(NotFound):
        house.incoming.take_for(cast.other_coordinator, one.id, cast.hospital.agency_id)
    referral_id = house.incoming.take_for(cast.coordinator, one.id, cast.hospital.agency_id)
    assert house.views.case(cast.hospital, referral_id).line.agency_name == "Ambleford Mental Health Trust"
    with pytest.raises(NotNow):
        house.incoming.close(cast.coordinator, one.id)
    drop.put(mail(STRANGER, number=2).as_bytes())
    look(house, drop)
    assert [state for state, _ in became(house)] == ["taken", "taken"] and house.incoming.arrived(
        cast.coordinator
    ) == ()


def test_a_known_domain_gives_its_senders_accounts_of_the_agency(house: House, cast: Cast, drop: MailDrop) -> None:
    admin, area = cast.administrator, "WM"
    assert "pattern" in house.senders.add(admin, area, "trust", cast.hospital.agency_id)
    assert "agency_id" in house.senders.add(admin, area, "@elsewhere.example.org", None)
    assert house.senders.add(admin, area, " @Elsewhere.example.org", cast.hospital.agency_id) == {}
    assert "known already" in house.senders.add(admin, area, "@elsewhere.example.org", cast.yot.agency_id)["pattern"]
    drop.put(mail(STRANGER).as_bytes(), mail("x@sub.elsewhere.example.org").as_bytes())
    look(house, drop)
    assert sorted(state for state, _ in became(house)) == ["stranger", "taken"]
    (line,) = house.views.queue(cast.hospital, "all").lines
    assert line.agency_id == cast.hospital.agency_id
    assert house.people.sign_in(STRANGER, "") is None
    house.senders.remove(admin, area, "@elsewhere.example.org")
    assert house.senders.listed(admin, area) == ()
    with pytest.raises(NotAllowed):
        house.senders.listed(cast.coordinator, area)


def test_a_closed_account_is_a_stranger(house: House, cast: Cast, drop: MailDrop) -> None:
    house.staffing.set_active(cast.administrator, cast.yot.id, False)
    drop.put(mail().as_bytes(), mail("coordinator@example.org").as_bytes())
    look(house, drop)
    assert [state for state, _ in became(house)] == ["stranger", "stranger"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
    ],
)
def test_what_a_machine_wrote_is_shown_and_never_answered(
    house: House, cast: Cast, drop: MailDrop, headers: dict[str, str]
) -> None:
    drop.put(mail(**headers).as_bytes(), mail(STRANGER, **headers).as_bytes())
    assert look(house, drop) == 2 and referrals(house) == answers(house) == 0
    shown = house.incoming.arrived(cast.coordinator)
    assert [one.state for one in shown] == ["automatic"] * 2
    house.incoming.close(cast.coordinator, shown[0].id)
    assert len(house.incoming.arrived(cast.coordinator)) == 1


def test_a_sender_whom_the_mailboxs_server_calls_forged_is_a_stranger_without_an_answer(
    house: House, cast: Cast, drop: MailDrop
) -> None:
    drop.put(mail(Authentication_Results="mx.example.org; spf=pass; dmarc=fail").as_bytes())
    look(house, drop)
    assert [state for state, _ in became(house)] == ["stranger"] and answers(house) == 0


def test_a_mail_that_is_too_large_is_answered_and_shown(house: House, cast: Cast, drop: MailDrop) -> None:
    large = b"x" * (house.settings.max_upload + 1)
    drop.put(with_file(mail(), "scan.pdf", large), with_file(mail(STRANGER), "scan.pdf", large))
    assert look(house, drop) == 2 and drop.count("MAPPA-done") == 2
    (line,) = house.views.queue(cast.coordinator, "refused").lines
    refused = house.views.case(cast.yot, line.id)
    assert refused.refused is not None and refused.refused.code == "too_large"
    assert [told.kind for told in refused.tellings] == ["refused"]
    (one,) = house.incoming.arrived(cast.coordinator)
    assert not one.kept and one.size > house.settings.max_upload
    with pytest.raises(DeskError, match="too large"):
        house.incoming.take_for(cast.coordinator, one.id, cast.hospital.agency_id)


def report(mail_id: UUID, action: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mail.example.org\r\nTo: desk@mappa.example.org\r\nMessage-ID: <r@mail.example.org>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; yot@example.org\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{mail_id}.1@mappa.example.org>\r\n\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize(("action", "state"), [("failed", "bounced"), ("delayed", "sent")])
def test_a_mail_of_ours_that_came_back_is_shown_as_such(
    house: House, cast: Cast, drop: MailDrop, action: str, state: str
) -> None:
    one = house.desk.receive(cast.yot, "form.pdf", b"a form").referral_id
    outbox = Outbox(house.engine, house.clock)
    outbox.address()
    claim = outbox.claim()
    assert claim is not None
    outbox.begin(claim)
    outbox.sent(claim)
    drop.put(report(claim.id, action))
    look(house, drop)
    assert [told.state for told in house.views.case(cast.coordinator, one).tellings] == [state]
    assert answers(house) == 0 and len(house.correspondence.concerns(cast.administrator)) == (state == "bounced")


HOSTILE = {
    "no headers but the sender": b"From: yot@example.org\r\n\r\nhello",
    "no sender": b"Subject: a form\r\n\r\nhello",
    "nothing at all": b"\r\n",
    "an unknown alphabet": b"From: yot@example.org\r\nSubject: =?x-none?B?////?=\r\n"
    b"Content-Type: text/plain; charset=x-none\r\n\r\n\xff\xfe\x00",
    "bare eight-bit headers": b"From: Yv\xf6nne <yot@example.org>\r\nSubject: \xff\xfe\r\nMessage-ID: \xff\r\n\r\nhello",
    "HTML only": b"From: yot@example.org\r\nContent-Type: text/html\r\n\r\n<table><tr><td>hello</table>",
    "winmail.dat": with_file(mail(number=11), "winmail.dat", b"\x78\x9f\x3e\x22" + b"\x00" * 40),
    "a name with folders": with_file(mail(number=12), "../../etc/passwd\x07", b"x"),
    "a sender with a null": b"From: y\x00ot@example.org\r\n\r\nhello",
    "two senders": b"From: yot@example.org\r\nFrom: x@y.example\r\n\r\nhello",
    "a boundary that never comes": b'From: yot@example.org\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\nhello',
    "many lines": b"From: yot@example.org\r\n\r\n" + b"\r\n" * 300_000,
}


def nested(depth: int) -> bytes:
    inner = mail(number=depth)
    for _ in range(depth):
        outer = mail(number=100 + depth)
        outer.add_attachment(inner)
        inner = outer
    return inner.as_bytes()


def test_hostile_and_broken_mails_hold_up_nothing_and_none_is_dropped(house: House, cast: Cast, drop: MailDrop) -> None:
    drop.put(*HOSTILE.values(), nested(20), mail(number=99).as_bytes())
    count = len(HOSTILE) + 2
    assert look(house, drop) == count == drop.count("MAPPA-done") and drop.count("INBOX") == 0
    states = [state for state, _ in became(house)]
    assert len(states) == count == referrals(house) + len(house.incoming.arrived(cast.coordinator))
    assert states.count("stranger") == 3
    post = house.correspondence.post(cast.administrator)
    assert post.mailbox_error is None and post.mailbox_at is not None


def test_headers_of_any_shape_give_facts(drop: MailDrop) -> None:
    assert facts_of(HOSTILE["bare eight-bit headers"]).sender == "yot@example.org"
    assert facts_of(HOSTILE["no sender"]).sender == "" and not facts_of(HOSTILE["HTML only"]).automatic
    assert facts_of(b"From: no-reply@x.example\r\n\r\n").automatic


def test_a_worker_killed_in_the_middle_takes_every_mail_in_once(
    house: House, cast: Cast, drop: MailDrop, worker: Worker
) -> None:
    drop.put(*(with_file(mail(number=number), f"{number}.docx", b"form %d" % number) for number in range(30)))
    worker.more = {"MAPPA_IMAP_URL": drop.url, "SSL_CERT_FILE": str(drop.certificate)}
    worker.start()
    wait_for(lambda: referrals(house) >= 5)
    worker.kill()
    assert drop.count("INBOX") > 0
    worker.start()
    wait_for(lambda: drop.count("INBOX") == 0)
    assert referrals(house) == 30 == len(became(house)) == drop.count("MAPPA-done")
    with acting(house.engine, "desk") as connection:
        assert connection.scalar(text("SELECT count(*) FROM referrals WHERE same_as IS NOT NULL")) == 0


def test_a_mailbox_that_does_not_open_is_told_of(house: House, cast: Cast, drop: MailDrop) -> None:
    away = Mailbox(host="127.0.0.1", port=9, user="desk", password="secret")
    assert fetch(away, house.incoming, 1000) == 0
    assert house.correspondence.post(cast.administrator).mailbox_error == "ConnectionRefusedError"
    refused = mailbox_of(drop.url.replace("secret", "wrong"))
    assert fetch(refused, house.incoming, 1000) == 0
    assert house.correspondence.post(cast.administrator).mailbox_error == "error"
    look(house, drop)
    assert house.correspondence.post(cast.administrator).mailbox_error is None


def test_a_mailbox_is_set_by_its_address() -> None:
    box = mailbox_of("imaps://desk%40x:a%3Ab@mail.example.org/Secure%20mail")
    assert (box.host, box.port, box.user, box.password, box.folder) == (
        "mail.example.org",
        993,
        "desk@x",
        "a:b",
        "Secure mail",
    )
    assert mailbox_of("imap://a:b@c").port == 143
    for wrong in ("imaps://mail.example.org", "pop3://a:b@c", "imaps://a:b@c:x", "imaps://a@c"):
        with pytest.raises(HouseError, match="MAPPA_IMAP_URL"):
            mailbox_of(wrong)
