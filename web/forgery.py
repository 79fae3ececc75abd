"""Refuses a form that this site's own page did not send.

The proof in each form is derived from the browser's secret token, so that it needs no store and ends with it. It is
masked anew on every page, because pages are compressed and a repeated secret could be guessed from their length.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from flask import Flask, g, request
from markupsafe import Markup
from werkzeug.exceptions import Forbidden

from web.api.problems import asks_the_api
from web.session import token

FIELD = "proof"
HEADER = "X-Proof"
SAFE = {"GET", "HEAD", "OPTIONS"}
_LENGTH = 32


class FormExpired(Forbidden):
    """The form was not sent by a page of this browser's present session."""


def _derived(session_token: str) -> bytes:
    return hmac.digest(session_token.encode(), b"mappa-intake form proof", hashlib.sha256)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def proof() -> str:
    """A fresh proof for a form on this page."""
    mask = secrets.token_bytes(_LENGTH)
    return base64.urlsafe_b64encode(mask + _xor(mask, _derived(token()))).decode()


def holds(text: str, session_token: str | None) -> bool:
    """Whether `text` is a proof made for the browser that has `session_token`."""
    try:
        raw = base64.urlsafe_b64decode(text.encode())
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return False
    if session_token is None or len(raw) != 2 * _LENGTH:
        return False
    return hmac.compare_digest(_xor(raw[:_LENGTH], raw[_LENGTH:]), _derived(session_token))


def connect(app: Flask) -> None:
    """Check every request that changes something, before its page is called."""

    @app.before_request
    def check() -> None:
        # Nothing that a browser sends by itself lets anybody into the API.
        if (
            request.method not in SAFE
            and not asks_the_api()
            and not holds(request.headers.get(HEADER) or request.form.get(FIELD, ""), g.token)
        ):
            raise FormExpired

    @app.context_processor
    def offer() -> dict[str, object]:
        return {
            "proof": proof,
            "proof_field": lambda: Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, proof()),
        }
