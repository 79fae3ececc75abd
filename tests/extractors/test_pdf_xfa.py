"""An XFA form gives the answers of its data under the captions of its template."""

from __future__ import annotations

import io

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.pdf.document import read_pdf
from extractors.refusals import Refusal
from tests.extractors.drawn import drawn, told

TEMPLATE = b"""<template xmlns="http://www.xfa.org/schema/xfa-template/3.3/"><subform name="form1">
<pageSet><pageArea><medium/></pageArea></pageSet>
<draw name="t"><value><text>MAPPA A</text></value></draw>
<subform name="person">
<field name="surname"><ui><textEdit/></ui><caption><value><text>Surname</text></value></caption></field>
<field name="risk"><ui><choiceList/></ui><caption><value><exData><body><p>Overall <b>risk</b></p></body></exData></value></caption>
<items><text>Low</text><text>High</text></items><items save="1"><text>l</text><text>h</text></items></field>
<exclGroup name="media"><caption><value><text>Media interest</text></value></caption>
<field name="y"><ui><checkButton/></ui><caption><value><text>Yes</text></value></caption><items><text>1</text></items></field>
<field name="n"><ui><checkButton/></ui><caption><value><text>No</text></value></caption><items><text>2</text></items></field></exclGroup>
<field name="l2"><ui><checkButton/></ui><caption><value><text>Level 2</text></value></caption><items><integer>1</integer></items></field>
<field name="why"><ui><textEdit multiLine="1"/></ui><caption><value><text>Reason</text></value></caption></field>
<field name="court"><ui><textEdit/></ui><caption><value><text>Court</text></value></caption><bind match="dataRef" ref="$record.law.courtName"/></field>
<field name="send"><ui><button/></ui><caption><value><text>Send</text></value></caption></field>
</subform>
<subform name="agency"><field name="who"><ui><textEdit/></ui><caption><value><text>Agency</text></value></caption></field></subform>
</subform></template>"""
DATASETS = b"""<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1>
<person><surname>O'Dowd</surname><risk>h</risk><media>2</media><l2>1</l2><why>First.\nSecond.</why></person>
<law><courtName>Walsall</courtName></law>
<agency><who>Police</who></agency><agency><who>Housing</who></agency>
</form1></xfa:data></xfa:datasets>"""


def please_wait(canvas: Canvas) -> None:
    canvas.drawString(60, 700, "Please wait... If this message is not replaced, your viewer cannot show this form.")


def xfa(packets: dict[str, bytes]) -> bytes:
    pdf = pikepdf.open(io.BytesIO(drawn(please_wait)))
    parts: list[object] = []
    for name, content in packets.items():
        parts += [pikepdf.String(name), pdf.make_stream(content)]
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pikepdf.Array(parts))
    pdf.Root.NeedsRendering = True
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_captions_and_answers_stand_in_rows_in_the_order_of_the_form() -> None:
    assert told(read_pdf(xfa({"template": TEMPLATE, "datasets": DATASETS}))) == [
        "MAPPA A",
        ["Surname", "<O'Dowd>"],
        ["Overall risk", "<High>"],
        ["Media interest", "<[ ]> Yes <[x]> No"],
        ["Level 2", "<[x]>"],
        ["Reason", "<First.> / <Second.>"],
        ["Court", "<Walsall>"],
        ["Agency", "<Police>"],
        ["Agency", "<Housing>"],
    ]


def test_data_without_a_template_is_read_by_its_names() -> None:
    assert ["court Name", "<Walsall>"] in told(read_pdf(xfa({"datasets": DATASETS})))


@pytest.mark.parametrize(
    "packets",
    [
        {"template": TEMPLATE},
        {"template": TEMPLATE, "datasets": b"<broken"},
        {"datasets": b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"},
        {"template": TEMPLATE, "datasets": b"<d><data><form1/></data></d>"},
    ],
)
def test_an_xfa_form_without_readable_data_is_refused(packets: dict[str, bytes]) -> None:
    with pytest.raises(Refusal) as refusal:
        read_pdf(xfa(packets))
    assert refusal.value.code == "xfa"
