"""Makes hostile files out of good ones, inside every layer of a format: bytes, packed XML, objects and content streams of
a PDF, attachments of a mail, streams of a compound file, directories of a TIFF.

Changing bytes at random mostly breaks the outermost container, which refuses the file at once. So each format is taken
apart, changed inside, and put together again in a form that its reader will open.
"""

from __future__ import annotations

import base64
import email
import email.policy
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from email.message import Message
from io import BytesIO

import olefile
import pikepdf

EDGES = [
    b"0",
    b"-1",
    b"1",
    b"65536",
    b"2147483647",
    b"-2147483648",
    b"4294967296",
    b"99999999999",
    b"1e308",
    b"0.00001",
]
"""Numbers at which counters, sizes and places go wrong."""
WORDS = [
    b"",
    b"\x00",
    b"%s%n",
    b"A" * 5000,
    "\u202e\ufffe\U0001f600".encode(),
    b"\xed\xa0\x80",
    b"../../etc/passwd",
    b"&#0;",
    b"]]>",
]

Mutation = Callable[[bytes, random.Random], bytes]

_TOKEN = re.compile(rb"<[^<>]{1,4000}>|[^<>]{1,4000}")
_ATTRIBUTE = re.compile(rb'(?<==")[^"<>]{0,400}(?=")')
_NUMBER = re.compile(rb"(?<![\w.#-])-?\d+(?:\.\d+)?(?![\w.])")
_REFERENCE = re.compile(rb"\b\d+ 0 R\b")
_NAME = re.compile(rb"/[A-Za-z][A-Za-z0-9]*")
_CONTROL = re.compile(rb"\\[a-z]{1,20}-?\d{0,10}|[{}]")
_HEADER_WORD = re.compile(rb'(?<=[:;=" ])[^\s"]{1,200}')
_HEAD = 400


def plain(content: bytes, rng: random.Random) -> bytes:
    """Bits, bytes and spans changed, moved, doubled, lost, or the end cut off."""
    out = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4, 16, 64])):
        if not out:
            break
        at, other = rng.randrange(len(out)), rng.randrange(len(out))
        span = rng.choice([1, 1, 2, 8, 64, 1024])
        action = rng.randrange(8)
        if action == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif action == 1:
            out[at : at + span] = rng.randbytes(span)
        elif action == 2:
            del out[at : at + span]
        elif action == 3:
            out[at:at] = out[at : at + span] * rng.choice([1, 2, 50])
        elif action == 4:
            out[at:at] = rng.choice(EDGES + WORDS)
        elif action == 5:
            out[at : at + span] = out[other : other + span]
        elif action == 6:
            out[at : at + 4] = struct.pack(rng.choice("<>") + "I", rng.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, len(out)]))
        elif rng.random() < 0.2:
            del out[at:]
    return bytes(out)


def _swapped(content: bytes, pattern: re.Pattern[bytes], rng: random.Random, fresh: Sequence[bytes] = ()) -> bytes:
    """A few of the pattern's matches replaced by one another, or by something fresh."""
    found = list(pattern.finditer(content))
    if not found:
        return plain(content, rng)
    chosen = sorted(rng.sample(found, min(len(found), rng.choice([1, 1, 2, 8, 40]))), key=lambda one: -one.start())
    for one in chosen:
        new = rng.choice(fresh) if fresh and rng.random() < 0.5 else rng.choice(found)[0]
        content = content[: one.start()] + new + content[one.end() :]
    return content


def xml(content: bytes, rng: random.Random) -> bytes:
    """Tags and texts of an XML part moved, doubled, dropped, nested, their attributes changed; often still well formed."""
    action = rng.randrange(8)
    if action <= 1:
        return _swapped(content, _ATTRIBUTE, rng, EDGES + WORDS)
    if action == 2:
        return plain(content, rng)
    tokens = _TOKEN.findall(content)
    if len(tokens) < 4:
        return plain(content, rng)
    at = rng.randrange(len(tokens))
    if action == 3:
        return _swapped(content, re.compile(rb"(?<=>)[^<>]{1,400}(?=<)"), rng, WORDS)
    if action == 4:
        element = _element(tokens, at)
        tokens[at:at] = element * rng.choice([1, 2, 20])
    elif action == 5:
        del tokens[at : at + len(_element(tokens, at))]
    elif action == 6:
        element = _element(tokens, at)
        other = rng.randrange(len(tokens))
        del tokens[at : at + len(element)]
        tokens[min(other, len(tokens)) : min(other, len(tokens))] = element
    else:
        element = _element(tokens, at)
        name = re.match(rb"<([\w:]+)", element[0])
        if name:
            depth = rng.choice([3, 30, 300])
            tokens[at : at + len(element)] = [b"<%s>" % name[1]] * depth + element + [b"</%s>" % name[1]] * depth
    return b"".join(tokens)


def _element(tokens: list[bytes], at: int) -> list[bytes]:
    """The tokens of the element that begins at `at`, or that one token."""
    name = re.match(rb"<([\w:]+)", tokens[at])
    if not name or tokens[at].endswith(b"/>"):
        return tokens[at : at + 1]
    depth = 0
    for end in range(at, min(len(tokens), at + 3000)):
        if re.match(rb"<%s[\s>]" % re.escape(name[1]), tokens[end]) and not tokens[end].endswith(b"/>"):
            depth += 1
        elif tokens[end].startswith(b"</%s>" % name[1]):
            depth -= 1
            if depth == 0:
                return tokens[at : end + 1]
    return tokens[at : at + 1]


def package(content: bytes, rng: random.Random) -> bytes:
    """One or two parts of a zipped document changed inside; at times parts swapped, lost, doubled or renamed."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as opened:
            parts = [(info.filename, opened.read(info)) for info in opened.infolist()]
    except Exception:  # a seed that is itself broken is mutated as plain bytes
        return plain(content, rng)
    names = [name for name, _ in parts if name.endswith((".xml", ".rels"))] or [name for name, _ in parts]
    heavy = [name for name in names if name in ("word/document.xml", "content.xml")] or names
    chosen = {rng.choice(heavy if rng.random() < 0.6 else names) for _ in range(rng.choice([1, 1, 2]))}
    action = rng.randrange(12)
    if action == 0:
        parts.pop(rng.randrange(len(parts)))
    elif action == 1:
        one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
        parts[one] = (parts[one][0], parts[other][1])
    elif action == 2:
        one = rng.randrange(len(parts))
        parts.append((rng.choice([parts[one][0].upper(), "../" + parts[one][0], parts[one][0]]), parts[one][1]))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as written, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of doubled names, which are meant
        for name, data in parts:
            kind = zipfile.ZIP_STORED if rng.random() < 0.1 else zipfile.ZIP_DEFLATED
            written.writestr(zipfile.ZipInfo(name), xml(data, rng) if name in chosen else data, kind)
    return plain(out.getvalue(), rng) if rng.random() < 0.03 else out.getvalue()


def pdf_text(content: bytes, rng: random.Random) -> bytes:
    """An unpacked PDF changed in its text: numbers, references, names and spans of objects and content streams."""
    action = rng.randrange(5)
    if action == 0:
        return _swapped(content, _NUMBER, rng, EDGES)
    if action == 1:
        return _swapped(content, _REFERENCE, rng, [b"1 0 R", b"99999 0 R", b"null"])
    if action == 2:
        return _swapped(
            content, _NAME, rng, [b"/Kids", b"/Parent", b"/Length", b"/Count", b"/FlateDecode", b"/JBIG2Decode"]
        )
    if action == 3:
        at, span = rng.randrange(len(content)), rng.choice([16, 200, 2000])
        return content[:at] + content[at : at + span] * rng.choice([0, 2, 30]) + content[at + span :]
    return plain(content, rng)


def pdf_objects(content: bytes, rng: random.Random) -> bytes:
    """A PDF whose objects point elsewhere, hold other values or other streams; its cross references stay right."""
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            objects = [
                one for one in pdf.objects if isinstance(one, pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream)
            ]
            for _ in range(rng.choice([1, 1, 2, 5])):
                _change_object(rng.choice(objects), objects, rng)
            out = BytesIO()
            pdf.save(out, compress_streams=rng.random() < 0.5)
            return out.getvalue()
    except Exception:  # what cannot be taken apart or put together is mutated as text
        return pdf_text(content, rng)


def _change_object(one: pikepdf.Object, objects: list[pikepdf.Object], rng: random.Random) -> None:
    value: object = rng.choice(
        [
            *(0, -1, 1, 2**31 - 1, 10**12, pikepdf.Name("/Kids"), pikepdf.String("\x00\ud7ff" * 50), True, None),
            *[rng.choice(objects)] * 6,
        ]
    )
    if isinstance(one, pikepdf.Stream) and rng.random() < 0.6:
        try:
            data = one.read_bytes()
        except pikepdf.PdfError:
            data = one.read_raw_bytes()
        one.write(_swapped(data, _NUMBER, rng, EDGES) if rng.random() < 0.6 else plain(data, rng))
    elif isinstance(one, pikepdf.Array):
        if len(one) and rng.random() < 0.7:
            one[rng.randrange(len(one))] = value
        else:
            one.append(value)
    else:
        keys = [key for key in one.keys() if key != "/Length"]  # noqa: SIM118 - a pikepdf dictionary iterates otherwise
        if not keys:
            return
        key = rng.choice(keys)
        if value is None:
            del one[key]
        else:
            one[key] = value


def mail(content: bytes, rng: random.Random) -> bytes:
    """A mail whose attachments are changed inside and packed again, or whose headers and boundaries are changed."""
    action = rng.randrange(4)
    if action == 0:
        return _swapped(content, _HEADER_WORD, rng, EDGES + WORDS)
    if action == 1:
        lines = content.splitlines(keepends=True)
        at, span = rng.randrange(len(lines)), rng.choice([1, 5, 100])
        lines[at : at + span] = lines[at : at + span] * rng.choice([0, 2, 40])
        return b"".join(lines)
    if action == 2:
        return plain(content, rng)
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    parts = [part for part in message.walk() if not part.is_multipart()]
    if parts:
        _change_part(rng.choice(parts), rng)
    try:
        return message.as_bytes()
    except Exception:  # what cannot be put together again is mutated as plain bytes
        return plain(content, rng)


def _change_part(part: Message, rng: random.Random) -> None:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes) or not body:
        return
    changed = mutation_of(body)(body, rng)
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(changed).decode("ascii"))


def compound(content: bytes, rng: random.Random) -> bytes:
    """A compound file (.doc, .msg) whose streams, directory or sector table are changed."""
    if rng.random() < 0.4:
        out = bytearray(content)
        for _ in range(rng.choice([1, 2, 8])):
            # The header, and words at sector ends and starts, hold the chains and the directory.
            at = rng.randrange(0, 512, 4) if rng.random() < 0.3 else rng.randrange(512, max(len(out), 1024), 4)
            out[at : at + 4] = struct.pack(
                "<I", rng.choice([0, 1, 2, 0xFFFFFFFE, 0xFFFFFFFF, 0x7FFFFFFF, rng.randrange(200)])
            )
        return bytes(out)
    try:
        opened = olefile.OleFileIO(BytesIO(content))
        path = rng.choice(opened.listdir())
        body = opened.openstream(path).read()
        changed = mutation_of(body)(body, rng) if body else body
        out_file = BytesIO(content)
        with olefile.OleFileIO(out_file, write_mode=True) as written:
            written.write_stream(path, changed[: len(body)].ljust(len(body), b"\0"))
            return out_file.getvalue()
    except Exception:  # a seed that olefile cannot write to is mutated as plain bytes
        return plain(content, rng)


def rich_text(content: bytes, rng: random.Random) -> bytes:
    """A rich text file whose control words and groups are changed, doubled and nested."""
    action = rng.randrange(4)
    if action == 0:
        return _swapped(
            content, _CONTROL, rng, [b"{", b"}", b"\\bin99999999 ", b"\\trowd", b"\\cellx-1", b"\\u-1", b"\\objdata"]
        )
    if action == 1:
        return _swapped(content, re.compile(rb"(?<=[a-z])-?\d{1,10}"), rng, EDGES[:8])
    if action == 2:
        at, span = rng.randrange(len(content)), rng.choice([20, 300])
        return content[:at] + content[at : at + span] * rng.choice([0, 2, 30, 500]) + content[at + span :]
    return plain(content, rng)


def picture(content: bytes, rng: random.Random) -> bytes:
    """A TIFF whose directories are changed, a PNG with right check sums over wrong chunks, or a JPEG's markers."""
    out = bytearray(content)
    if content[:2] in (b"II", b"MM") and len(content) > 64 and rng.random() < 0.7:
        order = "<" if content[:2] == b"II" else ">"
        starts = [place for place in _directories(content, order) if place + 18 < len(out)] or [0]
        for _ in range(rng.choice([1, 1, 3])):
            start = rng.choice(starts)
            entry = start + 2 + 12 * rng.randrange(16)
            field = rng.choice([(0, "H"), (2, "H"), (4, "I"), (8, "I")])
            value = rng.choice([0, 1, 2, 3, 4, 7, 65535, rng.randrange(len(out)), rng.choice(starts)])
            if field[1] == "I":
                value = rng.choice([value, 0xFFFFFFFF, 0x7FFFFFFF, 100_000])
            struct.pack_into(order + field[1], out, min(entry + field[0], len(out) - 4), value)
        return bytes(out)
    if content.startswith(b"\x89PNG") and rng.random() < 0.7:
        return _png(content, rng)
    head = plain(content[:_HEAD], rng) if rng.random() < 0.5 else content[:_HEAD]
    return head + content[_HEAD:] if head != content[:_HEAD] else plain(content, rng)


def _directories(content: bytes, order: str) -> list[int]:
    """Where the directories of a TIFF begin (TIFF 6.0, section 2)."""
    places: list[int] = []
    (place,) = struct.unpack_from(order + "I", content, 4)
    while 0 < place < len(content) - 6 and place not in places:
        places.append(place)
        (count,) = struct.unpack_from(order + "H", content, place)
        after = place + 2 + 12 * count
        if after + 4 > len(content):
            break
        (place,) = struct.unpack_from(order + "I", content, after)
    return places


def _png(content: bytes, rng: random.Random) -> bytes:
    chunks, at = [], 8
    while at + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, at)
        chunks.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + size]))
        at += 12 + size
    number = rng.randrange(len(chunks))
    name, body = chunks[number]
    if name == b"IDAT" and rng.random() < 0.5:
        try:
            body = zlib.compress(plain(zlib.decompress(body), rng))
        except zlib.error:
            body = plain(body, rng)
    else:
        body = plain(body, rng)
    chunks[number] = (name, body)
    if rng.random() < 0.2:
        chunks.insert(rng.randrange(len(chunks)), rng.choice(chunks))
    return content[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def mutation_of(content: bytes) -> Mutation:
    """The mutation that reaches furthest into a file of this kind."""
    return next((mutation for start, mutation in _MUTATIONS if content.startswith(start)), plain)


_MUTATIONS: tuple[tuple[bytes, Mutation], ...] = (
    (b"PK\x03\x04", package),
    (b"%PDF", pdf_objects),
    (b"\xd0\xcf\x11\xe0", compound),
    (b"{\\rtf", rich_text),
    (b"II", picture),
    (b"MM", picture),
    (b"\x89PNG", picture),
    (b"\xff\xd8\xff", picture),
    (b"<", xml),
)


def unpacked(content: bytes) -> bytes | None:
    """A PDF with its streams unpacked and laid out for reading, None for one that cannot be opened."""
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            out = BytesIO()
            pdf.save(out, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
            return out.getvalue()
    except Exception:
        return None
