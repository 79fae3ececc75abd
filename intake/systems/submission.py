"""Takes a form in that a system gives field by field: understood like answers on a page, then a document like any other.

From there it goes the way of every file: receipt, reading, judging, questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from extractors.contract import keys_of
from extractors.given import GivenForm, GivenValue
from extractors.models import FormCode
from intake.cases.understanding import NotUnderstood, as_meant, as_typed, understand
from intake.models import RawAnswer


class FieldsNotUnderstood(Exception):
    """`errors` says per contract key what to give instead."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = errors
        super().__init__("fields not understood")


def document_of(form: FormCode, given: Mapping[str, RawAnswer], today: date) -> bytes:
    """The document of a form whose fields are `given` by their keys; the same fields give the same bytes.

    Raises FieldsNotUnderstood.
    """
    fields: dict[str, GivenValue] = {}
    errors: dict[str, str] = {}
    keys = keys_of(form)
    for key in sorted(given):
        raw = as_meant(key, given[key])
        if key not in keys:
            errors[key] = f"Form {form} has no such field"
            continue
        try:
            value = understand(key, raw, today)
        except NotUnderstood as problem:
            errors[key] = problem.message
        else:
            fields[key] = GivenValue(value=value, raw=as_typed(raw), not_known_reason=raw.not_known_reason)
    if errors:
        raise FieldsNotUnderstood(errors)
    return GivenForm(form=form, fields=fields).model_dump_json().encode()
