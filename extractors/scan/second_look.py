"""Looks again, with another recogniser, at the print that people filled in and the first may have misread: short pieces of
plain print, not in narratives.

A word that the first is sure of is right, but for what it cannot know: letters that its English data lacks, and a capital
I that looks like an l. Two recognisers that share nothing seldom err alike: a word that both read the same is sure; one
that they read otherwise is doubtful, and the surer of the two is taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from extractors.scan.letters import Letter, Recognised, read_line
from extractors.scan.shapes import darker, shapes
from extractors.scan.ticked import TickBox
from extractors.scan.upright import Grey

ONCE, AGREED, DISPUTED = 0.85, 0.97, 0.5
"""The most confidence in a word read once only; that in one read alike twice; the most in one read otherwise."""
ALONE, ENOUGH = 0.94, 0.9
"""Confidence in a word that the first reader is sure enough of alone, and its own confidence from which it is."""
ACCENTED = 0.88
"""Confidence in a word that differs by accents only, which one of the two does not know."""
LEAST = 0.5
"""Confidence below which a reader's own word is no second opinion."""
TRUSTED = 0.8
"""Confidence in its least sure letter from which the second reader is believed rather than the first."""
UPRIGHT = frozenset("1lI|!")
"""For what the second reader takes a stroke between two words, which it sees by itself."""
SPECKS = 2
"""Signs of which a word of the first reader may be made that is only dirt, when the second sees nothing there."""
LONGEST = 14
"""Words in a cell from which it holds a narrative, or a printed notice."""
LONGEST_LINE = 9
"""The same for a line outside any cell."""
REPEATED = 4
"""A piece that stands on a page so often is printed there."""
MOST_DARK = 0.8
"""Share of filled cells from which fills do not tell labels."""
ROOM = 1.5
"""Words further apart than this many times the line's height stand in different pieces."""
SAME = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "，": ",", "：": ":", "（": "(", "）": ")"}
)
"""Signs that look alike: which of them is meant is no matter of recognition."""

ADDRESS = re.compile(r"@|\w[./_]\w")
"""What is written without spaces, so that the one that tesseract saw is none."""
SMALL_L = re.compile(r"l[a-z]")
SHORT_L = 4
"""Letters up to which a word of the dictionary with a small l may be a name with a capital I: lain, Iain."""
NAME = re.compile(r"[^\W\d_][a-z]")
"""How a word begins that may be a name."""
ABBREVIATIONS = frozenset(
    {"MAPPA", "MAPP", "HMP", "YOI", "YOT", "NHS", "PNC", "CRO", "CPA", "CTO", "MHCS", "SPO", "NFA", "MARAC"}
    | {"OFFICIAL-SENSITIVE", "OASys", "ViSOR", "RoSH", "OGRS", "OGRS4", "OSP", "OSP/C", "OSP/I", "OVP", "PDM", "PDU"}
)
"""What the papers of this work print everywhere and a dictionary of English lacks."""
NUMBER = re.compile(r"\d{5,}")
"""A number as long as an identifier, in which a letter may have been taken for its like among digits."""
DOTTED = frozenset("ij!?:;'\"’‘“”%*=")
"""Signs with a part that stands by itself above."""
ABOVE, OVER = 0.33, 0.1
"""Share of its line's height that a dot or an accent over a letter lies within, from the top, and how much over the top it
may begin. Of 105 words with an accent that the first reader missed at 200 dots per inch 93 are so seen, and one in six of
all others is read again for the upper halves of letters that fell apart."""
INK = 120
"""Brightness (paper is 255) below which a pixel is surely print: an accent does not then run into its letter."""

ORDINAL = re.compile(r"(?P<number>[1-9]|[12]\d|3[01])(?P<ending>st|nd|rd|th)")
ENDINGS = {"1": "st", "2": "nd", "3": "rd", "21": "st", "22": "nd", "23": "rd", "31": "st"}

Cell = tuple[float, float, float, float]
Limit = Callable[[Recognised], Recognised]


@dataclass(frozen=True, slots=True)
class Seen:
    """A word as it is believed after a second look. glued: no space stands between the word before and this one."""

    word: Recognised
    glued: bool = False


def second_look(
    bare: Grey,
    words: Sequence[Recognised],
    heavy: Sequence[bool],
    cells: Sequence[Cell],
    dark: Sequence[bool],
    boxes: Sequence[TickBox],
    limit: Limit,
) -> list[Seen]:
    """The words of a page, those that somebody filled in read twice. All in pixels of the page freed of rulings.

    heavy: for each word, whether it is bold; dark: for each cell, whether it is filled, as the cells of labels are;
    limit: what no word of this page is surer than. A word that it holds below ALONE is not read again where the first
    reader is sure of it: of 420 such on photographs and scans at 150 dots per inch the second mended one.
    """
    seen = [once(word) for word in words]
    found = list(_pieces(words, heavy, cells, dark, boxes))
    said = Counter(_said(words, piece) for piece in found)
    for piece in found:
        if said[_said(words, piece)] >= REPEATED:
            continue
        for i in piece:
            seen[i] = Seen(words[i]._replace(confidence=ALONE))
        doubtful = [at for at, i in enumerate(piece) if _worth_a_look(bare, words[i], limit)]
        if doubtful:
            first, last = doubtful[0], doubtful[-1] + 1
            again = _again(bare, [words[i] for i in piece], first, last)
            for i, one in zip(piece[first:last], again, strict=True):
                seen[i] = one
    return [Seen(_of_a_word(limit(one.word)), one.glued) for one in seen]


def _of_a_word(word: Recognised) -> Recognised:
    """A small letter by itself is what is left of a word that the edge of a narrow cell cut, and no "n" for no."""
    return as_faxed(word) if len(word.text) == 1 and word.text.islower() else word


def _again(bare: Grey, held: Sequence[Recognised], first: int, last: int) -> list[Seen]:
    """The words `first` to before `last` of a piece, read by both."""
    tall = max(word.bottom - word.top for word in held)
    top = max(int(min(word.top for word in held) - 0.1 * tall), 0)
    bottom = int(max(word.bottom for word in held) + 0.1 * tall) + 1
    left, right = held[first].x0 - 0.15 * tall, max(word.x1 for word in held[first:last]) + 0.15 * tall
    if first:
        left = max(left, (held[first - 1].x1 + held[first].x0) / 2)
    if last < len(held):
        right = min(right, (held[last - 1].x1 + held[last].x0) / 2)
    left = max(int(left), 0)
    crop = bare[top:bottom, left : int(right) + 1]
    if not crop.size:
        return [once(word) for word in held[first:last]]
    letters = [letter._replace(at=letter.at + left) for letter in read_line(crop)]
    return list(compared(held[first:last], letters, held[last].text if last < len(held) else ""))


def _worth_a_look(bare: Grey, word: Recognised, limit: Limit) -> bool:
    """Whether a second reading may make a word surer, or another."""
    settled = word.confidence >= ENOUGH and limit(word._replace(confidence=ALONE)).confidence < ALONE
    return (not settled or _may_be_capital_i(_bare_word(word))) and _doubtful(bare, word)


def _bare_word(word: Recognised) -> Recognised:
    return word._replace(text=word.text.strip("().,;:'\"‘’“”"))


def _doubtful(bare: Grey, word: Recognised) -> bool:
    """Whether the first reader may have misread a word: it says so, or the word is such as it cannot know."""
    text = _bare_word(word).text
    if word.confidence < ENOUGH or _may_be_capital_i(_bare_word(word)):
        return True
    if not text.isascii() and any(sign.isalpha() and not sign.isascii() for sign in text):
        return True
    known = word.known or text.strip("/-–") in ABBREVIATIONS or _is_ordinal(text)
    if (not known and any(map(str.isalpha, text))) or NUMBER.fullmatch(text):
        return True
    return NAME.match(text) is not None and _accented(bare, word)


def _is_ordinal(text: str) -> bool:
    """Whether a word is a day of the month as it is said: its ending is the one that its number has."""
    found = ORDINAL.fullmatch(text)
    return found is not None and found["ending"] == ENDINGS.get(found["number"], "th")


def _accented(bare: Grey, word: Recognised) -> bool:
    """Whether more dots and accents stand over a word than its letters have; what runs into the line above is of that."""
    tall = word.bottom - word.top
    top, left = max(int(word.top - OVER * tall), 0), max(int(word.x0), 0)
    ink = darker(bare[top : int(word.bottom) + 1, left : int(word.x1) + 1], INK)
    low = word.top + ABOVE * tall - top
    above = sum(shape.y > 0 and shape.y + shape.tall < low for shape in shapes(ink))
    return above > sum(sign in DOTTED for sign in word.text)


def once(word: Recognised) -> Seen:
    """A word that nobody reads again."""
    return Seen(as_faxed(word))


def as_read(word: Recognised) -> Recognised:
    """A word of a page that sets no limit."""
    return word


def as_faxed(word: Recognised) -> Recognised:
    """A word of a fax, which nobody can be sure of."""
    return word._replace(confidence=min(word.confidence, ONCE))


def as_coarse(word: Recognised) -> Recognised:
    """A word of a page of few dots per inch: of a name both readers miss the stroke or accent of a letter."""
    if (word.known and word.text.islower()) or not any(map(str.isalpha, word.text)):
        return word
    return word._replace(confidence=min(word.confidence, ACCENTED))


def _said(words: Sequence[Recognised], piece: Sequence[int]) -> str:
    return " ".join(words[i].text for i in piece)


def _pieces(
    words: Sequence[Recognised],
    heavy: Sequence[bool],
    cells: Sequence[Cell],
    dark: Sequence[bool],
    boxes: Sequence[TickBox],
) -> Iterator[list[int]]:
    """Places of the words of each stretch to look at again, from left to right."""
    home = [_cell_of(word, cells) for word in words]
    count = Counter(cell for cell in home if cell is not None)
    if sum(dark) < MOST_DARK * len(dark):
        count.update({cell: LONGEST for cell, filled in enumerate(dark) if filled})  # labels: no need to look again
    piece: list[int] = []
    for i, word in enumerate(words):
        if piece and not _goes_on(words[piece[-1]], word, home[piece[-1]] == home[i]):
            yield from _wanted(piece, words, heavy, home, count, boxes)
            piece = []
        piece.append(i)
    yield from _wanted(piece, words, heavy, home, count, boxes)


def _wanted(
    piece: list[int],
    words: Sequence[Recognised],
    heavy: Sequence[bool],
    home: Sequence[int | None],
    count: Mapping[int, int],
    boxes: Sequence[TickBox],
) -> Iterator[list[int]]:
    if not piece or all(heavy[i] and not any(map(str.isdigit, words[i].text)) for i in piece):
        return
    cell = home[piece[0]]
    if (count[cell] if cell is not None else len(piece)) > (LONGEST if cell is not None else LONGEST_LINE):
        return
    first, last = words[piece[0]], words[piece[-1]]
    tall = first.bottom - first.top
    for box in boxes:  # what stands at a box is a printed option
        beside = box.x1 > first.x0 - ROOM * tall and box.x0 < last.x1 + ROOM * tall
        if beside and box.top < first.bottom and box.bottom > first.top:
            return
    yield piece


def _cell_of(word: Recognised, cells: Sequence[Cell]) -> int | None:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return next((i for i, (x0, top, x1, bottom) in enumerate(cells) if x0 <= x <= x1 and top <= y <= bottom), None)


def _goes_on(before: Recognised, word: Recognised, together: bool) -> bool:
    tall = before.bottom - before.top
    level = min(before.bottom, word.bottom) - max(before.top, word.top) > 0.5 * tall
    return together and level and -0.2 * tall < word.x0 - before.x1 < ROOM * tall


def compared(words: Sequence[Recognised], letters: Sequence[Letter], after: str) -> Iterator[Seen]:
    """Each word with what the second reader has at its place. after: the word behind them, if any."""
    bounds = [(a.x1 + b.x0) / 2 for a, b in pairwise(words)]
    edges = [float("-inf"), *bounds, float("inf")]
    parts = _spaced_alike(words, letters) or [
        [letter for letter in letters if edges[i] <= letter.at < edges[i + 1]] for i in range(len(words))
    ]
    for i, (word, part) in enumerate(zip(words, parts, strict=True)):
        spaced = i == 0 or not parts[i - 1] or not part or parts[i - 1][-1].text == " " or part[0].text == " "
        seen = believed(word, part)
        if _may_be_capital_i(seen):
            seen = _capital_i(seen, words[i + 1].text if i + 1 < len(words) else after)
        joined = not spaced and i > 0 and _one_word(words[i - 1], word)
        yield Seen(seen if spaced or joined else seen._replace(confidence=min(seen.confidence, ONCE)), glued=joined)


def _spaced_alike(words: Sequence[Recognised], letters: Sequence[Letter]) -> list[list[Letter]]:
    """The letters of each word by the second reader's own spaces, where it has as many words at the same places: of a
    narrow letter at the end of a word its place alone does not say to which word it belongs. Nothing where it has not."""
    groups = [list(group) for space, group in groupby(letters, key=lambda letter: letter.text == " ") if not space]
    if len(groups) != len(words):
        return []
    middles = [(group[0].at + group[-1].at) / 2 for group in groups]
    there = all(word.x0 <= at <= word.x1 for word, at in zip(words, middles, strict=True))
    return [[Letter(" ", group[0].at, 1.0), *group] for group in groups] if there else []


def _one_word(before: Recognised, word: Recognised) -> bool:
    """Whether two words between which the second reader saw no space are one: where the first made nothing of one of them,
    its spaces are as little worth."""
    return min(before.confidence, word.confidence) < LEAST or ADDRESS.search(before.text + word.text) is not None


def _may_be_capital_i(word: Recognised) -> bool:
    """Whether a word that seems to begin with a small l may be a name with a capital I: no long word of the dictionary is."""
    return SMALL_L.match(word.text) is not None and not (word.known and len(word.text) > SHORT_L)


def _capital_i(word: Recognised, after: str) -> Recognised:
    """A word that seems to begin with a small l: in most type a capital I looks the same, and names begin with one."""
    text = "I" + word.text[1:] if after[:1].isupper() else word.text
    return word._replace(text=text, confidence=min(word.confidence, ONCE))


def believed(word: Recognised, letters: Sequence[Letter]) -> Recognised:
    """One word from two readings of it; without text when it is but dirt."""
    spaced = "".join(letter.text for letter in letters).strip().translate(SAME)
    other = spaced.replace(" ", "")
    sure = min((letter.confidence for letter in letters if letter.text != " "), default=0.0)
    if other == word.text.translate(SAME) != spaced:  # several words that the first reader ran together
        return word._replace(text=spaced, confidence=ONCE)
    if other == word.text.translate(SAME):
        return word._replace(confidence=AGREED if min(sure, word.confidence) >= LEAST else ONCE)
    if not other and len(word.text) <= SPECKS and word.confidence < ONCE:
        return word._replace(text="", confidence=ONCE)
    if not other or sure < LEAST or (word.text == "/" and other in UPRIGHT):
        return word._replace(confidence=min(word.confidence, DISPUTED))
    if _plain(other) == _plain(word.text.translate(SAME)):
        return word._replace(text=other, confidence=ACCENTED)
    if sure >= min(word.confidence, TRUSTED) or ("$" in word.text and "$" not in other):  # no form has sums in dollars
        return word._replace(text=other, confidence=DISPUTED)
    return word._replace(confidence=min(word.confidence, DISPUTED))


def _plain(text: str) -> str:
    """Text without accents; ł and its like have none to take away but a stroke."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return bare.translate(STROKED)


STROKED = str.maketrans("łŁøØđĐ", "lLoOdD")
