"""Which of the printed options a person chose: by ticking a box, an X, striking the others out, emphasis, or in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from extractors.answers import is_empty_answer
from extractors.matching.values.boxes import boxes_on
from extractors.matching.values.bracketed import bracketed
from extractors.matching.values.chosen import Chosen
from extractors.matching.values.listed import (
    by_ink,
    gap,
    joined,
    mostly,
    outside,
    partly,
    printed_list,
    room,
    said_again,
)
from extractors.matching.values.ticking import chosen_by_ticks
from extractors.page import Line, Run
from extractors.wording import Lexicon, plain

NEAR_OPTION = 0.62
"""How alike the words at a box and an option must be."""
_LOOKS = ("struck", "highlighted", "bold")
_STRAY_X = re.compile(r"(?:(?<![\w'’.&-])[xX]|(?<=[a-z\d_])X)(?![\w'’.&-])")
"""A cross typed beside an option, or right behind it, as in "NoX"."""
_POINTER = re.compile(r"(?<!\S)(?:[→➔➜➞➤⇒►▶☞»✱★*^]|[-=]{1,2}>|>{1,3}|<{1,3}|<[-=]{1,2})(?!\S)")
_UNNAMED = re.compile("[\ue000-\uf8ff\ufffd<>~#=^+!«»{}]|(?<=\\w)\\*(?!\\s*$)")
"""A sign of a font that does not say what it shows, or one that is printed between no options: somebody may have chosen by it."""
_PLACE = re.compile(r"_{2,}")
"""Where a cross may be put."""
_EMPTY_PLACE = re.compile(r"(?<!\S)_{2,4}(?!\S)")
_AND_NOTHING = "Beside the option ticked stands an answer that says nothing; it may be the one to this question."
_CROSSES = "Several options of one question are crossed."
_NO_CROSS = "A place for a cross beside the answer is empty; it may be one of several options."


def _says_nothing(line: Line) -> bool:
    """Whether a line without boxes is an empty answer, such as "N/K"."""
    return bool(line.text.strip()) and all(run.mark is None for run in line.runs) and is_empty_answer(line.text)


class Options:
    """The options of one field, found in print."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        phrases = {_folded(phrase): code for code, phrase in lexicon.phrases}
        self._codes = phrases
        self.codes = frozenset(phrases.values())
        wordy = sorted((phrase for phrase in phrases if len(phrase) > 2 or phrase in ("no",)), key=len, reverse=True)
        spaced = (r"[\s\-–:/().]{1,3}".join(map(re.escape, phrase.split())) for phrase in wordy)
        self._finder = re.compile(rf"(?<![^\W_])(?:{'|'.join(spaced)})(?![^\W_](?<!x)|x\w)", re.IGNORECASE)
        short = [re.escape(phrase) for phrase in phrases if phrase not in wordy]
        self._short = re.compile(rf"(?<!\w)(?:{'|'.join(short)})(?!\w)", re.IGNORECASE) if short else None

    def found_in(self, text: str) -> list[tuple[str, int, int]]:
        """(code, start, end) of every option named in `text`, the longest wording at each place."""
        return [(self._codes[_folded(match[0])], match.start(), match.end()) for match in self._finder.finditer(text)]

    def _offered(self, text: str, styles: list[tuple[int, int, Run]]) -> list[tuple[str, int, int]]:
        """The options named in `text`; with those of one or two signs ("1 / 2 / 3", "Y / N") where it is nothing but a list
        of options that is printed whole, or in which some are struck out or marked."""
        found = self.found_in(text)
        short = [
            (self._codes[_folded(match[0])], match.start(), match.end())
            for match in (self._short.finditer(text) if self._short else ())
            if not any(start <= match.start() < end for _, start, end in found)
        ]
        listed = sorted((*found, *short), key=lambda option: option[1])
        codes = {code for code, _, _ in listed}
        if not short or len(codes) < 2 or outside(text, listed):
            return found
        # In "Level 2 / 3" it is the figure alone that is struck out or marked.
        signs = [(code, end - len(text[start:end].split()[-1]), end) for code, start, end in listed]
        for told in (listed, signs):
            if len({tuple(mostly(option, styles, look) for look in _LOOKS) for option in told}) > 1:
                return told
        return listed if len(codes) > 2 or codes == self.codes else found

    def offered(self, lines: Sequence[Line]) -> set[str]:
        """The codes of the options that `lines` name."""
        return {code for code, _, _ in self._offered(*joined(lines))}

    def exactly(self, text: str) -> str | None:
        """The one option that `text` is, word for word."""
        exact = {match.owner for match in self._lexicon.exact(text)}
        return exact.pop() if len(exact) == 1 else None

    def code_of(self, text: str) -> tuple[str, float] | None:
        """The one option that `text` names, and how sure that is."""
        if (code := self.exactly(text)) is not None:
            return code, 1.0
        found = self.found_in(text)
        codes = list(dict.fromkeys(code for code, _, _ in found))
        if len(codes) == 1:
            return codes[0], 0.98
        if found and not text[: found[0][1]].strip(" \t\n([-–:.,"):
            return found[0][0], 0.9
        near = self._lexicon.nearest(text, NEAR_OPTION)
        if near and (len(near) == 1 or near[0].score > near[1].score + 0.1):
            return near[0].owner, 0.85
        return None

    def chosen(self, lines: Sequence[Line], several: bool) -> Chosen | None:
        """What `lines` choose; None when nobody has written or ticked anything. `several` allows more than one code."""
        boxes = boxes_on(lines)
        if boxes:
            ticked = chosen_by_ticks(self, boxes, several)
            if ticked is not None and ticked.codes and any(map(_says_nothing, lines)):
                ticked = replace(ticked, confidence=min(ticked.confidence, 0.6), doubts=(*ticked.doubts, _AND_NOTHING))
            if ticked is not None or any(self.code_of(box.after) or self.code_of(box.before) for box in boxes):
                return ticked
        return self._written(lines, several)

    def _written(self, lines: Sequence[Line], several: bool) -> Chosen | None:
        text, styles = joined(lines)
        if not text.strip(" _\n\t"):
            return None
        found = self._offered(text, styles)
        if any(style.struck for _, _, style in styles):
            return self._unstruck(text, styles, found, several)
        distinct = {code for code, _, _ in found}
        if len(distinct) > 1:
            by_x = self._by_x(text, found, several)
            if by_x is not None:
                return by_x
            again = said_again([code for code, _, _ in found])
            if again and (several or len(again) == 1):
                return Chosen(again, plain(text), confidence=0.85)
            if (pointed := self._pointed_at(lines, text, found, several)) is not None:
                return pointed
            rest = outside(text, found)
            emphasised = self._emphasised(found, styles, several)
            if emphasised:
                codes = tuple(dict.fromkeys(code for code, _, _ in emphasised))
                half = any(partly(option, styles, look) for option in found for look in ("highlighted", "bold"))
                said = "; ".join(text[start:end] for _, start, end in emphasised)
                return Chosen(codes, said, "emphasis", 0.85 if half else 0.93)
            if not rest and (one := bracketed(text, found)) is not None:
                return one
            if not rest:
                coloured = by_ink(found, styles)
                if coloured is not None:
                    return _in_colours(text, coloured, several)
                return self._nothing_but_options(lines, text, found, several)
        one = self._said(text, found, several)
        if _EMPTY_PLACE.search(text):
            one = replace(one, confidence=min(one.confidence, 0.6), doubts=(*one.doubts, _NO_CROSS))
        return one

    def _nothing_but_options(
        self, lines: Sequence[Line], text: str, found: list[tuple[str, int, int]], several: bool
    ) -> Chosen | None:
        """What several options without any mark say: nothing where they are printed, both where somebody wrote them. Of more
        than two options a pair alone may be either."""
        codes = tuple(dict.fromkeys(code for code, _, _ in found))
        picked = all(run.control == "choice" for line in lines for run in line.runs if run.text.strip())
        printed = not picked and (set(codes) == self.codes or printed_list(text, found))
        few = len(codes) * 2 <= len(self.codes)
        if printed and _UNNAMED.search(text):
            return Chosen(confidence=0.5, doubts=("A sign beside an option was not understood.",))
        if printed and not few:
            return None
        if several:
            return Chosen(codes, plain(text), confidence=0.85 if printed else 1.0)
        return Chosen((), plain(text), unread=True, confidence=0.6 if printed else 1.0)

    def _pointed_at(
        self, lines: Sequence[Line], text: str, found: list[tuple[str, int, int]], several: bool
    ) -> Chosen | None:
        """The option beside which a sign stands that no other has: an arrow, a star, the sign of a list."""
        listed = [line for line in lines if line.text.strip()]
        bullets = [line for line in listed if line.bullet]
        if len(bullets) == 1 and len(listed) > 2 and len(found) == len(listed):
            named = self.found_in(bullets[0].text)
            return Chosen((named[0][0],), plain(bullets[0].text), confidence=0.85) if len(named) == 1 else None
        signs = list(_POINTER.finditer(text))
        if not signs or len(signs) > max(1, len(found) // 2 if several else 1):
            return None
        near = [sorted((room(text, sign, start, end), code) for code, start, end in found)[:2] for sign in signs]
        sure = 0.85 if all(first[0] < second[0] for first, second in near) else 0.5
        codes = tuple(dict.fromkeys(first[1] for first, _ in near))
        return Chosen(codes, plain(text), confidence=sure, doubts=("A sign beside an option was taken for a mark.",))

    def _said(self, text: str, found: list[tuple[str, int, int]], several: bool) -> Chosen:
        raw = plain(text)
        exact = {match.owner for match in self._lexicon.exact(raw)}
        if len(exact) == 1:
            return Chosen((exact.pop(),), raw)
        first = re.match(r"\W*(yes|no|y|n)\b(?!\s*/)", raw, re.IGNORECASE)
        if first and self.codes >= {"yes", "no"}:
            return Chosen(("yes" if first[1][0] in "yY" else "no",), raw, confidence=0.97)
        codes = tuple(dict.fromkeys(code for code, _, _ in found))
        listed = [part.strip() for part in _AND.split(_NAME.sub("", raw))] if several else []
        if len(listed) > 1 and all(part in self.codes for part in listed):
            return Chosen(tuple(dict.fromkeys(listed)), raw, confidence=0.95)
        if len(codes) == 1:
            rest = len(plain(outside(text, found)))
            return Chosen(codes, raw, confidence=0.97 if rest < 40 else 0.85)
        if codes and several:
            return Chosen(codes, raw, confidence=0.85)
        if several and raw.strip() in self.codes:
            return Chosen((raw.strip(),), raw, confidence=0.95)
        leading = re.match(r"\W*(\d)\b(?![\d./])", raw)
        if leading and leading[1] in self.codes and not codes:
            return Chosen((leading[1],), raw, confidence=0.9)
        if not codes:
            near = self._lexicon.nearest(raw, 0.75)
            if near and (len(near) == 1 or near[0].score > near[1].score + 0.1):
                return Chosen(
                    (near[0].owner,), raw, confidence=0.85, doubts=("The answer is worded unlike the options.",)
                )
        return Chosen((), raw, unread=True)

    def _unstruck(
        self, text: str, styles: list[tuple[int, int, Run]], found: list[tuple[str, int, int]], several: bool
    ) -> Chosen | None:
        left = [option for option in found if not mostly(option, styles, "struck")]
        codes = tuple(dict.fromkeys(code for code, _, _ in left))
        kept = "".join(
            " " if any(a <= at < b and run.struck for a, b, run in styles) else sign for at, sign in enumerate(text)
        )
        half = any(partly(option, styles, "struck") for option in found)
        if len(codes) == 1:
            return Chosen(codes, text[left[0][1] : left[0][2]], "strike_out", 0.85 if half else 0.97)
        if codes and several and len(left) < len(found):
            return Chosen(codes, plain(kept), "strike_out", 0.85 if half else 0.9)
        if not plain(kept).strip(" /|,;-"):
            return Chosen((), plain(text), "strike_out", 0.8, unread=True)
        if not codes:
            said = self._said(kept, [], several)
            return Chosen(said.codes, said.raw, "strike_out", min(said.confidence, 0.9), said.unread, said.doubts)
        return Chosen((), plain(text), "strike_out", 0.8, unread=True)

    def _by_x(self, text: str, found: list[tuple[str, int, int]], several: bool) -> Chosen | None:
        """An X typed beside one of several options: the one it stands nearest to."""
        crosses = list(_STRAY_X.finditer(text))
        if not crosses:
            return None
        codes: list[str] = []
        raws: list[str] = []
        sure = 0.93
        for cross in crosses:
            gaps = sorted(
                (gap(text, cross, start, end), start > cross.start(), code, start, end) for code, start, end in found
            )
            if len(gaps) > 1 and gaps[0][0] == gaps[1][0]:
                # The same room on both sides: what the line begins or ends with tells on which side the crosses stand.
                leads = text.strip().lower().startswith(("x", "_"))
                trails = text.strip().lower().endswith(("x", "_"))
                if leads == trails:
                    return Chosen(
                        (), plain(text), confidence=0.5, unread=True, doubts=("The cross may belong to either option.",)
                    )
                gaps = [gap for gap in gaps if gap[1] == leads] or gaps
                if len(crosses) + len(_PLACE.findall(text)) < len(found):
                    sure = 0.88
            codes.append(gaps[0][2])
            raws.append(text[gaps[0][3] : gaps[0][4]])
        named = tuple(dict.fromkeys(codes))
        if len(named) > 1 and not several:
            return Chosen((), "; ".join(raws), confidence=0.6, unread=True, doubts=(_CROSSES,))
        return Chosen(named, "; ".join(raws), confidence=sure)

    def _emphasised(
        self, found: list[tuple[str, int, int]], styles: list[tuple[int, int, Run]], several: bool
    ) -> list[tuple[str, int, int]]:
        """The options that are marked with colour, or bold, where others are not."""
        for look in ("highlighted", "bold"):
            with_look = [option for option in found if mostly(option, styles, look)]
            codes = {code for code, _, _ in with_look}
            if (len(codes) == 1 or (several and codes)) and len(codes) < len({code for code, _, _ in found}):
                return with_look if several else with_look[:1]
        return []


_NAME = re.compile(r"^\W*[A-Za-z]+\.?\s*(?=\d)")
_AND = re.compile(r"[,;&+/]|\band\b")
"""What options are called before their figures, and what parts the figures: "Cat. 1, 2 and 3"."""


def _in_colours(text: str, told: list[tuple[str, int, int]], several: bool) -> Chosen:
    """What options printed in several colours say; `told` are those that stand out."""
    codes = tuple(dict.fromkeys(code for code, _, _ in told))
    if not codes or (len(codes) > 1 and not several):
        return Chosen(confidence=0.85, doubts=("The options are printed in several colours.",))
    said = "; ".join(text[start:end] for _, start, end in told)
    return Chosen(codes, said, "emphasis", 0.85, doubts=("The choice was told by the colour of the print.",))


@lru_cache(maxsize=256)
def options_of(lexicon: Lexicon) -> Options:
    """The options of a lexicon, made once."""
    return Options(lexicon)


def _folded(phrase: str) -> str:
    return " ".join(re.sub(r"[\s\-–:/().]+", " ", plain(phrase)).casefold().split())
