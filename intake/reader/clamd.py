"""Has bytes looked over for viruses by ClamAV's clamd, over its socket; only its plain "OK" counts as clean.

Written here, since the client packages for Python have not been kept up for years, and block while clamd is at work: a
worker must renew its lease meanwhile. The protocol (INSTREAM, VERSION) is described in clamd(8).
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Callable

from intake.reader.exchange import exchange

CONNECTING = 5.0
"""Seconds in which clamd must take a connection."""
LONGEST_SCAN = 300.0
"""Seconds after which clamd counts as stuck; its own limit for one file (MaxScanTime) is 120 unless set otherwise."""
LONGEST_ANSWER = 4096
EVERY = 5.0
LENGTH = struct.Struct(">L")
ADDRESS = re.compile(r"/\S+|[\w.-]+:\d{1,5}|\[[0-9a-fA-F:.]+\]:\d{1,5}")
FOUND = re.compile(rb"stream: ([!-~]{1,200}) FOUND\0")
NAMED = re.compile(rb"(ClamAV [ -~]{1,100})\0")


class ScannerAway(Exception):
    """Nobody could look: `code` is scanner_away, scanner_slow, scanner_answer (nonsense) or scanner_limit (too long for it)."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Clamd:
    """`address` is the path of a unix socket, or host:port."""

    def __init__(self, address: str) -> None:
        self._address = address

    def virus_in(
        self, content: bytes, still_here: Callable[[], None] = lambda: None, every: float = EVERY
    ) -> str | None:
        """The name of what was found in a whole file as it came, None when it is clean. clamd unpacks mails and archives.

        Calls `still_here` every so many seconds. Raises ScannerAway for every answer but these two.
        """
        request = b"zINSTREAM\0" + LENGTH.pack(len(content)) + content + LENGTH.pack(0)
        answer = self._ask(request if content else b"zINSTREAM\0" + LENGTH.pack(0), still_here, every)
        if answer == b"stream: OK\0":
            return None
        found = FOUND.fullmatch(answer)
        if found is not None:
            return found[1].decode("ascii")
        raise ScannerAway("scanner_limit" if b"size limit exceeded" in answer else "scanner_answer")

    def version(self) -> str:
        """What clamd says it is, with the day of its signatures. Raises ScannerAway."""
        found = NAMED.fullmatch(self._ask(b"zVERSION\0", lambda: None, EVERY, longest=CONNECTING))
        if found is None:
            raise ScannerAway("scanner_answer")
        return found[1].decode("ascii")

    def _ask(
        self, request: bytes, still_here: Callable[[], None], every: float, longest: float = LONGEST_SCAN
    ) -> bytes:
        until = time.monotonic() + longest

        def still_waiting() -> None:
            if time.monotonic() > until:
                raise ScannerAway("scanner_slow")
            still_here()

        try:
            with self._connected() as channel:
                return exchange(channel, request, still_waiting, every, LONGEST_ANSWER)
        except OSError:
            raise ScannerAway("scanner_away") from None

    def _connected(self) -> socket.socket:
        if not self._address.startswith("/"):
            host, _, port = self._address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), CONNECTING)
        channel = socket.socket(socket.AF_UNIX)
        try:
            channel.settimeout(CONNECTING)
            channel.connect(self._address)
        except OSError:
            channel.close()
            raise
        return channel
