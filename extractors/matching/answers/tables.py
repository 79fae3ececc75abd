"""Tables of rows (risk tools, agencies): known by their column headings, read row by row until they end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from extractors.answers import is_empty_answer
from extractors.contract import FIELDS
from extractors.dates import dates_in
from extractors.forms.definitions import Definition, FieldForm
from extractors.looks import like_heading
from extractors.matching.headings import opened_by
from extractors.matching.places import Grid, Places, Spot
from extractors.matching.values.kinds import certainty_of, is_prompt, method_of, written
from extractors.models import Scalar, Status
from extractors.page import Line
from extractors.wording import plain

NEAR_COLUMN = 0.75
_PARTS = re.compile(r"\s+[-–—]\s+|\s*[;|\t]\s*|,\s+|:\s+|\s{3,}")
_CONTACT = re.compile(r"\S+@\S+|(?:\+?\d[\d ()]{8,}\d)")


@dataclass(frozen=True, slots=True)
class RowsFound:
    """The rows under one set of column headings. `score` says how well the headings fit (0..1)."""

    key: str
    status: Status
    rows: tuple[dict[str, Scalar], ...]
    raw: str | None
    method: str
    confidence: float
    doubts: tuple[str, ...]
    headings: tuple[Spot, ...]
    cells: tuple[Spot, ...]
    score: float


def find_rows(found: Places, definition: Definition, today: date, who: set[int]) -> dict[str, RowsFound]:
    """For every key of kind table, the table whose column headings fit it best."""
    best: dict[str, RowsFound] = {}
    forms = [form for form in definition.fields.values() if form.columns]
    for grid in found.grids:
        for row in range(grid.height):
            spots = [spot for spot in grid.across(row) if spot.order not in who and spot.row == row]
            if len(spots) < 2:
                continue
            for form in forms:
                columns, score = _columns(spots, form)
                if columns is None or _asks_of_one(grid, row, columns, spots, form, found, definition):
                    continue
                if form.key in best and best[form.key].score >= score:
                    continue
                best[form.key] = _read(grid, columns, form, definition, today, score, who)
    return best


def _columns(spots: Sequence[Spot], form: FieldForm) -> tuple[dict[str, Spot] | None, float]:
    """Which column stands under which heading; None unless the row heads a table of this key."""
    names = FIELDS[form.key].columns
    asking = [spot for spot in spots if spot.text and len(spot.text) <= 80 and not spot.fillable]
    claims: list[tuple[float, str, Spot]] = []
    for name in sorted(form.columns, key=names.index):
        for spot in asking:
            if near := form.columns[name].nearest(spot.text, NEAR_COLUMN):
                claims.append((near[0].score, name, spot))
        if not claims:  # nothing heads the first column, and there is no such table without it
            return None, 0.0
    columns: dict[str, Spot] = {}
    score = 0.0
    for likeness, name, spot in sorted(claims, key=lambda claim: (-claim[0], claim[2].order)):
        if name not in columns and spot not in columns.values():
            columns[name] = spot
            score += likeness
    reached = [spot for _, name, spot in claims if name == "contact" and spot not in columns.values()]
    if reached and "name" in FIELDS[form.key].columns and "name" not in columns:
        # Beside "Tel / email", "Contact" asks who it is.
        columns["name"] = columns["contact"]
        columns["contact"] = reached[0]
        score += 1.0
    filled = [spot for spot in spots if spot.text]
    if len(columns) < 2 or names[0] not in columns or len(columns) * 2 <= len(filled):
        return None, 0.0
    if len(columns) < len(names) - 1 and len(columns) < len(filled):
        return None, 0.0
    return columns, score / len(names)


def _asks_of_one(
    grid: Grid,
    row: int,
    columns: dict[str, Spot],
    spots: Sequence[Spot],
    form: FieldForm,
    found: Places,
    definition: Definition,
) -> bool:
    """Whether a row of headings is labels of one person's details with the answers below: one row, with more such labels in
    the table, or under the heading of another part, as "Name | Role | Agency | Email" below "Referrer"."""
    under = (grid.across(below) for below in range(row + 1, grid.height))
    records = takewhile(lambda cells: not _asks(cells, columns, definition), under)
    if sum(any(not spot.empty for spot in cells) for cells in records) > 1:
        return False
    if any(_asks(grid.across(other), columns, definition) for other in range(grid.height) if other != row):
        return True  # rows of labels and rows of answers in turn
    at = min(spot.order for spot in spots)
    before = next((spot for spot in reversed(found.spots[:at]) if spot.text), None)
    said = next((line.text for line in reversed(before.own) if line.text.strip()), "") if before else ""
    opens = (opened_by(plain(said), definition, looks=True) if said else None) or frozenset()
    return bool(opens) and not opens & form.parts


def _asks(cells: Sequence[Spot], columns: dict[str, Spot], definition: Definition) -> bool:
    """Whether a row holds nothing but labels, other than the headings once more."""
    texts = [spot.text for spot in cells if spot.text]
    return (
        len(texts) > 1
        and all(definition.labels.exact(text) or definition.here.exact(text) for text in texts)
        and not {heading.text for heading in columns.values()} <= set(texts)
    )


def _read(
    grid: Grid,
    columns: dict[str, Spot],
    form: FieldForm,
    definition: Definition,
    today: date,
    score: float,
    who: set[int],
) -> RowsFound:
    rows: list[dict[str, Scalar]] = []
    cells: list[Spot] = []
    doubts: list[str] = []
    lines_read: list[Line] = []
    empty_answers: list[str] = []
    contacts = _more_contacts(columns, form)
    strange = _not_understood(grid, columns, contacts, form)
    row = max(spot.row_end for spot in columns.values())
    while row < grid.height:
        at_row = [spot for spot in grid.across(row) if spot.order not in who]
        spots = {name: grid.at(row, heading.col) for name, heading in columns.items()}
        present = [spot for spot in spots.values() if spot is not None]
        if not _still_a_row(at_row, spots, columns) or _asks(at_row, columns, definition):
            break
        repeated = sum(
            bool(spot and heading.text == spot.text) for name, heading in columns.items() for spot in [spots[name]]
        )
        cells.extend(present)
        if repeated == len(columns):
            row += 1
            continue
        texts = {name: _cell(spot, definition) for name, spot in spots.items()}
        first = next(iter(present))
        if grid.guessed and rows and [spot for spot in at_row if not spot.empty] == [first]:
            if opened_by(first.text, definition, like_heading(first.text, first.bold)) is not None:
                break
            doubts.append("A row of the table holds one cell alone; it may be no row.")
        for heading in contacts:
            beside = grid.at(row, heading.col)
            if (more := _cell(beside, definition)) and beside is not None:
                if texts["contact"]:
                    doubts.append("Telephone and e-mail stand in columns of their own.")
                texts["contact"] = f"{texts['contact']} {more}".strip()
                present.append(beside)
                cells.append(beside)
        lines_read.extend(line for spot in present for line in spot.lines)
        for heading in strange:
            if _cell(grid.at(row, heading.col), definition):
                doubts.append(f"The column “{heading.text}” of the table is not understood.")
        if any(texts.values()):
            cut_row = bool(rows) and _carries_on(spots, texts, cells, columns)
            said = [text for text in texts.values() if text]
            if all(is_empty_answer(text) for text in said):
                empty_answers.extend(said)
            elif cut_row:
                for name, text in texts.items():
                    if text:
                        rows[-1][name] = f"{rows[-1].get(name) or ''} {text}".strip()
            elif not _printed_only(texts, spots, columns):
                rows.append({name: texts.get(name) or None for name in FIELDS[form.key].columns})
        row += 1
    for entry in rows:
        _settle(entry, form, today, doubts)
    raw = (
        "\n".join(" | ".join(str(value) for value in entry.values() if value) for entry in rows)
        or "; ".join(empty_answers)
        or None
    )
    status: Status = "read" if rows else "not_known" if empty_answers else "blank"
    certainty = certainty_of(lines_read)
    if doubts:
        certainty = min(certainty, 0.85)
    if score < 0.95 * len(columns) / len(FIELDS[form.key].columns):
        certainty = min(certainty, 0.88)
        doubts.append("The column headings are worded unlike those known.")
    return RowsFound(
        form.key,
        status,
        tuple(rows),
        raw,
        method_of(lines_read),
        certainty,
        tuple(dict.fromkeys(doubts)),
        (*columns.values(), *contacts),
        tuple(cells),
        score,
    )


def _more_contacts(columns: dict[str, Spot], form: FieldForm) -> list[Spot]:
    """The headings of further columns for ways to reach somebody: telephone and e-mail may have one each."""
    first = columns.get("contact")
    if first is None or first.grid is None:
        return []
    others = [spot for spot in first.grid.row_of(first) if spot not in columns.values() and spot.text]
    return [spot for spot in others if form.columns["contact"].nearest(spot.text, NEAR_COLUMN)]


def _not_understood(grid: Grid, columns: dict[str, Spot], contacts: Sequence[Spot], form: FieldForm) -> list[Spot]:
    """The headings that say nothing known, where a column of this key is wanting: one of them may be meant for it."""
    known = [*columns.values(), *contacts]
    if len(columns) == len(FIELDS[form.key].columns):
        return []
    row = next(iter(columns.values())).row
    return [spot for spot in grid.across(row) if spot not in known and spot.text]


def _still_a_row(at_row: Sequence[Spot], spots: dict[str, Spot | None], columns: dict[str, Spot]) -> bool:
    """Whether the row below still has the cells of the headings."""
    distinct = {id(spot) for spot in spots.values() if spot is not None}
    if len(distinct) < len(columns) or len(at_row) < 2:
        return False
    return all(
        spot is not None and spot.col == heading.col and spot.col_end == heading.col_end
        for heading, spot in zip(columns.values(), spots.values(), strict=True)
    )


def _cell(spot: Spot | None, definition: Definition) -> str:
    if spot is None:
        return ""
    text = " ".join(written(spot.lines, definition).split())
    return "" if is_prompt(text, definition) else text


def _carries_on(
    spots: dict[str, Spot | None], texts: dict[str, str], cells: Sequence[Spot], columns: dict[str, Spot]
) -> bool:
    """Whether a row only carries the row above on, over a page break: its first cell is empty and the page is new."""
    first = next(iter(columns))
    earlier = [spot for spot in cells if spot not in spots.values()]
    spot = next((spot for spot in spots.values() if spot is not None), None)
    if texts.get(first) or spot is None or spot.cell is None or not earlier or earlier[-1].cell is None:
        return False
    return spot.cell.page is not None and spot.cell.page != earlier[-1].cell.page


def _printed_only(texts: dict[str, str], spots: dict[str, Spot | None], columns: dict[str, Spot]) -> bool:
    """Whether only the form itself has printed something: a shaded first cell beside empty ones."""
    filled = [name for name, text in texts.items() if text]
    if len(filled) != 1 or filled[0] != next(iter(columns)):
        return False
    spot = spots[filled[0]]
    return spot is not None and spot.shaded


def _settle(entry: dict[str, Scalar], form: FieldForm, today: date, doubts: list[str]) -> None:
    """Dates of a row to ISO; empty answers in a cell to nothing."""
    for name, text in entry.items():
        if text is None:
            continue
        if is_empty_answer(text):
            entry[name] = None
        elif name == "date":
            days = {found.day for found in dates_in(text, today, form.sense)}
            entry[name] = days.pop().isoformat() if len(days) == 1 else None
            if entry[name] is None:
                doubts.append(f"A date in the table could not be read: {text}.")


def rows_of_text(
    lines: Sequence[Line], form: FieldForm, definition: Definition, today: date
) -> tuple[dict[str, Scalar], ...]:
    """Rows written as lines of text, such as "OASys - High - 12/03/2026", by the order of the columns."""
    names = FIELDS[form.key].columns
    rows: list[dict[str, Scalar]] = []
    for line in written(lines, definition).splitlines():
        entry: dict[str, Scalar] = dict.fromkeys(names)
        rest = line
        if "date" in names:
            days = dates_in(rest, today, form.sense)
            if len(days) == 1:
                entry["date"] = days[0].day.isoformat()
                rest = rest[: days[0].start] + rest[days[0].end :]
        if "contact" in names:
            contacts = [found[0].rstrip(".,;") for found in _CONTACT.finditer(rest)]
            if contacts:
                entry["contact"] = ", ".join(contacts)
                rest = _CONTACT.sub("", rest)
        parts = [part.strip(" ,;:()-–") for part in _PARTS.split(rest)]
        parts = [part for part in parts if part]
        left = [name for name in names if name not in ("date", "contact")]
        for name, part in zip(left, parts, strict=False):
            entry[name] = part
        if entry[names[0]]:
            rows.append(entry)
    return tuple(rows)
