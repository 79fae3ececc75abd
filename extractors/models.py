"""What a reading says: per form, one value for every contract key, each with its evidence and an honest confidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

FormCode = Literal["A", "H", "I"]
Status = Literal["read", "blank", "not_known", "absent"]
SURE = 0.9
"""Of the values that are at least as sure, fewer than 1 in 1,000 are wrong; what is less sure is shown as doubtful."""
Scalar = str | None
FieldValue = str | tuple[str, ...] | tuple[Mapping[str, Scalar], ...] | None
"""By kind: text, narrative, identifier, choice: str; date: ISO str; yes_no: "yes" or "no"; ticks: tuple of codes;
table: tuple of rows, each a mapping of column to text (date columns ISO). None when the status is not `read`, or when
something was written that could not be understood."""


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Box(Model):
    """A place on a page in points (1/72 inch), origin at the top left."""

    x0: float
    top: float
    x1: float
    bottom: float


class Evidence(Model):
    """Where a value stands and how it was read.

    `page` is 1-based and, with `box`, set wherever the carrier has pages; `path` is the place in the document tree for
    carriers without. `raw` is the text as written. `method` names the way: text, content_control, legacy_field, widget,
    symbol, vector_tick, strike_out, emphasis, ocr, ocr_corrected (a number that its check put right), image_tick,
    answered, given (by a case system, named in `label`, in the field `path`).
    """

    page: int | None = None
    box: Box | None = None
    path: str | None = None
    raw: str | None = None
    method: str
    label: str | None = None
    """The label, as printed, that this value was found under."""


class Value(Model):
    """One contract key of one form. `doubts` say in plain words why the confidence is below 0.9."""

    key: str
    status: Status
    value: FieldValue = None
    evidence: Evidence | None = None
    confidence: float = Field(ge=0, le=1)
    doubts: tuple[str, ...] = ()


class Passage(Model):
    """A sentence of a narrative worth a coordinator's look. It never sets a field.

    `topic` is one of offence, order, sentence, date, law, media, senior_resources, agencies, weapons, children,
    domestic_abuse, terrorism. `start` and `end` count characters in the value of `key`.
    """

    key: str
    topic: str
    text: str
    start: int
    end: int
    negated: bool = False
    hypothetical: bool = False


class FormReading(Model):
    """One form as read: `values` has exactly one entry for every contract key of that form."""

    form: FormCode
    edition: str | None
    """The edition whose labels fit best, such as "A-2016"; None when none fits."""
    carrier: str
    pages: int
    values: Mapping[str, Value]
    passages: tuple[Passage, ...] = ()
    attachment: str | None = None
    """File name inside the mail that carried the form."""
    partly: tuple[str, ...] = ()
    """Plain sentences saying what of the file could not be read; empty when all of it was."""
    unknown_labels: tuple[str, ...] = ()
    """What stands where a label is expected, as printed, and is none that is known."""

    def value(self, key: str) -> FieldValue:
        """The value of `key`, None when it is not stated."""
        found = self.values.get(key)
        return found.value if found is not None and found.status == "read" else None


class Reading(Model):
    """All forms of one file (several only for a mail), and the names of what else the mail carried."""

    forms: tuple[FormReading, ...]
    other_attachments: tuple[str, ...] = ()


class PagePicture(NamedTuple):
    """A page as JPEG, and its size in points."""

    width: float
    height: float
    jpeg: bytes
