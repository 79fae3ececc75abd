"""Every address of the site: who may open it, that it shows what it should, and that none is forgotten."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from api_calls import CALLS
from flask import Flask
from visitors import Standing, text_of
from visits import UPKEEP, VISITS, address, filled, go, routes
from werkzeug.test import TestResponse


def test_every_route_has_a_page_test(app: Flask) -> None:
    assert routes(app) == VISITS.keys() | CALLS.keys()
    assert VISITS.keys().isdisjoint(CALLS)


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    assert not [name for name, page in app.view_functions.items() if not hasattr(page, "action")]


def test_every_page_shows_what_it_should(every_answer: dict[str, TestResponse]) -> None:
    for (endpoint, method), visit in VISITS.items():
        response = every_answer[f"{method} {endpoint}"]
        assert response.status_code == visit.status, (endpoint, method, response.status_code)
        where = response.location if visit.status == 302 else response.get_data(as_text=visit.shows != "")
        assert not visit.shows or visit.shows in where, (endpoint, method)


OPEN_TO_EVERYBODY = {
    "account.sign_in",
    "account.second_step",
    "account.sign_out",
    "api.openapi",
    "built.built",
    "keys.answer",
    "sign_on.back",
    "sign_on.start",
    "watching.health",
    "watching.live",
    "watching.metrics",
    "watching.ready",
}
BY_LINK = {f"answering.{name}" for name in ("begin_here", "send_code", "enter", "questions", "answer", "leave")}
"""Behind a link and its code, which tests/intake/test_answer_links.py tries, lies one referral."""


def test_nobody_sees_anything_without_signing_in(standing: Standing) -> None:
    nobody = standing.visitors["nobody"]
    for (endpoint, _), visit in VISITS.items():
        if endpoint in OPEN_TO_EVERYBODY | BY_LINK:
            continue
        response = go(nobody, address(standing.app, endpoint, visit, standing.scene), visit)
        assert response.status_code == (302 if visit.send is None else 401), endpoint
        if visit.send is None:
            assert response.location.startswith("/sign-in"), endpoint
        assert "QUILLFEATHER" not in response.get_data(as_text=True)


DETAILS = re.compile("quillfeather|fernsby|tobias|rosalind", re.IGNORECASE)


@pytest.mark.parametrize("who", ["hospital", "elsewhere", "administrator", "auditor"])
def test_a_referral_of_others_is_not_there(standing: Standing, who: str) -> None:
    for (endpoint, _), visit in VISITS.items():
        if visit.referral is None or (who == "administrator" and endpoint in UPKEEP):
            continue
        response = go(standing.visitors[who], address(standing.app, endpoint, visit, standing.scene), visit)
        assert response.status_code in (403, 404), (endpoint, response.status_code)
        assert not DETAILS.search(response.get_data(as_text=True)), endpoint


def test_a_referral_that_does_not_exist_looks_like_one_of_others(standing: Standing) -> None:
    hospital = standing.visitors["hospital"]
    others = hospital.get(f"/referrals/{standing.scene.gaps}")
    none = hospital.get(f"/referrals/{uuid4()}")
    assert others.status_code == none.status_code == 404
    assert text_of(hospital.parsed(others)) == text_of(hospital.parsed(none))


@pytest.mark.parametrize("proof", [{}, {"proof": "x"}, {"proof": "A" * 88}])
def test_no_form_is_taken_without_its_proof(standing: Standing, proof: dict[str, str]) -> None:
    for (endpoint, method), visit in VISITS.items():
        if method == "POST":
            path = address(standing.app, endpoint, visit, standing.scene)
            response = standing.visitors[visit.who].client.post(path, data={**filled(visit), **proof})
            assert response.status_code == 403, (endpoint, proof)
            assert "open for too long" in response.get_data(as_text=True)
