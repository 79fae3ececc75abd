"""Times the reader beside its peers on the same files in the same run: `python -m benchmarks.reading`.

Prints, per carrier and tool: the median milliseconds a file, pages a second, the ratio to ours, and how many of the
values that the truth files hold can be found in what the tool gives (for ours: values that are exactly right; for a
peer that gives text: values whose words stand in the text, which flatters it, since it does not say which field they
belong to, nor which box is ticked). Native files are timed by processor time, so that other work on the machine counts
for nobody; scans by the clock, since using both cores is part of the task. Then the memory of a process that reads
nothing but the carrier, and a native form A of six pages from bytes to values. Peers are installed by
`pip install --require-hashes -r requirements-bench.txt`; one that is not installed is named and left out. Needs the
labelled corpus.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import tesserocr

from extractors.scan.recognise import data_folder
from intake.reader.reader_child import practise

ROOT = Path(__file__).parents[1]
DAY = date(2026, 11, 20)
KINDS = {"native PDF": "*printed.pdf", "Word": "*word.docx", "scan": "*-scan.pdf"}


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text)).casefold()


def ours() -> Callable[[Path], dict[str, object]]:
    from extractors.read import read

    def run(path: Path) -> dict[str, object]:
        form = read(path.read_bytes(), path.name, today=DAY).forms[0]
        return {key: value.value for key, value in form.values.items() if value.status == "read"}

    return run


def our_page_model() -> Callable[[Path], str]:
    """Words, tables, ticks and fields before they are matched to a form: no less than what the peers give."""
    from extractors.files.pieces import lines_within
    from extractors.pdf.document import read_pdf
    from extractors.word.document import read_docx

    readers = {".pdf": read_pdf, ".docx": read_docx}
    return lambda path: " ".join(line.text for line in lines_within(readers[path.suffix](path.read_bytes()).blocks))


def pdfplumber_peer() -> Callable[[Path], str]:
    pdfplumber = importlib.import_module("pdfplumber")

    def run(path: Path) -> str:
        with pdfplumber.open(path) as pdf:
            out = []
            for page in pdf.pages:
                out += [word["text"] for word in page.extract_words()]
                page.find_tables()
            return " ".join(out)

    return run


def camelot_peer() -> Callable[[Path], str]:
    camelot = importlib.import_module("camelot")
    return lambda path: " ".join(table.df.to_string() for table in camelot.read_pdf(str(path), pages="all"))


def markitdown_peer() -> Callable[[Path], str]:
    converter = importlib.import_module("markitdown").MarkItDown()
    return lambda path: str(converter.convert(str(path)).text_content)


def kreuzberg_peer() -> Callable[[Path], str]:
    kreuzberg = importlib.import_module("kreuzberg")
    return lambda path: str(kreuzberg.extract_file_sync(str(path)).content)


def docx2python_peer() -> Callable[[Path], str]:
    docx2python = importlib.import_module("docx2python").docx2python

    def run(path: Path) -> str:
        with docx2python(BytesIO(path.read_bytes())) as document:
            return str(document.text)

    return run


def tesseract_peer() -> Callable[[Path], str]:
    """Bare tesseract: pages drawn at 200 dpi are recognised two at a time, one thread each; its engines are loaded beforehand."""
    engines = [
        tesserocr.PyTessBaseAPI(path=data_folder(), lang="eng", psm=tesserocr.PSM.SINGLE_COLUMN) for _ in range(2)
    ]

    def run(path: Path) -> str:
        with pypdfium2.PdfDocument(path) as pdf:
            pages = [page.render(scale=200 / 72, grayscale=True).to_pil() for page in pdf]

        def every_second(first: int) -> list[str]:
            texts = []
            for page in pages[first::2]:
                engines[first].SetImage(page)
                engines[first].SetSourceResolution(200)
                texts.append(engines[first].GetUTF8Text())
            return texts

        with ThreadPoolExecutor(2) as pool:
            return " ".join(text for texts in pool.map(every_second, range(2)) for text in texts)

    return run


PEERS: dict[str, dict[str, Callable[[], Callable[[Path], str]]]] = {
    "native PDF": {
        "mappa-intake, words and tables": our_page_model,
        "pdfplumber words + find_tables": pdfplumber_peer,
        "camelot": camelot_peer,
        "markitdown": markitdown_peer,
        "kreuzberg": kreuzberg_peer,
    },
    "Word": {
        "mappa-intake, words and tables": our_page_model,
        "docx2python": docx2python_peer,
        "markitdown": markitdown_peer,
        "kreuzberg": kreuzberg_peer,
    },
    "scan": {"tesseract, two pages at a time": tesseract_peer},
}


def truths(path: Path) -> dict[str, object]:
    truth = json.loads((path.parent / f"{path.stem}.truth.json").read_text(encoding="utf-8"))
    return {
        key: field["value"] for key, field in truth["fields"].items() if field["status"] == "read" and field["value"]
    }


def found(given: object, truth: dict[str, object]) -> float:
    if isinstance(given, dict):
        right = sum(json.dumps(given.get(key), default=list) == json.dumps(value) for key, value in truth.items())
    else:
        text = _words(str(given))
        right = sum(_words(str(value)) in text for value in truth.values() if isinstance(value, str))
    return right / len(truth)


def pages_of(path: Path) -> int:
    """Pages of a form; of a Word file, those of the same form printed."""
    printed = path if path.suffix == ".pdf" else path.with_name(path.name.replace("word.docx", "printed.pdf"))
    return len(pypdfium2.PdfDocument(printed)) if printed.exists() else 0


class Measured(NamedTuple):
    seconds: float
    """Median for a file."""
    pages: float
    """A second."""
    share: float
    """Of the values that were found."""


def measure(run: Callable[[Path], object], files: list[Path], rounds: int, clock: Callable[[], float]) -> Measured:
    run(files[0])  # not timed: loading
    seconds, share, pages, paged = [], [], 0, 0.0
    for _ in range(rounds):
        for path in files:
            start = clock()
            given = run(path)
            seconds.append(clock() - start)
            share.append(found(given, truths(path)))
            if count := pages_of(path):
                pages, paged = pages + count, paged + seconds[-1]
    return Measured(statistics.median(seconds), pages / paged if paged else 0.0, statistics.mean(share))


def memory(files: list[Path]) -> float:
    """Megabytes of a process of its own that reads these files, at its largest."""
    child = (
        "import sys; from pathlib import Path; from benchmarks.reading import ours; "
        "[ours()(Path(name)) for name in sys.argv[1:]]; print(Path('/proc/self/status').read_text())"
    )
    told = subprocess.run([sys.executable, "-c", child, *map(str, files)], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    # What wait4 gives counts what this process had when it forked.
    return int(re.findall(rb"VmHWM:\s+(\d+) kB", told.stdout)[0]) / 1024


def first_reading(path: Path) -> float:
    """Seconds of processor time from bytes to values in a child that has read nothing before, as the desk forks one for a
    file. Only for a process that itself has read nothing."""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        start = time.process_time()
        ours()(path)
        os.write(tell, repr(time.process_time() - start).encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told) as answer:
        seconds = float(answer.read())
    os.waitpid(child, 0)
    return seconds


def long_form(corpus: Path) -> Path | None:
    """The native form A that is nearest to six pages."""
    return min(sorted(corpus.glob("*-a-*printed.pdf")), key=lambda path: abs(pages_of(path) - 6), default=None)


def row(name: str, measured: Measured, base: Measured) -> str:
    return (
        f"| {name:34} | {measured.seconds * 1000:9.1f} | {measured.pages:8.1f} | "
        f"{measured.seconds / base.seconds:6.2f} | {measured.share:6.1%} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=6, help="files of each carrier")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=list(KINDS))
    args = parser.parse_args()
    corpus = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared")) / "corpus" / "forms"
    if not corpus.is_dir():
        sys.exit("the labelled corpus is not here: nothing to measure")
    practise()
    long = None if args.only else long_form(corpus)
    first = statistics.median(first_reading(long) for _ in range(15)) * 1000 if long else 0.0
    for kind, pattern in KINDS.items():
        if args.only and kind != args.only:
            continue
        files = sorted(corpus.glob(pattern))[: args.files]
        rounds, clock = (1, time.perf_counter) if kind == "scan" else (args.rounds, time.process_time)
        print(f"\n{kind}: {len(files)} files, {rounds} rounds, most memory {memory(files):.0f} MB\n")
        print(f"| {'':34} | ms a file | pages/s | time to ours | values found |\n|---|---|---|---|---|")
        base = measure(ours(), files, rounds, clock)
        print(row("mappa-intake, values and evidence", base, base), flush=True)
        for name, make in PEERS[kind].items():
            try:
                run = make()
            except ImportError:
                print(f"| {name:34} | not installed | | | |")
                continue
            try:
                print(row(name, measure(run, files, rounds, clock), base), flush=True)
            except Exception as error:  # a peer that fails on our forms is a result, not a fault of the benchmark
                print(f"| {name:34} | failed: {type(error).__name__} | | | |")
    if long:
        again, pages = measure(ours(), [long], 15, time.process_time).seconds * 1000, pages_of(long)
        print(
            f"\na native form A of {pages} pages, bytes to values: {again:.0f} ms; by a process that has read none: {first:.0f} ms"
        )
        print(f"six pages by the same rate: {again / pages * 6:.0f} ms; {first / pages * 6:.0f} ms")


if __name__ == "__main__":
    main()
