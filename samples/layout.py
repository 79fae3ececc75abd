"""A sample form as its layout says: sections of rows of labelled entries, ready for any carrier to write."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from extractors.contract import FIELDS

HERE = Path(__file__).parent
YES_NO = (("yes", "Yes"), ("no", "No"))


@dataclass(frozen=True)
class Entry:
    """One labelled place of a form. `boxes` are (words, ticked) for tick boxes; `rows` include the heading row."""

    key: str
    label: str
    text: str = ""
    boxes: tuple[tuple[str, bool], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def long(self) -> bool:
        return FIELDS[self.key].kind == "narrative"


@dataclass(frozen=True)
class SampleForm:
    title: str
    subtitle: str
    marking: str
    sections: tuple[tuple[str, tuple[tuple[Entry, ...], ...]], ...]


COLUMN_WORDS = {
    "tool": "Risk assessment tool",
    "score": "Score",
    "date": "Date",
    "agency": "Agency",
    "name": "Name",
    "role": "Role",
    "contact": "Contact details",
}


def _entry(key: str, label: str, written: object) -> Entry:
    field = FIELDS[key]
    if field.kind == "table":
        rows = tuple(tuple(row) for row in written) if isinstance(written, list) else ()
        heading = tuple(COLUMN_WORDS[column] for column in field.columns)
        empty = ("",) * len(heading)
        return Entry(key, label, rows=(heading, *rows, *[empty] * (3 - len(rows))))
    if field.kind in ("yes_no", "choice", "ticks"):
        ticked = written if isinstance(written, list) else [written]
        options = YES_NO if field.kind == "yes_no" else field.options
        return Entry(key, label, boxes=tuple((words, code in ticked) for code, words in options))
    return Entry(key, label, text=str(written or "").strip())


def form_of(case: dict) -> SampleForm:
    """The sample form of one entry of cases.toml."""
    with (HERE / "layouts.toml").open("rb") as file:
        layout = tomllib.load(file)[case["form"]]

    def entry(key: str) -> Entry:
        return _entry(key, layout["labels"].get(key, FIELDS[key].label), case["values"].get(key))

    return SampleForm(
        layout["title"],
        layout["subtitle"],
        layout["marking"],
        tuple((title, tuple(tuple(entry(k) for k in row) for row in rows)) for title, rows in layout["sections"]),
    )
