"""Messages by mail: to whom and when, at most once by itself whatever happens, and no word of a form in any."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from uuid import UUID

import pytest
from house import PASSWORD, Cast, SetClock, Worker, form_file, open_as_owner, wait_for
from mail_room import MailRoom, open_mail_room
from scenes import draft
from sqlalchemy import text

from intake.cases.reading import ReadingDesk
from intake.errors import HouseError, NotAllowed, NotFound, NotNow
from intake.house import House
from intake.mail.mail_server import MailServer, server_of
from intake.mail.outbox import WAITS, Outbox
from intake.mail.postman import Postman
from intake.mail.wordings import MESSAGES, SIGNED_OFF, Wording, placeholders_of, problems_with
from intake.models import Person, RawAnswer
from intake.panels.calendar import PanelRule
from intake.settings import Settings
from intake.store.acting import acting

CANARY = "Zyzzyvanka"
SENDER, ADDRESS = "MAPPA desk <desk@mappa.example.org>", "https://mappa.example.org"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailRoom]:
    with open_mail_room(tmp_path) as opened:
        monkeypatch.setenv("SSL_CERT_FILE", str(opened.certificate))
        yield opened


@pytest.fixture
def postman(house: House, room: MailRoom) -> Postman:
    return make_postman(house, room)


def make_postman(house: House, room: MailRoom) -> Postman:
    return Postman(house.engine, house.vault, house.clock, house.answer_links, server_of(room.url), SENDER, ADDRESS)


def received(house: House, reading: ReadingDesk, who: Person, **values: str) -> UUID:
    referral_id = house.desk.receive(who, f"{CANARY}.pdf", form_file(**values)).referral_id
    while reading.do_next():
        pass
    return referral_id


def states(house: House) -> list[str]:
    with acting(house.engine, "desk") as connection:
        return list(connection.scalars(text("SELECT state FROM mails ORDER BY created_at, id")))


def hurry(house: House) -> None:
    """Let every pause between tries be over."""
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE mails SET next_try = clock_timestamp()"))


def test_the_referrer_is_told_what_happens_with_reference_and_link_only(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom
) -> None:
    values = {"person__family_name": CANARY, "referral__reason": f"{CANARY} did it.", "level_requested": "2"}
    one = received(house, reading, cast.yot, **values)
    case = house.views.case(cast.coordinator, one)
    house.desk.decide(cast.coordinator, one, draft(case.line.version))
    assert postman.go_round() == 3 and postman.go_round() == 0
    assert room.to() == [cast.yot.email] * 3
    words = [MESSAGES[kind].words for kind in ("receipt", "questions", "decision")]
    assert len(words) == len(set(room.subjects()))
    for mail in room.mails:
        assert case.line.reference in str(mail["Subject"])
        body = mail.get_content()
        assert f"{ADDRESS}/to/{one}" in body and case.line.reference in body
        assert " ".join(SIGNED_OFF.split()) in " ".join(body.split())
        assert mail["Auto-Submitted"] == "auto-generated"
        assert CANARY.lower() not in mail.as_string().lower()
    assert states(house) == ["sent"] * 3
    assert house.reconciler.compare().differences == ()


def test_what_went_out_is_shown_on_the_case_with_its_state(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman
) -> None:
    one = received(house, reading, cast.yot)
    assert {told.state for told in house.views.case(cast.yot, one).tellings} == {"waiting"}
    postman.go_round()
    told = house.views.case(cast.coordinator, one).tellings
    assert {(each.kind, each.state, each.to) for each in told} == {
        ("questions", "sent", "Yvonne Otter"),
        ("receipt", "sent", "Yvonne Otter"),
    }


def test_it_goes_to_who_sent_the_form_and_to_all_of_the_agency_when_they_have_left(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom
) -> None:
    house.people.add_person("second@example.org", "Sid Second", "referrer", PASSWORD, agency_id=cast.yot.agency_id)
    leaver = house.people.add_person("left@example.org", "Lea Ver", "referrer", PASSWORD, agency_id=cast.yot.agency_id)
    received(house, reading, cast.yot)
    one = house.desk.receive(leaver, "form.pdf", form_file()).referral_id
    house.staffing.set_active(cast.administrator, leaver.id, False)
    postman.go_round()
    assert room.to().count(cast.yot.email) == 3 and room.to().count("second@example.org") == 1
    assert "left@example.org" not in room.to()
    assert {told.to for told in house.views.case(cast.yot, one).tellings} == {"Yvonne Otter", "Sid Second"}


def test_the_area_is_told_by_the_coordinator_who_has_the_case(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom
) -> None:
    other = house.people.add_person("other@example.org", "Orla Tern", "coordinator", PASSWORD, area="WM")
    one, two = received(house, reading, cast.yot), received(house, reading, cast.yot)
    house.desk.assign(cast.coordinator, one, other.id)
    postman.go_round()
    room.mails.clear()
    for referral_id in (one, two):
        house.desk.withdraw(cast.yot, referral_id, "Sent twice.")
    postman.go_round()
    assert sorted(room.to()) == ["coordinator@example.org", "other@example.org", "other@example.org"]


def test_a_message_for_which_there_is_nobody_is_shown_as_such(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman
) -> None:
    one = received(house, reading, cast.yot)
    house.staffing.set_active(cast.administrator, cast.yot.id, False)
    postman.go_round()
    assert {told.state for told in house.views.case(cast.coordinator, one).tellings} == {"nobody"}


def test_who_wants_a_digest_gets_one_mail_a_day_but_questions_at_once(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    house.correspondence.choose(cast.yot, "digest")
    references = []
    for _ in range(3):
        references.append(house.views.case(cast.yot, received(house, reading, cast.yot)).line.reference)
        clock.pass_by(minutes=1)
    assert postman.go_round() == 3 and all("questions" in subject for subject in room.subjects())
    assert states(house).count("due") == 1
    with acting(house.engine, "desk") as connection:
        wait = connection.scalar(text("SELECT next_try - clock_timestamp() FROM mails WHERE digest"))
    tomorrow = datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert abs(wait - (tomorrow - clock.now())) < timedelta(minutes=1)
    hurry(house)
    assert postman.go_round() == 1
    body = room.mails[-1].get_content()
    assert [line.partition(":")[0] for line in body.splitlines() if line.startswith("WM-")] == references
    assert body.count(f"{ADDRESS}/to/") == 3
    assert "Yvonne" not in body
    received(house, reading, cast.yot)
    postman.go_round()
    assert states(house).count("due") == 1


def test_who_wants_none_still_gets_what_asks_something_of_them(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom
) -> None:
    house.correspondence.choose(cast.yot, "none")
    assert house.correspondence.choice(cast.yot) == "none" and house.correspondence.choice(cast.hospital) == "single"
    one = received(house, reading, cast.yot)
    assert postman.go_round() == 1 and "questions" in room.subjects()[0]
    assert "not_wanted" in {told.state for told in house.views.case(cast.yot, one).tellings}


def test_open_questions_are_reminded_of_and_answered_ones_are_not(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    colleague = house.people.add_person(
        "second@example.org", "Sid Second", "referrer", PASSWORD, agency_id=cast.yot.agency_id
    )
    one, two = received(house, reading, cast.yot), received(house, reading, cast.yot)
    answers = {
        question.id: RawAnswer(not_known_reason="Nobody knows.")
        for question in house.views.case(cast.yot, two).clarifications
    }
    assert house.desk.answer(cast.yot, two, answers).open_questions == 0
    postman.go_round()
    for days, reminders in ((2, 0), (1.1, 1), (2, 1), (1.1, 2)):
        clock.pass_by(days=days)
        room.mails.clear()
        again = make_postman(house, room)
        again.go_round()
        again.go_round()
        told = [each for each in house.views.case(cast.yot, one).tellings if each.kind == "questions_reminder"]
        assert len(told) == 2 * reminders, days
    assert {each.to for each in told} == {"Yvonne Otter", colleague.name}
    assert not [each for each in house.views.case(cast.yot, two).tellings if each.kind == "questions_reminder"]


def test_coordinators_are_reminded_before_the_due_day_and_when_it_is_over(
    house: House, cast: Cast, reading: ReadingDesk, room: MailRoom, clock: SetClock
) -> None:
    one = received(house, reading, cast.yot)
    due = house.views.case(cast.coordinator, one).due.due
    seen = []
    while clock.now().date() < due + timedelta(days=10):
        make_postman(house, room).go_round()
        told = house.views.case(cast.coordinator, one).tellings
        count = {kind: len([each for each in told if each.kind == kind]) for kind in ("due_soon", "overdue")}
        seen.append(((clock.now().date() - due).days, count["due_soon"], count["overdue"]))
        clock.pass_by(days=1)
    found = {days: (soon, over) for days, soon, over in seen}
    assert found[-3] == (0, 0) and found[-2] == (1, 0) and found[0] == (1, 0)
    assert found[1] == (1, 1) and found[7] == (1, 1) and found[9] == (1, 2)
    assert not [to for to in room.to() if to == "elsewhere@example.org"]


def test_a_decided_case_is_not_reminded_of(
    house: House, cast: Cast, reading: ReadingDesk, room: MailRoom, clock: SetClock
) -> None:
    one = received(house, reading, cast.yot, level_requested="2")
    house.desk.decide(cast.coordinator, one, draft(house.views.case(cast.coordinator, one).line.version))
    clock.pass_by(days=30)
    make_postman(house, room).go_round()
    assert {told.kind for told in house.views.case(cast.yot, one).tellings} == {"receipt", "questions", "decision"}


def test_a_temporary_refusal_is_tried_again_later_and_a_lasting_one_is_shown(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom
) -> None:
    received(house, reading, cast.yot)
    room.answers.extend(["451", "554"])
    assert postman.go_round() == 0
    assert sorted(states(house)) == ["due", "failed"] and postman.go_round() == 0
    (concern,) = house.correspondence.concerns(cast.administrator)
    assert (concern.state, concern.error, concern.to) == ("failed", "smtp_554", "Yvonne Otter")
    hurry(house)
    assert postman.go_round() == 1
    assert sorted(states(house)) == ["failed", "sent"] and len(room.mails) == 1


def test_after_three_days_of_trying_a_mail_has_failed(
    house: House, cast: Cast, postman: Postman, room: MailRoom
) -> None:
    house.desk.receive(cast.yot, "form.pdf", form_file())
    room.answers.extend(["451"] * (len(WAITS) + 1))
    for _ in WAITS:
        postman.go_round()
        assert states(house) == ["due"]
        hurry(house)
    postman.go_round()
    assert states(house) == ["failed"] and timedelta(days=2.5) < sum(WAITS, timedelta()) < timedelta(days=3.5)


def test_an_address_that_the_server_does_not_know_fails_alone(
    house: House, cast: Cast, postman: Postman, room: MailRoom
) -> None:
    room.refused.add(cast.yot.email)
    house.desk.receive(cast.yot, "form.pdf", form_file())
    house.desk.receive(cast.hospital, "form.pdf", form_file())
    assert postman.go_round() == 1
    assert sorted(states(house)) == ["failed", "sent"] and room.to() == [cast.hospital.email]


@pytest.mark.parametrize("answer", ["hang up"])
def test_where_the_line_breaks_in_the_middle_nobody_knows_and_nothing_is_sent_again(
    house: House, cast: Cast, postman: Postman, room: MailRoom, answer: str
) -> None:
    one = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    room.answers.append(answer)
    assert postman.go_round() == 0
    hurry(house)
    assert postman.go_round() == 0 and states(house) == ["unknown"] and len(room.mails) == 1
    (concern,) = house.correspondence.concerns(cast.administrator)
    with pytest.raises(NotAllowed):
        house.correspondence.send_again(cast.yot, concern.mail_id)
    with pytest.raises(NotFound):
        house.correspondence.send_again(cast.other_coordinator, concern.mail_id)
    house.correspondence.send_again(cast.coordinator, concern.mail_id)
    with pytest.raises(NotNow):
        house.correspondence.drop(cast.coordinator, concern.mail_id)
    assert postman.go_round() == 1 and states(house) == ["sent"]
    first, second = room.mails
    assert first["Message-ID"] != second["Message-ID"]
    assert "Had a message sent again." in [event.what for event in house.views.case(cast.coordinator, one).history]


def test_what_did_not_arrive_can_be_left_at_that(house: House, cast: Cast, postman: Postman, room: MailRoom) -> None:
    house.desk.receive(cast.yot, "form.pdf", form_file())
    room.answers.append("554")
    postman.go_round()
    (concern,) = house.correspondence.concerns(cast.administrator)
    house.correspondence.drop(cast.administrator, concern.mail_id)
    hurry(house)
    assert house.correspondence.concerns(cast.administrator) == () and postman.go_round() == 0


def test_a_server_without_encryption_or_with_a_wrong_certificate_gets_nothing(
    house: House, cast: Cast, room: MailRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.desk.receive(cast.yot, "form.pdf", form_file())
    monkeypatch.delenv("SSL_CERT_FILE")
    with_wrong = make_postman(house, room)
    assert with_wrong.go_round() == 0 and room.mails == []
    assert last_errors(house) == ["certificate_refused"]
    (tmp_path / "plain").mkdir()
    with open_mail_room(tmp_path / "plain", starttls=False) as plain:
        hurry(house)
        assert make_postman(house, plain).go_round() == 0 and plain.mails == []
    assert last_errors(house) == ["no_encryption"]
    hurry(house)
    assert make_postman(house, plain).go_round() == 0 and last_errors(house) == ["no_answer"]


def last_errors(house: House) -> list[str]:
    with acting(house.engine, "desk") as connection:
        return list(connection.scalars(text("SELECT last_error FROM mails")))


def test_a_server_that_does_not_answer_is_left_alone_for_a_while(
    house: House, cast: Cast, postman: Postman, room: MailRoom
) -> None:
    for _ in range(3):
        house.desk.receive(cast.yot, "form.pdf", form_file())
    silent = Postman(
        house.engine,
        house.vault,
        house.clock,
        house.answer_links,
        MailServer(host="127.0.0.1", port=9),
        SENDER,
        ADDRESS,
    )
    silent.go_round()
    silent.go_round()
    assert last_errors(house).count("no_answer") == 1
    assert postman.go_round() == 2


def test_two_at_once_send_each_mail_once(house: House, cast: Cast, postman: Postman, room: MailRoom) -> None:
    house.desk.receive(cast.yot, "form.pdf", form_file())
    outbox = Outbox(house.engine, house.clock)
    assert outbox.address() == 1 and outbox.address() == 0
    claim = outbox.claim()
    assert claim is not None and postman.go_round() == 0
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE mails SET lease_until = clock_timestamp() - interval '1 s'"))
    assert postman.go_round() == 1
    with pytest.raises(Exception, match="no longer held"):
        outbox.begin(claim)


@pytest.mark.parametrize("held_up", [False, True])
def test_a_worker_killed_while_sending_leaves_it_unknown_and_killed_before_has_it_sent_once(
    house: House, cast: Cast, worker: Worker, room: MailRoom, held_up: bool
) -> None:
    worker.more = {
        "MAPPA_SMTP_URL": room.url,
        "MAPPA_MAIL_FROM": SENDER,
        "MAPPA_ADDRESS": ADDRESS,
        "SSL_CERT_FILE": str(room.certificate),
    }
    room.answers.append("be silent" if held_up else "250")
    worker.start()
    house.desk.receive(cast.yot, "letter.pdf", b"no form at all")
    wait_for(lambda: room.mails)
    worker.kill()
    if held_up:
        assert states(house).count("sending") == 1
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE mails SET lease_until = lease_until - interval '10 minutes'"))
    worker.start()
    wait_for(lambda: sorted(states(house)) in (["sent", "sent"], ["sent", "unknown"]))
    time.sleep(0.5)
    assert len(room.mails) == len({str(mail["Message-ID"]) for mail in room.mails}) == 2
    assert not held_up or "unknown" in states(house)


def test_a_desk_that_comes_back_from_a_backup_sends_nothing_until_somebody_lets_it(
    house: House, cast: Cast, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    waiting = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE post SET held_since = :at"), {"at": clock.now()})
    clock.pass_by(days=5)
    later = house.desk.receive(cast.hospital, "form.pdf", form_file()).referral_id
    assert postman.go_round() == 0 and room.mails == []
    with pytest.raises(NotAllowed):
        house.correspondence.release(cast.coordinator, send=True)
    house.correspondence.release(cast.administrator, send=False)
    with pytest.raises(NotNow):
        house.correspondence.release(cast.administrator, send=True)
    assert postman.go_round() == 1 and room.to() == [cast.hospital.email]
    states = {
        one: {told.state for told in house.views.case(cast.coordinator, one).tellings} for one in (waiting, later)
    }
    assert states == {waiting: {"dropped"}, later: {"sent"}}


def test_what_was_held_is_sent_when_somebody_says_so_however_old(
    house: House, cast: Cast, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    house.desk.receive(cast.yot, "form.pdf", form_file())
    with open_as_owner(house) as connection:
        connection.execute(text("DELETE FROM post"))  # as a backup has it
    assert postman.go_round() == 0
    with open_as_owner(house) as connection:
        connection.execute(text("INSERT INTO post VALUES (true, :at)"), {"at": clock.now()})
    clock.pass_by(days=5)
    house.correspondence.release(cast.administrator, send=True)
    assert postman.go_round() == 1


def test_what_could_not_be_sent_for_days_stays_on_the_pages(
    house: House, cast: Cast, postman: Postman, room: MailRoom, clock: SetClock
) -> None:
    """Where a mail server is set for the first time, old messages do not flood anybody."""
    one = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    clock.pass_by(days=4)
    assert postman.go_round() == 0 and room.mails == []
    assert {told.state for told in house.views.case(cast.coordinator, one).tellings} == {"shown"}


# Wordings


def test_an_area_writes_in_its_own_words_and_can_go_back(
    house: House, cast: Cast, postman: Postman, room: MailRoom
) -> None:
    new = Wording(subject="Got ((reference))", body="Thank you.\r\n\r\n(( link ))")
    with pytest.raises(NotAllowed):
        house.wordings.change(cast.coordinator, "WM", "receipt", new)
    assert house.wordings.change(cast.administrator, "WM", "receipt", new) == {}
    one = house.desk.receive(cast.yot, "form.pdf", form_file())
    postman.go_round()
    assert room.subjects() == [f"Got {one.reference}"]
    assert room.mails[0].get_content().split()[:3] == ["Thank", "you.", f"{ADDRESS}/to/{one.referral_id}"]
    house.wordings.reset(cast.administrator, "WM", "receipt")
    assert not any(kept.own for kept in house.wordings.listed(cast.administrator, "WM"))
    with pytest.raises(NotFound):
        house.wordings.change(cast.administrator, "WM", "greeting", new)


@pytest.mark.parametrize(
    ("subject", "body", "wrong", "says"),
    [
        ("", "((link))", "subject", "Enter the subject"),
        ("A", "", "body", "Enter the text"),
        ("A", "((name)) ((link))", "body", "no placeholder ((name)). There is: ((reference)) and ((link))"),
        ("((link))", "((link))", "subject", "There is: ((reference))"),
        ("A", "((reference))", "body", "Put ((link))"),
        ("A", "((link)) ((ref erence))", "body", "Double brackets"),
        ("A\nBcc: x@example.org", "((link))", "subject", "line breaks"),
        ("A", "((link))\x00", "body", "control characters"),
        ("A" * 121, "((link))", "subject", "below 120"),
        ("A", "((link))" + "A" * 2000, "body", "below 2,000"),
    ],
)
def test_a_wording_that_cannot_be_used_is_refused_with_words(subject: str, body: str, wrong: str, says: str) -> None:
    errors = problems_with("receipt", Wording(subject=subject, body=body))
    assert list(errors) == [wrong] and says in errors[wrong]


def test_the_words_that_came_with_the_service_are_usable_themselves() -> None:
    for kind, sort in MESSAGES.items():
        assert problems_with(kind, sort.wording) == {}
        found = set(re.findall(r"\(\((\w+)\)\)", sort.wording.subject + sort.wording.body))
        assert found == set(placeholders_of(kind))


# Settings


def test_a_mail_server_is_set_by_its_address() -> None:
    assert server_of("smtp://desk:a%40b@mail.example.org") == MailServer(
        host="mail.example.org", port=587, user="desk", password="a@b"
    )
    assert server_of("smtps://mail.example.org").port == 465 and server_of("smtps://mail.example.org").at_once
    for wrong in ("mail.example.org:587", "http://mail.example.org", "smtp://", "smtp://a:x", "smtp://a/inbox"):
        with pytest.raises(HouseError, match="MAPPA_SMTP_URL"):
            server_of(wrong)


@pytest.mark.parametrize(
    "wrong", [{"MAPPA_MAIL_FROM": "desk"}, {"MAPPA_ADDRESS": "mappa.example.org"}, {"MAPPA_MAIL_FROM": "a@b\nBcc: c@d"}]
)
def test_a_mail_server_without_a_sender_or_an_address_is_refused(wrong: dict[str, str]) -> None:
    right = {"MAPPA_SMTP_URL": "smtp://a", "MAPPA_MAIL_FROM": SENDER, "MAPPA_ADDRESS": f"{ADDRESS}/"}
    settings = Settings.from_environment(right)
    assert settings.address == ADDRESS and settings.mail_from == SENDER
    with pytest.raises(HouseError, match="MAPPA_MAIL_FROM"):
        Settings.from_environment(right | wrong)


def test_what_is_restricted_after_it_was_addressed_is_told_to_nobody_but_the_people_named(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom
) -> None:
    one, other = received(house, reading, cast.yot), received(house, reading, cast.yot)
    while Outbox(house.engine, house.clock).address():
        pass
    assert house.desk.restrict(cast.coordinator, one, {cast.coordinator.id}, "His aunt works here.") is None
    both = {cast.coordinator.id, cast.yot.id}
    assert house.desk.restrict(cast.coordinator, other, both, "His aunt works here.") is None
    assert postman.go_round() == 2 and postman.go_round() == 0
    assert all(f"/to/{other}" in mail.get_content() for mail in room.mails)
    assert sorted(states(house)) == ["dropped", "dropped", "sent", "sent"]
    assert house.reconciler.compare().differences == ()


def test_whose_case_stood_on_a_cancelled_panel_is_told_and_again_where_it_is_held_after_all(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom
) -> None:
    for district in ("Dudley", "Walsall"):
        rule = PanelRule(kind="level_2", district=district, first=date(2026, 12, 15), starts=time_of_day(10))
        assert not house.panels.add(cast.administrator, "WM", rule)
    dudley, walsall = (panel.id for panel in house.panels.coming(cast.administrator))
    cases = []
    for number, panel in enumerate((dudley, walsall, None)):
        values = {"person__family_name": f"{CANARY}{number}", "level_requested": "2"}
        cases.append(received(house, reading, cast.yot, **values))
        version = house.views.case(cast.coordinator, cases[-1]).line.version
        assert not house.desk.decide(cast.coordinator, cases[-1], draft(version, panel_id=panel))
    postman.go_round()
    heard = len(room.mails)
    house.panels.cancel(cast.administrator, [dudley])
    postman.go_round()
    reference = house.views.case(cast.coordinator, cases[0]).line.reference
    subject = f"MAPPA referral {reference}: the panel is cancelled"
    told = [(mail["To"], mail["Subject"]) for mail in room.mails[heard:]]
    assert sorted(told) == sorted([(cast.coordinator.email, subject), (cast.yot.email, subject)])
    for mail in room.mails[heard:]:
        text_of_mail = mail.get_content()
        assert f"{ADDRESS}/to/{cases[0]}" in text_of_mail
        assert CANARY not in mail.as_string() and "Dudley" not in mail.as_string()
    history = [event.what for event in house.views.case(cast.coordinator, cases[0]).history]
    assert history[-1] == "The panel on Tuesday 15 December 2026 is cancelled."
    house.panels.hold(cast.administrator, [dudley])
    postman.go_round()
    after = [str(mail["Subject"]) for mail in room.mails[heard + 2 :]]
    assert after == [f"MAPPA referral {reference}: the panel is held after all"] * 2
    # A case that was given another panel since is not told of.
    house.desk.reopen(cast.coordinator, cases[0], "Walsall hears it.")
    version = house.views.case(cast.coordinator, cases[0]).line.version
    assert not house.desk.decide(cast.coordinator, cases[0], draft(version, panel_id=walsall))
    postman.go_round()
    heard = len(room.mails)
    house.panels.cancel(cast.administrator, [dudley])
    postman.go_round()
    assert len(room.mails) == heard
    assert house.reconciler.compare().differences == ()
    with acting(house.engine, "desk") as connection:
        assert isinstance(house.trail.verify(connection), int)


def test_of_a_restricted_case_only_the_people_named_hear_that_its_panel_is_cancelled(
    house: House, cast: Cast, reading: ReadingDesk, postman: Postman, room: MailRoom
) -> None:
    rule = PanelRule(kind="level_2", district="", first=date(2026, 12, 15), starts=time_of_day(10))
    assert not house.panels.add(cast.administrator, "WM", rule)
    (panel,) = (one.id for one in house.panels.coming(cast.administrator))
    case = received(house, reading, cast.yot, level_requested="2")
    version = house.views.case(cast.coordinator, case).line.version
    assert not house.desk.decide(cast.coordinator, case, draft(version, panel_id=panel))
    house.desk.restrict(cast.coordinator, case, [cast.coordinator.id], "A member of staff is named.")
    postman.go_round()
    heard = len(room.mails)
    house.panels.cancel(cast.administrator, [panel])
    postman.go_round()
    assert [mail["To"] for mail in room.mails[heard:]] == [cast.coordinator.email]
