"""Seals content so that it can only be opened with the master key, in the place it was sealed for, and unchanged.

AES-256-GCM throughout. Every referral has its own key, wrapped by the master key; destroying the wrapped key erases the
referral. The name of the place (table, column, row) is authenticated, so that one sealed value cannot stand for another.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.errors import HouseError, Tampered

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


def _seal(key: AESGCM, content: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + key.encrypt(nonce, content, place.encode())


def _open(key: AESGCM, sealed: bytes, place: str) -> bytes:
    if sealed[:1] != VERSION:
        raise Tampered(f"{place}: not sealed in a known way")
    nonce, content = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return key.decrypt(nonce, content, place.encode())
    except (InvalidTag, ValueError):
        raise Tampered(f"{place}: the seal does not fit") from None


class Envelope:
    """Seals and opens what belongs to one referral. `place` names table, column and row within it."""

    def __init__(self, referral_id: UUID, key: bytes) -> None:
        self._referral_id = referral_id
        self._key = AESGCM(key)

    def seal(self, content: bytes, place: str) -> bytes:
        return _seal(self._key, content, f"{self._referral_id}/{place}")

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises Tampered when the content was changed or sealed for another place."""
        return _open(self._key, sealed, f"{self._referral_id}/{place}")

    def seal_text(self, content: str, place: str) -> bytes:
        return self.seal(content.encode(), place)

    def open_text(self, sealed: bytes, place: str) -> str:
        return self.open(sealed, place).decode()


class Vault:
    """Makes and opens the envelopes of referrals under master keys of 32 bytes: the first seals, all of them open.

    `fresh` gives the keys of the moment, where they may change while the vault is in use.
    """

    def __init__(self, *masters: bytes, fresh: Callable[[], tuple[bytes, ...]] | None = None) -> None:
        self._fresh = fresh
        self._use(masters)

    def _use(self, masters: tuple[bytes, ...]) -> None:
        if not masters or any(len(one) != KEY_BYTES for one in masters):
            raise HouseError("The master key must be 32 bytes, written as 64 hexadecimal digits.")
        self._masters = tuple((one, AESGCM(one)) for one in masters)

    def _look_again(self) -> bool:
        """Whether the keys are others than before."""
        if self._fresh is None:
            return False
        found = self._fresh()
        changed = found != tuple(one for one, _ in self._masters)
        if changed:
            self._use(found)
        return changed

    def wrap(self, key: bytes, name: str) -> bytes:
        self._look_again()
        return _seal(self._masters[0][1], key, f"key/{name}")

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """Raises Tampered when `wrapped` was made under no known master key or for another name."""
        for _, master in self._masters:
            with suppress(Tampered):
                return _open(master, wrapped, f"key/{name}")
        if self._look_again():
            return self.unwrap(wrapped, name)
        raise Tampered(f"{name}: no master key fits")

    def is_under_first(self, wrapped: bytes, name: str) -> bool:
        """Whether it is the first of the keys that `wrapped` opens with."""
        with suppress(Tampered):
            _open(self._masters[0][1], wrapped, f"key/{name}")
            return True
        return False

    def new_envelope(self, referral_id: UUID) -> tuple[Envelope, bytes]:
        """An envelope with a fresh key, and that key wrapped for keeping."""
        key = secrets.token_bytes(KEY_BYTES)
        return Envelope(referral_id, key), self.wrap(key, str(referral_id))

    def envelope(self, referral_id: UUID, wrapped: bytes) -> Envelope:
        return Envelope(referral_id, self.unwrap(wrapped, str(referral_id)))


class Index:
    """Turns names, dates and identifiers into keyed hashes: equal ones meet, and nobody reads them back."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\x00{text}".encode(), hashlib.sha256)[:16]

    def words(self, text: str) -> frozenset[bytes]:
        """One token per word of a name, without regard to case, accents and apostrophes."""
        return frozenset(self.token("word", word) for word in plain_words(text))

    def exact(self, text: str) -> bytes:
        """One token for a date or identifier, without regard to case, spaces and punctuation."""
        return self.token("exact", re.sub(r"[^0-9a-z]", "", text.lower()))


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a name in lower case without accents: "O'Néill-Shaw" gives oneill, shaw."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple(re.findall(r"\w+", re.sub(r"['’ʼ`]", "", bare.casefold())))
