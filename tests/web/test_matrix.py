"""Every route, asked by everybody, about everybody's referrals: nobody finds a word or a count of what is not theirs.

Nor can it be told from what is not there: same status, same page, same statements to the database in the same order.

The routes are those of the application (tests/visits.py lists how each is tried, and a route missing there fails a test).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest
from conftest import visitors_of
from flask import Flask
from house import MASTER_KEY, PASSWORD, Servers, SetClock, form_file
from scenes import GAPS, Scene, seeing_reader, set_scene
from sqlalchemy import event
from visitors import Visitor, text_of
from visits import UPKEEP, VISITS, Visit, address, go
from werkzeug.test import TestResponse

from intake.house import House, open_house
from intake.models import Person
from intake.settings import Settings
from intake.terms import Role
from web.app import make_app

OWNERS = {"yot": "Zanderling", "hospital": "Wrayburn", "north": "Oxenholme"}
"""Who sent a referral, and the name in it that no other form has."""
REACH = {
    "yot": {"yot"},
    "hospital": {"hospital"},
    "north": {"north"},
    "coordinator": {"yot", "hospital"},
    "elsewhere": {"north"},
    "manager": {"yot"},
    "administrator": set[str](),
    "auditor": set[str](),
    "nobody": set[str](),
}
ROLES: dict[str, Role | None] = {
    "yot": "referrer",
    "hospital": "referrer",
    "north": "referrer",
    "coordinator": "coordinator",
    "elsewhere": "coordinator",
    "manager": "agency_manager",
    "administrator": "administrator",
    "auditor": "auditor",
    "nobody": None,
}
ENDS_THE_VISIT = {"account.sign_out", "account.sign_in"}
REFERRALS = [name for name, kind in Scene.__annotations__.items() if kind == "UUID"]


@dataclass(frozen=True)
class Matrix:
    app: Flask
    house: House
    scene: Scene
    people: dict[str, Person | None]
    visitors: dict[str, Visitor]
    referrals: dict[str, UUID]

    def about(self, owner: str) -> Scene:
        """The scene, with one owner's referral in place of all."""
        named = {visit.referral for visit in VISITS.values() if visit.referral}
        return replace(self.scene, **dict.fromkeys(named, self.referrals[owner]))


@pytest.fixture(scope="module")
def matrix(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    database_url, owner_url = servers.fresh_database()
    settings = Settings(
        database_url=database_url,
        owner_url=owner_url,
        redis_url=servers.redis_url,
        data=tmp_path_factory.mktemp("matrix"),
        master_key=MASTER_KEY,
    )
    with open_house(settings, clock=SetClock()) as house:
        app, cast = make_app(house), servers.cast
        scene = set_scene(house, cast)
        trust = house.people.add_agency("Northwick Trust", "mental_health", "NW")
        north = house.people.add_person("north@example.org", "Nora Lark", "referrer", PASSWORD, agency_id=trust.id)
        people: dict[str, Person | None] = {
            "yot": cast.yot,
            "hospital": cast.hospital,
            "north": north,
            "coordinator": cast.coordinator,
            "elsewhere": cast.other_coordinator,
            "manager": cast.manager,
            "administrator": cast.administrator,
            "auditor": cast.auditor,
            "nobody": None,
        }
        referrals = {}
        for owner, name in OWNERS.items():
            sender = people[owner]
            assert sender is not None
            form = form_file(**{**GAPS, "person__family_name": name, "referral__reason": f"{name} must not be known."})
            referrals[owner] = house.desk.receive(sender, f"{name}.pdf", form).referral_id
            reading = seeing_reader(house)
            while reading.do_next():
                pass
        make = visitors_of(app, house)
        visitors = {who: make(person) for who, person in people.items()}
        yield Matrix(app, house, scene, people, visitors, referrals)
    servers.drop(database_url)


def foreign(who: str) -> re.Pattern[str]:
    """The names that this visitor must not find anywhere; what the scene holds is of the youth offending team."""
    names = [name for owner, name in OWNERS.items() if owner not in REACH[who]]
    if "yot" not in REACH[who]:
        names += ["quillfeather", "fernsby"]
    return re.compile("|".join(names) or "(?!)", re.IGNORECASE)


@pytest.mark.parametrize("who", list(REACH))
def test_no_route_leaks_a_word_of_a_referral_to_others(matrix: Matrix, who: str) -> None:
    visitor, tried = matrix.visitors[who], 0
    for (endpoint, method), visit in VISITS.items():
        if endpoint in ENDS_THE_VISIT:
            continue
        for owner in OWNERS if visit.referral else ["yot"]:
            response = go(visitor, address(matrix.app, endpoint, visit, matrix.about(owner)), visit)
            told = response.get_data().decode(errors="replace") + str(response.headers)
            for typed in filter(None, map(str, (visit.send or {}).values())):
                told = told.replace(typed, "")  # a page may give back what was just typed into it
            place = f"{method} {endpoint} by {who} about {owner}: {response.status_code}"
            assert response.status_code < 500, place
            assert not foreign(who).search(told), place
            if visit.referral and owner not in REACH[who] and not (who == "administrator" and endpoint in UPKEEP):
                denied = {302, 401} if who == "nobody" else {403, 404}
                assert response.status_code in denied, place
            tried += 1
    assert tried > len(VISITS)


def test_every_role_reaches_its_own_by_some_route(matrix: Matrix) -> None:
    """So that the test above does not hold because nothing works."""
    for who, owners in REACH.items():
        for owner in owners:
            reached = [
                endpoint
                for (endpoint, _), visit in VISITS.items()
                if visit.referral == "gaps"
                and visit.send is None
                and OWNERS[owner].lower()
                in matrix.visitors[who]
                .get(address(matrix.app, endpoint, visit, matrix.about(owner)))
                .get_data()
                .decode(errors="replace")
                .lower()
            ]
            assert len(reached) >= 2, (who, owner)


@pytest.mark.parametrize(
    "who", [who for who, role in ROLES.items() if role in ("referrer", "agency_manager", "coordinator")]
)
def test_counts_are_those_of_ones_own(matrix: Matrix, who: str) -> None:
    person = matrix.people[who]
    assert person is not None
    shown = matrix.house.views.queue(person, "all", size=1000)
    everything = {
        owner: matrix.house.views.queue(sender, "all", size=1000).counts["all"]
        for owner in OWNERS
        if (sender := matrix.people[owner]) is not None
    }
    assert shown.counts["all"] == len(shown.lines) == sum(everything[owner] for owner in REACH[who])


@pytest.mark.parametrize("who", [who for who, role in ROLES.items() if role == "coordinator"])
def test_a_search_finds_ones_own_and_says_nothing_of_others(matrix: Matrix, who: str) -> None:
    nothing = matrix.visitors[who].send("/queue/find", {"text": "Xylophantes"}, follow_redirects=True)
    for owner, name in OWNERS.items():
        found = matrix.visitors[who].send("/queue/find", {"text": name}, follow_redirects=True)
        page = text_of(matrix.visitors[who].parsed(found))
        if owner in REACH[who]:
            assert "1 case found" in page
        else:
            empty = text_of(matrix.visitors[who].parsed(nothing))
            assert page.replace(name, "") == empty.replace("Xylophantes", "")


@contextmanager
def work_on(house: House) -> Iterator[list[str]]:
    """The statements that the database gets meanwhile, in order: the kind and amount of work, which takes no clock to compare."""
    done: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        done.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    try:
        yield done
    finally:
        event.remove(house.engine, "before_cursor_execute", note)


def answered_alike(matrix: Matrix, who: str, endpoint: str, visit: Visit, theirs: Scene, nothing: Scene) -> None:
    """Whether what is not theirs and what is not there get the same status, the same page and the same work."""
    visitor = matrix.visitors[who]
    with work_on(matrix.house) as for_nothing:
        none = go(visitor, address(matrix.app, endpoint, visit, nothing), visit)
    with work_on(matrix.house) as for_theirs:
        other = go(visitor, address(matrix.app, endpoint, visit, theirs), visit)
    place = f"{endpoint} by {who}"
    assert other.status_code == none.status_code, place
    assert _bare(other) == _bare(none), place
    assert for_theirs == for_nothing, place


@pytest.mark.parametrize("who", [who for who, role in ROLES.items() if role is not None])
def test_what_is_not_theirs_answers_as_what_is_not_there(matrix: Matrix, who: str) -> None:
    others = [owner for owner in OWNERS if owner not in REACH[who]]
    for (endpoint, _), visit in VISITS.items():
        if not visit.referral or (who == "administrator" and endpoint in UPKEEP):
            continue
        for owner in others:
            answered_alike(matrix, who, endpoint, visit, matrix.about(owner), _all_at(matrix, uuid4()))


@pytest.mark.parametrize("who", ["elsewhere", "north"])
def test_whatever_else_is_not_theirs_answers_as_what_is_not_there(matrix: Matrix, who: str) -> None:
    """Searches, mails, panels, questions, documents, holds, accounts: everything of the scene is another area's."""
    nothing = replace(matrix.scene, **{name: uuid4() for name in REFERRALS})
    tried = 0
    for (endpoint, _), visit in VISITS.items():
        # Everybody's own session is named by an id that others do not have.
        if set(map(str, visit.more.values())) & set(REFERRALS):
            answered_alike(matrix, who, endpoint, visit, matrix.scene, nothing)
            tried += 1
    assert tried > 12


def _all_at(matrix: Matrix, referral_id: UUID) -> Scene:
    named = {visit.referral for visit in VISITS.values() if visit.referral}
    return replace(matrix.scene, **dict.fromkeys(named, referral_id))


def _bare(response: TestResponse) -> str:
    """Without what differs between any two answers: ids and proofs."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|value=\"[\w.=-]{20,}\"", "", response.get_data().decode(errors="replace"))
