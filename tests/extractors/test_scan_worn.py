"""What wear, dark headings and crowded rows did to the reading of scanned pages, each drawn as small as it shows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from extractors.layout.ink import Edge
from extractors.layout.lines import rows_of
from extractors.scan import document
from extractors.scan.apart import apart, back
from extractors.scan.blanks import blanks
from extractors.scan.dust import dusted
from extractors.scan.either_way import reads_on_its_head
from extractors.scan.garbled import read_again
from extractors.scan.letters import Letter, Recognised
from extractors.scan.light import even_light
from extractors.scan.options import options
from extractors.scan.recognise import recognise
from extractors.scan.rulings import rulings
from extractors.scan.second_look import (
    ACCENTED,
    ALONE,
    DISPUTED,
    ONCE,
    Limit,
    as_coarse,
    as_faxed,
    as_read,
    believed,
    compared,
    second_look,
)
from extractors.scan.spaces import respaced
from extractors.scan.ticked import TickBox
from extractors.scan.ticks import is_part, tick_boxes
from extractors.scan.upright import other_way_up, upright
from tests.extractors.test_scan import DPI, HEIGHT, Grey, noisy, page, tilted


def crowded(canvas: Canvas) -> None:
    """A label of two lines, an answer beside the first, a remark in small slanted print half-way between."""
    canvas.grid([20.0, 170.0, 300.0, 400.0], [200.0, 234.0])
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(24, 221, "Has the release address")
    canvas.drawString(24, 207, "been approved?")
    canvas.setFont("Helvetica", 11)
    canvas.drawString(174, 221, "YES")
    canvas.setFont("Helvetica-Oblique", 8)
    canvas.drawString(304, 214, "Probation / YOT")


def test_a_remark_half_way_between_two_lines_is_read_by_itself() -> None:
    words = document.read_picture(noisy(page(crowded)), DPI).words
    read = [" ".join(w.text for w in words if x0 < w.x0 < x1) for x0, x1 in ((20, 170), (170, 300), (300, 400))]
    assert read == ["Has the release address been approved?", "YES", "Probation / YOT"]


def test_what_was_set_apart_goes_back_to_its_place() -> None:
    bare = np.full((300, 600), 255, np.uint8)
    for x0, top in ((20, 100), (20, 140), (320, 115)):
        bare[top : top + 20, x0 : x0 + 200] = 0
    cells = [(10.0, 90.0, 290.0, 170.0), (300.0, 90.0, 590.0, 170.0)]
    loose, (moved,) = apart(bare, [Edge(295.0, 90.0, 170.0)], cells, DPI)
    assert (loose[:300, 300:] == 255).all() and (loose[:300, :295] == bare[:, :295]).all()
    rows, columns = np.nonzero(loose[300:] == 0)
    there = Recognised("word", float(columns.min()), 300.0 + rows.min(), 520.0, 301.0 + rows.max(), 0.9)
    (here,) = back([there], [moved])
    assert (here.x0, here.top, here.bottom) == (320, 115, 135)


def test_cells_with_lines_at_one_height_stay_where_they_are() -> None:
    bare = np.full((300, 600), 255, np.uint8)
    bare[100:120, 20:220] = bare[101:121, 320:520] = 0
    assert apart(bare, [], [(10.0, 90.0, 290.0, 130.0), (300.0, 90.0, 590.0, 130.0)], DPI) == (bare, [])


def seen(name: str) -> Grey:
    """A piece of a scanned page, in the middle of paper."""
    even = np.full((400, 400), 255, np.uint8)
    piece = np.asarray(Image.open(Path(__file__).parent / name), np.uint8)
    even[100 : 100 + piece.shape[0], 100 : 100 + piece.shape[1]] = piece
    return even


def test_a_bold_o_that_a_scanner_made_square_is_no_box() -> None:
    even = seen("square_o.png")
    assert not tick_boxes(even, rulings(even, DPI), DPI)


def test_heavy_capitals_on_a_fill_are_no_light_print_on_dark() -> None:
    grey = np.full((400, 600), 250, np.uint8)
    grey[100:140, 50:450] = 205
    for x in range(60, 440, 7):
        grey[103:137, x : x + 4] = 30
    even, _ = even_light(grey)
    assert even[117:131, 123:423:7].max() < 100 < even[117:131, 127:427:7].min()


def test_the_bowl_of_a_letter_between_others_is_no_box() -> None:
    even = seen("bowl_of_p.png")
    assert not tick_boxes(even, rulings(even, DPI), DPI)


def test_stems_of_bold_letters_that_stand_on_a_ruling_are_no_box() -> None:
    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 10)
        for k in range(8):
            canvas.drawString(
                24 + 0.17 * k, 267 - 13.5 * k, "Spencer example High people appealed beginning page group"
            )
            canvas.line(20, 264 - 13.5 * k, 400, 264 - 13.5 * k)

    even = upright(noisy(page(words)), DPI).even
    assert not tick_boxes(even, rulings(even, DPI), DPI)


def test_a_ruling_ends_at_the_one_it_meets_though_a_stem_stands_in_line_below() -> None:
    even = np.full((300, 500), 255, np.uint8)
    even[100:103] = even[190:193] = even[100:193, 250:253] = 0
    even[200:226, 250:253] = even[200:203, 250:264] = 0
    (upright_one,) = rulings(even, DPI).verticals
    assert abs(upright_one.start - 101) < 4 and abs(upright_one.end - 191) < 4


def test_the_dark_rim_of_a_scan_is_neither_ruling_nor_fill() -> None:
    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for y in range(40, 280, 20):
            canvas.drawString(60, y, "Please complete every section of the form before it is sent")

    for degrees in (0.0, 1.0):
        rimmed = tilted(page(words), degrees)
        rimmed[:, :9] //= 2
        ink = document.read_picture(noisy(rimmed), DPI)
        assert not ink.verticals and not ink.shades


def test_pale_small_print_is_no_dust_and_a_speck_further_off_than_a_stop_is() -> None:
    def note(canvas: Canvas) -> None:
        canvas.setFillGray(0.45)
        canvas.setFont("Helvetica-Oblique", 6.5)
        canvas.drawString(24, 204, "Do not include names or addresses")

    pale = cv2.GaussianBlur(page(note), (0, 0), 0.8)
    specked = pale.copy()
    right = int(np.nonzero((pale < 200).any(axis=0))[0].max())
    row = int(np.nonzero((pale < 200).any(axis=1))[0].mean())
    specked[row : row + 3, right + 14 : right + 17] = 40
    assert np.array_equal(dusted(specked, DPI)[:, : right + 9], pale[:, : right + 9])
    assert (dusted(specked, DPI)[:, right + 10 :] == 255).all()


def test_a_line_of_which_the_first_reader_made_nothing_is_read_by_the_second() -> None:
    def note(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Oblique", 8)
        canvas.drawString(24, 204, "Do not include names")

    even = upright(page(note), DPI).even
    top, bottom = (HEIGHT - 210) * DPI / 72, (HEIGHT - 202) * DPI / 72
    garbled = [Recognised("Sonct", 66, top, 110, bottom, 0.2), Recognised("irekey", 115, top, 290, bottom, 0.1)]
    assert [word.text for word in read_again(even, garbled)] == ["Do", "not", "include", "names"]
    sure = [word._replace(confidence=0.9) for word in garbled]
    assert read_again(even, sure) == sure


def test_a_ruling_that_pales_goes_on_to_the_next_one_it_meets() -> None:
    even = np.full((300, 500), 255, np.uint8)
    for y in (100, 190, 230):
        even[y : y + 3, 100:400] = 0
    even[100:193, 250:253] = 0
    even[193:197, 250:253], even[197:230, 250:253] = 235, 120
    (upright_one,) = rulings(even, DPI).verticals
    assert abs(upright_one.end - 231) < 4


def test_words_cut_in_two_or_run_together_are_put_right_by_the_paper_between_letters() -> None:
    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(24, 204, "formal casereference case reference")

    even = upright(page(words), DPI).even
    top, bottom = (HEIGHT - 214) * DPI / 72, (HEIGHT - 201) * DPI / 72

    def place(before: str, text: str) -> tuple[float, float]:
        start, wide = (stringWidth(one, "Helvetica", 11) for one in (before, text))
        return (24 + start) * DPI / 72, (24 + start + wide) * DPI / 72

    def word(before: str, text: str, read: str) -> Recognised:
        x0, x1 = place(before, text)
        return Recognised(read, x0, top, x1, bottom, 0.9)

    cut = [word("", "form", "form"), word("form", "al", "al")]
    run = word("formal casereference ", "case reference", "casereference")
    one = word("formal ", "casereference", "casereference")
    assert [found.text for found in respaced(even, [*cut, one], [])] == ["formal", "casereference"]
    assert respaced(even, cut, [])[0].confidence < 0.9
    assert [found.text for found in respaced(even, [run], [])] == ["case", "reference"]


@pytest.mark.parametrize(
    ("text", "confidence", "told"),
    [
        ("level'required:", 0.4, ["level", "required:"]),
        ("level'required:", 0.8, ["level'required:"]),
        ("person's", 0.4, ["person's"]),
        ("O'Connor", 0.4, ["O'Connor"]),
    ],
)
def test_a_speck_between_two_words_is_no_apostrophe(text: str, confidence: float, told: list[str]) -> None:
    even = np.full((60, 300), 255, np.uint8)
    found = respaced(even, [Recognised(text, 20.0, 20.0, 200.0, 45.0, confidence, True)], [])
    assert [word.text for word in found] == told
    assert found[0].x1 <= found[-1].x0 or len(found) == 1


def test_a_narrow_letter_at_the_end_of_a_word_stays_with_it() -> None:
    words = [Recognised("Larkhill", 0, 0, 80, 20, 0.8), Recognised("Close,", 88, 0, 140, 20, 0.8)]
    letters = [Letter(sign, at, 0.99) for sign, at in zip("Larkhil", range(5, 75, 10), strict=True)]
    letters += [Letter("l", 85.0, 0.99), Letter(" ", 87.0, 0.99)]
    letters += [Letter(sign, at, 0.99) for sign, at in zip("Close,", range(92, 140, 8), strict=True)]
    assert [seen.word.text for seen in compared(words, letters, "")] == ["Larkhill", "Close,"]


def test_a_section_is_no_sum_in_dollars() -> None:
    letters = [Letter(sign, float(at), 0.7) for at, sign in enumerate("s37/41")]
    seen = believed(Recognised("$37/41", 0, 0, 60, 20, 0.95), letters)
    assert seen.text == "s37/41" and seen.confidence < 0.9


def test_a_filled_square_that_a_lens_blurred_is_a_tick() -> None:
    even = seen("blurred_square.png")
    (box,) = tick_boxes(even, rulings(even, DPI), DPI)
    assert box.ticked and box.confidence >= 0.9


def test_abbreviations_of_this_work_are_read_once_as_words_of_the_dictionary_are() -> None:
    blank = np.full((60, 400), 255, np.uint8)
    words = [Recognised("HMP", 10, 10, 60, 40, 0.95), Recognised("Tarn", 150, 10, 220, 40, 0.95)]
    seen = second_look(blank, words, [False, False], [], [], [], as_read)
    assert [one.word.confidence for one in seen] == [ALONE, DISPUTED]


def test_a_day_of_the_month_is_read_once_and_twice_where_its_ending_is_not_its_own() -> None:
    blank = np.full((60, 400), 255, np.uint8)
    words = [Recognised("28th", 10, 10, 60, 40, 0.95), Recognised("22th", 150, 10, 220, 40, 0.95)]
    seen = second_look(blank, words, [False, False], [], [], [], as_read)
    assert [one.word.confidence for one in seen] == [ALONE, DISPUTED]


@pytest.mark.parametrize(("limit", "most"), [(as_faxed, ONCE), (as_coarse, ACCENTED)])
def test_a_word_that_a_second_reading_would_make_no_surer_is_read_again_only_where_the_first_is_unsure(
    limit: Limit, most: float
) -> None:
    blank = np.full((60, 400), 255, np.uint8)
    words = [Recognised("Tarn", 10, 10, 60, 40, 0.95), Recognised("Tarn", 150, 10, 220, 40, 0.85)]
    seen = second_look(blank, words, [False, False], [], [], [], limit)
    assert [one.word.confidence for one in seen] == [most, DISPUTED]


def test_a_word_that_runs_through_a_ruling_is_two() -> None:
    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(24, 204, "relevant")
        canvas.drawString(70, 204, "Harassment")

    even = upright(page(words), DPI).even
    top, bottom = (HEIGHT - 214) * DPI / 72, (HEIGHT - 201) * DPI / 72
    run = Recognised("relevantHarassment", 24 * DPI / 72, top, 128 * DPI / 72, bottom, 0.9)
    ruling = Edge(67.5 * DPI / 72, top - 10, bottom + 10)
    before, after = respaced(even, [run], [ruling])
    assert (before.text, after.text) == ("relevant", "Harassment")
    assert before.x1 <= ruling.at + 3 and after.x0 >= ruling.at - 3


@pytest.mark.parametrize(
    ("line", "sign", "size"), [("Section / order detained under the act", "/", 11), ("MAPPA A attached to it", "A", 10)]
)
def test_a_stroke_or_a_letter_between_two_bold_words_is_bold(line: str, sign: str, size: int) -> None:
    def words(canvas: Canvas) -> None:
        for k, font in enumerate(("Times-Bold", "Times-Roman", "Times-Roman", "Times-Roman")):
            canvas.setFont(font, size)
            canvas.drawString(24, 250 - 30 * k, line)

    ink = document.read_picture(noisy(page(words)), DPI)
    assert [word.bold for word in sorted(ink.words, key=lambda word: word.top) if word.text == sign][:2] == [
        True,
        False,
    ]


@pytest.mark.parametrize("slash", ["/", " / "])
def test_one_of_two_options_at_a_slash_is_bold(slash: str) -> None:
    """As one word to the recogniser, as often as not."""

    def paper(_: Recognised) -> float:
        return 1.0

    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for k in range(3):
            canvas.drawString(24, 250 - 30 * k, "Is the person subject to notification")
        canvas.drawString(240, 220, f"Yes{slash}")
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawString(end - stringWidth("No", "Helvetica-Bold", 11), 220, "No")

    end = 240 + stringWidth(f"Yes{slash}", "Helvetica", 11) + stringWidth("No", "Helvetica-Bold", 11)
    even = upright(page(words), DPI).even
    place = (at * DPI / 72 for at in (240, HEIGHT - 229, end, HEIGHT - 217))
    run = Recognised(f"Yes{slash}No".replace(" ", ""), *place, 0.9)
    parts = options(even, run, [], paper)
    assert [part.text for part in parts] == ["Yes", "/", "No"]
    assert parts[0].x1 <= parts[1].x0 + 1 and parts[1].x1 <= parts[2].x0 + 1
    assert options(even, run._replace(text="Yeah-No"), [], paper) == [run._replace(text="Yeah-No")]


@pytest.mark.parametrize(("points", "grey", "told"), [(11, 0.0, True), (11, 0.5, False), (7, 0.0, False)])
def test_plain_print_is_told_where_most_of_a_page_is_bold_and_notes_are_not_plain(
    points: int, grey: float, told: bool
) -> None:
    def words(canvas: Canvas) -> None:
        for k in range(6):
            canvas.setFillGray(0)
            canvas.setFont("Courier-Bold", 11)
            canvas.drawString(24, 260 - 36 * k, "Is the person subject to notification")
            canvas.setFillGray(grey)
            canvas.setFont("Courier", points)
            canvas.drawString(24, 246 - 36 * k, "The answer here")

    ink = document.read_picture(noisy(page(words)), DPI)
    assert {word.bold for word in ink.words if word.text == "subject"} == {told}
    assert not any(word.bold for word in ink.words if word.text == "answer")


def test_bare_paper_has_no_print_however_grey_and_rough_and_a_hand_is_no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    rough = np.random.default_rng(3).normal(221, 5, (1200, 900))
    paper = np.clip(cv2.GaussianBlur(rough, (0, 0), 0.6), 0, 255).astype(np.uint8)
    assert document.read_picture(paper, DPI).words == []
    scribbled = [Recognised("aeei", 80.0 * k, 100, 80.0 * k + 40, 130, 0.1) for k in range(1, 11)]
    monkeypatch.setattr(document, "recognise", lambda *_: scribbled)
    assert document.read_picture(paper, DPI).words == []
    for word in scribbled:
        cv2.line(paper, (int(word.x0), 105), (int(word.x1), 128), 20, 3)
    assert document.read_picture(paper, DPI).words


@pytest.mark.parametrize("struck", ["Yes", "No"])
def test_a_short_option_that_is_struck_out_is_told_and_read(struck: str) -> None:
    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for k in range(5):
            canvas.drawString(24, 250 - 30 * k, "Is the person subject to notification")
            canvas.drawString(240, 250 - 30 * k, "Yes / No")
            start = 240 if struck == "Yes" else 240 + stringWidth("Yes / ", "Helvetica", 11)
            canvas.line(start, 253 - 30 * k, start + stringWidth(struck, "Helvetica", 11), 253 - 30 * k)

    ink = document.read_picture(noisy(page(words)), DPI)
    told = [(word.text, word.struck) for word in ink.words if word.text in ("Yes", "No")]
    assert sorted(told) == sorted([("Yes", struck == "Yes"), ("No", struck == "No")] * 5)
    assert not any(word.struck for word in ink.words if word.text not in ("Yes", "No"))


def test_blanks_behind_options_are_seen_and_underlines_are_none() -> None:
    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for k in range(4):
            canvas.drawString(24, 250 - 30 * k, "Has anybody been told:  Yes X  No __")
        canvas.drawString(24, 110, "Section 4 of the form: about others")
        canvas.line(24, 107, 60, 107)

    ink = document.read_picture(noisy(page(words)), DPI)
    ends = [
        max(word.x1 for word in ink.words if word.text == "No" and abs(word.top - top) < 5)
        for top in (42, 72, 102, 132)
    ]
    behind = [word for word in ink.words if set(word.text) == {"_"}]
    assert [round(word.top / 30) for word in sorted(behind, key=lambda word: word.top)] == [1, 2, 3, 4]
    assert all(word.x0 > min(ends) for word in behind)
    even = np.full((100, 300), 255, np.uint8)
    even[60:62, 120:150] = 0
    option = Recognised("No", 80, 30, 110, 62, 0.9)
    (blank,) = blanks(even, [option], DPI)
    assert (blank.x0, blank.x1) == pytest.approx((120, 150), abs=1)
    assert blanks(even, [option._replace(x1=150)], DPI) == [blank], "a word may be given the room of its blank"
    assert not blanks(even, [option._replace(text="No__", x1=150)], DPI)
    assert not blanks(even, [option._replace(bottom=90)], DPI)
    even[35:56, 122:140] = 0
    assert not blanks(even, [option._replace(x1=150)], DPI), "a line below letters is no blank"


def test_a_box_within_a_word_is_two_of_its_letters() -> None:
    word = Recognised("o““ender", 100, 200, 230, 230, 0.5)
    box = TickBox(120, 207, 135, 223, "square", True, 0.98, 0.13)
    typed = TickBox(120, 203, 143, 226, "square", True, 0.98, 0.3)
    before = TickBox(84, 207, 99, 223, "square", True, 0.98, 0.13)
    last = TickBox(212, 207, 227, 223, "square", True, 0.98, 0.13)
    assert [is_part(one, word) for one in (box, typed, before, last)] == [True, False, False, True]


def test_a_stroke_between_two_words_is_no_one() -> None:
    assert believed(Recognised("/", 0, 0, 8, 20, 0.7), [Letter("1", 4.0, 0.99)]).text == "/"
    assert believed(Recognised("7", 0, 0, 8, 20, 0.7), [Letter("1", 4.0, 0.99)]).text == "1"


def capitals(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 10)
    for k, line in enumerate(("REFERRAL TO THE PANEL", "OFFENCES AGAINST CHILDREN", "HE WILL REPORT HERE EVERY DAY")):
        canvas.drawString(30, 260 - 30 * k, line)


def boxes_and_stems(canvas: Canvas) -> None:
    """Few words, each with a tick box that reaches below its line."""
    canvas.setFont("Helvetica-Bold", 9)
    for k, line in enumerate(("Is the address known", "Other details of the offender", "Date of birth")):
        canvas.drawString(60, 260 - 30 * k, line)
        for x in (230, 280):
            canvas.rect(x, 255 - 30 * k, 11, 11)
            canvas.drawString(x + 14, 260 - 30 * k, "Yes" if x == 230 else "No")


@pytest.mark.parametrize("drawn", [capitals, boxes_and_stems])
@pytest.mark.parametrize("quarters", [2, 3])
def test_a_page_is_recognised_once_whichever_way_up_it_was_fed(
    drawn: Callable[[Canvas], None], quarters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def counted(*args: Any) -> list[Recognised]:
        words = recognise(*args)
        seen.append([word.text for word in words])
        return words

    monkeypatch.setattr(document, "recognise", counted)
    fed = np.ascontiguousarray(np.rot90(noisy(page(drawn)), quarters))
    document.read_picture(fed, DPI)
    (words,) = seen
    assert {"REFERRAL", "CHILDREN"} <= set(words) or {"address", "offender"} <= set(words)


def test_lines_of_capitals_say_which_way_up_they_are_read() -> None:
    there = upright(page(capitals), DPI)
    assert reads_on_its_head(there) != reads_on_its_head(other_way_up(there))


def test_a_long_word_of_the_dictionary_is_no_name_with_a_capital_i() -> None:
    blank = np.full((60, 400), 255, np.uint8)
    words = [
        Recognised("level", 10, 10, 60, 40, 0.95, known=True),
        Recognised("lain", 150, 10, 220, 40, 0.95, known=True),
    ]
    assert [one.word.confidence == ALONE for one in second_look(blank, words, [False, False], [], [], [], as_read)] == [
        True,
        False,
    ]


def test_a_stroke_along_the_rim_of_a_picture_is_its_shadow_and_a_letter_there_is_print(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = [Recognised(text, x, 200, x + 6, 230, 0.95) for text, x in (("|", 9), ("Q", 9), ("|", 300))]
    monkeypatch.setattr(document, "recognise", lambda *_: words)
    ink = document.read_picture(page(capitals), DPI)
    there = [(word.text, round(word.x0 * DPI / 72)) for word in ink.words]
    assert ("|", 9) not in there and {("Q", 9), ("|", 300)} <= set(there)


def test_a_few_words_beside_a_stack_of_boxes_do_not_run_up_the_page() -> None:
    def stack(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for x in (150, 200):
            for k in range(16):
                canvas.rect(x, 270 - 12 * k, 9, 9)
        for k, word in enumerate(("Police", "Prison", "Youth service")):
            canvas.drawString(240, 272 - 48 * k, word)

    height, width = upright(page(stack), DPI).even.shape
    assert width > height


@pytest.mark.parametrize("wide", [6, 12])
def test_a_pale_shadow_along_the_rim_is_no_line_of_print(wide: int) -> None:
    def few(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(60, 260, "Few words, beside a rim")

    grey = page(few) * 0.95 + np.random.default_rng(0).normal(0, 6, page(few).shape)
    grey[:, :wide] *= 0.85
    down, across = upright(np.clip(grey, 0, 255).astype(np.uint8), DPI).even.shape
    assert across > down


def test_dirt_over_a_line_makes_it_no_taller() -> None:
    """Rows of a table without rulings are told from wrapped lines by a point or two between them."""

    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for k in range(6):
            canvas.drawString(24, 250 - 16 * k, "Domestic abuse flagged to the police")
        for x in (60, 110, 126, 168):
            canvas.rect(x, 250 - 32 + 9.5, 1.5, 1.5, stroke=0, fill=1)

    found = rows_of(document.read_picture(noisy(page(words)), DPI).words)
    apart = [below[0].top - above[0].top for above, below in pairwise(found)]
    assert len(found) == 6 and max(apart) - min(apart) < 1.0
