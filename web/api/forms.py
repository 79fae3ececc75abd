"""The forms as systems give them field by field: a model for each, made from the contract, so that the two cannot disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, StringConstraints, create_model

from extractors.contract import FIELDS, FORM_TITLES, keys_of
from extractors.contract import Field as ContractField
from extractors.models import FormCode, Model
from intake.cases.understanding import LONGEST
from intake.models import RawAnswer
from web.api.days import Day

Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
Cell: TypeAlias = Annotated[str, StringConstraints(max_length=2000)]
MOST_ROWS = 100


class NotKnown(Model):
    """Said in place of a value: it is not known, and why, for example who was asked."""

    not_known: Text


def _row_of(field: ContractField) -> type[BaseModel]:
    columns: dict[str, Any] = {
        column: (Day | None if column == "date" else Cell | None, None) for column in field.columns
    }
    name = "".join(word.capitalize() for word in field.key.replace(".", "_").split("_"))
    return create_model(f"{name}Row", __base__=Model, __doc__=f"One row of: {field.label}.", **columns)


def _codes(field: ContractField) -> Any:
    return Literal[tuple(code for code, _ in field.options)]


def _several(one: Any, most: int) -> Any:
    return Annotated[tuple[one, ...], Field(min_length=1, max_length=most)]


KINDS: Mapping[str, Callable[[ContractField], Any]] = {
    "text": lambda field: Text,
    "narrative": lambda field: Text,
    "identifier": lambda field: Text,
    "date": lambda field: Day,
    "yes_no": lambda field: Literal["yes", "no"],
    "choice": _codes,
    "ticks": lambda field: _several(_codes(field), len(field.options)),
    "table": lambda field: _several(_row_of(field), MOST_ROWS),
}
TYPES: Mapping[str, Any] = {key: KINDS[field.kind](field) for key, field in FIELDS.items()}
"""What a value of each contract key may be."""


def _described(field: ContractField) -> str:
    codes = "; ".join(f"{code}: {words}" for code, words in field.options)
    return f"{field.label}. {codes}" if codes else field.label


def _fields_of(form: FormCode) -> type[BaseModel]:
    fields: dict[str, Any] = {
        key.replace(".", "__"): (
            TYPES[key] | NotKnown | None,
            Field(None, alias=key, description=_described(FIELDS[key])),
        )
        for key in keys_of(form)
    }
    doc = f"The fields of {FORM_TITLES[form]}, by their keys; what is left out is asked about where it matters."
    return create_model(f"FieldsOfForm{form}", __base__=Model, __doc__=doc, **fields)


def _form_model(form: FormCode) -> type[BaseModel]:
    fields: dict[str, Any] = {"form": (Literal[form], ...), "fields": (_fields_of(form), ...)}
    return create_model(f"Form{form}", __base__=Model, __doc__=f"A filled {FORM_TITLES[form]}.", **fields)


FORMS: Mapping[FormCode, type[BaseModel]] = {form: _form_model(form) for form in FORM_TITLES}


def given_in(submission: BaseModel) -> tuple[FormCode, dict[str, RawAnswer]]:
    """The form's letter, and what was given by contract key."""
    sent = submission.model_dump(mode="json", by_alias=True, exclude_none=True)
    return sent["form"], {key: raw_answer(value) for key, value in sent["fields"].items()}


def raw_answer(value: Any) -> RawAnswer:
    """A value as JSON in the form in which answers are understood."""
    if isinstance(value, dict):
        return RawAnswer(not_known_reason=value["not_known"])
    if isinstance(value, str):
        return RawAnswer(text=value)
    return RawAnswer(text=tuple(value))
