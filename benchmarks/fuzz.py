"""Feeds mutated forms to the reader and counts what comes of them: `python -m benchmarks.fuzz --files 20000`.

Every file must end as a reading or a typed refusal. Anything else is counted by name: an exception that is no refusal,
a parser that died (pdfium aborts on some files: the desk reads in a child process for that reason), a reading that took
more than 30 s, or one that wanted more than 1 GB.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path

from extractors.read import read
from extractors.refusals import Refusal

ROOT = Path(__file__).parents[1]
TIME_LIMIT = 30.0
MEMORY_LIMIT = 1 << 30
DAY = date(2026, 11, 20)
EDGE_NUMBERS = [b"0", b"-1", b"4294967296", b"99999999999", b"1e308", b"2147483647"]


def seeds(shared: Path | None) -> list[Path]:
    """The project's own samples, and the labelled corpus with its hostile files where it is at hand; no large scans."""
    folders = [ROOT / "samples"]
    if shared is not None:
        folders += [shared / "corpus" / name for name in ("forms", "hostile", "blank")]
    kinds = {".docx", ".odt", ".pdf", ".eml", ".tif", ".tiff", ".jpg", ".docm", ".msg"}
    found = [p for folder in folders for p in sorted(folder.glob("*")) if p.suffix in kinds]
    return [p for p in found if p.stat().st_size < 400_000]


def _mutate_bytes(content: bytes, rng: random.Random) -> bytes:
    out = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4, 16, 64])):
        if not out:
            break
        at = rng.randrange(len(out))
        span = rng.choice([1, 1, 2, 8, 64, 1024])
        action = rng.randrange(6)
        if action == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif action == 1:
            out[at : at + span] = rng.randbytes(span)
        elif action == 2:
            del out[at : at + span]
        elif action == 3:
            out[at:at] = out[at : at + span] * rng.choice([1, 2, 50])
        elif action == 4:
            out[at:at] = rng.choice(EDGE_NUMBERS)
        else:
            del out[at:]
    return bytes(out)


def _mutate_parts(content: bytes, rng: random.Random) -> bytes:
    """A mutation inside one part of a zip package, so that the XML is reached and not only the container."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = [(info.filename, package.read(info)) for info in package.infolist()]
    except Exception:  # a seed that is itself broken is mutated as plain bytes
        return _mutate_bytes(content, rng)
    chosen = rng.choice([name for name, _ in parts if name.endswith(".xml")] or [name for name, _ in parts])
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts:
            package.writestr(name, _mutate_bytes(data, rng) if name == chosen else data)
    return out.getvalue()


def mutants(paths: list[Path], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    rng = random.Random(seed)
    contents = {path: path.read_bytes() for path in paths}
    for _ in range(count):
        path = rng.choice(paths)
        inside = path.suffix in (".docx", ".odt", ".docm") and rng.random() < 0.7
        yield path.name, (_mutate_parts if inside else _mutate_bytes)(contents[path], rng)


def _child(pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT + (1 << 30), MEMORY_LIMIT + (1 << 30)))
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)
    while True:
        name, content = pipe.recv()
        try:
            reading = read(content, name, today=DAY)
            pipe.send("partly read" if any(form.partly for form in reading.forms) else "read")
        except Refusal as refusal:
            pipe.send(f"refused: {refusal.code}")
        except MemoryError:
            pipe.send("TOO MUCH MEMORY")
        except Exception as error:
            frame = error.__traceback__
            while frame and frame.tb_next:
                frame = frame.tb_next
            where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
            pipe.send(f"EXCEPTION {type(error).__name__} at {where}")


class Reader:
    """A child process that reads one file after another, and is replaced when it dies or hangs."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.pipe, end = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(target=_child, args=(end,), daemon=True)
        self.process.start()
        end.close()

    def outcome(self, name: str, content: bytes) -> str:
        try:
            self.pipe.send((name, content))
            if self.pipe.poll(TIME_LIMIT):
                return str(self.pipe.recv())
            what = "HUNG past 30 s"
        except (EOFError, OSError):
            self.process.join()
            what = f"READER DIED (exit {self.process.exitcode})"
        self.process.kill()
        self.process.join()
        self.start()
        return what


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that ended as neither reading nor refusal")
    args = parser.parse_args()
    shared = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared"))
    paths = seeds(shared if shared.is_dir() else None)
    if not shared.is_dir():
        print("the labelled corpus is not here: only the samples are mutated")
    reader, counts, slowest, began = Reader(), Counter[str](), 0.0, time.monotonic()
    for number, (name, content) in enumerate(mutants(paths, args.files, args.seed)):
        start = time.monotonic()
        what = reader.outcome(name, content)
        slowest = max(slowest, time.monotonic() - start)
        counts[what] += 1
        if what[0].isupper() and args.keep:
            args.keep.mkdir(parents=True, exist_ok=True)
            (args.keep / f"{args.seed}-{number}-{name}").write_bytes(content)
    for what, count in counts.most_common():
        print(f"{count:7d}  {what}")
    bad = sum(count for what, count in counts.items() if what[0].isupper())
    print(
        f"{args.files} files from {len(paths)} seeds in {time.monotonic() - began:.0f} s, slowest {slowest:.1f} s: {bad} not as promised"
    )


if __name__ == "__main__":
    main()
