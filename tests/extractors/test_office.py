"""LibreOffice turns older documents into ones we read, loses nothing that counts, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from extractors.files import office
from extractors.files.pieces import lines_within
from extractors.page import Document, Line, Run
from extractors.refusals import Refusal
from extractors.word.older import LOST_TICKS, read_doc, read_rtf
from tests.extractors.documents import (
    cell,
    check_box,
    docx,
    legacy_choice,
    legacy_text,
    legacy_tick,
    paragraph,
    row,
    run,
    table,
)

needs_office = pytest.mark.skipif(
    not any(shutil.which(name) for name in office.PROGRAMS), reason="LibreOffice is not installed"
)


def runs(document: Document) -> list[Run]:
    return [run for line in lines_within(document.blocks) for run in line.runs]


def word_97(*body: str) -> bytes:
    return office.convert(docx("".join(body)), ".docx", "doc")


@needs_office
def test_everything_that_counts_survives_the_way_through_an_old_word_file() -> None:
    wingdings = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
    deleted = (
        '<w:del w:id="1" w:author="x" w:date="2026-01-01T00:00:00Z"><w:r><w:delText>gone</w:delText></w:r></w:del>'
    )
    document = read_doc(
        word_97(
            paragraph(legacy_tick(True), "Yes", legacy_tick(False), "No"),
            paragraph(legacy_choice(["Please select", "Male", "Female"], 2)),
            paragraph(legacy_text("West Midlands")),
            paragraph(check_box(True), "Level 3"),
            paragraph(run("þ", wingdings), "Police"),
            paragraph(run("Level 2", "<w:strike/>"), deleted),
            paragraph(run("Yes", '<w:highlight w:val="yellow"/>')),
            paragraph(run("secret", "<w:vanish/>")),
            table(row(cell("a", look='<w:vMerge w:val="restart"/>'), "b"), row(cell("", look="<w:vMerge/>"), "c")),
            paragraph("end"),
        )
    )
    found = runs(document)
    assert document.carrier == "doc"
    assert [r.mark for r in found if r.mark is not None] == [True, False, True, True]
    assert [r.text for r in found if r.control == "choice"] == ["Female"]
    assert [r.text for r in found if r.control == "text"] == ["West Midlands"]
    assert [r.text for r in found if r.struck] == ["Level 2"]
    assert [r.text for r in found if r.highlighted] == ["Yes"]
    assert not {"gone", "secret"} & {r.text for r in found}
    (merged,) = [c for block in document.blocks if not isinstance(block, Line) for c in block.cells if c.text == "a"]
    assert merged.row_span == 2


RTF = (
    r"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}{\f1\fnil\fcharset2 Wingdings;}}"
    r"{\field{\*\fldinst { FORMCHECKBOX }%s}{\fldrslt }} Yes\par {\f1 \'fe} Police\par {\strike Level 2} Level 3\par}"
)


@needs_office
def test_rich_text_is_read_with_its_form_fields() -> None:
    document = read_rtf((RTF % r"{{\*\formfield{\fftype1\ffres1\ffdefres0}}}").encode())
    found = runs(document)
    assert document.carrier == "rtf"
    assert [(r.mark, r.confidence) for r in found if r.mark is not None] == [(True, 1), (True, 1)]
    assert [r.text for r in found if r.struck] == ["Level 2"]


@needs_office
def test_boxes_of_a_rich_text_file_that_lost_their_state_are_unsure() -> None:
    document = read_rtf((RTF % "").encode())
    field, symbol = [r for r in runs(document) if r.mark is not None]
    assert field.confidence < 0.5 and symbol.confidence == 1
    assert LOST_TICKS in document.partly


@needs_office
def test_a_document_becomes_a_pdf_to_look_at() -> None:
    assert office.to_pdf(docx(paragraph("MAPPA A")), ".docx").startswith(b"%PDF-")


@needs_office
def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    office.convert(docx(paragraph("x")), ".docx", "doc")
    assert list(tmp_path.iterdir()) == []


@needs_office
def test_what_libreoffice_cannot_open_is_damaged() -> None:
    with pytest.raises(Refusal) as refused:
        office.convert(b"PK\x03\x04 nothing of the kind", ".docx", "doc")
    assert refused.value.code == "damaged"


def test_without_libreoffice_the_refusal_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "PROGRAMS", ("no-such-office",))
    with pytest.raises(Refusal) as refused:
        office.convert(b"x", ".doc")
    assert refused.value.code == "no_converter"
    assert "Save the form as .docx or PDF" in refused.value.message


def test_a_conversion_that_hangs_is_killed_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "office"
    program.write_text(f"#!/bin/sh\n(sleep 4; touch {tmp_path}/outlived) &\nsleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(office, "PROGRAMS", (str(program),))
    monkeypatch.setattr(office, "TIME_LIMIT", 0.5)
    begun = time.monotonic()
    with pytest.raises(Refusal) as refused:
        office.convert(b"x", ".doc")
    assert refused.value.code == "too_hard"
    assert time.monotonic() - begun < 4
    time.sleep(4.5)
    assert not (tmp_path / "outlived").exists()


@pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="this kernel does not tell how long a process waited"
)
def test_time_in_which_others_had_the_processor_counts_against_nobody(tmp_path: Path) -> None:
    on_one = ["taskset", "-c", str(min(os.sched_getaffinity(0))), sys.executable, "-c"]
    others = [subprocess.Popen([*on_one, "while True: pass"]) for _ in range(4)]
    try:
        began = time.monotonic()
        ended, took = office._run_once([*on_one, "import time\nwhile time.process_time() < 0.4: pass"], tmp_path, 1.2)
        assert ended == 0 and took < 1.2 < time.monotonic() - began
    finally:
        for other in others:
            other.kill()
            other.wait()
