"""The machine's own PostgreSQL and Redis: private, lasting, gone with their parent however it goes."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from house import ROOT, SetClock, wait_for

from intake.embedded.servers import Embedded
from intake.errors import HouseError
from intake.house import open_house
from intake.settings import Settings
from intake.store.database import connect, migrate, require_current
from intake.store.keeping import Secrets

KEEP_UP = """
import sys, time
from pathlib import Path
from intake.embedded.servers import Embedded
from intake.store.keeping import Secrets
data = Path(sys.argv[1])
with Embedded(data, Secrets(data / "secrets")) as embedded:
    print(embedded.redis_url, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mappa-embedded-") as folder:
        yield Path(folder)


def servers_of(data: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            home = (process / "cwd").readlink()
            if home.is_relative_to(data) and (process / "comm").read_text().strip() in ("postgres", "redis-server"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def opened(data: Path) -> Embedded:
    return Embedded(data, Secrets(data / "secrets"))


def test_what_was_stored_is_there_after_a_restart_and_nothing_runs_in_between(data: Path) -> None:
    with opened(data) as embedded:
        migrate(embedded.owner_url)
        settings = Settings(database_url=embedded.database_url, redis_url=embedded.redis_url, data=data)
        with open_house(settings, clock=SetClock()) as house:
            house.people.add_agency("Ambleford Police", "police", "WM")
        redis.Redis.from_url(embedded.redis_url).set("kept", "yes")
        assert len(servers_of(data)) > 2
    assert servers_of(data) == []
    with opened(data) as embedded:
        with open_house(settings.model_copy(update={"database_url": embedded.database_url})) as house:
            assert [agency.name for agency in house.people.agencies()] == ["Ambleford Police"]
        assert redis.Redis.from_url(embedded.redis_url).get("kept") == b"yes"


def test_a_parent_that_is_killed_takes_its_servers_along(data: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", KEEP_UP, str(data)], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None and parent.stdout.readline()
    assert servers_of(data)
    parent.kill()
    parent.wait()
    wait_for(lambda: not servers_of(data))
    with opened(data):
        pass


def test_servers_left_behind_are_stopped_at_the_next_start(data: Path) -> None:
    with opened(data):
        pass
    # Started as a killed parent would have left them: by somebody who is gone.
    left = subprocess.run(
        [sys.executable, "-c", LEAVE_BEHIND, str(data)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    orphans = {int(pid) for pid in left.stdout.split()}
    assert orphans & set(servers_of(data))
    with opened(data) as embedded:
        psycopg.connect(embedded.database_url).close()
        assert not orphans & set(servers_of(data))


LEAVE_BEHIND = """
import sys, time
from pathlib import Path
import intake.embedded.account as account
import intake.embedded.servers as embedded
from intake.store.keeping import Secrets
data = Path(sys.argv[1])
account.PR_SET_PDEATHSIG = 36  # harmless: so that nothing tells the servers that this process dies
opened = embedded.Embedded(data, Secrets(data / "secrets"))
opened.__enter__()
print((data / "postgres" / "postmaster.pid").read_text().split()[0], (data / "redis" / "redis.pid").read_text())
sys.stdout.flush()
import os
os._exit(0)
"""


def test_one_data_folder_serves_one_house(data: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", KEEP_UP, str(data)], stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert parent.stdout is not None and parent.stdout.readline()
        with pytest.raises(HouseError, match="already runs"), opened(data):
            pass
        assert servers_of(data)
    finally:
        parent.kill()
        parent.wait()


def test_secrets_are_readable_by_their_owner_only(data: Path) -> None:
    with opened(data):
        secrets = list((data / "secrets").iterdir())
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
        for private in ("secrets", "postgres", "redis", "sockets"):
            assert stat.S_IMODE((data / private).stat().st_mode) == 0o700


def test_nobody_gets_in_without_the_password(data: Path) -> None:
    with opened(data) as embedded:
        for url in (embedded.database_url, embedded.owner_url):
            user, password = url.removeprefix("postgresql://").partition("@")[0].split(":")
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url.replace(password, "wrong"))
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url.replace(f"{user}:{password}", "postgres:"))
        password = embedded.redis_url.removeprefix("unix://:").partition("@")[0]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(embedded.redis_url.replace(f":{password}@", "")).ping()


def test_the_application_signs_in_without_special_rights(data: Path) -> None:
    with opened(data) as embedded, psycopg.connect(embedded.database_url) as connection:
        rights = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert rights == ("mappa_app", False, False, False, False)


def test_a_long_folder_name_is_no_hindrance(data: Path) -> None:
    deep = data / ("long name " * 10).strip()
    deep.mkdir()
    with opened(deep) as embedded:
        psycopg.connect(embedded.database_url).close()
        assert redis.Redis.from_url(embedded.redis_url).ping()


def test_postgres_killed_under_the_house_is_told_in_one_sentence(data: Path) -> None:
    with opened(data) as embedded:
        migrate(embedded.owner_url)
        os.kill(int((data / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        time.sleep(0.2)
        engine = connect(embedded.database_url)
        with pytest.raises(HouseError, match="PostgreSQL does not answer"):
            require_current(engine)
        engine.dispose()
    with opened(data) as embedded:
        require_current(connect(embedded.database_url))


def test_a_server_that_dies_is_started_again(data: Path) -> None:
    with opened(data) as embedded:
        migrate(embedded.owner_url)
        wire = redis.Redis.from_url(embedded.redis_url)
        for server in (data / "redis" / "redis.pid", data / "postgres" / "postmaster.pid"):
            os.kill(int(server.read_text().split()[0]), signal.SIGKILL)

        def answer() -> bool:
            embedded.keep_up()
            try:
                psycopg.connect(embedded.database_url).close()
                return bool(wire.ping())
            except (psycopg.OperationalError, redis.ConnectionError):
                return False

        wait_for(answer, 30)
