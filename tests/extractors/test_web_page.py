"""A form pasted into a mail is read as its HTML shows it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.mail.message import Mail, body_of
from extractors.mail.web_page import read_web_page
from extractors.page import Line, Run, Table
from extractors.refusals import Refusal


def blocks(page: str) -> list[Line | Table]:
    return list(read_web_page(page, "mail").blocks)


def runs(page: str) -> list[Run]:
    return [run for block in blocks(page) if isinstance(block, Line) for run in block.runs]


def test_paragraphs_and_line_breaks_make_lines() -> None:
    found = blocks("<html><body><p>One\n two</p><div>Three<br>Four</div>Five</body></html>")
    assert [block.text.strip() for block in found if isinstance(block, Line)] == ["One two", "Three", "Four", "Five"]


def test_what_a_reader_does_not_see_is_left_out() -> None:
    page = "<head><title>t</title></head><style>x</style><script>y</script><!-- z --><p style='display:none'>h</p><p>seen</p>"
    assert [block.text for block in blocks(page) if isinstance(block, Line)] == ["seen"]


def test_looks_are_kept() -> None:
    page = (
        "<p><b>a</b><s>b</s><span style='text-decoration:line-through'>c</span>"
        "<span style='background:yellow;mso-highlight:yellow'>d</span><span style='font-weight:normal'>e</span></p>"
    )
    assert [(r.text, r.bold, r.struck, r.highlighted) for r in runs(page)] == [
        ("a", True, False, False),
        ("bc", False, True, False),
        ("d", False, False, True),
        ("e", False, False, False),
    ]


def test_wingdings_and_signs_are_boxes() -> None:
    page = "<p><span style='font-family:Wingdings'>þ</span> Yes <span style='font-family:\"MS Gothic\"'>☐</span> No</p>"
    assert [r.mark for r in runs(page) if r.mark is not None] == [True, False]


def test_form_elements_show_their_state() -> None:
    page = (
        "<p><input type=checkbox checked> Yes <input type=radio> No <input value='Smith'>"
        "<select><option>One<option selected>Two</select><textarea>Three</textarea></p>"
    )
    assert [(r.mark, r.text, r.control) for r in runs(page) if r.control] == [
        (True, "", "checkbox"),
        (False, "", "radio"),
        (None, "Smith", "text"),
        (None, "Two", "choice"),
        (None, "Three", "text"),
    ]


def test_tables_keep_their_grid_and_shading() -> None:
    page = (
        "<table><tbody><tr><td rowspan=2 bgcolor='#DEEAF6'>a</td><td colspan=2>b</td></tr>"
        "<tr><td style='background:white'>c</td><td><table><tr><td>d</td></tr></table></td></tr></tbody></table>"
    )
    (found,) = blocks(page)
    assert isinstance(found, Table)
    places = {c.text: (c.row, c.col, c.row_span, c.col_span, c.shaded) for c in found.cells}
    assert places == {
        "a": (0, 0, 2, 1, True),
        "b": (0, 1, 1, 2, False),
        "c": (1, 1, 1, 1, False),
        "": (1, 2, 1, 1, False),
    }


def test_list_items_are_bullets() -> None:
    found = blocks("<ul><li>Attends weekly</li><li><p>Complies</p></li></ul>")
    assert next((block.text, block.bullet) for block in found if isinstance(block, Line)) == ("Attends weekly", True)


def test_a_mail_without_html_gives_its_lines() -> None:
    document = body_of(Mail(text="Surname: Smith\n\n[x] Level 3"))
    assert [block.text for block in document.blocks if isinstance(block, Line)] == ["Surname: Smith", " Level 3"]


def test_nothing_is_damaged() -> None:
    with pytest.raises(Refusal):
        read_web_page("", "mail")


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 5_000 + "x",
        "<table><tr><td>" * 400 + "x",
        "<table>" + "<tr>" + "<td rowspan=100 colspan=100>x" * 20_000 + "</table>",
        "<p>" * 300_000,
    ],
)
def test_pages_made_to_be_endless_end(page: str) -> None:
    try:
        read_web_page(page, "mail")
    except Refusal as refused:
        assert refused.code in ("too_large_inflated", "damaged")


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                "<table>",
                "<tr>",
                "<td colspan=3>",
                "</td>",
                "</table>",
                "<p>",
                "x ",
                "☒",
                "<b>",
                "</p>",
                "<br>",
                "<li>",
                "<input type=checkbox>",
                "&nbsp;",
                "<!--",
                "<svg>",
                "<o:p>",
            ]
        ),
        max_size=40,
    )
)
def test_any_page_is_read_or_refused(parts: list[str]) -> None:
    try:
        read_web_page("".join(parts), "mail")
    except Refusal as refused:
        assert refused.code == "damaged"
