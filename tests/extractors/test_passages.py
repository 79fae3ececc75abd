"""Passages of the narratives: what is shown, where it stands, and what is denied or only supposed."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.contract import FIELDS
from extractors.models import Passage, Value
from extractors.narratives.passages import LONGEST, MOST, passages

NARRATIVES = [key for key, field in FIELDS.items() if field.kind == "narrative"]


def value(text: str, key: str = "risk.summary", status: str = "read") -> dict[str, Value]:
    return {key: Value(key=key, status=status, value=text if status == "read" else None, confidence=1.0)}  # type: ignore[arg-type]


def shown(text: str, topic: str, key: str = "risk.summary") -> list[Passage]:
    return [passage for passage in passages(value(text, key)) if passage.topic == topic]


def test_a_passage_is_exactly_what_stands_at_its_place() -> None:
    text = "He has a knife.\nPolice and housing were told on 18.7.24; no children live there.\n  The press may attend."
    found = passages(value(text))
    assert {passage.topic for passage in found} >= {"weapons", "agencies", "date", "children", "media"}
    for passage in found:
        assert text[passage.start : passage.end] == passage.text


@pytest.mark.parametrize(
    ("text", "topic", "words"),
    [
        ("2019 - s.20 wounding, 8 months imprisonment", "offence", "s.20 wounding"),
        ("Convicted of wounding (s.20) in 2019", "offence", "wounding (s.20)"),
        ("Assault occasioning ABH on a neighbour", "offence", "Assault occasioning ABH"),
        ("2016 - Breach of a restraining order", "offence", "Breach of a restraining order"),
        ("The restraining order runs until 25.9.26.", "order", "restraining order"),
        ("He is subject to a SHPO.", "order", "SHPO"),
        ("He got 8 months imprisonment.", "sentence", "8 months imprisonment"),
        ("ABH, 14 months DYOI", "sentence", "14 months DYOI"),
        ("He was sentenced to 3 years.", "sentence", "sentenced to 3 years"),
        ("Arrested on 18.7.24 at home", "date", "18.7.24"),
        ("Seen on 25-10-2026 by staff", "date", "25-10-2026"),
        ("Booked for 16th January 2027 at ten", "date", "16th January 2027"),
        ("Released in June 2025 to a hostel", "date", "June 2025"),
        ("Detained under section 3 since May", "law", "section 3"),
        (
            "contrary to section 47 of the Offences against the Person Act 1861",
            "law",
            "section 47 of the Offences against the Person Act 1861",
        ),
        ("An order under the Mental Health Act 1983", "law", "Mental Health Act 1983"),
        ("It is in Schedule 15.", "law", "Schedule 15"),
    ],
)
def test_a_mention_is_shown_as_its_own_words(text: str, topic: str, words: str) -> None:
    assert [passage.text for passage in shown(text, topic)] == [words]


def test_a_line_of_previous_convictions_ends_with_its_sentence() -> None:
    text = "2014 - Possession of offensive weapon, 18 weeks\n2013 - Theft from shop, fine"
    assert [passage.text for passage in shown(text, "sentence", "conviction.previous")] == ["18 weeks"]
    assert shown("The relationship lasted about three years.", "sentence") == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("There is national interest in the victim's family and an inquest opens next week.", "media"),
        ("People who can commit their agency the same day are needed.", "senior_resources"),
        ("Resources outside ordinary budgets are needed: covert monitoring.", "senior_resources"),
        ("Police, housing and probation hold different parts of the picture.", "agencies"),
        ("The offences show a capacity for harm which no single agency can manage.", "agencies"),
        ("He was seen holding a machete.", "weapons"),
        ("Two children aged four and seven were in the property.", "children"),
        ("The victim is a former partner.", "domestic_abuse"),
        ("He shared extremist videos.", "terrorism"),
    ],
)
def test_a_sentence_that_bears_on_a_threshold_is_shown_whole(text: str, topic: str) -> None:
    (passage,) = shown(f"Nothing here. {text} Nothing there.", topic)
    assert passage.text == text
    assert not passage.negated
    assert not passage.hypothetical


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("He has a social media account.", "media"),
        ("Police were called.", "agencies"),
        ("Children's Services and the police attended.", "children"),
        ("We met the partner agency.", "domestic_abuse"),
    ],
)
def test_what_only_looks_like_a_topic_is_not_shown(text: str, topic: str) -> None:
    assert shown(text, topic) == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("There is no evidence of attack planning at present.", "terrorism"),
        ("No weapons were seen.", "weapons"),
        ("He has never owned a gun.", "weapons"),
        ("He denies any interest in children.", "children"),
        ("No knives, guns or other weapons were found.", "weapons"),
        ("Weapons were not used.", "weapons"),
        ("A knife has been ruled out.", "weapons"),
        ("He didn't carry a knife.", "weapons"),
    ],
)
def test_a_denied_passage_is_marked_so(text: str, topic: str) -> None:
    assert [passage.negated for passage in shown(text, topic)] == [True]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("He has no job but carries a knife.", "weapons"),
        ("No partner; two children live with him.", "children"),
        ("He may use a weapon without warning.", "weapons"),
        ("He not only owns a gun.", "weapons"),
        ("He did not attend. A knife was found.", "weapons"),
        ("He has no work, children visit at weekends.", "children"),
    ],
)
def test_a_denial_ends_where_its_sense_ends(text: str, topic: str) -> None:
    assert [passage.negated for passage in shown(text, topic)] == [False]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("The public are at risk should he move to bomb making.", "terrorism"),
        ("If he obtains a knife, harm is imminent.", "weapons"),
        ("He could approach children at the pool.", "children"),
        ("Any future partner would need to be told.", "domestic_abuse"),
        ("In the event of press interest the panel meets again.", "media"),
        ("He is suspected of hiding a gun.", "weapons"),
    ],
)
def test_a_supposed_passage_is_marked_so(text: str, topic: str) -> None:
    assert [passage.hypothetical for passage in shown(text, topic)] == [True]


@pytest.mark.parametrize(
    ("text", "topic", "supposed"),
    [
        ("He threatened her with a knife and said that he would do it again.", "weapons", False),
        ("He has threatened to kill the children if she leaves.", "children", False),
        ("He may have threatened her with a knife.", "weapons", True),
        ("He poses a threat to children if he is released.", "children", True),
    ],
)
def test_what_was_threatened_is_supposed_but_the_threat_was_made(text: str, topic: str, supposed: bool) -> None:
    assert [passage.hypothetical for passage in shown(text, topic)] == [supposed]


@pytest.mark.parametrize(
    ("text", "topic", "denied"),
    [
        ("Licence conditions: no contact with children under 16.", "children", False),
        ("Not to have contact with any child without approval.", "children", False),
        ("He must not approach the school.", "children", False),
        ("He has no contact with his son.", "children", True),
        ("He has had no unsupervised contact with his son.", "children", True),
        ("Conditions: no contact with the victim. No weapons were seen.", "weapons", True),
    ],
)
def test_what_a_licence_forbids_is_no_denial(text: str, topic: str, denied: bool) -> None:
    assert [passage.negated for passage in shown(text, topic)] == [denied]


def test_one_supposition_does_not_colour_the_next_sentence() -> None:
    text = "He may move house. A knife was found under the bed."
    assert [passage.hypothetical for passage in shown(text, "weapons")] == [False]


def test_a_sentence_is_denied_only_when_all_it_says_of_the_topic_is() -> None:
    assert [p.negated for p in shown("He has no gun; a machete was found in the car.", "weapons")] == [False]


def test_lines_are_read_apart() -> None:
    found = shown("Not attending appointments\nKnife found at address", "weapons")
    assert [(p.text, p.negated) for p in found] == [("Knife found at address", False)]


def test_only_narratives_that_were_read_are_looked_at() -> None:
    assert passages(value("A knife.", "person.family_name")) == ()
    assert passages(value("A knife.", status="blank")) == ()
    assert passages({}) == ()


def test_passages_stand_in_the_order_of_the_form_and_of_the_text() -> None:
    values = {**value("A gun on 1/2/2025.", "referral.reason"), **value("A knife, then a gun on 3/4/2025.")}
    order = [(NARRATIVES.index(p.key), p.start, p.end) for p in passages(values)]
    assert order == sorted(order)


def test_very_long_narratives_are_looked_at_only_so_far() -> None:
    text = "He has a knife. " * 5000
    began = time.perf_counter()
    found = passages({key: Value(key=key, status="read", value=text, confidence=1.0) for key in NARRATIVES})
    assert time.perf_counter() - began < 10
    assert len(found) == MOST
    assert all(passage.end <= LONGEST for passage in found)


DENIALS = ["no", "without", "no evidence of", "denies having", "never had", "no known"]
ENDS = ["but", "however", "although", ";"]
THINGS = {
    "weapons": ["knife", "gun", "machete"],
    "children": ["daughter", "baby", "nephew"],
    "media": ["journalist", "press"],
}
FILLERS = ["the", "old", "other", "such", "local"]


@given(st.sampled_from(DENIALS), st.sampled_from(list(THINGS)), st.data())
def test_a_denial_covers_what_follows_it(denial: str, topic: str, data: st.DataObject) -> None:
    thing = data.draw(st.sampled_from(THINGS[topic]))
    fill = " ".join(data.draw(st.lists(st.sampled_from(FILLERS), max_size=4)))
    text = f"There is {denial} {fill} {thing} here."
    assert [passage.negated for passage in shown(text, topic)] == [True]


@given(st.sampled_from(DENIALS), st.sampled_from(ENDS), st.sampled_from(list(THINGS)), st.data())
def test_no_denial_reaches_beyond_the_word_that_ends_it(denial: str, end: str, topic: str, data: st.DataObject) -> None:
    thing = data.draw(st.sampled_from(THINGS[topic]))
    text = f"There is {denial} work {end} he has the {thing}."
    assert [passage.negated for passage in shown(text, topic)] == [False]


@given(st.sampled_from(list(THINGS)), st.data())
def test_nothing_is_denied_or_supposed_without_a_word_that_says_so(topic: str, data: st.DataObject) -> None:
    words = data.draw(
        st.lists(st.sampled_from([*FILLERS, *THINGS[topic], "was", "found", "and", "in"]), min_size=1, max_size=15)
    )
    for passage in passages(value(" ".join(words))):
        assert not passage.negated
        assert not passage.hypothetical


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading_and_every_passage_keeps_its_place(text: str) -> None:
    for passage in passages(value(text)):
        assert text[passage.start : passage.end] == passage.text
        assert passage.topic in {
            "offence", "order", "sentence", "date", "law", "media", "senior_resources", "agencies", "weapons", "children", "domestic_abuse", "terrorism",
        }  # fmt: skip


def test_sentences_as_people_write_them_are_shown_and_their_denials_and_suppositions_seen() -> None:
    with Path(__file__).with_name("passage_sentences.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [
        row["sentence"]
        for row in rows
        if not any(
            (passage.negated, passage.hypothetical) == (row["denied"] == "yes", row["supposed"] == "yes")
            for passage in shown(row["sentence"], row["topic"])
        )
    ]
    assert len(rows) > 100
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "He attends the office every week and is usually on time.",
        "A bed has been asked for but none is offered yet.",
        "He accepts that alcohol played a part.",
        "His diabetes is managed with tablets.",
        "He missed three appointments in a row.",
        "He lives alone on the second floor.",
        "He drinks eight cans of lager a day.",
    ],
)
def test_ordinary_sentences_show_nothing(text: str) -> None:
    assert passages(value(text)) == ()
