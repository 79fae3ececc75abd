"""Labels on lines that nothing but their wording parts from the answer behind them."""

from __future__ import annotations

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import NEARER, Hit
from extractors.matching.places import Spot, boxes
from extractors.matching.style import Style
from extractors.page import Line
from extractors.wording import plain, without_numbering

_LONGEST = 14
"""Words of the longest label looked for so."""

_SHORT = 20
"""Words of the longest line on which a label may be worded only nearly as known."""


def run_in(spot: Spot, at: int, line: Line, definition: Definition, style: Style) -> Hit | None:
    """A known label too long for the tab behind it, so that its answer follows with no more than a blank between them."""
    if not style.tabbed_lines or style.bold_lines or style.colon_lines or line.joins_previous or line.bullet:
        return None
    if style.plain_lines and next((run.bold for run in line.runs if run.text.strip()), False):
        return None
    words = plain(line.text[: next((offset for offset in boxes(line) if offset), None)]).split()
    found: list[tuple[float, int, Hit]] = []
    for end in range(2, min(len(words) + style.dotted_lines, _LONGEST)):
        if not (words[end:] == [] or words[end][0].isupper() or words[end][0].isdigit() or words[end - 1].isdigit()):
            continue
        text = " ".join(words[:end])
        bare = without_numbering(text)
        owned = definition.labels.exact(bare)
        if not owned and len(words) <= _SHORT and not words[-1].endswith("."):
            owned = definition.labels.nearest(bare, NEARER)
        said = len(definition.wording.tokens(bare))
        if owned and said > 1:
            found.append((owned[0].score, said, Hit(spot, at, 0, text, owned, (), first=False, run_in=True)))
    return max(found, key=lambda one: one[:2])[2] if found else None


def without_said(hit: Hit, definition: Definition) -> None:
    """Takes an answer off the end of a label on a line: "Yes" adds nothing to the wording of a question."""
    label, _, last = hit.text.rpartition(" ")
    if hit.spot.grid is not None or hit.colon or last.lower() != "yes":
        return
    forms = (definition.fields.get(match.owner) for match in hit.claims)
    if any(form is not None and form.kind == "yes_no" for form in forms):
        hit.text, hit.run_in = label, True
