"""Reads forms as scans, faxes and photographs that no reader has seen: `python -m benchmarks.scans`.

Every PDF of the samples, and every printed one of the labelled corpus where that is at hand, is drawn to pictures and worn at random by a seed: skew, noise, blur, JPEG, dust, a dark rim, quarter and
half turns, black and white as a fax sends it, and for photographs perspective and shadow. What is read from the pictures
is compared with what is read from the file itself, as the scorer of the labelled corpus compares scans: without case and
punctuation, narratives by their words. Bare tesseract, two pages at a time with one thread each, recognises the same
pictures in the same run. Prints for each kind of wear: fields exact, choices right, wrong values given 0.9 or more, the
share of values given 0.9 or more, seconds a page and their ratio to tesseract's; and the most memory.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pypdfium2
import tesserocr
from numpy.typing import NDArray
from PIL import Image

from extractors.contract import FIELDS
from extractors.layout.pages import document
from extractors.models import FieldValue, FormReading, Value
from extractors.read import read, read_form
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

    def add(self, want: FormReading, got: FormReading) -> None:
        for key, meant in want.values.items():
            unread = Value(key=key, status="absent", confidence=0.0)  # where it was taken for another form
            self._one(FIELDS[key].kind, meant, got.values.get(key, unread))

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

    def line(self) -> str:
        exact, choices = (100 * count[True] / max(count.total(), 1) for count in (self.fields, self.choices))
        covered = 100 * self.sure / max(self.given, 1)
        return f"{self.fields.total():5d} {exact:7.2f} {choices:8.2f} {self.silent:7d} {covered:8.1f}"


def bare_tesseract(pictures: Sequence[Grey], dpi: int) -> float:
    """Seconds that tesseract alone takes for the pictures, two at a time; its engines are loaded beforehand."""
    engines = [
        tesserocr.PyTessBaseAPI(path=data_folder(), lang="eng", psm=tesserocr.PSM.SINGLE_COLUMN) for _ in range(2)
    ]

    def every_second(first: int) -> None:
        for picture in pictures[first::2]:
            engines[first].SetImage(Image.fromarray(picture))
            engines[first].SetSourceResolution(dpi)
            engines[first].GetUTF8Text()

    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(every_second, range(2)))
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how often every form is worn anew")
    parser.add_argument("--only", choices=list(WEARS))
    parser.add_argument("--files", type=int, default=99)
    args = parser.parse_args()
    paths = [
        *sorted(SAMPLES.glob("[ahi]-*.pdf")),
        *sorted(CORPUS.glob("*-system.pdf")),
        *sorted(CORPUS.glob("*-printed.pdf")),
    ]
    forms = [(path.read_bytes(), read(path.read_bytes(), path.name, DAY).forms[0]) for path in paths[: args.files]]
    print(f"{'':24} {'n':>5} {'exact %':>7} {'choices':>8} {'silent':>7} {'sure %':>8} {'s/page':>7} {'ratio':>6}")
    for name, (dpi, wear) in WEARS.items():
        if args.only and name != args.only:
            continue
        tally, pages, ours, theirs = Tally(), 0, 0.0, 0.0
        for seed in range(args.seeds):
            for number, (content, truth) in enumerate(forms):
                chance = np.random.default_rng([seed, number])
                pictures = [wear(picture, chance) for picture in drawn(content, dpi)]
                start = time.perf_counter()
                inks = read_pictures([(picture, float(dpi)) for picture in pictures])
                tally.add(truth, read_form(document("image", inks), DAY))
                ours += time.perf_counter() - start
                theirs += bare_tesseract(pictures, dpi)
                pages += len(pictures)
        worst = ", ".join(f"{key} {count}" for key, count in tally.wrong.most_common(6))
        print(f"{name:24} {tally.line()} {ours / pages:7.2f} {ours / theirs:6.2f}   {worst}", flush=True)
    print(f"most memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
