"""Lays out what was read of a form: a row for each value, doubtful ones known, each with the spot on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from extractors.contract import FIELDS, keys_of
from extractors.models import SURE, Box, Evidence, FormReading, Model, Passage, Value
from intake.cases.victims import WITHHELD
from intake.models import Case
from web.words import METHODS, SECTIONS, value_lines, value_rows

AROUND = 9.0
"""Points of the page shown above, below and to the right of a spot."""
BEFORE = 130.0
"""Points shown to the left of a spot, where its label stands on most forms."""
LEAST_WIDTH = 320.0
MOST_HEIGHT = 150.0
LONG, BEGINNING = 2_000, 1_200
"""Characters above which an answer is shown by its beginning, and how many that has at most; the rest opens at a press."""
PASSAGES = 3
"""Of each topic so many passages are shown at once."""
A4 = (595.0, 842.0)
PLACE_IN_TABLE = re.compile(r"tbl\[(\d+)\]/tr\[(\d+)\]")


class Spot(Model):
    """Where a value stands: the part of the page to show (a crop in points) and the box to light."""

    page: int
    width: float
    height: float
    crop: Box
    lit: Box

    @property
    def view(self) -> str:
        """The crop as an SVG viewBox."""
        return f"{self.crop.x0:.0f} {self.crop.top:.0f} {self.crop.x1 - self.crop.x0:.0f} {self.crop.bottom - self.crop.top:.0f}"


class Row(Model):
    """One field of the form, as the pages show it."""

    key: str
    label: str
    section: str
    status: str
    lines: tuple[str, ...]
    columns: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    as_written: str | None = None
    """What stands on the form, where that says more than the value does."""
    how: str = ""
    doubts: tuple[str, ...] = ()
    doubtful: bool = False
    overlooked: bool = False
    """Whether nothing was found, but not for certain: an answer may stand on the form unread."""
    spot: Spot | None = None
    place: str | None = None
    """Where the value stands in a document that has no pages."""
    given: bool = False
    """Whether a person gave this value here, as an answer or a correction."""
    before: tuple[str, ...] = ()
    """What was read before somebody gave the value."""
    withheld: bool = False
    """Whether it is about victims and kept apart from this page."""

    @property
    def stated(self) -> bool:
        return bool(self.lines or self.table or self.as_written)

    @property
    def parted(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The lines to show at once, and those that open at a press: none unless the answer is long."""
        return parted(self.lines)

    @property
    def uncertain(self) -> bool:
        return self.doubtful or self.overlooked


def parted(lines: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The beginning of a long answer and its rest, parted between lines where the first is not too long itself."""
    if sum(map(len, lines)) <= LONG:
        return lines, ()
    first = lines[0]
    if len(first) > BEGINNING:
        end = first.rfind(" ", 0, BEGINNING) + 1 or BEGINNING
        return (first[:end],), (first[end:], *lines[1:])
    count = sum(1 for room in accumulate(map(len, lines)) if room <= BEGINNING)
    return lines[:count], lines[count:]


def by_topic(passages: tuple[Passage, ...]) -> Iterator[tuple[tuple[Passage, ...], tuple[Passage, ...]]]:
    """Passages topic by topic: the first ones of each, and the others."""
    for topic in dict.fromkeys(passage.topic for passage in passages):
        of_it = tuple(passage for passage in passages if passage.topic == topic)
        yield of_it[:PASSAGES], of_it[PASSAGES:]


def page_size(case: Case, page: int) -> tuple[float, float]:
    """Width and height of a page in points."""
    sizes = case.document.page_sizes
    return sizes[page - 1] if 0 < page <= len(sizes) else A4


def spot_of(case: Case, evidence: Evidence | None) -> Spot | None:
    """The spot to light for a piece of evidence; None where there is no picture of it."""
    if evidence is None or evidence.page is None or evidence.box is None or evidence.page > case.document.pictures:
        return None
    width, height = page_size(case, evidence.page)
    return spot_within(evidence.page, width, height, evidence.box)


def spot_within(page: int, width: float, height: float, box: Box) -> Spot:
    """The part of a page of that size, in points, that shows `box` with its label, never more than the page."""
    x0, x1 = max(0.0, box.x0 - BEFORE), min(width, box.x1 + AROUND)
    if x1 - x0 < LEAST_WIDTH:
        x1 = min(width, x0 + LEAST_WIDTH)
        x0 = max(0.0, x1 - LEAST_WIDTH)
    top = max(0.0, box.top - AROUND)
    bottom = min(height, box.bottom + AROUND, top + MOST_HEIGHT)
    return Spot(page=page, width=width, height=height, crop=Box(x0=x0, top=top, x1=x1, bottom=bottom), lit=box)


def row_of(case: Case, form: FormReading, key: str) -> Row:
    """The row of one key of a form."""
    field = FIELDS[key]
    section = SECTIONS.get(field.section, field.section.capitalize())
    if key in case.withheld:
        return Row(key=key, label=field.label, section=section, status="read", lines=(WITHHELD,), withheld=True)
    found = form.values.get(key) or Value(key=key, status="absent", confidence=1.0)
    lines, table = value_lines(key, found.value), value_rows(key, found.value)
    evidence = found.evidence
    before = case.original.values.get(key) if case.original else None
    given = evidence is not None and evidence.method in ("answered", "corrected")
    raw = evidence.raw if evidence else None
    unsure = not given and found.confidence < SURE
    return Row(
        key=key,
        label=field.label,
        section=section,
        status=found.status,
        lines=lines,
        columns=tuple(column.capitalize() for column in field.columns) if table else (),
        table=table,
        as_written=raw if raw and not given and _says_more(raw, lines, table) else None,
        how=_how(evidence) if evidence else "",
        doubts=found.doubts,
        doubtful=unsure and found.status in ("read", "not_known"),
        overlooked=unsure and found.status in ("blank", "absent"),
        spot=spot_of(case, before.evidence if given and before else evidence),
        place=_place(evidence, field.label) if evidence and evidence.page is None else None,
        given=given,
        before=value_lines(key, before.value) if given and before else (),
    )


def _how(evidence: Evidence) -> str:
    """What a value was read from, in words."""
    if evidence.method == "given":
        return f"the system {evidence.label}"
    return METHODS.get(evidence.method, evidence.method)


def _place(evidence: Evidence, name: str) -> str | None:
    """Where in a document without pages: its table and row, and the label it stands under where that is another."""
    if evidence.method == "given":
        return f"Given in the field {evidence.path}"
    found = PLACE_IN_TABLE.findall(evidence.path or "")
    label = f" under “{evidence.label}”" if evidence.label and evidence.label.lower() != name.lower() else ""
    where = f"table {found[-1][0]}, row {found[-1][1]}" if found else "the text"
    return f"In {where}{label}" if evidence.path else None


def _says_more(raw: str, lines: tuple[str, ...], table: tuple[tuple[str, ...], ...]) -> bool:
    return not table and " ".join(raw.split()) != " ".join(" ".join(lines).split())


def rows_of(case: Case) -> tuple[Row, ...]:
    """All rows of the case's form in the form's order; () while it is not read."""
    if case.form is None:
        return ()
    return tuple(row_of(case, case.form, key) for key in keys_of(case.form.form))


def by_section(rows: tuple[Row, ...]) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Rows under their section's heading, in the form's order."""
    for section in dict.fromkeys(row.section for row in rows):
        yield section, tuple(row for row in rows if row.section == section)
