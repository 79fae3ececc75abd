"""Reads files where a crash, a bomb or a hostile file harms nobody: each in a child of its own, locked down before it looks.

Started by intake/reading_room.py with an empty environment and no secrets. It loads the readers once and then forks for
every file, so that a form is read in milliseconds. A file comes over a socket of its own; its child's limits are set before
the first byte is parsed, and how it ended is told by this process, not by the child.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import shutil
import signal
import socket
import struct
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from extractors.forms.local import LocalLabel
from extractors.models import Reading
from extractors.picture import PagePicture
from extractors.refusals import Refusal

WALL_CLOCK = 300.0
"""Seconds after which a reading is ended; a scan of 100 pages takes about 150."""
CPU_SECONDS = 280
MEMORY = 4 * 1024**3
"""Bytes of address space, of which the libraries already map about one gigabyte."""
LARGEST_FILE = 100 * 1024 * 1024
OPEN_FILES = 256
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
CHUNK = 1024 * 1024
LENGTH = struct.Struct("!I")

libc = ctypes.CDLL(None, use_errno=True)


class File(NamedTuple):
    """A file to be read or drawn; `day` is that of its receipt, in London, `part` the attachment meant, of a mail, and
    `labels` what the area's own forms print."""

    content: bytes
    filename: str
    day: date
    part: str | None = None
    labels: tuple[LocalLabel, ...] = ()


class Result(NamedTuple):
    """What a file says (None where it was only to be drawn), and what its pages look like."""

    reading: Reading | None
    pictures: Sequence[PagePicture] = ()
    pictures_follow: bool = False
    """Whether the pages are worth drawing in a job of their own."""


Task = Callable[[File], Result]
"""Something done to a file. Raises Refusal."""


class _Child(NamedTuple):
    pid: int
    status: int
    """A pipe that tells how the child ended; when nobody listens any more, the child is ended."""
    folder: Path
    deadline: float


# The child


def _exactly(channel: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(CHUNK, size - len(parts)))
        if not part:
            raise EOFError("the request was cut short")
        parts += part
    return bytes(parts)


def lock_down() -> None:
    """What the child may use at most. No rights can be gained any more by running something."""
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    limits = {
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        _, hard = resource.getrlimit(limit)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, most))


def _answer(channel: socket.socket, tasks: Mapping[str, Task]) -> None:
    request = json.loads(_exactly(channel, LENGTH.unpack(_exactly(channel, LENGTH.size))[0]))
    content = _exactly(channel, request["size"])
    labels = tuple(LocalLabel(**label) for label in request["labels"])
    file = File(content, request["filename"], date.fromisoformat(request["day"]), request["part"], labels)
    pictures: Sequence[PagePicture] = ()
    try:
        reading, pictures, follow = tasks[request["task"]](file)
        head: dict[str, object] = {
            "reading": reading.model_dump(mode="json") if reading is not None else None,
            "pictures": [[picture.width, picture.height, len(picture.jpeg)] for picture in pictures],
            "pictures_follow": follow,
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


def _child(channel: socket.socket, folder: Path, tasks: Mapping[str, Task]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.chdir(folder)
        tempfile.tempdir = os.environ["TMPDIR"] = os.environ["HOME"] = str(folder)
        lock_down()
        _answer(channel, tasks)
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
            waits = [child.deadline - time.monotonic() for child in self._children.values()]
            ready = {number for number, _ in self._poll.poll(max(0.0, min(waits)) * 1000 if waits else None)}
            for watch, child in list(self._children.items()):
                if watch in ready:
                    self._settle(watch)
                elif child.status in ready:
                    self._settle(watch, signal.SIGKILL)
                elif child.deadline <= time.monotonic():
                    self._settle(watch, signal.SIGXCPU)
            if self._control.fileno() in ready and not self._take_up():
                return

    def _take_up(self) -> bool:
        message, numbers, _, _ = socket.recv_fds(self._control, 16, 2)
        if not message:
            return False
        channel, status = socket.socket(fileno=numbers[0]), numbers[1]
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        pid = os.fork()
        if pid == 0:
            self._control.close()
            os.close(status)
            for child in self._children.values():
                os.close(child.status)
            _child(channel, folder, self._tasks)
        channel.close()
        watch = os.pidfd_open(pid)
        self._children[watch] = _Child(pid, status, folder, time.monotonic() + WALL_CLOCK)
        self._poll.register(watch, select.POLLIN)
        self._poll.register(status, 0)  # tells only when the listener is gone
        return True

    def _settle(self, watch: int, end_with: signal.Signals | None = None) -> None:
        """A child has ended or is to be ended: tell how, and leave nothing of it behind."""
        child = self._children.pop(watch)
        if end_with is not None:
            signal.pidfd_send_signal(watch, end_with)
        _, ended = os.waitpid(child.pid, 0)
        self._poll.unregister(watch)
        self._poll.unregister(child.status)
        os.close(watch)
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
