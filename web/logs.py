"""Logs of parts of the service: one JSON object a line on standard error, with ids and kinds of errors, never a message of one.

What an error says may quote what was being worked on; so of an error only its kind and place are told.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

from gunicorn import glogging


class OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": record.name,
            "pid": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            told["error"] = type(error).__name__
            told["place"] = place_of(error)
        return json.dumps(told)


def place_of(error: BaseException) -> str:
    """Where an error arose, innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in reversed(frames))


def log_in_lines() -> None:
    """For a process that is a part of the service."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class ServerLog(glogging.Logger):  # type: ignore[misc]
    """gunicorn's own log, in the same form."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(OneLine())
