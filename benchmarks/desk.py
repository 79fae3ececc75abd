"""Times the desk's pages on a database full of referrals: `python -m benchmarks.desk --referrals 200000 --open 10000`.

Brings its own PostgreSQL and Redis in a temporary folder, fills it with copies of one referral that was really read and
judged (each about somebody of its own, under its own key; one in four about somebody who was referred before), and
prints for every page the median and the 95th percentile of its server time, from the request to the whole page, and the
processor time that it took of the application and of PostgreSQL, which other work on the machine does not lengthen.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import psycopg
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import insert, select, text

from benchmarks.own_house import own_house
from extractors.contract import keys_of
from extractors.models import Evidence, FormReading, Value
from intake.cases.findable import words_of
from intake.cases.likeness import identity_of, kept
from intake.cases.reading import ReadingDesk
from intake.house import House
from intake.models import Person
from intake.reader.reader_child import draw_file, read_file
from intake.store.acting import acting
from intake.store.tables import referrals
from web.app import make_app
from web.session import COOKIE

LIMITS = {
    "queue": 80,
    "queue, page 40": 80,
    "decided": 80,
    "case": 120,
    "search by name": 150,
    "search by sound": 150,
    "search by reference": 150,
    "statistics of all years": 2000,
}
"""Milliseconds at the 95th percentile that are wanted."""
SAMPLE = Path(__file__).parents[1] / "samples" / "a-police-contradictions.pdf"
BATCH = 1000
TRAIL = """
INSERT INTO audit
SELECT 1000000 + n, now(), NULL, ('00000000-0000-0000-0000-' || lpad(to_hex(1 + n % :many), 12, '0'))::uuid,
    'read', 'Read form A.', '{}', '\\x00'
FROM generate_series(1, :entries) n
"""
SYLLABLES = [
    "al",
    "an",
    "bar",
    "ben",
    "car",
    "den",
    "el",
    "far",
    "gar",
    "hal",
    "ing",
    "jor",
    "kel",
    "lan",
    "mar",
    "nor",
    "os",
    "per",
    "quil",
    "ros",
    "sam",
    "ter",
    "ul",
    "ven",
    "wick",
    "yor",
]


def somebody(number: int) -> FormReading:
    """Who a copy is about: names that some share, as in life, and a birth date."""
    chance = random.Random(number)
    common = int(chance.paretovariate(0.8)) % 8000
    family = "".join(SYLLABLES[(common // 26**place) % 26] for place in range(3)).capitalize()
    given = "".join(SYLLABLES[int(chance.paretovariate(1)) % 26] for _ in range(2)).capitalize()
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(60 * 365))
    stated = {
        "person.family_name": family,
        "person.given_names": given,
        "person.date_of_birth": born.isoformat(),
        "person.pnc_id": f"{born.year + 20}/{number:07d}A",
        "person.agency_ref": f"X{number:06d}",
    }
    values = {
        key: Value(
            key=key,
            status="read" if key in stated else "blank",
            value=stated.get(key),
            evidence=Evidence(raw=stated[key], method="text") if key in stated else None,
            confidence=0.99,
        )
        for key in keys_of("A")
    }
    return FormReading(form="A", edition="A-2016", carrier="pdf_native", pages=1, values=values)


def fill(house: House, template: UUID, many: int, still_open: int) -> None:
    """Copies of one referral: all but `still_open` decided, received over the last years."""
    with acting(house.engine, "desk") as connection:
        row = dict(connection.execute(select(referrals).where(referrals.c.id == template)).mappings().one())
    agency_ids = [agency.id for agency in house.people.agencies()]
    chance = random.Random(1)
    as_owner(house, "ALTER TABLE referrals DISABLE TRIGGER keep_tallies_of_new")
    for start in range(1, many + 1, BATCH):
        copies, tokens, traces = [], [], []
        for number in range(start, min(start + BATCH, many + 1)):
            form = somebody(number * 3 // 4)
            copy = _copy(house, row, form, number, agency_ids[number % len(agency_ids)], number <= still_open, chance)
            index = house.registry.index
            new = {"referral_id": copy["id"], "received_at": copy["received_at"]}
            copies.append(copy)
            tokens += [{"token": token, **new} for token in words_of(form, index)]
            marks = {index.token("trace", mark) for mark in kept(identity_of(form))}
            traces += [{"trace": mark, **new} for mark in marks]
        with acting(house.engine, "desk") as connection:
            connection.execute(insert(referrals), copies)
        # By the owner: rows of a table with policies are not copied in by others.
        with psycopg.connect(house.settings.owner_url or "") as owner, owner.cursor() as cursor:
            for table, rows in (("search_tokens", tokens), ("person_traces", traces)):
                columns = ", ".join(rows[0])
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copying:
                    for one in rows:
                        copying.write_row(tuple(one.values()))
        if start % 20_000 == 1:
            print(f"  filling: {start} of {many}", flush=True)
    with acting(house.engine, "desk") as connection:
        connection.execute(text(TRAIL), {"many": many, "entries": many * 5})
    # The tallies in one go, which the trigger keeps; and what the server does by itself in time.
    as_owner(house, "ALTER TABLE referrals ENABLE TRIGGER keep_tallies_of_new")
    as_owner(house, "DELETE FROM tallies")
    as_owner(house, "INSERT INTO tallies SELECT area, agency_id, status, count(*) FROM referrals GROUP BY 1, 2, 3")
    as_owner(house, "VACUUM ANALYZE")


def as_owner(house: House, order: LiteralString) -> None:
    """What the application's role may not do."""
    with psycopg.connect(house.settings.owner_url or "", autocommit=True) as owner:
        owner.execute(order)


def _copy(
    house: House,
    row: dict[str, Any],
    form: FormReading,
    number: int,
    agency_id: UUID,
    is_open: bool,
    chance: random.Random,
) -> dict[str, Any]:
    new = UUID(int=number)
    envelope, wrapped = house.registry.vault.new_envelope(new)
    days = chance.randint(0, 12) if is_open else chance.randint(11, 1700)
    received = datetime.now(UTC) - timedelta(days=days, seconds=number % 9999)
    identity = identity_of(form)
    changes: dict[str, Any] = {
        "id": new,
        "reference": f"WM-1999-{number:06d}",
        "agency_id": agency_id,
        "wrapped_key": wrapped,
        "received_at": received,
        "due_on": (received + timedelta(days=10)).date(),
        "upload_token": None,
        "subject_sealed": envelope.seal_text(f"{identity.family.upper()}, {identity.given}", "subject"),
        "youth": chance.choice([True, False]),
        "screening_late": chance.randint(-30, 120),
        "release_late": chance.randint(-300, 120),
        "missed": chance.sample(keys_of("A"), chance.choice([0, 0, 2, 4])),
        "rounds": 1,
        "waited": timedelta(hours=chance.randint(1, 200)),
        "identity_sealed": envelope.seal_text(identity.model_dump_json(), "identity"),
    }
    if not is_open:
        changes |= {"status": "decided", "outcome": "accepted_level_2", "decided_at": received, "open_questions": 0}
    return {**row, **changes}


def processor_time(data: Path) -> float:
    """Seconds that this process and the PostgreSQL of a folder have used so far."""
    used = sum(os.times()[:2])
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if not (process / "cwd").readlink().is_relative_to(data):
                continue
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


class Times(NamedTuple):
    """Milliseconds: the calls' server times, the shortest first, and the processor time of each on average."""

    each: list[float]
    processor: float


def timed(what: Callable[[], object], times: int, data: Path) -> Times:
    what()
    found, before = [], processor_time(data)
    for _ in range(times):
        began = time.perf_counter()
        what()
        found.append((time.perf_counter() - began) * 1000)
    return Times(sorted(found), (processor_time(data) - before) * 1000 / times)


class Browser:
    """Somebody signed in, in this process: what is timed is the application alone."""

    def __init__(self, house: House, person: Person) -> None:
        self._client: FlaskClient = make_app(house).test_client()
        self._client.set_cookie(COOKIE, house.people.open_session(person, second_step=True))
        page = self._client.get("/rules").get_data(as_text=True)
        self._proof = str(html.fromstring(page).xpath("//input[@name='proof']/@value")[0])

    def get(self, path: str) -> None:
        answer = self._client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    def find(self, words: str) -> None:
        answer = self._client.post("/queue/find", data={"proof": self._proof, "text": words}, follow_redirects=True)
        assert answer.status_code == 200 and b" found" in answer.data


def pages(
    house: House, coordinator: Person, referrer: Person, template: UUID
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each page's name, and how it is asked for."""
    hers, his = Browser(house, coordinator), Browser(house, referrer)
    sample, count = SAMPLE.read_bytes(), iter(range(10**9))
    subject = identity_of(somebody(75))
    yield "queue", lambda: hers.get("/queue")
    yield "queue, page 40", lambda: hers.get("/queue?page=40")
    yield "queue, form A level 3", lambda: hers.get("/queue?form=A&level=3")
    yield "decided", lambda: hers.get("/queue?shelf=decided")
    yield "my referrals", lambda: his.get("/referrals")
    yield "case", lambda: hers.get(f"/cases/{template}")
    yield "other referrals of one", lambda: house.views.same_person(coordinator, UUID(int=100))
    yield "search by name", lambda: hers.find(f"{subject.family} {subject.given}")
    yield "search by sound", lambda: hers.find(f"{subject.family}h {subject.given}h")
    yield "search by reference", lambda: hers.find("WM-1999-000042")
    day = date.today()
    every_year = f"from-day=1&from-month=1&from-year={day.year - 4}&to-day=31&to-month=12&to-year={day.year}"
    yield "statistics of all years", lambda: hers.get(f"/statistics?{every_year}")
    yield "register of all years", lambda: hers.get(f"/statistics/register.csv?{every_year}")
    yield "receive", lambda: house.desk.receive(referrer, "form.pdf", sample + b"%%%d" % next(count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--referrals", type=int, default=200_000)
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=100)
    asked = parser.parse_args()
    with own_house() as (house, _):
        agencies = [house.people.add_agency(f"Agency {n}", "police", "WM") for n in range(40)]
        referrer = house.people.add_person(
            "r@example.org", "R", "referrer", secrets.token_hex(16), agency_id=agencies[0].id
        )
        coordinator = house.people.add_person("c@example.org", "C", "coordinator", secrets.token_hex(16), area="WM")
        receipt = house.desk.receive(referrer, SAMPLE.name, SAMPLE.read_bytes())
        tasks = {"read": read_file, "picture": draw_file}
        reading = ReadingDesk(
            house.registry, house.ledger, house.check, lambda task, file, *_: tasks[task](file), house.gate
        )
        while reading.do_next():
            pass
        fill(house, receipt.referral_id, asked.referrals, asked.open)
        print(f"{asked.referrals} referrals, {asked.open} open; milliseconds")
        print(f"{'page':26}{'median':>9}{'95th':>9}{'processor':>11}{'limit':>7}")
        for name, what in pages(house, coordinator, referrer, receipt.referral_id):
            found, processor = timed(what, asked.times, house.settings.data)
            late, limit = found[int(len(found) * 0.95)], LIMITS.get(name)
            over = " OVER" if limit and late > limit else ""
            print(f"{name:26}{statistics.median(found):9.1f}{late:9.1f}{processor:11.1f}{limit or '':>7}{over}")


if __name__ == "__main__":
    main()
