"""Times the judging of forms: `python -m benchmarks.judging`. Every form of the labelled corpus, or else the worked examples."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from extractors.models import FormReading
from validation import check
from validation.worked import examples

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared"))
sys.path.insert(0, str(ROOT / "tests" / "validation"))

import corpus  # noqa: E402

ROUNDS = 5


def forms() -> Iterator[tuple[FormReading, date]]:
    """What there is to judge, with its day of receipt."""
    if (SHARED / "corpus").is_dir():
        for form in corpus.labelled(SHARED / "corpus"):
            yield form.reading, form.received
    else:
        for example in examples():
            yield example.reading(), example.received


def main() -> None:
    known = list(forms())
    began = time.perf_counter()
    check(*known[0])
    first = time.perf_counter() - began
    taken = []
    for reading, received in known * ROUNDS:
        began = time.perf_counter()
        check(reading, received)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    print(f"{len(known)} forms, {ROUNDS} times each; the first, with the lists to load, took {first * 1000:.0f} ms")
    print(
        f"median {statistics.median(taken):.1f} ms, 95 % under {taken[int(len(taken) * 0.95)]:.1f} ms, "
        f"the slowest {taken[-1]:.1f} ms"
    )


if __name__ == "__main__":
    main()
