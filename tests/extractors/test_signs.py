"""Tick boxes and bullets drawn by characters become marks; words stay words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.layout.signs import bulleted, marked, shown
from extractors.page import Line, Run


def told(*texts: str) -> str:
    """Lines as text, a ticked box as +, an empty one as -."""
    return "\n".join(
        "".join(run.text if run.mark is None else "+" if run.mark else "-" for run in line.runs)
        for line in marked([Line((Run(text),)) for text in texts])
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("☐ Yes ☒ No", "- Yes + No"),
        ("☑ Yes ☐ No", "+ Yes - No"),
        ("□ Level 2 ■ Level 3", "- Level 2 + Level 3"),
        ("○ Male ● Female", "- Male + Female"),
        ("◯ Male ◉ Female", "- Male + Female"),
        ("[x] Yes [ ] No", "+ Yes - No"),
        ("[X]Yes []No", "+Yes -No"),
        ("[✓] Yes [  ] No", "+ Yes - No"),
        ("( ) Yes (•) No", "- Yes + No"),
        ("( ) Yes (x) No", "- Yes + No"),
        ("|_| Yes |X| No", "- Yes + No"),
        ("Yes _X_ No ___", "Yes + No ___"),
        ("Yes ✓", "Yes +"),
        ("Yes √", "Yes +"),
        ("✗", "+"),
    ],
)
def test_boxes_of_every_look_are_told_from_words(written: str, read: str) -> None:
    assert told(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "Criminal Justice Act 2003 (x) and (xi)",
        "See section 327(3)(b)",
        "f() and array[0]",
        "contacts (all), addresses (known)",
        "Tick [one] of these",
        "Name [*]",
        "snake_x_case",
        "● attended on time",
        "O positive, q.v., R v Smith, £ 40",
        "Vitamin P deficiency",
    ],
)
def test_words_with_brackets_bullets_and_letters_stay_words(written: str) -> None:
    assert told(written) == written


def test_a_cross_beside_a_tick_says_no_and_is_doubtful() -> None:
    line = marked([Line((Run("✓ Yes ✗ No"),))])[0]
    marks = [run for run in line.runs if run.mark is not None]
    assert [run.mark for run in marks] == [True, False]
    assert marks[1].confidence < 0.9


def test_a_cross_among_empty_boxes_says_yes() -> None:
    assert told("☒ Police", "☐ Prison", "☑ Probation") == "+ Police\n- Prison\n+ Probation"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("þ Yes o No", "+ Yes - No"),
        ("¨ Yes ý No", "- Yes + No"),
        ("q Yes q No", "- Yes - No"),
        ("o Yes o No", "- Yes - No"),
        ("£ Yes R No", "- Yes + No"),
        ("o", "-"),
    ],
)
def test_wingdings_letters_that_lost_their_font_are_boxes(written: str, read: str) -> None:
    assert told(written) == read


def test_one_letter_o_that_begins_a_line_is_no_box() -> None:
    assert told("o Attended", "and complied") == "o Attended\nand complied"


@pytest.mark.parametrize(
    ("written", "read"), [("●", "+"), ("■", "+"), ("○", "-"), ("● Male ● Female", "+ Male + Female")]
)
def test_discs_and_squares_alone_in_a_cell_or_several_on_a_line_are_boxes(written: str, read: str) -> None:
    assert told(written) == read


def test_a_box_written_over_several_runs_is_one_box() -> None:
    line = marked([Line((Run("Yes ["), Run("x", bold=True), Run("] No [ ]")))])[0]
    assert [run.text if run.mark is None else run.mark for run in line.runs] == ["Yes ", True, " No ", False]


@pytest.mark.parametrize("sign", ["•", "●", "▪", "-", "–", "*", "·", "➢"])
def test_a_typed_list_sign_is_taken_off_its_line(sign: str) -> None:
    line = bulleted(Line((Run(f"{sign} "), Run("Weekly appointments"))))
    assert line.bullet
    assert line.text == "Weekly appointments"


@pytest.mark.parametrize("text", ["-", "– ", "-5 degrees", "N/A", "*mandatory", "o level"])
def test_a_dash_by_itself_is_an_answer_and_no_list_sign(text: str) -> None:
    assert not bulleted(Line((Run(text),))).bullet


@pytest.mark.parametrize(
    ("font", "character", "sign"),
    [
        ("Wingdings", "\uf0fe", "☑"),
        ("Wingdings", "þ", "☑"),
        ("Wingdings", "\uf0a8", "☐"),
        ("Wingdings", "o", "☐"),
        ("Wingdings", "x", "☒"),
        ("Wingdings 2", "\uf052", "☑"),
        ("Wingdings 2", "\uf0a3", "☐"),
        ("Webdings", "a", "✓"),
        ("Wingdings", "J", ""),
        ("Arial", "o", None),
    ],
)
def test_symbol_fonts_show_signs_behind_letters(font: str, character: str, sign: str | None) -> None:
    shows = shown(font, character)
    assert (shows in ("☑", "✓", "☒")) if sign in ("☑", "✓") else shows == sign


@given(st.lists(st.text(st.sampled_from("☐☒☑✓✗■□●○[]()xX |_þýqo£R ab\t"), max_size=12), max_size=4))
def test_only_signs_are_taken_out_of_text_and_nothing_is_lost(texts: list[str]) -> None:
    lines = [Line((Run(text),)) for text in texts]
    for before, after in zip(lines, marked(lines), strict=True):
        kept = iter(before.text)
        assert all(letter in kept for letter in after.text)
        assert all(not run.text for run in after.runs if run.mark is not None)
