"""Where workers have files read: hands a file to a locked-down child and gives what it says, or a refusal; never a crash."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from extractors.models import PagePicture, Reading
from extractors.refusals import Refusal
from intake.reader.cage import lacking
from intake.reader.converting import LENGTH
from intake.reader.exchange import exchange
from intake.reader.nursery import File, Result

log = logging.getLogger(__name__)

READER = (sys.executable, "-m", "intake.reader.reader_child")
PASSED_ON = ("LD_LIBRARY_PATH", "TESSDATA_PREFIX")
"""What of this process's environment a reader gets to see: where libraries and language data are, and nothing else."""
LONGEST_ANSWER = 300 * 1024 * 1024
TOO_HARD = (-signal.SIGXCPU, -signal.SIGXFSZ)
"""Ends that come of a limit of time or file size."""


def in_memory() -> Path | None:
    """Where this machine keeps files in memory, None where it has no such place."""
    place = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
    return place if place.is_dir() and os.access(place, os.W_OK) else None


class ReadingFailed(Exception):
    """The reader met an error of its own; `code` is the kind of error. Another try may go better."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class ReadingRoom:
    """Context manager in the process that supervises workers; they inherit it when they are forked."""

    def __init__(self, command: Sequence[str] = READER) -> None:
        self._command = command
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Nothing of a form should rest on a disk in clear.
        self._folder = Path(tempfile.mkdtemp(prefix="mappa-reading-", dir=in_memory()))
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ReadingRoom:
        for sentence in lacking():
            log.warning("the readers' cage is not whole: %s", sentence)
        self.keep_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._ours.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def only_send(self) -> None:
        """In a forked worker: let go of the reader's end, so that it closes when supervisor and reader are gone."""
        self._theirs.close()

    def close(self) -> None:
        """End the reader, and with it whatever is being read or waits to be."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._theirs.close()

    def keep_open(self) -> None:
        """Start the reader, again if it has died."""
        if self._child is not None and self._child.poll() is None:
            return
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TMPDIR": str(self._folder),
            "HOME": str(self._folder),
            # One thread for each reading: with more, two readings at once slow each other down many times over.
            "OMP_NUM_THREADS": "1",
            "OMP_THREAD_LIMIT": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._child = subprocess.Popen(
            [*self._command, str(self._theirs.fileno())],
            env=environment,
            pass_fds=[self._theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def do(self, task: str, file: File, still_here: Callable[[], None], every: float) -> Result:
        """Do one of the reader's tasks. Calls `still_here` every so many seconds; what it raises ends the task.

        Raises Refusal when the file cannot be read; a reader that crashes is given one more try. Raises ReadingFailed
        for errors that are not the file's.
        """
        head = {
            "task": task,
            "filename": file.filename,
            "part": file.part,
            "given_by": file.given_by,
            "day": file.day.isoformat(),
            "size": len(file.content),
            "labels": [label.model_dump() for label in file.labels],
        }
        packed = json.dumps(head).encode()
        request = LENGTH.pack(len(packed)) + packed + file.content
        for last in (False, True):
            answer, ended = self._once(request, still_here, every)
            if ended == 0:
                return _opened(answer)
            if ended in TOO_HARD:
                raise Refusal("too_hard")
            if ended == -signal.SIGKILL:
                # No file can do that: somebody, or the machine for want of memory, ended it.
                raise ReadingFailed("killed")
            if last:
                raise Refusal("damaged")
        raise AssertionError("the second try has an end")

    def _once(self, request: bytes, still_here: Callable[[], None], every: float) -> tuple[bytes, int]:
        with contextlib.ExitStack() as held:
            channel, far = socket.socketpair()
            held.enter_context(channel)
            status, far_status = os.pipe()
            held.callback(os.close, status)
            try:
                socket.send_fds(self._ours, [b"file"], [far.fileno(), far_status])
            except OSError:
                raise ReadingFailed("reader_gone") from None
            finally:
                far.close()
                os.close(far_status)
            answer = exchange(channel, request, still_here, every, LONGEST_ANSWER)
            ended = os.read(status, 16)
            if not ended:
                # Not the child but the process above it has gone: nothing is known about the file.
                raise ReadingFailed("reader_gone")
            return answer, int(ended)


def _opened(answer: bytes) -> Result:
    try:
        start = LENGTH.size + LENGTH.unpack(answer[: LENGTH.size])[0]
        head = json.loads(answer[LENGTH.size : start])
        if "refused" in head:
            raise _refusal(head["refused"])
        if "failed" in head:
            raise ReadingFailed(str(head["failed"])[:80])
        pictures = []
        for width, height, size in head["pictures"]:
            pictures.append(PagePicture(float(width), float(height), answer[start : start + size]))
            start += size
        others = []
        for name, size in head["others"]:
            others.append((str(name), answer[start : start + size]))
            start += size
        told = head["reading"]
        reading = Reading.model_validate_json(json.dumps(told)) if told is not None else None
        return Result(reading, tuple(pictures), bool(head["pictures_follow"]), tuple(others))
    except (ValueError, KeyError, TypeError, LookupError) as error:
        # The child parsed a hostile file: what it says is checked like anything else from outside.
        raise ReadingFailed("answer_" + type(error).__name__) from None


def _refusal(told: dict[str, str]) -> Refusal:
    refusal = Refusal(told["code"])
    refusal.message = str(told["message"])[:500]
    return refusal
