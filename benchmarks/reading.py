"""Times the reader beside its peers on the same files in the same run: `python -m benchmarks.reading`.

Prints, per carrier and tool: the median seconds a file, files a second, the ratio to ours, and how many of the values
that the truth files hold can be found in what the tool gives (for ours: values that are exactly right; for a peer that
gives text: values whose words stand in the text, which flatters it, since it does not say which field they belong to,
nor which box is ticked). Peers are installed by `pip install --require-hashes -r requirements-bench.txt`; one that is
not installed is named and left out. Needs the labelled corpus.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

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
    """Bare tesseract: pages drawn at 200 dpi beforehand are recognised two at a time, one thread each."""
    pdfium = importlib.import_module("pypdfium2")

    def run(path: Path) -> str:
        with tempfile.TemporaryDirectory() as folder:
            names = []
            for number, page in enumerate(pdfium.PdfDocument(path)):
                name = Path(folder) / f"{number}.png"
                page.render(scale=200 / 72, grayscale=True).to_pil().save(name)
                names.append(name)
            environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
            running = [
                subprocess.Popen(
                    ["tesseract", str(name), "-", "--psm", "4"],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    text=True,
                )
                for name in names[:2]
            ]
            out = []
            for name in names[2:] + [None] * len(running):
                out.append(running.pop(0).communicate()[0])
                if name is not None:
                    running.append(
                        subprocess.Popen(
                            ["tesseract", str(name), "-", "--psm", "4"],
                            stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL,
                            env=environment,
                            text=True,
                        )
                    )
            return " ".join(out)

    return run


PEERS: dict[str, dict[str, Callable[[], Callable[[Path], str]]]] = {
    "native PDF": {
        "pdfplumber words + find_tables": pdfplumber_peer,
        "camelot": camelot_peer,
        "markitdown": markitdown_peer,
        "kreuzberg": kreuzberg_peer,
    },
    "Word": {"docx2python": docx2python_peer, "markitdown": markitdown_peer, "kreuzberg": kreuzberg_peer},
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


def measure(name: str, run: Callable[[Path], object], files: list[Path], rounds: int) -> tuple[float, float]:
    run(files[0])  # not timed: loading
    seconds, share = [], []
    for _ in range(rounds):
        for path in files:
            start = time.perf_counter()
            given = run(path)
            seconds.append(time.perf_counter() - start)
            share.append(found(given, truths(path)))
    return statistics.median(seconds), statistics.mean(share)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=6, help="files of each carrier")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=list(KINDS))
    args = parser.parse_args()
    corpus = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared")) / "corpus" / "forms"
    if not corpus.is_dir():
        sys.exit("the labelled corpus is not here: nothing to measure")
    for kind, pattern in KINDS.items():
        if args.only and kind != args.only:
            continue
        files = sorted(corpus.glob(pattern))[: args.files]
        rounds = 1 if kind == "scan" else args.rounds
        print(f"\n{kind}: {len(files)} files, {rounds} rounds")
        base, share = measure("ours", ours(), files, rounds)
        print(
            f"  {'mappa-intake (values, evidence)':34} {base * 1000:9.1f} ms a file {1 / base:7.1f} files/s   ratio 1.00   {share:6.1%}"
        )
        for name, make in PEERS[kind].items():
            try:
                run = make()
            except ImportError:
                print(f"  {name:34} not installed")
                continue
            try:
                median, share = measure(name, run, files, rounds)
            except Exception as error:  # a peer that fails on our forms is a result, not a fault of the benchmark
                print(f"  {name:34} failed: {type(error).__name__}")
                continue
            print(
                f"  {name:34} {median * 1000:9.1f} ms a file {1 / median:7.1f} files/s   ratio {median / base:.2f}   {share:6.1%}"
            )
    print(f"\nmost memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
