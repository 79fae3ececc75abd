"""What stands on a layer that is switched off is no part of a form; what stands on one that is shown is."""

from __future__ import annotations

import io

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.page import Document
from extractors.pdf.document import read_pdf
from tests.extractors.drawn import drawn, table, told


def form(canvas: Canvas) -> None:
    table(canvas, [("Surname", "Kettle"), ("Forenames", "")])
    for layer, word in (("L0", "Draft"), ("L1", "Winifred")):
        canvas._code.append(f"/OC /{layer} BDC")
        canvas.drawString(184, 747, word) if layer == "L1" else canvas.drawString(214, 767, word)
        canvas._code.append("EMC")
    canvas._code.append("/OC /L0 BDC")
    canvas.line(183, 770, 212, 770)  # through the surname
    canvas._code.append("EMC")


def with_layers(**shown: object) -> Document:
    """The form, of whose two layers `shown` says which are off: the words of "off", "on", by their names."""
    pdf = pikepdf.open(io.BytesIO(drawn(form)))
    layers = {
        name: pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=name)) for name in ("Old", "Filled in")
    }
    page = pdf.pages[0]
    page.Resources.Properties = pikepdf.Dictionary(L0=layers["Old"], L1=layers["Filled in"])
    told_so = {
        key: [layers[name] for name in said] if isinstance(said, list) else pikepdf.Name(str(said))
        for key, said in shown.items()
    }
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[*layers.values()], D=pikepdf.Dictionary(**told_so))
    out = io.BytesIO()
    pdf.save(out)
    return read_pdf(out.getvalue())


@pytest.mark.parametrize("shown", [{"OFF": ["Old"]}, {"BaseState": "/OFF", "ON": ["Filled in"]}], ids=str)
def test_a_layer_that_is_switched_off_is_not_read(shown: dict[str, object]) -> None:
    assert told(with_layers(**shown)) == [["Surname", "Kettle"], ["Forenames", "Winifred"]]


def test_layers_that_are_shown_are_read() -> None:
    assert told(with_layers()) == [["Surname", "~Kettle~ Draft"], ["Forenames", "Winifred"]]
