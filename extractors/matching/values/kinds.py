"""What was written, as a value of its kind: text, narrative, identifier, date, yes or no, choice, ticks.

`parsed` never guesses: what is written but cannot be understood has status read and no value, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from extractors.answers import is_empty_answer
from extractors.contract import Kind
from extractors.dates import dates_in
from extractors.forms.definitions import PLAIN_WORDS, Definition, FieldForm
from extractors.identifiers import CHECKS, visor
from extractors.matching.values.choices import options_of
from extractors.matching.values.misread import corrected
from extractors.models import FieldValue, Status
from extractors.page import Line, Run
from extractors.wording import PLAIN, plain


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value of one kind with its status, the text as written, the method, and how well the text fits the kind (0..1)."""

    status: Status
    value: FieldValue = None
    raw: str | None = None
    method: str = "text"
    confidence: float = 1.0
    doubts: tuple[str, ...] = ()


BLANK = Parsed("blank")
NOT_UNDERSTOOD = 0.85
"""The most confidence in an answer that says none of what was asked: it may be another question's."""


def parsed(field: FieldForm, lines: Sequence[Line], definition: Definition, today: date) -> Parsed:
    """What `lines` say, as a value of the field's kind."""
    if field.kind == "table":
        raise ValueError(f"{field.key} is a table: rows are read by their columns")
    return _PARSERS[field.kind](field, lines, definition, today)


def written(lines: Sequence[Line], definition: Definition) -> str:
    """The text of lines as paragraphs, without prompts of controls, struck words, fill lines and bullet signs."""
    paragraphs: list[str] = []
    for line in lines:
        text = plain_spaced(
            "".join(run.text for run in line.runs if not run.placeholder and not run.struck and run.mark is None)
        )
        text = _FILL.sub(" ", text)
        text = " ".join((text if line.joins_previous else _BULLET.sub("", text)).split())
        if not text:
            continue
        if line.joins_previous and paragraphs:
            cut = "@" in paragraphs[-1].split()[-1] and " " not in text and text.islower()
            paragraphs[-1] = f"{paragraphs[-1]}{'' if cut else ' '}{text}"
        else:
            paragraphs.append(text)
    joined = "\n".join(paragraphs)
    return "" if is_prompt(joined, definition) else definition.prompt_before.sub("", joined, count=1)


def is_prompt(text: str, definition: Definition) -> bool:
    """Whether `text` is what an empty field shows."""
    return " ".join(PLAIN_WORDS.tokens(text)) in definition.prompts


def plain_spaced(text: str) -> str:
    """Plain signs, white space kept as single blanks."""
    return " ".join(text.translate(_SIGNS).split())


_SIGNS = str.maketrans({"\u00a0": " ", "\u00ad": None, "\ufffe": "-", "\u200b": None, "\ufeff": None, "\t": " "})
_FILL = re.compile(r"_{2,}|\.{4,}|…{2,}|(?<!\S)_+(?=[\s\w])|(?<=\w)_+(?!\S)|(?<!\S)_(?!\S)|(?<!\S)\.{2,}(?=\w)")
_BULLET = re.compile(r"^\s*(?:[•‣⁃∙◦·▪▫►▶➢➤❖◆\uf0b7\uf0a7\uf0d8]+\s*|[-–—*]\s+(?=\S)|o\s{2,}(?=\S))")


def method_of(lines: Sequence[Line]) -> str:
    """How most of the written text was read."""
    sizes: dict[str, int] = {}
    for run in _written_runs(lines):
        sizes[run.method] = sizes.get(run.method, 0) + len(run.text.strip())
    return max(sizes, key=lambda method: sizes[method]) if sizes else "text"


def certainty_of(lines: Sequence[Line]) -> float:
    """How sure the reading of the written words is: that of the least sure one, softened for long texts."""
    runs = [run for run in _written_runs(lines) if run.text.strip()]
    if not runs:
        return 1.0
    least = min(run.confidence for run in runs)
    mean = sum(run.confidence * len(run.text) for run in runs) / sum(len(run.text) for run in runs)
    return least if sum(len(run.text) for run in runs) < 60 else (least + 3 * mean) / 4


def _written_runs(lines: Sequence[Line]) -> list[Run]:
    return [run for line in lines for run in line.runs if not run.placeholder and not run.struck and run.mark is None]


def _text(field: FieldForm, lines: Sequence[Line], definition: Definition, today: date) -> Parsed:
    if any(run.mark is not None for line in lines for run in line.runs):
        return _ticked_text(lines, definition)
    text = " ".join(written(lines, definition).split()).strip(" ;,")
    if not text:
        return BLANK
    raw = _raw(lines, definition)
    if is_empty_answer(text):
        return Parsed("not_known", None, raw, method_of(lines), certainty_of(lines))
    if field.key == "person.visor_ref" and any(sign.isdigit() for sign in text):
        text = visor(text).normalised
    value, fit = text, 1.0
    doubts: tuple[str, ...] = ()
    emphasised = _one_of_printed(text, lines)
    if emphasised is not None:
        value, fit = emphasised, 0.85
    if _PRINTED_OPTIONS.fullmatch(text):
        fit, doubts = 0.6, ("The answer is the printed options of another question.",)
    if _CROSS.search(text):
        fit, doubts = min(fit, 0.8), ("A cross stands among the words; it may choose some of them.",)
    checked = _TEXT_SHAPES.get(field.key)
    if checked and not checked.search(text):
        fit, doubts = 0.88, ("The answer does not look like one to this question.",)
    if _YES_OR_NO.fullmatch(text) and field.key not in _MAY_BE_NONE:
        fit, doubts = 0.6, ("Only yes or no is answered where words are asked for.",)
    return Parsed("read", value, raw, method_of(lines), min(fit, certainty_of(lines)), doubts)


_CROSS = re.compile(r"(?<!\S)[xX](?!\S)")
_PARTED = re.compile(r"\s{2,}|\t|\n|\s[-–—_/|]+\s")
"""What parts the words at one tick from those of options that have no box drawn."""
_YES_OR_NO = re.compile(r"yes|no|y|n", re.IGNORECASE)
_MAY_BE_NONE = frozenset({"person.aliases", "person.visor_ref", "person.gender", "person.agency_ref"})
"""What a person may well not have, so that "no" is an answer."""
_PRINTED_OPTIONS = re.compile(r"\W*yes\W+no\W*", re.IGNORECASE)
_TEXT_SHAPES = {
    "referrer.email": re.compile(r"@"),
    "referrer.phone": re.compile(r"\d(?:\D{0,2}\d){3}"),
    "person.agency_ref": re.compile(r"^(?!\s*(?:\+44|0)(?:[\s()-]*\d){9,10}\s*$).*\d"),
    "endorsement.name": re.compile(r"^(?!(?:yes|no|y|n)\b\W*$)", re.IGNORECASE),
}
"""What an answer to a text question nearly always holds; without it the value may be a neighbour's."""


def _one_of_printed(text: str, lines: Sequence[Line]) -> str | None:
    """The emphasised one of words divided by strokes, such as "Male / **Female**"."""
    if "/" not in text:
        return None
    bold = plain("".join(run.text for run in _written_runs(lines) if run.bold or run.highlighted)).strip(" /")
    parts = [part.strip() for part in text.split("/")]
    return bold if bold in parts and len(parts) > 1 and bold != text else None


def _ticked_text(lines: Sequence[Line], definition: Definition) -> Parsed:
    """A text field printed as boxes: the words at the ticked ones."""
    marks = [run for line in lines for run in line.runs if run.mark is not None]
    first = next(run for line in lines for run in line.runs if run.mark is not None or run.text.strip())
    before = first.mark is not None
    texts: list[tuple[Run, str]] = []
    for at, line in enumerate(lines):
        waiting = ""
        if at and before and texts and not line.joins_previous:
            texts[-1] = (texts[-1][0], texts[-1][1] + "\n")
        for run in line.runs:
            if run.mark is None:
                if before and texts:
                    texts[-1] = (texts[-1][0], texts[-1][1] + run.text)
                waiting += run.text
            else:
                texts.append((run, "" if before else waiting))
                waiting = ""
    sure = min(run.confidence for run in marks)
    lone = len(texts) == 1 and len(texts[0][1].split()) > 1
    if lone:
        parts = [part for part in _PARTED.split(texts[0][1]) if part.strip()]
        texts, sure = [(texts[0][0], parts[0] if before else parts[-1])], min(sure, 0.8)
    ticked = [plain(text) for run, text in texts if run.mark and text.strip()]
    if not ticked:
        return (
            BLANK
            if not any(run.mark for run in marks)
            else Parsed("read", None, "ticked", marks[0].method, 0.5, ("A box is ticked that has no words.",))
        )
    value = ", ".join(ticked)
    status: Status = "not_known" if is_empty_answer(value) else "read"
    doubts = ("One tick stands among several words; it may mean others of them.",) if lone else ()
    return Parsed(status, value if status == "read" else None, value, marks[0].method, min(sure, 0.95), doubts)


_LOOSE_END = re.compile(r"(?<=\w)(?:\s+-|;)\s*$")
"""What parts an answer from the next label on its line."""


def _narrative(field: FieldForm, lines: Sequence[Line], definition: Definition, today: date) -> Parsed:
    text = _LOOSE_END.sub("", written(lines, definition))
    if not text:
        return BLANK
    status: Status = "not_known" if is_empty_answer(text) else "read"
    doubts: tuple[str, ...] = ()
    if _PRINTED_OPTIONS.fullmatch(text) is not None:
        doubts = ("The answer is the printed options of another question.",)
    elif status == "read" and not any(sign.isalpha() for sign in text):
        doubts = ("The answer has no words.",)
    return Parsed(
        status,
        text if status == "read" else None,
        _raw(lines, definition),
        method_of(lines),
        0.6 if doubts else certainty_of(lines),
        doubts,
    )


def _identifier(field: FieldForm, lines: Sequence[Line], definition: Definition, today: date) -> Parsed:
    text = " ".join(written(lines, definition).split())
    if not text:
        return BLANK
    raw, method, sure = _raw(lines, definition), method_of(lines), certainty_of(lines)
    if is_empty_answer(text):
        return Parsed("not_known", None, raw, method, sure)
    check = CHECKS[field.key]
    whole = check(text.translate(PLAIN).strip(" .,;:"), today)
    if whole.outcome != "wrong_shape":
        return Parsed("read", whole.normalised, raw, method, *_checked(whole.valid, method, sure))
    tokens = re.findall(r"[A-Za-z0-9][\w/\-]*", text.translate(PLAIN))
    inside = {
        found.normalised
        for size in (1, 2, 3)
        for found in (check(" ".join(tokens[at : at + size]), today) for at in range(len(tokens) - size + 1))
        if found.valid
    }
    if len(inside) == 1:
        return Parsed(
            "read", inside.pop(), raw, method, min(sure, 0.85), ("More than the number stands in the field.",)
        )
    if method == "ocr" and (right := corrected(text, check, today)) is not None:
        return Parsed(
            "read",
            right.normalised,
            raw,
            "ocr_corrected",
            0.8,
            ("A sign was taken for its like: with the one put here the number has its form and passes its check.",),
        )
    return Parsed(
        "read",
        text,
        raw,
        method,
        min(sure, 0.85 if any(sign.isdigit() for sign in text) else 0.6),
        ("The number is not in the expected form.",),
    )


def _checked(valid: bool, method: str, sure: float) -> tuple[float, tuple[str, ...]]:
    """A wrong check is the writer's slip where text is exact, and likely a misread sign where it was recognised from a picture."""
    if valid or method != "ocr":
        return sure, ()
    return min(sure, 0.6), ("The check letter or digit does not fit what was recognised.",)


_UNSURE = re.compile(
    r"\b(?:approx\w*|circa|about|around|tbc|provisional\w*|estimated?|if|or|before|after|earliest|latest|unless)\b|\?",
    re.IGNORECASE,
)


def _date(field: FieldForm, lines: Sequence[Line], definition: Definition, today: date) -> Parsed:
    text = " ".join(written(lines, definition).split())
    stored = next((run.iso_date for line in lines for run in line.runs if run.iso_date and not run.placeholder), None)
    if not re.search(r"\w", text) and not is_empty_answer(text):
        if stored is None:
            return BLANK
        return Parsed("read", stored[:10], stored, "content_control", 0.9)
    raw, method, sure = _raw(lines, definition), method_of(lines), certainty_of(lines)
    if is_empty_answer(text):
        return Parsed("not_known", None, raw, method, sure)
    found = dates_in(text, today, field.sense)
    days = {one.day for one in found}
    if len(days) != 1:
        said = "More than one date is written." if days else "No date is written."
        return Parsed("read", None, raw, method, min(sure, NOT_UNDERSTOOD), (said,))
    rest = (text[: found[0].start] + text[found[-1].end :]).strip(" .,;()")
    doubts: tuple[str, ...] = ()
    if rest and (_UNSURE.search(rest) or len(rest) > 40):
        sure, doubts = min(sure, 0.8), ("More than a date is written.",)
    day = days.pop()
    if stored is not None and stored[:10] != day.isoformat():
        sure, doubts = min(sure, 0.8), ("The date shown and the date stored in the field differ.",)
    if method == "ocr" and not 1900 < day.year < today.year + 60:
        sure, doubts = min(sure, 0.5), ("The year is unlikely.",)
    return Parsed("read", day.isoformat(), raw, method, sure, doubts)


def _options(field: FieldForm, lines: Sequence[Line], definition: Definition, today: date) -> Parsed:
    if field.options is None:
        raise ValueError(f"{field.key} has no options")
    several = field.kind == "ticks"
    text = written(lines, definition)
    boxed = any(run.mark is not None for line in lines for run in line.runs)
    if not boxed and is_empty_answer(text):
        return Parsed("not_known", None, _raw(lines, definition), method_of(lines), certainty_of(lines))
    if not boxed and not text and not any(run.struck for line in lines for run in line.runs):
        return BLANK
    chosen = options_of(field.options).chosen(lines, several)
    if chosen is None:
        return _beside_boxes(lines, definition) if boxed else BLANK
    if chosen.empty:
        return Parsed("not_known", None, chosen.raw, chosen.method, chosen.confidence, chosen.doubts)
    if not chosen.codes and not chosen.unread:
        return Parsed("blank", None, None, chosen.method, chosen.confidence, chosen.doubts)
    sure = min(chosen.confidence, certainty_of(lines) if chosen.method in ("text", "emphasis", "strike_out") else 1.0)
    method = method_of(lines) if chosen.method == "text" else chosen.method
    if not chosen.codes:
        return Parsed("read", None, chosen.raw, method, min(sure, NOT_UNDERSTOOD), chosen.doubts)
    value: FieldValue = chosen.codes if several else chosen.codes[0] if len(chosen.codes) == 1 else None
    return Parsed("read", value, chosen.raw, method, sure, chosen.doubts)


def _beside_boxes(lines: Sequence[Line], definition: Definition) -> Parsed:
    """Nothing ticked: blank, unless an empty answer was typed on a line of its own or behind the options."""
    for line in lines:
        words = plain("".join(run.text for run in line.runs if run.mark is None))
        if words.strip("_.… ") and is_empty_answer(words):
            return Parsed("not_known", None, words, method_of(lines), 0.9)
    return BLANK


def _raw(lines: Sequence[Line], definition: Definition) -> str:
    return "\n".join(
        text
        for line in lines
        if (text := plain_spaced("".join(run.text for run in line.runs if not run.placeholder and run.mark is None)))
    )


_PARSERS: dict[Kind, Callable[[FieldForm, Sequence[Line], Definition, date], Parsed]] = {
    "text": _text,
    "narrative": _narrative,
    "identifier": _identifier,
    "date": _date,
    "yes_no": _options,
    "choice": _options,
    "ticks": _options,
}
