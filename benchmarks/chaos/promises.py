"""Senders who never pause, and what must hold of every receipt that they were shown."""

from __future__ import annotations

import hashlib
import random
import secrets
import threading
import time
from collections import Counter
from typing import NamedTuple
from uuid import UUID

from house import form_file
from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.chaos.hosts import PASSWORD, Desk
from benchmarks.sender import NotTaken, Sender
from intake.store.acting import acting
from intake.store.tables import audit, documents, jobs, mails, messages, readings, referrals

SENDERS = 3
STUCK_AFTER = 240.0
"""Seconds without a job being finished after which what is left is stuck; the machine may be busy with other things too."""


class Accepted(NamedTuple):
    """A receipt that a sender was shown."""

    mark: str
    id: UUID
    reference: str
    sha256: bytes


class Senders:
    """Threads that send forms without pause while `sending` is set, and remember what they were shown."""

    def __init__(self, address: str, seed: int) -> None:
        self.accepted: list[Accepted] = []
        self.tries = 0
        self.sending, self._over = threading.Event(), threading.Event()
        self.under_way = SENDERS
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._send_on, args=(address, random.Random(seed + number)), daemon=True)
            for number in range(SENDERS)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        self.sending.set()

    def _send_on(self, address: str, chance: random.Random) -> None:
        sender = Sender(address, "referrer@example.org", PASSWORD)
        while True:
            with self._lock:
                self.under_way -= 1
            self.sending.wait()
            with self._lock:
                self.under_way += 1
            if self._over.is_set():
                return
            content = form_file(orders={"wait": chance.choice([0, 0.05, 0.2, 0.6])})
            mark = secrets.token_urlsafe(12)
            if chance.random() < 0.15:
                # The same page sent twice at the same moment, as an impatient hand does.
                twin = Sender(address, "referrer@example.org", PASSWORD)
                other = threading.Thread(target=self._send_one, args=(twin, content, mark), daemon=True)
                other.start()
                self._send_one(sender, content, mark)
                other.join()
            else:
                self._send_one(sender, content, mark)
            time.sleep(chance.random())

    def _send_one(self, sender: Sender, content: bytes, mark: str) -> None:
        while not self._over.is_set():
            with self._lock:
                self.tries += 1
            try:
                shown = sender.send(content, f"m{mark}", timeout=10)
            except NotTaken:
                time.sleep(0.3)
                continue
            with self._lock:
                self.accepted.append(
                    Accepted(f"m{mark}", UUID(shown.id), shown.reference, hashlib.sha256(content).digest())
                )
            return


def broken(desk: Desk, accepted: list[Accepted]) -> list[str]:
    """What does not hold when everything is quiet: lost, doubled or stuck."""
    found = []
    with acting(desk.house.engine, "desk") as connection:
        rows = connection.execute(
            select(
                referrals.c.id,
                referrals.c.reference,
                referrals.c.status,
                referrals.c.upload_token,
                documents.c.sha256,
                select(func.count())
                .where(readings.c.referral_id == referrals.c.id)
                .scalar_subquery()
                .label("readings"),
                select(func.count())
                .where(audit.c.referral_id == referrals.c.id, audit.c.kind == "read")
                .scalar_subquery()
                .label("reads"),
                select(func.count())
                .where(messages.c.referral_id == referrals.c.id, messages.c.kind == "receipt")
                .scalar_subquery()
                .label("receipts"),
            ).join(documents, documents.c.referral_id == referrals.c.id)
        ).all()
        waiting = connection.scalar(select(func.count()).where(jobs.c.state.in_(["due", "running"])))
    kept = {row.id: row for row in rows}
    # Of the mark in the database, the page's own; after it stands the file's.
    marks = {row.id: row.upload_token.rpartition("-")[0] for row in rows}
    if waiting:
        found.append(f"stuck: {waiting} jobs")
    for one in accepted:
        row = kept.get(one.id)
        kept_as = (row.reference, marks[row.id], bytes(row.sha256)) if row is not None else None
        if kept_as != (one.reference, one.mark, one.sha256):
            found.append(f"lost: {one.reference}")
    for row in rows:
        if row.status != "checked":
            found.append(f"stuck: {row.reference} is {row.status}")
        elif (row.readings, row.reads, row.receipts) != (1, 1, 1):
            found.append(f"doubled or lost: {row.reference} read {row.reads} times, {row.receipts} receipts")
    for what, values in (("mark", list(marks.values())), ("reference", [row.reference for row in rows])):
        found += [f"doubled: {what} {value}" for value, times in Counter(values).items() if times > 1]
    return found + _mails_broken(desk)


def _mails_broken(desk: Desk) -> list[str]:
    """What does not hold of the mails: sent means arrived once, unknown at most once, and nothing is left over."""
    with acting(desk.house.engine, "desk") as connection:
        kept = {str(row.id): row.state for row in connection.execute(select(mails.c.id, mails.c.state))}
    came = Counter(str(mail["Message-ID"]).strip("<").partition(".")[0] for mail in list(desk.post.mails))
    found = [f"stuck: mail {one} is {state}" for one, state in kept.items() if state not in ("sent", "unknown")]
    found += [f"lost: mail {one}" for one, state in kept.items() if state == "sent" and not came[one]]
    return found + [
        f"doubled: mail {one} came {times} times" for one, times in came.items() if times > 1 or one not in kept
    ]


def unknown_mails(desk: Desk) -> int:
    """How many mails may have been lost with a line or a process: people see them and decide."""
    with acting(desk.house.engine, "desk") as connection:
        return connection.scalar(select(func.count()).where(mails.c.state == "unknown")) or 0


def unfinished(desk: Desk) -> tuple[int, int]:
    """How many jobs, messages and mails are not done, and how many jobs and mails are."""

    def count(condition: ColumnElement[bool]) -> ScalarSelect[int]:
        return select(func.count()).where(condition).scalar_subquery()

    left = (
        count(jobs.c.state.in_(["due", "running"]))
        + count(messages.c.state == "waiting")
        + count(mails.c.state.in_(["due", "claimed", "sending"]))
    )
    done = count(jobs.c.state == "done") + count(mails.c.state.in_(["sent", "unknown"]))
    with acting(desk.house.engine, "desk") as connection:
        found = connection.execute(select(left, done)).one()
    return found[0], found[1]


def quiet(desk: Desk, senders: Senders) -> int:
    """Wait until nothing is under way; gives how many forms were set aside and retried by a person meanwhile."""
    retried, done = 0, -1
    senders.sending.clear()
    until = time.monotonic() + STUCK_AFTER
    while time.monotonic() < until:
        desk.rest(0.3)
        try:
            left, now_done = unfinished(desk)
            with acting(desk.house.engine, "desk") as connection:
                aside = list(connection.scalars(select(jobs.c.referral_id).where(jobs.c.state == "set_aside")))
            coordinator = next(one for one in desk.house.people.people() if one.role == "coordinator")
            for one in aside:
                desk.house.desk.retry(coordinator, one)
                retried += 1
        except SQLAlchemyError:
            continue
        if not left and not aside and not senders.under_way:
            break
        if now_done > done or aside:
            done, until = now_done, time.monotonic() + STUCK_AFTER
    return retried


def differences(desk: Desk) -> list[str]:
    """What the reconciler finds in one snapshot, under way or not."""
    until = time.monotonic() + STUCK_AFTER
    while True:
        try:
            return [f"{one.code}: {' '.join(one.ids)}" for one in desk.house.reconciler.compare().differences]
        except SQLAlchemyError:
            if time.monotonic() > until:
                return ["the database did not come back"]
            desk.rest(0.2)
