"""The reader that workers use: what a form says, and what its pages look like. See intake/nursery.py for its walls."""

from __future__ import annotations

import sys

from extractors.picture import picture_pages
from extractors.read import read
from intake.nursery import Result, serve


def read_file(content: bytes, filename: str) -> Result:
    return Result(read(content, filename), picture_pages(content, filename))


if __name__ == "__main__":
    serve(read_file, int(sys.argv[1]))
