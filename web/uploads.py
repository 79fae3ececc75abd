"""Takes files from a request into memory only, and never keeps more of one than just over the limit.

Nothing unencrypted may touch the disk, so the framework's temporary files are replaced. A file over the limit is read to
its end all the same: a connection cut in the middle shows people the browser's error page instead of our sentence.
"""

from __future__ import annotations

import hashlib
import io
from typing import IO

from flask import Request, request
from werkzeug.datastructures import FileStorage
from werkzeug.wsgi import LimitedStream

from extractors.models import Model
from web.session import the_house

TOGETHER = 5
"""How many files of the largest size one request may carry."""
DRAINED = 1024**3
"""The longest body, in bytes, that is read to its end only to be able to answer."""


class KeptFile(io.BytesIO):
    """Keeps at most `most` bytes of what is written; `seen` counts all of it."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.seen = 0

    def write(self, chunk: bytes, /) -> int:  # type: ignore[override]
        room = self.most - self.tell()
        self.seen += len(chunk)
        if room > 0:
            super().write(chunk[:room])
        return len(chunk)


class DeskRequest(Request):
    """A request whose files stay in memory."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return KeptFile(the_house().settings.max_upload + 1)


class Upload(Model):
    """One file as sent: `content` is cut just over the limit, `size` is the true one in bytes."""

    filename: str
    content: bytes
    size: int

    @property
    def mark(self) -> str:
        """What tells this file from others of the same page: its name, size and content, hashed."""
        return hashlib.sha256(f"{self.size} {self.filename}\0".encode() + self.content).hexdigest()


def _upload(file: FileStorage) -> Upload:
    kept = file.stream
    assert isinstance(kept, KeptFile)
    return Upload(filename=file.filename or "file without a name", content=kept.getvalue(), size=kept.seen)


def sent_files(field: str) -> list[Upload]:
    """The files of one field; a file input left empty sends a nameless nothing, which does not count."""
    return [_upload(file) for file in request.files.getlist(field) if file.filename]


def drain() -> None:
    """Read what is left of a body that is too long to take, so that the browser waits for the answer."""
    left = min(request.content_length or 0, DRAINED)
    stream = LimitedStream(request.environ["wsgi.input"], left)
    while stream.read(1024 * 1024):
        pass


def megabytes(size: int) -> str:
    """A size in bytes in the words of people: "25 MB", "640 kB", "73.4 GB"."""
    if size >= 1024**3:
        return f"{size / 1024**3:.1f}".removesuffix(".0") + " GB"
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} kB"
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0") + " MB"
