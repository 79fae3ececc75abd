"""A verdict is told to rest on doubtful values where one of them could turn it, and nowhere else."""

from collections.abc import Mapping
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from test_questions import Partial, partial_forms, possible, rules_of

from extractors.contract import keys_of
from extractors.models import FieldValue, FormCode, FormReading
from validation.doubt import doubted
from validation.facts import Facts
from validation.worked import form_saying

DAY = date(2026, 11, 20)


def with_doubts(said: FormReading, *keys: str) -> FormReading:
    unsure = {key: said.values[key].model_copy(update={"confidence": 0.6}) for key in keys}
    return said.model_copy(update={"values": {**said.values, **unsure}})


def form_with_doubts(form: FormCode, answers: Mapping[str, FieldValue], *keys: str) -> FormReading:
    return with_doubts(form_saying(form, answers), *keys)


def test_what_is_read_for_certain_leaves_no_doubt() -> None:
    assert doubted(form_saying("A", {"category": ("2",), "level_requested": "2"}), DAY) == {}


def test_a_test_that_looks_at_a_second_field_is_as_doubtful_as_that_one() -> None:
    days = {"conviction.sentence_date": "2026-11-13", "referral.screening_date": "2026-11-17"}
    form = form_with_doubts("H", days, "referral.screening_date")
    assert doubted(form, DAY)["screened-in-3-days"] == ("referral.screening_date",)
    hospital = {"category": ("2",), "conviction.index_offence": "Robbery", "hospital.order": "s37/41"}
    assert doubted(form_with_doubts("I", hospital, "hospital.order"), DAY)["category-2"] == ("hospital.order",)


def test_a_verdict_that_a_certain_value_settles_does_not_rest_on_a_doubtful_one() -> None:
    named = {"person.family_name": "Fernsby", "person.given_names": "Ros", "person.date_of_birth": "1990-04-02"}
    numbers = {"person.pnc_id": "2002/0073319Z", "person.prison_number": "A1234BC"}
    assert "identified" not in doubted(form_with_doubts("A", named | numbers, "person.prison_number"), DAY)
    both = doubted(form_with_doubts("A", named | numbers, "person.prison_number", "person.pnc_id"), DAY)
    assert set(both["identified"]) >= {"person.pnc_id", "person.prison_number"}


def test_an_answer_that_may_stand_on_the_form_unread_is_a_doubt() -> None:
    assert "category" in doubted(form_with_doubts("A", {}, "category"), DAY)["category-single"]


@settings(max_examples=400)
@given(partial_forms(), st.data())
def test_whatever_a_doubtful_value_is_in_truth_only_verdicts_told_to_rest_on_it_can_turn(
    partly: Partial, data: st.DataObject
) -> None:
    keys = data.draw(st.lists(st.sampled_from(keys_of(partly.form)), min_size=1, max_size=3, unique=True))
    form = with_doubts(partly.reading(), *keys)
    facts, doubts = Facts(form, DAY), doubted(form, DAY)
    truly = facts
    for key in keys:
        truly = truly.supposing(key, data.draw(st.sampled_from((None, *possible(key)))))
    for rule in rules_of(form):
        if rule.verdict(rule.look(facts)) != rule.verdict(rule.look(truly)):
            assert set(doubts.get(rule.id, ())) & set(keys), rule.id
