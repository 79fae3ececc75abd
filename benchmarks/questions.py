"""From sending a digital form to its questions on the page, with one worker: `python -m benchmarks.questions --uploads 20`.

A referrer sends the samples that have gaps one after the other, as a browser without scripts does. Prints the median and
the slowest in seconds by kind of file, and ends with 1 when the median of all is over its limit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.sender import Sender
from benchmarks.service import ROOT, open_service

GAPS = (
    "a-yot-two-gaps.docx",
    "a-police-contradictions.pdf",
    "a-hospital-controls.docx",
    "h-home-gaps.pdf",
    "i-private-hospital-gaps.pdf",
)
WANTED = 2.0
"""Seconds at the median."""
PATIENCE = 60.0


def seconds_to_questions(sender: Sender, name: str, mark: str) -> float:
    """Send one sample, and look at its page until the questions can be answered."""
    content = (ROOT / "samples" / name).read_bytes()
    began = time.perf_counter()
    shown = sender.send(content, mark, filename=name)
    while "Answer the questions" not in sender.page(f"/referrals/{shown.id}/receipt?wait=1"):
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"{name}: no questions after {PATIENCE:.0f} seconds")
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=20)
    asked = parser.parse_args()
    found: dict[str, list[float]] = defaultdict(list)
    with open_service(1) as service, service.worker(1):
        sender = service.sender(0)
        seconds_to_questions(sender, GAPS[0], "first")
        for number in range(asked.uploads):
            name = GAPS[number % len(GAPS)]
            found[Path(name).suffix].append(seconds_to_questions(sender, name, f"upload-{number}"))
    every = [seconds for some in found.values() for seconds in some]
    for kind, some in {**found, "all": every}.items():
        print(f"{kind:6}{len(some):4} uploads   median {statistics.median(some):5.2f} s   slowest {max(some):5.2f} s")
    print(
        f"wanted: a median of {WANTED:.1f} s; load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    )
    sys.exit(statistics.median(every) > WANTED)


if __name__ == "__main__":
    main()
