"""Reads .doc and .rtf by way of LibreOffice, and says what that way cannot carry over."""

from __future__ import annotations

import re
from dataclasses import replace

from extractors.files.office import convert
from extractors.page import Block, Document, Line, Run, Table
from extractors.word.document import read_docx

LOST_TICKS = "The tick boxes of this rich text file have lost their state, and count as unsure."

_BOXES = re.compile(rb"\bFORMCHECKBOX\b")
_BOX_STATES = re.compile(rb"\\fftype1(?!\d)")


def read_doc(content: bytes) -> Document:
    """The document of a .doc file. Raises Refusal as `office.convert` and `read_docx` do."""
    return replace(read_docx(convert(content, ".doc")), carrier="doc")


def read_rtf(content: bytes) -> Document:
    """The document of an .rtf file. Raises Refusal as `office.convert` and `read_docx` do.

    LibreOffice, when it writes RTF, leaves out whether a form field's box is ticked. Nobody can read that back, so such
    boxes are unsure.
    """
    document = replace(read_docx(convert(content, ".rtf")), carrier="rtf")
    if len(_BOXES.findall(content)) <= len(_BOX_STATES.findall(content)):
        return document
    blocks = tuple(_unsure(block) for block in document.blocks)
    return replace(document, blocks=blocks, partly=(*document.partly, LOST_TICKS))


def _unsure(block: Block) -> Block:
    if isinstance(block, Line):
        return replace(block, runs=tuple(_unsure_run(run) for run in block.runs))
    return Table(
        tuple(
            tuple(replace(cell, blocks=tuple(_unsure(inner) for inner in cell.blocks)) for cell in row)
            for row in block.rows
        )
    )


def _unsure_run(run: Run) -> Run:
    return replace(run, confidence=0.4) if run.mark is not None and run.method == "legacy_field" else run
