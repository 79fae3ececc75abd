"""Whether web and worker keep their size over many documents: `python -m benchmarks.memory --documents 5000`.

Sends documents through the pages as fast as they are read, and prints the memory (proportional set size, so that what
processes share counts once) of the web and of the worker with all their processes. Ends with 1 where the median of either is more
than a tenth larger in the last fifth than in the second, when everything has been used once: a page that is being drawn just when
it is looked counts too, so that a single look says little.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.processes import under
from benchmarks.service import a_form, open_service

WAITING = 100
"""Documents that may wait while more are sent: enough that reading, which comes before drawing pages, never pauses."""
GROWTH = 1.1


def size(pid: int) -> float:
    """Megabytes of a process and all that come from it."""
    kilobytes = 0
    for one in (pid, *(child.pid for child in under(pid))):
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{one}/smaps_rollup").read_text()
            kilobytes += sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:"))
    return kilobytes / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=5000)
    asked = parser.parse_args()
    step = max(1, asked.documents // 20)
    sizes: list[tuple[float, float]] = []
    with open_service(1) as service, service.worker(2) as worker:
        sender = service.sender(0)
        print(f"{'documents':>10}{'web MB':>10}{'worker MB':>12}")
        for number in range(1, asked.documents + 1):
            while number % WAITING == 0 and service.unread() >= WAITING:
                time.sleep(0.05)
            form = a_form(number)
            sender.send(form.content, f"memory{number}", form.filename)
            if number % step == 0:
                # Between documents: what a reading takes while it lasts is not what stays.
                while service.unread():
                    time.sleep(0.05)
                time.sleep(0.5)
                sizes.append((size(service.web.pid), size(worker.pid)))
                print(f"{number:>10}{sizes[-1][0]:>10.1f}{sizes[-1][1]:>12.1f}", flush=True)
    fifth = len(sizes) // 5
    web, worker_size = zip(*sizes, strict=True)
    grown = [median(one[-fifth:]) / median(one[fifth : 2 * fifth]) for one in (web, worker_size)]
    print(f"from the second fifth to the last: web x {grown[0]:.3f}, worker x {grown[1]:.3f}, limit x {GROWTH}")
    sys.exit(max(grown) > GROWTH)


if __name__ == "__main__":
    main()
