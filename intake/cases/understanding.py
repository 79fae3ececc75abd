"""Understands an answer as typed by the kind of its field, or says kindly what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from extractors.answers import is_empty_answer
from extractors.contract import FIELDS, Field
from extractors.dates import Sense, parse_date
from extractors.identifiers import CHECKS
from extractors.models import FieldValue
from intake.models import RawAnswer

LONGEST = 20_000
"""Characters of an answer; a form's longest narratives stay well below."""
SENSES: Mapping[str, Sense] = MappingProxyType(
    {
        "person.date_of_birth": "birth",
        "conviction.notification_end": "future",
        "dates.release": "future",
        "dates.sentence_expiry": "future",
        "dates.licence_expiry": "future",
        "dates.parole_eligibility": "future",
        "hospital.discharge_date": "future",
        "hospital.tribunal_date": "future",
    }
)
"""What a two-digit year in the answer means; of all other dates, a day gone by."""
YES = frozenset({"yes", "y"})
NO = frozenset({"no", "n"})


class NotUnderstood(Exception):
    """`message` says what to write."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def understand(key: str | None, raw: RawAnswer, today: date) -> FieldValue:
    """The value that `raw` gives for `key` (None: an own question of the coordinator), None when it is not known.

    Raises NotUnderstood.
    """
    if raw.not_known_reason is not None:
        if not raw.not_known_reason.strip():
            raise NotUnderstood("Say why this is not known, for example who was asked")
        return None
    if key is None:
        return _narrative(_typed(raw))
    return KINDS[FIELDS[key].kind](FIELDS[key], raw, today)


def as_meant(key: str | None, raw: RawAnswer) -> RawAnswer:
    """An answer; an empty one such as "TBC" or "see OASys" as not known, in these words, as where it stands on a form."""
    said = [text for text in _texts(raw) if text.strip()]
    if key is None or raw.not_known_reason is not None or not said or not all(map(is_empty_answer, said)):
        return raw
    return RawAnswer(not_known_reason=as_typed(raw))


def _texts(raw: RawAnswer) -> list[str]:
    parts = [raw.text] if isinstance(raw.text, str) else raw.text
    return [text for part in parts for text in ([part] if isinstance(part, str) else part.values())]


def as_typed(raw: RawAnswer) -> str:
    """An answer as one text, for showing what was typed."""
    if isinstance(raw.text, str):
        return raw.text.strip()
    return "\n".join(
        part if isinstance(part, str) else "; ".join(cell for cell in part.values() if cell) for part in raw.text
    )


def _typed(raw: RawAnswer) -> str:
    text = as_typed(raw)
    if not text:
        raise NotUnderstood("Write an answer, or say that it is not known and why")
    if len(text) > LONGEST:
        raise NotUnderstood(f"Write at most {LONGEST:,} characters, or add a document instead")
    if any(ord(c) < 32 and c not in "\n\t" for c in text.replace("\r\n", "\n")):
        raise NotUnderstood("The text holds characters that cannot be stored: type it rather than paste it")
    return text


def _narrative(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def _text(field: Field, raw: RawAnswer, today: date) -> FieldValue:
    return " ".join(_typed(raw).split())


def _long(field: Field, raw: RawAnswer, today: date) -> FieldValue:
    return _narrative(_typed(raw))


def _identifier(field: Field, raw: RawAnswer, today: date) -> FieldValue:
    found = CHECKS[field.key](_typed(raw), today)
    if found.outcome == "wrong_shape":
        raise NotUnderstood(f"Check the {field.label}: it does not have the shape of one")
    if found.outcome == "wrong_check":
        raise NotUnderstood(f"Check the {field.label}: a character in it must be wrong, its check does not fit")
    return found.normalised


def _date(field: Field, raw: RawAnswer, today: date) -> FieldValue:
    found = parse_date(_typed(raw), today, SENSES.get(field.key, "past"))
    if found is None:
        raise NotUnderstood("Enter a real date, such as 27 3 2026")
    return found.isoformat()


def _yes_no(field: Field, raw: RawAnswer, today: date) -> FieldValue:
    word = _typed(raw).lower()
    if word in YES:
        return "yes"
    if word in NO:
        return "no"
    raise NotUnderstood("Choose yes or no")


def _choice(field: Field, raw: RawAnswer, today: date) -> FieldValue:
    return _code(field, _typed(raw), "Choose one of the options")


def _code(field: Field, text: str, otherwise: str) -> str:
    plain = " ".join(text.split()).lower()
    for code, words in field.options:
        if plain in (code.lower(), words.lower()):
            return code
    raise NotUnderstood(otherwise)


def _ticks(field: Field, raw: RawAnswer, today: date) -> FieldValue:
    _typed(raw)
    chosen = [raw.text] if isinstance(raw.text, str) else [part for part in raw.text if isinstance(part, str)]
    codes = {_code(field, text, "Choose from the options") for text in chosen}
    return tuple(code for code, _ in field.options if code in codes)


def _table(field: Field, raw: RawAnswer, today: date) -> FieldValue:
    _typed(raw)
    rows: list[Mapping[str, str]] = []
    if isinstance(raw.text, str):
        # One line for each row, the first column only: for those who answer in words.
        rows = [{field.columns[0]: line} for line in _narrative(raw.text).split("\n")]
    else:
        rows = [part for part in raw.text if not isinstance(part, str)]
    return tuple(_row(field, row, today) for row in rows if any(cell.strip() for cell in row.values()))


def _row(field: Field, row: Mapping[str, str], today: date) -> Mapping[str, str | None]:
    cells: dict[str, str | None] = {}
    for column in field.columns:
        text = re.sub(r"\s+", " ", row.get(column, "")).strip()
        if column == "date" and text:
            day = parse_date(text, today)
            if day is None:
                raise NotUnderstood("Enter real dates, such as 27 3 2026")
            text = day.isoformat()
        cells[column] = text or None
    return cells


KINDS: Mapping[str, Callable[[Field, RawAnswer, date], FieldValue]] = MappingProxyType(
    {
        "text": _text,
        "narrative": _long,
        "identifier": _identifier,
        "date": _date,
        "yes_no": _yes_no,
        "choice": _choice,
        "ticks": _ticks,
        "table": _table,
    }
)
