"""What the readers of document trees (Word, OpenDocument) gather before it becomes lines of the page model.

Piece   text of one look and one control, a tick box, or a line break; lines_of makes a paragraph's lines of them
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from extractors.layout import signs
from extractors.page import Block, Line, Method, Run, Table
from extractors.refusals import Refusal

ControlKind = Literal["text", "date", "choice", "checkbox", "radio"]

PROMPT = re.compile(
    r"""^\W*(?:please\s+)?(?:
      (?:click|tap|press)\b.{0,60}\b(?:enter|type|add|insert|choose|select|pick|input|date|text|here|item|list)
    | (?:choose|select|pick)(?:\s+(?:an?|one|from|the|your|below|here|items?|options?|date|level|category|yes|as)\b.{0,40})?
    | (?:enter|insert|input)\b.{0,60}\b(?:text|here|date|details|name|number|value|information|below)\b.{0,30}
    | type\b.{0,30}\b(?:here|text)
    | d{1,2}[\s./-]*m{1,4}[\s./-]*(?:y{2,4})?
    )\W*$""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""A prompt that stands in a control nobody has filled, in the words of Word's editions and of form designers."""

SHOWN_AS = str.maketrans(
    {chr(code): None for code in range(32) if code != 9}
    | {chr(code): signs.shown("Wingdings", chr(code)) or None for code in range(0xF020, 0xF100)}
    | {"\u00a0": " ", "\u2011": "-", "\u00ad": None, "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None,
       "\ufeff": None, "\ufffe": None, "\n": " ", "\r": " ", "\v": " ", "\u2028": " ", "\x7f": None, "\uf0b7": "•"}
)  # fmt: skip
"""Spaces and hyphens that differ only for the typesetter; codes of symbol fonts whose font was lost: nearly always Wingdings. A line feed inside w:t is a space (ECMA-376 part 1, 17.3.3.31)."""


def as_shown(text: str) -> str:
    """Text as people read it (SHOWN_AS)."""
    return text if text.isascii() and text.isprintable() else text.translate(SHOWN_AS)


_BLANK = re.compile(r"[\s\u2000-\u200a\u202f\u205f\u3000]*")


LINES_LIMIT = 50_000
"""Paragraphs, rows and cells in one document: twenty times the longest referral."""

TEXT_LIMIT = 1_000_000
"""Characters in one document: three hundred pages."""


class Look(NamedTuple):
    """How a piece of text looks, as far as it bears on a choice. `font` only when it is a symbol font.

    highlighted: told apart by marker pen, underlining or a border. ink: as Run.ink.
    """

    bold: bool = False
    struck: bool = False
    highlighted: bool = False
    hidden: bool = False
    font: str | None = None
    italic: bool = False
    ink: str = ""


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Tick:
    """A check box: ticked or not, and how sure (below 0.5 when its drawing and its state differ)."""

    ticked: bool
    confidence: float = 1.0


@dataclass(slots=True, eq=False)
class Control:
    """What runs inside a control share. Each control on the page is an object of its own; runs of two never merge.

    Not frozen: whether a legacy field shows its prompt is known only at its end, and a check box is shown once only.
    """

    kind: ControlKind
    method: Method
    placeholder: bool = False
    iso_date: str | None = None
    tick: Tick | None = None
    """Of a check box: its state, which stands for the sign drawn in it. None once it has been shown."""
    instead: str | None = None
    """Text that stands for what is drawn in the control. "" once it has been shown."""
    confidence: float = 1.0


@dataclass(slots=True)
class Piece:
    """Text of one look and one control, or a tick box, or (`text` a line feed) a line break."""

    text: str
    look: Look = PLAIN
    control: Control | None = None
    tick: Tick | None = None
    symbol: bool = False


def lines_of(pieces: list[Piece], path: str) -> list[Line]:
    """The lines of one paragraph: broken at line breaks, empty ones left out, neighbours of one look and control joined."""
    lines: list[Line] = []
    runs: list[Run] = []
    filled = {piece.control for piece in pieces if piece.control is not None and not _BLANK.fullmatch(piece.text)}
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        at += 1
        if piece.text == "\n":
            if runs:
                lines.append(Line(tuple(runs)))
                runs = []
            continue
        if piece.tick is None:
            first = at - 1
            while at < len(pieces) and _alike(piece, pieces[at]):
                at += 1
            text = piece.text if at - first == 1 else "".join(one.text for one in pieces[first:at])
        else:
            text = ""
        if text or piece.tick is not None or piece.control is not None:
            blank = piece.control is not None and piece.control not in filled
            runs.append(_run(piece, "" if blank else text, path))
    if runs:
        lines.append(Line(tuple(runs)))
    return lines


def is_empty(paragraph: Sequence[Block]) -> bool:
    """Whether nothing is printed in a paragraph, and nothing can be filled in."""
    return all(
        isinstance(block, Line)
        and not any(run.text.strip() or run.mark is not None or run.control for run in block.runs)
        for block in paragraph
    )


def set_apart(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that follow an empty paragraph."""
    return [
        replace(block, apart=True) if at == 0 and isinstance(block, Line) else block for at, block in enumerate(blocks)
    ]


def _alike(one: Piece, other: Piece) -> bool:
    return (
        other.tick is None
        and other.text != "\n"
        and one.control is other.control
        and one.look == other.look
        and one.symbol == other.symbol
    )


def _run(piece: Piece, text: str, path: str) -> Run:
    look, control, tick = piece.look, piece.control, piece.tick
    if control is None:
        return Run(
            text,
            path=path,
            struck=look.struck,
            bold=look.bold,
            highlighted=look.highlighted,
            italic=look.italic,
            ink=look.ink,
        )
    return Run(
        text,
        path=path,
        mark=None if tick is None else tick.ticked,
        struck=look.struck,
        bold=look.bold,
        highlighted=look.highlighted,
        italic=look.italic,
        ink=look.ink,
        control=control.kind,
        placeholder=control.placeholder,
        iso_date=control.iso_date,
        method=control.method,
        confidence=control.confidence if tick is None else tick.confidence,
    )


def finished(blocks: list[Block]) -> list[Block]:
    """The blocks of one cell (or of the body, paragraph by paragraph) with tick signs and typed bullets told from words."""
    lines = signs.marked([block for block in blocks if isinstance(block, Line)])
    waiting = iter(lines)
    return [signs.bulleted(next(waiting)) if isinstance(block, Line) else block for block in blocks]


def finished_body(blocks: list[Block]) -> list[Block]:
    """Blocks outside tables: tick signs bear on the signs of their own paragraph, and of short ones with signs right before
    and after it, as options stand below each other."""
    done: list[Block] = []
    listed: list[Block] = []
    for block in blocks:
        if isinstance(block, Line) and signs.may_be_option(block):
            listed.append(block)
            continue
        done.extend(finished(listed))
        listed = []
        done.extend(finished([block]) if isinstance(block, Line) else [block])
    return [*done, *finished(listed)]


def lines_within(blocks: Iterable[Block]) -> Iterable[Line]:
    """All lines of blocks, those of tables cell by cell."""
    for block in blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                yield from lines_within(cell.blocks)
        else:
            yield block


def sized(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks of a whole document. Raises Refusal too_large_inflated for more text than any form holds."""
    done = tuple(blocks)
    if sum(len(run.text) for line in lines_within(done) for run in line.runs) > TEXT_LIMIT:
        raise Refusal("too_large_inflated")
    return done
