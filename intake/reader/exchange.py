"""Sends all and receives all over one socket at once, so that neither side waits for the other's buffer."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

CHUNK = 1024 * 1024


def exchange(
    channel: socket.socket, request: bytes, still_here: Callable[[], None], every: float, longest: int
) -> bytes:
    """The far side's answer until it closes, cut a chunk after `longest` bytes.

    Calls `still_here` every so many seconds; what it raises ends the exchange. A far side that resets the connection
    has ended its answer.
    """
    channel.setblocking(False)
    unsent, answer = memoryview(request), bytearray()
    called = time.monotonic()
    while True:
        readable, writable, _ = select.select([channel], [channel] if unsent else [], [], every)
        if time.monotonic() - called >= every:
            still_here()
            called = time.monotonic()
        if writable:
            try:
                unsent = unsent[channel.send(unsent[:CHUNK]) :]
            except (BrokenPipeError, ConnectionResetError):
                unsent = unsent[:0]
        if readable:
            try:
                part = channel.recv(CHUNK)
            except ConnectionResetError:
                part = b""
            answer += part
            if not part or len(answer) > longest:
                return bytes(answer)
