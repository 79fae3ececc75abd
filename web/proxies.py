"""Believes of a proxy's word about the browser exactly as much as is configured: its address, and whether it speaks TLS.

Each proxy writes the address that asked it at the end of X-Forwarded-For. Behind n proxies of one's own the n-th from the end
is true, and whatever stands before it was written by the browser. Without configured proxies the headers say nothing.
"""

from __future__ import annotations

from ipaddress import ip_address

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from intake.store.trail import WHENCE


def connect(app: Flask) -> None:
    """Say of every request where it came from."""
    proxies = app.extensions["house"].settings.proxies
    if proxies:
        # The nearest proxy alone answers for the scheme: many replace the header instead of adding to it.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=1)  # type: ignore[method-assign]

    @app.before_request
    def remember_whence() -> None:
        WHENCE.set(_address(request.remote_addr or ""))


def _address(told: str) -> str | None:
    """A network address without its port; None for anything else, which must not get into the trail."""
    host, _, port = told.rpartition(":")
    if port.isdecimal() and (host.count(".") == 3 or host.startswith("[")):
        told = host
    try:
        return str(ip_address(told.strip("[]")))
    except ValueError:
        return None
