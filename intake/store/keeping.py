"""Makes each secret once and keeps it in the data folder, readable by nobody but the service's own account."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from intake.errors import HouseError


class Secrets:
    """`folder` is MAPPA_DATA/secrets: 0700, every file in it 0600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError as error:
            raise HouseError(f"The data folder {folder.parent} cannot be written: {error.strerror}.") from error

    def keep(self, name: str, content: str) -> None:
        """Write `content` whole or not at all."""
        path = self._folder / name
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def hex(self, name: str) -> str:
        """64 hexadecimal digits, made at random the first time."""
        path = self._folder / name
        if not path.exists():
            self.keep(name, secrets.token_hex(32))
        return path.read_text().strip()

    def text(self, name: str) -> str | None:
        path = self._folder / name
        return path.read_text() if path.exists() else None
