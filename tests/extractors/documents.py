"""Builds Word and OpenDocument files part by part, so that a test says exactly what stands in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

W_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of the given parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def docx_parts(body: str, related: Mapping[str, tuple[str, str]] | None = None) -> dict[str, str]:
    """The parts of a .docx. `related` maps a part's name below word/ to (relation, XML); ids are rId1, rId2 ... in order."""
    related = related or {}
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{relation}" Target="{name}"/>'
        for number, (name, (relation, _)) in enumerate(related.items(), 1)
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>',
        "word/document.xml": f"<w:document {W_NAMES}><w:body>{body}</w:body></w:document>",
        **{f"word/{name}": xml for name, (_, xml) in related.items()},
    }


def docx(body: str, related: Mapping[str, tuple[str, str]] | None = None) -> bytes:
    """A .docx whose w:body holds `body`."""
    return zipped(docx_parts(body, related))


def run(text: str, look: str = "") -> str:
    """A w:r; `look` is the XML inside its w:rPr."""
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, look: str = "") -> str:
    """A w:p of runs given as XML or as plain words; `look` is the XML inside its w:pPr."""
    inner = "".join(piece if piece.startswith("<") else run(piece) for piece in runs)
    return f"<w:p><w:pPr>{look}</w:pPr>{inner}</w:p>"


def cell(*content: str, look: str = "") -> str:
    """A w:tc of paragraphs, tables or plain words; `look` is the XML inside its w:tcPr."""
    inner = "".join(
        piece if piece.startswith(("<w:p>", "<w:tbl>", "<w:sdt>", "<mc:")) else paragraph(piece) for piece in content
    )
    return f"<w:tc><w:tcPr>{look}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, look: str = "") -> str:
    """A w:tr of cells given as XML or as plain words."""
    inner = "".join(piece if piece.startswith("<") else cell(piece) for piece in cells)
    return f"<w:tr><w:trPr>{look}</w:trPr>{inner}</w:tr>"


def table(*rows: str) -> str:
    """A w:tbl of rows."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def content_control(kind: str, *content: str, more: str = "") -> str:
    """A w:sdt whose properties hold `kind` and `more`."""
    return f"<w:sdt><w:sdtPr>{more}{kind}</w:sdtPr><w:sdtContent>{''.join(content)}</w:sdtContent></w:sdt>"


def check_box(ticked: bool, shown: str | None = None) -> str:
    """A w14:checkbox at run level with Word's own signs."""
    sign = shown or ("☒" if ticked else "☐")
    return content_control(
        f'<w14:checkbox><w14:checked w14:val="{int(ticked)}"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>',
        run(sign),
    )


def legacy_field(name: str, properties: str, result: str | None = None) -> str:
    """A form field: begin with w:ffData, code, and (unless None) a result given as XML."""
    separate = "" if result is None else f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}'
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="x"/><w:enabled/>{properties}</w:ffData></w:fldChar></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {name} </w:instrText></w:r>{separate}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def legacy_tick(ticked: bool) -> str:
    """A FORMCHECKBOX."""
    checked = "<w:checked/>" if ticked else ""
    return legacy_field("FORMCHECKBOX", f'<w:checkBox><w:sizeAuto/><w:default w:val="0"/>{checked}</w:checkBox>')


def legacy_choice(entries: list[str], chosen: int | None) -> str:
    """A FORMDROPDOWN."""
    result = "" if chosen is None else f'<w:result w:val="{chosen}"/>'
    listed = "".join(f'<w:listEntry w:val="{entry}"/>' for entry in entries)
    return legacy_field("FORMDROPDOWN", f"<w:ddList>{result}{listed}</w:ddList>")


def legacy_text(result: str) -> str:
    """A FORMTEXT."""
    return legacy_field("FORMTEXT", "<w:textInput/>", run(result))


ODT_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
    'xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0" '
    'xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0" '
    'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)


def odt_parts(body: str, automatic: str = "", page_styles: str = "") -> dict[str, str]:
    """The parts of an .odt: `body` inside office:text, automatic styles, and the XML of master pages."""
    return {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<office:document-content {ODT_NAMES}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        "styles.xml": f"<office:document-styles {ODT_NAMES}><office:master-styles>{page_styles}</office:master-styles>"
        "</office:document-styles>",
        "META-INF/manifest.xml": "<manifest/>",
    }
