"""Every field key of forms A, H and I, with its kind, label and codes: the vocabulary that all floors share.

Kinds and the value each gives: text (white space collapsed), narrative (paragraphs and bullets joined by a newline,
bullet signs stripped), identifier (normalised, see extractors/identifiers.py), date (ISO), yes_no ("yes" or "no"),
choice (one code), ticks (tuple of codes), table (tuple of rows keyed by `columns`; a column named date is ISO).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from extractors.models import FormCode, Model

Kind = Literal["text", "narrative", "identifier", "date", "yes_no", "choice", "ticks", "table"]

FORM_TITLES: Mapping[FormCode, str] = MappingProxyType(
    {
        "A": "MAPPA A: referral to level 2 or level 3",
        "H": "MAPPA H: youth offending team notification",
        "I": "MAPPA I: mental health notification",
    }
)


class Field(Model):
    """One contract key. `forms` holds the letters of the forms that carry it; `options` are (code, words)."""

    key: str
    forms: str
    kind: Kind
    section: str
    label: str
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()


def _load() -> dict[str, Field]:
    with Path(__file__).with_name("contract.toml").open("rb") as file:
        rows = tomllib.load(file)["field"]
    return {
        row["key"]: Field(
            **{
                **row,
                "options": tuple((code, words) for code, words in row.get("options", [])),
                "columns": tuple(row.get("columns", [])),
            }
        )
        for row in rows
    }


FIELDS: Mapping[str, Field] = MappingProxyType(_load())


def keys_of(form: FormCode) -> tuple[str, ...]:
    """The keys that `form` carries, in the form's order."""
    return tuple(key for key, field in FIELDS.items() if form in field.forms)
