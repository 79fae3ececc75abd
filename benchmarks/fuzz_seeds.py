"""The good files that mutated ones are made of: samples, the labelled corpus where it is at hand, and pictures of a form."""

from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium
from PIL import Image

from benchmarks.mutants import unpacked
from extractors.files.office import convert
from extractors.refusals import Refusal
from tests.extractors.compound import attachment, compound, message

ROOT = Path(__file__).parents[1]
SHARES = {"pdf": 41, "docx": 24, "odt": 12, "eml": 9, "msg": 5, "picture": 7, "doc": 0.5, "rtf": 0.5}
"""Parts in 100 of the mutated files. Old Word and rich text go through LibreOffice, which takes seconds for each."""
_KINDS = {".docm": "docx", ".tif": "picture", ".tiff": "picture", ".jpg": "picture", ".png": "picture"}
_LARGEST = 200_000
_WIDTH, _HEIGHT = 480, 220
_RICH_TEXT = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}{\f1\fnil\fcharset2 Wingdings;}}{\stylesheet{\s0 Normal;}}"
    r"\pard\b MAPPA A \endash  Referral to level 2 or 3\b0\par %s{\field{\*\fldinst {FORMCHECKBOX }"
    r"{\*\formfield{\fftype1\ffres1\ffname x}}}{\fldrslt }} Yes {\f1 \'fe} {\strike No} \u8211?\par}"
)
_ROW = r"\trowd\trgaph108\cellx3000\cellx9000\pard\intbl %s\cell\pard\intbl %s\cell\row "


class Seed(NamedTuple):
    kind: str
    name: str
    content: bytes


def seeds(shared: Path | None) -> list[Seed]:
    """At least one file of every kind in SHARES; none so large that reading it takes long."""
    folders = [ROOT / "samples"]
    if shared is not None:
        folders += [shared / "corpus" / name for name in ("forms", "blank")]
    found = [
        Seed(_KINDS.get(path.suffix, path.suffix[1:]), path.name, path.read_bytes())
        for folder in folders
        for path in sorted(folder.glob("*"))
        if _KINDS.get(path.suffix, path.suffix[1:]) in SHARES
        and 0 < path.stat().st_size < _LARGEST
        # A page of a fax takes seconds to recognise: the small pictures made below stand for it.
        and path.suffix not in (".tif", ".tiff")
        # What is refused as it is leads no mutation past the gate.
        and path.name != "not-a-form.pdf"
    ]
    word = (ROOT / "samples" / "i-trust-complete.docx").read_bytes()
    printed = (ROOT / "samples" / "h-home-gaps.pdf").read_bytes()
    found += _pictures(printed)
    found.append(Seed("msg", "referral.msg", _outlook(word, printed)))
    found.append(Seed("eml", "forwarded.eml", _forwarded(word, printed)))
    found.append(Seed("rtf", "form.rtf", _rich_text()))
    try:
        found.append(Seed("doc", "form.doc", convert(word, ".docx", "doc")))
    except Refusal as refusal:
        print(f"no old Word file could be made of a new one: {refusal.message}")
    found += [
        Seed(kind, name, plain) for kind, name, content in found if kind == "pdf" and (plain := unpacked(content))
    ]
    return found


def _pictures(printed: bytes) -> list[Seed]:
    """The upper part of a page, small, in the ways that scanners and telephones pack it, and as a scanned PDF."""
    page = (
        pdfium.PdfDocument(printed)[0].render(scale=1).to_pil().convert("L").crop((40, 40, 40 + _WIDTH, 40 + _HEIGHT))
    )
    bilevel = page.convert("1")
    ways = {
        "fax.tif": (bilevel, {"format": "TIFF", "compression": "group4", "append_images": [bilevel], "save_all": True}),
        "grey.tiff": (page, {"format": "TIFF", "compression": "tiff_lzw"}),
        "photo.tif": (page.convert("RGB"), {"format": "TIFF", "compression": "jpeg"}),
        "photo.jpg": (page.convert("RGB"), {"format": "JPEG"}),
        "screen.png": (page, {"format": "PNG"}),
        "scan.pdf": (page, {"format": "PDF"}),
    }
    made = []
    for name, (picture, how) in ways.items():
        out = BytesIO()
        picture.save(out, **{"dpi": (72, 72), **how} if how["format"] != "PDF" else how)
        made.append(Seed("pdf" if name.endswith("pdf") else "picture", name, out.getvalue()))
    # Decoders read the whole file; a second plain way in which any byte is a pixel would find nothing.
    for way in ("I;16", "P"):
        out = BytesIO()
        Image.new(way, (64, 64)).save(out, "TIFF")
        made.append(Seed("picture", f"{way[0]}.tif", out.getvalue()))
    return made


def _outlook(word: bytes, printed: bytes) -> bytes:
    return compound(message("Referral", "Attached.", [attachment("A.docx", word), attachment("H.pdf", printed)]))


def _forwarded(word: bytes, printed: bytes) -> bytes:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "a@ficton.example", "=?utf-8?q?Form_I?="
    inner.set_content("Attached.")
    inner.add_alternative("<p>Form</p><table><tr><td>Name</td><td>Ann</td></tr></table>", subtype="html")
    inner.add_attachment(word, maintype="application", subtype="octet-stream", filename="I.docx")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "b@ficton.example", "FW: Form I"
    outer.set_content("See below.")
    outer.add_attachment(inner)
    outer.add_attachment(printed, maintype="application", subtype="pdf", filename="H.pdf")
    return outer.as_bytes()


def _rich_text() -> bytes:
    rows = (("Surname", "Hollins"), ("First names", "Ann"), ("Date of birth", "12/03/1984"), ("MAPPA category", "2"))
    return (_RICH_TEXT % "".join(_ROW % row for row in rows)).encode("ascii")
