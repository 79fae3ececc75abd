"""Sets the same safety headers on every answer, and compresses pages without letting their length tell secrets."""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""No inline script or style anywhere, and nothing from elsewhere."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
COMPRESSED = {"text/html", "application/json"}
LEAST = 1000
"""Bytes below which compressing does not pay."""


def compressed(body: bytes) -> bytes:
    """Gzip with a file name of random length in its header, so that the length of the answer does not betray its content.

    This is the "Heal the Breach" measure that Django's GZipMiddleware takes too.
    """
    buffer = io.BytesIO()
    padding = "a" * (1 + secrets.randbelow(100))
    with gzip.GzipFile(filename=padding, mode="wb", compresslevel=6, fileobj=buffer, mtime=0) as file:
        file.write(body)
    return buffer.getvalue()


def connect(app: Flask) -> None:
    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # Pages hold people's details: neither the browser's disk nor a proxy may keep them.
        if request.blueprint != "built":
            response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response

    @app.after_request
    def compress(response: Response) -> Response:
        if (
            response.mimetype in COMPRESSED
            and not response.direct_passthrough
            and request.accept_encodings.quality("gzip") > 0
            and "Content-Encoding" not in response.headers
            and len(response.get_data()) >= LEAST
        ):
            response.set_data(compressed(response.get_data()))
            response.headers["Content-Encoding"] = "gzip"
            response.vary.add("Accept-Encoding")
        return response
