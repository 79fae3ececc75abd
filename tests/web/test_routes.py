"""Every address of the site: who may open it, that it shows what it should, and that none is forgotten."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from house import Cast
from scenes import Scene
from visitors import Visitor, text_of

from web.built import version
from web.session import COOKIE


class Visit(NamedTuple):
    """How a page is tried: who opens it, on which referral of the scene, and what must stand on it or come of it.

    `shows` is text on the page, or for a redirect the beginning of the address it leads to.
    """

    who: str
    referral: str | None = None
    shows: str = ""
    status: int = 200
    send: dict[str, Any] | None = None
    more: Mapping[str, Any] = MappingProxyType({})
    query: str = ""


FORM = b'{"form": "A", "pages": 1, "values": {}}'


VISITS: dict[tuple[str, str], Visit] = {
    ("account.start", "GET"): Visit("coordinator", status=302, shows="/queue"),
    ("account.sign_in", "GET"): Visit("nobody", shows="Work email address"),
    ("account.sign_in", "POST"): Visit(
        "nobody", send={"email": "x", "password": "y"}, status=422, shows="is not right"
    ),
    ("account.sign_out", "POST"): Visit("yot", send={}, status=302, shows="/sign-in"),
    ("built.built", "GET"): Visit("nobody", more={"name": "desk.css"}, shows=".desk-marking"),
    ("referrer.mine", "GET"): Visit("yot", shows="Waiting for your answers"),
    ("referrer.send", "GET"): Visit("yot", shows="Choose one or several forms"),
    ("referrer.take", "POST"): Visit("yot", send={"once": "t", "forms": FORM}, status=302, shows="/referrals/"),
    ("referrer.receipts", "GET"): Visit("yot", query="?id={gaps}&id={refused}", shows="2 files sent"),
    ("referrer.receipt", "GET"): Visit("yot", "gaps", "Fingerprint of the file"),
    ("referrer.progress", "GET"): Visit("yot", "received", "Received, and waiting to be read"),
    ("referrer.status", "GET"): Visit("yot", "decided", "Decided: Accepted at level 2"),
    ("referrer.questions", "GET"): Visit("yot", "gaps", "Why we ask"),
    ("referrer.answer", "POST"): Visit("yot", "gaps", "Answer at least one question", 422, send={}),
    ("referrer.check_answer", "POST"): Visit("yot", "gaps", "null", send={}, more={"question_id": "question"}),
    ("referrer.withdraw", "GET"): Visit("yot", "gaps", "Why do you withdraw it?"),
    ("referrer.withdraw", "POST"): Visit("yot", "gaps", "Say why you withdraw", 422, send={"reason": " "}),
    ("referrer.add_document", "GET"): Visit("yot", "gaps", "Choose one or several documents"),
    ("referrer.add_document", "POST"): Visit("yot", "gaps", "Choose at least one file", 422, send={}),
    ("documents.picture", "GET"): Visit("coordinator", "gaps", more={"page": 1}),
    ("documents.page_view", "GET"): Visit("coordinator", "gaps", "Page 1 of 1", more={"page": 1}),
    ("documents.read", "GET"): Visit("yot", "gaps", "Please check first"),
    ("documents.correct", "GET"): Visit("yot", "gaps", "Correct what was read", more={"key": "person.family_name"}),
    ("documents.correct", "POST"): Visit(
        "coordinator", "gaps", "Enter what the form says", 422, send={"value": ""}, more={"key": "person.family_name"}
    ),
    ("documents.original", "GET"): Visit("coordinator", "gaps", "Quillfeather"),
    ("documents.attachment", "GET"): Visit("yot", "complete", "a report", more={"document_id": "document"}),
    ("coordinator.queue", "GET"): Visit("coordinator", shows="QUILLFEATHER, Tobias"),
    ("coordinator.find", "POST"): Visit("coordinator", send={"text": "fernsby"}, shows="FERNSBY, Rosalind"),
    ("coordinator.case", "GET"): Visit("coordinator", "gaps", "How this was worked out"),
    ("coordinator.ask", "POST"): Visit("coordinator", "gaps", "Choose a question", 422, send={}),
    ("coordinator.assign", "POST"): Visit("coordinator", "gaps", "/cases/", 302, send={"to": ""}),
    ("coordinator.retry", "POST"): Visit("coordinator", "gaps", "That is not possible now", 409, send={}),
    ("decide.fill_in", "GET"): Visit("coordinator", "complete", "What the tests say"),
    ("decide.record", "POST"): Visit("coordinator", "complete", "There is a problem", 422, send={"step": "check"}),
    ("decide.reopen", "GET"): Visit("coordinator", "decided", "Why is it reopened?"),
    ("decide.reopen", "POST"): Visit("coordinator", "decided", "Say why the decision", 422, send={"why": ""}),
    ("decide.letter", "GET"): Visit("coordinator", "decided", "Concerning"),
    ("administrator.people", "GET"): Visit("administrator", shows="Carol Finch"),
    ("administrator.add_person", "GET"): Visit("administrator", shows="First password"),
    ("administrator.add_person", "POST"): Visit("administrator", send={}, status=422, shows="Enter the person"),
    ("administrator.agencies", "GET"): Visit("administrator", shows="Ambleford Mental Health Trust"),
    ("administrator.agencies", "POST"): Visit("administrator", send={}, status=422, shows="Enter the agency"),
    ("rulebook.rules", "GET"): Visit("yot", shows="Rule book: West Midlands"),
    ("rulebook.rule", "GET"): Visit("coordinator", more={"rule_id": "category-2"}, shows="Where it comes from"),
}


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(app: Flask, endpoint: str, visit: Visit, scene: Scene) -> str:
    """The path of a visit, with the ids of the scene's referrals filled in."""
    ids = {name: str(getattr(scene, name)) for name in scene.__dataclass_fields__}
    values = {name: ids.get(str(value), value) for name, value in visit.more.items()}
    if visit.referral:
        values["referral_id"] = ids[visit.referral]
    if endpoint == "built.built":
        values["build"] = version()
    with app.test_request_context():
        return app.url_for(endpoint, **values) + visit.query.format(**ids)


def filled(visit: Visit) -> dict[str, Any]:
    """What a visit sends; bytes are sent as a file."""
    sent = visit.send or {}
    return {
        name: (io.BytesIO(value), "form.pdf") if isinstance(value, bytes) else value for name, value in sent.items()
    }


def go(visitor: Visitor, path: str, visit: Visit) -> Any:
    return visitor.get(path) if visit.send is None else visitor.send(path, filled(visit))


def test_every_route_has_a_page_test(app: Flask) -> None:
    assert routes(app) == VISITS.keys()


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    assert not [name for name, page in app.view_functions.items() if not hasattr(page, "action")]


def test_every_page_shows_what_it_should(app: Flask, scene: Scene, request: pytest.FixtureRequest) -> None:
    for (endpoint, method), visit in VISITS.items():
        visitor = request.getfixturevalue(visit.who)
        response = go(visitor, address(app, endpoint, visit, scene), visit)
        assert response.status_code == visit.status, (endpoint, method, response.status_code)
        where = response.location if visit.status == 302 else response.get_data(as_text=visit.shows != "")
        assert not visit.shows or visit.shows in where, (endpoint, method)
        if endpoint == "account.sign_out":
            visitor.client.set_cookie(
                COOKIE, app.extensions["house"].people.open_session(app.extensions["house"].people.people()[-1])
            )


OPEN_TO_EVERYBODY = {"account.sign_in", "account.sign_out", "built.built"}


def test_nobody_sees_anything_without_signing_in(app: Flask, scene: Scene, nobody: Visitor) -> None:
    for (endpoint, _), visit in VISITS.items():
        if endpoint in OPEN_TO_EVERYBODY:
            continue
        response = go(nobody, address(app, endpoint, visit, scene), visit)
        assert response.status_code == (302 if visit.send is None else 401), endpoint
        if visit.send is None:
            assert response.location.startswith("/sign-in"), endpoint
        assert "QUILLFEATHER" not in response.get_data(as_text=True)


@pytest.mark.parametrize("who", ["hospital", "elsewhere", "administrator"])
def test_a_referral_of_others_is_not_there(
    app: Flask,
    scene: Scene,
    who: str,
    cast: Cast,
    visitor: Callable[[Any], Visitor],
) -> None:
    stranger = visitor(
        {"hospital": cast.hospital, "elsewhere": cast.other_coordinator, "administrator": cast.administrator}[who]
    )
    for (endpoint, _), visit in VISITS.items():
        if visit.referral is None or (who, endpoint) == ("administrator", "coordinator.retry"):
            continue  # an administrator may have any form read again, without seeing it
        response = go(stranger, address(app, endpoint, visit, scene), visit)
        assert response.status_code in (403, 404), (endpoint, response.status_code)
        assert not re.search("quillfeather|fernsby|tobias|rosalind", response.get_data(as_text=True), re.IGNORECASE), (
            endpoint
        )


def test_a_referral_that_does_not_exist_looks_like_one_of_others(app: Flask, scene: Scene, hospital: Visitor) -> None:
    others = hospital.get(f"/referrals/{scene.gaps}")
    none = hospital.get(f"/referrals/{uuid4()}")
    assert others.status_code == none.status_code == 404
    assert text_of(hospital.parsed(others)) == text_of(hospital.parsed(none))


def test_no_form_is_taken_without_its_proof(app: Flask, scene: Scene, request: pytest.FixtureRequest) -> None:
    for (endpoint, method), visit in VISITS.items():
        if method != "POST":
            continue
        visitor = request.getfixturevalue(visit.who)
        path = address(app, endpoint, visit, scene)
        for proof in ({}, {"proof": "x"}, {"proof": "A" * 88}):
            response = visitor.client.post(path, data={**filled(visit), **proof})
            assert response.status_code == 403, (endpoint, proof)
            assert "open for too long" in response.get_data(as_text=True)
