"""Calls of pdfium for what is asked of every word and line: the bindings wrap each pointer in an object of Python's, which
costs more than most calls do. These speak integers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

ADDRESS, INT, FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float


def plain(call: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of the bindings, taking and giving plain numbers; handles and places to write to are addresses, 0 is none."""
    return ctypes.CFUNCTYPE(result, *arguments)(address_of(call))


def address_of(handle: Any) -> int:
    """The address behind a handle or function of the bindings."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
