"""What Word shows is what is read: text, looks, tables, tracked changes, text boxes."""

from __future__ import annotations

import pytest

from extractors.page import Cell, Document, Line, Run, Table
from extractors.refusals import Refusal
from extractors.word.document import read_docx
from tests.extractors.documents import (
    W_NAMES,
    cell,
    docx,
    docx_parts,
    paragraph,
    row,
    run,
    table,
    zipped,
)

CHANGE = 'w:id="1" w:author="x" w:date="2026-01-01T00:00:00Z"'


def read(*body: str) -> Document:
    return read_docx(docx("".join(body)))


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


def runs(document: Document) -> list[Run]:
    return [run for block in document.blocks if isinstance(block, Line) for run in block.runs]


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def shown(content: Table | Cell) -> list[list[str]] | str:
    if isinstance(content, Cell):
        return content.text
    return [[inner.text for inner in line] for line in content.rows]


def test_pieces_of_one_look_become_one_run() -> None:
    assert [run.text for run in runs(read(paragraph(run("Date "), run("of "), run("birth", "<w:b/>"))))] == [
        "Date of ",
        "birth",
    ]


def test_a_line_break_makes_a_line_of_its_own() -> None:
    assert lines(read(paragraph("Level", "<w:r><w:br/></w:r>", "Two"))) == ["Level", "Two"]


def test_tabs_hyphens_and_hard_spaces_are_as_people_read_them() -> None:
    inner = "<w:r><w:t>non</w:t><w:noBreakHyphen/><w:t>re\u00adsi\u00addent\u00a0child</w:t><w:tab/><w:t>x</w:t></w:r>"
    assert lines(read(paragraph(inner))) == ["non-resident child\tx"]


def test_insertions_stay_and_deletions_go() -> None:
    body = paragraph(
        "Level ",
        f"<w:del {CHANGE}><w:r><w:delText>2</w:delText></w:r></w:del>",
        f"<w:ins {CHANGE}>{run('3')}</w:ins>",
        f"<w:moveFrom {CHANGE}>{run(' gone')}</w:moveFrom>",
        f"<w:moveTo {CHANGE}>{run(' here')}</w:moveTo>",
    )
    assert lines(read(body)) == ["Level 3 here"]


def test_a_deleted_paragraph_end_joins_two_paragraphs() -> None:
    body = paragraph("West ", look=f"<w:rPr><w:del {CHANGE}/></w:rPr>") + paragraph("Midlands")
    assert lines(read(body)) == ["West Midlands"]


def test_a_deleted_row_is_gone_and_a_deleted_cell_too() -> None:
    document = read(
        table(
            row("a", "b"),
            row("c", look=f"<w:del {CHANGE}/>"),
            row(cell("d"), cell("e", look=f"<w:cellDel {CHANGE}/>")),
        )
    )
    assert shown(tables(document)[0]) == [["a", "b"], ["d"]]


@pytest.mark.parametrize("look", ["<w:strike/>", "<w:dstrike/>", '<w:strike w:val="true"/>'])
def test_struck_words_are_struck(look: str) -> None:
    assert [run.struck for run in runs(read(paragraph(run("Level 2", look), run(" / Level 3"))))] == [True, False]


def test_a_look_switched_off_is_off() -> None:
    assert not runs(read(paragraph(run("Yes", '<w:b w:val="0"/><w:strike w:val="false"/>'))))[0].bold


@pytest.mark.parametrize(
    "look",
    [
        '<w:highlight w:val="yellow"/>',
        '<w:shd w:val="clear" w:fill="FFFF00"/>',
        '<w:bdr w:val="single" w:sz="4" w:space="0" w:color="auto"/>',
        '<w:u w:val="single"/>',
    ],
)
def test_marker_pen_underlining_and_border_highlight(look: str) -> None:
    assert runs(read(paragraph(run("Yes", look))))[0].highlighted


def test_grey_shading_and_no_highlight_do_not_highlight() -> None:
    look = '<w:highlight w:val="none"/><w:shd w:val="clear" w:fill="D9D9D9"/><w:u w:val="none"/>'
    assert not runs(read(paragraph(run("Yes", look))))[0].highlighted


def test_hidden_text_is_left_out() -> None:
    assert lines(read(paragraph(run("secret", "<w:vanish/>"), run("shown")))) == ["shown"]


def test_links_and_smart_tags_show_their_words() -> None:
    body = paragraph(
        f'<w:hyperlink w:anchor="x">{run("Home ")}</w:hyperlink>',
        f'<w:smartTag w:element="place">{run("Office")}</w:smartTag>',
    )
    assert lines(read(body)) == ["Home Office"]


STYLES = (
    f"<w:styles {W_NAMES}>"
    '<w:style w:type="paragraph" w:styleId="Label"><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Sub"><w:basedOn w:val="Label"/></w:style>'
    '<w:style w:type="character" w:styleId="Gone"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Strong"><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="List"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Ring"><w:basedOn w:val="Ring"/></w:style>'
    "</w:styles>"
)
NUMBERING = (
    f"<w:numbering {W_NAMES}>"
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/>'
    '<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0a8"/>'
    '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    "</w:numbering>"
)
RELATED = {"styles.xml": ("styles", STYLES), "numbering.xml": ("numbering", NUMBERING)}


def test_looks_come_from_styles_and_those_they_are_based_on() -> None:
    body = paragraph(run("Name"), run(" x", '<w:rStyle w:val="Gone"/>'), look='<w:pStyle w:val="Sub"/>')
    first, second = runs(read_docx(docx(body, RELATED)))
    assert first.bold and not first.struck
    assert second.bold and second.struck


def test_bold_in_a_bold_style_is_plain_as_word_shows_it() -> None:
    body = paragraph(run("x", '<w:rStyle w:val="Strong"/>'), look='<w:pStyle w:val="Label"/>')
    assert not runs(read_docx(docx(body, RELATED)))[0].bold


def test_a_style_based_on_itself_does_no_harm() -> None:
    assert lines(read_docx(docx(paragraph("x", look='<w:pStyle w:val="Ring"/>'), RELATED))) == ["x"]


@pytest.mark.parametrize("look", ['<w:numPr><w:numId w:val="1"/></w:numPr>', '<w:pStyle w:val="List"/>'])
def test_list_paragraphs_are_bullets_by_themselves_or_by_style(look: str) -> None:
    (block,) = read_docx(docx(paragraph("Attends weekly", look=look), RELATED)).blocks
    assert isinstance(block, Line) and block.bullet


def test_a_list_whose_sign_is_a_box_gives_boxes() -> None:
    body = paragraph("Category 1", look='<w:numPr><w:numId w:val="2"/></w:numPr>')
    (block,) = read_docx(docx(body, RELATED)).blocks
    assert isinstance(block, Line) and block.runs[0].mark is False


def test_cells_know_their_place_in_the_grid() -> None:
    document = read(
        table(
            row(cell("a", look='<w:vMerge w:val="restart"/>'), cell("b", look='<w:gridSpan w:val="2"/>')),
            row(cell("", look="<w:vMerge/>"), "c", "d"),
            row("e", look='<w:gridBefore w:val="2"/>'),
        )
    )
    places = {c.text: (c.row, c.col, c.row_span, c.col_span) for c in tables(document)[0].cells}
    assert places == {"a": (0, 0, 2, 1), "b": (0, 1, 1, 2), "c": (1, 1, 1, 1), "d": (1, 2, 1, 1), "e": (2, 2, 1, 1)}


def test_a_cell_that_continues_a_merge_nobody_began_is_a_cell() -> None:
    assert shown(tables(read(table(row(cell("a", look="<w:vMerge/>")))))[0]) == [["a"]]


def test_cells_merged_across_the_old_way_are_one() -> None:
    document = read(table(row(cell("a", look='<w:hMerge w:val="restart"/>'), cell("", look="<w:hMerge/>"))))
    (only,) = tables(document)[0].cells
    assert only.col_span == 2


def test_hidden_rows_are_left_out() -> None:
    assert shown(tables(read(table(row("a", look="<w:hidden/>"), row("b"))))[0]) == [["b"]]


@pytest.mark.parametrize(
    ("look", "shaded"),
    [
        ('<w:shd w:val="clear" w:fill="D9E2F3"/>', True),
        ('<w:shd w:val="pct15" w:color="auto" w:fill="auto"/>', True),
        ('<w:shd w:val="clear" w:fill="FFFFFF"/>', False),
        ('<w:shd w:val="clear" w:fill="auto"/>', False),
        ("", False),
    ],
)
def test_shading_marks_cells(look: str, shaded: bool) -> None:
    assert [c.shaded for c in tables(read(table(row(cell("Label", look=look)))))[0].cells] == [shaded]


def test_tables_nest() -> None:
    (outer,) = tables(read(table(row(cell("x", table(row("inner")), "y")))))
    blocks = outer.rows[0][0].blocks
    assert [type(block) for block in blocks] == [Line, Table, Line]


def test_paths_lead_to_the_place() -> None:
    (found,) = tables(read(table(row("a"), row("b", "c"))))
    assert found.rows[1][1].path == "body/tbl[1]/tr[2]/tc[2]"
    assert found.rows[1][1].lines[0].runs[0].path == "body/tbl[1]/tr[2]/tc[2]/p[1]"


BOX = f"<w:txbxContent>{paragraph('in the box')}</w:txbxContent>"


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    drawing = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp>"
        f"<wps:txbx>{BOX}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert lines(read(paragraph("before ", drawing, "after"))) == ["before after", "in the box"]


def test_an_old_text_box_in_a_cell_is_read_in_that_cell() -> None:
    pict = f"<w:r><w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></w:r>"
    assert shown(tables(read(table(row(cell(paragraph("Name", pict))))))[0]) == [["Name\nin the box"]]


def test_notes_and_comments_are_left_out_and_named() -> None:
    body = paragraph("Name", '<w:r><w:footnoteReference w:id="1"/></w:r>', '<w:r><w:commentReference w:id="1"/></w:r>')
    document = read(body)
    assert lines(document) == ["Name"]
    assert document.partly == ("The document holds a comment, whose text was not read.",)


def test_headers_and_footers_of_all_sections_are_kept_apart_from_the_body() -> None:
    header = f"<w:hdr {W_NAMES}>{paragraph('OFFICIAL-SENSITIVE')}</w:hdr>"
    footer = f"<w:ftr {W_NAMES}>{table(row('MAPPA A', '2016'))}</w:ftr>"
    section = '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/><w:footerReference w:type="default" r:id="rId2"/></w:sectPr>'
    body = paragraph("one", look=section) + paragraph("two") + section
    related = {"header1.xml": ("header", header), "footer1.xml": ("footer", footer)}
    document = read_docx(docx(body, related))
    assert [line.text for line in document.header] == ["OFFICIAL-SENSITIVE"]
    assert [line.text for line in document.footer] == ["MAPPA A", "2016"]
    assert lines(document) == ["one", "two"]


@pytest.mark.parametrize(
    ("font", "code", "mark"),
    [
        ("Wingdings", "F0FE", True),
        ("Wingdings", "F0A8", False),
        ("Wingdings 2", "F052", True),
        ("Wingdings", "00FE", True),
        ("MS Gothic", "2610", False),
        ("Segoe UI Symbol", "2612", True),
    ],
)
def test_inserted_symbols_are_boxes(font: str, code: str, mark: bool) -> None:
    symbol = f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'
    assert [r.mark for r in runs(read(paragraph(symbol, " Yes")))] == [mark, None]


def test_letters_in_a_symbol_font_are_boxes() -> None:
    font = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
    assert [r.mark for r in runs(read(paragraph(run("þ", font), " Yes ", run("o", font), " No")))] == [
        True,
        None,
        False,
        None,
    ]


def test_codes_of_a_symbol_font_that_was_lost_are_boxes() -> None:
    assert [r.mark for r in runs(read(paragraph("\uf0fe Yes \uf0a8 No")))] == [True, None, False, None]


def test_an_embedded_document_is_read_in_its_place() -> None:
    parts: dict[str, str | bytes] = dict(
        docx_parts(paragraph("before") + '<w:altChunk r:id="rId9"/>' + paragraph("after"))
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    parts["word/_rels/document.xml.rels"] = str(parts["word/_rels/document.xml.rels"]).replace(
        "</Relationships>", f'<Relationship Id="rId9" Type="{relation}" Target="chunk.docx"/></Relationships>'
    )
    parts["word/chunk.docx"] = docx(paragraph("chunk"))
    assert lines(read_docx(zipped(parts))) == ["before", "chunk", "after"]


def test_what_an_embedded_document_leaves_unread_is_named_too() -> None:
    parts: dict[str, str | bytes] = dict(docx_parts('<w:altChunk r:id="rId9"/>'))
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    parts["word/_rels/document.xml.rels"] = str(parts["word/_rels/document.xml.rels"]).replace(
        "</Relationships>", f'<Relationship Id="rId9" Type="{relation}" Target="chunk.docx"/></Relationships>'
    )
    parts["word/chunk.docx"] = docx(paragraph("x") + '<w:altChunk r:id="rId5"/>')
    assert read_docx(zipped(parts)).partly == ("The document holds a part in another format, which was not read.",)


def test_an_embedded_part_of_another_kind_is_named_as_unread() -> None:
    document = read(paragraph("x") + '<w:altChunk r:id="rId9"/>')
    assert document.partly == ("The document holds a part in another format, which was not read.",)


def test_a_large_picture_is_named_as_unread_and_a_logo_is_not() -> None:
    def picture(cm: int) -> str:
        side = cm * 360_000
        return (
            f'<w:r><w:drawing><wp:inline><wp:extent cx="{side}" cy="{side}"/><a:graphic><a:graphicData>'
            '<a:blip r:embed="rId7"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
        )

    assert read(paragraph(picture(2))).partly == ()
    assert "picture" in read(paragraph(picture(15))).partly[0]


def test_strict_documents_are_read_like_others() -> None:
    parts = docx_parts(paragraph("strict"))
    swapped = {
        name: xml.replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        ).replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, xml in parts.items()
    }
    assert lines(read_docx(zipped(swapped))) == ["strict"]


def test_utf_16_parts_are_read() -> None:
    parts: dict[str, str | bytes] = dict(docx_parts(paragraph("Siân")))
    parts["word/document.xml"] = ('<?xml version="1.0" encoding="UTF-16"?>' + str(parts["word/document.xml"])).encode(
        "utf-16"
    )
    assert lines(read_docx(zipped(parts))) == ["Siân"]


def test_the_main_part_is_found_by_its_relation_and_not_by_its_name() -> None:
    parts = docx_parts(paragraph("renamed"))
    parts["word/main7.xml"] = parts.pop("word/document.xml")
    parts["_rels/.rels"] = parts["_rels/.rels"].replace("document.xml", "main7.xml")
    assert lines(read_docx(zipped(parts))) == ["renamed"]


def test_backslashes_in_the_zip_do_no_harm() -> None:
    parts = {name.replace("/", "\\"): xml for name, xml in docx_parts(paragraph("x")).items()}
    assert lines(read_docx(zipped(parts))) == ["x"]


@pytest.mark.parametrize("name", ["word/document.xml", "word/styles.xml"])
def test_a_document_type_in_a_part_is_refused(name: str) -> None:
    parts = docx_parts(paragraph("x", look='<w:pStyle w:val="Label"/>'), RELATED)
    parts[name] = '<!DOCTYPE x [<!ENTITY a "b">]>' + parts[name]
    with pytest.raises(Refusal) as refused:
        read_docx(zipped(parts))
    assert refused.value.code == "external_entity"


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 not really",
        zipped({"word/other.xml": "<x/>"}),
        zipped({"word/document.xml": "<x/>"}),
        zipped({"word/document.xml": "not xml"}),
        zipped({"word/document.xml": ""}),
        docx("")[:-30],
    ],
)
def test_what_is_no_document_is_damaged(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_docx(content)
    assert refused.value.code == "damaged"


def test_tables_nested_without_end_are_refused_and_not_followed() -> None:
    body = paragraph("x")
    for _ in range(45):
        body = f"<w:tbl><w:tr><w:tc>{body}</w:tc></w:tr></w:tbl>"
    with pytest.raises(Refusal) as refused:
        read(body)
    assert refused.value.code in ("too_hard", "damaged")
