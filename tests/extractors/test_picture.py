"""Pages are drawn as they are, whatever they hold, and what was found on them is marked where it stands."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extractors.files.office import to_pdf
from extractors.models import PagePicture
from extractors.picture import DOUBTFUL, SURE, draw, page_pictures, placed
from extractors.read import read
from extractors.refusals import Refusal
from extractors.scan import document as scan
from extractors.scan.document import read_pictures
from tests.extractors.hostile import pdfs

SAMPLES = Path(__file__).parents[2] / "samples"


def pixels(page: PagePicture) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(page.jpeg)).convert("RGB")).astype(int)


def coloured(page: PagePicture, colour: str) -> int:
    """How many points come near a colour."""
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return int((np.abs(pixels(page) - wanted).sum(axis=2) < 60).sum())


def test_every_page_is_drawn_with_a_mark_for_what_was_found_on_it() -> None:
    content = (SAMPLES / "h-home-gaps.pdf").read_bytes()
    (form,) = read(content, "h.pdf", date(2026, 11, 20)).forms
    bare, marked = list(page_pictures(content, "pdf")), list(draw(content, "pdf", [form]))
    assert len(bare) == len(marked) == form.pages
    assert coloured(marked[0], SURE) > 1000 > coloured(bare[0], SURE)


def test_a_doubtful_value_is_marked_in_another_colour() -> None:
    content = (SAMPLES / "h-home-gaps.pdf").read_bytes()
    (form,) = read(content, "h.pdf", date(2026, 11, 20)).forms
    values = {key: value.model_copy(update={"confidence": 0.5}) for key, value in form.values.items()}
    (page, *_) = draw(content, "pdf", [form.model_copy(update={"values": values})])
    assert coloured(page, DOUBTFUL) > 1000 > coloured(page, SURE)


def test_values_of_a_word_file_get_boxes_where_their_words_stand_on_paper() -> None:
    content = (SAMPLES / "h-yot-complete.docx").read_bytes()
    (form,) = read(content, "h.docx", date(2026, 11, 20)).forms
    try:
        pdf = to_pdf(content, ".docx")
    except Refusal as refusal:
        assert refusal.code == "no_converter"
        pytest.skip("LibreOffice is not installed")
    found = placed(form, pdf).values["person.date_of_birth"].evidence
    assert form.values["person.date_of_birth"].evidence is not None
    assert form.values["person.date_of_birth"].evidence.box is None
    assert found is not None and found.box is not None and found.page == 1
    assert 0 < found.box.x0 < found.box.x1 < 600 and 0 < found.box.top < found.box.bottom < 850


def test_a_page_that_cannot_be_opened_is_white() -> None:
    drawn = list(page_pictures(pdfs.missing.make(), "pdf"))
    assert len(drawn) == 40
    assert pixels(drawn[5]).min() > 250


def test_a_huge_page_is_drawn_coarser() -> None:
    (page,) = page_pictures(pdfs.poster.make(), "pdf")
    high, wide, _ = pixels(page).shape
    assert high * wide <= 21_000_000
    assert page.width >= 14_400


def test_a_page_longer_than_a_picture_can_be_is_drawn_whole() -> None:
    (page,) = page_pictures(pdfs.pdf({3: pdfs.page(box=b"0 -2147483648 595 842")}), "pdf")
    assert page.height > 2**31 and 60_000 < len(pixels(page)) <= 65_000


def test_a_page_of_vast_pictures_is_not_drawn() -> None:
    (page,) = page_pictures(pdfs.vast_picture.make(), "pdf")
    assert pixels(page).min() > 250


def test_a_broken_picture_file_is_damaged() -> None:
    with pytest.raises(Refusal) as refused:
        list(page_pictures(b"II*\0\x08\0\0\0\x01\0", "image"))
    assert refused.value.code == "damaged"


def test_a_scanned_page_without_any_print_is_a_page_without_words() -> None:
    white = np.full((1100, 800), 255, np.uint8)
    try:
        (page,) = read_pictures([(white, 100.0)])
    except Refusal as refusal:
        assert refusal.code == "no_ocr"
        pytest.skip("no text recognition is installed")
    assert page.words == []


def test_few_pages_are_in_memory_at_once_and_every_thread_stands_before_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A thread that starts when the memory is used up is waited for for ever, without a word."""
    monkeypatch.setattr(scan, "read_picture", lambda grey, dpi: time.sleep(0.05) or read.append(dpi))
    read: list[float] = []
    threads: list[int] = []

    def pages() -> Iterator[tuple[np.ndarray, float]]:
        for number in range(8):
            threads.append(threading.active_count())
            assert number - len(read) <= scan.AT_ONCE
            yield np.full((40, 40), 255, np.uint8), float(number)

    read_pictures(pages())
    assert len(read) == 8 and threads[1] - threads[0] == scan.AT_ONCE
