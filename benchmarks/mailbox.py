"""Mails with digital forms in a real mailbox (Dovecot), taken in by real workers of which one is killed in the middle.

    python -m benchmarks.mailbox              1,000 mails of ten senders, taken in and judged by two workers
    python -m benchmarks.mailbox --mails 100

The time runs from the start of the first worker to the last mail put away, the death and the second start included. Prints
what was measured beside its limit, and ends with 1 where a limit is missed. Without Dovecot it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.own_house import environment_of, own_house
from benchmarks.processes import kill, under
from benchmarks.service import PASSWORD, ROOT, WORKER, a_form
from intake.house import House
from intake.store.acting import acting
from intake.store.tables import incoming, jobs, referrals

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from mail_drop import DOVECOT, MailDrop, open_mail_drop

SENDERS = 10
LEAST = 5.0
"""Mails a second."""
PATIENCE = 1800.0
LOOK_AGAIN = 0.2


def a_mail(number: int) -> bytes:
    """A mail with a digital form whose bytes are like no other's."""
    form = a_form(number)
    made = EmailMessage()
    made["From"], made["To"] = f"sender{number % SENDERS}@example.org", "desk@mappa.example.org"
    made["Subject"], made["Message-ID"] = "MAPPA form", f"<{number}@trust.example.org>"
    made.set_content("Please find our form.")
    made.add_attachment(form.content, maintype="application", subtype="octet-stream", filename=form.filename)
    return made.as_bytes()


def count(house: House, table_rows: object) -> int:
    with acting(house.engine, "desk") as connection:
        return int(connection.execute(select(func.count()).select_from(table_rows)).scalar_one())  # type: ignore[arg-type]


def started(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORKER, "2"], env=environment, cwd=ROOT)


def killed(worker: subprocess.Popen[bytes]) -> None:
    """End a worker without warning, and what it had started with it."""
    for one in (worker.pid, *(process.pid for process in under(worker.pid))):
        kill(one)
    worker.wait()


def wait_until(true: Callable[[], bool]) -> float:
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(LOOK_AGAIN)
    return time.monotonic()


def unread(house: House) -> int:
    waiting = select(jobs.c.id).where(jobs.c.kind == "read", jobs.c.state.in_(["due", "running"]))
    return count(house, waiting.subquery())


def measured(house: House, drop: MailDrop, mails: int) -> bool:
    """Whether `mails` mails are taken in as they should be."""
    drop.put(*(a_mail(number) for number in range(mails)))
    environment = environment_of(house) | {"MAPPA_IMAP_URL": drop.url, "SSL_CERT_FILE": str(drop.certificate)}
    with contextlib.ExitStack() as held:
        began = time.monotonic()
        worker = started(environment)
        wait_until(lambda: count(house, referrals) >= mails // 2)
        killed(worker)
        died, before = time.monotonic(), count(house, referrals)
        worker = started(environment)
        held.callback(worker.wait, 60)
        held.callback(worker.terminate)
        wait_until(lambda: count(house, referrals) > before)
        back = time.monotonic()
        received = wait_until(lambda: drop.count("INBOX") == 0)
        judged = wait_until(lambda: unread(house) == 0)
    kept, looked_at = count(house, referrals), count(house, incoming)
    alike = count(house, select(referrals.c.id).where(referrals.c.same_as.is_not(None)).subquery())
    checked = count(house, select(referrals.c.id).where(referrals.c.status == "checked").subquery())
    put_away = drop.count("MAPPA-done")
    differences = house.reconciler.compare().differences
    speed = mails / (received - began)
    print(f"{mails} mails of {SENDERS} senders, two workers killed after {before}")
    print(f"  missing                {mails - kept:>8}         limit 0   differences {len(differences)}")
    print(f"  taken in twice         {alike + looked_at - mails:>8}         limit 0   put away {put_away}")
    print(f"  not judged             {kept - checked:>8}         limit 0")
    print(f"  all taken in after     {received - began:>8.1f} s       of which away {back - died:.1f} s")
    print(f"  taken in               {speed:>8.1f} a second  limit {LEAST}")
    at_work = received - began - (back - died)
    print(f"    while workers ran    {mails / at_work:>8.1f} a second")
    print(f"  all judged after       {judged - began:>8.1f} s       {mails / (judged - began):.1f} a second")
    right = kept == looked_at == checked == put_away == mails and not alike and not differences
    return right and speed >= LEAST


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=1000)
    asked = parser.parse_args()
    if DOVECOT is None:
        print("Dovecot is not installed (dovecot-imapd): the mailbox is not measured")
        return
    with own_house() as (house, _), open_mail_drop() as drop:
        os.environ["SSL_CERT_FILE"] = str(drop.certificate)
        agencies = [house.people.add_agency(f"Agency {number}", "police", "WM") for number in range(SENDERS)]
        for number, agency in enumerate(agencies):
            house.people.add_person(f"sender{number}@example.org", "S", "referrer", PASSWORD, agency_id=agency.id)
        good = measured(house, drop, asked.mails)
    sys.exit(not good)


if __name__ == "__main__":
    main()
