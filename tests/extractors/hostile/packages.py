"""Hostile Word and OpenDocument packages: bombs, lies about sizes, entities, nesting, repetition, cycles."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from pathlib import Path

from tests.extractors.compound import compound
from tests.extractors.documents import (
    W_NAMES,
    cell,
    content_control,
    docx,
    docx_parts,
    legacy_field,
    odt_parts,
    paragraph,
    row,
    run,
    table,
    zipped,
)
from tests.extractors.hostile import Hostile, hostile, truncated

SAMPLES = Path(__file__).parents[3] / "samples"
FORM = (SAMPLES / "h-yot-complete.docx").read_bytes()
INFLATED, NO_FORM, HARD = "too_large_inflated", "not_a_form", "too_hard"


def odt(body: str, automatic: str = "") -> bytes:
    return zipped(odt_parts(body, automatic))


def with_part(name: str, content: str | bytes) -> bytes:
    return zipped({**docx_parts(paragraph("x")), name: content})


def with_document(xml: str | bytes) -> bytes:
    return with_part("word/document.xml", xml)


@hostile("form.docx", "one entry of zeros", INFLATED)
def bomb() -> bytes:
    return with_part("word/media/image1.bin", bytes(150_000_000))


@hostile("form.docx", "entries that all lie on the same packed bytes", INFLATED, "damaged")
def overlapping() -> bytes:
    """After Fifield's zip bomb: thousands of directory entries that name one local entry."""
    kernel = zipped({"word/media/x.bin": bytes(7_000_000)})
    end = kernel.rindex(b"PK\x05\x06")
    directory = kernel.index(b"PK\x01\x02")
    entry = kernel[directory:end]
    count = 4000
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, directory, 0)
    return kernel[:directory] + entry * count + tail


@hostile("form.docx", "more entries than any document has", INFLATED)
def crowded() -> bytes:
    return zipped({**docx_parts(""), **{f"word/{number}.xml": "" for number in range(6_000)}})


@hostile("form.docx", "an entry larger than its header says", "damaged")
def liar() -> bytes:
    content = bytearray(with_document(f"<w:document {W_NAMES}><w:body>{paragraph('x') * 9_000}</w:body></w:document>"))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.rindex(signature)
        content[at + offset : at + offset + 4] = struct.pack("<I", 64)
    return bytes(content)


@hostile("form.docx", "a wrong check sum", "damaged")
def miscounted() -> bytes:
    content = bytearray(docx(paragraph("x")))
    for signature, offset in ((b"PK\x01\x02", 16), (b"PK\x03\x04", 14)):
        at = content.rindex(signature)
        content[at + offset] ^= 0xFF
    return bytes(content)


@hostile("form.docx", "a password on one entry", "password")
def locked() -> bytes:
    content = bytearray(FORM)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.rindex(signature)
        content[at + offset] |= 1
    return bytes(content)


@hostile("form.docx", "NULs, folders and drives in the names of entries", NO_FORM)
def misnamed() -> bytes:
    names = (
        "../../../etc/passwd",
        "/etc/passwd",
        "C:\\x",
        "word/\x00.xml",
        "word/document.xml\x00",
        "é\u202e.xml",
        "." * 500,
    )
    return zipped({**docx_parts(paragraph("x")), **dict.fromkeys(names, "x")})


@hostile("form.docx", "two documents under one name", NO_FORM)
def doubled() -> bytes:
    out = io.BytesIO(docx(paragraph("x")))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as package:
        warnings.simplefilter("ignore")
        package.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')
    return out.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@hostile("form.docx", "a billion laughs", "external_entity")
def laughing() -> bytes:
    return with_document(f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>')


@hostile("form.docx", "one long entity, many times", "external_entity")
def quadratic() -> bytes:
    return with_document(f'<!DOCTYPE a [<!ENTITY b "{"x" * 50_000}">]><a>{"&b;" * 50_000}</a>')


@hostile("form.docx", "an entity from the disk, in UTF-16", "external_entity")
def reaching_out() -> bytes:
    return with_document(
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'.encode("utf-16")
    )


@hostile("form.docx", "a document type in an encoding that hides it", "damaged", "external_entity")
def hidden() -> bytes:
    return with_document(b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>')


@hostile("form.docx", "XInclude and a style sheet", "damaged", NO_FORM)
def including() -> bytes:
    return with_document(
        '<?xml-stylesheet href="file:///etc/passwd"?><x xmlns:xi="http://www.w3.org/2001/XInclude">'
        '<xi:include href="file:///etc/passwd" parse="text"/></x>'
    )


@hostile("form.docx", "elements nested 200,000 deep", "damaged", HARD, NO_FORM)
def deep() -> bytes:
    return docx("<w:sdt><w:sdtContent>" * 100_000 + "</w:sdtContent></w:sdt>" * 100_000)


@hostile("form.docx", "controls nested up to the parser's limit", NO_FORM, HARD, "damaged")
def controlled() -> bytes:
    body = paragraph("x")
    for _ in range(110):
        body = content_control("<w:richText/>", body)
    return docx(body)


@hostile("form.docx", "tables nested 60 deep", HARD)
def nested() -> bytes:
    body = paragraph("x")
    for _ in range(60):
        body = table(row(cell(body)))
    return docx(body)


@hostile("form.docx", "more paragraphs than a library", INFLATED, HARD)
def endless() -> bytes:
    return docx("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 400_000)


@hostile("form.docx", "one paragraph of ten million letters", NO_FORM, INFLATED, HARD)
def long_winded() -> bytes:
    return docx(paragraph("a b c d e " * 1_000_000))


def telling(story: str, said: str = "He moved.", more: str = "") -> Hostile:
    """A form with a very long answer, or with much behind it: it is read, whatever stands in it."""
    answers = (
        ("Surname", "Okonkwo"),
        ("Forenames", "Daniel"),
        ("Date of birth", "24/10/1993"),
        ("Nationality", "British"),
    )
    rows = *answers, ("Current address", "1 Bridge Road, Dudley"), ("Reason for referral", said)
    form = paragraph("MAPPA A: Referral to level 2 or level 3") + table(*(row(*map(cell, pair)) for pair in rows))
    return Hostile("form.docx", lambda: docx(form + more), frozenset({"read"}), story)


colons = telling("a colon at each third word of an answer", "a b c: d; " * 6_000)
brackets = telling("an answer of brackets that nobody closes", "(" * 60_000)
blanks = telling("an answer with a hole of 60,000 blanks", "seen" + " " * 60_000 + "twice")
crosses = telling("an answer of crosses", "x " * 30_000)
capitals = telling("an answer in capitals", "HE WAS SEEN BY STAFF " * 3_000)
quotes = telling("an answer of quotation marks", "'" * 60_000)
asking = telling("a label two thousand times", more=paragraph("Name: Okonkwo") * 2_000)


@hostile("form.docx", "a table of 40,000 cells that span everything", NO_FORM, INFLATED, HARD)
def spanning() -> bytes:
    wide = '<w:gridSpan w:val="2147483647"/><w:vMerge w:val="restart"/>'
    return docx(table(*[row(*[cell("x", look=wide)] * 20, look='<w:gridBefore w:val="2147483647"/>')] * 2_000))


@hostile("form.docx", "columns that begin before the page and end behind it", NO_FORM, HARD)
def negative() -> bytes:
    looks = ("-1", "0", "99999999999999999999", "1e9", "x", "")
    return docx(
        table(
            *[
                row(cell("Surname", look=f'<w:gridSpan w:val="{v}"/>'), "Smith", look=f'<w:gridBefore w:val="{v}"/>')
                for v in looks
            ]
        )
    )


@hostile("form.docx", "a document that is its own part", NO_FORM, HARD)
def self_containing() -> bytes:
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    inner = docx('<w:altChunk r:id="rId1"/>' * 300)
    parts = dict(docx_parts('<w:altChunk r:id="rId1"/>' * 3_000 + paragraph("x")))
    parts["word/_rels/document.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relation}" Target="chunk.docx"/></Relationships>'
    )
    return zipped({**parts, "word/chunk.docx": inner})


@hostile("form.docx", "relations that lead round in a ring and out of the package", NO_FORM, "damaged")
def ringed() -> bytes:
    parts = docx_parts(paragraph("x") + '<w:altChunk r:id="rId1"/>')
    parts["word/_rels/document.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="x/aFChunk" Target="../word/document.xml"/>'
        '<Relationship Id="rId2" Type="x/styles" Target="document.xml"/>'
        '<Relationship Id="rId3" Type="x/numbering" Target="../../../../etc/passwd"/>'
        '<Relationship Id="rId4" Type="x/glossaryDocument" Target="document.xml"/></Relationships>'
    )
    return zipped(parts)


@hostile("form.docx", "styles, each based on the next and the last on the first", NO_FORM)
def circular_styles() -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:basedOn w:val="s{(n + 1) % 3000}"/></w:style>'
        for n in range(3000)
    )
    body = "".join(paragraph("x", look=f'<w:pStyle w:val="s{n}"/>') for n in range(3000))
    return docx(body, {"styles.xml": ("styles", f"<w:styles {W_NAMES}>{styles}</w:styles>")})


@hostile("form.docx", "fields that begin and never end", NO_FORM, HARD, INFLATED)
def unending_fields() -> bytes:
    begin = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:textInput/></w:ffData></w:fldChar></w:r>'
    return docx(paragraph(*[begin] * 60_000))


@hostile("form.docx", "a list of 200,000 choices", NO_FORM, HARD)
def choosy() -> bytes:
    entries = "".join(f'<w:listEntry w:val="{n}"/>' for n in range(200_000))
    return docx(paragraph(legacy_field("FORMDROPDOWN", f'<w:ddList><w:result w:val="-1"/>{entries}</w:ddList>')))


@hostile("form.docx", "controls bound to a large store by paths made to be slow", NO_FORM, HARD, INFLATED)
def bound() -> bytes:
    store = "<f>" + "<n><n>x</n></n>" * 60_000 + "</f>"
    binding = '<w:dataBinding w:xpath="/f[1]/n[9999]/n[1]" w:storeItemID="{A}"/><w:dataBinding w:xpath="//*//*//*//*//*[//*]" w:storeItemID="{A}"/>'
    parts = docx_parts("".join(paragraph(content_control("<w:text/>", run("x"), more=binding)) for _ in range(4_000)))
    item = (
        '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" ds:itemID="{A}"/>'
    )
    return zipped({**parts, "customXml/item1.xml": store, "customXml/itemProps1.xml": item})


@hostile("form.docx", "text boxes within text boxes", NO_FORM, HARD)
def boxed() -> bytes:
    body = paragraph("x")
    for _ in range(28):
        body = paragraph(
            f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{body}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
        )
    return docx(body)


@hostile("form.docx", "letters that XML does not allow", "damaged")
def forbidden() -> bytes:
    return docx(paragraph("&#0;&#xD800;&#xFFFE;"))


@hostile("form.docx", "marks that turn text round, tags and private signs", NO_FORM)
def turned_round() -> bytes:
    return docx(paragraph("\u202eemanruS\u2066\u200b\ufeff\U000e0041\ue000\u0301" * 2_000))


@hostile("form.docx", "a macro behind a harmless name", "macros")
def macro() -> bytes:
    return with_part("word/vbaProject.bin", b"x")


@hostile("template.dotm", "a template with macros", "macros")
def macro_template() -> bytes:
    return with_part("word/vbaProject.bin", b"x")


@hostile("template.dotx", "an empty template", NO_FORM)
def template() -> bytes:
    return docx(paragraph("x"))


def _other(kind: str) -> bytes:
    types = f'<Types><Override PartName="/x" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    return zipped({"[Content_Types].xml": types, "xl/workbook.xml": "<x/>"})


@hostile("form.docx", "a workbook under a Word name", "mislabelled")
def workbook_as_word() -> bytes:
    return _other("spreadsheetml.sheet")


@hostile("list.xlsx", "a workbook", "unsupported")
def workbook() -> bytes:
    return _other("spreadsheetml.sheet")


@hostile("slides.pptx", "a presentation", "unsupported")
def slides() -> bytes:
    return _other("presentationml.presentation")


@hostile("form.pages", "an Apple Pages document", "unsupported")
def pages() -> bytes:
    return zipped({"Index/Document.iwa": b"x", "preview.jpg": b"x"})


@hostile("forms.zip", "a zip with a form inside", "unsupported")
def archive() -> bytes:
    return zipped({"form.docx": FORM})


@hostile("form.docx", "a Word file encrypted with a password", "password")
def encrypted() -> bytes:
    return compound({"EncryptionInfo": bytes(100), "EncryptedPackage": bytes(5000)})


@hostile("form.doc", "an old Word file encrypted with a password", "password")
def encrypted_old() -> bytes:
    return compound({"WordDocument": struct.pack("<HH6xH", 0xA5EC, 0xC1, 0x0100) + bytes(5000), "1Table": bytes(100)})


@hostile("form.doc", "an old Word file with macros", "macros")
def macro_old() -> bytes:
    return compound(
        {"WordDocument": struct.pack("<HH6xH", 0xA5EC, 0xC1, 0) + bytes(5000), "Macros": {"VBA": {"dir": b"x"}}}
    )


@hostile("form.doc", "a compound file whose sectors lead round in a ring", "damaged")
def ringed_sectors() -> bytes:
    content = bytearray(compound({"WordDocument": bytes(9000)}))
    (at,) = struct.unpack_from("<I", content, 76)
    for number in range(16):
        struct.pack_into("<I", content, 512 * (at + 1) + 4 * number, number)
    return bytes(content)


@hostile("form.odt", "rows and cells that stand for two thousand million", NO_FORM, INFLATED, HARD)
def repeated() -> bytes:
    many = "2147483647"
    cells = f'<table:table-cell table:number-columns-repeated="{many}"><text:p>x</text:p></table:table-cell>' * 50
    rows = f'<table:table-row table:number-rows-repeated="{many}">{cells}</table:table-row>' * 400
    return odt(f"<table:table>{rows}</table:table>")


@hostile("form.odt", "two thousand million spaces", NO_FORM)
def spacious() -> bytes:
    return odt('<text:p>a<text:s text:c="2147483647"/>b</text:p>' * 400)


@hostile("form.odt", "spans nested up to the parser's limit", NO_FORM, HARD)
def nested_spans() -> bytes:
    return odt("<text:p>" + "<text:span>" * 240 + "x" + "</text:span>" * 240 + "</text:p>")


@hostile("form.odt", "lists and frames within one another", NO_FORM, HARD)
def nested_lists() -> bytes:
    lists = "<text:list><text:list-item>" * 60 + "<text:p>x</text:p>" + "</text:list-item></text:list>" * 60
    frames = (
        "<text:p><draw:frame><draw:text-box>" * 60
        + "<text:p>x</text:p>"
        + "</draw:text-box></draw:frame></text:p>" * 60
    )
    return odt(lists + frames)


@hostile("form.odt", "an OpenDocument file encrypted with a password", "password")
def encrypted_odt() -> bytes:
    parts = odt_parts("<text:p>x</text:p>")
    parts["META-INF/manifest.xml"] = '<manifest><file-entry><encryption-data checksum="x"/></file-entry></manifest>'
    return zipped(parts)


@hostile("form.odt", "an OpenDocument file with macros", "macros")
def macro_odt() -> bytes:
    return zipped({**odt_parts(""), "Basic/Standard/Module1.xml": "<x/>"})


@hostile("form.odt", "styles that are their own parents", NO_FORM)
def circular_odt() -> bytes:
    styles = "".join(
        f'<style:style style:name="P{n}" style:family="paragraph" style:parent-style-name="P{(n + 1) % 2000}"/>'
        for n in range(2000)
    )
    return odt("".join(f'<text:p text:style-name="P{n}">x</text:p>' for n in range(2000)), styles)


@hostile("sheet.ods", "an OpenDocument spreadsheet", "unsupported")
def spreadsheet() -> bytes:
    return zipped({**odt_parts(""), "mimetype": "application/vnd.oasis.opendocument.spreadsheet"})


@hostile("form.fodt", "an OpenDocument text in one XML file", "unsupported")
def flat() -> bytes:
    return b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'


FILES = [found for found in list(globals().values()) if isinstance(found, Hostile)] + truncated(
    "form.docx", lambda: FORM, "damaged"
)
