"""Worked examples of every verdict, in data that a practitioner can read; the rule book shows them and the tests hold them true."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from extractors.contract import FIELDS, keys_of
from extractors.models import Evidence, FieldValue, FormCode, FormReading, Model, Status, Value
from validation.models import Verdict

FOLDER = Path(__file__).with_name("examples")
RECEIVED = date(2026, 11, 20)
"""The day of receipt where an example does not name another."""


class Example(Model):
    """What a form says, and what one rule then gives and asks. Fields that are not named were left blank."""

    rule: str
    says: str
    form: FormCode
    gives: Verdict
    asks: tuple[str, ...] = ()
    received: date = RECEIVED
    answers: Mapping[str, FieldValue] = Field(default_factory=dict)
    unclear: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()

    def reading(self) -> FormReading:
        """The example as a form that was read."""
        return form_saying(self.form, self.answers, unclear=self.unclear, not_known=self.not_known)


def form_saying(
    form: FormCode,
    answers: Mapping[str, FieldValue],
    unclear: tuple[str, ...] = (),
    not_known: tuple[str, ...] = (),
) -> FormReading:
    """A form on which only `answers` are given. Raises KeyError for a field that the form does not have."""
    if strangers := {*answers, *unclear, *not_known} - set(keys_of(form)):
        raise KeyError(f"Form {form} has no {', '.join(sorted(strangers))}.")

    def value(key: str) -> Value:
        answer = answers.get(key)
        status: Status = "read" if key in answers or key in unclear else "not_known" if key in not_known else "blank"
        raw = answer if isinstance(answer, str) else None
        if key in unclear or key in not_known:
            raw = "Spring" if key in unclear and FIELDS[key].kind == "date" else "N/A" if key in not_known else "both"
        evidence = Evidence(raw=raw, method="text") if status != "blank" else None
        return Value(key=key, status=status, value=answer, evidence=evidence, confidence=1.0)

    return FormReading(
        form=form, edition=None, carrier="example", pages=1, values={key: value(key) for key in keys_of(form)}
    )


@cache
def examples() -> tuple[Example, ...]:
    """Every example, in the order of the files."""
    return tuple(example for path in sorted(FOLDER.glob("*.toml")) for example in _read(path))


def examples_of(rule: str) -> tuple[Example, ...]:
    """The examples of one rule."""
    return tuple(example for example in examples() if example.rule == rule)


def _read(path: Path) -> Iterator[Example]:
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["example"]:
        given = dict(_flat(row.pop("answers", {})))
        yield Example.model_validate({**row, "answers": given}, strict=False)


def _flat(answers: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    for name, answer in answers.items():
        if isinstance(answer, Mapping):
            yield from _flat(answer, f"{before}{name}.")
        else:
            yield f"{before}{name}", answer
