"""The reader that workers use: what a form says, and what its pages look like. See intake/nursery.py for its walls."""

from __future__ import annotations

import sys

from extractors.picture import picture_pages
from extractors.read import read
from intake.nursery import Result, serve
from intake.now import SystemClock, london_day


def read_file(content: bytes, filename: str) -> Result:
    return Result(read(content, filename, london_day(SystemClock().now())), picture_pages(content, filename))


if __name__ == "__main__":
    serve(read_file, int(sys.argv[1]))
