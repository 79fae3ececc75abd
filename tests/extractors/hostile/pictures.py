"""Hostile pictures: directories without end, vast pages, packed bombs, formats that are not taken."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from tests.extractors.hostile import Hostile, hostile, truncated

NO_FORM = "not_a_form"


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def tiff(directories: list[list[tuple[int, int, int, int]]], last: int = 0, body: bytes = b"") -> bytes:
    """A little-endian TIFF of directories of (tag, type, count, value); the last one leads to `last`."""
    out, at = b"", 8
    for number, entries in enumerate(directories):
        size = 2 + 12 * len(entries) + 4
        following = at + size if number + 1 < len(directories) else last
        out += struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
        out += struct.pack("<I", following)
        at += size
    return b"II*\0" + struct.pack("<I", 8) + out + body


def page(width: int, height: int, place: int = 8, size: int = 64) -> list[tuple[int, int, int, int]]:
    return [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, place),
        (277, 3, 1, 1),
        (278, 4, 1, height),
        (279, 4, 1, size),
    ]


@hostile("fax.tif", "10,000 pages", "too_many_pages")
def many_pages() -> bytes:
    return tiff([page(8, 8)] * 10_000)


@hostile("fax.tif", "a page that comes after itself", "damaged", "too_many_pages", NO_FORM)
def circular() -> bytes:
    return tiff([page(64, 64)] * 3, last=8, body=bytes(5000))


@hostile("fax.tif", "a page of 100,000 by 100,000 points", "too_large", "damaged")
def vast() -> bytes:
    return tiff([page(100_000, 100_000)])


@hostile("fax.tif", "a page of no size", "damaged", NO_FORM)
def none() -> bytes:
    return tiff([page(0, 0)])


@hostile("fax.tif", "entries that count two thousand million values", "damaged", NO_FORM, "too_large")
def boasting() -> bytes:
    return tiff([[(tag, 4, 0x7FFFFFFF, 8) for tag in range(256, 290)]])


@hostile("fax.tif", "a directory beyond the end", "damaged")
def beyond() -> bytes:
    return b"II*\0" + struct.pack("<I", 0x7FFFFFF0) + bytes(100)


@hostile("fax.tif", "a big TIFF", "damaged", NO_FORM)
def big() -> bytes:
    return b"II+\0\x08\0\0\0" + struct.pack("<Q", 16) + struct.pack("<Q", 0xFFFFFFFFFFFFFFFF) + bytes(100)


@hostile("fax.tif", "sixty white pages of 36 million points", "too_large", "too_hard", NO_FORM)
def heavy() -> bytes:
    white = Image.new("1", (6000, 6000), 1)
    return saved(white, "TIFF", compression="group4", save_all=True, append_images=[white] * 59, dpi=(600, 600))


@hostile("fax.tif", "points seven hundred times as wide as high", "damaged", "too_large", NO_FORM)
def oblong() -> bytes:
    return saved(Image.new("1", (6000, 6000), 1), "TIFF", compression="group4", dpi=(700, 60))


@hostile("strip.png", "one row of points", NO_FORM)
def strip() -> bytes:
    return saved(Image.new("L", (30_000, 1), 255), "PNG")


@hostile("dot.png", "one point", NO_FORM)
def dot() -> bytes:
    return saved(Image.new("L", (1, 1)), "PNG")


@hostile("small.png", "a picture smaller than a stamp", NO_FORM)
def stamp() -> bytes:
    return saved(Image.new("L", (64, 64)), "PNG")


@hostile("white.png", "nothing but white", NO_FORM)
def white() -> bytes:
    return saved(Image.new("L", (800, 1100), 255), "PNG", dpi=(100, 100))


@hostile("black.png", "nothing but black", NO_FORM)
def black() -> bytes:
    return saved(Image.new("1", (800, 1100), 0), "PNG", dpi=(100, 100))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + b"".join(chunks)
        + chunk(b"IEND", b"")
    )


@hostile("vast.png", "a PNG of 50,000 by 50,000 points", "too_large", "damaged")
def vast_png() -> bytes:
    return png(50_000, 50_000, chunk(b"IDAT", zlib.compress(bytes(1_000_000))))


@hostile("bomb.png", "text and colour profiles that unpack to hundreds of megabytes", "damaged", NO_FORM)
def bomb_png() -> bytes:
    packed = zlib.compress(bytes(300_000_000), 9)
    return png(
        64,
        64,
        chunk(b"zTXt", b"a\0\0" + packed),
        chunk(b"iCCP", b"a\0\0" + packed),
        chunk(b"IDAT", zlib.compress(bytes(64 * 65))),
    )


@hostile("moving.png", "a picture that moves for ever", "damaged", "too_many_pages", NO_FORM)
def moving() -> bytes:
    frames = [Image.new("L", (64, 64), n) for n in range(200)]
    return saved(frames[0], "PNG", save_all=True, append_images=frames[1:])


@hostile("vast.jpg", "a JPEG of 65,000 by 65,000 points", "too_large", "damaged")
def vast_jpeg() -> bytes:
    content = bytearray(saved(Image.new("L", (64, 64)), "JPEG"))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(content)


@hostile("print.jpg", "a JPEG in the colours of print, sideways by its own word", NO_FORM)
def cmyk() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(Image.new("CMYK", (300, 400)), "JPEG", exif=exif)


@hostile("deep.tif", "sixteen bits and floating points", NO_FORM, "damaged")
def deep() -> bytes:
    return saved(Image.new("F", (300, 400), 1e30), "TIFF")


@hostile("form.gif", "a GIF", "unsupported")
def gif() -> bytes:
    return saved(Image.new("P", (64, 64)), "GIF")


@hostile("form.webp", "a WebP", "unsupported")
def webp() -> bytes:
    return b"RIFF\x24\0\0\0WEBPVP8 " + bytes(100)


@hostile("form.heic", "a photograph as telephones keep it", "unsupported")
def heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


@hostile("form.bmp", "a bitmap", "unsupported")
def bitmap() -> bytes:
    return saved(Image.new("L", (64, 64)), "BMP")


@hostile("form.svg", "a drawing", "unsupported")
def svg() -> bytes:
    return b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'


@hostile("photo.jpg", "a HEIC photograph renamed", "mislabelled")
def renamed() -> bytes:
    return heic.make()


def noisy() -> bytes:
    return saved(Image.effect_noise((300, 200), 60), "PNG")


FILES = [found for found in list(globals().values()) if isinstance(found, Hostile)] + truncated(
    "photo.png", noisy, "damaged", NO_FORM
)
