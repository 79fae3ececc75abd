"""The project's own vocabulary is the contract's, key for key."""

import csv
from pathlib import Path

from extractors.contract import FIELDS, keys_of


def test_keys_forms_and_kinds_are_those_of_the_contract(shared: Path) -> None:
    with (shared / "contract" / "fields.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(r["key"], r["forms"], r["kind"], r["section"], r["label"]) for r in rows] == [
        (f.key, f.forms, f.kind, f.section, f.label) for f in FIELDS.values()
    ]


def test_every_choice_names_its_codes_and_every_table_its_columns() -> None:
    for field in FIELDS.values():
        assert bool(field.options) == (field.kind in ("choice", "ticks"))
        assert bool(field.columns) == (field.kind == "table")


def test_each_form_has_keys() -> None:
    assert all(len(keys_of(form)) > 40 for form in ("A", "H", "I"))
