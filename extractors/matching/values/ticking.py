"""Which of the printed options the ticks in boxes choose: those behind the boxes or those before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractors.answers import is_empty_answer
from extractors.matching.values.boxes import Box, on_line, wide
from extractors.matching.values.chosen import Chosen
from extractors.matching.values.listed import outside
from extractors.wording import plain

if TYPE_CHECKING:
    from extractors.matching.values.choices import Options

_MAY_BE_EITHER = "The tick may belong to either option."
_SIDE_BY_SIDE = "Two tick boxes stand beside each other without words between."
_EITHER = 0.5
"""How sure a tick is that stands between two options, as near to one as to the other."""


def chosen_by_ticks(options: Options, boxes: list[Box], several: bool) -> Chosen | None:
    """What the ticks in `boxes` choose; None where none is ticked for certain. `several` allows more than one code."""
    sure = min(box.run.confidence for box in boxes)
    doubts = ("A tick box is not clear.",) if sure < 0.9 else ()
    side, counts = _side(options, boxes)
    codes = [
        _at(options, box.before, box.before_all) if side else _at(options, box.after, box.after_all) for box in boxes
    ]
    texts = [(box.before or box.before_all) if side else (box.after or box.after_all) for box in boxes]
    beside = _beside_some(options, boxes)
    if beside is not None:
        codes, texts = [one[0] for one in beside], [one[1] for one in beside]
        if any(one[0][1] <= _EITHER for one in beside):
            doubts = (*doubts, _MAY_BE_EITHER)
    elif counts[0] == counts[1] > 0:
        sure, doubts = min(sure, 0.6), (*doubts, "The ticks may belong to the options before or behind them.")
    if any((box.run.mark or several) and _names_several(options, text) for text, box in zip(texts, boxes, strict=True)):
        sure, doubts = min(sure, _EITHER), (*doubts, _MAY_BE_EITHER)
    if any(not one.after_all.strip() for one in boxes[:-1]):
        sure, doubts = min(sure, _EITHER), (*doubts, _SIDE_BY_SIDE)
    hits = [(code, text, box.run) for code, text, box in zip(codes, texts, boxes, strict=True) if box.run.mark]
    if not hits:
        if sure < 0.9 and any(code is not None for code in codes):
            return Chosen(raw="", method=boxes[0].run.method, confidence=sure, doubts=doubts)
        return None
    raw = "; ".join(plain(text) for _, text, _ in hits if text.strip())
    method = hits[0][2].method
    if all(is_empty_answer(text) for _, text, _ in hits):
        return Chosen((), raw, method, sure, doubts=doubts, empty=True)
    known = [code for code in codes if code is not None]
    if not known and len(boxes) == 1 and options.codes >= {"yes", "no"}:
        return Chosen(
            ("yes",), raw or "ticked", method, min(sure, 0.85), doubts=(*doubts, "One tick box without yes or no.")
        )
    read = [code for code, _, _ in hits if code is not None]
    named = tuple(dict.fromkeys(code for code, _ in read))
    if len(read) < len(hits):
        rest = "An option was ticked that the form's definition does not know."
        return Chosen(
            named if several else (), raw, method, 0.6, unread=not several or not named, doubts=(*doubts, rest)
        )
    sure = min([sure, *(certainty for _, certainty in read)])
    if len(named) > 1 and not several:
        return Chosen((), raw, method, sure, unread=True, doubts=doubts)
    return Chosen(named, raw, method, sure, doubts=doubts)


def _side(options: Options, boxes: Sequence[Box]) -> tuple[int, tuple[int, int]]:
    """Whether the options stand behind their boxes (0) or before them (1), and how much speaks for either."""
    near = [sum(options.code_of(text) is not None for text in texts) for texts in on_line(boxes)]
    far = [
        sum(_at(options, box.after, box.after_all) is not None for box in boxes),
        sum(_at(options, box.before, box.before_all) is not None for box in boxes),
    ]
    leads, trails = not boxes[0].before_all.strip(), not boxes[-1].after_all.strip()
    behind = (far[0] * 2 + near[0]) * 2 + (leads and not trails)
    before = (far[1] * 2 + near[1]) * 2 + (trails and not leads)
    return int(before > behind), (behind, before)


def _beside_some(options: Options, boxes: Sequence[Box]) -> list[tuple[tuple[str, float], str]] | None:
    """Where fewer boxes stand on lines than options, and each is ticked: the option to which each is nearest, and how
    surely; None when every option has a box."""
    if not all(box.run.mark for box in boxes):
        return None
    texts = "\n".join((boxes[0].before_all, *(box.after_all for box in boxes)))
    if len({code for code, _, _ in options.found_in(texts)}) <= len(boxes):
        return None
    found: list[tuple[tuple[str, float], str]] = []
    for box in boxes:
        before, behind = options.found_in(box.before)[-1:], options.found_in(box.after)[:1]
        if not before and not behind:
            return None
        left = wide(box.before[before[0][2] :]) if before else None
        right = wide(box.after[: behind[0][1]]) if behind else None
        nearer = before if right is None or (left is not None and left < right) else behind
        text = box.before if nearer is before else box.after
        found.append(((nearer[0][0], _EITHER if left == right else 0.97), text[nearer[0][1] : nearer[0][2]]))
    return found


def _names_several(options: Options, text: str) -> bool:
    """Whether the words of one box are several options and nothing else: the box of one of them was not seen."""
    found = options.found_in(text)
    return len({code for code, _, _ in found}) > 1 and not outside(text, found)


def _at(options: Options, near: str, far: str) -> tuple[str, float] | None:
    for text in dict.fromkeys((near, far)):
        if text.strip():
            found = options.code_of(text)
            if found is not None:
                return found
    return None
