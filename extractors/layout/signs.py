"""Tick boxes and bullets that stand in lines of text as characters, told apart from words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extractors.layout.symbols import UNICODE, font_signs, sign
from extractors.page import Line, Run

_LOOKS = {"ticked": "☑", "empty": "☐", "tick": "✓", "filled": "■", "round": "○", "bullet": "•"}
"""What a sign of a symbol font becomes in text."""
_CROSS_CODES = {"wingdings2": b"OQSTUV", "wingdings": b"x\xfb\xfd", "webdings": b"r", "dingbats": b"5678"}
"""The codes of symbol fonts that show a cross: beside a tick, a cross says no."""

_ROUND_CODES = {0x6C: "●", 0xA4: "◉"}
"""Codes of Wingdings (and the first of Zapf Dingbats) that show a disc, which goes with empty circles and not squares."""

_CROSSES = "☒✗✘✕✖☓⊠🗷🗴🗶🗵🗙⮽⌧❌❎⮾⮿"
_RADIOS = "◉⦿🔘⊙☉⊗🞊"


def _characters(*kinds: str) -> str:
    return "".join(character for character, kind in UNICODE.items() if kind in kinds)


_TICKS = "".join(set(_characters("ticked", "tick")) - set(_CROSSES) - set(_RADIOS))
_ANY_SIGN = re.compile(rf"[{_characters('ticked', 'empty', 'tick', 'filled', 'round')}\[(|_]")
_SIGN = re.compile(
    rf"""
      (?P<empty>[{_characters("empty")}])
    | (?P<tick>[{_TICKS}])
    | (?P<cross>[{_CROSSES}])
    | (?P<square>[■◼⬛◾])
    | (?P<radio_empty>[{_characters("round")}])
    | (?P<radio_full>[{_RADIOS}])
    | (?P<disc>[●⬤⚫])
    | (?<![\w\])])\[[ \t_]{{0,5}}(?P<bracket>[xX{_TICKS}{_CROSSES}]?)[ \t_]{{0,5}}\](?![(\[])
    | (?<![\w\])])\([ \t_]{{0,5}}(?P<round>[xX{_TICKS}{_CROSSES}•●*]?)[ \t_]{{0,5}}\)(?!\w)
    | (?<![\w|])\|(?P<bar>[xX_])\|(?![\w|])
    | (?<!\w)_{{1,8}}(?P<line>[xX{_TICKS}])_{{1,8}}(?!\w)
    """,
    re.VERBOSE,
)
_STRAY = re.compile(r"(?<!\S)(?:[þýüû¨qoRPTSQx](?!\S)|£(?!\S)(?!\s*\d))")
"""Letters behind which Wingdings and Wingdings 2 show boxes and ticks, standing alone where the font was lost."""
_STRAY_EMPTY, _STRAY_CROSS = frozenset("¨£qo"), frozenset("ýû")
_NEVER_ALONE = frozenset("þýüû¨")
"""Those of them that English never writes by themselves."""
_TOLD_TOGETHER = frozenset({"empty", "square", "disc", "radio_empty", "radio_full", "round"})
"""Looks of signs that tell each other; ticks and crosses tell by themselves."""
_LONGEST_OPTION = 14
"""Words of the longest option on a line of its own, with its question before it or not."""
_BULLETS = "".join(dict.fromkeys(_characters("bullet", "filled", "round") + "▪◦✓✔"))
_TYPED_BULLET = re.compile(rf"\s*(?:[{_BULLETS}]\s*(?=\S)|[*–—-]\s+(?=\S)|o\t\s*(?=\S))")


def shown(font: str, character: str) -> str | None:
    """What a character shows in a symbol font: a sign as Unicode has it, "" for another picture; None for ordinary fonts."""
    signs = font_signs(font)
    if signs is None:
        return None
    code = ord(character)
    code = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    name = font.lower().replace(" ", "").replace("-", "").replace("_", "")
    crosses = next((codes for part, codes in _CROSS_CODES.items() if part in name), b"")
    if code < 256 and code in crosses:
        return "☒"
    if code in _ROUND_CODES and (("wingdings" in name and "2" not in name) or "dingbats" in name):
        return _ROUND_CODES[code]
    kind = sign(character, font)
    return "" if kind is None else _LOOKS[kind]


def may_be_option(line: Line) -> bool:
    """Whether a line of few words has a sign of which only those beside it tell whether it is a tick box, or one of those."""
    found = _SIGN.search(line.text) if len(line.text.split()) <= _LONGEST_OPTION else None
    return found is not None and found.lastgroup in _TOLD_TOGETHER


def marked(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The same lines with every tick box drawn by characters made a Run of its own with `mark`.

    `lines` are those of one cell or one paragraph: a cross beside a tick says no, a cross among empty boxes says yes, a
    filled square or disc is a mark only where empty ones stand beside it, or where it is all that stands there.
    """
    texts = [line.text for line in lines]
    done = tuple(lines)
    if any(_ANY_SIGN.search(text) for text in texts):
        found = [list(_SIGN.finditer(text)) for text in texts]
        looks = {name for matches in found for match in matches for name in _look(match)}
        if len("".join(texts).strip()) == 1:
            looks.add("alone")
        if any(sum(match.lastgroup in ("square", "disc") for match in matches) > 1 for matches in found):
            looks.add("several on a line")
        done = tuple(
            _with_marks(line, [(match, mark) for match in matches if (mark := _mark(match, looks)) is not None])
            for line, matches in zip(done, found, strict=True)
        )
    if any(_STRAY.search(text) for text in texts):
        found = [list(_STRAY.finditer(line.text)) for line in done]
        seen = Counter(match[0] for matches in found for match in matches)
        alone = len("".join(texts).strip()) == 1
        done = tuple(
            _with_marks(
                line,
                [(match, mark) for match in matches if (mark := _stray_mark(match[0], seen, alone)) is not None],
            )
            for line, matches in zip(done, found, strict=True)
        )
    return done


def _stray_mark(letter: str, seen: Counter[str], alone: bool) -> tuple[bool, float] | None:
    """(ticked, confidence) of a letter among those of its cell, `seen` so often; None when it is only a letter.

    `alone` says that nothing else stands in the cell.
    """
    if letter in _NEVER_ALONE:
        if letter in _STRAY_CROSS and {"þ", "ü"} & set(seen) and not _STRAY_EMPTY & set(seen):
            return False, 0.6
        return letter not in _STRAY_EMPTY, 0.95
    if letter == "o":
        # "o" is also the second of Word's ready-made bullets. Taken for empty boxes they are left out of a text all the same.
        boxes = alone or bool(_NEVER_ALONE & set(seen)) or seen["o"] > 1
    elif letter == "x":
        boxes = bool({"q", "¨"} & set(seen))
    elif letter == "q":
        boxes = alone or sum(seen[one] for one in (*_NEVER_ALONE, "q")) > 1
    else:
        boxes = "£" in seen and sum(seen[one] for one in "£RPTSQ") > 1
    return (letter not in _STRAY_EMPTY, 0.9) if boxes else None


def bulleted(line: Line) -> Line:
    """The line without a typed bullet sign at its start, `bullet` set when there was one."""
    if not line.runs or line.runs[0].mark is not None:
        return line
    found = _TYPED_BULLET.match(line.text)
    if found is None:
        return line
    runs, left = [], found.end()
    for run in line.runs:
        if left and run.mark is None and len(run.text) <= left:
            left -= len(run.text)
            continue
        runs.append(replace(run, text=run.text[left:]) if left else run)
        left = 0
    return replace(line, runs=tuple(runs), bullet=True)


def _look(match: re.Match[str]) -> tuple[str, ...]:
    name = match.lastgroup or ""
    if name == "round":
        return name, "round_full" if match[name] else "round_empty"
    return (name,)


def _mark(match: re.Match[str], looks: set[str]) -> tuple[bool, float] | None:
    """(ticked, confidence) of one sign among the looks of its cell, None when it is no box after all."""
    name = match.lastgroup or ""
    if name in ("empty", "tick", "radio_full", "line"):
        return name != "empty", 1.0
    if name == "cross":
        return (False, 0.6) if "tick" in looks and "empty" not in looks else (True, 1.0)
    if name == "square":
        return (True, 0.9) if looks & {"empty", "alone", "several on a line"} else None
    if name == "disc":
        return (True, 1.0) if looks & {"radio_empty", "alone", "several on a line"} else None
    if name == "radio_empty":
        return (False, 1.0) if looks & {"radio_full", "disc", "alone"} else None
    if name == "bracket":
        return bool(match[name]), 1.0
    if name == "round":
        # "(x)" is also the tenth of Roman numerals, and "()" without room for a sign is a slip of the pen.
        if match[name] in ("x", "X", "*"):
            return (True, 1.0) if "round_empty" in looks else None
        return (bool(match[name]), 1.0) if match[name] or len(match[0]) > 2 else None
    return match["bar"] != "_", 1.0


def _with_marks(line: Line, marks: list[tuple[re.Match[str], tuple[bool, float]]]) -> Line:
    if not marks:
        return line
    runs: list[Run] = []
    at = 0
    waiting = list(marks)
    for run in line.runs:
        start, end = at, at + len(run.text)
        at = end
        if not run.text:
            runs.append(run)
            continue
        here = start
        while waiting and waiting[0][0].start() < end:
            match, (mark, confidence) = waiting[0]
            if match.start() > here:
                runs.append(replace(run, text=run.text[here - start : match.start() - start]))
            if match.start() >= start:
                method = "symbol" if run.method == "text" else run.method
                sure = min(confidence, run.confidence)
                runs.append(replace(run, text="", mark=mark, confidence=sure, method=method))
            here = min(match.end(), end)
            if match.end() > end:
                break
            waiting.pop(0)
        if here < end:
            runs.append(replace(run, text=run.text[here - start :]))
    return replace(line, runs=tuple(runs))
