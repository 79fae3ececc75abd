"""Questions are answered where they are asked: the right control for each, nothing typed is lost, one send."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from house import Cast, form_file
from scenes import GAPS
from visitors import Visitor, text_of
from werkzeug.datastructures import MultiDict

from extractors.contract import FIELDS
from extractors.models import FieldValue
from intake.house import House
from intake.models import Clarification, RawAnswer
from web.answers import Control, as_typed, filled, sent


def asked(house: House, cast: Cast, referral: UUID) -> dict[str, Clarification]:
    """The open questions by key, in the order in which they stand."""
    case = house.views.case(cast.yot, referral)
    return {question.key or "own": question for question in case.clarifications if question.open}


CONTROLS = {
    "text": ".//input[@type='text']",
    "identifier": ".//input[@type='text']",
    "narrative": ".//textarea",
    "date": ".//input[@inputmode='numeric']",
    "yes_no": ".//input[@type='radio']",
    "choice": ".//input[@type='radio']",
    "ticks": ".//input[@type='checkbox']",
    "table": ".//div[@role='group']//input",
}
CONTRADICTIONS = {
    **GAPS,
    "category": ["1", "2"],
    "person__pnc_id": "2008/0123456A",
    "conviction__sentence_date": "2025-01-01",
}


def test_each_question_has_the_control_of_its_kind_and_says_why_it_is_asked(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**CONTRADICTIONS))
    questions = asked(house, cast, referral)
    blocks = yot.page(f"/referrals/{referral}/questions").find_class("desk-question")
    assert len(blocks) == len(questions)
    seen = set()
    for block, question in zip(blocks, questions.values(), strict=True):
        seen.add(question.kind)
        assert block.xpath(CONTROLS[question.kind]), question.key
        assert question.question in text_of(block)
        assert question.reason in text_of(block)
        assert block.xpath(".//a[contains(@href, '/rules/')]")
    assert {"identifier", "narrative", "date", "yes_no", "ticks", "table", "choice"} <= seen


def test_a_question_about_what_the_form_says_shows_what_was_read_and_where_it_stands(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**CONTRADICTIONS))
    page = yot.page(f"/referrals/{referral}/questions")
    keys = [key for key, question in asked(house, cast, referral).items()]
    shown = {key: text_of(block) for key, block in zip(keys, page.find_class("desk-question"), strict=True)}
    assert "What we read on the form: 2008/0123456A See where it stands" in shown["person.pnc_id"]
    assert "What we read on the form: 1 January 2025" in shown["conviction.sentence_date"]
    assert "Category 1" in shown["category"].partition("What we read on the form:")[2]
    assert "Choose all that apply" not in shown["category"]
    assert "What we read" not in shown["risk.overall"] and "What we read" not in shown["endorsement.name"]
    (link,) = [one for one in page.xpath("//a/@href") if one.endswith("#v-person.pnc_id")]
    read = yot.page(str(link).partition("#")[0])
    assert read.xpath("//*[@id='v-person.pnc_id']")
    # What is said of victims has a page of its own.
    house.desk.ask(cast.coordinator, referral, ["victim.issues"])
    assert "Nettlebed" not in text_of(yot.page(f"/referrals/{referral}/questions"))


def test_a_form_sent_twice_is_no_error(yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]) -> None:
    referral = arrived()
    questions = asked(house, cast, referral)
    typed = {
        f"q-{questions['referral.added_value'].id}": "Housing\r\nand surveillance",
        f"q-{questions['risk.overall'].id}": "high",
        f"q-{questions['person.ethnicity'].id}-unknown": "yes",
        f"q-{questions['person.ethnicity'].id}-reason": "Not recorded",
    }
    path = f"/referrals/{referral}/questions"
    first, second = yot.send(path, typed), yot.send(path, typed)
    assert (first.status_code, second.status_code) == (302, 302)
    assert "had been sent already" in text_of(yot.page(second.location))
    assert (
        len(house.views.case(cast.yot, referral).history)
        == len([event for event in house.views.case(cast.yot, referral).history if event.kind != "answered"]) + 1
    )


def test_what_was_typed_for_a_question_that_somebody_else_answered_is_shown_and_not_lost(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived()
    questions = asked(house, cast, referral)
    value, risk = questions["referral.added_value"], questions["risk.overall"]
    house.desk.answer(cast.yot, referral, {value.id: RawAnswer(text="Colleague's words")})
    response = yot.send(f"/referrals/{referral}/questions", {f"q-{value.id}": "My words", f"q-{risk.id}": "high"})
    page = yot.parsed(response)
    assert response.status_code == 409
    assert "My words" in text_of(page) and "Yvonne Otter answered: Colleague's words" in text_of(page)
    assert page.xpath("//a[contains(@href, '/read/referral.added_value')]")
    form = house.views.case(cast.yot, referral).form
    assert form is not None
    assert (form.value("referral.added_value"), form.value("risk.overall")) == ("Colleague's words", "high")


def test_what_is_saved_for_a_question_that_was_closed_meanwhile_is_shown_and_not_lost(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived()
    value = asked(house, cast, referral)["referral.added_value"]
    house.desk.answer(cast.yot, referral, {value.id: RawAnswer(text="Colleague's words")})
    response = yot.send(f"/referrals/{referral}/questions", {f"q-{value.id}": "My words", "then": "save"})
    assert response.status_code == 409 and "You typed: My words" in text_of(yot.parsed(response))


def test_questions_stand_in_the_order_of_the_form(house: House, cast: Cast, arrived: Callable[..., UUID]) -> None:
    keys = list(asked(house, cast, arrived(form_file(**CONTRADICTIONS))))
    assert keys == sorted(keys, key=list(FIELDS).index)


def test_what_cannot_be_understood_comes_back_as_typed_with_the_way_to_it(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**CONTRADICTIONS))
    questions = asked(house, cast, referral)
    day, text = f"q-{questions['conviction.sentence_date'].id}", f"q-{questions['referral.added_value'].id}"
    response = yot.send(
        f"/referrals/{referral}/questions",
        {f"{day}-day": "31", f"{day}-month": "2", f"{day}-year": "2026", f"{text}": "Housing\r\nand surveillance"},
    )
    assert response.status_code == 422
    page = yot.parsed(response)
    assert page.xpath("//title")[0].text.startswith("Error: ")
    (link,) = page.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href")
    (field,) = page.xpath(f"//*[@id='{link.removeprefix('#')}']")
    assert field.value == "31"
    assert questions["referral.added_value"].key not in asked(house, cast, referral), "what was understood is taken"


def test_we_do_not_know_needs_a_reason_and_is_then_an_answer(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived()
    question = asked(house, cast, referral)["risk.overall"]
    name = f"q-{question.id}"
    refused = yot.send(f"/referrals/{referral}/questions", {f"{name}-unknown": "yes"})
    assert refused.status_code == 422
    assert yot.parsed(refused).xpath(f"//input[@id='{name}-unknown']")[0].checked
    yot.send(f"/referrals/{referral}/questions", {f"{name}-unknown": "yes", f"{name}-reason": "Assessment next week"})
    assert "Not known: Assessment next week" in text_of(yot.page(f"/referrals/{referral}"))


def test_a_saved_draft_is_there_when_one_comes_back(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived()
    questions = asked(house, cast, referral)
    name = f"q-{questions['referral.added_value'].id}"
    response = yot.send(f"/referrals/{referral}/questions", {name: "Half a sent", "then": "save"})
    assert "saved, not sent" in text_of(yot.page(response.location))
    page = yot.page(f"/referrals/{referral}/questions")
    assert page.xpath(f"//textarea[@name='{name}']")[0].text.strip() == "Half a sent"
    assert questions.keys() == asked(house, cast, referral).keys()


def test_an_identifier_is_checked_while_it_is_typed_and_nothing_is_stored(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**CONTRADICTIONS))
    question = asked(house, cast, referral)["person.pnc_id"]
    path = f"/referrals/{referral}/questions/{question.id}/check"
    wrong = yot.send(path, {f"q-{question.id}": "2008/0123456A"}).get_json()["error"]
    assert "PNC ID" in wrong
    assert "person.pnc_id" in asked(house, cast, referral)


def test_answers_to_all_questions_leave_none_open(
    yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**GAPS))
    answers = {
        "yes_no": {"": "yes"},
        "text": {"": "Marian Ash"},
        "narrative": {"": "Housing and surveillance."},
        "identifier": {"": "2008/0123456X"},
        "date": {"-day": "1", "-month": "3", "-year": "2025"},
        "table": {"-0-tool": "OASys", "-0-score": "High", "-0-date": "1/9/2026"},
    }
    for _ in range(4):
        questions = asked(house, cast, referral)
        if not questions:
            break
        form = {}
        for question in questions.values():
            value = answers.get(question.kind) or {"": question.options[-1][0]}
            form |= {f"q-{question.id}{part}": text for part, text in value.items()}
        yot.send(f"/referrals/{referral}/questions", form)
    remaining = asked(house, cast, referral)
    assert set(remaining) <= {"conviction.index_offence", "conviction.sentence", "person.pnc_id"}


@pytest.mark.parametrize(
    ("key", "value", "typed"),
    [
        ("person.date_of_birth", "2010-04-02", "02/04/2010"),
        ("person.family_name", "Oakley", "Oakley"),
        ("category", ("1", "2"), ("1", "2")),
        (
            "risk.tools",
            ({"tool": "OASys", "score": None, "date": "2026-09-01"},),
            ({"tool": "OASys", "score": "", "date": "2026-09-01"},),
        ),
        ("person.pnc_id", None, None),
    ],
)
def test_a_value_as_read_comes_in_the_shape_in_which_it_would_be_typed(
    key: str, value: FieldValue, typed: object
) -> None:
    raw = as_typed(value)
    assert (raw.text if raw else None) == typed


def test_a_control_keeps_what_was_typed() -> None:
    control = Control(name="q", kind="date", label="When?")
    assert filled(control, RawAnswer(text="31/2/2026")).parts == ("31", "2", "2026")
    table = Control(name="q", kind="table", label="Tools", columns=("tool", "date"))
    kept = filled(table, RawAnswer(text=({"tool": "OASys", "date": ""},)))
    assert kept.rows[0] == {"tool": "OASys", "date": ""}
    assert len(kept.rows) >= 3
    assert filled(control, RawAnswer(not_known_reason="")).not_known


def test_a_field_left_alone_is_no_answer() -> None:
    empty = MultiDict({"q": "", "q-day": "", "q-0-tool": "", "q-reason": ""})
    for kind in CONTROLS:
        assert sent(empty, "q", kind, ("tool",)) is None
