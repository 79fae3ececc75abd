"""Tells which lines of chosen functions are run, while it is entered."""

from __future__ import annotations

import inspect
import sys
from collections import defaultdict
from collections.abc import Iterable
from types import FrameType
from typing import Any

Line = tuple[str, int]
"""A file and the number of a line in it, from 1."""
Span = tuple[str, int, int]
"""A file, and the first and last line of a function in it."""


class LinesReached:
    """Gathers the lines that run in the functions of `spans`; their callers and what they call are not followed."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.seen: set[Line] = set()
        self.spans: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for file, start, end in spans:
            self.spans[file].add((start, end))
        self.followed: dict[Line, bool] = {}

    def __enter__(self) -> set[Line]:
        sys.settrace(self._call)
        return self.seen

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if code.co_filename not in self.spans or not code.co_flags & inspect.CO_NEWLOCALS:
            return None
        place = code.co_filename, code.co_firstlineno
        if place not in self.followed:
            spans = self.spans[code.co_filename]
            self.followed[place] = any(start <= code.co_firstlineno <= end for start, end in spans)
        return self._line if self.followed[place] else None

    def _line(self, frame: FrameType, event: str, argument: object) -> Any:
        self.seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line
