"""Visitors of the pages: the real application on a real house, in the test's own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from house import Cast, form_file
from scenes import GAPS, Scene, set_scene
from visitors import Visitor

from intake.house import House
from intake.models import Person
from intake.reading import ReadingDesk
from web import referrer
from web.app import make_app
from web.session import COOKIE


@pytest.fixture
def app(house: House) -> Flask:
    made = make_app(house)
    made.testing = False
    return made


@pytest.fixture
def visitor(app: Flask, house: House) -> Callable[[Person | None], Visitor]:
    """Makes a visitor who is signed in as somebody, or as nobody."""

    def make(person: Person | None) -> Visitor:
        client = app.test_client()
        token = house.people.open_session(person) if person else None
        if token:
            client.set_cookie(COOKIE, token)
        return Visitor(client, token)

    return make


@pytest.fixture
def yot(visitor: Callable[[Person | None], Visitor], cast: Cast) -> Visitor:
    return visitor(cast.yot)


@pytest.fixture
def hospital(visitor: Callable[[Person | None], Visitor], cast: Cast) -> Visitor:
    return visitor(cast.hospital)


@pytest.fixture
def coordinator(visitor: Callable[[Person | None], Visitor], cast: Cast) -> Visitor:
    return visitor(cast.coordinator)


@pytest.fixture
def administrator(visitor: Callable[[Person | None], Visitor], cast: Cast) -> Visitor:
    return visitor(cast.administrator)


@pytest.fixture
def nobody(visitor: Callable[[Person | None], Visitor]) -> Visitor:
    return visitor(None)


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
