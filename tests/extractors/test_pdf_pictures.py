"""Pages that are pictures are handed to the scanner's reader; what is native about them is kept."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractors.layout.ink import PageInk, Word
from extractors.pdf import document as reader
from extractors.pdf.document import read_pdf
from tests.extractors.drawn import HEIGHT, drawn, runs, told

SEEN: list[tuple[tuple[int, int], float]] = []


def fake(
    words: Sequence[Word], to_page: tuple[float, ...] = (1, 0, 0, 1, 0, 0)
) -> Callable[[Iterable[object]], list[PageInk]]:
    def read_pictures(pages: Iterable[tuple[np.ndarray, float]]) -> list[PageInk]:
        given = [(grey.shape, dpi) for grey, dpi in pages]
        SEEN.extend(given)
        return [PageInk(595, 842, list(words), to_page=to_page, scanned=True) for _ in given]  # type: ignore[arg-type]

    return read_pictures


def scan(canvas: Canvas, dpi: int = 200) -> None:
    size = round(595 * dpi / 72), round(842 * dpi / 72)
    picture = Image.new("L", size, 255)
    canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)


def recognised(text: str, x0: float, top: float) -> Word:
    return Word(text, x0, top, x0 + 6 * len(text), top + 11, 10, method="ocr", confidence=0.95)


def test_a_scanned_page_is_drawn_at_its_own_resolution(monkeypatch: pytest.MonkeyPatch) -> None:
    SEEN.clear()
    monkeypatch.setattr(reader, "read_pictures", fake([recognised("Surname", 60, 100)]))
    document = read_pdf(drawn(scan, lambda c: scan(c, 72), lambda c: scan(c, 600)))
    assert [round(dpi) for _, dpi in SEEN] == [200, 150, 300]
    assert all(abs(shape[0] / dpi - 842 / 72) < 0.01 for shape, dpi in SEEN)
    assert [page.scanned for page in document.pages] == [True, True, True]


def test_native_and_scanned_pages_stand_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "read_pictures", fake([recognised("Scanned", 60, 300)]))
    native = [lambda c, k=k: c.drawString(60, 500, f"Native {k}") for k in range(2)]
    document = read_pdf(drawn(native[0], scan, native[1]))
    assert told(document) == ["Native 0", "Scanned", "Native 1"]
    assert [page.scanned for page in document.pages] == [False, True, False]
    assert [run.page for run in runs(document)] == [1, 2, 3]


def test_what_was_typed_onto_a_scan_replaces_what_was_recognised_there(monkeypatch: pytest.MonkeyPatch) -> None:
    label, misread = recognised("Surname", 60, 94), recognised("OD0wd", 150, 94)
    monkeypatch.setattr(reader, "read_pictures", fake([label, misread]))

    def page(canvas: Canvas) -> None:
        scan(canvas)
        canvas.drawString(150, HEIGHT - 103, "O'Dowd")

    document = read_pdf(drawn(page))
    assert told(document) == ["Surname\tO'Dowd"]
    assert [run.method for run in runs(document)] == ["ocr", "text"]


def test_typed_words_find_their_place_on_a_page_scanned_sideways(monkeypatch: pytest.MonkeyPatch) -> None:
    # Upright x runs up the page as displayed: (x, y) of the upright frame is (y, 842 - x) of the page.
    label = recognised("Surname", 60, 94)
    monkeypatch.setattr(reader, "read_pictures", fake([label], (0, -1, 1, 0, 0, 842)))

    def page(canvas: Canvas) -> None:
        scan(canvas)
        canvas.rotate(90)
        canvas.drawString(150, -103, "O'Dowd")

    assert told(read_pdf(drawn(page))) == ["Surname\tO'Dowd"]


def hidden_layer(canvas: Canvas) -> None:
    scan(canvas)
    text = canvas.beginText(60, 500)
    text.setTextRenderMode(3)
    text.textOut("Surname Smith")
    canvas.drawText(text)


def test_a_hidden_text_layer_under_a_scan_is_left_to_our_own_recognition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "read_pictures", fake([recognised("Surname", 60, 330)]))
    assert told(read_pdf(drawn(hidden_layer))) == ["Surname"]


def test_hidden_text_on_a_native_page_is_not_read() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 600, "What people see on this page of the form")
        text = canvas.beginText(60, 500)
        text.setTextRenderMode(3)
        text.textOut("what they do not")
        canvas.drawText(text)

    assert told(read_pdf(drawn(page))) == ["What people see on this page of the form"]


def test_a_picture_too_large_to_open_is_named_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.pdf.document.LARGEST_PICTURE", 1000)
    document = read_pdf(drawn(lambda c: c.drawString(60, 500, "native"), scan))
    assert told(document) == ["native"]
    assert "too large" in document.partly[0]


def test_a_picture_of_print_is_read_through_recognition() -> None:
    def form(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 12)
        canvas.grid([50, 200, 500], [780, 750, 720])
        for k, row in enumerate((("Surname", "Hargreave"), ("Court", "Walsall"))):
            for x, text in zip((58, 208), row, strict=True):
                canvas.drawString(x, 760 - 30 * k, text)

    grey = picture_of(drawn(form))

    def page(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.fromarray(grey)), 0, 0, 595, 842)

    document = read_pdf(drawn(page))
    assert told(document) == [["Surname", "Hargreave"], ["Court", "Walsall"]]
    assert {run.method for run in runs(document)} == {"ocr"}


def picture_of(content: bytes) -> np.ndarray:
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        return np.asarray(pdf[0].render(scale=200 / 72, grayscale=True).to_numpy()).squeeze()
