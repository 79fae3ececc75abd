"""The processes of this machine, as /proc tells of them."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    pid: int
    parent: int
    command: str


def running() -> dict[int, Process]:
    """Every process of this machine that can be looked at."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            found[int(folder.name)] = Process(int(folder.name), parent, command)
    return found


def under(pid: int) -> list[Process]:
    """The processes that come from `pid`, without itself."""
    everything = running()
    found: list[Process] = []
    parents = {pid}
    while parents:
        level = [one for one in everything.values() if one.parent in parents]
        found += level
        parents = {one.pid for one in level}
    return found


def kill(pid: int, number: int = signal.SIGKILL) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
