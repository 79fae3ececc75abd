"""One choice drawn in the ways people draw it: which option is chosen never depends on how the form offers them."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.models import Value
from extractors.read import read
from tests.extractors.documents import cell, content_control, docx, paragraph, row, run, table

BOLD = "<w:b/>"
RISKS = ("Low", "Medium", "High", "Very High")
REASONS = (
    "Initial identification (within 3 days of sentence or admission)",
    "First CPA at which discharge or CTO is considered",
    "Leave outside the hospital grounds",
    "Conditional discharge planned",
    "Community Treatment Order",
    "Tribunal",
    "Transfer",
    "Discharge / end of order",
)
ASKED = [
    ("Last name", "Nowak"),
    ("First name(s)", "Anna"),
    ("Date of birth", "3 June 1985"),
    ("NHS number", "999 755 1613"),
    ("Hospital and ward", "St Alphege Hospital, Kingfisher Ward"),
    ("Responsible Clinician", "Dr Colm Byrne"),
]
RISK, REASON, TOLD = (
    "Overall risk of serious harm",
    "Reason for this notification",
    "Patient informed of this notification",
)


def values(*rows: str) -> dict[str, Value]:
    """A form I whose table ends in `rows`."""
    asked = [row(cell(paragraph(run(label, BOLD))), said) for label, said in ASKED]
    body = paragraph(run("MAPPA I")) + paragraph(run("Initial notification of MAPPA eligible patients"))
    (form,) = read(docx(body + table(*asked, *rows)), "form.docx", date(2026, 11, 20)).forms
    return dict(form.values)


def question(label: str, *answer: str) -> str:
    return row(cell(paragraph(run(label, BOLD))), cell(*answer))


def sure(value: Value) -> bool:
    return value.confidence >= 0.9


@pytest.mark.parametrize(
    "drawn",
    [
        [paragraph("Low    Medium    High ✓    Very High")],
        [paragraph("Low    Medium    ✓ High    Very High")],
        [paragraph(said) for said in ("Low", "Medium", "High ✓", "Very High")],
        [paragraph(said) for said in ("Low ___", "Medium ___", "High _X_", "Very High ___")],
        [paragraph(said) for said in ("Not assessed ☐", "Low ☐", "Medium ☐", "High ☒", "Very High ☐")],
        [paragraph("Not assessed ☐  Low ☐  Medium ☐  High ☒  Very High ☐")],
    ],
)
def test_a_tick_belongs_to_the_option_on_its_line_that_it_stands_next_to(drawn: list[str]) -> None:
    found = values(question(RISK, *drawn))["risk.overall"]
    assert (found.value, sure(found)) == ("high", True)


@pytest.mark.parametrize(
    ("drawn", "meant"),
    [
        (["Low / Medium / High / Very High", "High"], "high"),
        (["Low", "Medium", "→ High", "Very High"], "high"),
        (["Low", "Medium", "* High", "Very High"], "high"),
        (["Low  /  Medium  /  High  &lt;--  /  Very High"], "high"),
        (["Medium / High"], None),
    ],
)
def test_a_choice_by_anything_but_a_tick_is_never_taken_for_none(drawn: list[str], meant: str | None) -> None:
    found = values(question(RISK, *(paragraph(said) for said in drawn)))["risk.overall"]
    assert (found.status, found.value, sure(found)) == ("read", meant, False)


def test_options_that_are_printed_and_left_alone_are_no_answer() -> None:
    found = values(question(RISK, paragraph("Low / Medium / High / Very High")))["risk.overall"]
    assert (found.status, sure(found)) == ("blank", True)


def picked(chosen: str) -> str:
    listed = "".join(f'<w:listItem w:displayText="{one}" w:value="{one}"/>' for one in REASONS)
    return paragraph(content_control(f"<w:dropDownList>{listed}</w:dropDownList>", run(chosen)))


@pytest.mark.parametrize("boxed", [True, False])
def test_several_options_picked_from_lists_or_written_below_each_other_are_chosen(boxed: bool) -> None:
    chosen = [REASONS[1], REASONS[5]]
    found = values(question(REASON, *(picked(one) if boxed else paragraph(one) for one in chosen)))["hospital.trigger"]
    assert (found.value, sure(found)) == (("cpa", "tribunal"), boxed)


def test_several_options_said_again_below_the_list_of_all_are_chosen() -> None:
    found = values(question(REASON, paragraph(" / ".join(REASONS)), paragraph(REASONS[5]), paragraph(REASONS[6])))
    assert (found["hospital.trigger"].value, sure(found["hospital.trigger"])) == (("tribunal", "transfer"), False)


def option_rows(label: str, options: tuple[str, ...], ticked: str, merged: bool) -> list[str]:
    looks = ['<w:vMerge w:val="restart"/>', *["<w:vMerge/>"] * (len(options) - 1)] if merged else [""] * len(options)
    asked = [paragraph(run(label, BOLD)), *["<w:p/>"] * (len(options) - 1)]
    return [
        row(f"<w:tc><w:tcPr>{look}</w:tcPr>{text}</w:tc>", option, "X" if option == ticked else "")
        for look, text, option in zip(looks, asked, options, strict=True)
    ]


@pytest.mark.parametrize("merged", [True, False])
def test_options_on_rows_of_their_own_beside_their_label_are_told_by_the_tick_beside_them(merged: bool) -> None:
    found = values(
        *option_rows(RISK, RISKS, "Very High", merged),
        *option_rows(TOLD, ("Yes", "No"), "No", merged),
        *option_rows(REASON, REASONS, REASONS[3], merged),
    )
    assert found["risk.overall"].value == "very_high"
    assert found["disclosure.person_informed"].value == "no"
    assert found["hospital.trigger"].value == ("conditional_discharge",)


RED, GREY = '<w:color w:val="C00000"/>', '<w:color w:val="BFBFBF"/>'


@pytest.mark.parametrize(("chosen", "others"), [(RED, ""), ("", GREY)])
@pytest.mark.parametrize("between", ["/", " / ", "     "])
def test_a_choice_by_the_colour_of_the_print_is_one_but_never_sure(chosen: str, others: str, between: str) -> None:
    said = [run(option, chosen if option == "Medium" else others) for option in RISKS]
    found = values(question(RISK, paragraph(*f"\n{between}\n".join(said).split("\n"))))["risk.overall"]
    assert (found.value, sure(found)) == ("medium", False)


def test_options_printed_each_in_its_own_colour_are_surely_no_answer() -> None:
    inks = ("00B050", "FFC000", "ED7D31", "C00000")
    said = [run(f"{option}  ", f'<w:color w:val="{ink}"/>') for option, ink in zip(RISKS, inks, strict=True)]
    found = values(question(RISK, paragraph(*said)))["risk.overall"]
    assert (found.status, sure(found)) == ("blank", False)


def ring(wide: float) -> str:
    shape = (
        '<a:graphicData uri="x"><wps:wsp><wps:spPr><a:prstGeom prst="ellipse"/></wps:spPr></wps:wsp></a:graphicData>'
    )
    extent = f'<wp:extent cx="{int(wide * 360_000)}" cy="200000"/>'
    return f"<w:r><w:drawing><wp:anchor>{extent}<a:graphic>{shape}</a:graphic></wp:anchor></w:drawing></w:r>"


def test_a_ring_drawn_in_the_place_of_an_answer_puts_it_in_doubt() -> None:
    restricted = question("Restricted patient", "Yes / No")
    for wide in (0.8, 12.0):
        found = values(question(TOLD, paragraph("Yes / ", ring(wide), "No")), restricted)
        assert not sure(found["disclosure.person_informed"])
    assert sure(found["hospital.restricted"])


def test_a_tick_typed_behind_an_empty_box_stands_for_one_in_it() -> None:
    found = values(question(TOLD, paragraph("Yes ☐    No ☐✓")))["disclosure.person_informed"]
    assert (found.value, sure(found)) == ("no", True)


def test_a_tick_beside_an_answer_that_says_nothing_is_doubted() -> None:
    both = values(question(TOLD, paragraph("n/k"), paragraph("Yes ☐    No ☒")))["disclosure.person_informed"]
    alone = values(question(TOLD, paragraph("Yes ☐    No ☒")))["disclosure.person_informed"]
    assert (sure(both), sure(alone)) == (False, True)


def test_the_sign_of_a_list_before_a_box_takes_nothing_from_it() -> None:
    listed = [paragraph(f"• {'☒' if option == 'High' else '☐'} {option}") for option in RISKS]
    found = values(question(RISK, *listed))["risk.overall"]
    assert (found.value, sure(found)) == ("high", True)


def test_options_marked_in_part_are_doubted() -> None:
    marked = '<w:highlight w:val="yellow"/>'
    listed = [paragraph(run(REASONS[1][:18], marked), REASONS[1][18:]), paragraph(run(REASONS[5], marked))]
    found = values(question(REASON, paragraph(REASONS[0]), *listed, paragraph(REASONS[6])))["hospital.trigger"]
    assert not sure(found)


def on_lines(*asked: str) -> dict[str, Value]:
    """A form I without any table: labels and answers as paragraphs."""
    said = "".join(paragraph(run(label, BOLD)) + paragraph(answer) for label, answer in ASKED)
    body = paragraph(run("MAPPA I")) + paragraph(run("Initial notification of MAPPA eligible patients"))
    (form,) = read(docx(body + said + "".join(asked)), "form.docx", date(2026, 11, 20)).forms
    return dict(form.values)


@pytest.mark.parametrize(
    "signs", ["●○", "■□", "⬤○", "☑☐", "◉○", ("(x)", "( )"), ("[x]", "[ ]")], ids=lambda signs: "".join(signs)
)
@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
def test_boxes_below_each_other_outside_tables_are_told_by_their_like(
    signs: str | tuple[str, str], before: bool
) -> None:
    on, off = signs

    def listed(options: tuple[str, ...], chosen: str) -> list[str]:
        marks = [(on if option == chosen else off, option) for option in options]
        return [paragraph(f"{mark} {said}" if before else f"{said} {mark}") for mark, said in marks]

    found = on_lines(
        paragraph(run(RISK, BOLD)),
        *listed(RISKS, "High"),
        paragraph(run(TOLD, BOLD)),
        *listed(("Yes", "No"), "No"),
        paragraph(run("Gender", BOLD)),
        *listed(("Female", "Male"), "Female"),
    )
    assert [found[key].value for key in ("risk.overall", "disclosure.person_informed", "person.gender")] == [
        "high",
        "no",
        "Female",
    ]


@pytest.mark.parametrize("drawn", ["✔ Male  Female  Other", "✓ Male – Female – Other", "Male X Female Other"])
def test_one_mark_among_words_chooses_none_of_them_for_certain(drawn: str) -> None:
    found = values(question("Gender", paragraph(drawn)))["person.gender"]
    assert not sure(found)
    assert found.value != "Male Female Other"
