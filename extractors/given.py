"""A form that a case system gave field by field instead of as a file: no page, no doubt, and each value says who gave it.

The desk keeps such a form as a document like any other (intake/systems/submission.py writes it); here it is read.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from extractors.contract import keys_of
from extractors.models import Evidence, FieldValue, FormCode, FormReading, Model, Reading, Value
from extractors.narratives.passages import passages
from extractors.refusals import Refusal

CARRIER = "fields"
"""What such a document is called where others are called after their file."""


class GivenValue(Model):
    """A value as understood, with what was given for it; `value` is None where `not_known_reason` says why it is not known."""

    value: FieldValue = None
    raw: str = ""
    not_known_reason: str | None = None


class GivenForm(Model):
    """What the document holds: the fields that were given, by their contract keys."""

    form: FormCode
    fields: Mapping[str, GivenValue]


def read_given(content: bytes, system: str) -> Reading:
    """The form of such a document, given by `system`. Raises Refusal where it is none."""
    try:
        given = GivenForm.model_validate_json(content)
    except ValidationError:
        raise Refusal("damaged") from None
    values = {key: _value(key, given.fields.get(key), system) for key in keys_of(given.form)}
    form = FormReading(
        form=given.form, edition=None, carrier=CARRIER, pages=0, values=values, passages=passages(values)
    )
    return Reading(forms=(form,))


def _value(key: str, given: GivenValue | None, system: str) -> Value:
    if given is None:
        return Value(key=key, status="blank", confidence=1.0)
    known = given.not_known_reason is None
    return Value(
        key=key,
        status="read" if known else "not_known",
        value=given.value,
        evidence=Evidence(path=key, raw=given.raw if known else given.not_known_reason, method="given", label=system),
        confidence=1.0,
    )
