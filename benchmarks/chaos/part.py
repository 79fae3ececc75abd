"""One part of the desk for `benchmarks.chaos`: the real web or worker, with shorter leases, a clock that jumps, and traps.

    python -m benchmarks.chaos.part web|worker FOLDER [PORT]

The clock reads how far it has jumped from FOLDER/clock. A trap is a file in FOLDER/traps, named by a boundary between two
steps: whoever first gets there takes the file and is killed, together with whom the file names.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READER = (sys.executable, str(ROOT / "tests" / "intake" / "a_reader.py"))
LEASE, HEARTBEAT, EVERY = timedelta(seconds=6), 1.0, 0.5
WAITS = (timedelta(seconds=0.3), timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4))
WEB_BOUNDARIES = ("received, not committed", "received, not rung", "received and rung, not answered")
MAIL_BOUNDARIES = ("mail claimed, not begun", "mail begun, not handed over", "mail taken, not written")
WORKER_BOUNDARIES = (
    "claimed, not taken up",
    "taken up, not read",
    "read, not written",
    "written, not committed",
    "committed, not said to the queue",
)


class JumpingClock:
    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        try:
            seconds = float(self._file.read_text())
        except (OSError, ValueError):
            seconds = 0.0
        return datetime.now(UTC) + timedelta(seconds=seconds)


def _spring(traps: Path, boundary: str) -> None:
    trap = traps / boundary
    if not boundary or not trap.exists():
        return
    with contextlib.suppress(FileNotFoundError):
        who = trap.read_text()
        trap.rename(trap.with_name(f"sprung {boundary}"))
        if who == "and parent":
            os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def _boundary(traps: Path, owner: Any, name: str, *, before: str = "", after: str = "") -> None:
    """Make a method of a class a place where traps spring."""
    method: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(method)
    def guarded(*arguments: Any, **options: Any) -> Any:
        _spring(traps, before)
        found = method(*arguments, **options)
        if found is not None or name != "claim":
            _spring(traps, after)
        return found

    setattr(owner, name, guarded)


def _shorten() -> None:
    from intake.cases import reading
    from intake.mail import mail_server, outbox, postman
    from intake.work import ledger, worker

    # Before anything is built from them: what the ledger does is the same, sooner.
    ledger.LEASE, ledger.WAITS = LEASE, WAITS
    ledger.DUE = (ledger.jobs.c.state == "due") & ~ledger.jobs.c.next_try.between(ledger.NOW, ledger.NOW + WAITS[-1])
    ledger.EXPIRED = (ledger.jobs.c.state == "running") & ~ledger.jobs.c.lease_until.between(
        ledger.NOW, ledger.NOW + LEASE
    )
    reading.HEARTBEAT, worker.EVERY = HEARTBEAT, EVERY
    outbox.LEASE, outbox.LEASE_WITH_TEXT, outbox.WAITS = LEASE, 2 * LEASE, WAITS * 10
    outbox.DUE = (outbox.mails.c.state == "due") & ~outbox.mails.c.next_try.between(outbox.NOW, outbox.NOW + WAITS[-1])
    outbox.EXPIRED = outbox.mails.c.state.in_(("claimed", "sending")) & ~outbox.mails.c.lease_until.between(
        outbox.NOW, outbox.NOW + outbox.LEASE_WITH_TEXT
    )
    mail_server.PATIENCE_WITH_TEXT, postman.AFTER_SILENCE = LEASE.total_seconds(), 1.0


def main(part: str, folder: Path, port: int = 0) -> None:
    from intake import house
    from intake.cases.reading import ReadingDesk
    from intake.mail.outbox import Outbox
    from intake.reader.reading_room import ReadingRoom
    from intake.settings import Settings
    from intake.store.trail import Trail
    from intake.work.doorbell import Doorbell
    from intake.work.ledger import Ledger

    _shorten()
    house.SystemClock = lambda: JumpingClock(folder / "clock")  # type: ignore[assignment, misc]
    traps, settings = folder / "traps", Settings.from_environment(os.environ)
    if part == "web":
        from web.server import Server

        _boundary(traps, Trail, "append", after=WEB_BOUNDARIES[0])
        _boundary(traps, Doorbell, "ring", before=WEB_BOUNDARIES[1], after=WEB_BOUNDARIES[2])
        Server(settings, "127.0.0.1", port).run()
        return
    from intake.work.worker import run_worker

    _boundary(traps, Ledger, "claim", after=WORKER_BOUNDARIES[0])
    _boundary(traps, ReadingRoom, "do", before=WORKER_BOUNDARIES[1], after=WORKER_BOUNDARIES[2])
    _boundary(traps, Trail, "append", after=WORKER_BOUNDARIES[3])
    _boundary(traps, ReadingDesk, "_write", after=WORKER_BOUNDARIES[4])
    _boundary(traps, Outbox, "claim", after=MAIL_BOUNDARIES[0])
    _boundary(traps, Outbox, "begin", after=MAIL_BOUNDARIES[1])
    _boundary(traps, Outbox, "sent", before=MAIL_BOUNDARIES[2])
    with house.open_house(settings) as opened:
        run_worker(opened, 2, READER)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
