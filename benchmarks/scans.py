"""Reads forms as scans, faxes and photographs that no reader has seen: `python -m benchmarks.scans`.

Every PDF of the samples, and every printed one of the labelled corpus where that is at hand, is drawn to pictures and worn at random by a seed: skew, noise, blur, JPEG, dust, a dark rim, quarter and
half turns, black and white as a fax sends it, and for photographs perspective and shadow. What is read from the pictures
is compared with what is read from the file itself, as the scorer of the labelled corpus compares scans: without case and
punctuation, narratives by their words. Bare tesseract, two pages at a time with one thread each, recognises the same
pictures in the same run. Prints for each kind of wear: fields exact, choices right, wrong values given 0.9 or more, the
share of values given 0.9 or more, seconds a page and their ratio to tesseract's, by the clock and by processor time (what
others do on the machine disturbs the first more); and the most memory. Then, for every band of confidence, how many of
the values given it are right: on every second form, and on the forms between, so that what was settled by looking at the
one half is seen to hold on the other. With `--drawn`, forms drawn at random are read as well, each with a layout of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pypdfium2
import tesserocr
from numpy.typing import NDArray
from PIL import Image

from benchmarks.unseen.forms import draw
from benchmarks.unseen.office import pdfs_of
from extractors.contract import FIELDS
from extractors.layout.pages import document
from extractors.models import FieldValue, FormReading, Value
from extractors.read import read, read_form
from extractors.refusals import Refusal
from extractors.scan.document import read_pictures
from extractors.scan.recognise import data_folder

Grey = NDArray[np.uint8]
ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
CORPUS = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared")) / "corpus" / "forms"
DAY = date(2026, 11, 20)
CHOICES = frozenset({"yes_no", "choice", "ticks"})
NARRATIVE_F1 = 0.9
SURE = 0.9
BANDS = (0.0, 0.5, 0.7, 0.8, 0.86, 0.9, 0.95)
"""Where each band of confidence begins."""


def skewed(grey: Grey, chance: np.random.Generator) -> Grey:
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(chance.uniform(-2, 2)), 1)
    return np.asarray(cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=250), np.uint8)


def scanned(grey: Grey, chance: np.random.Generator) -> Grey:
    """Paper, glass and lamp: skew, blur, uneven paper, noise, dust, a dark rim, and JPEG."""
    soft = cv2.GaussianBlur(skewed(grey, chance), (0, 0), float(chance.uniform(0.4, 0.9))).astype(np.float64)
    soft = soft * chance.uniform(0.85, 1.0) + chance.normal(0, chance.uniform(3, 9), grey.shape)
    for _ in range(int(chance.integers(5, 40))):
        y, x = int(chance.integers(0, grey.shape[0])), int(chance.integers(0, grey.shape[1]))
        soft[y : y + 3, x : x + 3] = chance.uniform(20, 120)
    soft[:, : int(chance.integers(1, 12))] *= 0.5
    return jpeg(np.clip(soft, 0, 255).astype(np.uint8), int(chance.integers(45, 85)))


def jpeg(grey: Grey, quality: int) -> Grey:
    _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def turned(grey: Grey, chance: np.random.Generator) -> Grey:
    return np.ascontiguousarray(np.rot90(scanned(grey, chance), int(chance.integers(1, 4))))


def faxed(grey: Grey, chance: np.random.Generator) -> Grey:
    rough = cv2.GaussianBlur(skewed(grey, chance), (0, 0), 0.6) + chance.normal(0, 14, grey.shape)
    return np.where(rough < chance.uniform(130, 180), 0, 255).astype(np.uint8)


def photographed(grey: Grey, chance: np.random.Generator) -> Grey:
    """The sheet on a table, seen at a slant, half in shadow."""
    height, width = grey.shape
    rim = 0.08 * width
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = (flat + rim + chance.uniform(-0.5 * rim, 0.5 * rim, (4, 2))).astype(np.float32)
    size = (int(width + 2 * rim), int(height + 2 * rim))
    table = np.full(size[::-1], chance.uniform(40, 90), np.uint8)
    project = cv2.getPerspectiveTransform(flat, seen)
    photo = cv2.warpPerspective(grey, project, size, dst=table, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT)
    light = (
        np.linspace(chance.uniform(0.6, 0.8), 1.0, size[0])[None, :]
        * np.linspace(1.0, chance.uniform(0.75, 1.0), size[1])[:, None]
    )
    soft = cv2.GaussianBlur(photo, (0, 0), 0.8) * light + chance.normal(0, 4, photo.shape)
    return jpeg(np.clip(soft, 0, 255).astype(np.uint8), 70)


class Wear(NamedTuple):
    dpi: int
    wear: Callable[[Grey, np.random.Generator], Grey]


WEARS = {
    "scan, 300 dpi": Wear(300, scanned),
    "scan, 200 dpi": Wear(200, scanned),
    "scan, 200 dpi, turned": Wear(200, turned),
    "fax, 200 dpi": Wear(200, faxed),
    "scan, 150 dpi": Wear(150, scanned),
    "photograph": Wear(170, photographed),
}


def drawn(content: bytes, dpi: int) -> list[Grey]:
    with pypdfium2.PdfDocument(content) as pdf:
        pdf.init_forms()
        return [np.asarray(page.render(scale=dpi / 72, grayscale=True).to_numpy()).squeeze() for page in pdf]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def same(kind: str, want: FieldValue, got: FieldValue) -> bool:
    if want is None or got is None:
        return want is None and got is None
    if kind == "narrative":
        a, b = Counter(words(str(want))), Counter(words(str(got)))
        return 2 * (a & b).total() >= NARRATIVE_F1 * max(a.total() + b.total(), 1)
    if kind in CHOICES or kind == "date":
        return want == got
    loose = (
        re.sub(r"[\W_]+", "", json.dumps(value, default=dict, ensure_ascii=False)).casefold() for value in (want, got)
    )
    return next(loose) == next(loose)


class Tally:
    """Counts of what was read from pictures, beside what the file says."""

    def __init__(self) -> None:
        self.fields: Counter[bool] = Counter()
        self.choices: Counter[bool] = Counter()
        self.given = self.sure = self.silent = 0
        self.wrong: Counter[str] = Counter()
        self.bands: Counter[tuple[float, bool]] = Counter()

    def __add__(self, other: Tally) -> Tally:
        total = Tally()
        for one in (self, other):
            total.fields += one.fields
            total.choices += one.choices
            total.wrong += one.wrong
            total.bands += one.bands
            total.given, total.sure, total.silent = (
                total.given + one.given,
                total.sure + one.sure,
                total.silent + one.silent,
            )
        return total

    def add(self, want: FormReading, got: Mapping[str, Value]) -> None:
        for key, meant in want.values.items():
            unread = Value(key=key, status="absent", confidence=0.0)  # where it was taken for another form
            self._one(FIELDS[key].kind, meant, got.get(key, unread))

    def _one(self, kind: str, meant: Value, seen: Value) -> None:
        right = same(kind, meant.value, seen.value)
        if meant.status != "absent":
            exact = right and meant.status == seen.status
            self.fields[exact] += 1
            if kind in CHOICES:
                self.choices[exact] += 1
            if not exact:
                self.wrong[meant.key] += 1
        if seen.value is not None:
            self.given += 1
            self.sure += seen.confidence >= SURE
        self.silent += not right and seen.confidence >= SURE
        self.bands[max(band for band in BANDS if band <= seen.confidence), right] += 1

    def line(self) -> str:
        exact, choices = (100 * count[True] / max(count.total(), 1) for count in (self.fields, self.choices))
        covered = 100 * self.sure / max(self.given, 1)
        return f"{self.fields.total():5d} {exact:7.2f} {choices:8.2f} {self.silent:7d} {covered:8.1f}"


class Time(NamedTuple):
    """Seconds by the clock and of processor time."""

    clock: float
    work: float

    def __add__(self, other: object) -> Time:
        return Time(self.clock + other.clock, self.work + other.work) if isinstance(other, Time) else NotImplemented


class Watch:
    """Times what is done within it."""

    def __enter__(self) -> Watch:
        self._start = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.time = Time(time.perf_counter() - self._start[0], time.process_time() - self._start[1])


def bare_tesseract(pictures: Sequence[Grey], dpi: int) -> Time:
    """What tesseract alone takes for the pictures, two at a time; its engines are loaded beforehand."""
    engines = [
        tesserocr.PyTessBaseAPI(path=data_folder(), lang="eng", psm=tesserocr.PSM.SINGLE_COLUMN) for _ in range(2)
    ]

    def every_second(first: int) -> None:
        for picture in pictures[first::2]:
            engines[first].SetImage(Image.fromarray(picture))
            engines[first].SetSourceResolution(dpi)
            engines[first].GetUTF8Text()

    with Watch() as watch, ThreadPoolExecutor(2) as pool:
        list(pool.map(every_second, range(2)))
    return watch.time


class Sheets(NamedTuple):
    """A form as a PDF, and what it says."""

    content: bytes
    truth: FormReading


def shipped_forms() -> list[Sheets]:
    paths = [
        *sorted(SAMPLES.glob("[ahi]-*.pdf")),
        *sorted(CORPUS.glob("*-system.pdf")),
        *sorted(CORPUS.glob("*-printed.pdf")),
    ]
    return [Sheets(path.read_bytes(), read(path.read_bytes(), path.name, DAY).forms[0]) for path in paths]


def drawn_forms(count: int, first: int) -> list[Sheets]:
    """Forms drawn at random, by seeds from `first`, those that are read as forms at all when nothing is worn."""
    found: list[Sheets] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        documents = [folder / f"{seed}.docx" for seed in range(first, first + count)]
        for seed, path in zip(range(first, first + count), documents, strict=True):
            path.write_bytes(draw(seed).docx)
        pdfs_of(documents, folder)
        for path in documents:
            content = path.with_suffix(".pdf").read_bytes()
            with suppress(Refusal):
                found.append(Sheets(content, read(content, "form.pdf", DAY).forms[0]))
    return found


def read_worn(pictures: Sequence[Grey], dpi: int) -> FormReading | None:
    """The form on the pictures; None where it was refused."""
    inks = read_pictures([(picture, float(dpi)) for picture in pictures])
    try:
        return read_form(document("image", inks), DAY)
    except Refusal:
        return None


def print_bands(halves: tuple[Counter[tuple[float, bool]], Counter[tuple[float, bool]]]) -> None:
    print("\nconfidence from   every second form: values, right   the forms between: values, right")
    for band in reversed(BANDS):
        right = [(half[band, True], half[band, True] + half[band, False]) for half in halves]
        told = (f"{count:22d} {100 * good / max(count, 1):8.2f} %" for good, count in right)
        print(f"{band:15.2f}" + " ".join(told))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1, help="how often every form is worn anew")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--only", choices=list(WEARS), action="append")
    parser.add_argument("--every", type=int, default=1, help="of the forms, only every so many-th")
    parser.add_argument("--drawn", type=int, default=0, help="how many forms drawn at random are read as well")
    parser.add_argument("--first-drawn", type=int, default=70000, help="the seed of the first of them")
    parser.add_argument("--no-peer", action="store_true", help="without tesseract's time")
    args = parser.parse_args()
    forms = shipped_forms()[:: args.every] + (drawn_forms(args.drawn, args.first_drawn) if args.drawn else [])
    halves: tuple[Counter[tuple[float, bool]], Counter[tuple[float, bool]]] = (Counter(), Counter())
    print(
        f"{'':24} {'n':>5} {'exact %':>7} {'choices':>8} {'silent':>7} {'sure %':>8} {'s/page':>7} {'ratio':>6} {'of work':>8}"
    )
    for name, (dpi, wear) in WEARS.items():
        if args.only and name not in args.only:
            continue
        tallies, pages, refused = (Tally(), Tally()), 0, 0
        ours = theirs = Time(0.0, 0.0)
        for seed in range(args.first_seed, args.first_seed + args.seeds):
            for number, (content, truth) in enumerate(forms):
                chance = np.random.default_rng([seed, number])
                pictures = [wear(picture, chance) for picture in drawn(content, dpi)]
                with Watch() as watch:
                    got = read_worn(pictures, dpi)
                ours += watch.time
                if not args.no_peer:
                    theirs += bare_tesseract(pictures, dpi)
                pages += len(pictures)
                refused += got is None
                tallies[number % 2].add(truth, got.values if got else {})
        both = tallies[0] + tallies[1]
        for half, tally in zip(halves, tallies, strict=True):
            half.update(tally.bands)
        ratio = [f"{mine / other:6.2f}" if other else "     -" for mine, other in zip(ours, theirs, strict=True)]
        worst = ", ".join(f"{key} {count}" for key, count in both.wrong.most_common(6))
        print(
            f"{name:24} {both.line()} {ours.clock / pages:7.2f} {ratio[0]} {ratio[1]:>8}   refused {refused}; {worst}",
            flush=True,
        )
    print_bands(halves)
    print(f"most memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
