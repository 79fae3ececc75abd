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
    clocks = {"": time.perf_counter, " of processor time": time.process_time}
    taken: dict[str, list[float]] = {name: [] for name in clocks}
    for reading, received in known * ROUNDS:
        began = {name: clock() for name, clock in clocks.items()}
        check(reading, received)
        for name, clock in clocks.items():
            taken[name].append((clock() - began[name]) * 1000)
    print(f"{len(known)} forms, {ROUNDS} times each; the first, with the lists to load, took {first * 1000:.0f} ms")
    for name, times in taken.items():
        times.sort()
        print(
            f"median {statistics.median(times):.1f} ms{name}, 95 % under {times[int(len(times) * 0.95)]:.1f} ms, "
            f"the slowest {times[-1]:.1f} ms"
        )


if __name__ == "__main__":
    main()
