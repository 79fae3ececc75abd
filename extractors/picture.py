"""Draws pages for people: each page of a file as a picture, for the page that shows a value beside where it stands."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageDraw

from extractors.models import Box, FormReading, PagePicture
from extractors.pdf.document import UNOPENED
from extractors.pdf.picture import LARGEST_PICTURE
from extractors.refusals import Refusal

DPI = 110
QUALITY = 80
POINTS = 72
MOST_PIXELS = 20_000_000
"""Pixels of one page as drawn; A3 has 2.3 million. A larger page is drawn coarser."""
MOST_SIDE = 65_000
"""Pixels of its longer side; JPEG has room for 65,535."""
MOST_WORDS = 6
"""Words of a value that are looked for on a page: a longer text may go on in the next line."""
SURE, DOUBTFUL = "#00703c", "#d4351c"


def page_pictures(content: bytes, kind: str) -> Iterator[PagePicture]:
    """Every page of a PDF or an image file, in order. `kind` is "pdf" or "image". Raises Refusal: damaged."""
    yield from _pdf_pages(content) if kind == "pdf" else _image_pages(content)


def _pdf_pages(content: bytes) -> Iterator[PagePicture]:
    try:
        pdf = pdfium.PdfDocument(content)
        pdf.init_forms()
    except pdfium.PdfiumError as error:
        raise Refusal("damaged") from error
    for number in range(len(pdf)):
        try:
            page = pdf[number]
        except pdfium.PdfiumError:  # the reader counts such a page too, and says that it could not be opened
            yield PagePicture(*UNOPENED, _jpeg(Image.new("L", (8, 8), "white")))
            continue
        width, height = page.get_size()
        width, height = max(width, 1.0), max(height, 1.0)
        pixels = sum(math.prod(thing.get_px_size()) for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))
        if pixels > LARGEST_PICTURE:
            yield PagePicture(width, height, _jpeg(Image.new("L", (8, 8), "white")))
            continue
        scale = min(DPI / POINTS, (MOST_PIXELS / (width * height)) ** 0.5, MOST_SIDE / max(width, height))
        yield PagePicture(width, height, _jpeg(page.render(scale=scale).to_pil()))
        page.close()


def _image_pages(content: bytes) -> Iterator[PagePicture]:
    try:
        with Image.open(BytesIO(content)) as picture:
            for number in range(getattr(picture, "n_frames", 1)):
                picture.seek(number)
                dpi = float(picture.info.get("dpi", (200, 200))[0]) or 200.0
                size = (picture.width * POINTS / dpi, picture.height * POINTS / dpi)
                page = picture.convert("RGB")
                page.thumbnail(
                    (min(MOST_SIDE, int(size[0] * DPI / POINTS)), min(MOST_SIDE, int(size[1] * DPI / POINTS)))
                )
                yield PagePicture(*size, _jpeg(page))
    except Exception as error:  # Pillow meets broken files with whatever they lead to
        raise Refusal("damaged") from error


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def draw(content: bytes, kind: str, forms: Sequence[FormReading]) -> Iterator[PagePicture]:
    """Every page with the place of every value of these forms drawn on it: green when sure, red below a confidence of 0.9."""
    values = [value for form in forms for value in form.values.values()]
    for number, page in enumerate(page_pictures(content, kind), 1):
        with Image.open(BytesIO(page.jpeg)) as opened:
            picture = opened.convert("RGB")
        pen = ImageDraw.Draw(picture)
        scale = picture.width / page.width
        for value in values:
            evidence = value.evidence
            if evidence is None or evidence.page != number or evidence.box is None:
                continue
            box = evidence.box
            colour = SURE if value.confidence >= 0.9 else DOUBTFUL
            pen.rectangle([scale * side for side in (box.x0, box.top, box.x1, box.bottom)], outline=colour, width=2)
            pen.text((scale * box.x0, scale * box.top - 11), value.key, fill=colour)
        yield PagePicture(page.width, page.height, _jpeg(picture))


def placed(form: FormReading, pdf: bytes) -> FormReading:
    """A form of a carrier without pages with boxes on `pdf`, which is how it looks on paper: of the values whose words
    stand there once only, since the file itself does not say where they come to stand."""
    opened = pdfium.PdfDocument(pdf)
    pages = [(number, page.get_height(), page.get_textpage()) for number, page in enumerate(opened, 1)]
    values = dict(form.values)
    for key, value in form.values.items():
        evidence = value.evidence
        words = " ".join((evidence.raw or "").split("\n")[0].split()[:MOST_WORDS]) if evidence else ""
        found = [place for page in pages for place in _places(words, *page)] if words else []
        if evidence is not None and len(found) == 1:
            ((number, box),) = found
            values[key] = value.model_copy(
                update={"evidence": evidence.model_copy(update={"page": number, "box": box})}
            )
    return form.model_copy(update={"values": values})


def _places(words: str, number: int, height: float, layer: pdfium.PdfTextPage) -> Iterator[tuple[int, Box]]:
    search = layer.search(words, match_case=True, match_whole_word=True)
    while (found := search.get_next()) is not None:
        rects = [layer.get_rect(at) for at in range(layer.count_rects(*found))]
        if rects:
            lefts, bottoms, rights, tops = zip(*rects, strict=True)
            yield number, Box(x0=min(lefts), top=height - max(tops), x1=max(rights), bottom=height - min(bottoms))
