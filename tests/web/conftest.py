"""Visitors of the pages: the real application on a real house, in the test's own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from house import MASTER_KEY, Cast, Servers, SetClock, form_file
from scenes import GAPS, Scene, set_scene
from visitors import Standing, Visitor
from visits import all_answers, is_page
from werkzeug.test import TestResponse

from intake.cases.reading import ReadingDesk
from intake.house import House, open_house
from intake.models import Person
from intake.settings import Settings
from web import referrer
from web.app import make_app
from web.session import COOKIE

MakeVisitor = Callable[[Person | None], Visitor]


def visitors_of(app: Flask, house: House) -> MakeVisitor:
    """Makes visitors who are signed in as somebody, or as nobody."""

    def make(person: Person | None) -> Visitor:
        client = app.test_client()
        token = house.people.open_session(person) if person else None
        if token:
            client.set_cookie(COOKIE, token)
        return Visitor(client, token)

    return make


def everybody(make: MakeVisitor, cast: Cast) -> dict[str, Visitor]:
    """A visitor of every kind, by name."""
    return {
        "yot": make(cast.yot),
        "hospital": make(cast.hospital),
        "manager": make(cast.manager),
        "auditor": make(cast.auditor),
        "coordinator": make(cast.coordinator),
        "elsewhere": make(cast.other_coordinator),
        "administrator": make(cast.administrator),
        "nobody": make(None),
        "leaver": make(cast.yot),
    }


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests of the desk that stands share one process, so that it is set up once."""
    if "standing" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.xdist_group("standing"))


@pytest.fixture(scope="session")
def standing(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    database_url, owner_url = servers.fresh_database()
    settings = Settings(
        database_url=database_url,
        owner_url=owner_url,
        redis_url=servers.redis_url,
        data=tmp_path_factory.mktemp("standing"),
        master_key=MASTER_KEY,
    )
    with open_house(settings, clock=SetClock()) as house:
        app = make_app(house)
        scene = set_scene(house, servers.cast)
        yield Standing(app, house, scene, everybody(visitors_of(app, house), servers.cast))
    servers.drop(database_url)


@pytest.fixture(scope="session")
def every_answer(standing: Standing) -> dict[str, TestResponse]:
    """What every address of the site answers."""
    return all_answers(standing.app, standing.scene, standing.visitors)


@pytest.fixture(scope="session")
def every_page(every_answer: dict[str, TestResponse]) -> dict[str, TestResponse]:
    """Those of them that are pages."""
    return {name: response for name, response in every_answer.items() if is_page(name, response)}


@pytest.fixture
def app(house: House) -> Flask:
    return make_app(house)


@pytest.fixture
def visitor(app: Flask, house: House) -> MakeVisitor:
    """Makes a visitor who is signed in as somebody, or as nobody."""
    return visitors_of(app, house)


@pytest.fixture
def visitors(visitor: MakeVisitor, cast: Cast) -> dict[str, Visitor]:
    return everybody(visitor, cast)


@pytest.fixture
def yot(visitors: dict[str, Visitor]) -> Visitor:
    return visitors["yot"]


@pytest.fixture
def hospital(visitors: dict[str, Visitor]) -> Visitor:
    return visitors["hospital"]


@pytest.fixture
def coordinator(visitors: dict[str, Visitor]) -> Visitor:
    return visitors["coordinator"]


@pytest.fixture
def nobody(visitors: dict[str, Visitor]) -> Visitor:
    return visitors["nobody"]


@pytest.fixture
def arrived(house: House, cast: Cast, reading: ReadingDesk) -> Callable[..., UUID]:
    """Brings in a form of the youth offending team, read and checked unless `read` is False."""

    def bring(content: bytes | None = None, *, read: bool = True, sender: Person | None = None, **values: Any) -> UUID:
        content = form_file(**{**GAPS, **values}) if content is None else content
        receipt = house.desk.receive(sender or cast.yot, "form A.pdf", content)
        while read and reading.do_next():
            pass
        return receipt.referral_id

    return bring


@pytest.fixture
def scene(house: House, cast: Cast) -> Scene:
    """A referral in every state."""
    return set_scene(house, cast)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No worker runs here, so that the page after sending need not wait for one."""
    monkeypatch.setattr(referrer, "PATIENCE", 0.0)
    yield
