"""A case system's way through the API: a form given field by field, followed, asked about, answered and decided."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

import pytest
from api_calls import FIELDS, WINDOW, Caller, problem_in, system_of, true_reader
from flask import Flask
from house import Cast, SetClock, open_as_owner
from lxml import html
from scenes import draft
from sqlalchemy import text
from visitors import Visitor, text_of

from extractors.contract import FIELDS as CONTRACT
from intake.house import House
from intake.panels.calendar import PanelRule
from intake.store.acting import acting


@pytest.fixture
def system(app: Flask, house: House, cast: Cast) -> Caller:
    return Caller(app.test_client(), system_of(house, cast, cast.yot)[1])


@pytest.fixture
def overseeing(app: Flask, house: House, cast: Cast) -> Caller:
    """A system of the area's coordinators."""
    return Caller(app.test_client(), system_of(house, cast, cast.coordinator)[1])


def given(system: Caller, house: House, **more: Any) -> str:
    fields = {**FIELDS, **{key.replace("__", "."): value for key, value in more.items()}}
    response = system.post("/api/v1/referrals", {"form": "A", "fields": fields})
    assert response.status_code == 201, response.get_data(as_text=True)
    while true_reader(house).do_next():
        pass
    return str(response.get_json()["id"])


def test_a_form_given_field_by_field_goes_the_way_of_every_form(system: Caller, house: House, cast: Cast) -> None:
    response = system.post("/api/v1/referrals", {"form": "A", "fields": FIELDS})
    receipt = response.get_json()
    assert response.status_code == 201 and receipt["reference"] == "WM-2026-000001" and receipt["refused"] is None
    assert system.get(f"/api/v1/referrals/{receipt['id']}").get_json()["status"] == "received"
    assert true_reader(house).do_next()
    case = house.views.case(cast.coordinator, UUID(receipt["id"]))
    assert case.line.subject == "QUILLFEATHER, Tobias" and case.document.sha256 == receipt["sha256"]
    assert case.assessment is not None and case.form is not None and case.line.open_questions > 0
    name = case.form.values["person.family_name"]
    assert name.evidence is not None and name.evidence.method == "given"
    assert (name.evidence.path, name.evidence.label) == ("person.family_name", "Careworks of Yvonne Otter")
    unknown = case.form.values["person.pnc_id"]
    assert unknown.status == "not_known" and unknown.evidence and unknown.evidence.raw == "The police have not said"
    assert [one.kind for one in case.history if one.who == "Careworks of Yvonne Otter"] == ["received"]
    assert house.reconciler.compare().differences == ()


def test_words_that_settle_nothing_are_why_a_field_is_not_known(system: Caller, house: House, cast: Cast) -> None:
    referral_id = UUID(given(system, house, person__cro_number="TBC", referral__added_value="see OASys"))
    form = house.views.case(cast.coordinator, referral_id).form
    assert form is not None
    values = (form.values[key] for key in ("person.cro_number", "referral.added_value"))
    assert [(one.status, one.value, one.evidence and one.evidence.raw) for one in values] == [
        ("not_known", None, "TBC"),
        ("not_known", None, "see OASys"),
    ]


def test_the_case_page_says_which_system_gave_a_value_in_which_field(
    system: Caller, house: House, coordinator: Visitor
) -> None:
    referral_id = given(system, house)
    page = text_of(coordinator.page(f"/cases/{referral_id}"))
    assert "Given in the field person.family_name, from the system Careworks of Yvonne Otter" in page


def test_a_file_is_taken_in_like_one_sent_by_page(system: Caller, house: House, cast: Cast) -> None:
    response = system.upload("/api/v1/referrals/file", b"not a form", "../forms/form A.pdf")
    assert response.status_code == 201
    case = house.views.case(cast.yot, UUID(response.get_json()["id"]))
    assert case.document.filename == "form A.pdf" and case.line.status == "received"
    empty = system.upload("/api/v1/referrals/file", b"")
    assert empty.status_code == 201 and empty.get_json()["refused"]["code"] == "empty"


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"file": "only text"},
        {"form": (io.BytesIO(b"not a form"), "form.pdf")},
        {"file": (io.BytesIO(b"not a form"), "form.pdf"), "note": "text beside it"},
        {"file": [(io.BytesIO(b"not a form"), "form.pdf"), (io.BytesIO(b"nor this"), "second.pdf")]},
    ],
    ids=["nothing", "text for the file", "another name", "one more part", "two files"],
)
def test_a_file_goes_alone_under_its_name(system: Caller, parts: dict[str, Any]) -> None:
    response = system.client.post(
        "/api/v1/referrals/file",
        data=parts,
        content_type="multipart/form-data",
        headers={"Authorization": f"Bearer {system.token}"},
    )
    assert response.status_code == 422 and response.content_type == "application/problem+json"


def test_questions_are_read_and_answered_field_by_field(system: Caller, house: House, cast: Cast) -> None:
    referral_id = given(system, house)
    house.desk.ask(cast.coordinator, UUID(referral_id), ["conviction.date"])
    asked = system.get(f"/api/v1/referrals/{referral_id}/questions").get_json()["questions"]
    dated = next(one for one in asked if one["key"] == "conviction.date")
    other = next(one for one in asked if one["kind"] == "text")
    answers = [
        {"question_id": dated["id"], "value": "2026-02-20"},
        {"question_id": other["id"], "value": {"not_known": "Nobody could say"}},
        {"question_id": str(uuid4()), "value": "yes"},
    ]
    result = system.post(f"/api/v1/referrals/{referral_id}/answers", {"answers": answers}).get_json()
    assert result["taken"] == 2 and [one["question_id"] for one in result["refused"]] == [answers[2]["question_id"]]
    case = house.views.case(cast.coordinator, UUID(referral_id))
    assert case.form is not None and case.form.value(dated["key"]) == "2026-02-20"
    answered = {str(one.id): one.answer for one in case.clarifications}
    answer = answered[other["id"]]
    assert (
        answer is not None
        and answer.not_known_reason == "Nobody could say"
        and answer.by == "Careworks of Yvonne Otter"
    )
    again = system.get(f"/api/v1/referrals/{referral_id}/questions").get_json()["questions"]
    assert {one["id"]: one["open"] for one in again}[dated["id"]] is False


def test_the_words_of_answers_do_not_go_out_again(system: Caller, house: House) -> None:
    referral_id = given(system, house)
    asked = system.get(f"/api/v1/referrals/{referral_id}/questions").get_json()["questions"]
    one = next(one for one in asked if one["kind"] == "text")
    answer = {"question_id": one["id"], "value": "Percival Nettlebed"}
    assert system.post(f"/api/v1/referrals/{referral_id}/answers", {"answers": [answer]}).get_json()["taken"] == 1
    for path in (f"/{referral_id}", f"/{referral_id}/questions", f"/{referral_id}/decisions", WINDOW):
        told = system.get(f"/api/v1/referrals{path}").get_data(as_text=True)
        assert "Nettlebed" not in told and "Quillfeather" not in told


def test_a_decision_is_read_with_what_each_side_may_see(
    system: Caller, overseeing: Caller, house: House, cast: Cast
) -> None:
    referral_id = given(system, house)
    version = house.views.case(cast.coordinator, UUID(referral_id)).line.version
    assert house.desk.decide(cast.coordinator, UUID(referral_id), draft(version)) == {}
    (sent,) = system.get(f"/api/v1/referrals/{referral_id}/decisions").get_json()["decisions"]
    assert sent["outcome"] == "accepted_level_2" and sent["words"] == "Accepted at level 2" and sent["in_force"]
    assert (
        sent["panel_date"] == "2026-12-15" and sent["told_referrer"].startswith("Please bring") and not sent["reasons"]
    )
    (own,) = overseeing.get(f"/api/v1/referrals/{referral_id}/decisions").get_json()["decisions"]
    assert own["reasons"] == "Risk of serious harm needs several agencies." and own["category"] == "2"
    assert system.get(f"/api/v1/referrals/{referral_id}").get_json()["status"] == "decided"
    assert sent["panel_cancelled"] is False
    house.desk.reopen(cast.coordinator, UUID(referral_id), "New facts.")
    (before,) = system.get(f"/api/v1/referrals/{referral_id}/decisions").get_json()["decisions"]
    assert before["in_force"] is False


def test_a_decision_says_that_its_panel_is_cancelled(system: Caller, house: House, cast: Cast) -> None:
    referral_id = given(system, house)
    rule = PanelRule(kind="level_2", district="", first=date(2026, 12, 15), starts=time(10))
    assert not house.panels.add(cast.administrator, "WM", rule)
    (panel,) = (one.id for one in house.panels.coming(cast.administrator))
    version = house.views.case(cast.coordinator, UUID(referral_id)).line.version
    assert house.desk.decide(cast.coordinator, UUID(referral_id), draft(version, panel_id=panel)) == {}
    for change, cancelled in ((house.panels.cancel, True), (house.panels.hold, False)):
        change(cast.administrator, [panel])
        (decision,) = system.get(f"/api/v1/referrals/{referral_id}/decisions").get_json()["decisions"]
        assert decision["panel_cancelled"] is cancelled and decision["in_force"]


def pages_of(system: Caller, window: str, limit: int) -> list[list[str]]:
    found, cursor = [], ""
    while True:
        page = system.get(f"/api/v1/referrals{window}&limit={limit}{cursor}").get_json()
        found.append([one["reference"] for one in page["referrals"]])
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_a_list_neither_repeats_nor_hides_what_was_there_when_more_comes_in(
    system: Caller, house: House, cast: Cast, clock: SetClock
) -> None:
    for number in range(5):
        house.desk.receive(cast.yot, f"{number}.pdf", b"a form")
        clock.pass_by(seconds=number % 2)  # some at the same moment
    first = system.get(f"/api/v1/referrals{WINDOW}&limit=2").get_json()
    more = house.desk.receive(cast.yot, "more.pdf", b"a form")
    seen = [one["reference"] for one in first["referrals"]]
    cursor = first["next_cursor"]
    while cursor:
        page = system.get(f"/api/v1/referrals{WINDOW}&limit=2&cursor={cursor}").get_json()
        seen += [one["reference"] for one in page["referrals"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 6 and more.reference in seen
    assert [len(page) for page in pages_of(system, WINDOW, 3)] == [3, 3]


def test_a_window_begins_at_its_first_moment_and_ends_before_its_last(
    system: Caller, house: House, cast: Cast, clock: SetClock
) -> None:
    begun: datetime = clock.now()
    first = house.desk.receive(cast.yot, "1.pdf", b"a form").reference
    clock.pass_by(hours=1)
    house.desk.receive(cast.yot, "2.pdf", b"a form")
    window = "?received_from={}&received_until={}".format(
        *(at.isoformat().replace("+00:00", "Z") for at in (begun, clock.now()))
    )
    assert pages_of(system, window, 10) == [[first]]


def test_what_systems_do_and_see_stands_in_the_trail_with_their_token(system: Caller, house: House) -> None:
    referral_id = given(system, house)
    system.get(f"/api/v1/referrals/{referral_id}/questions")
    system.get(f"/api/v1/referrals{WINDOW}")
    with open_as_owner(house) as connection:
        token = connection.scalar(text("SELECT id::text FROM tokens"))
        rows = connection.execute(
            text("SELECT kind, facts->>'token', facts->>'from' FROM audit WHERE who = (SELECT person_id FROM tokens)")
        ).all()
    assert [row[0] for row in rows] == ["received", "seen", "listed"]
    assert {row[1:] for row in rows} == {(token, "127.0.0.1")}
    with acting(house.engine, "desk") as connection:
        assert isinstance(house.trail.verify(connection), int)


def test_every_contract_key_of_a_form_can_be_given(system: Caller) -> None:
    schemas = system.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    for form in "AHI":
        keys = {key for key, field in CONTRACT.items() if form in field.forms}
        assert schemas[f"FieldsOfForm{form}"]["properties"].keys() == keys


def test_fields_that_are_not_understood_are_named_and_nothing_is_taken_in(system: Caller, house: House) -> None:
    fields = {**FIELDS, "person.pnc_id": "99/1X", "person.nickname": "Toby"}
    told = problem_in(system.post("/api/v1/referrals", {"form": "A", "fields": fields}))
    assert told["status"] == 422 and "A.fields.person.nickname" in {one["field"] for one in told["errors"]}
    del fields["person.nickname"]
    told = problem_in(system.post("/api/v1/referrals", {"form": "A", "fields": fields}))
    assert [one["field"] for one in told["errors"]] == ["person.pnc_id"] and told["code"] == "fields"
    assert pages_of(system, WINDOW, 5) == [[]]


def test_a_document_of_fields_sent_as_a_file_is_no_form(system: Caller, house: House, cast: Cast) -> None:
    """Else anybody could say that a system gave what it did not."""
    referral_id = UUID(given(system, house))
    _, document = house.views.original(cast.coordinator, referral_id)
    sent = house.desk.receive(cast.yot, "Form A, field by field.json", document).referral_id
    while true_reader(house).do_next():
        pass
    assert house.views.case(cast.yot, sent).line.status == "refused"


def test_the_pages_of_a_system_say_what_it_is_and_show_a_token_once(visitors: dict[str, Visitor], house: House) -> None:
    administrator = visitors["administrator"]
    added = administrator.send("/administration/systems", {"name": "Careworks", "place": "WM"})
    assert added.status_code == 302
    page = administrator.send(f"{added.location.partition('?')[0]}/tokens", {"scopes": ["read"], "days": "90"})
    (token,) = html.fromstring(page.get_data(as_text=True)).xpath("//code/text()")
    assert token.startswith("mappa_") and house.systems.grant_of(token) is not None
    again = administrator.page(added.location)
    assert token not in text_of(again) and "Follow referrals and read what is asked" in text_of(again)
    told = {"url": "https://careworks.example.org/", "events": ["decided"]}
    page = administrator.send(f"{added.location.partition('?')[0]}/webhooks", told)
    (secret,) = html.fromstring(page.get_data(as_text=True)).xpath("//code/text()")
    again = text_of(administrator.page(added.location))
    assert secret.startswith("whsec_") and secret not in again and "careworks.example.org" in again
    refused = administrator.send(f"{added.location.partition('?')[0]}/tokens", {"scopes": ["submit"], "days": "90"})
    assert refused.status_code == 422 and "cannot submit or answer" in refused.get_data(as_text=True)
