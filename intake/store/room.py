"""Tells whether the disc of the database has room for what comes in: one that is full stops PostgreSQL as a whole."""

from __future__ import annotations

import shutil
from pathlib import Path

from intake.errors import NoRoom

FILES_AHEAD = 20
"""For so many files of the largest size there must be room: each stands in the tables and once more in PostgreSQL's log."""


class Room:
    """The disc of the data folder, which is that of PostgreSQL where it is our own; of any other's disc we know nothing."""

    def __init__(self, data: Path, largest: int) -> None:
        self._data = data
        self._largest = largest

    @property
    def free(self) -> int:
        """How many bytes are left on it."""
        there = next(path for path in (self._data, *self._data.parents) if path.exists())
        return shutil.disk_usage(there).free

    def trouble(self) -> str | None:
        """What is wrong, in a word; None where files can be taken in, as far as is known."""
        own = (self._data / "postgres").is_dir()
        return "too little is left on the disk" if own and self.free < FILES_AHEAD * self._largest else None

    def demand(self) -> None:
        """Raise NoRoom where a file cannot be taken in safely."""
        if self.trouble() is not None:
            raise NoRoom
