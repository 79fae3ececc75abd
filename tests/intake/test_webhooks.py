"""Systems are told of what happens, at least once and under the same id, by a real receiver with TLS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import pytest
from house import Cast, Worker, form_file, open_as_owner, wait_for
from receiver import Receiver, open_receiver
from scenes import draft
from sqlalchemy import text
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from intake.cases.reading import ReadingDesk
from intake.errors import DeskError, NotAllowed, NotFound
from intake.house import House, open_house
from intake.models import Person, RawAnswer
from intake.panels.calendar import PanelRule
from intake.settings import Settings
from intake.systems import targets
from intake.systems.courier import Courier
from intake.systems.deliveries import WAITS, Deliveries
from intake.systems.targets import NotTaken, checked_url, deliver, is_open
from intake.systems.webhooks import Added

EVERYTHING = ("received", "questions", "answered", "decided")


@pytest.fixture(scope="module")
def receiving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with open_receiver(tmp_path_factory.mktemp("receiver")) as receiver:
        yield receiver


@pytest.fixture
def receiver(receiving: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    receiving.taken.clear()
    receiving.answers.clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(receiving.certificate))
    return receiving


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """With the true time, which receivers compare with their own."""
    with open_house(settings) as opened:
        yield opened


@pytest.fixture
def system(house: House, cast: Cast) -> Person:
    made = house.systems.add(cast.administrator, "Careworks", agency_id=cast.yot.agency_id)
    house.systems.issue(cast.administrator, made.id, ["read", "webhooks"], 30)
    return made


@pytest.fixture
def added(house: House, cast: Cast, system: Person, receiver: Receiver) -> Added:
    return house.webhooks.add(cast.administrator, system.id, receiver.url, EVERYTHING, inside=True)


@pytest.fixture
def courier(house: House) -> Courier:
    return courier_of(house)


def courier_of(house: House) -> Courier:
    return Courier(house.engine, house.systems_secret, house.clock, "https://desk.example.org")


def types(receiver: Receiver) -> list[str]:
    return [json.loads(body)["type"] for _, body in receiver.taken]


def ids(receiver: Receiver) -> list[str]:
    return [headers["webhook-id"] for headers, _ in receiver.taken]


def states(house: House, added: Added, cast: Cast) -> dict[str, int]:
    (one,) = house.webhooks.listed(cast.administrator, added.webhook.system_id)
    return dict(one.states)


def due_now(house: House) -> None:
    """As if the pauses were over."""
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE deliveries SET next_try = now() WHERE state = 'due'"))


def test_a_system_is_told_of_each_step_with_reference_and_link_only(
    house: House, cast: Cast, reading: ReadingDesk, courier: Courier, receiver: Receiver, added: Added
) -> None:
    form = form_file(person__family_name="Quillfeather", level_requested="2", category=["2"])
    receipt = house.desk.receive(cast.yot, "form.pdf", form)
    assert reading.do_next()
    case = house.views.case(cast.yot, receipt.referral_id)
    one = next(one for one in case.clarifications if one.open and one.kind == "text")
    house.desk.answer(cast.yot, receipt.referral_id, {one.id: RawAnswer(not_known_reason="Nobody knows")})
    version = house.views.case(cast.coordinator, receipt.referral_id).line.version
    assert house.desk.decide(cast.coordinator, receipt.referral_id, draft(version)) == {}
    assert courier.go_round() == 4 and courier.go_round() == 0
    assert types(receiver) == [f"referral.{event}" for event in EVERYTHING]
    for headers, body in receiver.taken:
        told = Verifier(added.secret).verify(body, headers)
        assert told.keys() == {"type", "timestamp", "data"} and headers["content-type"] == "application/json"
        link = f"https://desk.example.org/api/v1/referrals/{receipt.referral_id}"
        assert told["data"] == {"id": str(receipt.referral_id), "reference": receipt.reference, "link": link}
    assert len(set(ids(receiver))) == 4 and states(house, added, cast) == {"sent": 4}


def test_a_system_that_asked_for_it_is_told_that_a_decision_was_reopened_and_that_its_panel_is_not_held(
    house: House, cast: Cast, reading: ReadingDesk, courier: Courier, receiver: Receiver, system: Person, added: Added
) -> None:
    house.webhooks.add(cast.administrator, system.id, receiver.url, ("reopened", "panel"), inside=True)
    rule = PanelRule(kind="level_2", district="", first=date(2026, 12, 15), starts=time_of_day(10))
    assert not house.panels.add(cast.administrator, "WM", rule)
    (panel,) = (one.id for one in house.panels.coming(cast.administrator))
    one = house.desk.receive(cast.yot, "form.pdf", form_file(level_requested="2")).referral_id
    assert reading.do_next()
    version = house.views.case(cast.coordinator, one).line.version
    assert house.desk.decide(cast.coordinator, one, draft(version, panel_id=panel)) == {}
    house.panels.cancel(cast.administrator, [panel])
    house.panels.hold(cast.administrator, [panel])
    house.desk.reopen(cast.coordinator, one, "New facts.")
    while courier.go_round():
        pass
    others = [kind for kind in types(receiver) if kind.removeprefix("referral.") not in EVERYTHING]
    assert others == ["referral.panel", "referral.panel", "referral.reopened"]


def test_what_was_changed_or_is_old_does_not_verify(
    house: House, cast: Cast, courier: Courier, receiver: Receiver, added: Added
) -> None:
    house.desk.receive(cast.yot, "form.pdf", b"a form")
    courier.go_round()
    ((headers, body),) = receiver.taken
    other = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}
    late = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}
    for changed in ((body + b" ", headers), (body, other), (body, late), (body, {**headers, "webhook-id": "x"})):
        with pytest.raises(WebhookVerificationError):
            Verifier(added.secret).verify(*changed)


@pytest.mark.parametrize("answer", [500, 302, 404, "hang up"])
def test_what_is_not_taken_comes_again_under_its_id_after_growing_pauses(
    house: House, cast: Cast, receiver: Receiver, added: Added, answer: int | str
) -> None:
    receiver.answers.extend([answer, answer])
    house.desk.receive(cast.yot, "form.pdf", b"a form")
    for attempt in range(3):
        assert courier_of(house).go_round() == (attempt == 2)
        (one,) = house.webhooks.deliveries(cast.administrator, added.webhook.system_id, added.webhook.id)
        assert one.attempts == attempt + 1
        if attempt < 2:
            assert one.error == ("no_answer" if answer == "hang up" else f"http_{answer}") and one.next_try is not None
            assert timedelta() < one.next_try - house.clock.now() <= WAITS[attempt]
            assert courier_of(house).go_round() == 0, "not before its time"
            due_now(house)
    assert len(set(ids(receiver))) == 1 and len(receiver.taken) == 3
    assert len({body for _, body in receiver.taken}) == 1
    assert states(house, added, cast) == {"sent": 1}


def test_after_all_tries_it_is_given_up_and_can_be_sent_again(
    house: House, cast: Cast, receiver: Receiver, added: Added, system: Person
) -> None:
    house.desk.receive(cast.yot, "form.pdf", b"a form")
    for _ in range(len(WAITS) + 1):
        receiver.answers.append(503)
        courier_of(house).go_round()
        due_now(house)
    assert states(house, added, cast) == {"failed": 1}
    assert house.webhooks.replay(cast.administrator, system.id, added.webhook.id, None) == 1
    assert courier_of(house).go_round() == 1 and states(house, added, cast) == {"sent": 1}
    assert len(set(ids(receiver))) == 1
    before = house.clock.now() - timedelta(hours=1)
    assert house.webhooks.replay(system, system.id, added.webhook.id, before) == 1
    assert house.webhooks.replay(system, system.id, added.webhook.id, house.clock.now()) == 0
    assert courier_of(house).go_round() == 1 and len(set(ids(receiver))) == 1


def test_a_courier_that_dies_before_or_after_handing_over_loses_nothing(
    house: House, cast: Cast, receiver: Receiver, added: Added, settings: Settings
) -> None:
    house.desk.receive(cast.yot, "form.pdf", b"a form")
    gone = Deliveries(house.engine, house.clock)
    gone.address()
    claim = gone.claim()
    assert claim is not None and courier_of(house).go_round() == 0, "it is in hand"
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE deliveries SET lease_until = now() - interval '1 second'"))
    with open_house(settings) as restarted:
        assert courier_of(restarted).go_round() == 1
    with pytest.raises(Exception, match="no longer held"):
        gone.sent(claim)
    assert ids(receiver) == [str(claim.id)]


def test_through_the_death_of_a_worker_each_event_comes_and_keeps_its_id(
    house: House, cast: Cast, receiver: Receiver, added: Added, worker: Worker
) -> None:
    worker.more["SSL_CERT_FILE"] = str(receiver.certificate)
    receiver.answers.append(500)
    worker.start()
    first = [house.desk.receive(cast.yot, f"{number}.pdf", b"a form").referral_id for number in range(3)]
    wait_for(lambda: len(receiver.taken) >= 2)
    worker.kill()
    with open_as_owner(house) as connection:
        # As if the pause and the lease of whoever was killed were over.
        connection.execute(text("UPDATE deliveries SET next_try = now(), lease_until = now() - interval '1 second'"))
    more = [house.desk.receive(cast.yot, f"{number}.pdf", b"a form").referral_id for number in range(3)]
    worker.start()
    wait_for(lambda: states(house, added, cast).get("sent", 0) >= 6, 90)
    worker.stop()
    by_id: dict[str, set[str]] = {}
    for headers, body in receiver.taken:
        by_id.setdefault(headers["webhook-id"], set()).add(json.loads(body)["data"]["id"])
    received = [one for one in by_id.values() if len(one) == 1]
    assert len(received) == len(by_id) and {str(one) for one in first + more} <= set().union(*received)


def test_nobody_is_told_of_what_is_not_theirs(
    house: House, cast: Cast, courier: Courier, receiver: Receiver, added: Added, reading: ReadingDesk
) -> None:
    area = house.systems.add(cast.administrator, "Overview", area="WM")
    house.systems.issue(cast.administrator, area.id, ["webhooks"], 30)
    overview = house.webhooks.add(cast.administrator, area.id, receiver.url, ["received"], inside=True)
    elsewhere = house.systems.add(cast.administrator, "Elsewhere", area="NW")
    house.systems.issue(cast.administrator, elsewhere.id, ["webhooks"], 30)
    house.webhooks.add(cast.administrator, elsewhere.id, receiver.url, EVERYTHING, inside=True)
    receipt = house.desk.receive(cast.hospital, "form.pdf", b"a form")
    assert courier.go_round() == 1
    ((headers, body),) = receiver.taken
    assert Verifier(overview.secret).verify(body, headers)["data"]["reference"] == receipt.reference
    with pytest.raises(WebhookVerificationError):
        Verifier(added.secret).verify(body, headers)


def test_of_a_case_that_was_restricted_meanwhile_no_system_hears(
    house: House, cast: Cast, courier: Courier, receiver: Receiver, added: Added
) -> None:
    receipt = house.desk.receive(cast.yot, "form.pdf", b"a form")
    Deliveries(house.engine, house.clock).address()
    named = {cast.coordinator.id}
    assert house.desk.restrict(cast.coordinator, receipt.referral_id, named, "A colleague's brother.") is None
    assert courier.go_round() == 0 and receiver.taken == []
    assert states(house, added, cast) == {"dropped": 1}


def test_a_system_whose_tokens_have_ended_is_told_nothing_until_it_has_one_again(
    house: House, cast: Cast, courier: Courier, receiver: Receiver, added: Added, system: Person
) -> None:
    (token,) = house.systems.system(cast.administrator, system.id).tokens
    house.systems.revoke(cast.administrator, system.id, token.id)
    house.desk.receive(cast.yot, "form.pdf", b"a form")
    assert courier.go_round() == 0
    house.systems.issue(cast.administrator, system.id, ["webhooks"], 30)
    assert courier.go_round() == 1 and types(receiver) == ["referral.received"]


def test_an_ended_webhook_gets_nothing_more(
    house: House, cast: Cast, courier: Courier, receiver: Receiver, added: Added, system: Person
) -> None:
    house.desk.receive(cast.yot, "form.pdf", b"a form")
    Deliveries(house.engine, house.clock).address()
    house.webhooks.end(system, system.id, added.webhook.id)
    house.desk.receive(cast.yot, "form.pdf", b"another form")
    assert courier.go_round() == 0 and house.webhooks.listed(system, system.id) == ()
    with pytest.raises(NotFound):
        house.webhooks.replay(system, system.id, added.webhook.id, None)


def test_the_secret_is_sealed_and_what_is_told_stands_in_no_log(
    house: House,
    cast: Cast,
    courier: Courier,
    receiver: Receiver,
    added: Added,
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver.answers.append(500)
    house.desk.receive(cast.yot, "form.pdf", b"a form")
    courier.go_round()
    with open_as_owner(house) as connection:
        kept = str(connection.execute(text("SELECT row_to_json(webhooks)::text, secret_sealed FROM webhooks")).one())
    assert added.secret.removeprefix("whsec_") not in kept
    assert "not taken at try 1: http_500" in caplog.text and receiver.url not in caplog.text


def test_only_its_own_system_and_administrators_look_after_a_webhook(
    house: House, cast: Cast, added: Added, system: Person
) -> None:
    other = house.systems.add(cast.administrator, "Other", agency_id=cast.yot.agency_id)
    for person in (cast.yot, cast.coordinator, other):
        with pytest.raises(NotAllowed):
            house.webhooks.listed(person, system.id)
    for order in (
        lambda: house.webhooks.end(other, other.id, added.webhook.id),
        lambda: house.webhooks.replay(other, other.id, added.webhook.id, None),
        lambda: house.webhooks.deliveries(other, other.id, added.webhook.id),
    ):
        with pytest.raises(NotFound):
            order()
    with pytest.raises(NotAllowed):
        house.webhooks.add(system, system.id, "https://localhost/", ["received"], inside=True)
    with pytest.raises(DeskError, match="at most 10"):
        for _ in range(10):
            house.webhooks.add(system, system.id, "https://example.org/", ["received"])


# Where deliveries may go


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://",
        "https:///path",
        "ftp://example.org/",
        "example.org",
        "https://user:password@example.org/",
        "https://example.org/#part",
        "https://example.org:70000/",
        "https://exa mple.org/",
        "https://ex\u00e4mple.org/",
        "https://example.org/\r\nHost: x",
        "https://[::1/",
        "https://example.org/" + "x" * 500,
    ],
)
def test_an_address_that_is_not_plain_https_is_refused(url: str) -> None:
    with pytest.raises(DeskError):
        checked_url(url)


@pytest.mark.parametrize(
    ("address", "open_"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
    ],
)
def test_only_addresses_that_everybody_can_reach_are_open(address: str, open_: bool) -> None:
    assert is_open(address) is open_


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"]
)
def test_our_own_machine_is_not_reached_unless_an_administrator_allowed_it(receiver: Receiver, host: str) -> None:
    url = receiver.url.replace("localhost", host)
    with pytest.raises(NotTaken, match=r"address_not_allowed|name_not_found"):
        deliver(url, False, {}, b"{}")
    assert receiver.taken == []


def test_a_name_is_looked_up_once_so_that_it_cannot_change_in_between(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    true = targets.socket.getaddrinfo

    def first_open_then_ours(host: Any, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        return true("192.0.2.1" if len(asked) == 1 else "127.0.0.1", *rest, **more)

    monkeypatch.setattr(targets.socket, "getaddrinfo", first_open_then_ours)
    monkeypatch.setattr(targets, "is_open", lambda address: address == "192.0.2.1")
    monkeypatch.setattr(targets, "CONNECT", 0.2)
    with pytest.raises(NotTaken, match="no_answer"):
        deliver(receiver.url, False, {}, b"{}")
    assert receiver.taken == []


def test_a_certificate_that_is_not_trusted_gets_nothing(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NotTaken, match="certificate_refused"):
        deliver(receiver.url, True, {}, b"{}")
    assert receiver.taken == []


def test_whoever_answers_sign_by_sign_is_not_waited_for(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "ALTOGETHER", 0.5)
    receiver.answers.append("slow")
    with pytest.raises(NotTaken, match="no_answer"):
        deliver(receiver.url, True, {}, b"{}")


def test_an_address_that_does_not_answer_holds_up_no_other(
    house: House, cast: Cast, receiver: Receiver, added: Added, system: Person, tmp_path: Path
) -> None:
    house.webhooks.add(cast.administrator, system.id, "https://127.0.0.1:1/", ["received"], inside=True)
    for number in range(3):
        house.desk.receive(cast.yot, f"{number}.pdf", b"a form")
    assert courier_of(house).go_round() == 3 and len(receiver.taken) == 3
    silent = house.webhooks.listed(cast.administrator, system.id)[1]
    tried = house.webhooks.deliveries(cast.administrator, system.id, silent.id)
    assert sorted(one.attempts for one in tried) == [0, 0, 1]
