"""Turns a form's fields into answers as typed, and answers as typed back into a form's fields; what they mean is asked of intake."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from werkzeug.datastructures import MultiDict

from extractors.contract import FIELDS
from extractors.models import FieldValue, Model
from intake.models import Clarification, RawAnswer

Form = MultiDict[str, str]
DATE_PARTS = ("day", "month", "year")
LEAST_ROWS = 3


class Control(Model):
    """One field to fill in: its kind decides the control. `name` is the prefix of its form fields and its anchor."""

    name: str
    kind: str
    label: str
    hint: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    text: str = ""
    chosen: tuple[str, ...] = ()
    rows: tuple[Mapping[str, str], ...] = ()
    parts: tuple[str, str, str] = ("", "", "")
    not_known: bool = False
    reason: str = ""
    error: str | None = None

    @property
    def first_id(self) -> str:
        """The id that an error summary leads to."""
        return {"date": f"{self.name}-day", "table": f"{self.name}-0-{self.columns[0] if self.columns else ''}"}.get(
            self.kind, self.name
        )


def sent(form: Form, name: str, kind: str, columns: tuple[str, ...] = ()) -> RawAnswer | None:
    """What was typed for one control; None when it was left alone."""
    reason = form.get(f"{name}-reason", "").strip()
    if form.get(f"{name}-unknown"):
        return RawAnswer(not_known_reason=reason)
    text: str | tuple[str, ...] | tuple[Mapping[str, str], ...]
    if kind == "date":
        parts = [form.get(f"{name}-{part}", "").strip() for part in DATE_PARTS]
        text = "/".join(parts) if any(parts) else ""
    elif kind == "ticks":
        text = tuple(code for code in form.getlist(name) if code)
    elif kind == "table":
        text = _sent_rows(form, name, columns)
    else:
        text = form.get(name, "").replace("\r\n", "\n").strip()
    return RawAnswer(text=text) if text else None


def _sent_rows(form: Form, name: str, columns: tuple[str, ...]) -> tuple[Mapping[str, str], ...]:
    rows = []
    index = 0
    while any(f"{name}-{index}-{column}" in form for column in columns):
        row = {column: form.get(f"{name}-{index}-{column}", "").strip() for column in columns}
        if any(row.values()):
            rows.append(row)
        index += 1
    return tuple(rows)


def sent_answers(form: Form, questions: tuple[Clarification, ...]) -> dict[UUID, RawAnswer]:
    """The answers in a form to those of `questions` that were not left alone."""
    found = {question.id: sent(form, name_of(question), question.kind, question.columns) for question in questions}
    return {question_id: raw for question_id, raw in found.items() if raw is not None}


def sent_as_saved(form: Form, questions: tuple[Clarification, ...]) -> tuple[UUID, ...]:
    """The questions whose saved answer, which is not shown, is to be sent."""
    return tuple(one.id for one in questions if one.open and one.draft_is_apart and form.get(f"{name_of(one)}-saved"))


def name_of(question: Clarification) -> str:
    """The prefix of a question's form fields."""
    return f"q-{question.id}"


def control_of(question: Clarification, raw: RawAnswer | None, error: str | None = None) -> Control:
    """The control for a question, filled with what was typed so far."""
    field = FIELDS.get(question.key or "")
    return filled(
        Control(
            name=name_of(question),
            kind=question.kind,
            label=question.question,
            options=question.options,
            columns=question.columns,
            hint=HINTS.get(question.key or "") or KIND_HINTS.get(field.kind if field else ""),
            error=error,
        ),
        raw,
    )


KIND_HINTS: Mapping[str, str] = {
    "date": "For example, 27 3 2026",
    "ticks": "Choose all that apply",
}
HINTS: Mapping[str, str] = {
    "category": "A person is in one category at a time",
    "person.pnc_id": "For example, 2008/0123456X",
    "person.cro_number": "For example, 123456/08X",
    "person.prison_number": "For example, A1234BC",
    "person.nhs_number": "Ten digits, for example 943 476 5919",
}


def field_control(key: str, raw: RawAnswer | None, error: str | None = None) -> Control:
    """The control to correct one field of the form."""
    field = FIELDS[key]
    return filled(
        Control(
            name="value",
            kind=field.kind,
            label=field.label,
            options=field.options,
            columns=field.columns,
            hint=HINTS.get(key) or KIND_HINTS.get(field.kind),
            error=error,
        ),
        raw,
    )


def filled(control: Control, raw: RawAnswer | None) -> Control:
    """The same control with what was typed in it, a table with room for more rows."""
    text = raw.text if raw else ""
    reason = raw.not_known_reason if raw else None
    rows = tuple(row for row in text if not isinstance(row, str)) if isinstance(text, tuple) else ()
    return control.model_copy(
        update={
            "text": text if isinstance(text, str) else "",
            "chosen": (text,) if isinstance(text, str) else tuple(code for code in text if isinstance(code, str)),
            "rows": rows + tuple(dict.fromkeys(control.columns, "") for _ in range(max(1, LEAST_ROWS - len(rows)))),
            "parts": _date_parts(text) if isinstance(text, str) else ("", "", ""),
            "not_known": reason is not None,
            "reason": reason or "",
        }
    )


def _date_parts(text: str) -> tuple[str, str, str]:
    day, _, rest = text.partition("/")
    month, _, year = rest.partition("/")
    return day, month, year


def as_typed(value: FieldValue) -> RawAnswer | None:
    """A value as read, in the shape in which somebody would have typed it, to start a correction from."""
    if value is None:
        return None
    if isinstance(value, str):
        year, dash, rest = value.partition("-")
        is_day = dash and len(value) == 10 and value.replace("-", "").isdigit()
        return RawAnswer(text="/".join([*reversed(rest.split("-")), year]) if is_day else value)
    rows = tuple({column: cell or "" for column, cell in row.items()} for row in value if not isinstance(row, str))
    return RawAnswer(text=rows or tuple(code for code in value if isinstance(code, str)))


def uuid_or_none(text: str | None) -> UUID | None:
    """An id from a form or an address; None for anything that is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
