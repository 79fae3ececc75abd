"""Answers worded as labels are: a narrative that names other questions stays whole, or is never called sure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from extractors.models import Value
from extractors.read import read
from tests.extractors.documents import cell, docx, paragraph, row, run, table

BOLD = "<w:b/>"
ISSUES = ("Address: the victim lives at 4 Mill Road.", "Telephone: 01632 960999.", "She asks: why now?")
ASKED = [
    ("Last name", ("Nowak",)),
    ("First name(s)", ("Anna",)),
    ("Date of birth", ("3 June 1985",)),
    ("NHS number", ("999 755 1613",)),
    ("Address before admission", ("40A Kiln Yard, Wolverhampton",)),
    ("Hospital and ward", ("St Alphege Hospital, Kingfisher Ward",)),
    ("Responsible Clinician", ("Dr Colm Byrne",)),
    ("Care co-ordinator / social supervisor", ("Charlotte Venning",)),
    ("Victim issues", ISSUES),
    ("Victim Liaison Officer", ("Priya Ramanathan",)),
    ("Telephone", ("0121 496 0109",)),
]
Rows = list[tuple[str, tuple[str, ...]]]


def in_cells(rows: Rows, look: str) -> str:
    """Label and answer below each other in one cell."""
    return table(*(row(cell(paragraph(run(label, look)), *map(paragraph, said))) for label, said in rows))


def on_lines(rows: Rows, look: str) -> str:
    return "".join(
        paragraph(run(f"{label}: ", look), said[0]) + "".join(map(paragraph, said[1:])) for label, said in rows
    )


def in_paragraphs(rows: Rows, look: str) -> str:
    return "".join(paragraph(run(label, look)) + "".join(map(paragraph, said)) for label, said in rows)


def in_boxes(rows: Rows, look: str) -> str:
    """Each answer in a table of one cell below its label."""
    return "".join(
        paragraph(run(label, look)) + table(row(cell(*map(paragraph, said)))) + paragraph() for label, said in rows
    )


def beside(rows: Rows, look: str) -> str:
    return table(*(row(cell(paragraph(run(label, look))), cell(*map(paragraph, said))) for label, said in rows))


def values(draw: Callable[[Rows, str], str], look: str, rows: Rows = ASKED) -> dict[str, Value]:
    title = paragraph(run("MAPPA I")) + paragraph(run("Initial notification of MAPPA eligible patients"))
    (form,) = read(docx(title + draw(rows, look)), "form.docx", date(2026, 11, 20)).forms
    return dict(form.values)


@pytest.mark.parametrize("draw", [in_cells, on_lines, in_paragraphs, in_boxes])
def test_plain_words_of_other_questions_in_an_answer_are_told_where_labels_are_bold(
    draw: Callable[[Rows, str], str],
) -> None:
    found = values(draw, BOLD)
    assert found["victim.issues"].value == "\n".join(ISSUES)
    assert found["referrer.phone"].value == "0121 496 0109"
    assert found["victim.liaison_officer"].value == "Priya Ramanathan"


@pytest.mark.parametrize("draw", [in_cells, on_lines, in_paragraphs, in_boxes])
def test_an_answer_that_other_labels_may_cut_short_is_whole_or_not_sure(draw: Callable[[Rows, str], str]) -> None:
    found = values(draw, "")["victim.issues"]
    assert found.value == "\n".join(ISSUES) or found.confidence < 0.9


@pytest.mark.parametrize("draw", [in_cells, on_lines, in_paragraphs, in_boxes])
@pytest.mark.parametrize("look", [BOLD, ""])
@pytest.mark.parametrize(
    ("label", "key", "said"),
    [
        ("Care co-ordinator / social supervisor", "hospital.care_coordinator", "Name: Jo Hall  Tel: 01632 960111"),
        ("Hospital and ward", "hospital.name", "Ward: Kingfisher, Hospital: St Alphege"),
    ],
)
def test_labels_inside_a_short_answer_take_nothing_from_it_for_certain(
    draw: Callable[[Rows, str], str], look: str, label: str, key: str, said: str
) -> None:
    found = values(draw, look, [(asked, (said,) if asked == label else answer) for asked, answer in ASKED])[key]
    assert found.value == " ".join(said.split()) or found.confidence < 0.9


def test_a_row_whose_answer_names_its_own_label_again_is_not_called_sure() -> None:
    said = "Ward: Kingfisher, Hospital: St Alphege"
    rows = [(label, (said,) if label == "Hospital and ward" else answer) for label, answer in ASKED]
    found = values(beside, BOLD, rows)["hospital.name"]
    assert found.value == said or found.confidence < 0.9


def test_an_instruction_in_brackets_above_an_answer_is_never_surely_part_of_it() -> None:
    rows = [(label, ("(please write in full)", *said)) for label, said in ASKED]
    assert all(value.confidence < 0.9 for value in values(beside, BOLD, rows).values() if "(" in str(value.value))


def test_a_raised_figure_behind_a_label_is_the_number_of_a_note() -> None:
    def noted(rows: Rows, look: str) -> str:
        raised = '<w:vertAlign w:val="superscript"/>'
        return table(
            *(
                row(cell(paragraph(run(label, look), run(f"{number}", raised))), said[0])
                for number, (label, said) in enumerate(rows, 1)
            )
        )

    found = values(noted, BOLD)
    assert (found["person.family_name"].value, found["person.date_of_birth"].value) == ("Nowak", "1985-06-03")
    assert found["victim.liaison_officer"].confidence >= 0.9


def test_a_line_to_write_on_below_empty_boxes_is_no_answer() -> None:
    rows: Rows = [*ASKED, ("Patient informed of this notification", ("☐ Yes    ☐ No", "______________"))]
    assert values(beside, BOLD, rows)["disclosure.person_informed"].status == "blank"


def noted(rows: Rows, look: str) -> str:
    """Bold labels with an instruction in italic print behind them."""
    note = run(" (see guidance note 4)", "<w:i/>")
    return table(*(row(cell(paragraph(run(label, look), note)), cell(*map(paragraph, said))) for label, said in rows))


def test_bold_labels_with_notes_in_italic_print_tell_labels_from_answers_of_their_words() -> None:
    odd = {"Last name": "Court", "Responsible Clinician": "Dr Ward", "Hospital and ward": "Job title"}
    rows: Rows = [(label, (odd[label],) if label in odd else said) for label, said in ASKED]
    rows += [("Job title", ("Care co-ordinator",)), ("Secure e-mail", ("b.dacosta@nhs.net",))]
    found = values(noted, BOLD, rows)
    keys = ("person.family_name", "hospital.responsible_clinician", "hospital.name", "referrer.role", "referrer.email")
    assert [found[key].value for key in keys] == [
        "Court",
        "Dr Ward",
        "Job title",
        "Care co-ordinator",
        "b.dacosta@nhs.net",
    ]


@pytest.mark.parametrize("draw", [in_cells, in_paragraphs, in_boxes, beside])
@pytest.mark.parametrize("look", ["<w:i/>", ""])
def test_a_hint_in_brackets_above_an_answer_is_no_part_of_it(draw: Callable[[Rows, str], str], look: str) -> None:
    hint = paragraph(run("(please write in full)", look))

    def hinted(rows: Rows, bold: str) -> str:
        return draw([(label, ("HINT", *said)) for label, said in rows], bold).replace(paragraph("HINT"), hint)

    rows: Rows = [(label, () if label == "Responsible Clinician" else said) for label, said in ASKED]
    found = values(hinted, BOLD, rows)
    assert (found["person.family_name"].value, found["person.given_names"].value) == ("Nowak", "Anna")
    assert found["victim.issues"].value == "\n".join(ISSUES)
    assert found["person.family_name"].confidence >= 0.9
    assert found["hospital.responsible_clinician"].status == "blank"


def test_a_hint_in_brackets_that_stands_once_may_be_an_answer_and_is_doubted() -> None:
    rows = [(label, ("[if safe: at night]", *said) if label == "Telephone" else said) for label, said in ASKED]
    assert values(beside, BOLD, rows)["referrer.phone"].confidence < 0.9


def test_bold_answers_to_some_bold_labels_are_answers() -> None:
    def some_bold(rows: Rows, look: str) -> str:
        return table(
            *(
                row(
                    cell(paragraph(run(label, look))),
                    cell(*(paragraph(run(line, look if at % 4 == 0 else "")) for line in said)),
                )
                for at, (label, said) in enumerate(rows)
            )
        )

    found = values(some_bold, BOLD, [rows for rows in ASKED if rows[0] != "Victim issues"])
    assert (found["person.family_name"].value, found["person.current_address"].value) == (
        "Nowak",
        "40A Kiln Yard, Wolverhampton",
    )


def test_bold_labels_beside_each_other_over_empty_cells_stay_labels() -> None:
    def pairs(rows: Rows, look: str) -> str:
        asked = [(*rows[at], *rows[at + 1]) for at in range(0, len(rows) - 1, 2)]
        labels = [
            row(*(cell(paragraph(run(text, look))) for text in (a, b))) + row("", said[0]) for a, _, b, said in asked
        ]
        return table(
            *labels, row(*(cell(paragraph(run(text, look))) for text in ("Job title", "Shoe size"))), row("", "44")
        )

    assert values(pairs, BOLD)["referrer.role"].value is None


def test_an_answer_worded_nearly_as_its_question_is_its_answer() -> None:
    said = "Extended sentence: 6 years custody, 3 years licence"
    rows: Rows = [*ASKED, ("Sentence / order and length", (said,)), ("Job title", ("Nurse",))]

    def below(rows: Rows, look: str) -> str:
        return "".join(paragraph(f"{label}:") + "".join(map(paragraph, said)) for label, said in rows)

    title = paragraph(run("MAPPA H")) + paragraph(
        run("YOT identification and notification of a MAPPA eligible young person")
    )
    (form,) = read(docx(title + below(rows, "")), "form.docx", date(2026, 11, 20)).forms
    assert form.value("conviction.sentence") == said


def test_an_answer_in_its_box_that_looks_like_a_heading_is_an_answer() -> None:
    rows = [*ASKED[:8], ("Section / order detained under", ("S.47/49 MHA 1983",)), *ASKED[8:]]
    assert values(in_boxes, BOLD, rows)["hospital.order"].value == "S.47/49 MHA 1983"


def test_an_answer_in_rows_of_a_table_inside_the_cell_of_its_label_is_read() -> None:
    def nested(rows: Rows, look: str) -> str:
        return table(
            *(
                row(cell(paragraph(run(label, look)), table(*map(row, said)) if len(said) > 1 else said[0], ""))
                for label, said in rows
            )
        )

    plain = ("She lives at 4 Mill Road.", "She fears him.")
    rows = [(label, plain if label == "Victim issues" else said) for label, said in ASKED]
    assert values(nested, BOLD, rows)["victim.issues"].value == "\n".join(plain)
    assert values(nested, BOLD)["victim.issues"].confidence < 0.9


def test_a_number_that_begins_with_its_code_in_brackets_below_its_label_is_no_note() -> None:
    def below(rows: Rows, look: str) -> str:
        return table(*(row(cell(paragraph(run(label, look)), *map(paragraph, said)), "") for label, said in rows))

    rows = [(label, ("(01632) 960118 ext 22",) if label == "Telephone" else said) for label, said in ASKED]
    assert values(below, "", rows)["referrer.phone"].value == "(01632) 960118 ext 22"


def test_the_heading_of_a_column_of_remarks_is_no_question() -> None:
    def headed(rows: Rows, look: str) -> str:
        heads = row(*(cell(paragraph(run(text, look))) for text in ("Information required", "Details", "Comments")))
        return table(
            heads, *(row(cell(paragraph(run(label, look))), cell(*map(paragraph, said)), "") for label, said in rows)
        )

    title = paragraph(run("MAPPA A")) + paragraph(run("Referral to level 2 or level 3 MAPP meeting"))
    asked: Rows = [*ASKED, ("Name of referrer", ("Tom Hale",)), ("Court", ("Leeds",)), ("Job title", ("Officer",))]
    manager: Rows = [
        ("Line manager", ("Ada Okoro",)),
        ("Endorsed by line manager", ("Yes",)),
        ("Date endorsed", ("3 May 2026",)),
    ]
    body = title + headed(asked, BOLD) + paragraph(run("Endorsement", BOLD)) + headed(manager, BOLD)
    (form,) = read(docx(body), "form.docx", date(2026, 11, 20)).forms
    assert form.values["endorsement.comments"].status == "absent"
    assert (form.value("endorsement.name"), form.value("endorsement.date")) == ("Ada Okoro", "2026-05-03")


def test_a_colon_apart_from_its_label_is_no_part_of_the_answer() -> None:
    def spaced(rows: Rows, look: str) -> str:
        return "".join(
            paragraph(run(label, look), f" : {said[0]}") + "".join(map(paragraph, said[1:])) for label, said in rows
        )

    assert values(spaced, BOLD)["referrer.phone"].value == "0121 496 0109"


def test_a_label_with_a_note_that_names_an_option_is_no_option_of_the_question_above() -> None:
    rows = [*ASKED, ("MAPPA category", ("Category 2: Violent and other sexual offender",))]
    rows += [("Index offence(s)", ("Robbery",)), ("Subject to sexual offender notification requirements", ("No",))]
    assert values(noted, BOLD, rows)["category"].value == ("2",)


def test_instructions_behind_labels_and_below_them_are_no_answers() -> None:
    notes = (run(" (see guidance note 4)", "<w:i/>"), paragraph(run("(please write in full)", "<w:i/>")))

    def told(rows: Rows, look: str) -> str:
        return "".join(
            paragraph(run(label, look), notes[0]) + notes[1] + "".join(map(paragraph, said)) for label, said in rows
        )

    rows: Rows = [*ASKED[:8], ("Job title", ("Case manager",)), *ASKED[9:]]
    found = values(told, "", rows)
    keys = ("person.family_name", "referrer.role", "referrer.phone")
    assert [found[key].value for key in keys] == ["Nowak", "Case manager", "0121 496 0109"]


def test_italic_answers_above_lines_to_write_on_are_no_instructions() -> None:
    def ruled(rows: Rows, look: str) -> str:
        raised = run("1", '<w:vertAlign w:val="superscript"/>')
        return "".join(
            paragraph(run(label, look), raised, ":")
            + "".join(paragraph(run(line, "<w:i/>")) for line in said)
            + paragraph("_" * 60)
            for label, said in rows
        )

    found = values(ruled, BOLD)
    assert (found["person.family_name"].value, found["victim.issues"].value) == ("Nowak", "\n".join(ISSUES))


def test_empty_rows_between_labels_with_answers_beside_them_are_no_rows_of_answers() -> None:
    def apart(rows: Rows, look: str) -> str:
        return table(*(line for label, said in rows for line in (row(label, cell(*map(paragraph, said))), row("", ""))))

    rows = [(label, ("Ward",) if label == "Last name" else said) for label, said in ASKED if label != "Victim issues"]
    rows += [("Job title", ("Social worker",)), ("Court", ("Youth court",))]
    found = values(apart, "", rows)
    assert (found["person.family_name"].value, found["referrer.role"].value) == ("Ward", "Social worker")


@pytest.mark.parametrize("heading", ["", "Victims"])
def test_an_answer_that_goes_on_in_the_next_table_is_whole_and_not_sure(heading: str) -> None:
    def cut(rows: Rows, look: str) -> str:
        before, after = rows[:9], rows[9:]
        rest = row("", "She asks why now.") + beside(after, look).split("<w:tblGrid/>")[1]
        between = paragraph(run(heading, look)) if heading else paragraph()
        return beside(before, look) + between + table(rest.removesuffix("</w:tbl>"))

    rows: Rows = [(label, ISSUES[:1] if label == "Victim issues" else said) for label, said in ASKED]
    found = values(cut, BOLD, rows)["victim.issues"]
    assert (found.value, found.confidence < 0.9) == (f"{ISSUES[0]}\nShe asks why now.", True)


def test_a_label_in_small_letters_at_the_head_of_a_table_may_be_the_rest_of_another() -> None:
    title = paragraph(run("MAPPA A")) + paragraph(run("Referral to level 2 or level 3 MAPP meeting"))
    asked: Rows = [*ASKED, ("Name of referrer", ("Tom Hale",)), ("Court", ("Leeds",)), ("Endorsed by line", ("Yes",))]
    after: Rows = [("manager", ()), ("Date endorsed", ("3 May 2026",))]
    body = title + beside(asked, BOLD) + paragraph() + beside(after, BOLD)
    (form,) = read(docx(body), "form.docx", date(2026, 11, 20)).forms
    assert form.values["endorsement.name"].confidence < 0.9


def test_a_bold_line_right_below_a_plain_label_may_be_its_answer_though_it_names_a_part() -> None:
    def bold(rows: Rows, look: str) -> str:
        return "".join(paragraph(label) + "".join(paragraph(run(line, BOLD)) for line in said) for label, said in rows)

    title = paragraph(run("MAPPA A")) + paragraph(run("Referral to level 2 or level 3 MAPP meeting"))
    rows: Rows = [*ASKED[:4], ("Proposed release address", ("HMP Approved Premises, Dudley",)), *ASKED[8:]]
    (form,) = read(docx(title + bold(rows, "")), "form.docx", date(2026, 11, 20)).forms
    found = form.values["person.release_address"]
    assert found.value == "HMP Approved Premises, Dudley" or found.confidence < 0.9


def spaced(rows: Rows, look: str) -> str:
    return table(*(row(cell(paragraph(run(label, look))), "", cell(*map(paragraph, said))) for label, said in rows))


@pytest.mark.parametrize("look", [BOLD, ""])
def test_answers_behind_a_column_that_is_always_empty_are_read_and_doubted(look: str) -> None:
    found = values(spaced, look, [*ASKED, ("Restricted patient", ("☒ Yes  ☐ No",)), ("Job title", ())])
    said = {"person.family_name": "Nowak", "person.date_of_birth": "1985-06-03", "hospital.restricted": "yes"}
    assert {key: found[key].value for key in said} == said
    assert found["referrer.role"].status == "blank"
    assert all(found[key].confidence < 0.9 for key in (*said, "victim.issues"))


def test_what_stands_behind_empty_answers_is_none_where_it_is_said_of_all() -> None:
    rows = [(label, (("Care team", "Ward", "Care team")[at % 3],)) for at, (label, _) in enumerate(ASKED)]
    assert values(spaced, BOLD, rows)["person.family_name"].value is None
