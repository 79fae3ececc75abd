"""Pictures of pages: drawn here, tilted, turned, faxed and shaded, then read."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from itertools import pairwise

import cv2
import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from reportlab.pdfgen.canvas import Canvas

from extractors.layout.ink import PageInk
from extractors.scan import document, recognise
from extractors.scan.bold import bold
from extractors.scan.dust import dusted
from extractors.scan.letters import Letter, Recognised, read_line
from extractors.scan.lines import pieces
from extractors.scan.rulings import rulings, without
from extractors.scan.second_look import AGREED, DISPUTED, ONCE, as_read, believed, second_look
from extractors.scan.shapes import shapes, strokes
from extractors.scan.ticked import state
from extractors.scan.ticks import tick_boxes
from extractors.scan.upright import other_way_up, upright

Grey = NDArray[np.uint8]
DPI = 200
WIDTH, HEIGHT = 420.0, 300.0
"""Points of the pages drawn here: enough for lines to be told upright, few enough to be read at once."""


def page(draw: Callable[[Canvas], None], dpi: int = DPI) -> Grey:
    """What `draw` draws, as a clean grey picture."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT))
    draw(canvas)
    canvas.save()
    with pypdfium2.PdfDocument(out.getvalue()) as pdf:
        return np.ascontiguousarray(np.asarray(pdf[0].render(scale=dpi / 72, grayscale=True).to_numpy()).squeeze())


ROWS = (("Surname", "Hargreave"), ("Court", "Walsall"), ("Date of birth", "14 March 1979"), ("PNC ID", "2012/0394773H"))
TOP, STEP, LEFT, MIDDLE, RIGHT = 280.0, 22.0, 20.0, 150.0, 400.0


def form(canvas: Canvas) -> None:
    """Four rows of a label and an answer between rulings, the labels bold and on grey."""
    for k, (label, answer) in enumerate(ROWS):
        y = TOP - STEP * (k + 1)
        canvas.setFillGray(0.85)
        canvas.rect(LEFT, y, MIDDLE - LEFT, STEP, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawString(LEFT + 5, y + 7, label)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(MIDDLE + 5, y + 7, answer)
    canvas.setLineWidth(0.5)
    canvas.grid([LEFT, MIDDLE, RIGHT], [TOP - STEP * k for k in range(5)])
    canvas.setFont("Helvetica", 11)
    canvas.drawString(LEFT, 150, "Please complete every section of the form before it is sent to the coordinator")
    canvas.drawString(LEFT, 130, "and keep a copy of it with the papers of the person whom it describes for review.")


def tilted(grey: Grey, degrees: float) -> Grey:
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(grey, turn, (width, height), borderValue=255), np.uint8)


def noisy(grey: Grey) -> Grey:
    rough = np.random.default_rng(7).normal(0, 10, grey.shape)
    return np.clip(cv2.GaussianBlur(grey, (0, 0), 0.7) + rough, 0, 255).astype(np.uint8)


def faxed(grey: Grey) -> Grey:
    return np.where(grey < 150, 0, 255).astype(np.uint8)


def turned(grey: Grey) -> Grey:
    return np.ascontiguousarray(np.rot90(grey))


def on_its_head(grey: Grey) -> Grey:
    return np.ascontiguousarray(grey[::-1, ::-1])


def shadowed(grey: Grey) -> Grey:
    light = np.linspace(0.55, 1.0, grey.shape[1])
    return (grey * light[None, :]).astype(np.uint8)


def as_it_is(grey: Grey) -> Grey:
    return grey


def cells(ink: PageInk) -> list[str]:
    """What stands in each row of the drawn form, label and answer, by the rulings found, without its spaces."""
    return [
        "".join(word.text.replace(" ", "") for word in sorted(row, key=lambda word: word.x0))
        for row in ([w for w in ink.words if abs((w.top + w.bottom) / 2 - at) < STEP / 2] for at in row_middles(ink))
    ]


def row_middles(ink: PageInk) -> list[float]:
    levels = sorted(edge.at for edge in ink.horizontals if edge.end - edge.start > 300)[:5]
    return [(a + b) / 2 for a, b in pairwise(levels)]


@pytest.mark.parametrize(
    "worn", [as_it_is, noisy, faxed, turned, on_its_head, shadowed, lambda g: noisy(tilted(g, 1.5))]
)
def test_a_ruled_form_is_read_however_it_was_scanned(worn: Callable[[Grey], Grey]) -> None:
    ink = document.read_picture(worn(page(form)), DPI)
    assert cells(ink) == [f"{label}{answer}".replace(" ", "") for label, answer in ROWS]
    assert sum(edge.end - edge.start > 3.5 * STEP for edge in ink.verticals) == 3


def test_a_page_at_150_dpi_is_read() -> None:
    ink = document.read_picture(noisy(page(form, 150)), 150)
    assert cells(ink) == [f"{label}{answer}".replace(" ", "") for label, answer in ROWS]


def test_every_word_leads_back_to_where_it_stands_on_the_picture() -> None:
    ink = document.read_picture(turned(page(form)), DPI)
    word = next(word for word in ink.words if word.text == "Hargreave")
    x0, top, x1, bottom = ink.back(word.x0, word.top, word.x1, word.bottom)
    # Turned to the left, x of the page is y of the drawing from its top; y runs against the drawing's x.
    assert x0 == pytest.approx(HEIGHT - TOP + 4, abs=6) and x1 == pytest.approx(HEIGHT - TOP + STEP - 4, abs=6)
    assert bottom == pytest.approx(WIDTH - MIDDLE - 5, abs=3) and top < bottom


def test_labels_are_bold_and_shaded_and_answers_are_not() -> None:
    ink = document.read_picture(noisy(page(form)), DPI)
    weights = {word.text: word.bold for word in ink.words}
    assert weights["Surname"] and weights["Court"]
    assert not weights["Hargreave"] and not weights["Walsall"] and not weights["complete"]
    grey = [shade for shade in ink.shades if shade.x1 < MIDDLE + 3]
    assert len(grey) >= 4 and not [shade for shade in ink.shades if shade.x0 > MIDDLE - 3]


def test_print_of_one_weight_has_no_bold() -> None:
    words = [Recognised("word", 10.0 * k, 0, 10.0 * k + 9, 20, 0.9) for k in range(20)]
    stripes = np.full((21, 220), 255, np.uint8)
    stripes[:, ::3] = 0
    assert bold(stripes, words) == [False] * 20


def test_a_short_ruling_between_two_rows_parts_two_cells() -> None:
    def rows(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for y in (200.0, 214.0):
            canvas.line(20, y, 400, y)
        canvas.line(200, 200, 200, 214)
        canvas.drawString(24, 204, "Illinois lIlI")
        canvas.drawString(204, 204, "Bill Hill")

    found = rulings(upright(page(rows), DPI).even, DPI)
    assert [round(edge.at * 72 / DPI) for edge in found.verticals] == [200]


@pytest.mark.parametrize("worn", [as_it_is, noisy, lambda grey: faxed(noisy(grey))])
def test_letters_that_fill_a_tight_row_are_no_rulings(worn: Callable[[Grey], Grey]) -> None:
    def rows(canvas: Canvas) -> None:
        canvas.setLineWidth(0.5)
        canvas.grid([LEFT, MIDDLE, RIGHT], [TOP - 12 * k for k in range(9)])
        for k in range(8):
            for x, font in ((LEFT, "Helvetica-Bold"), (MIDDLE, "Helvetica")):
                canvas.setFont(font, 10)
                canvas.drawString(x + 5, TOP - 12 * (k + 1) + 2.5, "Licence holder bill")

    there = upright(worn(page(rows)), DPI)
    found = rulings(there.even, DPI, faxed=there.faxed)
    assert sorted({round(edge.at * 72 / DPI) for edge in found.verticals}) == [LEFT, MIDDLE, RIGHT]
    assert len(found.horizontals) == 9


def test_letters_are_no_rulings_and_survive_their_removal() -> None:
    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawString(24, 204, "Conditional discharge planned FEE HATTIE TITLE III")
        canvas.line(20, 199, 400, 199)
        canvas.drawString(24, 150, "They left the hospital before the order had been made by the tribunal.")

    even = upright(page(words), DPI).even
    found = rulings(even, DPI)
    assert len(found.horizontals) == 1 and not found.verticals
    bare = without(even, found, DPI)
    line = round((HEIGHT - 199) * DPI / 72)
    assert (bare[line - 1 : line + 2] < 150).mean() < 0.02
    print_there = slice(round((HEIGHT - 213) * DPI / 72), line - 8)
    assert (bare[print_there] < 150).sum() > 0.97 * (even[print_there] < 150).sum()


SIZES = (6.0, 8.0, 11.0, 16.0)


@pytest.mark.parametrize("worn", [as_it_is, noisy, faxed])
@pytest.mark.parametrize("size", SIZES)
def test_boxes_are_found_and_told_ticked_from_empty(size: float, worn: Callable[[Grey], Grey]) -> None:
    def boxes(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for k in range(4):
            x, y = 40 + 80 * k, 200.0
            canvas.setLineWidth(0.7)
            canvas.rect(x, y, size, size)
            canvas.drawString(x + size + 4, y, "Do Yes")
            if k % 2:
                canvas.setLineWidth(1.1)
                canvas.line(x + 1, y + 1, x + size - 1, y + size - 1)
                canvas.line(x + 1, y + size - 1, x + size - 1, y + 1)

    even = upright(worn(page(boxes)), DPI).even
    found = tick_boxes(even, rulings(even, DPI), DPI)
    assert [box.ticked for box in found] == [False, True, False, True]
    assert all(box.confidence > 0.9 for box in found)


def test_letters_are_no_boxes() -> None:
    def words(canvas: Canvas) -> None:
        for k, font in enumerate(("Helvetica", "Helvetica-Bold", "Times-Bold")):
            canvas.setFont(font, 11)
            canvas.drawString(24, 204 - 20 * k, "DODO BODED HOOD 0808 nonuno DO NOT D 0 B 8 GOOD")

    even = upright(page(words), DPI).even
    assert not tick_boxes(even, rulings(even, DPI), DPI)


def test_neither_dust_nor_a_scribble_is_called_a_tick_for_sure() -> None:
    assert state(0.01, 0.0, 0.0) == (False, 0.98)
    assert state(0.25, 0.9, 0.2)[0] and state(0.25, 0.9, 0.2)[1] > 0.9
    assert state(0.05, 0.2, 0.0)[0] is False
    assert state(0.8, 1.0, 0.5)[1] < 0.5


def test_an_upside_down_page_is_set_upright() -> None:
    plain = page(form)
    right, wrong = upright(plain, DPI).even, upright(on_its_head(plain), DPI).even
    small = (WIDTH, HEIGHT)
    seen = [
        cv2.resize(even, (int(small[0]), int(small[1])), interpolation=cv2.INTER_AREA).astype(int)
        for even in (right, wrong)
    ]
    assert 2 * np.abs(seen[0] - seen[1]).mean() < np.abs(seen[0] - seen[1][::-1, ::-1]).mean()


def test_a_photographed_sheet_is_cut_out_and_laid_flat() -> None:
    sheet = cv2.resize(page(form), (1240, 877))
    height, width = 1200, 1600
    corners = np.array([[170, 130], [1440, 180], [1400, 1090], [140, 1050]], np.float32)
    flat = np.array([[0, 0], [1240, 0], [1240, 877], [0, 877]], np.float32)
    table = np.full((height, width), 60, np.uint8)
    project = cv2.getPerspectiveTransform(flat, corners)
    photo = cv2.warpPerspective(sheet, project, (width, height), dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    found = upright(np.asarray(photo, np.uint8), 150)
    down, across = found.even.shape
    laid = np.array([[[0, 0], [across, 0], [across, down], [0, down]]], np.float64)
    back = cv2.perspectiveTransform(laid, found.to_picture)[0]
    assert np.hypot(*(back - corners).T).max() < 25


def test_print_of_two_cells_is_two_pieces() -> None:
    def two(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(24, 204, "Court")
        canvas.drawString(120, 204, "Walsall")

    found = sorted(pieces(page(two), [], DPI))
    assert len(found) == 2 and found[0].x1 < found[1].x0


def test_dust_is_taken_off_and_stops_and_dots_are_kept() -> None:
    def sentence(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(24, 204, "i. e. Ms J. Hill - 3.5 miles.")

    clean = page(sentence)
    dusty = clean.copy()
    for x, y in ((600, 100), (700, 300), (300, 500)):
        dusty[y : y + 3, x : x + 3] = 40
    assert np.array_equal(dusted(dusty, DPI), clean)


def names(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 11)
    canvas.grid([LEFT, MIDDLE, RIGHT], [TOP - STEP * k for k in range(4)])
    for k, (label, answer) in enumerate(
        (("Surname", "\u017di\u017eka"), ("First name", "Zo\xeb"), ("Worker", "Iain McCrae"))
    ):
        canvas.drawString(LEFT + 5, TOP - STEP * (k + 1) + 7, label)
        canvas.drawString(MIDDLE + 5, TOP - STEP * (k + 1) + 7, answer)


def test_letters_beyond_english_are_read_and_a_capital_i_is_no_l() -> None:
    words = [word.text for word in document.read_picture(noisy(page(names)), DPI).words]
    assert {"\u017di\u017eka", "Zo\xeb", "Iain"} <= set(words)


def word_of(text: str, confidence: float = 0.9) -> Recognised:
    return Recognised(text, 0, 0, 10, 10, confidence)


def letters_of(text: str, confidence: float = 0.99) -> list[Letter]:
    return [Letter(sign, float(at), confidence) for at, sign in enumerate(text)]


def test_two_readings_alike_are_sure_and_two_that_differ_are_doubtful() -> None:
    assert believed(word_of("A9526FE"), letters_of("A9526FE")) == word_of("A9526FE", AGREED)
    assert believed(word_of("lain", 0.8), letters_of("Iain")) == word_of("Iain", DISPUTED)
    assert believed(word_of("Iain", 0.99), letters_of("lain", 0.6)) == word_of("Iain", DISPUTED)
    assert believed(word_of("Hall", 0.3), letters_of("Hall")).confidence <= ONCE
    assert believed(word_of("Hall"), []).confidence <= DISPUTED


def test_words_run_together_by_one_reader_are_parted_by_the_other() -> None:
    assert believed(word_of("Clickortap"), letters_of(" Click or tap ")) == word_of("Click or tap", ONCE)


def test_accents_that_one_reader_lacks_are_taken_from_the_other_but_not_surely() -> None:
    seen = believed(word_of("Wozniak"), letters_of("Wo\u017aniak"))
    assert seen.text == "Wo\u017aniak" and DISPUTED < seen.confidence < 0.9


def test_the_second_reader_reads_a_line_and_its_spaces() -> None:
    def line(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(24, 204, "16th October 1981")

    grey = page(line)
    rows = slice(round((HEIGHT - 216) * DPI / 72), round((HEIGHT - 199) * DPI / 72))
    letters = read_line(grey[rows, 50:400])
    assert "".join(letter.text for letter in letters).strip() == "16th October 1981"
    assert [letter.at for letter in letters] == sorted(letter.at for letter in letters)


def test_answers_read_twice_are_sure_and_words_read_once_are_not() -> None:
    ink = document.read_picture(noisy(page(form)), DPI)
    sure = {word.text for word in ink.words if word.confidence >= 0.9}
    assert {"Hargreave", "Walsall", "2012/0394773H"} <= sure
    assert not {"Surname", "Court"} & sure


def test_without_language_data_the_second_reader_reads_the_page_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognise, "data_folder", lambda: None)
    monkeypatch.setattr(document, "data_folder", lambda: None)
    ink = document.read_picture(noisy(page(form)), DPI)
    assert cells(ink) == [f"{label}{answer}".replace(" ", "") for label, answer in ROWS]
    assert all(word.confidence < 0.9 for word in ink.words)


def test_joined_ink_is_one_shape_and_what_lies_in_its_hole_is_another() -> None:
    mask = np.zeros((40, 60), np.uint8)
    mask[5:35, 5:35] = 255
    mask[10:30, 10:30] = 0
    mask[18:22, 18:23] = 255
    mask[2:4, 50:58] = 255
    found = {(shape.x, shape.y, shape.wide, shape.tall): shape for shape in shapes(mask)}
    assert set(found) == {(5, 5, 30, 30), (18, 18, 5, 4), (50, 2, 8, 2)}
    assert np.array_equal(found[18, 18, 5, 4].own(mask), np.full((4, 5), 255, np.uint8))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.4, 0.6, 0.8, 0.95])
def test_shapes_are_the_pieces_that_labelling_every_pixel_gives(share: float) -> None:
    chance = np.random.default_rng(round(100 * share))
    for _ in range(40):
        mask = (chance.random(chance.integers(1, 30, 2)) < share).astype(np.uint8) * 255
        _, _, labelled, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        assert sorted(shape[:4] for shape in shapes(mask)) == sorted(map(tuple, labelled[1:, :4].tolist()))


def test_a_small_shape_beside_a_stroke_keeps_its_own_pixels() -> None:
    mask = np.zeros((20, 20), np.uint8)
    mask[2:18, 2:4] = mask[16:18, 2:18] = 255  # an L whose rectangle holds the dot
    mask[5:7, 10:12] = 255
    angle = next(shape for shape in shapes(mask) if shape.tall == 16)
    assert int((angle.own(mask) > 0).sum()) == 16 * 2 + 14 * 2


@pytest.mark.parametrize("length", [11, 22, 48])
def test_what_lies_on_strokes_is_what_an_opening_leaves_of_a_mask(length: int) -> None:
    mask = np.where(np.random.default_rng(length).random((60, 400)) < 0.97, 255, 0).astype(np.uint8)
    mask[:, :length] = mask[:, -length:] = 0
    whole = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    assert whole.any()
    assert np.array_equal(strokes(mask, length), whole)


def accents(canvas: Canvas) -> None:
    canvas.setFont("Times-Roman", 11)
    canvas.grid([LEFT, MIDDLE, RIGHT], [TOP - STEP * k for k in range(4)])
    for k, (label, answer) in enumerate((("Surname", "M\xfcller"), ("First name", "Si\xe2n"), ("Worker", "Bill Hill"))):
        canvas.drawString(LEFT + 5, TOP - STEP * (k + 1) + 7, label)
        canvas.drawString(MIDDLE + 5, TOP - STEP * (k + 1) + 7, answer)


def test_an_accent_that_the_first_reader_passes_over_surely_is_seen() -> None:
    words = {word.text: word.confidence for word in document.read_picture(noisy(page(accents)), DPI).words}
    assert {"M\xfcller", "Si\xe2n", "Bill", "Hill"} <= set(words)
    assert words["Hill"] >= 0.9 > words["M\xfcller"]


def test_what_stands_between_two_lines_is_not_read_once_more() -> None:
    line = Recognised("Probation", 100, 40, 190, 60, 0.93)
    assert recognise.is_ghost(Recognised("uo", 120, 50, 150, 66, 0.1), [line])
    assert not recognise.is_ghost(Recognised("Police", 120, 58, 150, 78, 0.1), [line])
    assert not recognise.is_ghost(Recognised("Officer", 120, 50, 150, 66, 0.8), [line])


def test_rulings_that_a_fax_broke_into_dots_are_found_and_letters_are_none() -> None:
    def grid(canvas: Canvas) -> None:
        canvas.setLineWidth(0.5)
        canvas.grid([LEFT, MIDDLE, RIGHT], [TOP - STEP * k for k in range(5)])

    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for k, (label, answer) in enumerate(ROWS):
            canvas.drawString(LEFT + 5, TOP - STEP * (k + 1) + 7, label)
            canvas.drawString(MIDDLE + 5, TOP - STEP * (k + 1) + 7, answer)
        for k, line in enumerate(("He left the hostel", "Late in the evening", "HE WILL REPORT HERE")):
            canvas.drawString(LEFT, 150 - 13 * k, line)

    ruled = page(grid)
    kept = np.random.default_rng(3).random(ruled.shape) < 0.55
    sent = np.minimum(faxed(page(words)), np.where((ruled < 220) & kept, 0, 255)).astype(np.uint8)
    there = upright(sent, DPI)
    found = rulings(there.even, DPI, faxed=there.faxed)
    assert len([edge for edge in found.horizontals if edge.end - edge.start > 350 * DPI / 72]) == 5
    assert sorted(round(edge.at * 72 / DPI / 5) * 5 for edge in found.verticals) == [LEFT, MIDDLE, RIGHT]
    assert len(found.horizontals) == 5


def test_a_page_that_was_taken_to_stand_on_its_head_is_turned_again() -> None:
    there = upright(page(form), DPI)
    back = other_way_up(there)
    corner = cv2.perspectiveTransform(np.array([[[0.0, 0.0]]]), back.to_picture)[0, 0]
    height, width = there.even.shape
    assert np.allclose(corner, cv2.perspectiveTransform(np.array([[[float(width), float(height)]]]), there.to_picture))
    assert np.array_equal(other_way_up(back).even, there.even)


def test_nothing_on_a_fax_is_sure() -> None:
    ink = document.read_picture(faxed(noisy(page(form))), DPI)
    assert cells(ink) == [f"{label}{answer}".replace(" ", "") for label, answer in ROWS]
    assert all(word.confidence < 0.9 for word in ink.words)


def test_a_word_that_the_first_reader_cut_in_two_and_could_not_read_is_whole_again() -> None:
    def one(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Oblique", 9)
        canvas.drawString(24, 204, "Probation")

    top, bottom = (HEIGHT - 212) * DPI / 72, (HEIGHT - 202) * DPI / 72
    halves = [Recognised("ee", 66, top, 140, bottom, 0.4), Recognised("p", 141, top, 172, bottom, 0.0)]
    seen = second_look(page(one), halves, [False, False], [], [], [], as_read)
    assert "".join(word.word.text for word in seen) == "Probation" and seen[1].glued
    assert all(word.word.confidence < 0.9 for word in seen)


def test_a_name_on_a_page_of_few_dots_is_not_sure_but_a_date_is() -> None:
    def rows(canvas: Canvas) -> None:
        form(canvas)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(LEFT, 100, "Malgorzata 14/03/1979")

    sure = {word.text: word.confidence >= 0.9 for word in document.read_picture(page(rows, 150), 150).words}
    assert sure["14/03/1979"] and not sure["Malgorzata"]


def test_a_long_number_is_read_twice() -> None:
    def one(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(24, 204, "D274087")

    top, bottom = (HEIGHT - 213) * DPI / 72, (HEIGHT - 201) * DPI / 72
    (seen,) = second_look(page(one), [Recognised("0274087", 66, top, 190, bottom, 0.96)], [False], [], [], [], as_read)
    assert seen.word.text == "D274087" and seen.word.confidence < 0.9
