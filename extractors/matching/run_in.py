"""Labels on lines that nothing but their wording parts from the answer behind them."""

from __future__ import annotations

from extractors.forms.definitions import Definition
from extractors.matching.hits import Hit
from extractors.matching.places import Spot
from extractors.matching.style import Style
from extractors.page import Line
from extractors.wording import plain

_LONGEST = 14
"""Words of the longest label looked for so."""


def run_in(spot: Spot, at: int, line: Line, definition: Definition, style: Style) -> Hit | None:
    """A known label too long for the tab behind it, so that its answer follows with no more than a blank between them."""
    if not style.tabbed_lines or style.bold_lines or style.colon_lines or line.joins_previous or line.bullet:
        return None
    words = plain(line.text).split()
    best: Hit | None = None
    said = 1
    for end in range(2, min(len(words), _LONGEST)):
        if not (words[end][0].isupper() or words[end][0].isdigit()):
            continue
        text = " ".join(words[:end])
        owned = definition.labels.exact(text)
        if owned and len(definition.wording.tokens(text)) > said:
            said = len(definition.wording.tokens(text))
            best = Hit(spot, at, 0, text, owned, (), first=False, run_in=True)
    return best


def without_said(hit: Hit, definition: Definition) -> None:
    """Takes an answer off the end of a label on a line: "Yes" adds nothing to the wording of a question."""
    label, _, last = hit.text.rpartition(" ")
    if hit.spot.grid is not None or hit.colon or last.lower() != "yes":
        return
    forms = (definition.fields.get(match.owner) for match in hit.claims)
    if any(form is not None and form.kind == "yes_no" for form in forms):
        hit.text, hit.run_in = label, True
