"""The words of an offence brought to one form: abbreviations spelt the same, sections tied to their Acts, small words dropped, places kept."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans
from spacy.vocab import Vocab

from validation.offence_lists import LAW, acts

_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "\u00a0": " ",
        "•": "\n",
        "·": "\n",
        "●": "\n",
        "▪": "\n",
        "◦": "\n",
        "\r": "\n",
        "\u2028": "\n",
        "\u2029": "\n",
    }
)
_CODE = re.compile(r"\b(?:[a-z]{2}\d{5}|coml\d{3})[a-z]?\b")
_DATE = re.compile(
    r"\b\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})\b|\b(?:19|20)\d\d-\d\d-\d\d\b"
    r"|\b(?:\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\.?,?\s+(?:19|20)\d\d\b"
)
_W = "section"
_SUB = r"(?:\s?\(\s?[0-9a-z]{1,4}\s?\))"
_NUMBER = rf"\d{{1,3}}(?:[a-z]{{1,2}}(?![a-z0-9]))?(?!\d){_SUB}*(?:\s?(?:and|&|,)\s?{_SUB}+)*"
_COUNTED = r"\s?(?:x|years?|yrs?|y|months?|mths?|m|weeks?|wks?|days?|counts?|cts?|offences?|times|other|further|more)\b"
_SLIPS = "|".join(
    {slip for at in range(6) for slip in (_W[:at] + _W[at + 1] + _W[at] + _W[at + 2 :], _W[:at] + _W[at] + _W[at:])}
    | {_W[:at] + _W[at + 1 :] for at in range(1, 7)}
)
"""The word "section" with one slip of typing: two letters changed over, one twice, one left out."""
_SECTION = re.compile(
    rf"(?<![a-z0-9'])(?:§|ss?|sec|secs|sect|sects|section|sections|sctn|sn|{_SLIPS})\s?\.?\s?(?P<first>{_NUMBER})(?P<more>(?:\s?(?:/|&|,|and|or)\s?(?:s\.?\s?)?{_NUMBER}(?!{_COUNTED}))*)"
)
_SIGNS = frozenset({"s", "ss", "sec", "sect", "section", "sections"})
_ONE = re.compile(rf"(?:s\.?\s?)?(\d{{1,3}}[a-z]{{0,2}})((?:{_SUB}|\s?(?:and|&|,)\s?(?={_SUB}))*)")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[^\s\w]|\n")
_YEAR = re.compile(r"(?:18|19|20)\d\d$")

UNKNOWN_ACT = "?"
BREAKS = frozenset({"\n", ";"})
JOINS = frozenset({",", "and", "&", "+", "/", "plus", "then", "also", "or"})
MARKS = frozenset("()[]-:.'\"*?!/=~_<>")


class Token(NamedTuple):
    """One word in its form, and where it stands in the text; `sub` is the subsection of a section."""

    form: str
    start: int
    end: int
    sub: str = ""


class Read(NamedTuple):
    """A text as read: the words that carry weight, and every sign and small word between them, by place."""

    text: str
    tokens: tuple[Token, ...]
    between: tuple[Token, ...]


class _Words(NamedTuple):
    vocab: Vocab
    together: PhraseMatcher
    acts: PhraseMatcher
    same: Mapping[str, str]
    dropped: frozenset[str]
    ordinary: frozenset[str]
    shortened: frozenset[str]
    of_acts: tuple[str, ...]
    """The longer words in the names of Acts."""


@cache
def _words() -> _Words:
    with (LAW / "words.toml").open("rb") as file:
        tables = tomllib.load(file)
    vocab = Vocab()
    together = PhraseMatcher(vocab)
    for form, phrases in tables["together"].items():
        together.add(form, [Doc(vocab, words=phrase.split()) for phrase in phrases])
    cited = PhraseMatcher(vocab)
    for act in acts().values():
        cited.add(act.id, [Doc(vocab, words=short.split()) for short in act.short])
    same = {word: form for form, words in tables["same"].items() for word in (form, *words)}
    return _Words(
        vocab,
        together,
        cited,
        same,
        frozenset(tables["dropped"]),
        frozenset(tables["ordinary_acts"]),
        frozenset(tables["shortened"]),
        tuple(sorted({w for act in acts().values() for short in act.short for w in short.split() if len(w) > 5})),
    )


def vocab() -> Vocab:
    """The vocabulary that all offence matchers share."""
    return _words().vocab


def lowered(text: str) -> str:
    """Lower case with one sort of quotes, dashes and bullets, every character in its place."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(small if len(small := c.lower()) == 1 else c for c in text)
    return low.translate(_PLAIN)


@lru_cache(maxsize=8192)
def form_of(word: str) -> str:
    """The form of a single word: from the table, else without plural, -ing, -ed and a last e."""
    same = _words().same
    if word in same:
        return same[word]
    bare = word.removesuffix("'s").rstrip("'")
    if bare in same:
        return same[bare]
    if len(bare) > 4 and bare.endswith("ies"):
        bare = bare[:-3] + "y"
    elif bare.endswith("xes"):
        bare = bare[:-2]
    elif len(bare) > 3 and bare.endswith("s") and not bare.endswith(("ss", "us", "is")):
        bare = bare[:-1]
    if bare in same:
        return same[bare]
    for ending in ("ing", "ed"):
        if bare.endswith(ending) and len(bare) > len(ending) + 3:
            bare = bare.removesuffix(ending)
            if len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "ls":
                bare = bare[:-1]
            break
    return bare[:-1] if len(bare) > 4 and bare.endswith("e") else bare


class _Raw(NamedTuple):
    text: str
    start: int
    end: int
    kind: str = "word"
    sub: str = ""


def _sub(written: str) -> str:
    """`(1)(a)`; `(1) and (3)` gives `(1)|(3)`."""
    return re.sub(r"\s", "", re.sub(r"\)\s?(?:and|&|,)\s?(?=\()", ")|", written)).rstrip(",&|")


def _raw(text: str) -> list[_Raw]:
    """Words, signs, and whole codes, dates and sections of a lowered text."""
    taken: list[_Raw] = [_Raw(m.group(), m.start(), m.end(), "code") for m in _CODE.finditer(text)]
    taken += [_Raw(m.group(), m.start(), m.end(), "date") for m in _DATE.finditer(text)]
    blank = text
    for t in taken:
        blank = blank[: t.start] + "~" * (t.end - t.start) + blank[t.end :]
    for found in _SECTION.finditer(blank):
        for part in ("first", "more"):
            base = found.start(part)
            for one in _ONE.finditer(found.group(part)):
                start = found.start() if part == "first" else base + one.start()
                taken.append(_Raw(one.group(1), start, base + one.end(), "section", _sub(one.group(2))))
    taken.sort(key=lambda t: t.start)
    raw: list[_Raw] = []
    at = 0
    for piece in [*taken, None]:
        stop = piece.start if piece else len(text)
        raw += [_Raw(m.group(), at + m.start(), at + m.end()) for m in _WORD.finditer(text[at:stop])]
        if piece:
            while piece.kind == "section" and raw and raw[-1].text in _SIGNS:
                raw.pop()
            raw.append(piece)
            at = piece.end
    return raw


def _doc(raw: Sequence[_Raw]) -> Doc:
    return Doc(_words().vocab, words=[t.text if t.kind == "word" else t.kind + "*" for t in raw])


def _acts_in(raw: list[_Raw]) -> dict[int, tuple[int, int, tuple[str, ...]]]:
    """Acts named: token at which each begins, to where it ends with "Act" and year, from where, and the Acts it can be."""
    words = _words()
    kept = [place for place, t in enumerate(raw) if t.text not in ("the", "of", "'")]
    doc = Doc(words.vocab, words=[_act_word(raw[place]) for place in kept])
    found: dict[tuple[int, int], list[str]] = {}
    for span in words.acts(doc, as_spans=True):
        found.setdefault((span.start, span.end), []).append(span.label_)
    longest: dict[int, tuple[int, int, tuple[str, ...]]] = {}
    order = list(acts())
    used: set[int] = set()
    for start, end in sorted(found, key=lambda pair: pair[0] - pair[1]):
        if used & set(range(start, end)):
            continue
        after = end
        named = after < len(kept) and raw[kept[after]].text in ("act", "acts")
        after += named
        year = _year(raw, kept, after)
        candidates = sorted(found[start, end], key=order.index)
        if year:
            after += 2 if raw[kept[after]].text in (",", "(") else 1
            dated = [a for a in candidates if acts()[a].year % 100 == year % 100]
            candidates = dated or candidates
        abbreviation = end - start == 1 and raw[kept[start]].text not in words.ordinary
        abbreviation &= raw[kept[start]].text == doc[start].text
        near = [raw[kept[place]].kind for place in (start - 2, start - 1, after, after + 1) if 0 <= place < len(kept)]
        if not (named or (abbreviation and ("section" in near or year))):
            continue
        used |= set(range(start, after))
        longest[kept[start]] = (kept[start], kept[after - 1] + 1, tuple(candidates))
    return longest


def _act_word(word: _Raw) -> str:
    """A word as the names of Acts write it: "&" is "and", and one slip of typing in a longer word is mended."""
    if word.kind != "word":
        return word.kind + "*"
    return "and" if word.text == "&" else _mended(word.text)


@lru_cache(maxsize=4096)
def _mended(word: str) -> str:
    if len(word) < 6 or word in _words().of_acts:
        return word
    found = process.extractOne(word, _words().of_acts, scorer=DamerauLevenshtein.distance, score_cutoff=1)
    return str(found[0]) if found else word


def _year(raw: list[_Raw], kept: list[int], at: int) -> int | None:
    for place in (at, at + 1):
        if place < len(kept):
            t = raw[kept[place]]
            if t.kind == "word" and (_YEAR.match(t.text) or (place == at and len(t.text) == 2 and t.text.isdigit())):
                return int(t.text)
            if t.text not in (",", "("):
                return None
    return None


def _unknown_acts(raw: list[_Raw], cited: Mapping[int, object]) -> dict[int, str]:
    """The sections that lead to an Act which none of the lists cites, or whose name is not understood."""
    tied: dict[int, str] = {}
    for place, t in enumerate(raw):
        if t.kind != "section":
            continue
        for ahead in range(place + 1, min(place + 12, len(raw))):
            if ahead in cited or raw[ahead].kind != "word" or raw[ahead].text in (";", "\n", "."):
                break
            if raw[ahead].text == "act" and raw[ahead - 1].text not in ("the", "of", "this", "that", "same", "said"):
                tied[place] = UNKNOWN_ACT
                break
    return tied


def _tie(raw: list[_Raw]) -> tuple[dict[int, str], set[int]]:
    """Each section's Act (by the places of both), and the tokens that Acts take up."""
    cited = _acts_in(raw)
    tied: dict[int, str] = _unknown_acts(raw, cited)
    taken: set[int] = set()
    for start, end, candidates in cited.values():
        taken |= set(range(start, end))
        # Leftward over "of the", and over further sections joined to it: "ss.9 and 13 of the Sexual Offences Act 2003".
        place = start - 1
        found = False
        while place >= 0 and (
            raw[place].kind == "section"
            or raw[place].text in ("of", "the", "to", "and", "&", "/", ",", "contrary", "under", "(", ".", "-")
        ):
            if raw[place].kind == "section":
                tied[place] = "+".join(candidates)
                found = True
            place -= 1
        place = end
        while (
            not found
            and place < len(raw)
            and (raw[place].kind == "section" or raw[place].text in (",", ":", "-", "(", ")", "."))
        ):
            if raw[place].kind == "section":
                tied.setdefault(place, "+".join(candidates))
                found = True
            place += 1
    return tied, taken


def read(written: str) -> Read:
    """The words of `written` in their forms. A section is `§18`, or `§18@oapa1861` where its Act is named."""
    words = _words()
    text = lowered(written)
    raw = _raw(text)
    tied, taken = _tie(raw)
    groups = {
        span.start: (span.end, span.label_)
        for span in filter_spans(words.together(_doc(raw), as_spans=True))
        if not taken & set(range(span.start, span.end))
    }
    tokens: list[Token] = []
    between: list[Token] = []
    place = 0
    while place < len(raw):
        t = raw[place]
        if place in groups:
            end, label = groups[place]
            if label in words.dropped:
                between.append(Token(label, t.start, raw[end - 1].end))
            else:
                tokens += [Token(form, t.start, raw[end - 1].end) for form in label.split()]
            place = end
            continue
        place += 1
        if place - 1 in taken:
            between.append(Token("act", t.start, t.end))
        elif t.kind == "section":
            act = tied.get(place - 1)
            tokens.append(Token(f"§{t.text}@{act}" if act else f"§{t.text}", t.start, t.end, t.sub))
        elif t.kind == "code":
            tokens.append(Token("~" + t.text.upper(), t.start, t.end))
        elif t.kind == "date":
            tokens.append(Token("*date", t.start, t.end))
        elif t.text in words.dropped or not t.text[0].isalnum():
            between.append(Token(t.text, t.start, t.end))
            if (t.text in BREAKS and not _runs_on(written, t.start)) or _ends_sentence(raw, place - 1):
                tokens.append(Token("|", t.start, t.end))
        else:
            tokens.append(Token(form_of(t.text), t.start, t.end))
    return Read(written, tuple(tokens), tuple(between))


def _ends_sentence(raw: list[_Raw], place: int) -> bool:
    """Whether a full stop ends a sentence: white space and a further word follow, and no abbreviation or number precedes."""
    if raw[place].text not in (".", "?", "!"):
        return False
    if place + 1 < len(raw) and raw[place + 1].start == raw[place].end:
        return False
    before = raw[place - 1] if place else None
    if before is None or before.text in _words().shortened:
        return False
    counted = before.text.isdigit() and place > 1 and raw[place - 2].text == "x"  # "robbery x2. Affray"
    return counted or before.kind != "word" or len(before.text) > 3 or before.text in ("abh", "gbh", "law", "act")


def _runs_on(written: str, place: int) -> bool:
    """Whether a line break stands within a sentence: a small letter follows, and no sign precedes that ends or lists."""
    after, before = written[place + 1 : place + 40].lstrip(" \t"), written[:place].rstrip(" \t")
    return written[place] == "\n" and after[:1].islower() and before[-1:].isalpha()


def forms(name: str) -> tuple[str, ...]:
    """The forms of a name from the lists, without marks of sentence or line."""
    return tuple(t.form for t in read(name).tokens if t.form not in ("|", "*date"))


def words_in(names: Iterable[str]) -> frozenset[str]:
    """Every single word written in the names, for spelling."""
    return frozenset(m.group() for name in names for m in re.finditer(r"[a-z]{4,}", name.lower()))
