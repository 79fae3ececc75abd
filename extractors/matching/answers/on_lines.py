"""The answer to a label on lines of text: what stands behind it on its line, or below it up to the next label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.forms.definitions import FieldForm
from extractors.matching.answers.answer import Answer
from extractors.matching.doubts import like_a_label, may_go_on, with_label_joined, with_labels_inside, with_loose_end
from extractors.matching.headings import is_heading
from extractors.matching.labels.hits import Hit
from extractors.matching.notes import all_note, closing, is_note, set_back_notes, surely_note
from extractors.matching.scene import Scene
from extractors.matching.style import Style
from extractors.page import Line
from extractors.wording import plain

_LONG_KINDS = ("narrative", "ticks", "choice", "yes_no", "table")


def answer_on_lines(hit: Hit, form: FieldForm, here: Scene) -> Answer:
    """What stands behind a label on its line; for long answers all up to the next label; else the next paragraph."""
    rest = without_notes(hit.rest) if hit.rest_below else hit.rest
    while not hit.rest_below and all_note(plain(rest[0].text) if rest else "") and written(rest[1:]):
        rest = rest[1:]  # an instruction behind the label, with the answer below both
    noted = set_back_notes(rest) if hit.rest_below else 0
    last = closing(rest[noted:]) if form.kind == "narrative" and _ends_form(hit, here) else len(rest)
    found = _in_stretch(hit, form, here, rest[noted:][:last])
    surely = here.style.set_back_notes or all(
        is_note(line.text, here.definition) for line in rest[:noted] if line.text.strip()
    )
    if noted and not surely:
        found = _unsure(found, "What stands in italic or grey print before the answer was taken for an instruction.")
    if last < len(rest) - noted:
        found = _unsure(found, "What stands behind the answer was taken for the end of the form.")
    return found


def _unsure(found: Answer, doubt: str) -> Answer:
    return replace(found, certainty=min(found.certainty, 0.85), doubts=(*found.doubts, doubt))


def _ends_form(hit: Hit, here: Scene) -> bool:
    """Whether no other label follows one."""
    last = max(here.labels)
    return hit.spot.order == last and here.labels[last][-1] is hit


def _in_stretch(hit: Hit, form: FieldForm, here: Scene, rest: Sequence[Line]) -> Answer:
    style = here.style
    lines = [line for line in rest if line.runs]
    if goes_on(lines) or (not hit.colon and is_heading(hit.text, here.definition)):
        return Answer(tuple(lines), (hit.spot,), 0.8)
    if form.kind in _LONG_KINDS:
        strange = form.kind == "narrative" and _strange(lines, style)
        if (
            strange
            or with_labels_inside(lines, here.style)
            or (hit.rest_below and lines and _on_the_line(lines[0], here))
        ):
            return Answer(tuple(lines), (hit.spot,), 0.8, ("A line of the answer may be a label of its own.",))
        if with_loose_end(hit, lines, here):
            return Answer(tuple(lines), (hit.spot,), 0.85, ("The answer may end in what a label or a table says.",))
        return Answer(tuple(lines), (hit.spot,))
    if hit.rest_below and style.bare_lines and style.close_answers and lines and lines[0].apart:
        return Answer((), (hit.spot,), 0.85)
    first = _first_paragraph(lines)
    if form.kind == "text" and any("\t" in line.text.strip() for line in first):
        return Answer(tuple(first), (hit.spot,), 0.85, ("Wide room parts the answer; it may be more than one.",))
    if with_label_joined(first, style):
        return Answer(tuple(first), (hit.spot,), 0.8, ("A line of the answer may be a label of its own.",))
    if hit.rest_below and here.style.answers_on_line:
        # Nothing on the label's line, where this form has its answers.
        return Answer(tuple(first), (hit.spot,), 0.8 if first else 1.0)
    if hit.rest_below and len([line for line in lines if line.text.strip()]) > len(first):
        return Answer(tuple(first), (hit.spot,), 0.8, ("More stands below the label than one answer.",))
    if not hit.rest_below and may_go_on(first, lines[len(first) :]):
        return Answer(tuple(first), (hit.spot,), 0.85, ("A line follows that may go on with the answer.",))
    bare = hit.rest_below and not (hit.colon or style.bold_lines or style.colon_lines or style.numbered_lines)
    marked = hit.rest_below and bool(first) and not bare and like_a_label(first[0], style)
    return Answer(tuple(first), (hit.spot,), 0.85 if bare or marked else 1.0)


def _strange(lines: Sequence[Line], style: Style) -> bool:
    """Whether what stands behind a label that asks for a narrative is none, or no narrative alone: it has boxes to tick, or
    lines that wide room parts, or begins like a label in a form whose labels carry no mark."""
    boxed = any(run.mark is not None for line in lines for run in line.runs)
    beside = any("\t" in line.text.strip() for line in lines)
    return boxed or beside or (style.bare_lines and len(lines) > 1 and like_a_label(lines[0], style))


def _on_the_line(line: Line, here: Scene) -> bool:
    """Whether a line below a label looks like a label itself, or a heading in capitals, where labels have their answers on
    their line."""
    return here.style.answers_on_line and (like_a_label(line, here.style) or line.text.isupper())


def _first_paragraph(lines: Sequence[Line]) -> list[Line]:
    found: list[Line] = []
    for line in lines:
        blank = not any(run.text.strip() or run.mark is not None for run in line.runs)
        if found and not line.joins_previous:
            break
        if not blank:
            found.append(line)
    return found


def written(lines: Sequence[Line]) -> bool:
    """Whether anything is written or ticked on lines."""
    return any(
        (run.text.strip() and not run.placeholder) or run.mark is not None for line in lines for run in line.runs
    )


def goes_on(lines: Sequence[Line]) -> bool:
    """Whether what stands behind a label may be the rest of its wording: its paragraph goes on, or small
    letters stand up to another colon or a line's end."""
    if lines and lines[0].joins_previous:
        return True
    first, *more = [plain(line.text) for line in lines if line.text.strip()] or [""]
    if not first[:1].islower():
        return False
    head, colon, _ = first.partition(":")
    return len(head.split()) <= 8 and bool(colon or (more and not first.endswith((".", ","))))


def without_notes(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines behind the instructions that may follow a label."""
    for at, line in enumerate(lines):
        if any(run.mark is not None or run.control is not None for run in line.runs) or not surely_note(
            plain(line.text)
        ):
            return tuple(lines[at:])
    return ()
