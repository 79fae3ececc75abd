"""Asks a service whether a password was published after a theft, telling it five digits of the password's hash and no more.

The service answers as the range search of Pwned Passwords does, of which an organisation can keep a copy: to the first five of
the 40 hexadecimal digits of a SHA-1 hash it gives the ends of all known hashes that begin so, and how often each was seen.
Padding, of hashes that were never seen, hides how many there are.
"""

from __future__ import annotations

import hashlib
import logging

import requests
from authlib.common.security import is_secure_transport

from intake.errors import HouseError
from intake.people.tls import authorities

TOLD = 5
"""Digits of the hash that the service learns: some hundreds of known passwords share them."""
PATIENCE = (2, 3)
"""Seconds to wait for a connection to the service, and for its answer."""

log = logging.getLogger(__name__)


class Published:
    """The service at an address, to which the five digits are added."""

    def __init__(self, address: str) -> None:
        self._address = address

    def has(self, password: str) -> bool:
        """Whether the service knows the password. Where it cannot be asked it does not: nobody is kept from a new password."""
        # What the service's hashes are made by, not what keeps any password here.
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        try:
            with requests.Session() as session:
                session.verify, session.max_redirects = authorities(), 0
                answer = session.get(self._address + digest[:TOLD], headers={"Add-Padding": "true"}, timeout=PATIENCE)
                answer.raise_for_status()
        except requests.RequestException as error:
            log.warning("the service of published passwords cannot be asked: %s", type(error).__name__)
            return False
        ends = dict(line.strip().upper().split(":", 1) for line in answer.text.splitlines() if ":" in line)
        return ends.get(digest[TOLD:], "0").strip("0") != ""


def checked_address(address: str) -> str:
    """Raises HouseError where others could read what is asked."""
    if not is_secure_transport(address):
        raise HouseError(
            "MAPPA_PASSWORDS_URL must be an address that begins with https://, such as https://host/range/."
        )
    return address
