"""Tables to take along as CSV: no cell is taken for a formula by a spreadsheet, and a long table is sent while it is made."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from flask import Response

MARK = "\ufeff"
"""By which spreadsheets know that it is UTF-8."""
AT_ONCE = 64 * 1024


def plain(words: str) -> str:
    """Words that a spreadsheet does not take for a formula."""
    return f"'{words}" if words.lstrip()[:1] in tuple("=+-@") or words[:1] in tuple("\t\r\n") else words


def _pieces(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    text = io.StringIO()
    text.write(MARK)
    table = csv.writer(text)
    for row in rows:
        table.writerow([plain(cell) for cell in row])
        if text.tell() >= AT_ONCE:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def as_csv(rows: Iterable[Iterable[str]], filename: str) -> Response:
    """The rows, the first one the heading, as a download."""
    answer = Response(_pieces(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer
