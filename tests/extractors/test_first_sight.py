"""What forms had that were written before anybody looked at the reader: each test is one way in which people fill them in."""

from __future__ import annotations

from datetime import date

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.read import read
from tests.extractors.documents import paragraph, run
from tests.extractors.drawn import drawn
from tests.extractors.test_area_forms import BOLD, PERSON, STRUCK, form, made, table, told

DAY = date(2026, 11, 20)


def test_a_column_that_nobody_knows_makes_a_table_doubtful_that_lacks_one() -> None:
    heads = ("#Agency", "#Name", "#Role", "#Tel / e-mail"), ("#Agency", "#Name", "#Role", "#Where met")
    for heading, sure in zip(heads, (True, False), strict=True):
        rows = (heading, ("Police", "Ben Hale", "Sergeant", "01632 960012"), ("Housing", "Una Vale", "Officer", ""))
        found = form(table(2, *PERSON), table(4, *rows)).values["agencies"]
        assert isinstance(found.value, tuple) and (found.confidence >= 0.9) is sure
        assert [row["contact"] for row in found.value if isinstance(row, dict)] == [
            "01632 960012" if sure else None,
            None,
        ]


@pytest.mark.parametrize("shade", ["", "#"])
@pytest.mark.parametrize("first", [False, True])
def test_a_category_may_have_its_number_and_its_meaning_in_columns_of_their_own(shade: str, first: bool) -> None:
    meanings = ("Registered sexual offender", "Violent or other sexual offender", "Other dangerous offender")
    rows = [(f"{shade}Category {n}", said, "X" if n == 2 else "") for n, said in enumerate(meanings, 1)]
    rows = [(tick, number, said) for number, said, tick in rows] if first else rows
    found = form(table(2, *PERSON), paragraph(run("1. Category (mark one with X)", BOLD)), table(3, *rows))
    assert told(found.values["category"]) == ("read", ("2",), True)


def test_what_people_type_on_dots_and_underscores_is_the_answer_without_them() -> None:
    lines = (
        "Surname: __Vance__",
        "Date of birth: ..9th December 1988....",
        "Gender: _M_   Ethnicity: __White British__",
    )
    found = form(*(paragraph(run(line)) for line in (*lines, "First name(s): __Rhys__", "PNC no: ______")))
    keys = ("person.family_name", "person.date_of_birth", "person.gender", "person.ethnicity", "person.given_names")
    assert [found.value(key) for key in keys] == ["Vance", "1988-12-09", "M", "White British", "Rhys"]


def test_a_label_with_its_options_right_behind_it_ends_the_answer_before() -> None:
    lines = ("Court: Leeds", "Index offence: Robbery", "Victim issues: They do not want contact.")
    asked = (
        paragraph(run("Child protection concerns  Y / "), run("N", STRUCK)),
        paragraph(run("Weapons marker  Yes / "), run("No", STRUCK)),
    )
    found = form(table(2, *PERSON), *(paragraph(run(line)) for line in lines), *asked)
    assert found.value("victim.issues") == "They do not want contact."
    assert found.value("safeguarding.children") == "yes"


def two_columns(canvas: Canvas) -> None:
    """Fields in two columns, each with its rule below, which are nowhere level."""
    left = (
        ("Surname", "Vance"),
        ("First name(s)", "Rhys"),
        ("Date of birth", "09/12/1988"),
        ("Gender", "Male"),
        ("Ethnicity", "White British"),
        ("PNC ID", "2012/0394773H"),
    )
    right = (
        ("Index offence", "Robbery of a shop with|an imitation firearm"),
        ("Court", "Leeds Crown Court"),
        ("Nationality", "British"),
        ("ViSOR reference", "09/0013377"),
        ("Sentence", "Four years"),
    )
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(40, 790, "MAPPA A")
    for x, y, fields in ((40, 760, left), (310, 755, right)):
        for label, answer in fields:
            canvas.setFont("Helvetica-Bold", 7.5)
            canvas.drawString(x, y, label)
            canvas.setFont("Helvetica", 9.5)
            for said in answer.split("|"):
                y -= 9.5
                canvas.drawString(x, y, said)
            canvas.line(x, y - 3, x + 245, y - 3)
            y -= 13


def test_two_columns_of_fields_with_rules_of_their_own_are_read_each_by_itself() -> None:
    found = read(drawn(two_columns), "form.pdf", DAY).forms[0]
    keys = ("person.family_name", "person.pnc_id", "conviction.index_offence", "conviction.court", "person.visor_ref")
    assert [found.value(key) for key in keys] == [
        "Vance",
        "2012/0394773H",
        "Robbery of a shop with an imitation firearm",
        "Leeds Crown Court",
        "09/0013377",
    ]


@pytest.mark.parametrize(
    ("title", "row", "marking"),
    [
        (
            "Referral to level 2 or 3 of the arrangements for public protection | South Wold Board | RESTRICTED",
            "",
            "RESTRICTED",
        ),
        ("Referral to level 2 or 3 by the board of South Wold", "OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"),
        ("Notified by the board of South Wold as OFFICIAL-SENSITIVE (PERSONAL)", "", "OFFICIAL-SENSITIVE (PERSONAL)"),
        ("Referral to level 2 or 3 by the board of South Wold", "It was restricted", None),
        ("Public Protection Unit", "", None),
        ("Confidential service of South Wold", "", None),
        ("Confidential", "", "Confidential"),
    ],
)
def test_a_marking_may_stand_behind_a_bar_or_alone_on_a_row(title: str, row: str, marking: str | None) -> None:
    alone = (made(row, columns=2),)
    found = form(paragraph(run(title)), table(2, alone, *PERSON) if row else table(2, *PERSON))
    assert found.value("marking") == marking


@pytest.mark.parametrize(
    ("label", "answer", "key"),
    [
        ("Referral to", "Wold MAPPA unit", "referrer.name"),
        ("Referred to", "Wold MAPPA unit", "referrer.name"),
        ("Is the offender in custody", "Yes", "person.location"),
        ("Is the patient detained", "Yes", "hospital.order"),
    ],
)
def test_whom_a_form_goes_to_and_a_bare_yes_are_no_sure_answers(label: str, answer: str, key: str) -> None:
    assert form(table(2, *PERSON, (f"#{label}", answer))).values[key].confidence < 0.9


def test_fields_and_fills_whose_sides_are_drawn_make_two_columns_still() -> None:
    def page(canvas: Canvas) -> None:
        two_columns(canvas)
        canvas.rect(40, 640, 245, 15)
        canvas.drawString(305, 700, "\u00b7")

    assert read(drawn(page), "form.pdf", DAY).forms[0].value("conviction.court") == "Leeds Crown Court"


@pytest.mark.parametrize(
    "heading", ["Offender details", "Parent or carer", "Key contact at the school", "Line manager", ""]
)
def test_how_somebody_else_is_reached_is_never_surely_how_the_referrer_is(heading: str) -> None:
    theirs = (("#Telephone", "01632 960777"), ("#Email", "theirs@home.example"))
    apart = (paragraph(run(heading, BOLD)), table(2, ("#Name", "Ann Vance"), *theirs)) if heading else ()
    mine = (paragraph(run("Referrer", BOLD)), table(2, ("#Name", "Una Vale"), ("#Email", "una@wold.example")))
    person = table(2, *PERSON, *(() if heading else theirs))
    alone, both = form(person, *apart, mine[0], table(2, ("#Name", "Una Vale"))), form(person, *apart, *mine)
    for key in ("referrer.phone", "referrer.email"):
        assert alone.values[key].confidence < 0.9
    assert told(both.values["referrer.email"]) == ("read", "una@wold.example", True)


@pytest.mark.parametrize(
    "heading", ["Victim details", "Family members", "Details of the complainant", "Parent or carer", "Partner"]
)
def test_details_under_the_name_of_somebody_else_are_never_surely_the_persons(heading: str) -> None:
    theirs = (("#Nationality", "Polish"), ("#PNC", "2012/0394773H"), ("#Court", "Leeds"))
    found = form(table(2, *PERSON), paragraph(run(heading, BOLD)), table(2, *theirs)).values
    for key in ("person.nationality", "person.pnc_id", "conviction.court"):
        assert found[key].confidence < 0.9
    own = form(table(2, *PERSON), paragraph(run("Offender and partner", BOLD)), table(2, *theirs[:1])).values
    assert told(own["person.nationality"]) == ("read", "Polish", True)


ITALIC = "<w:i/>"


@pytest.mark.parametrize(("cell", "look"), [("#", ""), ("", ITALIC)])
def test_guidance_below_a_label_is_no_answer_where_the_cell_below_holds_one(cell: str, look: str) -> None:
    asked = made(
        f"{cell}{paragraph(run('Summarise the offence', BOLD))}{paragraph(run('No more than ten lines.', look))}"
    )
    for answer in ("He followed them off a late bus.", ""):
        found = form(table(2, *PERSON), table(1, (asked,), (answer,))).values["conviction.details"]
        assert told(found) == ("read", answer, True) if answer else told(found) == ("blank", None, False)


def test_words_behind_the_colon_of_a_shaded_label_are_no_answer_beside_one() -> None:
    found = form(table(2, *PERSON, ("#Victims: anything we should know", "Lives nearby.")))
    assert found.value("victim.issues") == "Lives nearby."


def test_dots_stand_for_no_answer_before_a_label_and_behind_an_answer_for_nothing() -> None:
    lines = (
        "Surname .....Vance.............   First name(s) .....Rhys..........",
        "Date of birth .....09/12/1988.......   Gender .....Male..........",
        "ViSOR reference ....................   Prison number .....n/a..........",
        "Court .....Leeds Crown Court sitting at Bradford...",
        "MAPPA category (ring one)   1 [X]   2 [ ]   3 [ ]",
    )
    found = form(*(paragraph(run(line)) for line in lines)).values
    assert told(found["person.visor_ref"])[:2] == ("blank", None)
    assert told(found["person.prison_number"])[:2] == ("not_known", None)
    assert told(found["conviction.court"]) == ("read", "Leeds Crown Court sitting at Bradford", True)
    assert told(found["category"])[:2] == ("read", ("1",))


def test_no_below_a_label_is_an_answer_and_no_number() -> None:
    asked = (
        "Surname|Vance",
        "First name(s)|Rhys",
        "Date of birth|09/12/1988",
        "Gender|Male",
        "Ethnicity|White British",
    )
    more = ("Court|Leeds", "Index offence|Robbery", "MARAC|No", "Media interest|No")
    cells = [made("".join(paragraph(run(line)) for line in one.split("|"))) for one in (*asked, *more)]
    found = form(table(3, cells[:3], cells[3:6], cells[6:]))
    assert found.value("safeguarding.marac") == "no"


@pytest.mark.parametrize("under", ["", "(tick one)"])
def test_options_on_the_row_of_their_label_are_ticked_on_the_row_below(under: str) -> None:
    category = ("#MAPPA category", "#1", "#2", "#3", "#4"), (under, "", "X", "", "")
    level = ("#Referral to level", "#2", "#3", "", ""), (under, "", "X", "", "")
    found = form(table(2, *PERSON), table(5, *category, *level)).values
    assert told(found["category"]) == ("read", ("2",), True)
    assert told(found["level_requested"]) == ("read", "3", True)


def test_a_telephone_number_is_no_sure_reference_and_leaves_no_telephone_surely_absent() -> None:
    asked = ("#Your number", "01632 960019")
    assert form(table(2, *PERSON, asked)).values["person.agency_ref"].confidence < 0.9
    both = form(table(2, *PERSON, ("#nDelius CRN", "X123456"), asked)).values
    assert told(both["person.agency_ref"]) == ("read", "X123456", False)
    assert told(both["referrer.phone"]) == ("absent", None, False)
    assert told(form(table(2, *PERSON, ("#nDelius CRN", "X123456"))).values["referrer.phone"]) == ("absent", None, True)


@pytest.mark.parametrize("under", ["#Referral to level", "#MAPPA category"])
def test_a_bare_date_at_the_head_of_a_form_is_its_own_but_never_sure(under: str) -> None:
    head = (("#MAPPA Area", "South Wold"), (under, "2"), ("#Date", "16-Nov-2026"))
    found = form(table(2, *head), table(2, *PERSON)).values
    assert told(found["referrer.date"]) == ("read", "2026-11-16", False)
    assert form(table(2, *head[:2]), table(2, *PERSON, head[2])).values["referrer.date"].value is None


def test_an_instruction_in_the_cell_of_its_label_is_no_part_of_the_answer_below_it() -> None:
    asked = "".join(
        paragraph(run(line)) for line in ("Offending history", "Please write clearly.", "One theft in 2019.")
    )
    alone = form(table(2, *PERSON), table(1, (made(asked),))).values["conviction.previous"]
    assert told(alone) == ("read", "One theft in 2019.", False)
    above = form(table(2, *PERSON), table(1, (made(asked),), ("Bradford",))).values["conviction.previous"]
    assert above.confidence < 0.9


def test_a_bracket_that_asks_for_a_day_is_no_answer() -> None:
    asked = (
        ("What is the index offence?", "Rape"),
        ("When do the notification requirements end? (date)", "3 August 2035"),
    )
    lines = [paragraph(run(text, look)) for label, answer in asked for text, look in ((label, BOLD), (answer, ""))]
    assert form(table(2, *PERSON), *lines).value("conviction.notification_end") == "2035-08-03"


@pytest.mark.parametrize("name", ["Ms Una VALE", "Mrs. Una Vale", "Vale, Miss Una"])
def test_how_somebody_is_addressed_is_no_part_of_a_name(name: str) -> None:
    found = form(table(2, ("#Name of offender", name), *PERSON[2:], ("#Court", "Leeds")))
    assert found.value("person.given_names") == "Una"


def test_why_a_level_is_needed_is_the_reason_unless_that_is_asked_besides() -> None:
    why, needs = (
        ("#Why are you referring this case?", "He is due out."),
        ("#Why does this case need level 2?", "One plan."),
    )
    assert form(table(2, *PERSON, needs)).value("referral.reason") == "One plan."
    both = form(table(2, *PERSON, why, needs))
    assert [both.value(key) for key in ("referral.reason", "referral.added_value")] == ["He is due out.", "One plan."]


@pytest.mark.parametrize("sign", ["Response:", "Answer:", "Reply -"])
def test_words_that_say_what_is_the_answer_belong_to_none(sign: str) -> None:
    asked = (
        ("What is the surname of the person?", "Vance"),
        ("What are their first names?", "Rhys"),
        ("What is their date of birth?", "9.12.88"),
        ("What was the index offence?", "Robbery"),
        ("What will MAPPA add?", "One plan."),
        ("Which level are you referring to?", ""),
    )
    lines = (line for question, answer in asked for line in (question, f"{sign} {answer}"))
    found = form(*(paragraph(run(line)) for line in lines)).values
    keys = ("person.family_name", "person.date_of_birth", "conviction.index_offence", "referral.added_value")
    assert [found[key].value for key in keys] == ["Vance", "1988-12-09", "Robbery", "One plan."]
    assert told(found["level_requested"])[:2] == ("blank", None)


def test_columns_about_codefendants_are_not_the_persons_and_the_next_caption_ends_them() -> None:
    theirs = ("#Name", "#PNC ID", "#Sentence"), ("Carl Moss", "2012/0394773H", "5 years")
    mine = (("#Index offence", "Robbery"), ("#Sentence", "4 years"))
    captions = [paragraph(run(text, BOLD)) for text in ("Co-defendants", "Conviction")]
    found = form(
        table(2, *PERSON, ("#PNC ID", "")), captions[0], table(3, *theirs), captions[1], table(2, *mine)
    ).values
    assert found["person.pnc_id"].value is None
    assert told(found["conviction.index_offence"]) == ("read", "Robbery", True)
    assert found["conviction.sentence"].value == "4 years"


def test_on_form_h_the_child_is_the_person() -> None:
    person = ("#Child's surname", "Vance"), ("#Forenames of the child", "Rhys"), ("#YOT reference", "RB-118")
    asked = ("#Where does the child live?", "12 Rill Bank"), ("#Risk to children", "Low")
    more = ("#AssetPlus date", "1 May 2026"), ("#Index offence", "Robbery"), ("#Court", "Leeds"), ("#Gender", "Male")
    found = form(table(2, *person, *asked, *more), code="MAPPA H")
    assert found.value("person.current_address") == "12 Rill Bank"


@pytest.mark.parametrize("answer", ["None", "None known"])
def test_no_concerns_are_told_by_none(answer: str) -> None:
    found = form(table(2, *PERSON, ("#Terrorism or extremism concerns", answer), ("#Media interest", answer)))
    assert [found.value(key) for key in ("referral.terrorism", "referral.media_interest")] == ["no", "no"]


@pytest.mark.parametrize("options", ["Y/N", "Yes / No", "(Y/N)"])
def test_approved_beside_an_address_asks_about_the_address(options: str) -> None:
    heads = ("#Current address", "#Proposed release address", f"#Approved {options}")
    found = form(table(2, *PERSON), table(3, heads, ("HMP Dale", "17 Quay Steps", "N"))).values
    assert found["person.release_address_approved"].value == "no"
    assert found["endorsement.endorsed"].status == "absent"
