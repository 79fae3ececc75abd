"""Signs that stand round all answers of a form: they are how the form is written, and no part of any answer.

Programs and people put answers in quotes or brackets, end the rows of their tables with a bar, number answers as their
questions, or begin each with a word ("Response: ..."). What nearly all answers share is none of theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.matching.answers.answer import Answer
from extractors.matching.places import cut
from extractors.page import Line

_FEWEST, _NEARLY_ALL = 6, 0.8
"""So many answers, and such a share of all, share a sign that is the form's."""
_PAIRS = (
    ("[", "]"),
    ("\u201c", "\u201d"),
    ('"', '"'),
    ("\u2018", "\u2019"),
    ("\u00ab", "\u00bb"),
    ("{", "}"),
    ("<", ">"),
)
_HEADS = (
    re.compile(r"\s*(\w{3,20}\s?[:=])(?=\s|$)\s*"),
    re.compile(r"\s*\(?\d{1,2}\s?[a-zA-Z][.):](?=\s|$)\s*"),
    re.compile(r"\s*(=+>|-+>|>+|\u2192|\u00bb)(?=\s|$)\s*"),
)
"""A word with its colon, the number of an answer, an arrow; each the same before all, but for the number."""
_BAR = re.compile(r"\s*\|\s*$")


@dataclass(frozen=True, slots=True)
class Signs:
    """What stands before and behind the answers of a form."""

    head: re.Pattern[str] | None
    tail: re.Pattern[str] | None


def signs_round(answers: Sequence[Answer]) -> Signs | None:
    """The signs that nearly all answers share; None where they share none."""
    typed = (one for one in answers if all(run.mark is None for line in one.lines for run in line.runs))
    texts = [text for one in typed if (text := "\n".join(line.text for line in one.lines).strip())]
    least = max(_FEWEST, _NEARLY_ALL * len(texts))
    for opens, closes in _PAIRS:
        if sum(len(text) > 1 and text[0] == opens and text[-1] == closes for text in texts) >= least:
            return Signs(re.compile(rf"\s*{re.escape(opens)}\s*"), re.compile(rf"\s*{re.escape(closes)}\s*$"))
    if sum(_BAR.search(text) is not None for text in texts) >= least:
        return Signs(None, _BAR)
    for head in _HEADS:
        found = Counter(match[1] if head.groups else "" for text in texts if (match := head.match(text)) is not None)
        if found and (most := found.most_common(1)[0])[1] >= least:
            return Signs(re.compile(rf"\s*{re.escape(most[0])}\s*") if most[0] else head, None)
    return None


def without_signs(answer: Answer, signs: Signs | None) -> Answer:
    """The answer without them."""
    written = [at for at, line in enumerate(answer.lines) if line.text.strip()]
    if signs is None or not written:
        return answer
    lines = list(answer.lines)
    if signs.tail is not None and (tail := signs.tail.search(lines[written[-1]].text)) is not None:
        lines[written[-1]] = cut(lines[written[-1]], 0, tail.start())
    if signs.head is not None and (head := signs.head.match(lines[written[0]].text)) is not None:
        lines[written[0]] = _behind(lines[written[0]], head.end())
    return replace(answer, lines=tuple(lines))


def _behind(line: Line, start: int) -> Line:
    return replace(cut(line, start), joins_previous=line.joins_previous)
