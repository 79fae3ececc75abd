"""Likeness: which listed offences a misspelt or unusual wording may mean. What is found here is a candidate, never certain."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein
from spacy.tokens import Doc
from spacy.util import filter_spans

from validation.offence_book import Forms, book
from validation.offence_words import forms, read, vocab

LIKE = 82.0
"""Token-set ratio (0 to 100) from which a name is offered as a candidate."""
_WORD = re.compile(r"[a-z]+")
_SHORT = frozenset({"with", "wth", "wiht", "from", "that", "this", "into", "when"})


@cache
def _names() -> tuple[tuple[str, ...], tuple[Forms, ...]]:
    """The names long enough to be likened, as one string each, and their forms."""
    keys = [key for key, meaning in book().phrases.items() if meaning.offences and len(" ".join(key)) >= 6]
    return tuple(" ".join(key) for key in keys), tuple(keys)


@lru_cache(maxsize=1024)
def corrected(word: str) -> str:
    """The nearest word that the lists write, at most one slip in five letters; the word itself when none is near."""
    if len(word) < 4 or word in book().spelling or word in _SHORT:
        return {"wth": "with", "wiht": "with"}.get(word, word)
    most = 1 if len(word) < 6 else 2 if len(word) < 11 else 3
    found = process.extractOne(word, book().spelling, scorer=DamerauLevenshtein.distance, score_cutoff=most)
    if found is None or (len(word) == len(found[0]) == 4 and sorted(word) != sorted(found[0])):
        return word  # a short word is near too many: only its letters in another order are taken for a slip
    return str(found[0])


def guess(written: str) -> tuple[frozenset[int], float] | None:
    """Offences that `written` may mean, and how like it is (0 to 1); None when nothing is near."""
    text = written.lower()
    mended = _WORD.sub(lambda m: corrected(m.group()), text)
    if mended != text:
        doc = Doc(vocab(), words=[token.form for token in read(mended).tokens])
        spans = [
            span
            for span in filter_spans(book().matcher(doc, as_spans=True))
            if book().phrases[tuple(t.text for t in span)].offences
        ]
        if spans:
            ids = frozenset().union(*(book().phrases[tuple(t.text for t in span)].offences for span in spans))
            return ids, fuzz.ratio(mended, text) / 100 * 0.95
    names, keys = _names()
    likened = " ".join(forms(mended))
    if len(likened) < 4:
        return None
    found = process.extract(likened, names, scorer=fuzz.token_sort_ratio, score_cutoff=LIKE, limit=3)
    if not found:
        return None
    best = found[0][1]
    ids = frozenset(i for _, score, place in found if score >= best - 3 for i in book().phrases[keys[place]].offences)
    return ids, best / 100 * 0.9
