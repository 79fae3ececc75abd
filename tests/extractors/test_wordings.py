"""Labels whose wording nobody has listed: what they are built of tells which key they ask for, and how surely."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from extractors.forms.definitions import OTHER, definition
from extractors.matching.labels.hits import NEAR, claims
from extractors.models import FormCode, Value
from extractors.read import read
from extractors.wording import BUILT, Pattern, Wording
from tests.extractors.documents import cell, docx, paragraph, row, run

FORMS: tuple[FormCode, ...] = ("A", "H", "I")
SURE = 0.9
AROUND = (
    ("Last name", "Vance"),
    ("First name(s)", "Rhys"),
    ("Date of birth", "09/12/1988"),
    ("Gender", "Male"),
    ("Nationality", "British"),
    ("PNC ID", "2012/0123456Y"),
    ("Name of referrer", "Nadia Farouk"),
)
STATELESS = tuple(question for question in AROUND if question[0] != "Nationality")


def _asked(label: str) -> str | None:
    found, _ = claims(label, definition("A"), NEAR)
    return found[0].owner if found else None


def _read(*questions: tuple[str, str], around: tuple[tuple[str, str], ...] = AROUND) -> dict[str, Value]:
    shaded = '<w:shd w:val="clear" w:color="auto" w:fill="D9E2EC"/>'
    rows = (
        row(cell(paragraph(run(label)), look=shaded), cell(paragraph(run(answer))))
        for label, answer in (*around, *questions)
    )
    grid = '<w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="6000"/></w:tblGrid>'
    body = paragraph(run("MAPPA A")) + f"<w:tbl>{grid}{''.join(rows)}</w:tbl>"
    return dict(read(docx(body), "form.docx", date(2026, 11, 20)).forms[0].values)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Licence period terminates (date)", "dates.licence_expiry"),
        ("Harm to other inmates", "risk.prisoners"),
        ("Radicalisation or extremism concerns?", "referral.terrorism"),
        ("Remarks from the countersigning manager", "endorsement.comments"),
        ("Admitted to hospital on", "hospital.admission_date"),
        ("C.R.O. No.", "person.cro_number"),
        ("Countersigned on", "endorsement.date"),
    ],
)
def test_a_label_is_known_by_the_words_it_is_built_of(label: str, key: str) -> None:
    assert _asked(label) == key


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Licence period terminates for the neighbour", "dates.licence_expiry"),
        ("Harm to other inmates' property", "risk.prisoners"),
        ("Present address of the workplace", "person.current_address"),
        ("Position held in the tenants' association", "referrer.role"),
        ("Interpreter's telephone, direct line", "referrer.phone"),
    ],
)
def test_one_telling_word_more_says_something_else(label: str, key: str) -> None:
    labels = definition("A").labels
    assert all(match.score < BUILT for match in labels.nearest(label, NEAR) if match.owner == key)


def test_what_only_a_pattern_knows_is_shown_as_unsure() -> None:
    value = _read(("Licence period lapses", "01/02/2031"))["dates.licence_expiry"]
    assert value.value == "2031-02-01"
    assert value.confidence < SURE
    assert "worded unlike those known" in value.doubts[0]


def test_a_dash_may_turn_a_known_label_to_another() -> None:
    found = _read(("RoSH - general members of the public", "High"))
    assert (found["risk.public"].value, found["risk.overall"].value) == ("high", None)


def test_a_note_that_names_another_field_turns_the_label() -> None:
    found = _read(("Agency (tick type)", "Police"))
    assert (found["referrer.agency_type"].value, found["referrer.agency"].value) == ("police", None)


@pytest.mark.parametrize("parted", [False, True])
def test_options_printed_behind_a_label_are_no_part_of_it(parted: bool) -> None:
    options = (run("Level 2 / "), run("Level 3", look='<w:highlight w:val="yellow"/>'))
    asked = "Referring to level "
    label = paragraph(run(asked)) + paragraph(*options) if parted else paragraph(run(asked), *options)
    questions = "".join(row(cell(paragraph(run(asked), run(f": {answer}")))) for asked, answer in AROUND)
    body = f"<w:tbl><w:tblGrid><w:gridCol w:w='9000'/></w:tblGrid>{questions}{row(cell(label))}</w:tbl>"
    made = docx(paragraph(run("MAPPA A")) + body)
    assert read(made, "form.docx", date(2026, 11, 20)).forms[0].value("level_requested") == "3"


def test_the_title_of_a_form_of_bare_lines_is_no_question() -> None:
    lines = [line for question in AROUND for line in question]
    body = "".join(paragraph(run(text)) for text in ("MAPPA A", "Referral to level 2 or level 3", *lines))
    value = read(docx(body), "form.docx", date(2026, 11, 20)).forms[0].values["level_requested"]
    assert value.status == "absent"


def test_a_label_narrowed_to_what_nobody_knows_is_not_sure() -> None:
    assert _read(("RoSH - neighbours", "High"))["risk.overall"].confidence < SURE
    assert _read(("RoSH", "High"))["risk.overall"].confidence >= SURE


@pytest.mark.parametrize("label", ["Nationality (partner)", "Nationality (previous)"])
def test_a_bracket_that_turns_a_label_makes_it_unsure(label: str) -> None:
    assert _read((label, "Polish"), around=STATELESS)["person.nationality"].confidence < SURE


def test_whose_telephone_is_asked_for_matters_though_the_word_is_light() -> None:
    found = _read(("Offender's email address", "jm@example.com"), ("Offender's contact number", "07700 900123"))
    assert (found["referrer.email"].value, found["referrer.phone"].value) == (None, None)


def test_the_job_of_the_person_is_not_surely_the_referrer_s() -> None:
    assert _read(("Offender's job title", "Driver"))["referrer.role"].confidence < SURE
    assert _read(("Offender's nationality", "Polish"), around=STATELESS)["person.nationality"].confidence >= SURE


@pytest.mark.parametrize("form", FORMS)
def test_the_least_that_a_pattern_asks_for_is_no_other_key_s(form: FormCode) -> None:
    patterns = [(owner, pattern) for owner, pattern in definition(form).labels.patterns if owner != OTHER]
    least = {(owner, frozenset(words)) for owner, pattern in patterns for words in product(*pattern.needs)}
    both = [
        (sorted(words), owner, other)
        for owner, words in least
        for other, pattern in patterns
        if other != owner and pattern.fits(words)
    ]
    assert not both


def test_a_pattern_that_needs_a_dropped_word_is_refused() -> None:
    with pytest.raises(ValueError, match="no part of a wording"):
        Pattern.of("licence the/of (date)", Wording(drop=frozenset({"the", "of"})))


def test_a_label_that_begins_with_an_option_of_the_question_before_is_a_label() -> None:
    asked = (*AROUND, ("Endorsed by line manager", "Yes"), ("Endorsed on", "18 July 2020"))
    body = "".join(paragraph(run(f"{label}: {answer}")) for label, answer in asked)
    found = read(docx(paragraph(run("MAPPA A")) + body), "form.docx", date(2026, 11, 20)).forms[0]
    assert (found.value("endorsement.endorsed"), found.value("endorsement.date")) == ("yes", "2020-07-18")
