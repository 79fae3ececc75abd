"""Every operation of the API, by every kind of token, about everybody's referrals: nobody finds a word of what is not theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from uuid import UUID, uuid4

import pytest
from api_calls import ALL_SCOPES, CALLS, OF_COORDINATORS, WINDOW, Call, Caller, path_of, problem_in, system_of
from conftest import visitors_of
from flask import Flask
from house import MASTER_KEY, PASSWORD, Cast, Servers, SetClock, form_file
from scenes import GAPS, draft, seeing_reader
from visits import VISITS

from intake.house import House, open_house
from intake.models import Person
from intake.settings import Settings
from web.app import make_app
from web.session import COOKIE

OWNERS = {"yot": "Zanderling", "hospital": "Wrayburn", "north": "Oxenholme", "restricted": "Yelverton"}
"""Whose a referral is, and a name that is in no other; the restricted one is of the youth offending team."""
REACH = {
    "yot": {"yot"},
    "hospital": {"hospital"},
    "north": {"north"},
    "coordinators": {"yot", "hospital"},
    "other coordinators": {"north"},
}


@dataclass(frozen=True)
class Desk:
    app: Flask
    house: House
    cast: Cast
    clock: SetClock
    referrals: dict[str, UUID]
    references: dict[str, str]
    systems: dict[str, tuple[UUID, str]]
    people: dict[str, Person]

    def caller(self, token: str | None, address: str = "192.0.2.1") -> Caller:
        client = self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return Caller(client, token)

    def system(self, name: str) -> Caller:
        return self.caller(self.systems[name][1])

    def webhook(self, system_id: UUID) -> UUID:
        """A fresh webhook of a system, in place of those that it had."""
        for one in self.house.webhooks.listed(self.cast.administrator, system_id):
            self.house.webhooks.end(self.cast.administrator, system_id, one.id)
        made = self.house.webhooks.add(self.cast.administrator, system_id, "https://example.org/", ["received"])
        return made.webhook.id

    def objects(self, call: Call) -> dict[str, UUID]:
        """What an operation is tried on, by whose it is."""
        if call.webhook:
            return {name: self.webhook(system_id) for name, (system_id, _) in self.systems.items()}
        return self.referrals if call.about else {"yot": UUID(int=0)}


@pytest.fixture(scope="module")
def desk(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database_url, owner_url = servers.fresh_database()
    settings = Settings(
        database_url=database_url,
        owner_url=owner_url,
        redis_url=servers.redis_url,
        data=tmp_path_factory.mktemp("api"),
        master_key=MASTER_KEY,
    )
    clock, cast = SetClock(), servers.cast
    with open_house(settings, clock=clock) as house:
        trust = house.people.add_agency("Northwick Trust", "mental_health", "NW")
        north = house.people.add_person("north@example.org", "Nora Lark", "referrer", PASSWORD, agency_id=trust.id)
        people = {
            "yot": cast.yot,
            "hospital": cast.hospital,
            "north": north,
            "coordinators": cast.coordinator,
            "other coordinators": cast.other_coordinator,
        }
        systems = {name: system_of(house, cast, person) for name, person in people.items()}
        senders = {"yot": cast.yot, "hospital": cast.hospital, "north": north, "restricted": cast.yot}
        deciders = {"north": cast.other_coordinator}
        referrals, references = {}, {}
        for owner, name in OWNERS.items():
            form = form_file(**{**GAPS, "person__family_name": name, "referral__reason": f"{name} must not be known."})
            receipt = house.desk.receive(senders[owner], f"{name}.pdf", form)
            referrals[owner], references[owner] = receipt.referral_id, receipt.reference
            reading = seeing_reader(house)
            while reading.do_next():
                pass
            decider = deciders.get(owner, cast.coordinator)
            house.desk.ask(decider, receipt.referral_id, [], [f"Has {name} been told?"])
            version = house.views.case(decider, receipt.referral_id).line.version
            told = draft(version, told_referrer=f"Tell {name}.")
            assert house.desk.decide(decider, receipt.referral_id, told) == {}
            house.desk.reopen(decider, receipt.referral_id, "New facts.")
        assert house.desk.restrict(cast.coordinator, referrals["restricted"], {cast.coordinator.id}, "Staff.") is None
        yield Desk(make_app(house), house, cast, clock, referrals, references, systems, people)
    servers.drop(database_url)


def foreign(desk: Desk, name: str) -> re.Pattern[str]:
    others = [owner for owner in OWNERS if owner not in REACH[name]]
    words = [OWNERS[owner] for owner in others]
    ids = [str(desk.referrals[owner]) for owner in others] + [desk.references[owner] for owner in others]
    return re.compile("|".join(words + ids), re.IGNORECASE)


@pytest.mark.parametrize("name", list(REACH))
def test_no_operation_leaks_a_word_of_a_referral_to_others(desk: Desk, name: str) -> None:
    system, tried = desk.system(name), 0
    for (endpoint, method), call in CALLS.items():
        reach = {name} if call.webhook else REACH[name]
        for owner, about in desk.objects(call).items():
            response = system.make(desk.app, endpoint, method, about)
            place = f"{method} {endpoint} by {name} about {owner}: {response.status_code}"
            assert response.status_code < 500, place
            told = response.get_data(as_text=True) + str(response.headers)
            assert not foreign(desk, name).search(told), place
            covered = call.scope in (ALL_SCOPES if desk.people[name].agency_id else OF_COORDINATORS)
            if not covered:
                assert problem_in(response)["status"] == 403, place
            elif (call.about or call.webhook) and owner not in reach:
                assert problem_in(response)["status"] == 404, place
            else:
                assert response.status_code == call.status, place
            tried += 1
    more = {True: len(OWNERS) - 1, False: 0}
    hooks = (len(desk.systems) - 1) * sum(call.webhook for call in CALLS.values())
    assert tried == len(CALLS) + sum(more[call.about] for call in CALLS.values()) + hooks


@pytest.mark.parametrize("name", list(REACH))
def test_what_is_not_theirs_answers_as_what_is_not_there(desk: Desk, name: str) -> None:
    system = desk.system(name)
    for (endpoint, method), call in CALLS.items():
        if call.about or call.webhook:
            none = system.make(desk.app, endpoint, method, uuid4())
            objects = desk.objects(call)
            for owner in set(objects) - ({name} if call.webhook else REACH[name]):
                theirs = system.make(desk.app, endpoint, method, objects[owner])
                assert (theirs.status_code, theirs.get_data()) == (none.status_code, none.get_data()), endpoint


@pytest.mark.parametrize("name", list(REACH))
def test_a_list_holds_ones_own_and_counts_no_others(desk: Desk, name: str) -> None:
    found = desk.system(name).get(f"/api/v1/referrals{WINDOW}&limit=200").get_json()["referrals"]
    own = {desk.references[owner] for owner in REACH[name]}
    known = {one["reference"] for one in found} & set(desk.references.values())
    assert known == own


@pytest.mark.parametrize("scope", ALL_SCOPES)
def test_a_scope_opens_its_own_operations_and_no_others(desk: Desk, scope: str) -> None:
    system_id, token = system_of(desk.house, desk.cast, desk.cast.yot, [scope])
    opened = set()
    for (endpoint, method), call in CALLS.items():
        about = desk.webhook(system_id) if call.webhook else desk.referrals["yot"]
        response = desk.caller(token).make(desk.app, endpoint, method, about)
        if response.status_code == 403:
            assert problem_in(response)["code"] == "not_allowed"
        else:
            assert response.status_code == call.status
            opened.add(endpoint)
    assert opened == {endpoint for (endpoint, _), call in CALLS.items() if call.scope == scope}


ADDRESSES = (f"2001:db8::{number:x}" for number in count(1))
"""Each once, since guesses that come from one address are throttled after some."""


def refused_everywhere(desk: Desk, token: str | None) -> None:
    for endpoint, method in CALLS:
        caller = desk.caller(token, next(ADDRESSES))
        response = caller.make(desk.app, endpoint, method, desk.referrals["yot"])
        assert problem_in(response)["status"] == 401 and response.headers["WWW-Authenticate"] == "Bearer", endpoint


@pytest.mark.parametrize("token", [None, "", "mappa_", "mappa_" + "A" * 43, "Zanderling", "\N{SNOWMAN}"])
def test_without_a_token_that_is_known_nothing_is_answered(desk: Desk, token: str | None) -> None:
    refused_everywhere(desk, token.encode().decode("latin-1") if token else token)


def test_a_token_that_was_revoked_lets_nobody_in(desk: Desk) -> None:
    system_id, token = system_of(desk.house, desk.cast, desk.cast.yot)
    assert desk.caller(token).get(f"/api/v1/referrals{WINDOW}").status_code == 200
    (one,) = desk.house.systems.system(desk.cast.administrator, system_id).tokens
    desk.house.systems.revoke(desk.cast.administrator, system_id, one.id)
    refused_everywhere(desk, token)


def test_a_token_ends_by_itself(desk: Desk) -> None:
    _, token = system_of(desk.house, desk.cast, desk.cast.yot, days=1)
    desk.clock.pass_by(hours=23)
    assert desk.caller(token).get(f"/api/v1/referrals{WINDOW}").status_code == 200
    desk.clock.pass_by(hours=1)
    refused_everywhere(desk, token)


def test_a_token_of_an_agency_that_was_closed_lets_nobody_in(desk: Desk) -> None:
    agency = desk.house.people.add_agency("Short-lived Trust", "other", "WM")
    somebody = desk.cast.yot.model_copy(update={"agency_id": agency.id})
    _, token = system_of(desk.house, desk.cast, somebody)
    assert desk.caller(token).get(f"/api/v1/referrals{WINDOW}").status_code == 200
    desk.house.staffing.set_agency_active(desk.cast.administrator, agency.id, False)
    refused_everywhere(desk, token)


def test_a_session_of_the_pages_opens_nothing_of_the_api(desk: Desk) -> None:
    session = desk.house.people.open_session(desk.cast.yot)
    for endpoint, method in CALLS:
        caller = desk.caller(None)
        caller.client.set_cookie(COOKIE, session)
        assert problem_in(caller.make(desk.app, endpoint, method, desk.referrals["yot"]))["status"] == 401
    refused_everywhere(desk, session)


def test_a_token_opens_no_page(desk: Desk) -> None:
    nobody = visitors_of(desk.app, desk.house)(None)
    bearer = {"Authorization": f"Bearer {desk.systems['yot'][1]}"}
    for path in ("/referrals", f"/referrals/{desk.referrals['yot']}", "/queue", "/account", "/administration/systems"):
        assert nobody.get(path, headers=bearer).location.startswith("/sign-in")
        nobody.client.set_cookie(COOKIE, desk.systems["yot"][1])
        assert nobody.get(path).location.startswith("/sign-in")
    assert not set(VISITS) & set(CALLS)


def test_the_description_names_every_operation_and_its_scope(desk: Desk) -> None:
    told = desk.caller(None).get("/api/v1/openapi.json").get_json()
    described = {
        (f"api.{one['operationId']}", method.upper()): (path, one)
        for path, methods in told["paths"].items()
        for method, one in methods.items()
    }
    assert described.keys() == CALLS.keys() and told["openapi"] == "3.1.0"
    for key, call in CALLS.items():
        path, one = described[key]
        assert one["tags"] == [call.scope] and ("{referral_id}" in path) == call.about
        assert (
            re.sub(r"{\w+}", str(UUID(int=0)), path) == path_of(desk.app, key[0], call, UUID(int=0)).partition("?")[0]
        )
