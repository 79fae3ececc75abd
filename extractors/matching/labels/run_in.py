"""Labels on lines that nothing but their wording parts from the answer behind them."""

from __future__ import annotations

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import NEARER, Hit, claims
from extractors.matching.places import Spot, boxes
from extractors.matching.style import Style
from extractors.page import Line
from extractors.wording import Lexicon, plain, without_numbering

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


def before_options(spot: Spot, at: int, line: Line, definition: Definition) -> Hit | None:
    """A label with nothing behind it but the options of its question, divided by strokes: "Known adult  Low / Medium / High".
    One that nobody knows is told by a yes and a no."""
    if line.joins_previous or line.bullet or boxes(line):
        return None
    text = plain(line.text)
    words = text.partition("/")[0].split()
    if "/" in text:
        for option in (1, 2):
            label = " ".join(words[:-option]).rstrip(" :")
            said = [one.strip(_ROUND) for one in text[len(" ".join(words[:-option])) :].strip(" :").split("/")]
            if not label[:1].isupper() or len(label.split()) > _LONGEST or label[-1:] in ".,;":
                continue
            owned, here = claims(label, definition, NEARER)
            forms = [definition.fields.get(match.owner) for match in (*owned, *here)]
            if any(
                form is not None and form.options is not None and _options(label, said, form.options) for form in forms
            ):
                return Hit(spot, at, 0, label, owned, here, first=False, run_in=True)
            if not owned and not here and {one.lower() for one in said} in _YES_AND_NO:
                return Hit(spot, at, 0, label, (), (), first=False, run_in=True)
    return None


def _options(label: str, said: list[str], known: Lexicon) -> bool:
    """Whether what is said is nothing but options, the first of which the label is no part of: "Level 1 / Level 2"."""
    return len(said) > 1 and all(known.exact(one) for one in said) and not known.exact(f"{label} {said[0]}")


_ROUND = " ()[]*_"
"""What may stand round an option that is chosen."""
_YES_AND_NO = ({"yes", "no"}, {"y", "n"})


def without_said(hit: Hit, definition: Definition) -> None:
    """Takes an answer off the end of a label on a line: "Yes" adds nothing to the wording of a question."""
    label, _, last = hit.text.rpartition(" ")
    if hit.spot.grid is not None or hit.colon or last.lower() != "yes":
        return
    forms = (definition.fields.get(match.owner) for match in hit.claims)
    if any(form is not None and form.kind == "yes_no" for form in forms):
        hit.text, hit.run_in = label, True
