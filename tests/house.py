"""A house to test in: real PostgreSQL and Redis of this machine, a fresh database for every test, people of two agencies."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy import Connection, create_engine

from extractors.contract import keys_of
from extractors.models import Evidence, FormReading, PagePicture, Reading, Value
from extractors.refusals import Refusal
from intake.cases.reading import ReadingDesk
from intake.embedded.servers import DATABASE, OWNER, Embedded
from intake.house import House, open_house
from intake.models import Person
from intake.reader.nursery import File, Result
from intake.settings import Settings
from intake.store.acting import acting
from intake.store.database import migrate
from intake.store.keeping import Secrets

ROOT = Path(__file__).parents[1]
JPEG = b"\xff\xd8\xff\xe0 a page \xff\xd9"
PASSWORD = "correct horse battery"


@dataclass
class SetClock:
    """A clock that stands where it is put."""

    moment: datetime = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, **time: float) -> None:
        self.moment += timedelta(**time)


MASTER_KEY = "5e" * 32


@dataclass(frozen=True)
class Cast:
    """People of two agencies in one area, one's manager, a coordinator of each of two areas, administrator and auditor."""

    yot: Person
    manager: Person
    hospital: Person
    coordinator: Person
    other_coordinator: Person
    administrator: Person
    auditor: Person


def _furnish(house: House) -> Cast:
    add = house.people.add_person
    yot = house.people.add_agency("Ambleford Youth Offending Team", "yot", "WM")
    hospital = house.people.add_agency("Ambleford Mental Health Trust", "mental_health", "WM")
    administrator = add("admin@example.org", "Adam Heron", "administrator", PASSWORD)
    # Tests of other things sign in by a password alone; those of the second step ask for it.
    house.second_step.ask_of(administrator, [])
    return Cast(
        yot=add("yot@example.org", "Yvonne Otter", "referrer", PASSWORD, agency_id=yot.id),
        manager=add("manager@example.org", "Mona Egret", "agency_manager", PASSWORD, agency_id=yot.id),
        hospital=add("hospital@example.org", "Harriet Moss", "referrer", PASSWORD, agency_id=hospital.id),
        coordinator=add("coordinator@example.org", "Carol Finch", "coordinator", PASSWORD, area="WM"),
        other_coordinator=add("elsewhere@example.org", "Ewan Wren", "coordinator", PASSWORD, area="NW"),
        administrator=administrator,
        auditor=add("auditor@example.org", "Odo Crake", "auditor", PASSWORD),
    )


@dataclass(frozen=True)
class Servers:
    data: Path
    database_url: str
    owner_url: str
    admin: str
    redis_url: str
    cast: Cast

    def fresh_database(self) -> tuple[str, str]:
        """A new copy of the migrated database: the addresses of the application and of the owner."""
        name = f"t{secrets.token_hex(6)}"
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
        return self.database_url.replace(f"@/{DATABASE}?", f"@/{name}?"), self.owner_url.replace(
            f"@/{DATABASE}?", f"@/{name}?"
        )

    def drop(self, url: str) -> None:
        name = url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _without_waiting_for_the_disc(admin: str) -> None:
    """No test cuts the power, and what a killed process has written is in the kernel's hands; but each test's own database
    is made and dropped, and would be forced to the disc for seconds."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    # Not in pytest's own folder: every start of pytest closes that to other accounts, PostgreSQL's among them.
    with tempfile.TemporaryDirectory(prefix="mappa-servers-") as folder:
        data = Path(folder)
        kept = Secrets(data / "secrets")
        with Embedded(data, kept) as embedded:
            migrate(embedded.owner_url)
            password = kept.hex("postgres-password")
            admin = embedded.owner_url.replace(
                f"{OWNER}:{kept.hex('owner-password')}@/{DATABASE}", f"postgres:{password}@/postgres"
            )
            _without_waiting_for_the_disc(admin)
            urls = {"database_url": embedded.database_url, "redis_url": embedded.redis_url}
            with open_house(Settings(**urls, data=data, master_key=MASTER_KEY), clock=SetClock()) as house:
                cast = _furnish(house)
            yield Servers(data, embedded.database_url, embedded.owner_url, admin, embedded.redis_url, cast)


@pytest.fixture
def settings(servers: Servers, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a house with an empty, migrated database and an empty queue."""
    database_url, owner_url = servers.fresh_database()
    redis.Redis.from_url(servers.redis_url).flushall()
    yield Settings(
        database_url=database_url,
        owner_url=owner_url,
        redis_url=servers.redis_url,
        data=tmp_path / "var",
        master_key=MASTER_KEY,
        max_upload=1024 * 1024,
    )
    servers.drop(database_url)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def house(settings: Settings, clock: SetClock) -> Iterator[House]:
    with open_house(settings, clock=clock) as opened:
        yield opened


@pytest.fixture
def cast(servers: Servers) -> Cast:
    return servers.cast


def form_file(form: str = "A", *, pages: int = 1, orders: dict[str, Any] | None = None, **values: Any) -> bytes:
    """A file that the tests' reader understands. Write `person__family_name` for the key person.family_name."""
    stated = {key.replace("__", "."): value for key, value in values.items()}
    return json.dumps(
        {"form": form, "pages": pages, "values": stated, "nonce": secrets.token_hex(4), **(orders or {})}
    ).encode()


def several_forms(*files: bytes) -> bytes:
    """A mail that carries several of them."""
    return json.dumps({"mail": [json.loads(file) for file in files]}).encode()


def _form(told: dict[str, Any]) -> FormReading:
    values = {}
    for key in keys_of(told["form"]):
        stated = told["values"].get(key)
        stated = tuple(stated) if isinstance(stated, list) else stated
        evidence = Evidence(page=1, raw=str(stated), method="text") if stated is not None else None
        status = "blank" if stated is None else "read"
        values[key] = Value(key=key, status=status, value=stated, evidence=evidence, confidence=0.99)
    return FormReading(form=told["form"], edition="A-2016", carrier="pdf_native", pages=told["pages"], values=values)


def read_test_form(file: File) -> Result:
    """Stands in for the readers: does what the file says, waiting, failing and dying included."""
    content = file.content
    if not content.startswith(b"{"):
        raise Refusal("not_a_form")
    told = json.loads(content)
    if "wait" in told:
        time.sleep(told["wait"])
    while time.process_time() < told.get("work", 0):
        pass
    if "raise" in told:
        raise RuntimeError(told["raise"])
    if "signal" in told:
        os.kill(os.getpid(), told["signal"])
    forms = [_form(one) for one in told.get("mail", [told])]
    pictures = [] if "pictures_follow" in told else [PagePicture(595.0, 842.0, JPEG)] * forms[0].pages
    return Result(
        Reading(forms=tuple(forms), other_attachments=("covering letter.docx",)), pictures, "pictures_follow" in told
    )


def draw_test_form(file: File) -> Result:
    """Stands in for LibreOffice."""
    return Result(None, [PagePicture(595.0, 842.0, JPEG)] * 2)


TASKS = {"read": read_test_form, "picture": draw_test_form}


@pytest.fixture
def reading(house: House) -> ReadingDesk:
    """A worker's desk inside the test's own process."""
    return ReadingDesk(
        house.registry, house.ledger, house.check, lambda task, file, still_here, every: TASKS[task](file), house.gate
    )


def wait_for(what: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What `what` gives as soon as it is true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not true within {seconds} seconds")


@dataclass
class Worker:
    """A worker in processes of its own, which stop with the test."""

    settings: Settings
    count: int = 1
    grace: float = 20.0
    more: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self, stderr: IO[bytes] | None = None) -> None:
        assert self.settings.database_url and self.settings.redis_url and self.settings.master_key
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "MAPPA_MASTER_KEY": self.settings.master_key,
            "MAPPA_DATA": str(self.settings.data),
            "MAPPA_CLAMD": self.settings.clamd or "",
            **self.more,
        }
        script = ROOT / "tests" / "intake" / "a_worker.py"
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(self.count), str(self.grace)], env=environment, cwd=ROOT, stderr=stderr
        )

    def family(self) -> dict[int, str]:
        """The worker's processes: id to what each is."""
        assert self.process is not None
        found, unseen = {self.process.pid: "supervisor"}, [self.process.pid]
        while unseen:
            pid = unseen.pop()
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                for child in map(int, task.read_text().split()):
                    command = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found[child] = "reader" if "a_reader" in command else f"child of {pid}"
                    unseen.append(child)
        return found

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture
def worker(settings: Settings) -> Iterator[Worker]:
    """A worker that is not started yet."""
    made = Worker(settings)
    yield made
    if made.process is not None:
        made.stop()


@contextmanager
def open_as_owner(house: House) -> Iterator[Connection]:
    """A connection of the owner of the tables, whom the application's limits do not hold."""
    assert house.settings.owner_url is not None
    engine = create_engine(house.settings.owner_url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.connect() as connection:
            yield connection
            connection.commit()
    finally:
        engine.dispose()


def status_of(house: House, referral_id: UUID) -> str:
    with acting(house.engine, "desk") as connection:
        found: str = connection.exec_driver_sql(
            "SELECT status FROM referrals WHERE id = %s", (referral_id,)
        ).scalar_one()
    return found
