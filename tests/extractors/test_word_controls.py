"""Fillable controls of Word are read by their state: content controls at every level, legacy fields, ActiveX."""

from __future__ import annotations

import struct

import pytest

from extractors.page import Document, Line, Run, Table
from extractors.word.document import read_docx
from tests.extractors.documents import (
    W_NAMES,
    cell,
    check_box,
    content_control,
    docx,
    docx_parts,
    legacy_choice,
    legacy_field,
    legacy_text,
    legacy_tick,
    paragraph,
    row,
    run,
    table,
    zipped,
)

PROMPT = "Click or tap here to enter text."
SAYS_PROMPT = "<w:showingPlcHdr/>"
CHOICES = (
    '<w:dropDownList><w:listItem w:displayText="Choose an item." w:value=""/>'
    '<w:listItem w:displayText="Level 2" w:value="2"/></w:dropDownList>'
)


def read(*body: str) -> Document:
    return read_docx(docx("".join(body)))


def runs(document: Document) -> list[Run]:
    found = []
    for block in document.blocks:
        lines = [block] if isinstance(block, Line) else [line for each in block.cells for line in each.lines]
        found.extend(each for line in lines for each in line.runs)
    return found


def only(*body: str) -> Run:
    (found,) = runs(read(*body))
    return found


@pytest.mark.parametrize("ticked", [True, False])
def test_a_check_box_control_is_ticked_by_its_state(ticked: bool) -> None:
    found = only(paragraph(check_box(ticked)))
    assert (found.mark, found.control, found.method, found.text) == (ticked, "checkbox", "content_control", "")
    assert found.confidence == 1


def test_a_check_box_whose_sign_contradicts_its_state_is_doubtful() -> None:
    assert only(paragraph(check_box(False, shown="☒"))).confidence < 0.5


def test_a_check_box_with_signs_of_its_own_is_not_doubtful() -> None:
    kind = (
        '<w14:checkbox><w14:checked w14:val="1"/><w14:checkedState w14:val="00FE" w14:font="Wingdings"/>'
        '<w14:uncheckedState w14:val="00A8" w14:font="Wingdings"/></w14:checkbox>'
    )
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    found = only(paragraph(content_control(kind, sign)))
    assert (found.mark, found.confidence) == (True, 1)


def test_words_inside_a_check_box_control_stay() -> None:
    kind = '<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>'
    assert [(r.mark, r.text) for r in runs(read(paragraph(content_control(kind, run("☒ Yes")))))] == [
        (True, ""),
        (None, " Yes"),
    ]


def test_check_boxes_stand_at_paragraph_cell_and_row_level_too() -> None:
    kind = '<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>'
    around_paragraph = content_control(kind, paragraph(run("☒")))
    around_cell = content_control(kind, cell(paragraph(run("☒"))))
    document = read(around_paragraph, table(f"<w:tr>{around_cell}{cell('Police')}</w:tr>"))
    assert [r.mark for r in runs(document)] == [True, True, None]
    (found,) = [block for block in document.blocks if isinstance(block, Table)]
    assert [c.col for c in found.cells] == [0, 1]


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda kind: paragraph(content_control(kind, run("Smith"))),
        lambda kind: content_control(kind, paragraph("Smith")),
        lambda kind: table(row(content_control(kind, cell("Smith")))),
        lambda kind: table(row(cell(content_control(kind, paragraph("Smith"))))),
    ],
)
def test_a_text_control_is_read_at_every_level(wrapped) -> None:  # type: ignore[no-untyped-def]
    found = only(wrapped("<w:text/>"))
    assert (found.text, found.control, found.placeholder) == ("Smith", "text", False)


def test_rows_inside_a_repeating_section_are_rows() -> None:
    rows = "".join(content_control("<w15:repeatingSectionItem/>", row(name, "x")) for name in ("a", "b"))
    document = read(table(content_control("<w15:repeatingSection/>", rows)))
    (found,) = [block for block in document.blocks if isinstance(block, Table)]
    assert [(c.row, c.text) for c in found.cells] == [(0, "a"), (0, "x"), (1, "b"), (1, "x")]
    assert all(r.control is None for r in runs(document))


def test_a_control_round_a_whole_form_makes_no_control_of_its_labels() -> None:
    inner = table(row("Surname", cell(paragraph(content_control("<w:text/>", run("Smith"))))))
    found = runs(read(content_control("<w:richText/>", paragraph("Heading"), inner)))
    assert [(r.text, r.control) for r in found] == [("Heading", None), ("Surname", None), ("Smith", "text")]


def test_a_prompt_is_told_from_a_value() -> None:
    found = only(paragraph(content_control("<w:text/>", run(PROMPT), more=SAYS_PROMPT)))
    assert found.placeholder


def test_a_prompt_that_lost_its_mark_is_still_a_prompt() -> None:
    assert only(paragraph(content_control("<w:text/>", run(PROMPT)))).placeholder


def test_a_prompt_in_other_words_is_known_by_its_grey() -> None:
    look = '<w:rStyle w:val="PlaceholderText"/>'
    body = paragraph(content_control("<w:text/>", run("Offender's surname", look), more=SAYS_PROMPT))
    assert only(body).placeholder


def test_a_value_in_a_control_that_forgot_to_drop_its_mark_is_a_doubtful_value() -> None:
    found = only(paragraph(content_control("<w:text/>", run("Smith"), more=SAYS_PROMPT)))
    assert not found.placeholder
    assert found.confidence < 0.9


def test_the_glossary_settles_what_is_a_prompt() -> None:
    glossary = (
        f'<w:glossaryDocument {W_NAMES}><w:docParts><w:docPart><w:docPartPr><w:name w:val="P1"/></w:docPartPr>'
        f"<w:docPartBody>{paragraph('Surname of the person')}</w:docPartBody></w:docPart></w:docParts></w:glossaryDocument>"
    )
    placeholder = '<w:placeholder><w:docPart w:val="P1"/></w:placeholder>'
    body = paragraph(
        content_control("<w:text/>", run("Surname of the person"), more=placeholder + SAYS_PROMPT),
        content_control("<w:text/>", run("Smith"), more=placeholder + SAYS_PROMPT),
    )
    found = runs(read_docx(docx(body, {"glossary/document.xml": ("glossaryDocument", glossary)})))
    assert [(r.text, r.placeholder, r.confidence) for r in found] == [
        ("Surname of the person", True, 1),
        ("Smith", False, 1),
    ]


def test_a_drop_down_shows_its_words() -> None:
    found = only(paragraph(content_control(CHOICES, run("Level 2"))))
    assert (found.text, found.control, found.placeholder) == ("Level 2", "choice", False)


def test_a_drop_down_that_nobody_chose_from_is_a_prompt() -> None:
    assert only(paragraph(content_control(CHOICES, run("Choose an item."), more=SAYS_PROMPT))).placeholder


def test_a_date_picker_keeps_its_date_beside_what_it_shows() -> None:
    kind = '<w:date w:fullDate="2026-11-09T00:00:00Z"><w:dateFormat w:val="d MMMM yyyy"/></w:date>'
    found = only(paragraph(content_control(kind, run("9 November 2026"))))
    assert (found.text, found.control, found.iso_date) == ("9 November 2026", "date", "2026-11-09")


def test_an_empty_date_picker_keeps_no_date() -> None:
    kind = '<w:date w:fullDate="2026-11-09T00:00:00Z"/>'
    found = only(paragraph(content_control(kind, run("Click or tap to enter a date."), more=SAYS_PROMPT)))
    assert (found.placeholder, found.iso_date) == (True, None)


def test_two_controls_side_by_side_stay_two() -> None:
    found = runs(read(paragraph(content_control("<w:text/>", run("A")), content_control("<w:text/>", run("B")))))
    assert [r.text for r in found] == ["A", "B"]


def test_an_empty_control_is_still_a_place_to_fill() -> None:
    found = only(content_control("<w:text/>", "<w:p/>"))
    assert (found.text, found.control) == ("", "text")


BINDING = '<w:dataBinding w:prefixMappings="xmlns:n=\'urn:x\'" w:xpath="/n:form[1]/n:{}[1]" w:storeItemID="{{AB-1}}"/>'


def bound(body: str, stored: str) -> Document:
    parts = docx_parts(body)
    parts["customXml/item1.xml"] = f'<form xmlns="urn:x">{stored}</form>'
    parts["customXml/itemProps1.xml"] = (
        '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" ds:itemID="{AB-1}"/>'
    )
    return read_docx(zipped(parts))


def test_a_prompt_with_data_behind_it_shows_the_data() -> None:
    body = paragraph(content_control("<w:text/>", run(PROMPT), more=SAYS_PROMPT + BINDING.format("surname")))
    (found,) = runs(bound(body, "<surname>Smith</surname>"))
    assert (found.text, found.placeholder, found.confidence) == ("Smith", False, 1)


def test_data_that_contradicts_the_text_leaves_a_doubt() -> None:
    body = paragraph(content_control("<w:text/>", run("Jones"), more=BINDING.format("surname")))
    (found,) = runs(bound(body, "<surname>Smith</surname>"))
    assert found.text == "Smith"
    assert found.confidence < 0.9


def test_a_bound_drop_down_shows_the_words_of_its_value() -> None:
    body = paragraph(content_control(CHOICES, run("Choose an item."), more=SAYS_PROMPT + BINDING.format("level")))
    assert [r.text for r in runs(bound(body, "<level>2</level>"))] == ["Level 2"]


def test_a_bound_check_box_takes_the_state_of_its_data() -> None:
    kind = BINDING.format("level") + '<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>'
    (found,) = runs(bound(paragraph(content_control(kind, run("☒"))), "<level>true</level>"))
    assert (found.mark, found.confidence) == (True, 1)


def test_empty_data_leaves_what_is_shown() -> None:
    body = paragraph(content_control("<w:text/>", run("Jones"), more=BINDING.format("surname")))
    assert [r.text for r in runs(bound(body, "<surname/>"))] == ["Jones"]


@pytest.mark.parametrize("ticked", [True, False])
def test_a_legacy_check_box_is_read_by_its_state(ticked: bool) -> None:
    found = only(paragraph(legacy_tick(ticked)))
    assert (found.mark, found.control, found.method) == (ticked, "checkbox", "legacy_field")


def test_an_untouched_legacy_check_box_shows_its_default() -> None:
    field = legacy_field("FORMCHECKBOX", '<w:checkBox><w:default w:val="1"/></w:checkBox>')
    assert only(paragraph(field)).mark is True
    undone = legacy_field("FORMCHECKBOX", '<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>')
    assert only(paragraph(undone)).mark is False


def test_a_legacy_check_box_without_its_state_is_doubtful() -> None:
    assert only(paragraph(legacy_field("FORMCHECKBOX", ""))).confidence < 0.5


@pytest.mark.parametrize(
    ("chosen", "text", "placeholder"), [(2, "Female", False), (None, "Please select", True), (9, "", False)]
)
def test_a_legacy_list_shows_its_entry(chosen: int | None, text: str, placeholder: bool) -> None:
    found = only(paragraph(legacy_choice(["Please select", "Male", "Female"], chosen)))
    assert (found.text, found.control, found.placeholder) == (text, "choice", placeholder)


def test_a_legacy_text_field_shows_its_result_and_not_its_code() -> None:
    found = only(paragraph(legacy_text("West Midlands")))
    assert (found.text, found.control, found.method) == ("West Midlands", "text", "legacy_field")


def test_a_legacy_text_field_of_spaces_is_empty() -> None:
    assert only(paragraph(legacy_text("\u2002\u2002\u2002\u2002\u2002"))).text == ""


def test_a_space_between_two_looks_in_one_field_stays() -> None:
    field = legacy_field("FORMTEXT", "<w:textInput/>", run("Anne", "<w:b/>") + run(" ") + run("Lee", "<w:b/>"))
    assert "".join(r.text for r in runs(read(paragraph(field)))) == "Anne Lee"


def test_a_legacy_field_runs_over_paragraphs_and_ends_with_its_cell() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:textInput/></w:ffData></w:fldChar></w:r>'
    code = '<w:r><w:instrText> FORMTEXT </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    first = cell(paragraph(begin, code, "one") + paragraph("two"))
    found = runs(read(table(row(first, "next"))))
    assert [(r.text, r.control) for r in found] == [("one", "text"), ("two", "text"), ("next", None)]


def test_other_fields_show_their_results() -> None:
    simple = f'<w:fldSimple w:instr=" DOCPROPERTY Area ">{run("Midlands")}</w:fldSimple>'
    assert [r.text for r in runs(read(paragraph("West ", simple)))] == ["West Midlands"]


def test_lists_of_headings_are_no_text_of_the_form() -> None:
    field = legacy_field("TOC \\o", "", run("1. Offender information"))
    assert runs(read(paragraph(field, "x"))) == runs(read(paragraph("x")))


def test_an_unmerged_merge_field_is_a_prompt_and_a_merged_one_a_value() -> None:
    assert only(paragraph(legacy_field("MERGEFIELD Surname", "", run("«Surname»")))).placeholder
    assert not only(paragraph(legacy_field("MERGEFIELD Surname", "", run("Smith")))).placeholder


def test_click_here_buttons_are_prompts() -> None:
    field = legacy_field("MACROBUTTON NoMacro [Click here and type name]", "")
    found = only(paragraph(field))
    assert (found.text, found.placeholder) == ("[Click here and type name]", True)


def test_symbol_fields_are_boxes() -> None:
    assert only(paragraph(legacy_field('SYMBOL 254 \\f "Wingdings" \\s 10', ""))).mark is True


def test_a_field_without_end_holds_back_nothing() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    assert [r.text for r in runs(read(paragraph("a", begin) + paragraph("b")))] == ["a", "b"]


def morph(value: str, caption: str) -> bytes:
    """The stream of an ActiveX check box or text box, as [MS-OFORMS] lays it out."""
    mask = 1 | 1 << 8 | 1 << 22 | 1 << 23
    texts = [value.encode("latin-1"), caption.encode("utf-16-le")]
    block = struct.pack("<III", 0x2C80081B, len(texts[0]) | 1 << 31, len(texts[1])) + struct.pack("<ii", 2000, 500)
    block += b"".join(text + b"\0" * (-len(text) % 4) for text in texts)
    return b"\x40\x1d\xd2\x8b" + bytes(12) + struct.pack("<BBHQ", 0, 2, len(block) + 8, mask) + block


def active(class_id: str, stream: bytes) -> list[Run]:
    parts: dict[str, str | bytes] = dict(
        docx_parts(paragraph("Q ", '<w:r><w:object><w:control r:id="rId1"/></w:object></w:r>'))
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{}" Target="{}"/></Relationships>'
    parts["word/_rels/document.xml.rels"] = relation.format(f"{office}/control", "activeX/activeX1.xml")
    parts["word/activeX/activeX1.xml"] = (
        f'<ax:ocx xmlns:ax="http://schemas.microsoft.com/office/2006/activeX" ax:classid="{{{class_id}}}"/>'
    )
    parts["word/activeX/_rels/activeX1.xml.rels"] = relation.format(
        "http://schemas.microsoft.com/office/2006/relationships/activeXControlBinary", "activeX1.bin"
    )
    parts["word/activeX/activeX1.bin"] = stream
    return runs(read_docx(zipped(parts)))


def test_activex_boxes_are_read_with_their_captions() -> None:
    found = active("8BD21D40-EC42-11CE-9E0D-00AA006002F3", morph("1", "Level 2"))
    assert [(r.mark, r.text.strip()) for r in found] == [(None, "Q"), (True, ""), (None, "Level 2")]


def test_activex_text_boxes_show_their_text() -> None:
    found = active("8BD21D10-EC42-11CE-9E0D-00AA006002F3", morph("Smith", ""))
    assert [(r.text.strip(), r.control) for r in found] == [("Q", None), ("Smith", "text")]


def test_a_broken_activex_control_is_named_as_unread() -> None:
    parts = docx_parts(paragraph('<w:r><w:object><w:control r:id="rId1"/></w:object></w:r>'))
    assert read_docx(zipped(parts)).partly == ("The document holds a control that could not be read.",)
