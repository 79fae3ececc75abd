"""Corrects signs of an identifier that recognition takes for their likes, where its shape forces and its check proves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import combinations, product

from extractors.identifiers import Identifier

ALIKE = {
    "O": "0", "Q": "09", "D": "0", "I": "1", "L": "1", "|": "1", "!": "1", "Z": "2", "A": "4", "S": "5", "$": "5",
    "G": "6", "T": "7", "B": "8", "&": "8", "0": "OQD", "1": "IL", "2": "Z", "4": "A", "5": "S", "6": "G", "7": "T",
    "8": "B", "9": "Q",
}  # fmt: skip
"""What each sign is read for, or may be a misreading of."""
MOST = 2
"""Signs that are corrected at most."""


def corrected(text: str, check: Callable[[str, date], Identifier], today: date) -> Identifier | None:
    """The one valid identifier of which `text`, whose shape is wrong, is a misreading by the fewest signs; None when
    there is none, or more than one. What has the right shape is never changed: a wrong check may be the writer's slip."""
    written = "".join(text.split()).upper()
    if check(written, today).outcome != "wrong_shape":
        return None
    places = [at for at, sign in enumerate(written) if sign in ALIKE]
    for count in range(1, MOST + 1):
        valid = {
            found.normalised: found
            for chosen in combinations(places, count)
            for signs in product(*(ALIKE[written[at]] for at in chosen))
            if (found := check(_with(written, chosen, signs), today)).valid
        }
        if valid:
            return next(iter(valid.values())) if len(valid) == 1 else None
    return None


def _with(text: str, places: tuple[int, ...], signs: tuple[str, ...]) -> str:
    changed = list(text)
    for at, sign in zip(places, signs, strict=True):
        changed[at] = sign
    return "".join(changed)
