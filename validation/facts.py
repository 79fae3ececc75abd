"""What a form states, as rules may use it: a value only where something usable was stated, dates as dates, and on what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from extractors.contract import FIELDS
from extractors.models import FieldValue, FormReading


class Facts:
    """One form on the day it was received.

    A field is stated when its status is `read` and a value of its kind stands there. Blank, "not known", "see attached", a
    label that the edition lacks, and something written that could not be understood are all missing.
    """

    def __init__(self, reading: FormReading, received: date, answers: Mapping[str, FieldValue] | None = None) -> None:
        self.reading = reading
        self.form = reading.form
        self.received = received
        self._answers: Mapping[str, FieldValue] = answers or {}

    def supposing(self, key: str, answer: FieldValue) -> Facts:
        """The same form, had `key` been answered with `answer`."""
        return Facts(self.reading, self.received, {**self._answers, key: answer})

    def value(self, key: str) -> FieldValue:
        """The stated value of `key`, None when it is missing."""
        answer = self._answers[key] if key in self._answers else self.reading.value(key)
        return answer if answer and _fits(key, answer) else None

    def text(self, key: str) -> str | None:
        """The stated text of `key`, None when it is missing or no text."""
        found = self.value(key)
        return found if isinstance(found, str) else None

    def ticks(self, key: str) -> tuple[str, ...]:
        """The codes ticked under `key`; empty when none is."""
        found = self.value(key)
        return tuple(code for code in found if isinstance(code, str)) if isinstance(found, tuple) else ()

    def rows(self, key: str) -> tuple[Mapping[str, str | None], ...]:
        """The rows of the table `key`; empty when it has none."""
        found = self.value(key)
        return tuple(row for row in found if isinstance(row, Mapping)) if isinstance(found, tuple) else ()

    def day(self, key: str) -> date | None:
        """The stated date of `key`, None when it is missing or no calendar date."""
        return calendar_day(self.text(key) or "")

    @property
    def referral_day(self) -> date:
        """The day written as the date of referral or notification, else the day of receipt."""
        return self.day("referrer.date") or self.received

    @property
    def age(self) -> int | None:
        """Age in whole years on the referral day, None without a date of birth."""
        born = self.day("person.date_of_birth")
        return None if born is None else years_between(born, self.referral_day)

    def evidence(self, key: str) -> str:
        """Where the answer to `key` stands and how it is written, in words for the coordinator."""
        found = self.reading.values.get(key)
        if found is None or found.status == "absent":
            return "this edition of the form does not ask for it"
        if found.status == "blank":
            return "left blank"
        raw = found.evidence.raw if found.evidence else None
        written = f"“{shortened(raw)}”" if raw else "an answer"
        if found.status == "not_known":
            return f"{written} is written, which settles nothing"
        if not found.value:
            return f"{written} is written, which could not be understood"
        if found.evidence is not None and found.evidence.method == "answered":
            return f"{written}, answered by the referrer"
        return f"{written} on page {found.evidence.page}" if found.evidence and found.evidence.page else written


def calendar_day(text: str) -> date | None:
    """The day that an ISO date names, None where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _fits(key: str, answer: FieldValue) -> bool:
    """Whether an answer is of its field's kind, so that it can be judged by."""
    field = FIELDS[key]
    codes = ("yes", "no") if field.kind == "yes_no" else tuple(code for code, _ in field.options)
    if isinstance(answer, str):
        by_kind = {"date": calendar_day(answer) is not None, "ticks": False, "table": False}
        return by_kind.get(field.kind, answer in codes if codes else bool(answer.strip()))
    if field.kind == "ticks":
        return all(code in codes for code in answer or ())
    return field.kind == "table" and all(isinstance(row, Mapping) for row in answer or ())


def years_between(born: date, day: date) -> int:
    """Whole years from `born` to `day`; a birthday on 29 February is reached on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def shortened(text: str, limit: int = 120) -> str:
    """One line of at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
