"""Reads files where a crash, a bomb or a hostile file harms nobody: each in a child of its own, locked down before it looks.

Started by intake/reader/reading_room.py with an empty environment and no secrets. It loads the readers once and then forks for
every file, so that a form is read in milliseconds. A file comes over a socket of its own; its child's limits are set before
the first byte is parsed, and how it ended is told by this process, not by the child.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from extractors.files.office import convert_by
from extractors.forms.local import LocalLabel
from extractors.models import PagePicture, Reading
from extractors.refusals import Refusal
from intake.reader.cage import PR_SET_PDEATHSIG, Kind, enclose, libc
from intake.reader.converting import LENGTH, RING, Bell, answer_one, exactly

WALL_CLOCK = 300.0
"""Seconds after which a reading is ended; a scan of 100 pages takes about 150."""
STILL, LEAST_WORK = 25.0, 0.1
"""Seconds after which it is looked whether a reader works, and of processor time that one has used by then which does: one
that waits for what never comes, such as a thread that died for want of memory, is ended long before the wall clock."""
PR_SET_CHILD_SUBREAPER = 36


class File(NamedTuple):
    """A file to be read or drawn; `day` is that of its receipt, in London, `part` the attachment meant, of a mail,
    `labels` what the area's own forms print, and `given_by` the system that gave the form field by field, if one did."""

    content: bytes
    filename: str
    day: date
    part: str | None = None
    labels: tuple[LocalLabel, ...] = ()
    given_by: str | None = None


class Result(NamedTuple):
    """What a file says (None where it was only to be drawn), and what its pages look like."""

    reading: Reading | None
    pictures: Sequence[PagePicture] = ()
    pictures_follow: bool = False
    """Whether the pages are worth drawing in a job of their own."""
    others: Sequence[tuple[str, bytes]] = ()
    """What a mail carried beside its forms: names and contents."""


Task = Callable[[File], Result]
"""Something done to a file. Raises Refusal."""


class _Child(NamedTuple):
    pid: int
    folder: Path
    deadline: float
    status: int | None = None
    """A reader's pipe that tells how it ended; when nobody listens any more, the reader is ended."""
    bell: socket.socket | None = None
    """A reader's wire by which it asks for LibreOffice."""
    host: int | None = None
    """Of LibreOffice's child, the reader that asked for it."""
    worked: float = 0.0
    """Seconds of processor time that a reader had used when it was last looked at."""
    look: float = math.inf
    """When it is to be looked at next."""


# The child


def _answer(channel: socket.socket, tasks: Mapping[str, Task]) -> None:
    request = json.loads(exactly(channel, LENGTH.unpack(exactly(channel, LENGTH.size))[0]))
    content = exactly(channel, request["size"])
    labels = tuple(LocalLabel(**label) for label in request["labels"])
    day = date.fromisoformat(request["day"])
    file = File(content, request["filename"], day, request["part"], labels, request["given_by"])
    pictures: Sequence[PagePicture] = ()
    others: Sequence[tuple[str, bytes]] = ()
    try:
        reading, pictures, follow, others = tasks[request["task"]](file)
        head: dict[str, object] = {
            "reading": reading.model_dump(mode="json") if reading is not None else None,
            "pictures": [[picture.width, picture.height, len(picture.jpeg)] for picture in pictures],
            "pictures_follow": follow,
            "others": [[name, len(content)] for name, content in others],
        }
    except Refusal as refusal:
        head = {"refused": {"code": refusal.code, "message": refusal.message}}
    except (MemoryError, RecursionError):
        head = {"refused": {"code": "too_hard", "message": Refusal("too_hard").message}}
    except Exception as error:
        # The kind only: what an error says may quote the form.
        head = {"failed": type(error).__name__}
    packed = json.dumps(head).encode()
    channel.sendall(LENGTH.pack(len(packed)) + packed)
    for picture in pictures:
        channel.sendall(picture.jpeg)
    for _, content in others:
        channel.sendall(content)


def _child(kind: Kind, folder: Path, work: Callable[[], None]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.chdir(folder)
        tempfile.tempdir = os.environ["TMPDIR"] = os.environ["HOME"] = str(folder)
        enclose(kind, folder)
        work()
        code = 0
    finally:
        os._exit(code)


# The process that forks them


class _Nursery:
    def __init__(self, control: socket.socket, tasks: Mapping[str, Task]) -> None:
        self._control = control
        self._tasks = tasks
        self._folder = Path(os.environ["TMPDIR"])
        self._children: dict[int, _Child] = {}
        """By the descriptor that becomes readable when the child ends."""
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def run(self) -> None:
        while True:
            waits = [min(child.deadline, child.look) - time.monotonic() for child in self._children.values()]
            ready = {number for number, _ in self._poll.poll(max(0.0, min(waits)) * 1000 if waits else None)}
            for watch, child in list(self._children.items()):
                if watch not in self._children:
                    continue  # ended with the reader that had asked for it
                if watch in ready:
                    self._settle(watch)
                elif child.status in ready:
                    self._settle(watch, signal.SIGKILL)
                elif child.deadline <= time.monotonic() or self._stands_still(watch):
                    self._settle(watch, signal.SIGXCPU)
                elif child.bell is not None and child.bell.fileno() in ready:
                    self._open_office(watch, child, child.bell)
            if self._control.fileno() in ready and not self._take_up():
                return

    def _take_up(self) -> bool:
        message, numbers, _, _ = socket.recv_fds(self._control, 16, 2)
        if not message:
            return False
        bell, wire = socket.socketpair()

        def work() -> None:
            convert_by(Bell(wire))
            _answer(channel, self._tasks)

        with socket.socket(fileno=numbers[0]) as channel, wire:
            now = time.monotonic()
            child = _Child(0, Path(), now + WALL_CLOCK, status=numbers[1], bell=bell, look=now + STILL)
            self._fork("reader", child, work)
        self._poll.register(numbers[1], 0)  # tells only when the listener is gone
        self._poll.register(bell, select.POLLIN)
        return True

    def _stands_still(self, watch: int) -> bool:
        """Whether a reader whose time to be looked at has come has done nothing since; one that waits for LibreOffice may."""
        child, now = self._children[watch], time.monotonic()
        if child.look > now:
            return False
        worked = _processor_time(child.pid)
        waits = any(other.host == watch for other in self._children.values())
        self._children[watch] = child._replace(worked=worked, look=now + STILL)
        return worked - child.worked < LEAST_WORK and not waits

    def _open_office(self, watch: int, reader: _Child, bell: socket.socket) -> None:
        """A reader has rung. What it sends beyond that may be anything: nothing of it is believed or waited for."""
        rung = b""
        with contextlib.suppress(OSError):
            rung = bell.recv(len(RING), socket.MSG_DONTWAIT)
        if rung != RING:
            self._poll.unregister(bell)  # it has closed its end, or is no longer itself
            return
        for other in [number for number, child in self._children.items() if child.host == watch]:
            self._settle(other, signal.SIGKILL)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            child = _Child(0, Path(), reader.deadline, host=watch)
            self._fork("office", child, lambda: answer_one(theirs), not_for_child=ours)
            with contextlib.suppress(OSError):
                socket.send_fds(bell, [b"!"], [ours.fileno()], socket.MSG_DONTWAIT)

    def _fork(
        self, kind: Kind, child: _Child, work: Callable[[], None], not_for_child: socket.socket | None = None
    ) -> None:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        pid = os.fork()
        if pid == 0:
            for held in (self._control, not_for_child, child.bell, *(other.bell for other in self._children.values())):
                if held is not None:
                    held.close()
            for status in (child.status, *(other.status for other in self._children.values())):
                if status is not None:
                    os.close(status)
            _child(kind, folder, work)
        watch = os.pidfd_open(pid)
        self._children[watch] = child._replace(pid=pid, folder=folder)
        self._poll.register(watch, select.POLLIN)

    def _settle(self, watch: int, end_with: signal.Signals | None = None) -> None:
        """A child has ended or is to be ended: tell how, and leave nothing of it behind."""
        child = self._children.pop(watch)
        if end_with is not None:
            signal.pidfd_send_signal(watch, end_with)
        _, ended = os.waitpid(child.pid, 0)
        for guest in [number for number, other in self._children.items() if other.host == watch]:
            self._settle(guest, signal.SIGKILL)
        self._poll.unregister(watch)
        os.close(watch)
        if child.bell is not None:
            with contextlib.suppress(KeyError):
                self._poll.unregister(child.bell)
            child.bell.close()
        if child.status is not None:
            self._poll.unregister(child.status)
            with contextlib.suppress(BrokenPipeError):
                os.write(child.status, str(os.waitstatus_to_exitcode(ended)).encode())
            os.close(child.status)
        self._end_orphans()
        shutil.rmtree(child.folder, ignore_errors=True)

    def _end_orphans(self) -> None:
        """Programs that a child started and left come to this process: end them, and what they started in turn."""
        known = {child.pid for child in self._children.values()}
        while True:
            listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            orphans = {int(pid) for pid in listed} - known
            if not orphans:
                return
            for pid in orphans:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _processor_time(pid: int) -> float:
    """Seconds that all threads of a process have worked (utime and stime of proc_pid_stat(5))."""
    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve(tasks: Mapping[str, Task], control_number: int) -> None:
    """Fork for every file that comes through the control socket, until its other end closes."""
    parent = os.getppid()
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        return
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=control_number) as control:
        _Nursery(control, tasks).run()
