"""Layouts in which areas ask the same questions: earlier answers beside new ones, labels on the right, panels side by side."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import known_for_sure
from extractors.matching.meant import behind
from extractors.models import Value
from extractors.read import read
from tests.extractors.documents import paragraph, run
from tests.extractors.test_area_forms import BOLD, PERSON, form, made, table, told

DAY = date(2026, 11, 20)
GREY, SLANTED = '<w:color w:val="808080"/>', "<w:i/>"


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("At last referral", "Now"),
        ("Previous referral", "This referral"),
        ("Previous", "Current"),
        ("As at last review (03/02/2026)", "At this review (20/11/2026)"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_an_earlier_answer_and_a_new_one_the_new_one_is_read(older: str, newer: str, turned: bool) -> None:
    rows = [
        ("", f"#{older}", f"#{newer}"),
        ("#Current address", "Old Road 1, Leeds", "12 New Street, Leeds"),
        ("#Overall risk of serious harm", "Very high", "High"),
        ("#Court", "Leeds Crown Court", ""),
    ]
    if turned:
        rows = [(label, new, old) for label, old, new in rows]
    found = form(table(2, *PERSON), table(3, *rows))
    assert told(found.values["person.current_address"]) == ("read", "12 New Street, Leeds", True)
    assert found.value("risk.overall") == "high"
    assert found.values["conviction.court"].status == "blank"


def test_a_row_that_asks_for_what_was_and_what_is_heads_no_columns() -> None:
    level = ("#Management level", "Previous", "2", "Current", "3")
    rows = [(label, answer, "", "", "") for label, answer in (("#Court", "Leeds"), ("#Nationality", "British"))]
    found = form(table(2, *PERSON), table(5, level, *rows))
    assert (found.value("conviction.court"), found.value("person.nationality")) == ("Leeds", "British")


def test_a_column_that_only_says_previous_is_no_earlier_answer() -> None:
    rows = (("#Order", "#Previous", "#Expires"), ("#Court", "Leeds Crown Court", ""))
    assert form(table(2, *PERSON), table(3, *rows)).value("conviction.court") == "Leeds Crown Court"


@pytest.mark.parametrize("across", [1, 2])
def test_labels_may_stand_right_of_their_answers(across: int) -> None:
    asked = (*PERSON, ("#Court", "Leeds"), ("#Nationality", "British"))
    pairs = [(answer, label) for label, answer in asked]
    rows = [tuple(part for pair in pairs[at : at + across] for part in pair) for at in range(0, len(pairs), across)]
    values = form(table(2 * across, *rows)).values
    keys = ("person.family_name", "person.date_of_birth", "conviction.court", "person.nationality")
    assert [values[key].value for key in keys] == ["Vance", "1988-12-09", "Leeds", "British"]


@pytest.mark.parametrize("first", ["{}", "Q{}", "1.{}", "Section {} part", "Yes"])
def test_what_stands_left_of_questions_is_no_answer_where_the_answers_stand_right(first: str) -> None:
    asked = (*PERSON, ("#Court", "Leeds"), ("#Nationality", "British"))
    rows = [(first.format(at), label, answer, "Seen") for at, (label, answer) in enumerate(asked, 9)]
    found = form(table(4, *rows))
    keys = ("person.family_name", "person.visor_ref", "conviction.court")
    assert [found.value(key) for key in keys] == ["Vance", "09/0013377", "Leeds"]


def test_panels_side_by_side_are_read_each_by_itself() -> None:
    sender = (("Name", "Nadia Farouk"), ("Post held", "Officer"), ("Agency", "Probation"), ("Endorsed", "Yes"))
    heads = (made("#THE PERSON", columns=2), "", made("#THE REFERRER", columns=2))
    person = [(label.removeprefix("#"), answer) for label, answer in PERSON]
    rows = [(*left, "", *right) for left, right in zip(person, (*sender, ("", ""), ("", "")), strict=True)]
    found = form(table(5, heads, *rows))
    assert told(found.values["referrer.name"])[:2] == ("read", "Nadia Farouk")
    assert (found.value("referrer.agency"), found.value("person.family_name")) == ("Probation", "Vance")
    assert found.values["person.release_address_approved"].status == "absent"


def test_a_wide_label_beside_a_wide_answer_heads_no_panels() -> None:
    pairs = [*PERSON, ("#Gender", "Male"), ("#Nationality", "British")]
    rows = [(*left, *right) for left, right in zip(pairs[::2], pairs[1::2], strict=False)]
    email = (made("#Secure email", columns=2), made("n.farouk@probation.example", columns=2))
    found = form(table(4, rows[0], email, *rows[1:]))
    assert found.value("referrer.email") == "n.farouk@probation.example"
    assert (found.value("person.family_name"), found.value("person.gender")) == ("Vance", "Male")


@pytest.mark.parametrize(
    ("label", "answer", "key", "value"),
    [
        ("Overall risk of serious harm", "Low / Medium / (High) / Very high", "risk.overall", "high"),
        ("Media interest", "(Y) / N", "referral.media_interest", "yes"),
        ("Media interest", "Yes / [No]", "referral.media_interest", "no"),
        ("MAPPA category", "(1) / 2 / 3 / 4", "category", ("1",)),
        ("Referral to level", "2 / (3)", "level_requested", "3"),
        ("Overall risk of serious harm", "Low  Medium  &gt;High&lt;  Very high", "risk.overall", "high"),
        ("Overall risk of serious harm", "Low  *Medium*  High  Very high", "risk.overall", "medium"),
    ],
)
def test_an_option_in_brackets_is_the_one_chosen_but_not_for_certain(
    label: str, answer: str, key: str, value: object
) -> None:
    found = form(table(2, *PERSON, (f"#{label}", answer))).values[key]
    assert found.value == value
    assert value is None or found.confidence < 0.9


@pytest.mark.parametrize(
    ("answer", "sure"),
    [
        ("Low / Medium / High / Very high", True),
        ("__ Low  __ Medium  __ High  __ Very high", True),
        ("(Low) / Medium / (High) / Very high", False),
        ("Low  *  Medium  *  High  *  Very high", True),
        ("Low / Medium / High! / Very high", False),
    ],
)
def test_options_of_which_none_is_marked_are_blank_and_a_strange_sign_makes_that_unsure(
    answer: str, sure: bool
) -> None:
    found = form(table(2, *PERSON, ("#Overall risk of serious harm", answer))).values["risk.overall"]
    assert told(found) == ("blank", None, sure)


@pytest.mark.parametrize("look", [GREY, SLANTED])
def test_what_steps_back_between_labels_and_answers_is_an_instruction(look: str) -> None:
    asked = (
        ("Reason for referral", "One or two lines.", "He has moved in with a family."),
        ("Previous convictions", "Related ones.", "See OASys"),
        ("Victim issues", "Names are left out.", "She fears a chance meeting."),
        ("Risk management plan", "Conditions, visits.", "Weekly visits."),
    )
    cells = [paragraph(run(a, BOLD)) + paragraph(run(b, look)) + paragraph(run(c)) for a, b, c in asked]
    values = form(table(2, *PERSON), *(table(1, (made(cell),)) + paragraph() for cell in cells)).values
    assert values["referral.reason"].value == "He has moved in with a family."
    assert values["conviction.previous"].status == "not_known"
    assert told(values["victim.issues"]) == ("read", "She fears a chance meeting.", True)
    boxed = [paragraph(run(a, BOLD)) + paragraph(run(b, look)) + table(1, (c,)) + paragraph() for a, b, c in asked]
    values = form(table(2, *PERSON), *boxed).values
    assert told(values["risk.management_plan"]) == ("read", "Weekly visits.", True)


MAIL = """MAPPA A
Surname: Vance
First name(s): Rhys
Date of birth: the ninth of December 1988
Gender: Male
Ethnicity: White British
PNC number: 2012/0394773H
Nationality: British
Court: Leeds Crown Court
Index offence: Robbery
Reason for referral: He has moved in with a family.
Name of referrer: Nadia Farouk
Victim issues: She has moved away.
"""
EARLIER = """
From: MAPPA Unit <mappa@example.org>
Sent: 06 November 2026 09:12
To: Farouk, Nadia
Subject: RE: form A

Please give us
Court: where it was
Name of referrer: your name
"""


def mailed(text: str) -> dict[str, Value]:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "desk@example.org", "MAPPA A"
    mail.set_content(text)
    (one,) = read(bytes(mail), "mail.eml", DAY).forms
    return dict(one.values)


@pytest.mark.parametrize("end", ["\nKind regards,\nNadia\n\nNadia Farouk | Officer | Tel: 01632 960118\n", EARLIER])
def test_a_form_in_a_mail_ends_at_the_sign_off_and_the_mail_answered(end: str) -> None:
    values = mailed(MAIL + end)
    assert told(values["victim.issues"]) == ("read", "She has moved away.", True)
    assert told(values["conviction.court"]) == ("read", "Leeds Crown Court", True)
    assert told(values["referrer.name"]) == ("read", "Nadia Farouk", True)
    assert values["person.date_of_birth"].value == "1988-12-09"
    assert values["referrer.phone"].status == "absent"


def test_a_form_in_a_mail_passed_on_is_read_without_the_head_of_that_mail() -> None:
    passed_on = MAIL.replace(": ", " - ").replace("Court", "Address - 12 New Street\nCourt")
    head = EARLIER.split("Please")[0].replace("Farouk, Nadia", "MAPPA Unit")
    values = mailed(
        f"Please log this one.\nVera\n{head}{passed_on}\nBest wishes\n\nNadia Farouk | Officer\nTel - 01632 960118"
    )
    assert told(values["referrer.name"]) == ("read", "Nadia Farouk", True)
    assert (values["person.current_address"].value, values["referrer.phone"].value) == ("12 New Street", None)
    assert values["referrer.date"].value is None


@pytest.mark.parametrize("said", ["not yet allocated", "To be identified", "yet to be appointed"])
def test_what_is_still_to_be_settled_is_an_empty_answer(said: str) -> None:
    assert mailed(MAIL + f"Victim liaison officer: {said}\n")["victim.liaison_officer"].status == "not_known"


@pytest.mark.parametrize("sign", [" - ", "; "])
def test_the_next_label_on_a_line_ends_a_long_answer(sign: str) -> None:
    values = mailed(MAIL.replace("Robbery\n", f"Robbery{sign}Date of conviction: 4 June 2024\n"))
    assert values["conviction.index_offence"].value == "Robbery"
    assert values["conviction.date"].value == "2024-06-04"
    told_of = mailed(MAIL.replace("Robbery\n", "Robbery - his third: it was dark\n"))
    assert told_of["conviction.index_offence"].value == "Robbery - his third: it was dark"


def test_a_form_below_a_sign_off_or_in_a_mail_passed_on_is_read() -> None:
    assert mailed("Please see the form below.\n\nKind regards\nSam\n" + EARLIER.split("Please")[0] + MAIL)[
        "conviction.court"
    ].value


def test_a_mail_with_a_thousand_sign_offs_looks_at_each_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def known(text: str, definition: Definition) -> bool:
        looked.append(text)
        return known_for_sure(text, definition)

    monkeypatch.setattr(behind, "known_for_sure", known)
    above, below = MAIL.split("Gender")
    assert mailed(above + "Regards\n" * 1000 + "Gender" + below)["conviction.court"].value == "Leeds Crown Court"
    assert len(looked) < 1100


@pytest.mark.parametrize("first", [True, False])
def test_initials_beside_one_of_the_options_below_a_question_choose_it(first: bool) -> None:
    cells = [("JB" if level == "Level 3" else "", level) for level in ("Level 2", "Level 3")]
    rows = cells if first else [(option, initials) for initials, option in cells]
    asked = paragraph(run("Level requested (tick ONE and initial)", BOLD))
    found = form(table(2, *PERSON), asked, table(2, *rows))
    assert found.value("level_requested") == "3"


def test_previous_convictions_in_a_table_are_no_questions_about_the_index_offence() -> None:
    heads = ("Date", "Offence", "Court", "Disposal")
    rows = (("12/05/2011", "Affray", "Ely Court", "Community order"), ("2016", "Assault", "Ely Court", "14 months"))
    asked = paragraph(run("Previous convictions", BOLD))
    found = form(table(2, *PERSON), asked, table(4, heads, *rows), paragraph(run("Prepared with the police.")))
    assert told(found.values["conviction.previous"])[:2] == (
        "read",
        "12/05/2011, Affray, Ely Court, Community order\n2016, Assault, Ely Court, 14 months",
    )
    assert found.value("conviction.court") is None and found.value("conviction.index_offence") is None


def test_prose_that_names_each_group_at_risk_is_one_answer() -> None:
    said = "Known adult: the victim and his wife. Public: anyone who stands up to him in drink."
    found = form(
        table(2, *((label.removeprefix("#"), answer) for label, answer in (*PERSON, ("Who is at risk and how", said))))
    )
    assert found.value("risk.summary") == said
    assert found.value("risk.public") is None and found.value("risk.known_adult") is None


def test_the_parts_of_an_address_may_stand_below_an_empty_cell() -> None:
    parts = (
        ("#Current address", "", "Line 1", "Bothy 3"),
        ("", "", "Town", "Longtown"),
        ("", "", "Postcode", "CA99 1LL"),
    )
    lines = [("#Surname", "", "Vance", ""), ("#Court", "", "Leeds", ""), ("#Gender", "", "Male", "")]
    found = form(table(2, *PERSON), table(4, *lines, *parts, ("#Nationality", "", "British", "")))
    assert found.value("person.current_address") == "Bothy 3\nLongtown\nCA99 1LL"


def test_columns_of_remarks_behind_the_answers_ask_nothing() -> None:
    asked = [(label.removeprefix("#"), answer) for label, answer in PERSON]
    asked += [("Address", "12 New Street"), ("Overall risk of serious harm", "High"), ("Media interest", "No")]
    remarks = ("PNC check", "Court list", "", "File")
    rows = [(label, answer, remarks[at % 4], "09/11/26" if at % 2 else "") for at, (label, answer) in enumerate(asked)]
    found = form(table(4, ("Item", "Detail", "Verified by", "On"), *rows))
    assert found.value("person.current_address") == "12 New Street"
    assert (found.value("risk.overall"), found.value("referral.media_interest")) == ("high", "no")
    assert found.values["conviction.court"].value is None


def test_a_table_of_ticks_under_two_headings_is_no_pair_of_panels() -> None:
    heads = (made("Risk of serious harm", columns=2), made("Level", columns=4))
    options = ("Group", "Who", "L", "M", "H", "VH")
    rows = (
        ("Public", "Men in bars", "", "", "X", ""),
        ("Children", "none", "X", "", "", ""),
        ("Staff", "", "", "X", "", ""),
    )
    found = form(table(2, *PERSON), table(6, heads, options, *rows))
    assert [found.value(f"risk.{group}") for group in ("public", "children", "staff")] == ["high", "low", "medium"]


def test_a_senior_officer_beside_the_referrer_need_not_have_agreed_level_2() -> None:
    sender = (("#Name of referrer", "Aidan Molloy"), ("#Job title", "Officer"), ("#SPO", "Bernadette Shaw"))
    assert form(table(2, *PERSON, *sender)).values["local_agreement.spo"].confidence < 0.9


def test_a_bold_label_that_ends_like_an_option_is_no_answer_to_the_one_before() -> None:
    asked = (("Level requested:", "  3"), ("Current MAPPA level:", "  2"), ("Court:", "  Leeds"), ("Gender:", "  Male"))
    lines = [paragraph(run(label, BOLD), run(answer)) for label, answer in asked]
    assert form(table(2, *PERSON), *lines).value("level_requested") == "3"


def test_labels_worded_like_options_far_apart_are_no_list_of_options() -> None:
    rows = [
        ("#Reason for this notification", "CPA"),
        *PERSON,
        ("#Admission", "02/10/2020"),
        ("#Restricted patient", "Yes"),
    ]
    rows += [("#Responsible Clinician", "Dr Tom Ilves"), ("#Tribunal", "14/01/2027")]
    found = form(table(2, *rows), code="MAPPA I")
    assert (found.value("hospital.tribunal_date"), found.value("hospital.trigger")) == ("2027-01-14", ("cpa",))


def test_groups_at_risk_named_on_rows_are_answered_by_the_one_column_of_options() -> None:
    heads = ("Risk to", "Level", "Who exactly", "When greatest")
    rows = (("Children", "High", "Girls of ten", "Holidays"), ("Public", "Low", "-", "-"), ("Staff", "", "", ""))
    rows += (("Overall", "High", "", ""),)
    values = form(table(2, *PERSON, ("#Court", "Leeds")), table(4, heads, *rows)).values
    assert [values[f"risk.{group}"].value for group in ("children", "public", "staff", "overall")] == [
        "high",
        "low",
        None,
        "high",
    ]
    assert values["risk.children"].confidence < 0.9


def test_a_name_that_begins_a_table_is_of_whoever_is_asked_for_behind_it() -> None:
    sender = (("#Name", "Jill Catt"), ("#Job title", "Care co-ordinator"), ("#Telephone", "01632 960508"))
    found = form(table(2, *PERSON, ("#Victim issues", "They live nearby.")), paragraph(), table(2, *sender))
    assert found.value("referrer.name") == "Jill Catt"
    assert found.values["victim.liaison_officer"].value is None


@pytest.mark.parametrize("label", ["Level", "MAPPA level"])
def test_a_level_in_the_head_of_a_referral_is_the_one_asked_for(label: str) -> None:
    head = (("#MAPPA area", "North Fells"), ("#Referral date", "02/11/2026"), (f"#{label}", "Level 2"))
    assert form(table(2, *head, *PERSON)).value("level_requested") == "2"
