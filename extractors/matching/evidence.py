"""Where what was read stands."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.matching.places import Spot, around
from extractors.models import Evidence
from extractors.page import Line, Picture, Run

_HALF = 0.5


def shows(value: Evidence, picture: Picture) -> bool:
    """Whether a picture stands in the place of an answer."""
    if picture.path is not None:
        return value.path == picture.path or (value.path or "").startswith(picture.path + "/")
    if value.box is None or picture.box is None or value.page != picture.page:
        return False
    a, b = value.box, picture.box
    shared = max(min(a.x1, b.x1) - max(a.x0, b.x0), 0.0) * max(min(a.bottom, b.bottom) - max(a.top, b.top), 0.0)
    return shared > _HALF * (b.x1 - b.x0) * (b.bottom - b.top)


def placed(spots: Sequence[Spot], lines: Sequence[Line], raw: str | None, method: str, label: str | None) -> Evidence:
    """Where an answer stands: the cells that hold it, else the runs of its lines, on the first page it is on."""
    runs: list[Run] = [run for line in lines for run in line.runs]
    cells = [spot.cell for spot in spots if spot.cell is not None]
    boxed = [(cell.page, cell.box) for cell in cells if cell.box is not None] or [
        (run.page, run.box) for run in runs if run.box is not None
    ]
    page = next((place for place, _ in boxed if place is not None), next((run.page for run in runs if run.page), None))
    box = around([box for place, box in boxed if place == page and box is not None])
    path = next((run.path for run in runs if run.path), next((cell.path for cell in cells if cell.path), None))
    if path is None:
        path = next((run.path for spot in spots for line in spot.lines for run in line.runs if run.path), None)
    return Evidence(page=page, box=box, path=path, raw=raw, method=method, label=label)
