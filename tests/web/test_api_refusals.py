"""What systems are told when something is wrong: always problem details, whatever it was; and the same request again."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from api_calls import CALLS, FIELDS, WINDOW, Caller, path_of, problem_in, system_of
from flask import Flask
from house import Cast, SetClock, form_file
from werkzeug.test import TestResponse

from intake.cases.reading import ReadingDesk
from intake.house import House, open_house
from intake.settings import Settings
from intake.systems import tokens
from intake.systems.once import KEPT
from web.api import referrals as api_referrals
from web.app import make_app

FORM: dict[str, Any] = {"form": "A", "fields": FIELDS}
HERE = "/api/v1/referrals"


@pytest.fixture
def system(app: Flask, house: House, cast: Cast) -> Caller:
    return Caller(app.test_client(), system_of(house, cast, cast.yot)[1])


def raw(system: Caller, method: str, path: str, data: bytes | str = b"", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return system.client.open(path, method=method, data=data, headers={**system._headers(None), **named})


JSON = {"Content_Type": "application/json"}


WRONG: list[tuple[str, str, bytes, dict[str, str], int]] = [
    ("GET", "/api/v1/nothing", b"", {}, 404),
    ("GET", "/api/", b"", {}, 404),
    ("POST", "/api/v2/referrals", b"{}", JSON, 404),
    ("GET", f"{HERE}/not-an-id", b"", {}, 404),
    ("GET", f"{HERE}/{uuid4()}", b"", {}, 404),
    ("DELETE", HERE, b"", {}, 405),
    ("PUT", f"{HERE}/file", b"", {}, 405),
    ("POST", HERE, b"{}", {}, 415),
    ("POST", HERE, b"<form/>", {"Content_Type": "text/xml"}, 415),
    ("POST", HERE, b"{}", {"Content_Type": "application/json; charset=utf-16"}, 415),
    ("POST", f"{HERE}/file", b"{}", JSON, 415),
    ("POST", HERE, b"", JSON, 400),
    ("POST", HERE, b'{"form": "A", ', JSON, 400),
    ("POST", HERE, b'{"form": "A", "fields": {"person.family_name": "\xe9"}}', JSON, 400),
    ("POST", HERE, b'{"form": "A", "fields": {"person.family_name": "\\ud800"}}', JSON, 400),
    ("POST", HERE, b"[" * 100_000, JSON, 400),
    ("POST", HERE, b"[]", JSON, 422),
    ("POST", HERE, b'{"form": "B", "fields": {}}', JSON, 422),
    ("POST", HERE, b'{"form": "A", "fields": {"person.family_name": 5}}', JSON, 422),
    ("POST", HERE, b'{"form": "A", "fields": {"person.family_name": "a\\u0000b"}}', JSON, 422),
    ("POST", HERE, b'{"form": "A", "fields": {"person.family_name": "  "}}', JSON, 422),
    ("POST", HERE, b'{"form": "A", "fields": {}, "more": 1}', JSON, 422),
    ("POST", HERE, b'{"form": "A", "fields": {"person.date_of_birth": "86400"}}', JSON, 422),
    ("POST", HERE, b'{"form": "A", "fields": {}}', {**JSON, "Idempotency_Key": "x" * 256}, 422),
    ("POST", HERE, b" " * 5_000_000, JSON, 413),
    ("POST", f"{HERE}/file", b"x", {"Content_Type": "multipart/form-data"}, 422),
    ("GET", HERE, b"", {}, 422),
    ("GET", f"{HERE}{WINDOW}&limit=0", b"", {}, 422),
    ("GET", f"{HERE}{WINDOW}&limit=1&limit=2", b"", {}, 422),
    ("GET", f"{HERE}{WINDOW}&order=up", b"", {}, 422),
    ("GET", f"{HERE}{WINDOW}&cursor=%00", b"", {}, 422),
    ("GET", f"{HERE}{WINDOW}&cursor=bm90aGluZw==", b"", {}, 422),
    ("GET", f"{HERE}?received_from=2026-01-01T00:00:00&received_until=2027-01-01T00:00:00Z", b"", {}, 422),
    ("GET", f"{HERE}?received_from=0&received_until=2027-01-01T00:00:00Z", b"", {}, 422),
]


def test_whatever_is_wrong_is_told_as_problem_details(system: Caller) -> None:
    for method, path, data, headers, status in WRONG:
        response = raw(system, method, path, data, **headers)
        assert problem_in(response)["status"] == status, (method, path, data[:80], headers)
        assert status != 405 or response.headers["Allow"]


def test_a_fault_of_ours_says_nothing_of_what_was_sent(
    system: Caller, app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(*_: Any) -> bytes:
        raise RuntimeError("Quillfeather")

    monkeypatch.setattr(api_referrals, "document_of", fault)
    response = system.post(HERE, FORM)
    assert problem_in(response)["code"] == "fault" and response.status_code == 500
    assert "Quillfeather" not in response.get_data(as_text=True) + caplog.text


def test_a_file_over_the_limit_is_recorded_and_a_body_over_all_limits_is_told(system: Caller, house: House) -> None:
    limit = house.settings.max_upload
    over = system.upload(f"{HERE}/file", b"x" * (limit + 1))
    assert over.status_code == 201 and over.get_json()["refused"]["code"] == "too_large"
    assert problem_in(system.upload(f"{HERE}/file", b"x" * (6 * limit)))["status"] == 413


def test_more_requests_than_a_minute_allows_are_put_off(
    system: Caller, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_A_MINUTE", 5)
    for _ in range(5):
        assert system.get(f"{HERE}/{uuid4()}").status_code == 404
    late = system.get(f"{HERE}/{uuid4()}")
    assert problem_in(late)["code"] == "too_often" and late.status_code == 429 and late.headers["Retry-After"] == "61"
    clock.pass_by(minutes=1)
    assert system.get(f"{HERE}/{uuid4()}").status_code == 404


def test_guessing_at_tokens_becomes_slow_and_holds_up_nobody_who_has_one(system: Caller, app: Flask) -> None:
    guesser = Caller(app.test_client(), "mappa_guess")
    answers = [guesser.get(HERE).status_code for _ in range(8)]
    assert answers == [401] * 5 + [429] * 3
    assert system.get(f"{HERE}{WINDOW}").status_code == 200


# The same request again


def test_the_same_key_and_body_give_the_same_answer_and_one_referral(
    system: Caller, house: House, cast: Cast, settings: Settings, clock: SetClock
) -> None:
    first = system.post(HERE, FORM, key="one")
    clock.pass_by(minutes=5)
    with open_house(settings, clock=clock) as after_a_restart:
        restarted = Caller(make_app(after_a_restart).test_client(), system.token)
        again = restarted.post(HERE, {"fields": dict(reversed(FIELDS.items())), "form": "A"}, key="one")
    assert again.status_code == first.status_code == 201 and again.get_data() == first.get_data()
    assert house.views.queue(cast.yot, "all").counts["all"] == 1


def test_the_same_key_for_something_else_is_refused(system: Caller, house: House, cast: Cast) -> None:
    assert system.post(HERE, FORM, key="one").status_code == 201
    for other in (
        system.post(HERE, {"form": "A", "fields": {"person.family_name": "Oakley"}}, key="one"),
        system.upload(f"{HERE}/file", b"a form", key="one"),
        system.post(f"{HERE}/{uuid4()}/answers", {"answers": [{"question_id": str(uuid4()), "value": "x"}]}, key="one"),
    ):
        assert problem_in(other)["code"] == "key_used" and other.status_code == 422
    assert house.views.queue(cast.yot, "all").counts["all"] == 1


def test_a_key_of_one_system_is_not_that_of_another(system: Caller, app: Flask, house: House, cast: Cast) -> None:
    other = Caller(app.test_client(), system_of(house, cast, cast.yot)[1])
    first, second = system.post(HERE, FORM, key="one"), other.post(HERE, FORM, key="one")
    assert first.get_json()["reference"] != second.get_json()["reference"]
    assert second.get_json()["same_as"] == first.get_json()["reference"]


def test_a_file_sent_again_under_its_key_is_one_referral_whatever_its_boundary(
    system: Caller, house: House, cast: Cast
) -> None:
    first, again = (system.upload(f"{HERE}/file", b"a form", key="one") for _ in range(2))
    assert first.get_data() == again.get_data()
    other = system.upload(f"{HERE}/file", b"a form", "another.pdf", key="one")
    assert problem_in(other)["code"] == "key_used"
    assert house.views.queue(cast.yot, "all").counts["all"] == 1


def test_what_was_refused_can_be_mended_under_the_same_key(system: Caller) -> None:
    wrong = {"form": "A", "fields": {**FIELDS, "person.pnc_id": "99/1X"}}
    assert system.post(HERE, wrong, key="one").status_code == 422
    assert system.post(HERE, FORM, key="one").status_code == 201


def test_a_key_can_be_used_anew_after_a_week(system: Caller, clock: SetClock) -> None:
    assert system.post(HERE, FORM, key="one").status_code == 201
    clock.pass_by(seconds=KEPT.total_seconds())
    assert system.post(HERE, {"form": "A", "fields": {}}, key="one").status_code == 201


def test_the_same_request_many_times_at_once_is_done_once(system: Caller, app: Flask, house: House, cast: Cast) -> None:
    answers: list[bytes] = []

    def send() -> None:
        answers.append(Caller(app.test_client(), system.token).post(HERE, FORM, key="one").get_data())

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8 and len(set(answers)) == 1
    assert house.views.queue(cast.yot, "all").counts["all"] == 1


def test_answers_sent_again_under_their_key_are_taken_once(
    system: Caller, house: House, cast: Cast, reading: ReadingDesk
) -> None:
    referral_id = house.desk.receive(cast.yot, "form.pdf", form_file(level_requested="2")).referral_id
    assert reading.do_next()
    one = next(one for one in house.views.case(cast.yot, referral_id).clarifications if one.open and one.kind == "text")
    body = {"answers": [{"question_id": str(one.id), "value": "Marian Ash"}]}
    first, again = (system.post(f"{HERE}/{referral_id}/answers", body, key="one") for _ in range(2))
    assert first.get_json()["taken"] == 1 and first.get_data() == again.get_data()
    anew = system.post(f"{HERE}/{referral_id}/answers", body)
    assert anew.get_json()["taken"] == 0 and len(anew.get_json()["refused"]) == 1


def test_every_operation_refuses_a_body_of_another_kind(system: Caller, app: Flask) -> None:
    tried = 0
    for (endpoint, method), call in CALLS.items():
        if method == "POST":
            response = raw(system, "POST", path_of(app, endpoint, call, uuid4()), b"hello", Content_Type="text/plain")
            assert problem_in(response)["status"] == 415
            tried += 1
    assert tried >= 3
