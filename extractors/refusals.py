"""Why a file is not read, in words that say the cure.

Refusal
    one class; `code` for machines, `message` for people (what is wrong, and what to do)
"""

from __future__ import annotations

CURES: dict[str, str] = {
    "empty": "The file is empty. Check that it was saved, then send it again.",
    "damaged": "The file is damaged or cut short. Open it on your computer, save it again, and send the new copy.",
    "password": "The file is protected by a password. Save a copy without a password and send that.",
    "mislabelled": "The file's name says {says} but its content is {content}. Rename it or save it again in the right format.",
    "unsupported": "This kind of file cannot be read ({content}). Send the form as Word, OpenDocument, PDF, scan (PDF, TIFF, JPEG, PNG) or mail.",
    "macros": "The file contains macros, which are not accepted. Save it as an ordinary Word document (.docx) and send that.",
    "external_entity": "The file refers to content outside itself, which is not accepted. Save it again from Word and send the new copy.",
    "too_large": "The file is larger than {limit}. Send only the form, or scan it at 200 dpi in grey.",
    "too_large_inflated": "The file unpacks to more than is safe to open. Save the form again as a new document and send that.",
    "too_many_pages": "The file has more than {limit} pages. Send the form by itself.",
    "not_a_form": "No MAPPA form A, H or I was found in this file. Check that you chose the right file.",
    "other_form": "This is a MAPPA {form}. This desk takes form A (referral), H (youth offending team) and I (mental health).",
    "two_forms": "The file holds more than one form. Send each form as a file of its own.",
    "too_hard": "The file could not be read within the time and memory allowed. Print the form to PDF and send that.",
    "no_converter": "This older file format cannot be read here, because LibreOffice is not installed. Save the form as .docx or PDF and send that.",
    "xfa": "This PDF is an XFA form whose data could not be read. Print it to PDF and send that.",
    "unscannable": "The file is packed in a way that cannot be checked for viruses, and was not opened. Save the form again as a new document and send that.",
    "infected": "The file contains a virus and was not opened. Tell your IT service desk, then send a clean copy.",
}


class Refusal(Exception):
    """A file that is not read. Codes are the keys of CURES; `details` fill the sentence; `besides` are sentences before it."""

    def __init__(self, code: str, besides: tuple[str, ...] = (), **details: str) -> None:
        self.code = code
        self.details = details
        cure = CURES[code].format_map(details) if details else CURES[code]
        self.message = " ".join((*besides, cure))
        super().__init__(f"{code}: {self.message}")
