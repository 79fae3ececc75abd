"""The Welsh half of bilingual forms, which says again what the English half says: its words, with their mutations.

Sources: the forms of public bodies in Wales are in both languages (Welsh Language (Wales) Measure 2011); the initial
mutations are those of any grammar (soft, nasal, aspirate).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_SHORTEST = 4
"""Letters of a word that is mutated here, and of what comes of it: shorter ones are often English words."""
_MUTATIONS = {
    "ll": ("l",),
    "rh": ("r",),
    "p": ("b", "mh", "ph"),
    "t": ("d", "nh", "th"),
    "c": ("g", "ngh", "ch"),
    "b": ("f", "m"),
    "d": ("dd", "n"),
    "g": ("", "ng"),
    "m": ("f",),
}
_UNMOVED = ("ch", "dd", "ff", "ng", "ph", "th")
"""Letters of two signs that begin like one that is mutated, and are not."""


@cache
def welsh_words() -> frozenset[str]:
    """All words of welsh.toml, as written and mutated, in small letters without accents."""
    data = tomllib.loads((Path(__file__).parent / "welsh.toml").read_text(encoding="utf-8"))
    return frozenset({*data["unmoved"], *(form for word in data["words"] for form in _forms(word))})


def _forms(word: str) -> Iterator[str]:
    yield word
    if len(word) < _SHORTEST or word.startswith(_UNMOVED):
        return
    first = next((start for start in _MUTATIONS if word.startswith(start)), "")
    for instead in _MUTATIONS.get(first, ()):
        if len(mutated := instead + word[len(first) :]) >= _SHORTEST:
            yield mutated
