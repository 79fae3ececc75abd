"""The product's own reader behind its walls: samples are read, drawn and refused there as they should be."""

from __future__ import annotations

import email.message
import io
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from house import ROOT, wait_for
from pypdfium2 import PdfDocument

from extractors.files.office import convert, to_pdf
from extractors.refusals import Refusal
from intake.reader.nursery import File
from intake.reader.reading_room import ReadingFailed, ReadingRoom

SAMPLES = ROOT / "samples"
DAY = date(2026, 11, 20)
PATIENT = 60.0


@pytest.fixture(scope="module")
def room() -> Iterator[ReadingRoom]:
    with ReadingRoom() as opened:
        yield opened


def sample(name: str) -> File:
    return File((SAMPLES / name).read_bytes(), name, DAY)


def nothing() -> None:
    pass


def test_a_printed_form_is_read_and_drawn_at_once(room: ReadingRoom) -> None:
    result = room.do("read", sample("a-probation-complete.pdf"), nothing, PATIENT)
    assert result.reading is not None
    (form,) = result.reading.forms
    assert form.form == "A" and form.value("person.family_name")
    assert len(result.pictures) == form.pages
    assert all(picture.jpeg.startswith(b"\xff\xd8") and picture.width > 500 for picture in result.pictures)
    assert not result.pictures_follow


def test_a_word_form_is_read_at_once_and_drawn_later(room: ReadingRoom) -> None:
    result = room.do("read", sample("i-trust-complete.docx"), nothing, PATIENT)
    assert result.reading is not None and result.reading.forms[0].form == "I"
    assert result.pictures_follow and not result.pictures
    try:
        drawn = room.do("picture", sample("i-trust-complete.docx"), nothing, PATIENT)
    except Refusal as refusal:
        assert refusal.code == "no_converter"
        pytest.skip("LibreOffice is not installed: the drawing of Word files was not tested")
    assert drawn.pictures and drawn.reading is None


def test_the_form_inside_a_mail_is_drawn(room: ReadingRoom) -> None:
    mail = email.message.EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "yot@example.org", "desk@example.org", "A form"
    mail.set_content("Attached.")
    form = (SAMPLES / "a-probation-complete.pdf").read_bytes()
    mail.add_attachment(form, maintype="application", subtype="pdf", filename="form A.pdf")
    file = File(mail.as_bytes(), "form.eml", DAY)
    result = room.do("read", file, nothing, PATIENT)
    assert result.reading is not None and result.reading.forms[0].attachment == "form A.pdf"
    assert result.pictures_follow
    assert len(room.do("picture", file._replace(part="form A.pdf"), nothing, PATIENT).pictures) > 1
    assert not room.do("picture", file, nothing, PATIENT).pictures


@pytest.mark.parametrize("carrier", ["doc", "rtf", "odt", "tiff"])
def test_other_carriers_are_read_in_the_cage(room: ReadingRoom, carrier: str) -> None:
    form = sample("h-yot-complete.docx")
    try:
        made = carried(form.content, carrier)
    except Refusal as refusal:
        assert refusal.code == "no_converter"
        pytest.skip("LibreOffice is not installed: this carrier was not tested")
    result = room.do("read", File(made, f"form.{carrier}", DAY), nothing, PATIENT)
    assert result.reading is not None and result.reading.forms[0].value("person.family_name")


def carried(word: bytes, carrier: str) -> bytes:
    """A Word form as another kind of file; as a scan, by pages of pixels."""
    if carrier != "tiff":
        return convert(word, ".docx", carrier)
    pages = [page.render(scale=200 / 72).to_pil().convert("L") for page in PdfDocument(to_pdf(word, ".docx"))]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], dpi=(200, 200))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7 cut short", "damaged"), (b"", "empty"), (b"plain words", "mislabelled")],
)
def test_what_is_no_form_is_refused(room: ReadingRoom, content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        room.do("read", File(content, "form.pdf", DAY), nothing, PATIENT)
    assert refused.value.code == code


def test_who_waits_is_asked_whether_they_are_still_there(tmp_path: Path) -> None:
    with ReadingRoom((sys.executable, str(ROOT / "tests" / "intake" / "a_reader.py"))) as room:
        calls: list[float] = []
        file = File(b'{"wait": 1, "form": "H", "pages": 1, "values": {}}', "form.pdf", DAY)
        room.do("read", file, lambda: calls.append(time.monotonic()), 0.2)
        assert len(calls) >= 3

        def gone() -> None:
            raise ReadingFailed("lease lost")

        before = children()
        with pytest.raises(ReadingFailed):
            room.do("read", file._replace(content=file.content.replace(b"1", b"30", 1)), gone, 0.2)
        # The child's work has lost its reader: it is ended, not left to run.
        wait_for(lambda: children() <= before, 5)


def test_a_reader_that_does_nothing_is_ended_long_before_the_wall_clock() -> None:
    sooner = (
        "import runpy, sys; from intake.reader import nursery; nursery.STILL = 0.5; runpy.run_path(sys.argv.pop(1))"
    )
    with ReadingRoom((sys.executable, "-c", sooner, str(ROOT / "tests" / "intake" / "a_reader.py"))) as room:
        asleep = File(b'{"wait": 30, "form": "H", "pages": 1, "values": {}}', "form.pdf", DAY)
        busy = asleep._replace(content=asleep.content.replace(b'"wait": 30', b'"work": 3'))
        began = time.monotonic()
        with pytest.raises(Refusal) as refused:
            room.do("read", asleep, nothing, PATIENT)
        assert refused.value.code == "too_hard" and time.monotonic() - began < 15
        assert room.do("read", busy, nothing, PATIENT).reading is not None


def children() -> int:
    listed = subprocess.run(["pgrep", "-f", "a_reader.py"], capture_output=True, text=True).stdout
    return len(listed.split())


def test_the_reader_sees_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAPPA_MASTER_KEY", "5e" * 32)
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    with ReadingRoom((sys.executable, str(ROOT / "tests" / "intake" / "a_reader.py"))) as room:
        assert room._child is not None
        wait_for(lambda: b"a_reader" in Path(f"/proc/{room._child.pid}/cmdline").read_bytes())
        environment = Path(f"/proc/{room._child.pid}/environ").read_bytes()
        assert b"MASTER" not in environment and b"DATABASE" not in environment
        open_files = {str(one.readlink()) for one in Path(f"/proc/{room._child.pid}/fd").iterdir()}
        assert not [name for name in open_files if "postgres" in name or "secret" in name]
