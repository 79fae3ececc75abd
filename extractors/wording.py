"""Wordings compared as people compare them: case, punctuation, numbering, filler words and near spellings do not matter.

A `Wording` turns printed text into its set of telling tokens; a `Lexicon` finds, among many known phrases, those that say
nearly the same as a printed one, with a score from 0 to 1 (1: the same tokens).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from rapidfuzz import fuzz, process

PLAIN = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
     "\u00a0": " ", "\u00ad": None, "\ufffe": "-", "\u200b": None, "\ufeff": None}
)  # fmt: skip
"""Typographic signs to the plain ones; U+FFFE is what pdfium gives for a hyphen at a line's end."""

_NUMBERING = re.compile(
    r"^\W*(?:(?:[Ss]ection|SECTION|[Pp]art|[Qq]uestion|Q)\s*(?=\d))?"
    r"(?:\d{1,2}(?:\.\d{1,2})+[.):]?\s*|\d{1,2}[a-z]?[.):]\s*|\(?[A-Za-z][.)]\s+|\(?[ivx]{1,4}[.)]\s+|\d{1,2}[a-z]?\s+(?=[A-Z]))(?=\w)"
)
_NUMBERED_AGAIN = re.compile(r"\b(?:adran|rhan|cwestiwn)\s+\d{1,2}[a-z]?\b[.:)]?", re.IGNORECASE)
"""The number of a section, which its heading in the other language says again."""
BRACKETS = re.compile(r"\([^()]*\)|\[[^\][]*\]")
"""What stands in round or square brackets, with them."""
_RAISED = re.compile("[\u00b9\u00b2\u00b3\u2070-\u2079]")
"""Raised figures, which lead to a note."""
_PLURAL = re.compile(r"\((?:s|es|ies)\)", re.IGNORECASE)
_APOSTROPHE = re.compile(r"'s\b|s'(?=\s|$)|'")
_NUMBER = re.compile(r"(?<!yes)(?<=[\w.])\s+nos?\b\.?(?=\s*(?:$|[:/(,)\-]))")
"""The abbreviation "no." behind a word, which is no answer."""
_ON = re.compile(r"(?<=\w) on\W*$")
"""The end of a label that asks for a day: "admitted on"."""
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
"""An abbreviation with points, "s.e.d.": the same as without them."""
_TOKEN = re.compile(r"[a-z]+|\d+")

LIGHT_WEIGHT = 0.25
"""Weight of tokens that tell little (who, what, the person); others weigh 1 to 8 by how rare they are."""
STRANGE_WEIGHT = 0.6
"""Weight of a token that no known phrase has, as a share of the rarest known one's."""
TURNED = 0.75
"""What a score is worth when the text has a token that turns the phrase to something else."""
WITHIN = 0.72
"""The least score of a phrase that stands in the text whole, with a few words more that turn it to nothing else."""
MORE = 2
"""So many words more."""
_TOO_LITTLE = 0.3
"""The score of a phrase that says something else."""
BUILT = 0.86
"""The score of a text that is built of the words of a pattern alone: its wording was never seen, so it is not certain."""
ASKED_OTHERWISE = 0.89
"""What the same telling words are worth where a word differs that tells who or what is asked about, however light."""
NEAR_SPELLING = 82


def plain(text: str) -> str:
    """Text with plain quotes and dashes, composed letters, and one space for any white space."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(PLAIN)
    return " ".join(text.split())


def without_numbering(text: str) -> str:
    """Text without a leading "3.", "2.1", "b)" or "Section 4:"."""
    return _NUMBERING.sub("", text, count=1)


def without_brackets(text: str) -> str:
    """Text without what stands in round or square brackets; "(s)" and "(es)" are endings, not brackets."""
    return " ".join(BRACKETS.sub(" ", _PLURAL.sub("", text)).split())


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    """Finds the longest of the phrases, as whole words, in small letters."""
    found = "|".join(re.escape(one.lower()) for one in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)" if phrases else r"(?!)")


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 5 and word.endswith(("sses", "xes", "ases", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its ending: "considering", "considered" and "consider" are one."""
    word = _singular(word)
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            word = word[: -len(ending)]
            return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl" else word.rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word


@dataclass(frozen=True)
class Wording:
    """Which words are the same (`same`: stem to its representative), which are filler (`drop`), which phrases stand for
    one, which stems tell little (`light`), which turn a phrase to something else where they are added (`turning`), which
    add nothing to what a pattern says (`idle`), and which ask for something though they tell little (`asking`).

    `numbered` says that a leading number is only a number of the form's own, and not part of what is said.
    """

    same: Mapping[str, str] = field(default_factory=dict)
    drop: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    light: frozenset[str] = frozenset()
    turning: frozenset[str] = frozenset()
    idle: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()
    numbered: bool = True
    _seen: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def tokens(self, text: str) -> tuple[str, ...]:
        """The telling tokens of `text`, each once, in the order written."""
        found = self._seen.get(text)
        if found is None:
            found = self._tokens(text)
            if len(self._seen) < 20_000:
                self._seen[text] = found
        return found

    @cached_property
    def _phrases(self) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]]:
        """What finds any phrase at all, as few texts have one; and each with what stands for it, in order."""
        return _any_of([way for _, ways in self.phrases for way in ways]), tuple(
            (_any_of(ways), f" {meant} ") for meant, ways in self.phrases
        )

    def _tokens(self, text: str) -> tuple[str, ...]:
        written = plain(text)
        written = written if written.isascii() else _RAISED.sub("", written)
        written = without_numbering(written) if self.numbered else written
        if not written.isascii():
            written = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode()
        lowered = written.lower().replace("_", " ")
        lowered = _NUMBER.sub(" number", _ON.sub(" date", _APOSTROPHE.sub("", _PLURAL.sub("", lowered))))
        lowered = _INITIALS.sub(lambda found: found[0].replace(".", "") + " ", lowered)
        if self.numbered:
            lowered = _NUMBERED_AGAIN.sub(" ", lowered)
        some, each = self._phrases
        if some.search(lowered):
            for pattern, stands_for in each:
                lowered = pattern.sub(stands_for, lowered)
        words = (stem(word) for word in _TOKEN.findall(lowered) if word not in self.drop)
        return tuple(dict.fromkeys(self.same.get(word, word) for word in words))


@dataclass(frozen=True, slots=True)
class Match:
    """A known phrase that says nearly the same: whose it is, how near (0..1), and the phrase."""

    owner: str
    score: float
    phrase: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which words a label has that nobody has listed: "licence end/expiry (date period)" is any label with "licence", with
    "end" or "expiry" or a word that means the same, perhaps with the words in brackets, and with no other telling word."""

    written: str
    needs: tuple[frozenset[str], ...]
    may: frozenset[str]

    @staticmethod
    def of(written: str, wording: Wording) -> Pattern:
        """Raises ValueError when a needed word is one that `wording` drops: every label would have it."""
        within = " ".join(_INSIDE.findall(written))
        groups = [group.split("/") for group in _INSIDE.sub(" ", written).split()]
        needs = tuple(frozenset(token for word in group for token in wording.tokens(word)) for group in groups)
        if not needs or not all(needs):
            raise ValueError(f"{written!r} needs a word that is no part of a wording")
        may = frozenset(token for word in within.split() for token in wording.tokens(word))
        return Pattern(written, needs, may.union(*needs) | wording.idle)

    def fits(self, tokens: frozenset[str]) -> bool:
        return tokens <= self.may and all(not tokens.isdisjoint(need) for need in self.needs)


_INSIDE = re.compile(r"\(([^)]*)\)")


class Lexicon:
    """Known phrases with their owners, searched by weighted token overlap; rare tokens weigh more than common ones."""

    def __init__(
        self,
        wording: Wording,
        phrases: Iterable[tuple[str, str]],
        unless_owned: Iterable[tuple[str, str]] = (),
        patterns: Iterable[tuple[str, Pattern]] = (),
    ) -> None:
        """`phrases` are (owner, phrase); one phrase may have several owners, but those of `unless_owned` only when it has none.

        `patterns` are (owner, pattern)."""
        self._wording = wording
        self.patterns = tuple(patterns)
        self._needing: dict[str, list[tuple[str, Pattern]]] = defaultdict(list)
        for owner, pattern in self.patterns:
            for token in pattern.needs[0]:
                self._needing[token].append((owner, pattern))
        self._phrases: list[tuple[str, str, frozenset[str]]] = []
        self._exact: dict[frozenset[str], list[int]] = defaultdict(list)
        self._holding: dict[str, list[int]] = defaultdict(list)
        for owner, phrase in phrases:
            tokens = frozenset(wording.tokens(phrase))
            if all(self._phrases[place][0] != owner for place in self._exact.get(tokens, ())):
                self._add(owner, phrase, tokens)
        for owner, phrase in unless_owned:
            tokens = frozenset(wording.tokens(phrase))
            if tokens not in self._exact:
                self._add(owner, phrase, tokens)
        self.phrases = tuple((owner, phrase) for owner, phrase, _ in self._phrases)
        count = max(len(self._phrases), 1)
        self._weight = {
            token: LIGHT_WEIGHT if token in wording.light else math.log(1 + count / len(places))
            for token, places in self._holding.items()
        }
        self._unknown_weight = STRANGE_WEIGHT * math.log(1 + count)
        self._totals = [sum(self._weight[token] for token in tokens) for _, _, tokens in self._phrases]
        self._vocabulary = [token for token in self._weight if len(token) > 3]
        self._near: dict[str, tuple[str, float] | None] = {}
        self._found: dict[tuple[str, ...], tuple[Match, ...]] = {}
        self._said: dict[str, tuple[Match, ...]] = {}

    def _add(self, owner: str, phrase: str, tokens: frozenset[str]) -> None:
        if tokens:
            place = len(self._phrases)
            self._phrases.append((owner, phrase, tokens))
            self._exact[tokens].append(place)
            for token in tokens:
                self._holding[token].append(place)

    def exact(self, text: str) -> tuple[Match, ...]:
        """The phrases with exactly the tokens of `text`."""
        found = self._said.get(text)
        if found is None:
            places = self._exact.get(frozenset(self._wording.tokens(text)), ())
            found = tuple(self._match(place, 1.0) for place in places)
            if len(self._said) < 20_000:
                self._said[text] = found
        return found

    def nearest(self, text: str, at_least: float) -> tuple[Match, ...]:
        """The best phrase of every owner scoring `at_least`, best first."""
        tokens = self._wording.tokens(text)
        found = self._found.get(tokens)
        if found is None:
            found = self._search(tokens)
            if len(self._found) < 20_000:
                self._found[tokens] = found
        return tuple(match for match in found if match.score >= at_least)

    def _search(self, tokens: tuple[str, ...]) -> tuple[Match, ...]:
        shared: dict[int, float] = defaultdict(float)
        total = 0.0
        turning = [token for token in tokens if token in self._wording.turning]
        for token in tokens:
            weight = self._weight.get(token)
            if weight is not None:
                total += weight
                for place in self._holding[token]:
                    shared[place] += weight
                continue
            near = self._near_spelling(token)
            if near is None:
                total += LIGHT_WEIGHT if token in self._wording.light else self._unknown_weight
                continue
            spelling, likeness = near
            weight = self._weight[spelling]
            total += weight
            for place in self._holding[spelling]:
                shared[place] += weight * likeness
        best: dict[str, Match] = {}
        for place, weight in shared.items():
            score = min(1.0, 2 * weight / (total + self._totals[place]))
            if score <= _TOO_LITTLE:
                continue
            owner, _, said = self._phrases[place]
            if any(token not in said for token in turning):
                score *= TURNED
            elif score > ASKED_OTHERWISE and not said.symmetric_difference(tokens).isdisjoint(self._wording.asking):
                score *= ASKED_OTHERWISE
            elif score < WITHIN and len(tokens) <= len(said) + MORE and said <= set(tokens):
                more = (self._weight.get(token, 0.0) for token in tokens if token not in said)
                if all(weight * 2 < self._totals[place] for weight in more):
                    score = WITHIN
            if score > _TOO_LITTLE and (owner not in best or best[owner].score < score):
                best[owner] = self._match(place, score)
        for owner, pattern in self._built(frozenset(tokens)):
            if owner not in best or best[owner].score < BUILT:
                best[owner] = Match(owner, BUILT, pattern.written)
        return tuple(sorted(best.values(), key=lambda match: -match.score))

    def _built(self, tokens: frozenset[str]) -> Iterator[tuple[str, Pattern]]:
        for token in tokens:
            yield from (found for found in self._needing.get(token, ()) if found[1].fits(tokens))

    def _near_spelling(self, token: str) -> tuple[str, float] | None:
        if token not in self._near:
            self._near[token] = self._look_up(token)
        return self._near[token]

    def _look_up(self, token: str) -> tuple[str, float] | None:
        if len(token) < 4 or token.isdigit():
            return None
        found = process.extractOne(token, self._vocabulary, scorer=fuzz.ratio, score_cutoff=NEAR_SPELLING)
        if found is None or (found[0][0] != token[0] and min(len(found[0]), len(token)) < 6):
            return None
        return found[0], found[1] / 100

    def _match(self, place: int, score: float) -> Match:
        owner, phrase, _ = self._phrases[place]
        return Match(owner, score, phrase)
