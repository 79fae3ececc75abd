"""Reaches a webhook's address and nothing else: https only, no address of our own network, no redirect, and not for long.

The name is looked up once and the connection goes to the very address that was looked at, so that a name which changes in
between leads nowhere else.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from intake.errors import DeskError

LONGEST_URL = 500
CONNECT = 5.0
"""Seconds for each step of a connection."""
ALTOGETHER = 15.0
"""Seconds after which it is ended, however slowly somebody answers."""
TRANSLATED = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Networks whose addresses lead on to others, which are hidden in them."""


class NotTaken(Exception):
    """A delivery that was not taken; `code` says why, `reached` whether anybody answered."""

    def __init__(self, code: str, *, reached: bool = False) -> None:
        self.code = code
        self.reached = reached
        super().__init__(code)


def checked_url(text: str) -> str:
    """An address that a webhook may have. Raises DeskError with what is wrong."""
    if len(text) > LONGEST_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise DeskError("Enter an address in plain letters, at most 500 of them")
    try:
        parts = urlsplit(text)
        good = parts.scheme == "https" and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise DeskError("Enter an address that begins with https://")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise DeskError("Enter the address without a user, a password or a part after #")
    return text


def is_open(address: str) -> bool:
    """Whether this network address is one that everybody may reach, and not of our own network or machine."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    hidden = any(found in network for network in TRANSLATED if network.version == found.version)
    return found.is_global and not found.is_multicast and not hidden


Place = tuple[socket.AddressFamily, Any]
"""A family of addresses, and an address as `connect` takes it: looked up already."""


def _places(parts: SplitResult, inside: bool) -> list[Place]:
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotTaken("name_not_found") from None
    if not inside and not all(is_open(str(where[4][0])) for where in found):
        raise NotTaken("address_not_allowed")
    return [(where[0], where[4]) for where in found]


def deliver(url: str, inside: bool, headers: Mapping[str, str], body: bytes) -> None:
    """Post `body` to a webhook's address; an answer from 200 to 299 takes it. Raises NotTaken.

    `inside` says that an administrator allowed addresses of our own network for it.
    """
    parts = urlsplit(url)
    context = ssl.create_default_context()
    try:
        raw = _connected(_places(parts, inside))
        with context.wrap_socket(raw, server_hostname=parts.hostname, do_handshake_on_connect=False) as line:
            # Past the layer of TLS, which another thread may be waiting in.
            ending = Timer(ALTOGETHER, _cut, [line])
            ending.start()
            try:
                line.do_handshake()
                status = _posted(line, parts, headers, body)
            finally:
                ending.cancel()
    except ssl.SSLCertVerificationError:
        raise NotTaken("certificate_refused") from None
    except (OSError, HTTPException, ValueError):
        raise NotTaken("no_answer") from None
    if not 200 <= status <= 299:
        raise NotTaken(f"http_{status}", reached=True)


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _connected(places: list[Place]) -> socket.socket:
    """A connection to the first of these places that takes one. Raises OSError."""
    error = OSError("no address")
    for family, place in places:
        raw = socket.socket(family, socket.SOCK_STREAM)
        raw.settimeout(CONNECT)
        try:
            raw.connect(place)
        except OSError as refused:
            raw.close()
            error = refused
        else:
            return raw
    raise error


def _posted(line: socket.socket, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> int:
    """The status of the answer; of the answer itself nothing is read."""
    connection = HTTPConnection(parts.hostname or "", parts.port or 443)
    connection.sock = line
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("POST", path, body, {"Connection": "close", **headers})
    return connection.getresponse().status
