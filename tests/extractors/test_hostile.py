"""Files made to harm a reader come to a typed refusal or an honest reading, soon, in little memory, each in its own child."""

from __future__ import annotations

import shutil

import pytest

from benchmarks.fuzz import MEMORY_LIMIT, TIME_LIMIT, outcome
from extractors.files.office import PROGRAMS
from intake.reader import cage
from intake.reader.reader_child import practise
from tests.extractors.hostile import Hostile, mails, packages, pdfs, pictures

FILES = [*packages.FILES, *pdfs.FILES, *pictures.FILES, *mails.FILES]


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """What every child inherits, as the desk's do."""
    practise()


SOONER = 8
"""Seconds of processor time that a file may take here which may be refused as too hard: one is given all that the desk gives."""
WHOLE = "40,000 small boxes"


@pytest.mark.timeout(900)  # the limits are of processor time, of which a busy machine gives little
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.name}: {file.story}")
def test_a_hostile_file_harms_nobody(file: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    if file.name.endswith((".doc", ".rtf")) and not any(shutil.which(name) for name in PROGRAMS):
        pytest.skip("LibreOffice is not installed")
    if "too_hard" in file.ends and file.story != WHOLE:
        monkeypatch.setattr(cage, "CPU_SECONDS", SOONER)
    ended = outcome(file.name, file.make())
    assert ended.what.rpartition("refused: ")[2] in file.ends
    assert ended.seconds < TIME_LIMIT
    assert ended.memory < MEMORY_LIMIT
