"""Orders of the desk: what each takes, refuses and leaves in the history."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import pytest
from house import Cast, SetClock, form_file, several_forms
from sqlalchemy import func, select

from extractors.refusals import Refusal
from intake.cases.reading import ReadingDesk
from intake.cases.understanding import as_meant
from intake.desk import Desk
from intake.due.counting import counting_of
from intake.errors import DeskError, NotAllowed, NotFound, NotNow
from intake.house import House, open_house
from intake.models import Case, Clarification, DecisionDraft, Person, RawAnswer, ReviewDraft
from intake.settings import Settings
from intake.store.acting import acting
from intake.store.tables import documents, jobs, messages, referrals

GAPS = {
    "level_requested": "3",
    "category": ["2"],
    "person__family_name": "Quillfeather",
    "person__given_names": "Tobias",
    "referrer__agency_type": "yot",
}


def checked(house: House, by: Person, reading: ReadingDesk, **values: object) -> Case:
    receipt = house.desk.receive(by, "form.pdf", form_file(**{**GAPS, **values}))
    while reading.do_next():
        pass
    return house.views.case(by, receipt.referral_id)


def question(case: Case, key: str) -> Clarification:
    return next(one for one in case.clarifications if one.key == key and one.open)


def draft(case: Case, **changes: object) -> DecisionDraft:
    told = {
        "version": case.line.version,
        "outcome": "accepted_level_2",
        "category": "2",
        "panel_date": date(2026, 12, 15),
        "reasons": "Several agencies are needed.",
    }
    return DecisionDraft(**{**told, **changes})


# Receiving


def test_an_empty_file_is_refused_with_a_reason_and_recorded(house: House, cast: Cast) -> None:
    receipt = house.desk.receive(cast.yot, "empty.docx", b"")
    assert receipt.refused is not None and receipt.refused.code == "empty"
    case = house.views.case(cast.yot, receipt.referral_id)
    assert case.line.status == "refused"
    assert case.refused == receipt.refused
    assert [event.kind for event in case.history] == ["received", "refused"]


def test_a_file_that_is_too_large_is_refused_and_not_kept(house: House, cast: Cast) -> None:
    receipt = house.desk.receive(cast.yot, "big.pdf", b"x" * (1024 * 1024 + 1), size=60_000_000)
    assert receipt.refused is not None and "1 MB" in receipt.refused.message
    case = house.views.case(cast.yot, receipt.referral_id)
    assert case.document.size == 60_000_000
    assert house.views.original(cast.yot, receipt.referral_id) == ("big.pdf", b"")
    with acting(house.engine, "desk") as connection:
        assert connection.scalar(select(func.count()).select_from(jobs)) == 0


def test_a_file_that_is_no_form_is_refused_when_read(house: House, cast: Cast, reading: ReadingDesk) -> None:
    receipt = house.desk.receive(cast.yot, "letter.docx", b"Dear all")
    assert receipt.refused is None
    reading.do_next()
    case = house.views.case(cast.coordinator, receipt.referral_id)
    assert case.refused is not None and case.refused.code == "not_a_form"
    assert "Not read:" in case.history[-1].what
    assert house.views.queue(cast.coordinator).lines == ()
    assert house.views.queue(cast.coordinator, "refused").lines[0].id == receipt.referral_id


def test_the_same_page_sent_twice_gives_the_same_receipt(house: House, cast: Cast) -> None:
    first = house.desk.receive(cast.yot, "form.pdf", b"{}", token="once")
    again = house.desk.receive(cast.yot, "form.pdf", b"{}", token="once")
    assert again.referral_id == first.referral_id and again.reference == first.reference
    other = house.desk.receive(cast.hospital, "form.pdf", b"{}", token="once")
    assert other.referral_id != first.referral_id


def test_the_same_page_sent_many_times_at_once_gives_one_referral(house: House, cast: Cast) -> None:
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: house.desk.receive(cast.yot, "form.pdf", b"{}", token="once"), range(8)))
    assert len({receipt.reference for receipt in receipts}) == 1
    with acting(house.engine, "desk") as connection:
        assert connection.scalar(select(func.count()).select_from(referrals)) == 1
        assert connection.scalar(select(func.count()).select_from(documents)) == 1


def test_the_same_file_again_is_taken_and_points_to_the_first(house: House, cast: Cast) -> None:
    content = form_file(**GAPS)
    first = house.desk.receive(cast.yot, "form.pdf", content)
    second = house.desk.receive(cast.yot, "form again.pdf", content)
    assert second.reference != first.reference
    assert second.same_as == first.reference
    assert house.desk.receive(cast.hospital, "form.pdf", content).same_as is None
    line = next(line for line in house.views.queue(cast.coordinator).lines if line.reference == second.reference)
    assert line.same_as == first.reference


def test_references_are_unique_and_without_gaps_when_many_send_at_once(house: House, cast: Cast) -> None:
    def send(number: int) -> str:
        sender = (cast.yot, cast.hospital)[number % 2]
        return house.desk.receive(sender, "form.pdf", f"{{{number}}}".encode()).reference

    with ThreadPoolExecutor(8) as pool:
        references = list(pool.map(send, range(40)))
    assert sorted(references) == [f"WM-2026-{number:06d}" for number in range(1, 41)]
    with acting(house.engine, "desk") as connection:
        assert isinstance(house.trail.verify(connection), int)


def test_numbers_start_again_each_year_in_london(house: House, cast: Cast, clock: SetClock) -> None:
    house.desk.receive(cast.yot, "form.pdf", b"{1}")
    clock.pass_by(days=60)
    assert house.desk.receive(cast.yot, "form.pdf", b"{2}").reference == "WM-2027-000001"


def test_a_file_name_is_kept_without_its_folders(house: House, cast: Cast) -> None:
    assert house.desk.receive(cast.yot, "C:\\Users\\y\\Form A\x00.pdf", b"{}").filename == "Form A.pdf"
    assert house.desk.receive(cast.yot, "../../etc/passwd", b"{}").filename == "passwd"


def test_several_forms_in_a_mail_become_referrals_of_their_own(house: House, cast: Cast, reading: ReadingDesk) -> None:
    mail = several_forms(form_file(**GAPS), form_file("H", person__family_name="Second"), form_file("I"))
    receipt = house.desk.receive(cast.yot, "forms.eml", mail)
    assert reading.do_next() and not reading.do_next()
    page = house.views.my_referrals(cast.yot)
    assert sorted((line.reference, line.form) for line in page.lines) == [
        ("WM-2026-000001", "A"),
        ("WM-2026-000002", "H"),
        ("WM-2026-000003", "I"),
    ]
    case = house.views.case(cast.yot, receipt.referral_id)
    assert case.siblings == ("WM-2026-000002", "WM-2026-000003")
    second = next(line for line in page.lines if line.form == "H")
    assert house.views.case(cast.yot, second.id).siblings == ("WM-2026-000001", "WM-2026-000003")
    assert house.views.original(cast.yot, second.id) == ("forms.eml", mail)
    assert {line.due_on for line in page.lines} == {receipt.due_on}


def test_pages_of_a_word_file_are_drawn_in_a_job_of_their_own(house: House, cast: Cast, reading: ReadingDesk) -> None:
    receipt = house.desk.receive(cast.yot, "form.docx", form_file(orders={"pictures_follow": True}, **GAPS))
    reading.do_next()
    assert house.views.case(cast.yot, receipt.referral_id).document.pictures == 0
    reading.do_next()
    assert house.views.case(cast.yot, receipt.referral_id).document.pictures == 2


def test_another_way_of_counting_dates_every_open_case_anew_from_its_receipt(
    house: House, cast: Cast, clock: SetClock
) -> None:
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(**GAPS))
    closed = house.desk.receive(cast.yot, "other.pdf", form_file(**GAPS))
    house.desk.withdraw(cast.yot, closed.referral_id, "Sent twice.")
    assert receipt.due_on == date(2026, 11, 30)
    clock.pass_by(days=3)
    (moved,) = house.desk.count_days(cast.administrator, "WM", "working", 15)
    assert (moved.referral_id, moved.now.due) == (receipt.referral_id, date(2026, 12, 11))
    case = house.views.case(cast.coordinator, receipt.referral_id)
    assert case.due == moved.now and case.due.basis == "working" and "day 15 is" in case.due.why
    assert case.history[-1].kind == "redated"
    assert house.views.case(cast.coordinator, closed.referral_id).due.due == date(2026, 11, 30)
    assert house.desk.receive(cast.yot, "form.pdf", form_file()).due_on == date(2026, 12, 14)
    assert house.desk.count_days(cast.administrator, "NW", "working", 5) == ()
    assert len(house.desk.count_days(cast.administrator, "WM", "calendar", 10)) == 2
    assert house.views.case(cast.coordinator, receipt.referral_id).due.due == date(2026, 11, 30)
    with acting(house.engine, "desk") as connection:
        assert house.trail.verify(connection)


@pytest.mark.parametrize("days", [0, -1, 61])
def test_a_number_of_days_that_makes_no_sense_is_not_set(house: House, cast: Cast, days: int) -> None:
    with pytest.raises(DeskError):
        house.desk.count_days(cast.administrator, "WM", "calendar", days)
    assert house.desk.counting(cast.administrator, "WM").days == 10
    for nobody in (cast.coordinator, cast.yot):
        with pytest.raises(NotAllowed):
            house.desk.count_days(nobody, "WM", "calendar", 20)


def test_a_change_of_the_clock_waits_for_a_receipt_under_way(house: House, cast: Cast) -> None:
    with ThreadPoolExecutor(1) as pool:
        with acting(house.engine, "desk") as receiving:
            assert counting_of(receiving, "WM", "calendar").days == 10
            change = pool.submit(house.desk.count_days, cast.administrator, "WM", "working", 5)
            with pytest.raises(TimeoutError):
                change.result(0.5)
        change.result(20)
    assert house.desk.receive(cast.yot, "form.pdf", form_file()).due_on == date(2026, 11, 27)


def test_a_day_closed_late_dates_open_cases_anew(settings: Settings, clock: SetClock, cast: Cast) -> None:
    with open_house(settings.model_copy(update={"due_basis": "working"}), clock=clock) as house:
        receipt = house.desk.receive(cast.yot, "form.pdf", form_file(**GAPS))
        assert receipt.due_on == date(2026, 12, 4)
        clock.pass_by(days=2)
        house.desk.close_day(cast.administrator, "WM", date(2026, 11, 25), "Training day")
        line = house.views.queue(cast.coordinator).lines[0]
        assert line.due_on == date(2026, 12, 7)
        case = house.views.case(cast.coordinator, receipt.referral_id)
        assert "Training day" in case.due.why and case.history[-1].kind == "redated"
        assert house.desk.close_day(cast.administrator, "WM", date(2026, 11, 25), "Training day") == ()
        assert house.desk.receive(cast.yot, "form.pdf", form_file()).due_on == date(2026, 12, 7)
        for nobody in (cast.coordinator, cast.yot):
            with pytest.raises(NotAllowed):
                house.desk.close_day(nobody, "WM", date(2026, 11, 26), "Long lunch")


# Answers


def test_an_answer_that_cannot_be_understood_is_kindly_refused(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    born, endorsed = question(case, "person.date_of_birth"), question(case, "endorsement.endorsed")
    result = house.desk.answer(
        cast.yot, case.line.id, {born.id: RawAnswer(text="31/2/2010"), endorsed.id: RawAnswer(text="yes")}
    )
    assert result.errors == {born.id: "Enter a real date, such as 27 3 2026"}
    assert result.taken == 1
    case = house.views.case(cast.yot, case.line.id)
    assert question(case, "person.date_of_birth").open
    assert result.open_questions == case.line.open_questions == sum(one.open for one in case.clarifications)


def test_not_known_needs_a_reason_and_is_never_asked_again(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    born = question(case, "person.date_of_birth")
    refused = house.desk.answer(cast.yot, case.line.id, {born.id: RawAnswer(not_known_reason=" ")})
    assert born.id in refused.errors
    house.desk.answer(cast.yot, case.line.id, {born.id: RawAnswer(not_known_reason="No papers, own account only.")})
    for key in ("endorsement.endorsed", "referral.added_value"):
        case = house.views.case(cast.yot, case.line.id)
        house.desk.answer(cast.yot, case.line.id, {question(case, key).id: RawAnswer(text="yes")})
    case = house.views.case(cast.yot, case.line.id)
    assert case.form is not None and case.form.values["person.date_of_birth"].status == "not_known"
    assert [one.key for one in case.clarifications].count("person.date_of_birth") == 1


def test_questions_no_longer_needed_are_withdrawn(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    before = {one.key for one in case.clarifications if one.open}
    house.desk.correct(cast.coordinator, case.line.id, "level_requested", RawAnswer(text="2"))
    case = house.views.case(cast.yot, case.line.id)
    assert case.assessment is not None
    after = {one.key for one in case.clarifications if one.open}
    assert after == {one.key for one in case.assessment.questions}
    assert case.line.open_questions == len(after)
    assert before - after <= {one.key for one in case.clarifications if one.withdrawn_at}


def test_a_correction_stands_over_the_reading_and_keeps_it(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    problem = house.desk.correct(cast.coordinator, case.line.id, "person.family_name", RawAnswer(text="Quillfether"))
    assert problem is None
    case = house.views.case(cast.coordinator, case.line.id)
    assert case.line.subject == "QUILLFETHER, Tobias"
    assert case.form is not None and case.original is not None
    assert case.form.value("person.family_name") == "Quillfether"
    assert case.original.value("person.family_name") == "Quillfeather"
    assert house.desk.correct(cast.coordinator, case.line.id, "category", RawAnswer(text="nine")) is not None
    with pytest.raises(NotFound):
        house.desk.correct(cast.coordinator, case.line.id, "hospital.trigger", RawAnswer(text="leave"))


def test_a_draft_is_kept_until_the_answer_is_sent(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    value = question(case, "referral.added_value")
    house.desk.save_draft(cast.yot, case.line.id, {value.id: RawAnswer(text="Half a sent")})
    again = house.views.case(cast.yot, case.line.id)
    assert question(again, "referral.added_value").draft == RawAnswer(text="Half a sent")
    assert again.line.version == case.line.version
    house.desk.answer(cast.yot, case.line.id, {value.id: RawAnswer(text="A whole sentence.")})
    answered = next(one for one in house.views.case(cast.yot, case.line.id).clarifications if one.id == value.id)
    assert answered.draft is None and answered.answer is not None and answered.answer.by == "Yvonne Otter"


def test_an_answer_to_a_question_that_is_closed_is_refused(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    value = question(case, "referral.added_value")
    house.desk.answer(cast.yot, case.line.id, {value.id: RawAnswer(text="First.")})
    result = house.desk.answer(
        cast.yot, case.line.id, {value.id: RawAnswer(text="Second."), uuid4(): RawAnswer(text="x")}
    )
    assert len(result.errors) == 2 and result.taken == 0


def test_a_coordinator_asks_about_a_field_and_in_own_words(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    house.desk.ask(
        cast.coordinator, case.line.id, ["person.nationality", "person.nationality"], ["Who is the key worker?"]
    )
    case = house.views.case(cast.yot, case.line.id)
    own = next(one for one in case.clarifications if one.key is None)
    assert own.asked_by == "Carol Finch" and own.kind == "narrative"
    house.desk.answer(
        cast.yot,
        case.line.id,
        {own.id: RawAnswer(text="Ms Teal."), question(case, "person.nationality").id: RawAnswer(text="British")},
    )
    case = house.views.case(cast.coordinator, case.line.id)
    assert case.form is not None and case.form.value("person.nationality") == "British"
    answered = next(one for one in case.clarifications if one.key is None)
    assert answered.answer is not None and answered.answer.value == "Ms Teal."


@pytest.mark.parametrize("words", ["TBC", "N/A", "see OASys", "-"])
def test_an_answer_that_settles_nothing_is_kept_as_not_known(
    words: str, house: House, cast: Cast, reading: ReadingDesk
) -> None:
    case = checked(house, cast.yot, reading)
    value, born = question(case, "referral.added_value"), question(case, "person.date_of_birth")
    result = house.desk.answer(cast.yot, case.line.id, {one.id: RawAnswer(text=words) for one in (value, born)})
    assert result.taken == 2
    case = house.views.case(cast.coordinator, case.line.id)
    assert case.form is not None and case.assessment is not None
    assert [case.form.values[key].status for key in ("referral.added_value", "person.date_of_birth")] == [
        "not_known"
    ] * 2
    assert case.assessment.verdicts()["added-value"] == "cannot_tell"
    answered = next(one for one in case.clarifications if one.id == value.id)
    assert answered.answer is not None and answered.answer.not_known_reason == words


def test_what_a_table_only_says_is_unknown_is_not_known() -> None:
    rows = ({"tool": "N/A", "score": "", "date": ""}, {"tool": "", "score": "not known", "date": ""})
    assert as_meant("risk.tools", RawAnswer(text=rows)).not_known_reason == "N/A\nnot known"
    told = RawAnswer(text=({"tool": "OASys", "score": "N/A", "date": ""},))
    assert as_meant("risk.tools", told) == told
    assert as_meant(None, RawAnswer(text="N/A")) == RawAnswer(text="N/A")


def test_checking_an_answer_while_typing_stores_nothing(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    born = question(case, "person.date_of_birth")
    assert house.desk.understand(cast.yot, case.line.id, born.id, RawAnswer(text="tomorrow")) is not None
    assert house.desk.understand(cast.yot, case.line.id, born.id, RawAnswer(text="2.4.2010")) is None
    assert house.views.case(cast.yot, case.line.id).model_copy(update={"looks": case.looks}) == case


# Decisions


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outcome": "noted"}, "outcome"),
        ({"outcome": ""}, "outcome"),
        ({"reasons": "  "}, "reasons"),
        ({"panel_date": None}, "panel_date"),
        ({"panel_date": date(2026, 11, 19)}, "panel_date"),
        ({"review_by": date(2027, 4, 7)}, "review_by"),
        ({"review_by": date(2026, 12, 15)}, "review_by"),
        ({"outcome": "accepted_level_3", "review_by": date(2027, 1, 27)}, "review_by"),
        ({"category": None}, "category"),
        ({"category": "5"}, "category"),
        ({"level": "3"}, "level"),
        ({"outcome": "level_1", "category": "3", "panel_date": None}, "category"),
        ({"outcome": "level_1"}, "panel_date"),
        ({"version": 1}, "version"),
    ],
)
def test_a_decision_that_could_not_be_defended_is_not_recorded(
    house: House, cast: Cast, reading: ReadingDesk, changes: dict[str, object], field: str
) -> None:
    case = checked(house, cast.yot, reading)
    assert field in house.desk.decide(cast.coordinator, case.line.id, draft(case, **changes))
    assert field in house.desk.weigh(cast.coordinator, case.line.id, draft(case, **changes)).errors
    after = house.views.case(cast.coordinator, case.line.id)
    assert after.line.status == "checked" and after.decisions == ()


def test_level_2_instead_of_3_needs_a_referral_that_asked_for_3(house: House, cast: Cast, reading: ReadingDesk) -> None:
    two = checked(house, cast.yot, reading, level_requested="2")
    assert "outcome" in house.desk.decide(cast.coordinator, two.line.id, draft(two, outcome="accepted_lower"))
    three = checked(house, cast.yot, reading)
    assert house.desk.decide(cast.coordinator, three.line.id, draft(three, outcome="accepted_lower")) == {}
    decision = house.views.case(cast.yot, three.line.id).decision
    assert decision is not None and decision.level == "2"


def test_a_decision_on_a_case_that_changed_meanwhile_says_what_changed(
    house: House, cast: Cast, reading: ReadingDesk
) -> None:
    case = checked(house, cast.yot, reading)
    value = question(case, "referral.added_value")
    house.desk.answer(cast.yot, case.line.id, {value.id: RawAnswer(text="New facts.")})
    errors = house.desk.decide(cast.coordinator, case.line.id, draft(case))
    assert "Answered 1 question." in errors["version"]


def test_a_reopened_decision_keeps_the_first(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    assert house.desk.decide(cast.coordinator, case.line.id, draft(case)) == {}
    house.desk.reopen(cast.coordinator, case.line.id, "New conviction.")
    (first,) = house.views.case(cast.coordinator, case.line.id).decisions
    assert first.reopened is not None
    assert (first.reopened.by, first.reopened.why) == ("Carol Finch", "New conviction.")
    case = house.views.case(cast.coordinator, case.line.id)
    assert case.line.status == "checked" and case.decision is None and case.line.outcome is None
    assert house.desk.decide(cast.coordinator, case.line.id, draft(case, outcome="accepted_level_3")) == {}
    case = house.views.case(cast.coordinator, case.line.id)
    assert [decision.outcome for decision in case.decisions] == ["accepted_level_2", "accepted_level_3"]
    assert case.decisions[1].supersedes == case.decisions[0].id
    assert case.decision == case.decisions[1]


def test_notifications_are_noted_and_have_no_panel(house: House, cast: Cast, reading: ReadingDesk) -> None:
    receipt = house.desk.receive(cast.hospital, "form.pdf", form_file("I", person__family_name="Vole"))
    reading.do_next()
    case = house.views.case(cast.coordinator, receipt.referral_id)
    noted = DecisionDraft(version=case.line.version, outcome="noted", reasons="Level 1.", category="1")
    assert house.desk.decide(cast.coordinator, case.line.id, noted) == {}
    assert house.views.case(cast.hospital, case.line.id).line.outcome == "noted"


def test_a_closed_referral_takes_no_more_orders(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    house.desk.withdraw(cast.yot, case.line.id, "Sent twice.")
    for order in (
        lambda desk: desk.answer(cast.yot, case.line.id, {}),
        lambda desk: desk.decide(cast.coordinator, case.line.id, draft(case)),
        lambda desk: desk.withdraw(cast.yot, case.line.id, "Again."),
        lambda desk: desk.add_document(cast.yot, case.line.id, "more.pdf", b"more"),
        lambda desk: desk.assign(cast.coordinator, case.line.id, None),
        lambda desk: desk.reopen(cast.coordinator, case.line.id, "?"),
    ):
        with pytest.raises(NotNow):
            order(house.desk)
    case = house.views.case(cast.coordinator, case.line.id)
    assert case.line.status == "withdrawn" and case.withdrawn_reason == "Sent twice."
    assert not [one for one in case.clarifications if one.open]


def test_a_referral_withdrawn_while_it_is_read_stays_withdrawn(house: House, cast: Cast) -> None:
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(**GAPS))
    claim = house.ledger.claim()
    assert claim is not None
    house.desk.withdraw(cast.yot, receipt.referral_id, "Wrong person.")
    with pytest.raises(DeskError), acting(house.engine, "desk") as connection:
        house.ledger.finish(connection, claim)
    assert house.views.progress(cast.yot, receipt.referral_id).status == "withdrawn"


# The rest


def test_supporting_documents_are_kept_and_not_read(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    house.desk.add_document(cast.yot, case.line.id, "report.docx", b"a report")
    with pytest.raises(Refusal):
        house.desk.add_document(cast.yot, case.line.id, "empty.docx", b"")
    (kept,) = house.views.case(cast.coordinator, case.line.id).attachments
    assert kept.sha256 == hashlib.sha256(b"a report").hexdigest()
    assert house.views.attachment(cast.coordinator, case.line.id, kept.id) == ("report.docx", b"a report")
    assert house.views.original(cast.coordinator, case.line.id)[0] == "form.pdf"


def test_a_case_is_given_to_a_coordinator_of_its_area_only(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    house.desk.assign(cast.coordinator, case.line.id, cast.coordinator.id)
    assert house.views.queue(cast.coordinator, "mine").lines[0].assigned_to == "Carol Finch"
    for other in (cast.other_coordinator.id, cast.yot.id, uuid4()):
        with pytest.raises(NotFound):
            house.desk.assign(cast.coordinator, case.line.id, other)


def test_every_message_to_send_names_a_referral_and_nothing_else(
    house: House, cast: Cast, reading: ReadingDesk
) -> None:
    case = checked(house, cast.yot, reading)
    house.desk.decide(cast.coordinator, case.line.id, draft(case))
    with acting(house.engine, "desk") as connection:
        rows = connection.execute(select(messages).order_by(messages.c.created_at)).mappings().all()
    assert [row["kind"] for row in rows] == ["receipt", "questions", "decision"]
    assert {row["to_agency"] for row in rows} == {cast.yot.agency_id}
    assert "Quillfeather" not in str(rows)


def test_a_reading_that_keeps_failing_is_set_aside_and_can_be_tried_again(
    house: House, cast: Cast, reading: ReadingDesk
) -> None:
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(orders={"raise": "poison"}, **GAPS))
    good = house.desk.receive(cast.yot, "form.pdf", form_file(**GAPS))
    for _ in range(5):
        make_due(house)
        while reading.do_next():
            pass
    assert house.views.progress(cast.yot, good.referral_id).status == "checked"
    assert house.views.progress(cast.yot, receipt.referral_id).set_aside
    (line,) = house.views.queue(cast.coordinator, "set_aside").lines
    assert line.id == receipt.referral_id
    make_due(house)
    assert not reading.do_next()
    house.desk.retry(cast.coordinator, receipt.referral_id)
    assert not house.views.progress(cast.yot, receipt.referral_id).set_aside
    assert reading.do_next()
    with pytest.raises(NotNow):
        house.desk.retry(cast.coordinator, good.referral_id)


def make_due(house: House) -> None:
    with acting(house.engine, "desk") as connection:
        connection.exec_driver_sql("UPDATE jobs SET next_try = clock_timestamp() WHERE state = 'due'")


def test_search_finds_by_reference_name_birth_date_and_identifier(
    house: House, cast: Cast, reading: ReadingDesk
) -> None:
    case = checked(
        house,
        cast.yot,
        reading,
        person__family_name="O'Quillfeather-Müller",
        person__date_of_birth="2010-04-02",
        person__prison_number="A1234BC",
        person__pnc_id="2012/0394773H",
    )
    for text in (
        case.line.reference,
        "2026-1",
        "wm 2026-000001",
        "wm2026000001",
        "WM–2026–000001",
        "WM‑2026‑000001",
        "oquillfeather",
        "tobias MULLER",
        "2/4/2010",
        "2 April 2010",
        "a1234bc",
        "2012/0394773H",
        "12/394773h",
    ):
        assert [line.id for line in house.searching.find(cast.coordinator, text).lines] == [case.line.id], text
    for text in ("Tobias Smith", "1999", "3/4/2010", "", "%", "WM-2025-000001"):
        assert house.searching.find(cast.coordinator, text).lines == (), text
    assert house.searching.find(cast.hospital, "Tobias").lines == ()


# Who may do what


def test_nobody_reaches_beyond_the_permission_table(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    one: UUID = case.line.id
    orders = {
        "add_document": lambda desk, by: desk.add_document(by, one, "x", b"x"),
        "answer": lambda desk, by: desk.answer(by, one, {}),
        "understand": lambda desk, by: desk.understand(by, one, uuid4(), RawAnswer(text="x")),
        "save_draft": lambda desk, by: desk.save_draft(by, one, {}),
        "correct": lambda desk, by: desk.correct(by, one, "person.gender", RawAnswer(text="x")),
        "ask": lambda desk, by: desk.ask(by, one, ["person.gender"]),
        "assign": lambda desk, by: desk.assign(by, one, None),
        "weigh": lambda desk, by: desk.weigh(by, one, draft(case)),
        "decide": lambda desk, by: desk.decide(by, one, draft(case)),
        "keep_decision_draft": lambda desk, by: desk.keep_decision_draft(by, one, {"why": "x"}),
        "decision_draft": lambda desk, by: desk.decision_draft(by, one),
        "reopen": lambda desk, by: desk.reopen(by, one, "x"),
        "review": lambda desk, by: desk.review(by, one, ReviewDraft(held_on=None, outcome="kept")),
        "withdraw": lambda desk, by: desk.withdraw(by, one, "x"),
        "retry": lambda desk, by: desk.retry(by, one),
        "redraw": lambda desk, by: desk.redraw(by, one),
        "restrict": lambda desk, by: desk.restrict(by, one, {by.id}, "x"),
        "lift_restriction": lambda desk, by: desk.lift_restriction(by, one),
        "counting": lambda desk, by: desk.counting(by, "WM"),
        "count_days": lambda desk, by: desk.count_days(by, "WM", "working", 5),
        "close_day": lambda desk, by: desk.close_day(by, "WM", date(2026, 12, 1), "x"),
        "open_day": lambda desk, by: desk.open_day(by, "WM", date(2026, 12, 1)),
    }
    clock = {"counting", "count_days", "close_day", "open_day"}
    assert set(orders) == {name for name in vars(Desk) if not name.startswith("_")} - {"receive", "recount"}
    theirs = {
        "yot": {"add_document", "answer", "understand", "save_draft", "correct", "withdraw"},
        "manager": {"add_document", "answer", "understand", "save_draft", "correct", "withdraw"},
        "coordinator": set(orders) - {"answer", "understand", "save_draft", "withdraw"} - clock,
        "hospital": set(),
        "other_coordinator": set(),
        "administrator": {"retry", "redraw"} | clock,
        "auditor": set(),
    }
    for who, allowed in theirs.items():
        person = getattr(cast, who)
        for name in set(orders) - allowed:
            with pytest.raises((NotFound, NotAllowed)):
                orders[name](house.desk, person)
        for view in (house.views.case, house.views.progress, house.views.original):
            # A file may name victims: it is for those who work on the case.
            of_the_case = ("yot", "coordinator") if view == house.views.original else ("yot", "manager", "coordinator")
            if who in of_the_case:
                view(person, one)
            else:
                with pytest.raises(NotFound):
                    view(person, one)
    assert house.views.case(cast.yot, one).model_copy(update={"looks": case.looks}) == case
    for stranger in (cast.hospital, cast.other_coordinator):
        assert house.views.queue(stranger, "all").lines == ()
        assert set(house.views.queue(stranger, "all").counts.values()) == {0}
    for sender in (cast.coordinator, cast.other_coordinator, cast.administrator):
        with pytest.raises(NotAllowed):
            house.desk.receive(sender, "form.pdf", b"{}")


def test_what_is_not_yours_looks_like_what_does_not_exist(house: House, cast: Cast, reading: ReadingDesk) -> None:
    case = checked(house, cast.yot, reading)
    with pytest.raises(NotFound) as foreign:
        house.views.case(cast.hospital, case.line.id)
    with pytest.raises(NotFound) as missing:
        house.views.case(cast.hospital, uuid4())
    assert str(foreign.value) == str(missing.value)
