"""A burst of digital forms through the pages, and how much faster two workers read than one.

    python -m benchmarks.burst             1,000 forms in 60 seconds by 20 senders, with two workers
    python -m benchmarks.burst --compare   300 forms that wait already, read by one worker and then by two, and 30 scans by two

Prints what was measured beside its limit, and ends with 1 where a limit is missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable

from sqlalchemy import func, select

from benchmarks.sender import NotTaken
from benchmarks.service import Form, Service, a_form, a_scan, open_service
from intake.store.acting import acting
from intake.store.tables import referrals

SENDERS, SCANS = 20, 30
LATE, JUDGED_WITHIN, LEAST_RATIO = 1.0, 180.0, 1.7
"""Seconds of an upload at the 95th percentile; seconds from the last upload to the last judgement; two workers over one."""


def burst(service: Service, forms: int, seconds: float) -> bool:
    took: list[float] = []
    refused: list[str] = []
    turns = iter(range(forms))
    lock = threading.Lock()
    senders = [service.sender(number) for number in range(SENDERS)]
    for sender in senders:
        sender.sign_in()
    began = time.monotonic()

    def send_on(number: int) -> None:
        while True:
            with lock:
                turn = next(turns, None)
            if turn is None:
                return
            form = a_form(turn)
            time.sleep(max(0.0, began + turn * seconds / forms - time.monotonic()))
            before = time.monotonic()
            try:
                senders[number].send(form.content, f"burst{turn}", form.filename)
            except NotTaken as error:
                refused.append(str(error))
            took.append(time.monotonic() - before)

    threads = [threading.Thread(target=send_on, args=(number,)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = time.monotonic()
    while service.unread() and time.monotonic() < last + 10 * JUDGED_WITHIN:
        time.sleep(0.2)
    judged = time.monotonic() - last
    with acting(service.house.engine, "desk") as connection:
        kept = connection.execute(select(func.count()).where(referrals.c.status == "checked")).scalar_one()
    differences = service.house.reconciler.compare().differences
    took.sort()
    late = took[int(len(took) * 0.95)]
    _when(lambda: len(service.post.mails) >= kept or time.monotonic() > last + 10 * JUDGED_WITHIN)
    looked_over = "looked over by ClamAV" if "MAPPA_CLAMD" in service.environment else "not looked over for viruses"
    print(f"{forms} forms in {last - began:.0f} s by {SENDERS} senders, {looked_over}")
    print(f"  not taken              {len(refused):>8}         limit 0   {' '.join(sorted(set(refused)))}")
    print(f"  lost or not judged     {forms - len(refused) - kept:>8}         limit 0   differences {len(differences)}")
    print(f"  upload, median         {statistics.median(took):>8.3f} s")
    print(f"  upload, 95th           {late:>8.3f} s       limit {LATE}")
    print(f"  upload, longest        {took[-1]:>8.3f} s")
    print(f"  all judged after       {judged:>8.1f} s       limit {JUDGED_WITHIN}")
    print(f"  mails that came        {len(service.post.mails):>8}         after {time.monotonic() - last:.1f} s")
    return not refused and kept == forms and not differences and late <= LATE and judged <= JUDGED_WITHIN


def read_by(service: Service, make: Callable[[int], Form], forms: int, workers: int) -> float:
    """Forms a minute that so many workers read when all wait already."""
    sender = service.sender(0)
    for number in range(forms):
        form = make(number)
        sender.send(form.content, f"{make.__name__}{workers}-{number}", form.filename)
    with service.worker(workers):
        # The time to start is not the time to read.
        until_first = _when(lambda: service.unread() < forms)
        left = service.unread()
        until_last = _when(lambda: not service.unread())
    speed = left / (until_last - until_first) * 60
    print(f"  {workers} worker{'s' if workers > 1 else ' '}   {speed:8.1f} a minute", flush=True)
    return speed


def _when(true: Callable[[], bool]) -> float:
    while not true():
        time.sleep(0.05)
    return time.monotonic()


def compare(service: Service, forms: int) -> bool:
    print(f"{forms} forms that wait already")
    one, two = read_by(service, a_form, forms, 1), read_by(service, a_form, forms, 2)
    print(f"  two over one {two / one:8.2f}                limit {LEAST_RATIO}")
    print(f"{SCANS} scans of four pages that wait already")
    read_by(service, a_scan, SCANS, 2)
    return two / one >= LEAST_RATIO


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--forms", type=int, help="how many forms (1,000; 300 with --compare)")
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    with open_service(SENDERS) as service:
        if asked.compare:
            good = compare(service, asked.forms or 300)
        else:
            with service.worker(2):
                good = burst(service, asked.forms or 1000, asked.seconds)
    sys.exit(not good)


if __name__ == "__main__":
    main()
