"""Forms as agencies put them together: instructions in italics, numbered rows, ladders of levels, notices at the end."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.models import FormReading
from extractors.read import read
from tests.extractors.documents import docx, legacy_field, paragraph, run
from tests.extractors.test_area_forms import BOLD, PERSON, form, made, table, told

DAY = date(2026, 11, 20)
ITALIC = "<w:i/>"
ASKED = (
    ("What is the person's surname?", "", "Tolliver"),
    ("First name(s)", "", "Bradley James"),
    ("Date of birth", "", "3rd February 1988"),
    ("Gender", "", "Male"),
    ("Nationality", "", "British"),
    ("PNC ID", "", "2012/0123456Y"),
    ("Index offence", "", "Robbery"),
    ("What sentence was passed?", "Type and length.", "5 years in prison"),
    ("How does the person describe their ethnicity?", "Words say more than a code does.", "White British"),
    ("Where does the person live now?", "If of no fixed abode, say which area.", "14 Tanners Row\nLedwick"),
)


def asked(*questions: tuple[str, str, str], end: str = "") -> FormReading:
    """A form of bold questions on lines of their own, each with its note in italics, if any, above its answer."""
    lines = [paragraph(run("MAPPA A"))]
    for question, note, answer in questions:
        lines.append(paragraph(run(question, BOLD)))
        lines += [paragraph(run(note, ITALIC))] if note else []
        lines += [paragraph(run(line)) for line in answer.splitlines()]
    return read(docx("".join([*lines, end])), "form.docx", DAY).forms[0]


def test_instructions_in_italics_between_questions_and_answers_are_no_answers() -> None:
    values = asked(*ASKED).values
    assert told(values["conviction.sentence"])[:2] == ("read", "5 years in prison")
    assert told(values["person.ethnicity"]) == ("read", "White British", True)
    assert told(values["person.current_address"]) == ("read", "14 Tanners Row\nLedwick", True)


def test_one_line_in_italics_that_may_be_part_of_an_answer_leaves_it_in_doubt() -> None:
    told_so = ("Victim issues", "Frightened of him.", "She has moved away.")
    found = asked(*((question, "", answer) for question, _, answer in ASKED), told_so).values["victim.issues"]
    assert found.confidence < 0.9


def test_answers_all_in_italics_stay_answers() -> None:
    lines = [
        paragraph(run(text, look))
        for question, _, answer in ASKED
        for text, look in ((question, BOLD), *((line, ITALIC) for line in answer.splitlines()))
    ]
    values = read(docx(paragraph(run("MAPPA A")) + "".join(lines)), "form.docx", DAY).forms[0].values
    assert values["person.current_address"].value == "14 Tanners Row\nLedwick"
    assert values["person.family_name"].value == "Tolliver"


@pytest.mark.parametrize(
    "notice",
    [
        "Data protection: what you tell us is shared only with agencies that are part of MAPPA.",
        "Please return this form to the MAPPA unit.",
        "This form will be destroyed after seven years.",
    ],
)
def test_a_notice_at_the_end_of_a_form_is_no_part_of_its_last_answer(notice: str) -> None:
    comments = ("Manager's comments", "", "I agree with this.")
    found = asked(*ASKED, comments, end=paragraph(run(notice))).values["endorsement.comments"]
    assert told(found) == ("read", "I agree with this.", False)


def test_a_heading_that_says_nothing_but_its_number_ends_the_answer_before_it() -> None:
    found = asked(
        *ASKED, ("Victim issues", "", "None known."), ("Part 8 – About you", "", ""), ("Your name", "", "S. Rourke")
    )
    assert told(found.values["victim.issues"])[:2] == ("read", "None known.")


def test_a_question_goes_to_its_question_mark_whatever_stands_before_a_colon_in_it() -> None:
    senior = "For level 3 only: why are senior representatives or unusual resources needed?"
    found = asked(*ASKED, (senior, "", "National press."), ("Victim issues", "", "None known."))
    assert found.values["referral.senior_need"].value == "National press."


def test_boxes_right_below_a_heading_answer_what_the_heading_names() -> None:
    boxes = "☐ Category 1 – registered sexual offender\n☒ Category 2 – violent offender\n☐ Category 3 – other dangerous"
    found = asked(*ASKED, ("Part 2 – Which category?", "Tick one only.", boxes), ("Victim issues", "", "None known."))
    assert told(found.values["category"]) == ("read", ("2",), False)


def test_a_lettered_heading_worded_as_a_label_is_no_question_left_blank() -> None:
    lines = (
        "A. THE CHILD", "Last name:\tOkonjo", "First names:\tTyrese", "DOB:\t01/02/2010", "Ethnic group:\tMixed",
        "C. THE ORDER OF THE COURT", "Offence(s):\tRobbery", "Convicted on:\t4 December 2025",
        "Sentenced on:\t18 December 2025", "Sentence and length:\tDetention and training order, 18 months",
    )  # fmt: skip
    body = "".join(
        paragraph(run(head + sign, BOLD), run(rest)) for head, sign, rest in (line.partition(":") for line in lines)
    )
    values = read(docx(paragraph(run("MAPPA H")) + body), "form.docx", DAY).forms[0].values
    assert values["conviction.sentence"].value == "Detention and training order, 18 months"


def test_a_column_of_question_numbers_says_nothing_else() -> None:
    rows = [(f"{at}.{at}", label.strip("#"), answer) for at, (label, answer) in enumerate(PERSON, 1)]
    found = form(table(3, ("No.", "Question", "Answer"), *rows)).values
    assert told(found["person.family_name"]) == ("read", "Vance", True)
    assert told(found["person.date_of_birth"]) == ("read", "1988-12-09", True)


def bold(text: str) -> str:
    return made(paragraph(run(text, BOLD)))


def test_a_ladder_of_bold_headings_inside_a_form_of_shaded_labels_is_read_column_by_column() -> None:
    who = ("Overall", "Public", "Known adult", "Children")
    ladder = (
        (made("#6. Risk of serious harm", 4),),
        tuple(bold(one) for one in who),
        ("Very high", "Medium", "High", "Low"),
    )
    person = ((f"#{label.strip('#')}", answer, "#Nationality", "British") for label, answer in PERSON)
    found = form(table(4, *person, *ladder, (made("#Victim issues", 4),), (made("None known", 4),))).values
    levels = [found[f"risk.{key}"].value for key in ("overall", "public", "known_adult", "children")]
    assert levels == ["very_high", "medium", "high", "low"]


def test_headings_above_one_row_are_labels_in_a_table_that_has_no_others() -> None:
    one_row = table(
        4, ("Name", "Role", "Phone", "Secure email"), ("Carys Oakhill", "Social worker", "01632 960870", "c@x.example")
    )
    found = form(table(2, *PERSON), paragraph(run("Referred by", BOLD)), one_row).values
    assert [found[f"referrer.{key}"].value for key in ("name", "role", "phone", "email")] == [
        "Carys Oakhill", "Social worker", "01632 960870", "c@x.example",
    ]  # fmt: skip


def test_an_answer_that_repeats_its_label_takes_no_answer_from_the_next_one() -> None:
    person = ((f"#{label.strip('#')}", answer, "#Religion", "None") for label, answer in PERSON)
    numbers = ("#PNC", "#CRO", "#Prison number", "#CRN"), ("PNC: 2012/0123456Y", "CRO 029906/12J", "A1234BC", "X123456")
    found = form(table(4, *person, *numbers)).values
    assert [found[f"person.{key}"].value for key in ("pnc_id", "cro_number")] == ["2012/0123456Y", "029906/12J"]


def test_an_answer_that_begins_like_another_label_stays_whole() -> None:
    sentence = "Extended determinate sentence: 14 years in custody and 6 on licence"
    found = form(table(2, *PERSON, ("#Index offence", "Rape"), (made("#Sentence", 2),), (made(sentence, 2),))).values
    assert found["conviction.sentence"].value == sentence


def test_one_date_for_sentence_and_licence_is_told_for_both() -> None:
    found = form(table(2, *PERSON, ("#Sentence and licence expiry date (SLED)", "28/08/2027"))).values
    assert found["dates.sentence_expiry"].value == found["dates.licence_expiry"].value == "2027-08-28"
    assert found["dates.licence_expiry"].confidence < 0.9


def test_a_marking_below_the_covering_words_of_a_mail_is_read_from_its_line() -> None:
    lines = ("Hi Tricia", "Here is the form.", "Sorry it is late.", "Thanks", "Mo", "", "MAPPA FORM H", "OFFICIAL - SENSITIVE",
             "Ethnicity: White", "PNC ID: 2012/0123456Y", "Surname: Brackenreid", "Forename: Kayden", "Date of birth: 14.8.2009", "Index offence: Robbery",
             "Victim issues: known to the police as a confidential source")  # fmt: skip
    mail = "Subject: MAPPA H\nFrom: a@x.example\n\n" + "\n\n".join(lines)
    values = read(mail.encode(), "mail.eml", DAY).forms[0].values
    assert values["marking"].value == "OFFICIAL - SENSITIVE"


QUESTIONS = (
    ("Surname", "Dunbavin"), ("First names", "Corey"), ("Date of birth", "02/05/2009"), ("Gender", "Male"),
    ("Ethnicity", "White British"), ("Court", "Saltmere Youth Court"), ("Sentence", "Detention, 3 years"),
    ("Social worker (children's services)", "see AssetPlus"), ("Victim issues", "Staff were put at risk."),
)  # fmt: skip


def mailed(*lines: str) -> FormReading:
    text = "Subject: MAPPA H\nFrom: a@x.example\n\nMAPPA H notification\n\n" + "\n".join(lines) + "\n"
    return read(text.encode(), "mail.eml", DAY).forms[0]


@pytest.mark.parametrize(("q", "a"), [("Q{}. ", "A. "), ("Q: ", "A: "), ("Question {}) ", "Answer: ")])
def test_letters_that_say_what_is_question_and_what_answer_belong_to_neither(q: str, a: str) -> None:
    lines = (f"{q.format(at)}{ask}?\n{a}{say}\n" for at, (ask, say) in enumerate(QUESTIONS, 1))
    values = mailed(*lines).values
    assert told(values["person.family_name"]) == ("read", "Dunbavin", True)
    assert values["conviction.court"].value == "Saltmere Youth Court"
    assert values["safeguarding.childrens_services"].status == "not_known"


def test_rows_of_signs_between_parts_are_no_answers_and_capitals_are_labels() -> None:
    asked = [f"{ask.upper()}\n{say}\n" for ask, say in QUESTIONS]
    sender = ("NOTIFIED BY", "-" * 40, "NAME", "Nell Varley", "", "JOB TITLE", "CPN", "", "DATE", "6 May 2026")
    values = mailed("=" * 40, *asked, *sender).values
    assert [values[f"referrer.{key}"].value for key in ("name", "role", "date")] == ["Nell Varley", "CPN", "2026-05-06"]


def test_dots_lead_from_labels_to_answers_also_where_a_bracket_or_nothing_stands_beside_them() -> None:
    lines = [f"{ask} ...... {say}" for ask, say in QUESTIONS if ask != "Date of birth"]
    lines += ["Date of birth (day, month, year) ...... 3/3/1992", "ViSOR reference ......", "PNC ID ...... not known"]
    body = "".join(paragraph(run(line)) for line in ("MAPPA H", *lines))
    values = read(docx(body), "form.docx", DAY).forms[0].values
    assert told(values["person.date_of_birth"]) == ("read", "1992-03-03", True)
    assert [values[f"person.{key}"].status for key in ("visor_ref", "pnc_id")] == ["blank", "not_known"]


def test_boxes_with_several_labels_on_a_line_are_read_part_by_part() -> None:
    def box(title: str, *lines: str) -> str:
        said = "".join(paragraph(*(piece for pair in line.split("  ") for piece in bolded(pair))) for line in lines)
        return table(1, (made(f"#{title}"),), (made(said),)) + paragraph()

    def bolded(pair: str) -> tuple[str, str]:
        label, answer = pair.split(": ")
        return run(f"{label}: ", BOLD), run(f"{answer}    ")

    found = form(
        box("About the offender", "Name: Marlon WESTACOTT", "Date of birth: 23.04.90  Gender: Male", "PNC ID: 2012/0123456Y  CRN: D440112"),
        box("About the offence", "Index offence: Robbery", "Convicted: 4 Feb 2022  Court: Moors Crown Court", "Sentence: 6 years  Date of sentence: 4 March 2022"),
        box("Dates", "Release: 03/03/2026  SED: 03/03/2028  LED: 04/03/2028"),
        box("Victims and safeguarding", "Victim concerns: Still live there.", "Children: No  Adults: Yes", "Domestic abuse: No  MARAC: No"),
    )  # fmt: skip
    assert {key: found.values[key].value for key in ("conviction.date", "conviction.court", "dates.release", "dates.licence_expiry")} == {
        "conviction.date": "2022-02-04", "conviction.court": "Moors Crown Court", "dates.release": "2026-03-03", "dates.licence_expiry": "2028-03-04",
    }  # fmt: skip
    assert [found.values[f"safeguarding.{who}"].value for who in ("children", "adults")] == ["no", "yes"]


def test_a_label_does_not_go_on_behind_an_answer_on_the_line_before() -> None:
    lines = paragraph(run("Level: ", BOLD), run("2")) + paragraph(
        run("Reason: ", BOLD), run("Active planning is needed.")
    )
    person = "".join(paragraph(run(f"{label.strip('#')}: ", BOLD), run(answer)) for label, answer in PERSON)
    found = form(
        table(1, (made("#Offender"),), (made(person),)), paragraph(), table(1, (made("#Referral"),), (made(lines),))
    )
    assert found.values["referral.reason"].value == "Active planning is needed."
    assert found.values["level_requested"].value == "2"


def test_options_that_name_what_is_asked_are_read_under_a_label_nobody_knows_and_are_no_name() -> None:
    level = made(paragraph(run("Level 2", BOLD), run(" / Level 3")))
    values = form(
        table(2, ("#Going to", level), *PERSON[1:], ("#PNC ID", "2012/0123456Y"), ("#Referral to", "Level 2 / Level 3"))
    ).values
    assert told(values["level_requested"]) == ("read", "2", False)
    assert values["person.family_name"].value is None


def test_stars_round_headings_and_dashes_before_labels_are_read_as_headings_and_labels() -> None:
    lines = [f"- {ask}: {say}" for ask, say in QUESTIONS]
    values = mailed(
        "*Child*", "", *lines[:5], "", "*Conviction*", "", *lines[5:7], "", "*Risk*", "", *lines[7:], "", "*Us*"
    ).values
    assert told(values["person.ethnicity"]) == ("read", "White British", True)
    assert told(values["conviction.court"]) == ("read", "Saltmere Youth Court", True)
    assert values["conviction.index_offence"].status == "absent"


def test_what_is_filled_in_is_no_part_of_the_label_behind_it() -> None:
    def field(text: str) -> str:
        return legacy_field("FORMTEXT", "<w:textInput/>", run(text))

    person = [paragraph(run(f"{label.strip('#')}: "), field(answer)) for label, answer in PERSON]
    line = paragraph(run("Job title: "), field("Ward manager"), run("  Telephone: "), field("01632 960909"))
    values = form(*person, line).values
    assert told(values["referrer.role"])[:2] == ("read", "Ward manager")
    assert told(values["referrer.phone"])[:2] == ("read", "01632 960909")


def test_a_column_for_details_beside_yes_and_no_is_no_question_of_its_own() -> None:
    ladder = table(
        4,
        ("#Concerns", "#Yes", "#No", "#If yes, details"),
        ("Safeguarding children", "✓", "", "Two daughters aged 6 and 8."),
        ("Domestic abuse", "", "✓", ""),
        ("MARAC", "", "✓", ""),
    )
    values = form(table(2, *PERSON, ("#Index offence", "Robbery")), paragraph(), ladder).values
    assert values["conviction.details"].status == values["disclosure.details"].status == "absent"
    assert [values[f"safeguarding.{what}"].value for what in ("children", "domestic_abuse", "marac")] == [
        "yes",
        "no",
        "no",
    ]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Youth justice MAPPA notification (Form H)", "H"),
        ("Referral to level 2 or 3 (MAPPA FORM A)", "A"),
        ("A new submission has been received from your web form MAPPA H.", "H"),
    ],
)
def test_the_code_behind_a_title_says_which_form_it_is(title: str, code: str) -> None:
    found = form(table(2, *PERSON, ("#Index offence", "Robbery"), ("#Court", "Leeds")), code=title)
    assert found.form == code
    assert found.values["person.family_name"].confidence >= 0.9


def test_a_form_named_in_brackets_for_another_purpose_is_not_the_form() -> None:
    title = "MAPPA H</w:t></w:r></w:p><w:p><w:r><w:t>For level 2 or 3 do not use this form (use Form A)"
    assert form(table(2, *PERSON, ("#Index offence", "Robbery")), code=title).form == "H"
