"""What Writer shows is what is read: text, looks, tables, lists, every kind of control."""

from __future__ import annotations

import pytest

from extractors.odt.document import read_odt
from extractors.page import Document, Line, Run, Table
from extractors.refusals import Refusal
from tests.extractors.documents import odt_parts, zipped

STYLES = (
    '<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="S" style:family="text" style:parent-style-name="B">'
    '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="N" style:family="text"><style:text-properties fo:font-weight="normal"'
    ' style:text-line-through-style="none"/></style:style>'
    '<style:style style:name="H" style:family="text"><style:text-properties fo:background-color="#ffff00"/></style:style>'
    '<style:style style:name="V" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="W" style:family="text"><style:text-properties style:font-name="Wingdings"/></style:style>'
    '<style:style style:name="P" style:family="paragraph"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="C" style:family="table-cell">'
    '<style:table-cell-properties fo:background-color="#d9e2f3"/></style:style>'
    '<text:list-style style:name="L"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/>'
    '<text:list-level-style-number text:level="2" style:num-format="1"/></text:list-style>'
    '<text:list-style style:name="Boxes"><text:list-level-style-bullet text:level="1" text:bullet-char="☐"/></text:list-style>'
)


def read(body: str, page_styles: str = "") -> Document:
    return read_odt(zipped(odt_parts(body, STYLES, page_styles)))


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


def runs(body: str) -> list[Run]:
    return [run for block in read(body).blocks if isinstance(block, Line) for run in block.runs]


def p(inner: str) -> str:
    return f"<text:p>{inner}</text:p>"


def table(*rows: str) -> Table:
    (found,) = read(f"<table:table>{''.join(rows)}</table:table>").blocks
    assert isinstance(found, Table)
    return found


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


TWO_ROWS, TWO_COLUMNS = 'table:number-rows-spanned="2"', 'table:number-columns-spanned="2"'
SHADED = 'table:style-name="C"'
COVERED = "<table:covered-table-cell/>"


def test_white_space_is_what_the_format_says_it_is() -> None:
    assert lines(read(p("  West \n  Mid<text:s text:c='2'/>lands<text:tab/>x  "))) == ["West Mid  lands\tx"]


def test_a_line_break_makes_a_line_of_its_own() -> None:
    assert lines(read(p("Level<text:line-break/>Two"))) == ["Level", "Two"]


def test_looks_come_from_styles_their_parents_and_spans_within_spans() -> None:
    found = runs(
        p('a<text:span text:style-name="S">b<text:span text:style-name="N">c</text:span></text:span>')
        + '<text:p text:style-name="P">d</text:p>'
        + p('<text:span text:style-name="H">e</text:span>')
    )
    assert [(r.text, r.bold, r.struck, r.highlighted) for r in found] == [
        ("a", False, False, False),
        ("b", True, True, False),
        ("c", False, False, False),
        ("d", True, False, False),
        ("e", False, False, True),
    ]


def test_hidden_text_notes_and_comments_are_left_out_and_comments_named() -> None:
    body = p(
        'a<text:span text:style-name="V">secret</text:span>'
        "<text:note><text:note-body><text:p>note</text:p></text:note-body></text:note>"
        "<office:annotation><text:p>comment</text:p></office:annotation>b"
    )
    assert lines(read(body)) == ["ab"]
    assert read(body).partly == ("The document holds a comment, whose text was not read.",)


def test_tracked_deletions_are_gone_and_insertions_stay() -> None:
    changes = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Level 2</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    )
    body = changes + p(
        '<text:change text:change-id="1"/><text:change-start text:change-id="2"/>Level 3<text:change-end/>'
    )
    assert lines(read(body)) == ["Level 3"]


def test_headings_sections_and_links_are_read_in_order() -> None:
    body = "<text:h>One</text:h><text:section><text:p><text:a>Two</text:a></text:p></text:section>" + p("Three")
    assert lines(read(body)) == ["One", "Two", "Three"]


def test_lists_give_bullets_and_nested_lists_their_own() -> None:
    inner = "<text:list><text:list-item><text:p>numbered</text:p></text:list-item></text:list>"
    body = f'<text:list text:style-name="L"><text:list-item><text:p>first</text:p><text:p>more</text:p>{inner}</text:list-item></text:list>'
    assert [(b.text, b.bullet) for b in read(body).blocks if isinstance(b, Line)] == [
        ("first", True),
        ("more", False),
        ("numbered", False),
    ]


def test_a_list_whose_sign_is_a_box_gives_boxes() -> None:
    body = '<text:list text:style-name="Boxes"><text:list-item><text:p>Police</text:p></text:list-item></text:list>'
    assert [r.mark for r in runs(body)] == [False, None]


def test_cells_know_their_place_in_the_grid() -> None:
    found = table(
        f"<table:table-row>{cell('a', TWO_ROWS)}{cell('b', TWO_COLUMNS)}{COVERED}</table:table-row>",
        f"<table:table-row>{COVERED}{cell('c')}{cell('d')}</table:table-row>",
    )
    places = {c.text: (c.row, c.col, c.row_span, c.col_span) for c in found.cells}
    assert places == {"a": (0, 0, 2, 1), "b": (0, 1, 1, 2), "c": (1, 1, 1, 1), "d": (1, 2, 1, 1)}


def test_heading_rows_and_row_groups_are_rows() -> None:
    row = f"<table:table-row>{cell('x', SHADED)}</table:table-row>"
    found = table(
        f"<table:table-header-rows>{row}</table:table-header-rows>", f"<table:table-rows>{row}</table:table-rows>"
    )
    assert [(c.row, c.shaded) for c in found.cells] == [(0, True), (1, True)]


def test_repeated_rows_are_counted_but_not_without_end() -> None:
    row = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert len(list(table(row).cells)) <= 2_500


def test_paths_lead_to_the_place() -> None:
    found = table(f"<table:table-row>{cell('a')}{cell('b')}</table:table-row>")
    assert found.rows[0][1].lines[0].runs[0].path == "text/tbl[1]/tr[1]/tc[2]/p[1]"


def test_text_boxes_and_shapes_follow_their_paragraph() -> None:
    box = "<draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame>"
    shape = "<draw:custom-shape><text:p>drawn</text:p></draw:custom-shape>"
    assert lines(read(p(f"before {box}after") + p(shape))) == ["before after", "boxed", "drawn"]


@pytest.mark.parametrize(
    ("inner", "text", "control", "placeholder"),
    [
        ('<text:text-input text:description="">Smith</text:text-input>', "Smith", "text", False),
        ("<text:text-input>Click here to enter text.</text:text-input>", "Click here to enter text.", "text", True),
        ('<text:text-input text:description="Surname">Surname</text:text-input>', "Surname", "text", True),
        ("<text:placeholder>&lt;Name&gt;</text:placeholder>", "<Name>", "text", True),
        ('<text:drop-down><text:label text:value="No"/>Yes</text:drop-down>', "Yes", "choice", False),
        ("<loext:content-control>Smith</loext:content-control>", "Smith", "text", False),
        (
            '<loext:content-control loext:showing-place-holder="true">Whatever</loext:content-control>',
            "Whatever",
            "text",
            True,
        ),
        (
            '<loext:content-control><loext:list-item loext:display-text="One" loext:value="1"/>One</loext:content-control>',
            "One",
            "choice",
            False,
        ),
        (
            '<field:fieldmark-start field:type="vnd.oasis.opendocument.field.FORMTEXT"/>Smith<field:fieldmark-end/>',
            "Smith",
            "text",
            False,
        ),
        (
            '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMDROPDOWN">'
            '<field:param field:name="Dropdown_ListEntry" field:value="Select"/>'
            '<field:param field:name="Dropdown_ListEntry" field:value="Male"/>'
            '<field:param field:name="Dropdown_Selected" field:value="1"/></field:fieldmark>',
            "Male",
            "choice",
            False,
        ),
    ],
)
def test_fillable_text_says_what_it_is(inner: str, text: str, control: str, placeholder: bool) -> None:
    shown = [r for r in runs(p(inner)) if r.text]
    assert [(r.text, r.control, r.placeholder) for r in shown] == [(text, control, placeholder)]


def test_a_date_control_keeps_its_date() -> None:
    inner = '<loext:content-control loext:date="true" loext:current-date="2026-11-09T00:00:00Z">9 Nov</loext:content-control>'
    (found,) = runs(p(inner))
    assert (found.text, found.control, found.iso_date) == ("9 Nov", "date", "2026-11-09")


@pytest.mark.parametrize(
    ("inner", "ticked"),
    [
        ('<loext:content-control loext:checkbox="true" loext:checked="true">☒</loext:content-control>', True),
        ('<loext:content-control loext:checkbox="true">☐</loext:content-control>', False),
        (
            '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX">'
            '<field:param field:name="Checkbox_Checked" field:value="true"/></field:fieldmark>',
            True,
        ),
        ('<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"/>', False),
        ("☒", True),
        ('<text:span text:style-name="W">þ</text:span>', True),
        ('<text:span text:style-name="W">\uf0a8</text:span>', False),
    ],
)
def test_boxes_of_every_kind_are_read_by_their_state(inner: str, ticked: bool) -> None:
    assert [r.mark for r in runs(p(inner))] == [ticked]


FORMS = (
    '<office:forms><form:form><form:checkbox form:id="c1" form:label="Level 2" form:current-state="checked"/>'
    '<form:radio form:id="c2" form:label="Level 3"/>'
    '<form:text form:id="c3" form:current-value="Smith"/>'
    '<form:listbox form:id="c4"><form:option form:label="One"/><form:option form:label="Two" form:current-selected="true"/>'
    '</form:listbox><form:checkbox form:id="c5" form:current-state="unknown"/></form:form></office:forms>'
)


def control(identity: str) -> str:
    return f'<draw:control text:anchor-type="as-char" draw:control="{identity}"/>'


def test_form_controls_show_their_state_and_their_label() -> None:
    found = runs(FORMS + p(control("c1")) + p(control("c2")) + p(control("c3")) + p(control("c4")))
    assert [(r.mark, r.text.strip(), r.control) for r in found] == [
        (True, "", "checkbox"),
        (None, "Level 2", None),
        (False, "", "radio"),
        (None, "Level 3", None),
        (None, "Smith", "text"),
        (None, "Two", "choice"),
    ]


def test_a_form_box_of_a_third_state_is_doubtful() -> None:
    assert runs(FORMS + p(control("c5")))[0].confidence < 0.5


def test_headers_and_footers_are_kept_apart() -> None:
    page_styles = (
        "<style:master-page><style:header><text:p>OFFICIAL</text:p></style:header>"
        '<style:footer><text:p>A</text:p></style:footer><style:footer-first style:display="false"><text:p>B</text:p>'
        "</style:footer-first></style:master-page>"
    )
    document = read(p("x"), page_styles)
    assert [line.text for line in document.header] == ["OFFICIAL"]
    assert [line.text for line in document.footer] == ["A"]


@pytest.mark.parametrize("content", [b"PK\x03\x04", zipped({"content.xml": "<x/>"}), zipped({"x": "y"})])
def test_what_is_no_text_is_damaged(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_odt(content)
    assert refused.value.code == "damaged"


def test_sections_and_lists_nested_without_end_are_refused() -> None:
    body = p("x")
    for _ in range(60):
        body = f"<text:list><text:list-item>{body}</text:list-item></text:list>"
    with pytest.raises(Refusal):
        read(body)
