"""Hostile PDFs: lies about pages, rings of objects, bombs in every filter, huge pictures, forms without end."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pikepdf

from tests.extractors.hostile import Hostile, hostile, truncated

SAMPLES = Path(__file__).parents[3] / "samples"
FORM = (SAMPLES / "h-home-gaps.pdf").read_bytes()
WORD = (SAMPLES / "h-yot-complete.docx").read_bytes()
NO_FORM, HARD, PARTLY = "not_a_form", "too_hard", "partly read"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
WORDS = b"BT /F 10 Tf 50 700 Td (Nothing that is a form) Tj ET"


def stream(body: bytes, more: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (more, len(body), body)


def page(more: bytes = b"", box: bytes = b"0 0 595 842", resources: bytes = b"/Font<</F 5 0 R>>") -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s>>%s>>" % (box, resources, more)


def pdf(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF with a right table of references, of the usual objects overlaid with those given."""
    usual = {1: CATALOG, 2: PAGES, 3: page(), 4: stream(WORDS), 5: HELVETICA}
    out, places = b"%PDF-1.7\n", {}
    for number, body in sorted({**usual, **objects}.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(places) + 1
    rows = b"".join(b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n" for n in range(size))
    return out + b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        rows,
        size,
        trailer,
        start,
    )


@hostile("form.pdf", "no pages", "damaged", NO_FORM)
def no_pages() -> bytes:
    return pdf({2: b"<</Type/Pages/Kids[]/Count 0>>"})


@hostile("form.pdf", "two thousand million pages, it says", "damaged", NO_FORM, "too_many_pages")
def boasting() -> bytes:
    return pdf({2: b"<</Type/Pages/Kids[3 0 R]/Count 2147483647>>"})


@hostile("form.pdf", "fewer than no pages", "damaged", NO_FORM)
def modest() -> bytes:
    return pdf({2: b"<</Type/Pages/Kids[3 0 R]/Count -5>>"})


@hostile("form.pdf", "forty pages of which one is there", NO_FORM, PARTLY, "damaged")
def missing() -> bytes:
    return pdf({2: b"<</Type/Pages/Kids[3 0 R %s]/Count 40>>" % (b"99 0 R " * 39)})


@hostile("form.pdf", "more pages than a form has", "too_many_pages")
def many_pages() -> bytes:
    return pdf({2: b"<</Type/Pages/Kids[%s]/Count 500>>" % (b"3 0 R " * 500)})


@hostile("form.pdf", "pages that are their own parents", "damaged", NO_FORM)
def circular() -> bytes:
    return pdf({2: b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 3/Parent 2 0 R>>"})


@hostile("form.pdf", "a tree of pages 20,000 deep", "damaged", NO_FORM)
def deep_tree() -> bytes:
    chain = {n: b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (n + 1, n - 1) for n in range(10, 20_000)}
    return pdf({**chain, 2: b"<</Type/Pages/Kids[10 0 R]/Count 1>>", 20_000: page()})


@hostile("form.pdf", "arrays nested 100,000 deep", "damaged", NO_FORM)
def deep_arrays() -> bytes:
    return pdf({3: page(b"/X " + b"[" * 100_000 + b"]" * 100_000)})


@hostile("form.pdf", "a page as wide as the sun", NO_FORM, "damaged")
def vast() -> bytes:
    return pdf({3: page(box=b"0 0 1e12 1e12")})


@hostile("form.pdf", "a page of 200 inches", NO_FORM)
def poster() -> bytes:
    return pdf({3: page(b"/UserUnit 75000", b"0 0 14400 14400")})


@hostile("form.pdf", "pages of no size and of less", NO_FORM, "damaged")
def no_size() -> bytes:
    boxes = (b"0 0 0 0", b"0 0 -10 -10", b"595 842 0 0", b"nan inf 0 0", b"1 2 3", b"0 0 1e-9 842")
    kids = {10 + n: page(box=box) for n, box in enumerate(boxes)}
    return pdf({2: b"<</Type/Pages/Kids[%s]/Count 6>>" % b" ".join(b"%d 0 R" % n for n in kids), **kids})


@hostile("form.pdf", "a page turned by seven degrees and by a million", NO_FORM, "damaged")
def turned() -> bytes:
    return pdf({2: b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>", 3: page(b"/Rotate 7"), 6: page(b"/Rotate 1000000")})


FORM_X = b"/Type/XObject/Subtype/Form/BBox[0 0 600 850]/Resources<</XObject<</X 6 0 R/Y 7 0 R>>>>"


@hostile("form.pdf", "drawings that hold each other", NO_FORM, "damaged", HARD)
def recursive_drawings() -> bytes:
    twice = b"/X Do /Y Do /X Do /Y Do"
    return pdf(
        {
            3: page(resources=b"/XObject<</X 6 0 R>>"),
            4: stream(b"/X Do"),
            6: stream(twice, FORM_X),
            7: stream(twice, FORM_X),
        }
    )


@hostile("form.pdf", "drawings that each hold ten others, nine deep", NO_FORM, "damaged", HARD, PARTLY)
def thousand_million_drawings() -> bytes:
    levels = {
        10 + n: stream(
            b"/X Do " * 10,
            b"/Type/XObject/Subtype/Form/BBox[0 0 600 850]/Resources<</XObject<</X %d 0 R>>>>" % (11 + n),
        )
        for n in range(9)
    }
    last = stream(b"0 0 10 10 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 600 850]")
    return pdf({3: page(resources=b"/XObject<</X 10 0 R>>"), 4: stream(b"/X Do"), **levels, 19: last})


@hostile("form.pdf", "patterns and soft masks that lead to themselves", NO_FORM, "damaged", PARTLY, HARD)
def recursive_patterns() -> bytes:
    pattern = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.001/YStep 0.001/Resources<</Pattern<</P 6 0 R>>>>"
    mask = b"<</Type/ExtGState/SMask<</S/Luminosity/G 8 0 R>>>>"
    group = b"/Type/XObject/Subtype/Form/BBox[0 0 600 850]/Group<</S/Transparency>>/Resources<</ExtGState<</G 7 0 R>>>>"
    draw = b"/G gs /Pattern cs /P scn 0 0 600 850 re f"
    resources = b"/Pattern<</P 6 0 R>>/ExtGState<</G 7 0 R>>"
    return pdf(
        {3: page(resources=resources), 4: stream(draw), 6: stream(draw, pattern), 7: mask, 8: stream(draw, group)}
    )


@hostile("form.pdf", "letters that are drawn with themselves", NO_FORM, "damaged", PARTLY, HARD)
def recursive_letters() -> bytes:
    font = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/CharProcs<</a 6 0 R>>/FirstChar 97/LastChar 97/Widths[1]/Encoding<</Differences[97/a]>>/Resources<</Font<</F 5 0 R>>>>>>"
    return pdf(
        {4: stream(b"BT /F 10 Tf 50 700 Td (aaaaaaaa) Tj ET"), 5: font, 6: stream(b"BT /F 1 Tf (aaaaaaaa) Tj ET")}
    )


def _packed(size: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()


@hostile("form.pdf", "a stream that unpacks to a gigabyte", NO_FORM, "damaged", HARD)
def flate_bomb() -> bytes:
    return pdf({4: stream(_packed(1 << 30), b"/Filter/FlateDecode")})


@hostile("form.pdf", "a bomb packed three times", NO_FORM, "damaged", HARD)
def matryoshka() -> bytes:
    body = zlib.compress(zlib.compress(_packed(1 << 30), 9), 9)
    return pdf({4: stream(body, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]")})


@hostile("form.pdf", "a thousand filters on one stream", NO_FORM, "damaged")
def filtered() -> bytes:
    return pdf({4: stream(b"41>" * 100, b"/Filter[%s]" % (b"/ASCIIHexDecode" * 1000))})


@hostile("form.pdf", "predictors beyond all sizes", NO_FORM, "damaged")
def predicted() -> bytes:
    parms = b"/DecodeParms<</Predictor 15/Columns 2147483647/Colors 2147483647/BitsPerComponent 32>>"
    return pdf({4: stream(zlib.compress(WORDS), b"/Filter/FlateDecode" + parms)})


def _image(
    width: int, height: int, filters: bytes, body: bytes, colours: bytes = b"/DeviceRGB", bits: int = 8
) -> bytes:
    head = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace%s/BitsPerComponent %d" % (
        width,
        height,
        colours,
        bits,
    )
    return stream(body, head + filters)


def _picture(image: bytes) -> bytes:
    return pdf({3: page(resources=b"/XObject<</I 6 0 R>>"), 4: stream(b"595 0 0 842 0 0 cm /I Do"), 6: image})


@hostile("scan.pdf", "a picture of ten thousand million points, well packed", "damaged", HARD, NO_FORM, PARTLY)
def vast_picture() -> bytes:
    return _picture(_image(100_000, 100_000, b"/Filter/FlateDecode", _packed(64 << 20), b"/DeviceGray", 1))


@hostile("scan.pdf", "a fax of 65,000 by 65,000 points", "damaged", HARD, NO_FORM, PARTLY)
def vast_fax() -> bytes:
    return _picture(
        _image(
            65_000,
            65_000,
            b"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 65000/Rows 65000>>",
            b"\x00\x10\x01" * 2000,
            b"/DeviceGray",
            1,
        )
    )


@hostile("scan.pdf", "a JBIG2 picture that says it is vast", "damaged", HARD, NO_FORM, PARTLY)
def jbig2() -> bytes:
    size = (60_000).to_bytes(4, "big")
    info = bytes.fromhex("0000000030000100000013") + size * 2 + bytes(8) + b"\x40\x00\x00"
    return _picture(
        _image(
            60_000,
            60_000,
            b"/Filter/JBIG2Decode",
            info + bytes.fromhex("00000001310001 00000000".replace(" ", "")),
            b"/DeviceGray",
            1,
        )
    )


@hostile("scan.pdf", "a JPEG 2000 picture that says it is vast", "damaged", HARD, NO_FORM, PARTLY)
def jpx() -> bytes:
    side = (60_000).to_bytes(4, "big")
    siz = (
        b"\xff\x51"
        + (47).to_bytes(2, "big")
        + bytes(2)
        + side * 2
        + bytes(8)
        + side * 2
        + bytes(8)
        + (3).to_bytes(2, "big")
        + b"\x07\x01\x01" * 3
    )
    cod = b"\xff\x52" + bytes.fromhex("000c00000001010504040001")[:12]
    qcd = b"\xff\x5c" + bytes.fromhex("00134040484850484850484850484850484850")
    return _picture(_image(60_000, 60_000, b"/Filter/JPXDecode", b"\xff\x4f" + siz + cod + qcd + b"\xff\xd9"))


@hostile("scan.pdf", "four hundred large pictures on one page", "damaged", HARD, NO_FORM, PARTLY)
def many_pictures() -> bytes:
    draw = b"".join(b"q 595 0 0 842 0 0 cm /I Do Q " for _ in range(400))
    image = _image(6000, 6000, b"/Filter/FlateDecode", _packed(108 << 20))
    return pdf({3: page(resources=b"/XObject<</I 6 0 R>>"), 4: stream(draw), 6: image})


@hostile("form.pdf", "300,000 lines on a page", NO_FORM, PARTLY, HARD)
def scribbled() -> bytes:
    return pdf(
        {
            4: stream(
                b"".join(
                    b"%d %d m %d %d l S\n" % (n % 595, n % 842, (n * 7) % 595, (n * 13) % 842) for n in range(300_000)
                )
            )
        }
    )


@hostile("form.pdf", "one path of 500,000 corners", NO_FORM, PARTLY, HARD)
def one_path() -> bytes:
    return pdf(
        {4: stream(b"0 0 m " + b"".join(b"%d %d l " % (n % 595, (n * 31) % 842) for n in range(500_000)) + b"S")}
    )


@hostile("form.pdf", "40,000 small boxes", NO_FORM, PARTLY, HARD)
def boxes() -> bytes:
    return pdf({4: stream(b"".join(b"%d %d 9 9 re S\n" % (n * 3 % 590, n * 3 // 590 * 4) for n in range(40_000)))})


@hostile("form.pdf", "a million letters on one spot", NO_FORM, PARTLY, HARD)
def ink_blot() -> bytes:
    return pdf({4: stream(b"BT /F 10 Tf " + b"1 0 0 1 50 700 Tm (abcdefghij klmnopqrst) Tj\n" * 50_000 + b"ET")})


@hostile("form.pdf", "100,000 words in a row of their own", NO_FORM, PARTLY, HARD)
def wordy() -> bytes:
    return pdf(
        {
            4: stream(
                b"BT /F 1 Tf "
                + b"".join(b"1 0 0 1 %d %d Tm (word %d) Tj\n" % (n % 60 * 10, n // 60 % 840, n) for n in range(50_000))
                + b"ET"
            )
        }
    )


@hostile("form.pdf", "letters of no size, huge and mirrored", NO_FORM, "damaged")
def odd_letters() -> bytes:
    sizes = (b"0", b"-10", b"1e9", b"0.0001", b"99999")
    text = b"".join(b"/F %s Tf 1 0 0 1 50 700 Tm (Surname Smith) Tj " % size for size in sizes)
    return pdf({4: stream(b"BT " + text + b"0 0 0 0 0 0 Tm (flat) Tj 1e20 0 0 1e20 1e20 1e20 Tm (far) Tj ET")})


@hostile("form.pdf", "states saved a million times", NO_FORM, "damaged")
def saved() -> bytes:
    return pdf({4: stream(b"q " * 1_000_000 + WORDS)})


def _fields(fields: bytes, objects: dict[int, bytes], kids: bytes = b"") -> bytes:
    form = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%s]/DA(/F 0 Tf)/DR<</Font<</F 5 0 R>>>>>>>>" % fields
    return pdf({1: form, 3: page(b"/Annots[%s]" % kids), **objects})


@hostile("form.pdf", "fields that are their own children", NO_FORM, "damaged")
def circular_fields() -> bytes:
    field = b"<</T(a)/FT/Tx/V(x)/Kids[6 0 R 7 0 R]/Parent 7 0 R/Type/Annot/Subtype/Widget/Rect[50 50 200 70]/P 3 0 R>>"
    return _fields(b"6 0 R", {6: field, 7: field.replace(b"7 0 R", b"6 0 R")}, b"6 0 R 7 0 R")


@hostile("form.pdf", "20,000 fields", NO_FORM, HARD, PARTLY)
def many_fields() -> bytes:
    fields = {
        n: b"<</T(f%d)/FT/Tx/V(x)/Type/Annot/Subtype/Widget/Rect[%d %d %d %d]>>"
        % (n, n % 500, n // 500 * 4, n % 500 + 50, n // 500 * 4 + 9)
        for n in range(10, 20_010)
    }
    listed = b" ".join(b"%d 0 R" % n for n in fields)
    return _fields(listed, fields, listed)


@hostile("form.pdf", "a field of ten million letters", NO_FORM, HARD, PARTLY, "damaged")  # pdfium aborts without memory
def long_field() -> bytes:
    return _fields(
        b"6 0 R",
        {6: b"<</T(a)/FT/Tx/Ff 4096/V(%s)/Type/Annot/Subtype/Widget/Rect[50 50 200 70]>>" % (b"word " * 2_000_000)},
        b"6 0 R",
    )


def _xfa(data: bytes) -> bytes:
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA 6 0 R>>>>", 6: stream(data)})


@hostile("form.pdf", "an XFA form whose data reaches out for a file", "xfa", "external_entity", NO_FORM)
def xfa_entity() -> bytes:
    return _xfa(
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><a>&b;</a></xdp:xdp>'
    )


@hostile("form.pdf", "an XFA form nested 50,000 deep", "xfa", "damaged", NO_FORM, HARD)
def xfa_deep() -> bytes:
    return _xfa(b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">' + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</xdp:xdp>")


@hostile("form.pdf", "scripts, links and files that open by themselves", NO_FORM)
def active() -> bytes:
    actions = b"/OpenAction<</S/JavaScript/JS(while(1){})>>/AA<</WC<</S/Launch/F(calc.exe)>>>>/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(while(1){})>>]>>>>"
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R%s>>" % actions})


@hostile("form.pdf", "names with NULs and no letters", NO_FORM, "damaged")
def odd_names() -> bytes:
    return pdf(
        {3: page(resources=b"/Font<</F#00#ff 5 0 R/ 5 0 R>>"), 4: stream(b"BT /F#00#ff 10 Tf 50 700 Td (x) Tj ET")}
    )


def _saved(**how: object) -> bytes:
    with pikepdf.open(io.BytesIO(FORM)) as opened:
        out = io.BytesIO()
        opened.save(out, **how)
        return out.getvalue()


@hostile("form.pdf", "a password to open it", "password")
def locked() -> bytes:
    return _saved(encryption=pikepdf.Encryption(user="open", owner="own"))


@hostile("form.pdf", "an old password to open it", "password")
def locked_the_old_way() -> bytes:
    return _saved(encryption=pikepdf.Encryption(user="open", owner="own", R=3, aes=False, metadata=False))


@hostile("form.pdf", "a password against changing it only", "read")
def guarded() -> bytes:
    return _saved(
        encryption=pikepdf.Encryption(user="", owner="own", allow=pikepdf.Permissions(extract=False, modify_form=False))
    )


@hostile("form.pdf", "a lock of a maker that nobody knows", "password", "damaged")
def strange_lock() -> bytes:
    return pdf({8: b"<</Filter/Acme/V 9/R 9>>"}, b"/Encrypt 8 0 R/ID[(a)(a)]")


@hostile("form.pdf", "objects kept in a stream that is kept in itself", "damaged", NO_FORM)
def self_kept() -> bytes:
    content = _saved(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return content.replace(b"/Type /ObjStm", b"/Extends 1 0 R /Type /ObjStm").replace(b"/First ", b"/First 9")


@hostile("form.pdf", "tables of references that lead round in a ring", "damaged", NO_FORM, "read", PARTLY)
def ringed() -> bytes:
    at = FORM.rindex(b"startxref")
    place = FORM[at:].split()[1]
    return FORM[:at].replace(b"trailer\n<<", b"trailer\n<< /Prev %s " % place) + FORM[at:]


@hostile("form.pdf", "no table of references", "read", PARTLY)
def no_table() -> bytes:
    return FORM.replace(b"xref", b"xxxx").replace(b"startxxxx", b"startxref")


@hostile("form.pdf", "a thousand bytes of something else before it", "read", PARTLY)
def late() -> bytes:
    return b"\n" * 1000 + FORM


@hostile("form.pdf", "a PDF and a Word document in one", "read", PARTLY)
def two_in_one() -> bytes:
    return FORM + WORD


@hostile("form.pdf", "a web page before the PDF", "read", PARTLY)
def page_before() -> bytes:
    return b"<html><script>alert(1)</script>" + FORM


@hostile("form.pdf", "a GIF before the PDF", "read", PARTLY, "mislabelled")
def picture_before() -> bytes:
    return b"GIF89a" + FORM


@hostile("form.docx", "a PDF under a Word name", "mislabelled")
def misnamed() -> bytes:
    return FORM


@hostile("form.pdf", "nothing but zeros", "empty")
def zeros() -> bytes:
    return bytes(5000)


@hostile("form.pdf", "noise", "damaged")
def noise() -> bytes:
    return b"%PDF-1.7\n" + bytes(n * 7919 % 251 for n in range(50_000))


FILES = [found for found in list(globals().values()) if isinstance(found, Hostile)] + truncated(
    "form.pdf", lambda: FORM, "damaged", "partly read", NO_FORM
)
