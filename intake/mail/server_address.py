"""Understands where a server of mail is from one address, such as smtp://user:password@host:587."""

from __future__ import annotations

from typing import Literal
from urllib.parse import unquote, urlsplit

from extractors.models import Model


class ServerAddress(Model):
    """`at_once` begins encrypted; otherwise STARTTLS is demanded. Parts that the address leaves out are None or empty."""

    host: str
    port: int | None
    user: str | None
    password: str | None
    path: str
    at_once: bool


def address_of(url: str, protocol: Literal["smtp", "imap"]) -> ServerAddress | None:
    """The parts of protocol://..., or of protocols://... for one that begins encrypted; None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in (protocol, f"{protocol}s") or not parts.hostname or parts.query or parts.fragment:
        return None
    return ServerAddress(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        path=unquote(parts.path.strip("/")),
        at_once=parts.scheme != protocol,
    )
