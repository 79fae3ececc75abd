"""A real clamd for tests, with a signature of our own and no others, as deploy/clamd.conf sets it up."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from house import ROOT, wait_for
from mail_room import free_port

from intake.reader.clamd import Clamd, ScannerAway

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
VIRUS = b"MAPPA-INTAKE-OWN-TEST-SIGNATURE-AND-NO-VIRUS"
NAME = "Mappa.Own.Signature.UNOFFICIAL"


@dataclass
class Scanner:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def path(self) -> str:
        return str(self.folder / "clamd.sock")

    @property
    def host_and_port(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        assert CLAMD is not None
        places = {"/run/clamav/clamd.sock": self.path, "/var/lib/clamav": self.folder, "/tmp": self.folder}
        text = (ROOT / "deploy" / "clamd.conf").read_text(encoding="utf-8")
        for place, ours in places.items():
            text = text.replace(f" {place}\n", f" {ours}\n")
        text = text.replace("TCPSocket 3310", f"TCPSocket {self.port}").replace("TCPAddr 0.0.0.0", "TCPAddr 127.0.0.1")
        text = text.replace("User clamav\n", "")
        (self.folder / "clamd.conf").write_text(text)
        (self.folder / "own.ndb").write_text(f"Mappa.Own.Signature:0:*:{VIRUS.hex()}\n")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([CLAMD, "-c", str(self.folder / "clamd.conf")], stdout=log, stderr=log)
        wait_for(self.answers, 30)

    def answers(self) -> bool:
        try:
            return all(Clamd(address).version() for address in (self.path, self.host_and_port))
        except ScannerAway:
            return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@contextmanager
def made_scanner(folder: Path) -> Iterator[Scanner]:
    """A scanner that is not started yet, with its files in `folder`; stopped in the end."""
    made = Scanner(folder, free_port())
    folder.mkdir()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[Scanner]:
    """A scanner that is not started yet."""
    if CLAMD is None:
        pytest.skip("clamd is not on this machine (Debian: clamav-daemon): nothing is scanned for real")
    with made_scanner(tmp_path / "clamd") as made:
        yield made
