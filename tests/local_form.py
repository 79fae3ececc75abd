"""A form A as an area of its own prints it, with labels that nobody else uses."""

from __future__ import annotations

import io

import docx

OWN = "Reference in the Ambleford casebook"
"""Asks for person.agency_ref."""
ROWS = {
    "MAPPA Area": "West Midlands",
    "Referral to Level": "Level 2",
    "MAPPA category": "Category 2",
    "Last name": "Marrowby",
    "First name(s)": "Ellis",
    "Date of birth": "3 March 1990",
    "Nationality": "British",
    "Current address": "4 Quarry Lane, Dudley",
    OWN: "AMB/77/19",
    "Index offence(s) or relevant caution": "Wounding with intent",
}


def local_form() -> bytes:
    """A Word file with one table of labels and values."""
    form = docx.Document()
    form.add_paragraph("MAPPA A")
    form.add_paragraph("Referral to level 2 or level 3 MAPP meeting")
    table = form.add_table(0, 2)
    for label, value in ROWS.items():
        for cell, text in zip(table.add_row().cells, (label, value), strict=True):
            cell.text = text
    out = io.BytesIO()
    form.save(out)
    return out.getvalue()
