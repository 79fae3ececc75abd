"""What stands round all answers of a form is how it is written, and no part of any of them."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.models import FormReading
from extractors.read import read
from tests.extractors.documents import docx, paragraph, run
from tests.extractors.test_area_forms import form, made, table, told

DAY = date(2026, 11, 20)
ASKED = {
    "Surname": "Vance",
    "First name(s)": "Rhys",
    "Date of birth": "09/12/1988",
    "Gender": "Male",
    "Ethnicity": "White British",
    "ViSOR reference": "",
    "Court": "Leeds Crown Court",
    "Victim issues": "[She] wants no contact. Police hold 2 statements.",
    "Overall risk of serious harm": "High",
    "Name of referrer": "Una Vale",
}


def mailed(*lines: str) -> FormReading:
    body = "\n".join(("MAPPA A referral", "", *lines))
    head = "From: una@example.police.uk\nTo: mappa@example.police.uk\nSubject: MAPPA A\nMIME-Version: 1.0\n"
    content = f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}"
    return read(content.encode(), "form.eml", DAY).forms[0]


def says_all(found: FormReading) -> None:
    values = found.values
    assert told(values["person.family_name"]) == ("read", "Vance", True)
    assert values["person.visor_ref"].status == "blank"
    assert values["conviction.court"].value == "Leeds Crown Court"
    assert values["victim.issues"].value == ASKED["Victim issues"]
    assert values["risk.overall"].value == "high"
    assert values["referrer.name"].value == "Una Vale"


@pytest.mark.parametrize(
    "written",
    [
        "{label}: \u201c{answer}\u201d",
        '{label}: "{answer}"',
        "{label}: [{answer}]",
        "| {label} | {answer} |",
        "{label} => {answer}",
        "{label} \u2192 {answer}",
    ],
)
def test_quotes_brackets_bars_and_arrows_are_left_out(written: str) -> None:
    says_all(mailed(*(written.format(label=label, answer=answer) for label, answer in ASKED.items())))


@pytest.mark.parametrize("head", ["Response: ", "Entered = ", "{number}a. ", "\u00bb "])
def test_words_and_numbers_before_all_answers_are_left_out(head: str) -> None:
    cells = [(label, head.format(number=number) + said) for number, (label, said) in enumerate(ASKED.items(), 1)]
    says_all(form(table(2, *cells)))


def test_what_some_answers_share_is_theirs() -> None:
    """One name in quotes is written so; five of ten answers are not nearly all."""
    some = {label: f"\u201c{said}\u201d" if at % 2 else said for at, (label, said) in enumerate(ASKED.items())}
    found = read(docx("".join(paragraph(run(f"{a}: {b}")) for a, b in {"MAPPA A": "", **some}.items())), "a.docx", DAY)
    assert found.forms[0].value("person.given_names") == "\u201cRhys\u201d"


def test_names_of_fields_with_strokes_below_for_blanks_are_known() -> None:
    names = ((label.lower().replace(" ", "_").replace("(s)", "s"), said) for label, said in ASKED.items())
    says_all(mailed(*(f"{name}: {said}" for name, said in names)))


@pytest.mark.parametrize("prompt", ["Click or tap here to enter text.", "Choose an item."])
def test_what_an_empty_field_shows_is_no_part_of_what_is_typed_behind_it(prompt: str) -> None:
    says_all(form(table(2, *((f"#{label}", f"{prompt} {said}") for label, said in ASKED.items()))))


@pytest.mark.parametrize("head", ["Guidance", "Help text", "Notes for completion"])
def test_a_column_of_guidance_between_labels_and_answers_is_neither(head: str) -> None:
    rows = [(f"#{label}", f"See note {at}.", said) for at, (label, said) in enumerate(ASKED.items())]
    says_all(form(table(3, ("#Question", f"#{head}", "#Answer"), *rows)))


def test_numbers_behind_the_names_of_parts_are_neither_labels_nor_answers() -> None:
    parts = [made("Risk", down="restart" if at == 0 else "continue") for at in range(len(ASKED))]
    rows = [
        (part, f"{at}", label, said)
        for part, at, (label, said) in zip(parts, range(1, 20), ASKED.items(), strict=False)
    ]
    found = form(table(4, *rows))
    says_all(found)
    assert found.values["risk.summary"].value is None


def test_figures_alone_are_no_sure_narrative() -> None:
    found = form(table(2, *ASKED.items(), ("Nature of the risk and who is at risk", "19")))
    assert told(found.values["risk.summary"]) == ("read", "19", False)


def test_an_answer_that_another_label_interrupts_is_never_sure() -> None:
    said = "Robbery; assault; Date of conviction: 2 Feb 2024"
    found = form(table(2, *ASKED.items(), ("Index offence", said)))
    assert found.values["conviction.index_offence"].confidence < 0.9
    assert (
        form(table(2, *ASKED.items(), ("Index offence", "Robbery; assault")))
        .values["conviction.index_offence"]
        .confidence
        >= 0.9
    )


def test_semicolons_part_labels_with_their_answers_on_a_line() -> None:
    """The last answer of a line is followed by one as well, and no label holds one."""
    line = (
        "Job title: Probation Officer; Telephone: 01632 960700; ViSOR reference: ;",
        "Surname: Vance; First name(s): Rhys; Date of birth: 09/12/1988;",
        "Gender: Male; Ethnicity: White British; Court: Leeds; Name of referrer: Una Vale;",
    )
    found = form(*(paragraph(run(one)) for one in line)).values
    said = {"referrer.role": "Probation Officer", "person.family_name": "Vance", "referrer.name": "Una Vale"}
    assert {key: found[key].value for key in said} == said
    assert found["referrer.phone"].value == "01632 960700"
    assert found["person.visor_ref"].status == "blank"
