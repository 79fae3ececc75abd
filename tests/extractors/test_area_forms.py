"""Forms as areas make their own: merged labels, lists of digits to mark, columns for "not known", bars that open sections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.models import FormReading, Value
from extractors.read import read
from tests.extractors.documents import cell, docx, paragraph, row, run
from tests.extractors.drawn import drawn

DAY = date(2026, 11, 20)
SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="D9D9D9"/>'
BOLD, STRUCK, MARKED = "<w:b/>", "<w:strike/>", '<w:highlight w:val="yellow"/>'
PERSON = (
    ("#Surname", "Vance"),
    ("#First name(s)", "Rhys"),
    ("#Date of birth", "09/12/1988"),
    ("#Gender", "Male"),
    ("#ViSOR reference", "09/0013377"),
    ("#Ethnicity", "White British"),
)


def made(text: str, columns: int = 1, down: str = "") -> str:
    """A cell: "#" before its text shades it as labels are; `down` is restart or continue for one merged over rows."""
    merged = f'<w:vMerge w:val="{down}"/>' if down else ""
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    look = span + merged + (SHADE if text.startswith("#") else "")
    told = text.removeprefix("#")
    return cell(told if told.startswith("<") else paragraph(run(told)) if told else paragraph(), look=look)


def table(width: int, *rows: Sequence[str]) -> str:
    grid = "".join('<w:gridCol w:w="1500"/>' for _ in range(width))
    inside = (row(*(one if one.startswith("<w:tc>") else made(one) for one in cells)) for cells in rows)
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(inside)}</w:tbl>"


def form(*blocks: str, code: str = "MAPPA A") -> FormReading:
    return read(docx(paragraph(run(code)) + "".join(blocks)), "form.docx", DAY).forms[0]


def told(value: Value) -> tuple[str, object, bool]:
    """Status, value, and whether it is sure."""
    return value.status, value.value, value.confidence >= 0.9


def test_a_label_merged_over_rows_is_answered_by_the_cells_beside_all_of_them() -> None:
    address = (
        (made("#Home address", down="restart"), "Flat 2, 88 Quay Road"),
        (made("#", down="continue"), "Marshport"),
        (made("#", down="continue"), "FZ9 4QQ"),
    )
    found = form(table(2, *PERSON, *address, ("#Nationality", "British")))
    assert told(found.values["person.current_address"]) == ("read", "Flat 2, 88 Quay Road\nMarshport\nFZ9 4QQ", True)
    assert found.value("person.nationality") == "British"


@pytest.mark.parametrize(
    ("label", "key", "answer", "value"),
    [
        ("MAPPA category (circle)", "category", [("1 / ", ""), ("2", BOLD), (" / 3", "")], ("2",)),
        ("MAPPA category", "category", [("1 / 2", STRUCK), (" / 3 / ", ""), ("4", STRUCK)], ("3",)),
        ("Media interest", "referral.media_interest", [("Y / ", ""), ("N", MARKED)], "no"),
        ("Domestic abuse", "safeguarding.domestic_abuse", [("Y", ""), (" / N", STRUCK)], "yes"),
        ("Overall risk of serious harm", "risk.overall", [("L / M / ", ""), ("H", BOLD), (" / VH", "")], "high"),
    ],
)
def test_an_option_of_one_sign_is_chosen_as_others_are(
    label: str, key: str, answer: list[tuple[str, str]], value: object
) -> None:
    printed = "".join(text for text, _ in answer)
    marked = paragraph(*(run(text, look) for text, look in answer))
    assert told(form(table(2, *PERSON, (f"#{label}", marked))).values[key]) == ("read", value, True)
    assert told(form(table(2, *PERSON, (f"#{label}", printed))).values[key])[:2] == ("blank", None)


def test_a_cross_in_the_column_for_not_known_is_an_empty_answer() -> None:
    ticks = table(
        4,
        ("#Screening questions", "#Yes", "#No", "#Not known"),
        ("#Domestic abuse", "X", "", ""),
        ("#Referred to MARAC", "", "", "X"),
        ("#Media interest", "", "X", ""),
        ("#Terrorism or extremism concerns", "", "", ""),
    )
    found = form(table(2, *PERSON), ticks)
    keys = ("safeguarding.domestic_abuse", "safeguarding.marac", "referral.media_interest", "referral.terrorism")
    assert [found.values[key].status for key in keys] == ["read", "not_known", "read", "blank"]


def test_what_only_a_wide_table_says_of_who_completes_it_is_an_answer_elsewhere() -> None:
    who = [("#PNC ID", "", "Police"), ("#CRO number", "", "Police"), ("#Prison number", "A1234BC", "Prison")]
    sender = (("#Name of referrer", "Nadia Farouk"), ("#Job title", "Offender Manager"))
    found = form(table(2, *PERSON), table(3, *who), table(2, *sender))
    assert told(found.values["referrer.role"]) == ("read", "Offender Manager", True)
    assert found.value("person.prison_number") == "A1234BC"


def test_a_wide_bar_above_labels_is_a_heading_even_where_it_is_worded_as_a_label() -> None:
    rows = (
        (made("#Conviction", columns=4),),
        ("#Court", "Leeds Crown Court", "#Conviction date", "11/06/2019"),
        (made("#Section 4: who is sending this form", columns=4),),
        ("#Name", "Nadia Farouk", "#Role", "Case manager"),
    )
    found = form(table(2, *PERSON), table(4, *rows))
    assert found.values["conviction.index_offence"].status == "absent"
    assert (found.value("referrer.name"), found.value("referrer.role")) == ("Nadia Farouk", "Case manager")


def test_two_labels_of_one_meaning_with_different_answers_are_never_sure() -> None:
    rows = ("#Parole eligibility date", "18/10/2027", "#Next parole hearing", "11/01/2028")
    found = form(table(2, *PERSON), table(4, (made("#Personal details", columns=4),), rows))
    assert found.values["dates.parole_eligibility"].confidence < 0.9


def test_agency_among_the_lines_of_the_referrer_is_no_table_of_agencies() -> None:
    lines = (
        "Name of referrer: Nadia Farouk",
        "Job title: Case manager",
        "Agency: Leeds YJS",
        "Telephone: 01632 960118",
    )
    found = form(table(2, *PERSON), *(paragraph(run(line)) for line in lines))
    assert found.value("referrer.agency") == "Leeds YJS"
    assert found.value("agencies") is None


@pytest.mark.parametrize("gap", [0.7, 0.9])
def test_a_box_that_all_but_touches_the_rulings_of_a_tight_row_is_a_tick_box(gap: float) -> None:
    side = 10.5

    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 780, "MAPPA A")
        canvas.setFontSize(8)
        rows = [(label.removeprefix("#"), answer) for label, answer in PERSON]
        rows += [("Release address approved?", ""), ("Media interest", "")]
        bottoms = [740 - (at + 1) * (side + 2 * gap) for at in range(len(rows))]
        canvas.setLineWidth(0.5)
        for (label, answer), under in zip(rows, bottoms, strict=True):
            canvas.drawString(54, under + 3, label)
            canvas.drawString(214, under + 3, answer)
            canvas.rect(50, under, 160, side + 2 * gap)
            canvas.rect(210, under, 200, side + 2 * gap)
        for under, ticked in zip(bottoms[-2:], (0, 1), strict=True):
            bottom = under + gap
            for option, word in enumerate(("Yes", "No")):
                left = 215 + 40 * option
                canvas.rect(left, bottom, side, side)
                canvas.drawString(left + side + 2, bottom + 2, word)
                if option == ticked:
                    canvas.line(left, bottom, left + side, bottom + side)
                    canvas.line(left, bottom + side, left + side, bottom)

    found = read(drawn(page), "form.pdf", DAY).forms[0]
    assert (found.value("person.release_address_approved"), found.value("referral.media_interest")) == ("yes", "no")


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ([("REFERRAL TO LEVEL ", ""), ("2", STRUCK), (" / 3 (delete as applicable)", "")], "3"),
        ([("Referral to: Level 2 ", ""), ("/ Level 3", STRUCK)], "2"),
        ([("Request for ", ""), ("Level 3", BOLD), (" / Level 2 management", "")], "3"),
        ([("REFERRAL TO LEVEL 2 / 3", BOLD)], None),
    ],
)
def test_the_level_may_be_chosen_in_the_title(title: list[tuple[str, str]], level: str | None) -> None:
    found = form(paragraph(*(run(text, look) for text, look in title)), table(2, *PERSON))
    assert found.value("level_requested") == level


def test_a_list_of_options_tells_what_is_asked_where_nobody_knows_its_label() -> None:
    listed = ["( ) New admission or sentence", "(X) First CPA", "(X) Tribunal", "( ) Transfer to another hospital"]
    asked = (made("#Zeta marks"), cell(*listed))
    found = form(table(2, *PERSON, ("#NHS number", "9990000026"), asked), code="MAPPA I").values["hospital.trigger"]
    assert (found.value, found.confidence < 0.9) == (("cpa", "tribunal"), True)


@pytest.mark.parametrize(
    ("label", "answer", "values"),
    [
        (
            "Court and date of conviction",
            "Downs Crown Court, 14 July 2015",
            {"conviction.court": "Downs Crown Court", "conviction.date": "2015-07-14"},
        ),
        (
            "Disclosure considered",
            "Yes. If yes, give details: To the new partner, on 4 August.",
            {"disclosure.considered": "yes", "disclosure.details": "To the new partner, on 4 August."},
        ),
        (
            "PNC / CRO",
            "2012/0123456Y / 29906/12J",
            {"person.pnc_id": "2012/0123456Y", "person.cro_number": "029906/12J"},
        ),
        ("Middle name(s)", "Owen", {"person.given_names": "Rhys Owen"}),
        ("S.E.D.", "08/07/2033", {"dates.sentence_expiry": "2033-07-08"}),
        ("Street name / maiden name / A.K.A.", "Gerry", {"person.aliases": "Gerry"}),
        ("Authorised by (manager)", "Derek Mawson", {"endorsement.name": "Derek Mawson"}),
        ("Endorsed by line manager", "Yes", {"endorsement.endorsed": "yes", "endorsement.name": None}),
    ],
)
def test_what_one_answer_tells_goes_to_the_keys_it_tells_of(
    label: str, answer: str, values: dict[str, str | None]
) -> None:
    found = form(table(2, *PERSON, (f"#{label}", answer)))
    assert {key: found.value(key) for key in values} == values


def test_every_row_of_a_table_of_offences_is_read_and_none_is_sure_alone() -> None:
    rows = (
        (made("#Convictions", columns=3),),
        ("#Offence", "#Court", "#Sentence"),
        ("Robbery", "Leeds Crown Court", "8 years"),
        ("Possession of an imitation firearm", "Leeds Crown Court", "2 years concurrent"),
    )
    found = form(table(2, *PERSON), table(3, *rows)).values
    expected = ("read", "Robbery\nPossession of an imitation firearm", False)
    assert told(found["conviction.index_offence"]) == expected
    assert found["conviction.court"].value == "Leeds Crown Court"
    assert found["conviction.sentence"].confidence < 0.9


def test_a_table_of_levels_under_its_groups_is_read_by_its_columns() -> None:
    rows = (("#", "#Children", "#Public", "#Known adult", "#Staff"), ("#Level", "Low", "High", "Medium", "Very high"))
    found = form(table(2, *PERSON), paragraph(run("Risk of serious harm")), table(5, *rows))
    keys = ("risk.children", "risk.public", "risk.known_adult", "risk.staff")
    assert [found.value(key) for key in keys] == ["low", "high", "medium", "very_high"]


def test_the_lines_of_an_address_may_have_labels_of_their_own() -> None:
    below = (("#Home address\nLine 1", "9 Cutter Street"), ("#Line 2", "Woldham"), ("#Postcode", "WZ3 3XX"))
    found = form(table(2, *PERSON, *below, ("#Nationality", "British")))
    assert told(found.values["person.current_address"]) == ("read", "9 Cutter Street\nWoldham\nWZ3 3XX", True)
    beside = table(4, ("#Current address", "9 Cutter Street", "#Postcode", "WZ3 3XX"))
    found = form(table(2, *PERSON), beside)
    assert found.value("person.current_address") == "9 Cutter Street\nWZ3 3XX"


def test_telephone_and_email_of_an_agency_may_have_columns_of_their_own() -> None:
    rows = (
        ("#Name", "#Agency", "#Role", "#Telephone", "#Email"),
        ("Nora Quill", "Probation", "COM", "01632 960011", "nora@wold.example"),
        ("Ben Hale", "Police", "Sergeant", "01632 960012", ""),
    )
    agencies = form(table(2, *PERSON), paragraph(run("Agencies involved")), table(5, *rows)).value("agencies")
    assert isinstance(agencies, tuple)
    assert [row["contact"] for row in agencies if isinstance(row, dict)] == [
        "01632 960011 nora@wold.example",
        "01632 960012",
    ]


def test_a_column_of_guidance_is_no_answer() -> None:
    rows = [
        ("Item", "Entry", "Guidance"),
        ("Surname", "Pemberton", "As in the notes"),
        ("First name(s)", "Ada", ""),
        ("Date of birth", "04/05/1970", "Day, month, year"),
        ("NHS number", "999 000 0026", "Ten digits"),
        ("ViSOR reference", "", "If known"),
        ("Overall risk of serious harm", "Medium", "Low, medium, high, very high"),
        ("Proposed level of management", "1", "1, 2 or 3"),
        ("Responsible Clinician", "Dr Bola Hart", "Of the ward"),
    ]
    found = form(table(3, *rows), code="MAPPA I")
    keys = ("risk.overall", "referral.level_proposed", "hospital.responsible_clinician", "person.visor_ref")
    assert [found.value(key) for key in keys] == ["medium", "1", "Dr Bola Hart", None]


def test_a_yes_or_no_before_the_next_label_on_its_line_is_no_part_of_that_label() -> None:
    marked = [("Child safeguarding: ", ""), ("Y", MARKED), (" / N Adult safeguarding: Y / ", ""), ("N", MARKED)]
    found = form(table(2, *PERSON), paragraph(*(run(text, look) for text, look in marked)))
    assert (found.value("safeguarding.children"), found.value("safeguarding.adults")) == ("yes", "no")


def test_a_label_wrapped_before_a_bracket_means_what_it_says_whole() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFontSize(9)
        canvas.drawString(50, 780, "MAPPA A")
        rows = [(label.removeprefix("#"), answer) for label, answer in PERSON]
        rows[1] = ("Patient's first|name(s)", "Rhys")
        for at, (label, answer) in enumerate(rows):
            under = 730 - 26 * at
            for down, text in enumerate(label.split("|")):
                canvas.drawString(54, under + 15 - 11 * down, text)
            canvas.drawString(134, under + 15, answer)
            canvas.rect(50, under, 80, 26)
            canvas.rect(130, under, 200, 26)

    found = read(drawn(page), "form.pdf", DAY).forms[0]
    assert found.value("person.given_names") == "Rhys"


def test_questions_numbered_with_a_letter_are_known() -> None:
    numbered = (("#2a Surname", "Dacre"), ("#2b Forenames", "Ewan"), ("#2c Date of birth", "30/12/1999"))
    rest = (("#2d Gender", "Male"), ("#2e Ethnicity", "White British"), ("#2f Nationality", "British"))
    found = form(table(2, *numbered, *rest))
    assert (found.value("person.family_name"), found.value("person.nationality")) == ("Dacre", "British")


def test_a_date_may_stand_in_three_cells() -> None:
    asked = ("#Date of conviction", "14", "06", "2019", "#Court", "Leeds Crown Court")
    found = form(table(2, *PERSON), table(6, asked))
    assert (found.value("conviction.date"), found.value("conviction.court")) == ("2019-06-14", "Leeds Crown Court")


def test_a_box_ticked_at_not_known_is_an_empty_answer() -> None:
    found = form(table(2, *PERSON, ("#Adult safeguarding concerns", "☐ Yes ☐ No ☒ N/K")))
    assert found.values["safeguarding.adults"].status == "not_known"


def test_who_manages_the_case_is_not_who_endorses_it() -> None:
    rows = (
        (made("#Case manager", columns=4),),
        ("#Name", "Tamsin Oyelaran", "#Date", "30/04/2026"),
        (made("#Line manager", columns=4),),
        ("#Name", "Grant Hollis", "#Date", "01/05/2026"),
    )
    found = form(table(2, *PERSON), table(4, *rows))
    keys = ("referrer.name", "referrer.date", "endorsement.name", "endorsement.date")
    assert [found.value(key) for key in keys] == ["Tamsin Oyelaran", "2026-04-30", "Grant Hollis", "2026-05-01"]


def test_an_option_underlined_on_a_pdf_is_chosen() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFontSize(9)
        canvas.drawString(50, 780, "MAPPA A")
        rows = [(label.removeprefix("#"), answer) for label, answer in PERSON]
        rows.append(("Overall risk of serious harm", "Low / Medium / High / Very high"))
        for at, (label, answer) in enumerate(rows):
            under = 740 - 20 * at
            canvas.drawString(54, under + 7, label)
            canvas.drawString(214, under + 7, answer)
            canvas.rect(50, under, 160, 20)
            canvas.rect(210, under, 200, 20)
        before, chosen = (canvas.stringWidth(text, "Helvetica", 9) for text in ("Low / Medium / ", "High"))
        canvas.setLineWidth(0.5)
        canvas.line(214 + before, under + 5.8, 214 + before + chosen, under + 5.8)

    found = read(drawn(page), "form.pdf", DAY).forms[0]
    assert found.value("risk.overall") == "high"


def test_fields_of_a_fillable_pdf_without_a_table_belong_to_the_words_before_them() -> None:
    asked = (
        (("Surname", "Prothero"), ("First name(s)", "Gareth")),
        (("Date of birth", "27/01/1981"), ("Known as", "Gaz")),
        (("Gender", "Male"), ("Ethnicity", "White Welsh"), ("Nationality", "British")),
        (("Court", "Leeds Crown Court"), ("ViSOR reference", "")),
    )

    def page(canvas: Canvas) -> None:
        canvas.drawString(40, 800, "MAPPA A")
        canvas.setFont("Helvetica", 9)
        for at, cells in enumerate(asked):
            width = 515 / len(cells)
            for number, (label, value) in enumerate(cells):
                left, bottom = 40 + number * width, 760 - 21 * at
                after = canvas.stringWidth(label, "Helvetica", 9) + 8
                canvas.drawString(left, bottom + 4, label)
                canvas.acroForm.textfield(
                    name=f"Text{at}{number}", x=left + after, y=bottom, width=width - 8 - after, height=16, value=value
                )

    found = read(drawn(page), "form.pdf", DAY).forms[0]
    keys = ("family_name", "given_names", "date_of_birth", "aliases", "gender", "ethnicity", "nationality")
    said = [found.value(f"person.{key}") for key in keys]
    assert said == ["Prothero", "Gareth", "1981-01-27", "Gaz", "Male", "White Welsh", "British"]
    assert found.value("conviction.court") == "Leeds Crown Court"
    assert found.values["person.visor_ref"].status == "blank"


def test_a_bar_above_a_label_that_nobody_knows_is_never_surely_blank() -> None:
    rows = (("#4. Why MAPPA?",), ("#Zeta marks of this young person",), ("He has been assaulted twice.",))
    found = form(table(2, *PERSON), table(1, *rows)).values["referral.reason"]
    assert found.status != "read" and found.confidence < 0.9


def test_contact_beside_a_column_for_telephone_and_email_is_a_name() -> None:
    rows = (("#Agency", "#Contact", "#Role", "#Tel / email"), ("Police", "Ben Hale", "Sergeant", "01632 960012"))
    agencies = form(table(2, *PERSON), paragraph(run("Agencies involved")), table(4, *rows)).value("agencies")
    assert agencies == ({"agency": "Police", "name": "Ben Hale", "role": "Sergeant", "contact": "01632 960012"},)
