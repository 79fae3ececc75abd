"""The whole service on this machine for measurements: its own PostgreSQL and Redis, the web, and a worker of so many processes.

Mails go to a server of its own, and each file is looked over by ClamAV where clamd is installed.
"""

from __future__ import annotations

import contextlib
import io
import secrets
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium
from mail_room import MailRoom, open_mail_room
from scanner import CLAMD, made_scanner
from sqlalchemy import func, select

from benchmarks.own_house import environment_of, mailing, own_house
from benchmarks.sender import NotTaken, Sender
from intake.house import House
from intake.store.acting import acting
from intake.store.tables import jobs

ROOT = Path(__file__).parents[1]
PORT = 8091
PASSWORD = secrets.token_hex(16)
WORKER = (
    "import os, sys; from intake.house import open_house; from intake.settings import Settings;"
    "from intake.work.worker import run_worker\n"
    "with open_house(Settings.from_environment(os.environ)) as house: run_worker(house, int(sys.argv[1]))"
)
FORMS = tuple(
    (ROOT / "samples" / name).read_bytes()
    for name in (
        "a-probation-complete.pdf",
        "a-yot-two-gaps.docx",
        "h-home-gaps.pdf",
        "h-yot-complete.docx",
        "i-private-hospital-gaps.pdf",
        "i-trust-complete.docx",
    )
)
"""Digital forms of every kind; `a_form` makes each file another one."""


class Form(NamedTuple):
    content: bytes
    filename: str


def a_form(number: int) -> Form:
    """A digital form whose bytes are like no other's."""
    content = FORMS[number % len(FORMS)]
    if content.startswith(b"%PDF"):
        return Form(content + f"\n% {number} {secrets.token_hex(8)}\n".encode(), "form.pdf")
    kept = io.BytesIO(content)
    with zipfile.ZipFile(kept, "a") as package:
        package.comment = f"{number} {secrets.token_hex(8)}".encode()
    return Form(kept.getvalue(), "form.docx")


def a_scan(number: int) -> Form:
    """A form of four pages as a scanner's PDF: each page a grey picture of 200 dpi."""
    return Form(_scanned() + f"\n% {number} {secrets.token_hex(8)}\n".encode(), "scan.pdf")


@cache
def _scanned() -> bytes:
    pages = [page.render(scale=200 / 72).to_pil().convert("L") for page in pdfium.PdfDocument(FORMS[0])]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return out.getvalue()


class Service(NamedTuple):
    house: House
    environment: dict[str, str]
    web: subprocess.Popen[bytes]
    post: MailRoom

    def sender(self, number: int) -> Sender:
        return Sender(f"127.0.0.1:{PORT}", f"sender{number}@example.org", PASSWORD)

    @contextlib.contextmanager
    def worker(self, count: int) -> Iterator[subprocess.Popen[bytes]]:
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(count)], env=self.environment, cwd=ROOT)
        try:
            yield worker
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(60)

    def unread(self) -> int:
        """Forms that wait to be read and judged, or are being."""
        waiting = (jobs.c.kind == "read") & jobs.c.state.in_(["due", "running"])
        with acting(self.house.engine, "desk") as connection:
            return int(connection.execute(select(func.count()).where(waiting)).scalar_one())


@contextlib.contextmanager
def open_service(senders: int) -> Iterator[Service]:
    """The service without a worker, and accounts for so many senders of ten agencies."""
    with contextlib.ExitStack() as held:
        house, _ = held.enter_context(own_house())
        agencies = [house.people.add_agency(f"Agency {number}", "police", "WM") for number in range(10)]
        for number in range(senders):
            house.people.add_person(
                f"sender{number}@example.org", "S", "referrer", PASSWORD, agency_id=agencies[number % 10].id
            )
        post = held.enter_context(open_mail_room(house.settings.data))
        environment = environment_of(house) | mailing(post, f"127.0.0.1:{PORT}")
        if CLAMD is not None:
            scanner = held.enter_context(made_scanner(house.settings.data / "clamd"))
            scanner.start()
            environment["MAPPA_CLAMD"] = scanner.path
        web = subprocess.Popen([sys.executable, "-m", "web.cli", "web", "--port", str(PORT)], env=environment, cwd=ROOT)
        held.callback(web.wait, 40)
        held.callback(web.terminate)
        service = Service(house, environment, web, post)
        _wait_until_open(service)
        yield service


def _wait_until_open(service: Service) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            service.sender(0).sign_in()
            return
        except NotTaken:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
