"""Every value says where it stands, what was written there and how it was read, on whatever carrier."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from extractors.models import Reading, Value
from extractors.read import read
from extractors.refusals import Refusal

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared"))
DAY = date(2026, 11, 20)
NATIVE = (".docx", ".doc", ".odt", ".eml", ".pdf")
PICTURES = ("scan", "photo", "fax", "signed")
"""Forms whose pages must be recognised: the scanned carriers have measurements of their own."""
METHODS = frozenset(
    ("text", "content_control", "legacy_field", "widget", "symbol", "vector_tick", "strike_out", "emphasis", "ocr")
) | {"image_tick", "form_data"}
WITHOUT_PAGES = frozenset(("docx", "doc", "odt", "rtf", "mail"))

SAMPLES = sorted(
    path for path in (ROOT / "samples").iterdir() if path.suffix in NATIVE and path.name != "not-a-form.pdf"
)
CORPUS = sorted(
    path
    for path in (SHARED / "corpus" / "forms").glob("*")
    if path.suffix in NATIVE and not any(word in path.name for word in PICTURES)
)


def without_place(carrier: str, pages: int, value: Value) -> str | None:
    """What the evidence of a value lacks, None when nothing."""
    evidence = value.evidence
    if evidence is None:
        return "no evidence"
    if evidence.method not in METHODS:
        return f"method {evidence.method}"
    if value.status in ("read", "not_known") and not (evidence.raw or "").strip():
        return "no text as written"
    if carrier in WITHOUT_PAGES or (carrier == "pdf" and pages == 0):
        return None if evidence.path else "no path"
    if evidence.page is None or not 1 <= evidence.page <= pages:
        return "no page"
    box = evidence.box
    return None if box is not None and box.x0 < box.x1 and box.top < box.bottom else "no box"


def unplaced(reading: Reading) -> list[tuple[str, str]]:
    return [
        (key, lack)
        for form in reading.forms
        for key, value in form.values.items()
        if value.status != "absent" and (lack := without_place(form.carrier, form.pages, value)) is not None
    ]


def checked(path: Path) -> None:
    try:
        reading = read(path.read_bytes(), path.name, DAY)
    except Refusal as refusal:
        assert refusal.code == "no_converter"
        pytest.skip("LibreOffice is not installed")
    assert unplaced(reading) == []
    assert sum(value.status == "read" for form in reading.forms for value in form.values.values()) >= 15


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_value_of_a_sample_has_its_evidence(path: Path) -> None:
    checked(path)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="the labelled corpus is not beside the project")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_every_value_of_the_corpus_has_its_evidence(path: Path) -> None:
    checked(path)
