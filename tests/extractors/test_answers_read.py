"""What was written, as a value of its kind; and blank, an empty answer and a missing question told apart."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.forms.definitions import definition
from extractors.matching.match import match
from extractors.matching.values.kinds import Parsed, parsed
from extractors.models import Value
from extractors.page import Cell, Document, Line, Run, Table

DAY = date(2026, 11, 20)
FORM = definition("A")


def line(*pieces: str | Run) -> Line:
    return Line(tuple(piece if isinstance(piece, Run) else Run(piece) for piece in pieces))


def box(ticked: bool, confidence: float = 1.0) -> Run:
    return Run("", mark=ticked, method="symbol", confidence=confidence)


def says(key: str, *lines: Line | str) -> Parsed:
    made = [line(one) if isinstance(one, str) else one for one in lines]
    return parsed(FORM.fields[key], made, FORM, DAY)


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("person.family_name", "  O'Dowd \u00a0 Smith ", "O'Dowd Smith"),
        ("person.date_of_birth", "3rd of April 1981", "1981-04-03"),
        ("person.date_of_birth", "03.04.81", "1981-04-03"),
        ("dates.release", "1/2/31", "2031-02-01"),
        ("person.pnc_id", "02/73319z", "2002/0073319Z"),
        ("person.prison_number", "a1234bc", "A1234BC"),
        ("risk.overall", "V. High", "very_high"),
        ("safeguarding.marac", "Yes - heard in May", "yes"),
        ("safeguarding.children", "None known", "no"),
        ("level_requested", "L3", "3"),
        ("category", "1 and 3", ("1", "3")),
    ],
)
def test_words_become_a_value(key: str, written: str, value: object) -> None:
    assert (says(key, written).status, says(key, written).value) == ("read", value)


@pytest.mark.parametrize(
    "key", ["person.family_name", "person.pnc_id", "person.date_of_birth", "risk.overall", "referral.reason"]
)
@pytest.mark.parametrize("written", ["N/A", "see OASys", "TBC", "not known", "-", "as above"])
def test_an_empty_answer_is_kept_and_is_no_value(key: str, written: str) -> None:
    found = says(key, written)
    assert (found.status, found.value, found.raw) == ("not_known", None, written)


@pytest.mark.parametrize("key", ["person.family_name", "person.date_of_birth", "risk.overall", "referral.reason"])
@pytest.mark.parametrize("written", ["", "   ", "______", "............"])
def test_nothing_written_is_blank(key: str, written: str) -> None:
    assert says(key, written).status == "blank"


@pytest.mark.parametrize(
    ("key", "written"),
    [("person.date_of_birth", "31/02/1990"), ("risk.overall", "purple"), ("safeguarding.marac", "the ward says so"),
     ("person.date_of_birth", "3/4/81 or 4/3/81")],
)  # fmt: skip
def test_what_is_not_understood_is_never_guessed_and_never_sure(key: str, written: str) -> None:
    found = says(key, written)
    assert (found.status, found.value) == ("read", None) and found.confidence < 0.9


LOOKS = [
    ("boxes before", [line(box(False), " Yes  ", box(True), " No")]),
    ("boxes behind", [line("Yes ", box(False), "  No ", box(True))]),
    ("struck out", [line(Run("Yes", struck=True), " / ", "No")]),
    ("bold", [line("Yes / ", Run("No", bold=True))]),
    ("coloured", [line("Yes / ", Run("No", highlighted=True))]),
    ("a cross", [line("Yes __  No X")]),
    ("a cross among places printed close", [line("Yes __ No X")]),
    ("a cross before", [line("__ Yes X No")]),
    ("one word left", [line("No")]),
    ("on lines", [line(box(False), " Yes"), line(box(True), " No")]),
]


@pytest.mark.parametrize("lines", [lines for _, lines in LOOKS], ids=[name for name, _ in LOOKS])
def test_a_choice_is_read_however_it_was_marked(lines: list[Line]) -> None:
    found = parsed(FORM.fields["safeguarding.marac"], lines, FORM, DAY)
    assert found.value == "no" and found.confidence >= 0.9


@pytest.mark.parametrize(
    "lines",
    [[line("Yes / No")], [line(box(False), " Yes ", box(False), " No")], [line("Yes __ No __")]],
)
def test_options_as_printed_are_blank(lines: list[Line]) -> None:
    assert parsed(FORM.fields["safeguarding.marac"], lines, FORM, DAY).status == "blank"


def test_two_answers_to_one_question_are_no_value() -> None:
    found = parsed(FORM.fields["safeguarding.marac"], [line(box(True), " Yes ", box(True), " No")], FORM, DAY)
    assert (found.status, found.value) == ("read", None) and found.confidence < 0.9


def test_a_box_that_is_hard_to_tell_is_doubted() -> None:
    found = parsed(FORM.fields["safeguarding.marac"], [line(box(True, 0.6), " Yes ", box(False), " No")], FORM, DAY)
    assert found.value == "yes" and found.confidence < 0.9


@pytest.mark.parametrize(
    ("key", "lines", "value"),
    [
        ("risk.overall", [line("Low Medium ", box(True), " High ", box(False), " Very high ", box(False))], "low"),
        ("category", [line("Category 1 / Category 2 ", box(False), " Category 3 ", box(True))], ("3",)),
        ("category", [line("Category 1 ", box(True), box(False), " Category 2 ", box(False))], ("1",)),
    ],
)
def test_where_a_box_may_not_have_been_seen_the_ticks_are_doubted(key: str, lines: list[Line], value: object) -> None:
    found = parsed(FORM.fields[key], lines, FORM, DAY)
    assert found.value == value and found.confidence <= 0.5


@pytest.mark.parametrize("written", ["Yes NoX", "Yes_ NoX", "Yes__ No_X", "Yes__No X", "Yes ___ NoX"])
def test_a_cross_right_behind_its_option_is_one(written: str) -> None:
    assert parsed(FORM.fields["safeguarding.marac"], [line(written)], FORM, DAY).value == "no"


@pytest.mark.parametrize("look", ["bold", "highlighted"])
def test_several_options_may_be_marked_where_several_may_be_true(look: str) -> None:
    lines = [
        line("Category 1 / "),
        line(Run("Category 2", bold=look == "bold", highlighted=look == "highlighted"), " / "),
        line(Run("Category 3", bold=look == "bold", highlighted=look == "highlighted")),
    ]
    assert parsed(FORM.fields["category"], lines, FORM, DAY).value == ("2", "3")


# The matcher as a whole: tables built here, a label beside or above its answer.


def table(*rows: tuple[str, ...], shaded: bool = True) -> Table:
    """Rows of cells; every other cell, from the first, is a label."""
    return Table(
        tuple(
            tuple(
                Cell(
                    (line(Run(text, bold=shaded and col % 2 == 0)),) if text else (),
                    number,
                    col,
                    shaded=shaded and col % 2 == 0,
                )
                for col, text in enumerate(row)
            )
            for number, row in enumerate(rows)
        )
    )


FULL = (
    ("Surname", "Ashgrove"), ("First name(s)", "Petra"), ("Date of birth", "31/01/1990"), ("Gender", "Female"),
    ("Nationality", "British"), ("PNC ID", "2012/0394773H"),
)  # fmt: skip


def values(*blocks: Line | Table) -> dict[str, Value]:
    return dict(match(Document("docx", blocks), FORM, DAY).values)


def test_blank_empty_and_absent_are_three_things() -> None:
    rows = (*FULL[:3], ("Gender", ""), ("Nationality", "see OASys"))
    found = values(table(*rows))
    assert [found[key].status for key in ("person.gender", "person.nationality", "person.pnc_id")] == [
        "blank",
        "not_known",
        "absent",
    ]


@pytest.mark.parametrize("shaded", [True, False])
def test_labels_stand_left_of_their_answers(shaded: bool) -> None:
    found = values(table(*FULL, shaded=shaded))
    assert (found["person.family_name"].value, found["person.date_of_birth"].value) == ("Ashgrove", "1990-01-31")
    assert found["person.family_name"].confidence >= 0.9


@pytest.mark.parametrize("bold", [True, False])
def test_labels_are_told_where_their_answers_are_shaded_too(bold: bool) -> None:
    """As in a fillable form printed and scanned, whose fields are grey as its labels are."""
    cells = [
        [Cell((line(Run(text, bold=bold and not col)),), row, col, shaded=True) for col, text in enumerate(one)]
        for row, one in enumerate(FULL)
    ]
    ticks = (
        Cell((line("Reason"),), 6, 0, shaded=True),
        Cell((line("Other things"),), 6, 1),
        Cell((), 7, 0),
        Cell((), 7, 1),
    )
    found = values(Table((*map(tuple, cells), ticks[:2], ticks[2:])))
    assert (found["person.family_name"].value, found["person.pnc_id"].value) == ("Ashgrove", "2012/0394773H")


def test_labels_stand_above_their_answers() -> None:
    rows = tuple(zip(*FULL[:3], strict=True)) + tuple(zip(*FULL[3:], strict=True))
    found = values(table(*rows, shaded=False))
    assert [found[key].value for key in ("person.family_name", "person.given_names", "person.pnc_id")] == [
        "Ashgrove",
        "Petra",
        "2012/0394773H",
    ]


def test_a_note_under_a_label_with_a_colon_is_no_answer() -> None:
    rows = [(f"{label}: (if known)", answer) for label, answer in FULL]
    assert values(table(*rows, shaded=False))["person.family_name"].value == "Ashgrove"


def test_an_answer_that_reads_like_a_label_is_an_answer() -> None:
    found = values(table(*FULL, ("Job title", "Social worker"), ("Referring agency", "Probation"), shaded=False))
    assert (found["referrer.role"].value, found["referrer.agency"].value) == ("Social worker", "Probation")


def test_two_answers_to_one_question_lower_the_confidence() -> None:
    found = values(table(*FULL, ("Nationality", "Polish")))["person.nationality"]
    assert found.confidence < 0.9 and any("differently" in doubt for doubt in found.doubts)


def test_a_label_unlike_those_known_lowers_the_confidence() -> None:
    found = values(table(*FULL[:-1], ("PNC ID on police file", "2012/0394773H")))["person.pnc_id"]
    assert found.value == "2012/0394773H" and found.confidence < 0.9


def test_a_blank_beside_text_that_no_label_claims_is_doubted() -> None:
    rows = Table(
        tuple(
            tuple(Cell((line(text),) if text else (), number, col) for col, text in enumerate(row))
            for number, row in enumerate([*((*row, "") for row in FULL), ("CRO number", "", "065656/91H")])
        )
    )
    found = values(rows)["person.cro_number"]
    assert found.status == "blank" and found.confidence < 0.9


def test_nothing_is_sure_on_a_form_whose_answers_fit_none_of_its_questions() -> None:
    rows = (("Date of birth", "Leeds"), ("Date of sentence", "Mill Lane"), ("Licence expiry date", "Petra"), ("PNC ID", "blue"),
            ("Restricted patient", "tall"), ("Sentence expiry date", "Ashgrove"), ("Surname", "12/03/2026"))  # fmt: skip
    assert max(value.confidence for value in values(table(*rows)).values() if value.status == "read") < 0.9


def test_a_line_inside_a_narrative_that_may_be_a_label_is_doubted() -> None:
    lines = [line(f"{label}: {answer}") for label, answer in FULL]
    told = [
        line("Reason for referral: He has moved."),
        line("What the family would like to be told by letter: the day he moves, and where to"),
    ]
    found = values(*lines, *told)["referral.reason"]
    assert found.confidence < 0.9


def wrapped(first: str, second: str) -> tuple[Line, Line]:
    return line(first), Line((Run(second),), joins_previous=True)


def cell(row: int, col: int, *lines: Line, page: int = 1) -> Cell:
    return Cell(lines, row, col, page=page)


def rows_of(first: int, *rows: tuple[str, str]) -> list[tuple[Cell, ...]]:
    return [tuple(cell(first + n, k, line(text)) for k, text in enumerate(row)) for n, row in enumerate(rows)]


def test_a_label_that_goes_on_is_not_the_one_that_its_first_line_is_worded_like() -> None:
    row = (cell(6, 0, *wrapped("Level of risk to", "self")), cell(6, 1, line("Low")))
    found = values(Table((*rows_of(0, *FULL), row)))
    assert found["risk.self"].value == "low" and found["risk.overall"].value is None


def test_a_label_that_goes_on_in_words_unknown_is_doubted() -> None:
    row = (cell(6, 0, *wrapped("Court", "of the third instance abroad")), cell(6, 1, line("Leeds")))
    assert values(Table((*rows_of(0, *FULL), row)))["conviction.court"].confidence < 0.9


def test_a_bold_option_among_plain_ones_is_an_answer_though_labels_are_bold() -> None:
    bold = Table(
        tuple(
            (cell(n, 0, line(Run(label, bold=True))), cell(n, 1, line(answer)))
            for n, (label, answer) in enumerate(FULL)
        )
    )
    options = cell(6, 1, line(Run("Probation", bold=True)), line("Police"), line("Prison"))
    found = values(Table((*bold.rows, (cell(6, 0, line(Run("Type of agency", bold=True))), options))))
    assert found["referrer.agency_type"].value == "probation"


def test_an_instruction_that_a_page_break_cut_off_its_label_is_no_answer() -> None:
    above = [
        row
        for n, (label, answer) in enumerate(FULL)
        for row in ((cell(2 * n, 0, line(Run(label, bold=True))),), (cell(2 * n + 1, 0, line(answer)),))
    ]
    rest = (
        (cell(12, 0, line(Run("Court", bold=True))),),
        (cell(13, 0, line("See guidance, chapter 7"), page=2),),
        (cell(14, 0, line("Leeds"), page=2),),
    )
    assert values(Table((*above, *rest)))["conviction.court"].value == "Leeds"


def test_an_answer_cut_off_the_label_in_its_cell_is_found_on_the_next_page() -> None:
    same = [(cell(n, 0, line(label), line(answer)),) for n, (label, answer) in enumerate(FULL)]
    rest = (
        (cell(6, 0, line("Court")),),
        (cell(7, 0, line("Leeds"), page=2),),
        (cell(8, 0, line("Ethnicity"), line("Asian"), page=2),),
    )
    assert values(Table((*same, *rest)))["conviction.court"].value == "Leeds"


def test_options_that_a_page_break_cuts_are_one_list() -> None:
    same = [(cell(n, 0, line(label), line(answer)),) for n, (label, answer) in enumerate(FULL)]
    rest = (
        (cell(6, 0, line("Type of agency"), line("Police")),),
        (cell(7, 0, line(Run("Probation", bold=True)), line("Prison"), line("YOT"), page=2),),
    )
    found = values(Table((*same, *rest)))["referrer.agency_type"]
    assert (found.value, found.confidence < 0.9) == ("probation", True)


def test_a_blank_beside_a_page_break_is_doubted() -> None:
    rest = (
        (cell(6, 0, line("Court")), cell(6, 1)),
        (cell(7, 0, line("Ethnicity"), page=2), cell(7, 1, line("Asian"), page=2)),
    )
    assert values(Table((*rows_of(0, *FULL), *rest)))["conviction.court"].confidence < 0.9


def test_an_instruction_on_the_line_below_a_label_is_no_answer() -> None:
    lines = [one for label, answer in FULL for one in (line(label), line(answer))]
    assert values(*lines, line("Court"), line("(as on file)"), line("Leeds"))["conviction.court"].value == "Leeds"


def test_a_printed_line_joined_to_an_answer_that_may_be_a_label_is_doubted() -> None:
    lines = [line(f"{label}: {answer}") for label, answer in (*FULL, ("Court", "Leeds"), ("Ethnicity", "Asian"))]
    told = wrapped("Area: Avon and Somerset, the north and east of it, up to", "Shoe size: 9")
    assert values(*lines, *told)["area"].confidence < 0.9


def test_an_option_before_its_box_is_no_part_of_the_label_before_it() -> None:
    asked = line("Does the case need 12 month screening Yes ", box(True), " No ", box(False))
    assert values(Table((*rows_of(0, *FULL), (cell(6, 0, asked),))))["dates.complex_case"].value == "yes"


@pytest.mark.parametrize("bold", [False, True])
def test_an_answer_below_a_label_in_a_row_of_labels_is_found_though_the_row_goes_on_empty(bold: bool) -> None:
    pairs = (("Surname", "First name(s)"), ("Date of birth", "Gender"), ("PNC ID", "Referring agency"))
    answers = (("Ashgrove", "Petra"), ("31/01/1990", "Female"), ("2012/0394773H", "Probation"))
    rows = [
        row
        for n, (labels, below) in enumerate(zip(pairs, answers, strict=True))
        for row in (
            tuple(cell(2 * n, col, line(Run(text, bold=bold))) for col, text in enumerate(labels)),
            tuple(cell(2 * n + 1, col, line(text)) for col, text in enumerate(below)),
        )
    ]
    rows[-2:] = [(*row, cell(n, 2)) for n, row in enumerate(rows[-2:], 4)]
    assert values(Table(tuple(rows)))["referrer.agency"].value == "Probation"


def test_labels_with_answers_behind_a_tab_are_read_as_lines_with_what_stands_between_them() -> None:
    aligned = Table(tuple(rows_of(0, *FULL, ("Reason for referral", ""))), guessed=True)
    found = values(aligned, line("He has moved twice since and was seen near the school."), line("Court\tLeeds"))
    assert found["referral.reason"].value == "He has moved twice since and was seen near the school."
    assert (found["person.family_name"].value, found["conviction.court"].value) == ("Ashgrove", "Leeds")


def test_a_line_in_capitals_below_a_label_whose_likes_have_their_answers_behind_a_tab_is_doubted() -> None:
    tabbed = [line(f"{label}\t{answer}") for label, answer in FULL]
    found = values(*tabbed, line("Current address\t"), line("ABOUT THE OFFENCES SO FAR"), line("Court\tLeeds"))
    assert found["person.current_address"].confidence < 0.9
    assert found["conviction.court"].value == "Leeds"


def test_a_label_that_leaves_no_room_for_the_tab_is_found_by_its_wording_and_not_sure() -> None:
    tabbed = [line(f"{label}\t{answer}") for label, answer in FULL]
    asked = (
        line("Are there any terrorism or domestic extremism concerns Yes"),
        line("Name of person notifying Gareth Pym"),
    )
    found = values(*tabbed, *asked)
    assert (found["referral.terrorism"].value, found["referrer.name"].value) == ("yes", "Gareth Pym")
    assert max(found["referral.terrorism"].confidence, found["referrer.name"].confidence) < 0.9


def test_words_in_a_narrative_that_are_a_label_where_labels_are_bold_are_none() -> None:
    lines = [line(Run(f"{label}: ", bold=True), answer) for label, answer in FULL]
    told = line(Run("Index offence: ", bold=True), "An application was made and refused.")
    more = Line(
        (Run("Mental health: no symptoms are reported by the ward, and the court was told."),), joins_previous=True
    )
    said = values(*lines, told, more)["conviction.index_offence"].value
    assert said is not None and str(said).endswith("was told.")


def test_a_last_line_that_may_be_the_caption_of_the_table_below_is_doubted() -> None:
    lines = [line(f"{n}. {label}: {answer}") for n, (label, answer) in enumerate(FULL, 1)]
    told = line("7. Reason for referral:"), line("Tools used in finding it all out")
    below = Table((tuple(cell(0, k, line(text)) for k, text in enumerate(("Tool", "Score", "Date"))),))
    assert values(*lines, *told, below)["referral.reason"].confidence < 0.9


def test_an_answer_that_begins_with_the_number_of_a_question_is_doubted() -> None:
    rows = [(f"1.{n} {label}", answer) for n, (label, answer) in enumerate(FULL, 1)]
    found = values(Table(tuple(rows_of(0, *rows, ("Court", "1.8 What the ward was told of it")))))["conviction.court"]
    assert found.confidence < 0.9


def test_a_blank_label_on_a_line_of_its_own_beside_tables_is_doubted() -> None:
    assert values(table(*FULL, shaded=False), line("Court:"))["conviction.court"].confidence < 0.9


def test_a_dash_that_a_printed_line_begins_with_is_part_of_the_answer() -> None:
    assert says(
        "conviction.court", line("Leeds Crown Court"), Line((Run("- Annex 3"),), joins_previous=True)
    ).value == ("Leeds Crown Court - Annex 3")


def test_a_heading_or_a_label_that_stands_where_an_answer_is_awaited_is_doubted() -> None:
    lines = [
        one
        for label, answer in (*FULL, ("Court", "Leeds"), ("Ethnicity", "Asian"))
        for one in (line(f"{label}:"), line(answer))
    ]
    found = values(
        *lines,
        line("Current establishment:"),
        line("9. Opening details"),
        line("Victim issues:"),
        line("Bank branch:"),
        line("Market Square"),
    )
    assert found["person.location"].confidence < 0.9 and found["victim.issues"].confidence < 0.9


def test_options_that_run_over_lines_are_no_labels() -> None:
    asked = line("Category (tick one): Category 1: registered sexual offender / Category 2: violent and other sexual")
    lines = [line(f"{label}: {answer}") for label, answer in FULL]
    more = Line(
        (
            Run("offender / "),
            Run("Category 3: other dangerous offender", bold=True),
            Run(" / Category 4: terrorist offender"),
        ),
        joins_previous=True,
    )
    assert values(*lines, asked, more)["category"].value == ("3",)


def test_options_below_their_question_are_no_heading_though_the_first_is_bold() -> None:
    above = [
        row
        for n, (label, answer) in enumerate(FULL)
        for row in ((cell(2 * n, 0, line(f"{label}:")),), (cell(2 * n + 1, 0, line(answer)),))
    ]
    options = cell(13, 0, line(Run("Probation", bold=True)), line("Police"), line("Prison"))
    found = values(Table((*above, (cell(12, 0, line("Type of agency:")),), (options,))))
    assert found["referrer.agency_type"].value == "probation"


def test_an_address_that_a_printer_cut_is_whole() -> None:
    assert says(
        "referrer.email", line("g_pym2@aldmere.pnn.police.exa"), Line((Run("mple"),), joins_previous=True)
    ).value == ("g_pym2@aldmere.pnn.police.example")


def test_what_is_absent_is_not_sure_where_a_label_is_worded_unlike_those_known() -> None:
    known = table(*FULL, shaded=False)
    strange = table(*FULL, ("PNC identity found on the police file", "2012/0394773H"), shaded=False)
    assert values(known)["conviction.court"].confidence >= 0.9 > values(strange)["conviction.court"].confidence


def test_a_line_in_small_letters_behind_an_answer_on_the_line_of_its_label_puts_it_in_doubt() -> None:
    lines = [line(f"{label}: {answer}") for label, answer in FULL]
    assert (
        values(*lines, line("Court: Leeds Crown Court, sitting at"), line("the castle"))["conviction.court"].confidence
        < 0.9
    )


def test_cells_told_without_rulings_are_doubted() -> None:
    drawn = table(*FULL)
    sure, doubted = values(drawn), values(Table(drawn.rows, guessed=True))
    assert sure["person.family_name"].confidence >= 0.9 > doubted["person.family_name"].confidence
    assert doubted["person.date_of_birth"].confidence >= 0.9, "a date proves itself"


@pytest.mark.parametrize(
    ("key", "written", "value", "sure"),
    [
        ("referral.media_interest", line("Yes ", box(True), "   No"), "yes", True),
        ("referral.media_interest", line("Yes   ", box(True), " No"), "no", True),
        ("referral.media_interest", line("Yes ", box(True), " No"), "no", False),
        ("level_requested", line("Level 2 ", box(True), " Level 3"), "3", False),
        ("referral.media_interest", "Yes / No: No", "no", False),
        ("referral.media_interest", "Y / N: Y", "yes", False),
        ("category", "Category 1, 2", ("1", "2"), True),
        ("category", "Cat. 1, 2 and 3", ("1", "2", "3"), True),
    ],
)
def test_a_lone_tick_and_a_list_said_again_are_as_sure_as_they_can_be(
    key: str, written: Line | str, value: object, sure: bool
) -> None:
    found = says(key, written)
    assert found.value == value
    assert (found.confidence >= 0.9) is sure


@pytest.mark.parametrize("guessed", [True, False])
def test_a_text_that_goes_on_in_a_row_told_by_its_rules_alone_is_doubted(guessed: bool) -> None:
    text = line(Run("Previous convictions: ", bold=True), "Assault in 2015, for which a fine was imposed by the court.")
    more = Table(((Cell((line("Burglary in 2018, twelve months."),), 0, 0),),), guessed)
    asked = line(Run("Level of MAPPA requested: ", bold=True), "Level 3")
    found = values(table(*FULL, ("Prison number", "A5356GK"), ("ViSOR reference", "WM94806")), text, more, asked)
    assert found["conviction.previous"].value == "Assault in 2015, for which a fine was imposed by the court."
    assert (found["conviction.previous"].confidence < 0.9) is guessed
