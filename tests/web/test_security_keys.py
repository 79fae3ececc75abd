"""Security keys as the second step: adding, using, removing, and whatever a forged answer may be."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from authenticator import App
from conftest import MakeVisitor
from cryptography.hazmat.primitives.asymmetric import ec
from house import PASSWORD, Cast, SetClock, open_as_owner
from security_key import PRESENT, SoftKey, text
from sqlalchemy import text as sql
from visitors import Visitor, text_of

from intake.house import House
from intake.models import Person
from intake.people.second_step import CODES
from intake.people.security_keys import site_of
from intake.settings import Settings

DESK = "https://desk.example.org"
USE, CREATE = "//form[@data-key='get']", "//form[@data-key='create']"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"address": DESK})


def options_on(page: Any, form: str = "//form[@data-key]") -> str:
    return str(page.xpath(f"{form}/@data-key-options")[0])


def added(visitor: Visitor, name: str = "Red key", **lies: Any) -> SoftKey:
    key = SoftKey(DESK)
    answer = key.made_known(options_on(visitor.page("/account/keys/add")), **lies)
    sent = {"credential": answer, "name": name, "password": PASSWORD}
    assert visitor.send("/account/keys/add", sent).status_code in (200, 302)
    return key


def half_way(visitor: Visitor, person: Person) -> str:
    """Gives the password: the question for a key, as the page has it."""
    answer = visitor.send("/sign-in", {"email": person.email, "password": PASSWORD})
    return options_on(visitor.parsed(answer))


def kinds(house: House) -> list[str]:
    with open_as_owner(house) as connection:
        return list(connection.scalars(sql("SELECT kind FROM audit ORDER BY number")))


def test_several_keys_with_names_are_added_used_and_removed(
    house: House, cast: Cast, yot: Visitor, visitors: dict[str, Visitor], visitor: MakeVisitor
) -> None:
    red = SoftKey(DESK)
    answer = red.made_known(options_on(yot.page("/account/keys/add")))
    codes = yot.send("/account/keys/add", {"credential": answer, "name": "Red key", "password": PASSWORD})
    assert len(yot.parsed(codes).xpath("//main//li")) == CODES
    assert visitors["leaver"].get("/referrals").status_code == 302 and yot.get("/referrals").status_code == 200
    blue = added(yot, "Blue <key>")
    asked = json.loads(options_on(yot.page("/account/keys/add")))
    assert {one["id"] for one in asked["excludeCredentials"]} == {text(red.id), text(blue.id)}
    assert (asked["rp"]["id"], asked["authenticatorSelection"]["userVerification"]) == ("desk.example.org", "preferred")
    shown = text_of(yot.page("/account"))
    assert "Red key" in shown and "Blue <key>" in shown and "10 recovery codes" in shown
    for key in (red, blue, red):
        one = visitor(None)
        question = half_way(one, cast.yot)
        assert {entry["id"] for entry in json.loads(question)["allowCredentials"]} == {text(red.id), text(blue.id)}
        assert one.get("/referrals").status_code == 302
        before = one.client.get_cookie("mappa_session")
        answer_of = one.send("/sign-in/security-key", {"credential": key.signs(question), "next": "/rules"})
        after = one.client.get_cookie("mappa_session")
        assert answer_of.location == "/rules" and one.get("/referrals").status_code == 200
        assert before is not None and after is not None and before.value != after.value
    (path, _) = yot.page("/account").xpath("//a[contains(@href, '/keys/') and contains(@href, 'remove')]/@href")
    assert yot.send(path, {"password": "wrong"}).status_code == 422
    assert yot.send(path, {"password": PASSWORD}).status_code == 302
    one = visitor(None)
    assert {entry["id"] for entry in json.loads(half_way(one, cast.yot))["allowCredentials"]} == {text(blue.id)}
    assert one.send("/sign-in/security-key", {"credential": red.signs(half_way(one, cast.yot))}).status_code == 422
    assert {"security_key_added", "security_key_removed", "second_step_failed"} <= set(kinds(house))


def test_recovery_codes_and_the_app_serve_beside_a_key(
    house: House, cast: Cast, clock: SetClock, yot: Visitor, visitor: MakeVisitor
) -> None:
    added(yot)
    one = visitor(None)
    half_way(one, cast.yot)
    page = text_of(one.page("/sign-in/second-step"))
    assert "Recovery code" in page and "Code of the app" not in page
    app = App("".join(yot.page("/account/second-step").xpath("//li/p/strong")[0].text.split()))
    done = yot.send("/account/second-step", {"code": app.code(clock.now()), "password": PASSWORD})
    codes = [str(code) for code in yot.parsed(done).xpath("//main//li/text()")]
    clock.pass_by(seconds=30)
    for code in (app.code(clock.now()), codes[0]):
        again = visitor(None)
        half_way(again, cast.yot)
        assert again.send("/sign-in/second-step", {"code": code}).status_code == 302
    assert "Set up by an app and by 1 security key" in text_of(
        visitor(cast.administrator).page(f"/administration/people/{cast.yot.id}")
    )


def test_a_first_key_can_be_the_second_step_that_a_role_needs(
    house: House, cast: Cast, nobody: Visitor, visitor: MakeVisitor
) -> None:
    house.second_step.ask_of(cast.administrator, ["coordinator"])
    key, question = SoftKey(DESK), half_way(nobody, cast.coordinator)
    sent = {"credential": key.made_known(question), "name": "", "next": "/queue"}
    codes = nobody.send("/sign-in/security-key", sent)
    assert "They are not shown again" in text_of(nobody.parsed(codes)) and nobody.get("/queue").status_code == 200
    (path,) = nobody.page("/account").xpath("//a[contains(@href, 'remove')]/@href")
    last = nobody.send(path, {"password": PASSWORD})
    assert last.status_code == 422 and "Your role needs a second step" in text_of(nobody.parsed(last))
    again = visitor(None)
    answer = again.send("/sign-in/security-key", {"credential": key.signs(half_way(again, cast.coordinator))})
    assert answer.status_code == 302 and again.get("/queue").status_code == 200
    house.second_step.reset(cast.administrator, cast.coordinator.id)
    assert again.get("/queue").status_code == 302 and house.second_step.of(cast.coordinator.id) is None


def test_what_was_typed_before_goes_on_after_a_key(cast: Cast, yot: Visitor, visitor: MakeVisitor) -> None:
    key, one = added(yot), visitor(None)
    sent = {"credential": key.signs(half_way(one, cast.yot)), "kept-why": "A reason.", "next": "/referrals/x"}
    page = one.parsed(one.send("/sign-in/security-key", sent))
    assert page.xpath("//form[@action='/referrals/x']//input[@name='why']/@value") == ["A reason."]


STRANGER = ec.generate_private_key(ec.SECP256R1())
FORGED: dict[str, dict[str, Any]] = {
    "of another site": {"origin": "https://desk.example.org.evil.example"},
    "without TLS": {"origin": "http://desk.example.org"},
    "for another host": {"host": "evil.example.org"},
    "to another question": {"challenge": text(bytes(32))},
    "to the question of adding": {"type": "webauthn.create"},
    "without anybody present": {"flags": 0},
    "signed by another key": {"private": STRANGER},
}


def test_a_forged_answer_opens_nothing(
    house: House, cast: Cast, yot: Visitor, visitor: MakeVisitor, clock: SetClock
) -> None:
    key, one = added(yot), visitor(None)
    half_way(one, cast.yot)
    for forgery, lies in FORGED.items():
        question = options_on(one.page("/sign-in/second-step"), USE)
        answer = one.send("/sign-in/security-key", {"credential": key.signs(question, **lies)})
        assert answer.status_code == 422 and "was not accepted" in text_of(one.parsed(answer)), forgery
        house.second_step.passes(cast.yot, "000000")
        with open_as_owner(house) as connection:
            connection.execute(sql("DELETE FROM sign_in_failures"))
    for broken in ("", "null", "[]", "{", "{}", '{"rawId": 7}', '{"rawId": "AA"}', "x" * 30_000, '{"rawId": "é"}'):
        question = options_on(one.page("/sign-in/second-step"), USE)
        assert one.send("/sign-in/security-key", {"credential": broken}).status_code == 422, broken
        halves = json.loads(key.signs(question))
        halves["response"].pop("signature")
        options_on(one.page("/sign-in/second-step"), USE)
        assert one.send("/sign-in/security-key", {"credential": json.dumps(halves)}).status_code == 422
        with open_as_owner(house) as connection:
            connection.execute(sql("DELETE FROM sign_in_failures"))
    assert one.get("/referrals").status_code == 302
    question = options_on(one.page("/sign-in/second-step"), USE)
    assert one.send("/sign-in/security-key", {"credential": key.signs(question)}).status_code == 302


def test_an_answer_counts_once_in_its_own_session_and_not_for_long(
    house: House, cast: Cast, yot: Visitor, visitor: MakeVisitor, clock: SetClock
) -> None:
    key = added(yot)
    one, thief = visitor(None), visitor(None)
    question, theirs = half_way(one, cast.yot), half_way(thief, cast.yot)
    answer = key.signs(question)
    # What the key answered in one browser counts in no other.
    assert thief.send("/sign-in/security-key", {"credential": answer}).status_code == 422
    assert one.send("/sign-in/security-key", {"credential": answer}).status_code == 302
    one.send("/sign-out")
    half_way(one, cast.yot)
    assert one.send("/sign-in/security-key", {"credential": answer}).status_code == 422
    # A question counts once, and for five minutes.
    assert thief.send("/sign-in/security-key", {"credential": key.signs(theirs)}).status_code == 422
    late = options_on(one.page("/sign-in/second-step"), USE)
    clock.pass_by(minutes=6)
    assert one.send("/sign-in/security-key", {"credential": key.signs(late)}).status_code == 422


def test_an_answer_sent_twice_at_once_counts_once(house: House, cast: Cast, yot: Visitor) -> None:
    key = added(yot)
    token = house.people.open_session(cast.yot)
    question = house.security_keys.to_use(cast.yot, token)
    assert question is not None
    answer = key.signs(question)
    with ThreadPoolExecutor(4) as pool:
        passed = list(pool.map(lambda _: house.security_keys.passes(cast.yot, token, answer), range(4)))
    assert passed.count(True) == 1


def test_a_key_that_counts_back_is_refused_and_told(
    house: House, cast: Cast, yot: Visitor, visitor: MakeVisitor
) -> None:
    key, one = added(yot), visitor(None)
    key.count = 7
    assert one.send("/sign-in/security-key", {"credential": key.signs(half_way(one, cast.yot))}).status_code == 302
    for behind in (6, 7):
        key.count, copy = behind - 1, visitor(None)
        answer = copy.send("/sign-in/security-key", {"credential": key.signs(half_way(copy, cast.yot))})
        assert answer.status_code == 422 and copy.get("/referrals").status_code == 302
    assert kinds(house).count("security_key_copied") == 2


def test_a_key_that_does_not_count_serves(cast: Cast, yot: Visitor, visitor: MakeVisitor) -> None:
    key = added(yot)
    for _ in range(2):
        one = visitor(None)
        question = half_way(one, cast.yot)
        key.count = -1
        assert one.send("/sign-in/security-key", {"credential": key.signs(question)}).status_code == 302


def test_wrong_answers_are_throttled_together_with_wrong_codes(
    house: House, cast: Cast, yot: Visitor, visitor: MakeVisitor, clock: SetClock
) -> None:
    key, one = added(yot), visitor(None)
    half_way(one, cast.yot)
    for _ in range(3):
        one.send("/sign-in/security-key", {"credential": "{}"})
        one.send("/sign-in/second-step", {"code": "000000"})
    question = options_on(one.page("/sign-in/second-step"), USE)
    assert one.send("/sign-in/security-key", {"credential": key.signs(question)}).status_code == 422


def test_no_forged_key_is_added_and_none_twice(cast: Cast, yot: Visitor, hospital: Visitor) -> None:
    key = added(yot)
    lies: list[dict[str, Any]] = [
        {"origin": "https://evil.example.org"},
        {"host": "evil.example.org"},
        {"challenge": text(bytes(32))},
        {"type": "webauthn.get"},
        {"flags": PRESENT},
    ]
    for lie in lies:
        answer = SoftKey(DESK).made_known(options_on(hospital.page("/account/keys/add")), **lie)
        sent = hospital.send("/account/keys/add", {"credential": answer, "password": PASSWORD})
        assert sent.status_code == 422 and "was not accepted" in text_of(hospital.parsed(sent)), lie
    for visitor in (yot, hospital):
        answer = key.made_known(options_on(visitor.page("/account/keys/add")))
        assert visitor.send("/account/keys/add", {"credential": answer, "password": PASSWORD}).status_code == 422
    answer = SoftKey(DESK).made_known(options_on(hospital.page("/account/keys/add")))
    for wrong in ({"password": "not mine"}, {"password": PASSWORD, "name": "x" * 61}):
        assert hospital.send("/account/keys/add", {"credential": answer, **wrong}).status_code == 422
    assert "Security keys" not in text_of(hospital.page("/account"))


def test_nobody_uses_or_removes_anothers_key(
    house: House, cast: Cast, yot: Visitor, hospital: Visitor, visitor: MakeVisitor
) -> None:
    theirs = added(yot)
    mine = added(hospital)
    one = visitor(None)
    question = half_way(one, cast.hospital)
    assert text(theirs.id) not in question
    assert one.send("/sign-in/security-key", {"credential": theirs.signs(question)}).status_code == 422
    factor = house.second_step.of(cast.yot.id)
    assert factor is not None
    path = f"/account/keys/{factor.keys[0].id}/remove"
    assert hospital.get(path).status_code == 404 and hospital.send(path, {"password": PASSWORD}).status_code == 404
    assert mine.count == 0


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://desk.example.org", "desk.example.org", "https://desk.example.org"),
        ("https://desk.example.org:443/", "desk.example.org", "https://desk.example.org"),
        ("https://Desk.example.org:8443", "desk.example.org", "https://desk.example.org:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_keys_sign_for_the_configured_address(address: str, host: str, origin: str) -> None:
    assert site_of(address) == (host, origin)


@pytest.mark.parametrize(
    "address", ["", "http://desk.example.org", "https://192.0.2.1", "https://[2001:db8::1]", "desk"]
)
def test_where_browsers_let_no_key_sign_none_is_offered(address: str) -> None:
    assert site_of(address) is None
