"""Which certificate authorities are believed where the desk asks another service."""

from __future__ import annotations

import ssl


def authorities() -> str | bool:
    """The machine's own list, or that of SSL_CERT_FILE, as `requests` takes it; True for the list that comes with it."""
    known = ssl.get_default_verify_paths()
    return known.cafile or known.capath or True
