"""Which passwords are taken, and how they are kept: long ones that are not among the first to be guessed, as argon2id hashes."""

from __future__ import annotations

import re
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

from intake.errors import DeskError

LEAST_PASSWORD = 12
LONGEST_PASSWORD = 200
LONGEST_WEIGHED = 72
"""Characters of a password that are weighed; zxcvbn takes no more."""
LEAST_SCORE = 3
"""Of zxcvbn's scores 0 to 4: from 3 on, more than 100,000,000 guesses are needed."""


def demand_good(password: str, *about: str) -> None:
    """Raise DeskError unless a new password is long enough and hard to guess.

    zxcvbn's list of passwords that were published after thefts is what it is compared with, and `about`: what others know
    of the person, such as name and address.
    """
    if not LEAST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise DeskError(f"A password needs {LEAST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    known = [word for text in about for word in (text, *re.findall(r"\w{3,}", text))]
    if zxcvbn(password[:LONGEST_WEIGHED], user_inputs=known)["score"] < LEAST_SCORE:
        raise DeskError("This password is among the first that would be guessed. Choose three or more words at random.")


class Hasher:
    def __init__(self) -> None:
        self._argon = PasswordHasher()

    @cached_property
    def nobody(self) -> str:
        """Compared against when there is no such account, so that both answers take the same time."""
        return self.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        return self._argon.hash(password)

    def matches(self, known: str, password: str) -> bool:
        try:
            # All of what was typed counts, but no more of it is worked through than a password can have.
            return self._argon.verify(known, password[:LONGEST_PASSWORD]) and len(password) <= LONGEST_PASSWORD
        except (Argon2Error, InvalidHashError):
            return False

    def is_old(self, known: str) -> bool:
        """Whether a hash was made with weaker settings than today's."""
        return self._argon.check_needs_rehash(known)
