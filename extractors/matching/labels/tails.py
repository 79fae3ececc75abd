"""A known wording inside a longer label: words behind it say no more of what is asked, nor do plain adjectives before it.

"Surname as on the passport" asks for the surname, "Ward where treated" for the ward; "Ward round" is neither.
"""

from __future__ import annotations

from extractors.contract import FIELDS
from extractors.forms.definitions import Definition
from extractors.wording import Match, plain, without_numbering

SAYS_NO_MORE = 0.74
"""What the known wording's own score is worth in such a label."""
_OPENERS = frozenset({
    "as", "on", "in", "at", "for", "where", "which", "who", "whom", "whose", "when", "if", "to", "by", "from", "we",
    "you", "they", "that", "with", "under", "now", "held", "taken", "given", "made", "used", "before", "after",
    "since", "so", "will", "would", "should", "please", "known", "shown", "then", "currently", "presently",
})  # fmt: skip
"""Words with which an addition to a noun may begin; verbs in -ed do too."""
_PLAIN = frozenset({
    "legal", "full", "current", "present", "own", "registered", "recorded", "actual", "official", "correct", "exact",
    "qualifying", "relevant", "main", "complete", "confirmed", "stated", "given", "usual", "known", "further",
    "agreed", "formal", "your", "the", "this", "their", "his", "her", "person's", "offender's",
})  # fmt: skip
"""Adjectives that change nothing of what is asked."""
_ADDED = 9
"""So many words an addition may have."""


def within(text: str, definition: Definition) -> tuple[Match, ...]:
    """What the longest known wording at the head of a label means, or at its end behind plain adjectives; empty when there
    is none, or when what is added turns it to something else ("Address of the victim")."""
    words = plain(without_numbering(text)).rstrip(" :?").split()
    for end in range(len(words), max(0, len(words) - _ADDED - 1), -1):
        if end < len(words) and not _opens(words[end]):
            continue
        for start in range(min(end, 3)):
            if any(word.lower() not in _PLAIN for word in words[:start]) or start == end:
                break
            found = definition.labels.exact(" ".join(words[start:end]))
            turned = found and _turned(words[end:], found, definition)
            if found and not turned and (start or end < len(words)):
                return tuple(Match(match.owner, SAYS_NO_MORE, match.phrase) for match in found)
    return ()


def _opens(word: str) -> bool:
    low = word.lower().strip("(,")
    return low in _OPENERS or (len(low) > 5 and low.endswith("ed")) or word.startswith(("(", "-", "–"))


def _turned(added: list[str], found: tuple[Match, ...], definition: Definition) -> bool:
    """Whether an addition turns a wording to something else; "date" does not where a date is asked for."""
    dates = all(match.owner in FIELDS and FIELDS[match.owner].kind == "date" for match in found)
    turning = definition.wording.turning - {"date"} if dates else definition.wording.turning
    return any(said in turning for word in added for said in definition.wording.tokens(word))
