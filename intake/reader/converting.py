"""The way from a reader, which may start no program, to LibreOffice: the nursery opens a room for each conversion.

The reader rings; the nursery forks a child in the cage of kind "office" and hands the reader one end of a socket to it.
The nursery reads nothing of what the two say.
"""

from __future__ import annotations

import json
import socket
import struct

from extractors.files.office import convert_here
from extractors.refusals import Refusal

LENGTH = struct.Struct("!I")
RING = b"convert"
CHUNK = 1024 * 1024


def exactly(channel: socket.socket, size: int) -> bytes:
    """So many bytes. Raises EOFError when the other side ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(CHUNK, size - len(parts)))
        if not part:
            raise EOFError("the other side ended")
        parts += part
    return bytes(parts)


class Bell:
    """The reader's end. An object of this class is a Converter of extractors/files/office.py."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire

    def __call__(self, content: bytes, suffix: str, to: str) -> bytes:
        """Raises Refusal as `office.convert` does: damaged also when LibreOffice's child dies."""
        self._wire.sendall(RING)
        _, (number,), _, _ = socket.recv_fds(self._wire, 1, 1)
        with socket.socket(fileno=number) as room:
            try:
                _tell(room, {"suffix": suffix, "to": to}, content)
                head, made = _hear(room)
            except (EOFError, OSError):
                raise Refusal("damaged") from None
        if "refused" in head:
            raise Refusal(head["refused"])
        return made


def answer_one(room: socket.socket) -> None:
    """LibreOffice's end: convert what comes, once."""
    head, content = _hear(room)
    try:
        _tell(room, {}, convert_here(content, head["suffix"], head["to"]))
    except Refusal as refusal:
        _tell(room, {"refused": refusal.code}, b"")


def _tell(room: socket.socket, head: dict[str, str], content: bytes) -> None:
    packed = json.dumps(head).encode()
    room.sendall(LENGTH.pack(len(packed)) + packed + LENGTH.pack(len(content)))
    room.sendall(content)


def _hear(room: socket.socket) -> tuple[dict[str, str], bytes]:
    head = json.loads(exactly(room, *LENGTH.unpack(exactly(room, LENGTH.size))))
    return head, exactly(room, *LENGTH.unpack(exactly(room, LENGTH.size)))
