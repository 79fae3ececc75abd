"""Somebody without an account answers by a link and a code: one referral, for a while, and nothing for who has only one of the two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from house import PASSWORD, Cast, SetClock, form_file, open_as_owner
from mail_room import MailRoom, open_mail_room
from scenes import draft
from sqlalchemy import text
from test_row_security import ALLOWED
from visitors import Visitor, text_of

from intake.cases.reading import ReadingDesk
from intake.errors import NotAllowed, NotFound
from intake.house import House
from intake.mail.answer_links import MOST_TRIES, TooSoon
from intake.mail.mail_server import server_of
from intake.mail.postman import Postman
from intake.models import Correspondent, RawAnswer
from intake.store.acting import acting, as_desk
from web.app import make_app

ADDRESS = "https://mappa.example.org"
NURSE = "nurse@trust.example.org"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailRoom]:
    with open_mail_room(tmp_path) as opened:
        monkeypatch.setenv("SSL_CERT_FILE", str(opened.certificate))
        yield opened


@pytest.fixture
def postman(house: House, room: MailRoom) -> Postman:
    return Postman(
        house.engine,
        house.vault,
        house.clock,
        house.answer_links,
        server_of(room.url),
        "desk@mappa.example.org",
        ADDRESS,
    )


@pytest.fixture
def referral(house: House, cast: Cast, reading: ReadingDesk) -> UUID:
    """A form with gaps that a nurse of the trust sent by mail, beside another of the same trust."""
    assert house.senders.add(cast.administrator, "WM", "@trust.example.org", cast.hospital.agency_id) == {}
    mail = f"From: {NURSE}\r\nMessage-ID: <1@x>\r\n\r\n".encode() + b"x"
    house.incoming.take(mail, len(mail))
    nurse = next(person for person in house.people.people() if person.email == NURSE)
    house.desk.receive(cast.hospital, "form.pdf", form_file(person__family_name="Zanderling"))
    found = house.desk.receive(nurse, "form.pdf", form_file(level_requested="2")).referral_id
    while reading.do_next():
        pass
    return found


def links_in(room: MailRoom) -> list[str]:
    """The links that came for the nurse, the earliest first."""
    bodies = [mail.get_content() for mail in room.mails if mail["To"] == NURSE]
    return [found[1] for body in bodies if (found := re.search(rf"{ADDRESS}/answer/([\w-]+)", body))]


def code_in(room: MailRoom) -> str:
    (found,) = re.findall(r"code is (\d{6})", room.mails[-1].get_content())
    return str(found)


def come_in(house: House, postman: Postman, room: MailRoom) -> tuple[str, str, Correspondent]:
    postman.go_round()
    token = links_in(room)[-1]
    house.answer_links.ask_code(token)
    postman.go_round()
    visit = house.answer_links.enter(token, code_in(room))
    assert visit is not None
    visitor = house.answer_links.visitor(token, visit)
    assert visitor is not None
    return token, visit, visitor


def test_questions_that_came_by_mail_are_answered_by_link_and_code(
    house: House, cast: Cast, referral: UUID, postman: Postman, room: MailRoom
) -> None:
    _, _, visitor = come_in(house, postman, room)
    case = house.views.case(visitor, visitor.only)
    assert visitor.only == referral == case.line.id
    question = next(one for one in case.clarifications if one.open)
    house.desk.save_draft(visitor, referral, {question.id: RawAnswer(not_known_reason="Nob")})
    result = house.desk.answer(visitor, referral, {question.id: RawAnswer(not_known_reason="Nobody has said so.")})
    assert result.taken == 1 and not result.errors
    told = [(event.who, event.kind) for event in house.views.case(cast.coordinator, referral).history]
    assert (NURSE, "answered") in told and (NURSE, "link_opened") in told
    assert (NURSE, "seen") in {(look.who, look.kind) for look in house.views.case(cast.coordinator, referral).looks}
    assert house.reconciler.compare().differences == ()
    with acting(house.engine, "desk") as connection:
        assert isinstance(house.trail.verify(connection), int)
        by_link = "SELECT kind FROM audit WHERE facts ? 'link' AND who IS NOT NULL"
        assert {"link_opened", "seen", "answered"} <= set(connection.scalars(text(by_link)))


def test_the_mails_tell_nothing_of_the_case_and_the_code_is_in_the_second_one_only(
    house: House, referral: UUID, postman: Postman, room: MailRoom
) -> None:
    postman.go_round()
    token = links_in(room)[-1]
    first = len(room.mails)
    house.answer_links.ask_code(token)
    postman.go_round()
    (second,) = room.mails[first:]
    body = second.get_content()
    assert second["To"] == NURSE and "WM-2026" not in body and ADDRESS not in body and str(referral) not in body
    assert str(referral) not in token and "nurse" not in token
    with open_as_owner(house) as connection:
        kept = connection.execute(text("SELECT * FROM answer_links WHERE code_hash IS NOT NULL")).one()
    assert code_in(room).encode() not in bytes(kept.code_hash)


def test_a_code_works_once_and_not_for_long(
    house: House, referral: UUID, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    token, _, _ = come_in(house, postman, room)
    assert house.answer_links.enter(token, code_in(room)) is None
    clock.pass_by(minutes=2)
    house.answer_links.ask_code(token)
    postman.go_round()
    clock.pass_by(minutes=16)
    assert house.answer_links.enter(token, code_in(room)) is None


def test_guessing_ends_the_code_and_then_the_link(
    house: House, referral: UUID, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    postman.go_round()
    token = links_in(room)[-1]
    house.answer_links.ask_code(token)
    with pytest.raises(TooSoon):
        house.answer_links.ask_code(token)
    postman.go_round()
    right = code_in(room)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(MOST_TRIES):
        assert house.answer_links.enter(token, wrong) is None
    assert house.answer_links.enter(token, right) is None
    with pytest.raises(NotFound):
        for _ in range(30):
            assert house.answer_links.enter(token, wrong) is None
    clock.pass_by(minutes=5)
    with pytest.raises(NotFound):
        house.answer_links.ask_code(token)


def test_a_code_that_nobody_waits_for_any_more_is_not_sent(
    house: House, referral: UUID, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    postman.go_round()
    house.answer_links.ask_code(links_in(room)[-1])
    sent = len(room.mails)
    clock.pass_by(minutes=20)
    postman.go_round()
    assert len(room.mails) == sent
    room.answers.append("554")
    house.answer_links.ask_code(links_in(room)[-1])
    assert postman.go_round() == 0
    with acting(house.engine, "desk") as connection:
        states = connection.scalars(text("SELECT state FROM mails WHERE link_id IS NOT NULL")).all()
    assert states == ["dropped", "dropped"]


def test_a_visit_ends_by_itself_by_leaving_and_in_another_browser(
    house: House, referral: UUID, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    token, visit, _ = come_in(house, postman, room)
    for other in (None, "", "something else"):
        assert house.answer_links.visitor(token, other) is None
    clock.pass_by(minutes=31)
    assert house.answer_links.visitor(token, visit) is None
    clock.pass_by(minutes=2)
    token, visit, _ = come_in(house, postman, room)
    house.answer_links.leave(token)
    assert house.answer_links.visitor(token, visit) is None


def test_forged_and_cut_links_hold_as_little_as_none(
    house: House, referral: UUID, postman: Postman, room: MailRoom
) -> None:
    postman.go_round()
    token = links_in(room)[-1]
    other = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    for wrong in ("", "x", token[:-3], other, token + "AAAA", "ü" * 43, token[::-1]):
        with pytest.raises(NotFound):
            house.answer_links.known(wrong)
    house.answer_links.known(token)


def test_a_link_ends_with_the_decision_the_address_its_time_and_a_newer_link(
    house: House, cast: Cast, referral: UUID, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    first, visit, visitor = come_in(house, postman, room)
    clock.pass_by(days=4)
    postman._remind_at = 0.0
    postman.go_round()
    newest = links_in(room)[-1]
    assert newest != first
    with pytest.raises(NotFound):
        house.answer_links.visitor(first, visit)
    house.answer_links.known(newest)
    house.senders.remove(cast.administrator, "WM", "@trust.example.org")
    with pytest.raises(NotFound):
        house.answer_links.known(newest)
    house.senders.add(cast.administrator, "WM", "@trust.example.org", cast.hospital.agency_id)
    clock.pass_by(days=4)
    postman._remind_at = 0.0
    postman.go_round()
    newest = links_in(room)[-1]
    house.answer_links.known(newest)
    version = house.views.case(cast.coordinator, referral).line.version
    assert house.desk.decide(cast.coordinator, referral, draft(version)) == {}
    with pytest.raises(NotFound):
        house.answer_links.known(newest)
    house.desk.reopen(cast.coordinator, referral, "New facts.")
    with pytest.raises(NotFound):
        house.answer_links.known(newest)
    postman.go_round()
    newest = links_in(room)[-1]
    house.answer_links.known(newest)
    clock.pass_by(days=8)
    with pytest.raises(NotFound):
        house.answer_links.known(newest)
    assert visitor.only == referral


def test_another_of_the_agency_without_an_account_is_told_nothing(
    house: House, cast: Cast, referral: UUID, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    mail = b"From: porter@trust.example.org\r\nMessage-ID: <2@x>\r\n\r\ny"
    house.incoming.take(mail, len(mail))
    postman.go_round()
    clock.pass_by(days=4)
    postman._remind_at = 0.0
    before = len(room.mails)
    postman.go_round()
    reminded = {str(mail["To"]) for mail in room.mails[before:] if "still open" in str(mail["Subject"])}
    assert reminded == {NURSE, cast.hospital.email}


def test_who_has_an_account_signs_in_and_gets_no_link(
    house: House, cast: Cast, referral: UUID, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    house.people.set_password(NURSE, PASSWORD)
    postman.go_round()
    assert links_in(room) == [] and room.mails
    assert not any("/answer/" in mail.get_content() for mail in room.mails)


def test_by_a_link_nothing_else_can_be_done_or_seen(
    house: House, cast: Cast, referral: UUID, postman: Postman, room: MailRoom
) -> None:
    _, _, visitor = come_in(house, postman, room)
    (other,) = (
        line.id for line in house.views.queue(cast.coordinator, "all").lines if line.id != referral and line.form
    )
    with pytest.raises(NotFound):
        house.views.case(visitor, other)
    with pytest.raises(NotFound):
        house.desk.answer(visitor, other, {})
    for refused in (
        lambda: house.desk.receive(visitor, "form.pdf", b"x"),
        lambda: house.desk.withdraw(visitor, referral, "x"),
        lambda: house.desk.add_document(visitor, referral, "a.txt", b"x"),
        lambda: house.desk.correct(visitor, referral, "person.family_name", RawAnswer(text="X")),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert {line.id for line in house.views.queue(visitor, "all").lines} == {referral}
    with acting(house.engine, visitor) as connection:
        assert set(connection.scalars(text("SELECT id FROM referrals"))) == {referral}
        for table in ALLOWED:
            columns = connection.execute(text(f"SELECT * FROM {table} LIMIT 0")).keys()
            if "referral_id" in columns:
                assert set(connection.scalars(text(f"SELECT referral_id FROM {table}"))) <= {referral}, table
        for table in ("tallies", "sessions", "searches", "answer_links", "incoming", "mail_choices"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table
        with as_desk(connection):
            assert len(connection.execute(text("SELECT id FROM referrals")).all()) > 1


def test_the_pages_lead_from_the_link_through_the_code_to_the_questions(
    house: House, cast: Cast, referral: UUID, postman: Postman, room: MailRoom
) -> None:
    browser = Visitor(make_app(house).test_client(), None)
    reference = house.views.case(cast.coordinator, referral).line.reference
    postman.go_round()
    path = f"/answer/{links_in(room)[-1]}"
    for page in (path, f"{path}/questions"):
        before = text_of(browser.page(page))
        assert "Send the code" in before and reference not in before and "Trust" not in before
    assert browser.get("/answer/nothing").status_code == 404
    assert browser.send(f"{path}/questions", {"q-1": "typed before"}).status_code == 401
    sent = browser.send(f"{path}/code")
    assert sent.status_code == 200 and b"Enter the code" in sent.data
    assert browser.send(f"{path}/code").status_code == 429
    postman.go_round()
    assert browser.send(f"{path}/open", {"code": "12"}).status_code == 422
    assert browser.send(f"{path}/open", {"code": f" {code_in(room)[:3]} {code_in(room)[3:]}"}).status_code == 302
    page = browser.page(f"{path}/questions")
    assert reference in text_of(page) and "What is missing" in text_of(page)
    (form,) = page.xpath("//form[contains(@action, '/questions')]")
    name = next(str(one) for one in form.xpath(".//input/@name") if str(one).endswith("-unknown"))
    assert browser.send(f"{path}/questions").status_code == 422
    saved = browser.send(f"{path}/questions", {name: "yes", "then": "save"})
    assert saved.location.endswith("done=saved")
    assert browser.send(f"{path}/questions", {name: "yes"}).status_code == 422
    reason = name.replace("unknown", "reason")
    done = browser.send(f"{path}/questions", {name: "yes", reason: "Nobody has said so."}, follow_redirects=True)
    assert "were sent" in text_of(Visitor.parsed(done))
    # Sent twice it is no error, and what came too late is shown.
    again = browser.send(f"{path}/questions", {name: "yes", reason: "Nobody has said so."}, follow_redirects=True)
    assert "had been sent already" in text_of(Visitor.parsed(again))
    late = browser.send(f"{path}/questions", {name: "yes", reason: "The court said no."})
    assert late.status_code == 409 and "You typed: The court said no." in text_of(Visitor.parsed(late))
    # An answer about victims that was saved is not shown again; that it is kept is said, and it can be sent as it is.
    victims = next(
        one for one in house.views.case(cast.coordinator, referral).clarifications if one.key == "victim.issues"
    )
    kept = "Your saved answer is kept but not shown here, because it is about victims"
    assert kept not in text_of(browser.page(f"{path}/questions"))
    browser.send(f"{path}/questions", {f"q-{victims.id}": "Zyzzyva fears him", "then": "save"})
    shown = text_of(browser.page(f"{path}/questions"))
    assert kept in shown and "Zyzzyva" not in shown
    assert browser.send(f"{path}/questions", {}).status_code == 422
    done = browser.send(f"{path}/questions", {f"q-{victims.id}-saved": "yes"}, follow_redirects=True)
    assert "were sent" in text_of(Visitor.parsed(done)) and "Zyzzyva" not in done.get_data(as_text=True)
    whole = house.views.case(cast.coordinator, referral, victims="all")
    assert whole.form is not None and whole.form.value("victim.issues") == "Zyzzyva fears him"
    # What signing in opens stays shut.
    assert browser.get("/referrals").status_code == 302 and browser.get(f"/referrals/{referral}").status_code == 302
    assert browser.send(f"{path}/leave").status_code == 302
    assert "Send the code" in text_of(browser.page(f"{path}/questions"))
