"""Brings PostgreSQL and Redis on this machine: children of this process, private to it, gone when it is gone.

Both listen on Unix sockets in a folder of their own, ask for generated passwords, and keep their data in the data folder.
A child dies with its parent, even one that is killed; what was left behind all the same is stopped at the next start.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql
from psycopg.conninfo import make_conninfo

from intake.embedded.account import Account, end, stop_left_behind
from intake.embedded.binaries import POSTGRES, REDIS
from intake.errors import HouseError
from intake.store.database import ROLE
from intake.store.keeping import Secrets

log = logging.getLogger(__name__)

DATABASE, OWNER = "mappa", "mappa_owner"
PATIENCE = 120.0
LONGEST_SOCKET = 100
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # Statements and their values stay out of the log: it holds no personal data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class InUse(HouseError):
    """Another process has this data folder's servers up."""


class Embedded:
    """Context manager: inside it both servers answer at the addresses below.

    `database_url` signs in as the application's role, `owner_url` as the owner of the tables, `redis_url` to Redis.
    Raises HouseError with one sentence when a server does not start or the folder is in use.
    """

    database_url: str
    owner_url: str
    redis_url: str

    def __init__(self, data: Path, secrets: Secrets) -> None:
        self._data = data.resolve()
        self._secrets = secrets
        self._exit = contextlib.ExitStack()
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opening:
            opening.callback(self._exit.close)
            self._claim()
            self._account = Account()
            self._sockets = self._socket_folder()
            self._address()
            self._account.let_through(self._data / "postgres")
            self._account.let_through(POSTGRES / "postgres")
            self._prepare_postgres()
            self._prepare_redis()
            for start in self._servers.values():
                start()
            with psycopg.connect(self._superuser(), autocommit=True) as connection:
                self._make_roles(connection)
            opening.pop_all()
        return self

    def at_work(self) -> Self:
        """With the addresses of the servers that another process has up on this folder."""
        self._account = Account()
        self._sockets = self._socket_folder()
        self._address()
        return self

    def _address(self) -> None:
        self.owner_url = self._postgres_url(OWNER, self._secrets.hex("owner-password"))
        self.database_url = self._postgres_url(ROLE, self._secrets.hex("app-password"))
        password = self._secrets.hex("redis-password")
        self.redis_url = f"unix://:{password}@{quote(str(self._redis_socket))}?db=0"

    @property
    def _redis_socket(self) -> Path:
        return self._sockets / "redis.sock"

    @property
    def _servers(self) -> Mapping[str, Callable[[], None]]:
        return {"postgres": self._start_postgres, "redis": self._start_redis}

    def keep_up(self) -> None:
        """Start again what has died. Call it every second or so, in the thread that opened."""
        for name, start in self._servers.items():
            if self._children[name].poll() is not None:
                log.error("the %s server died and is started again", name)
                try:
                    start()
                except HouseError as error:
                    # What it left behind may need a moment to go; the next call tries again.
                    log.error("%s", error)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def _claim(self) -> None:
        # A POSIX lock: it belongs to this process alone and ends with it, however it ends.
        file = self._exit.enter_context((self._data / "lock").open("a"))
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InUse(
                f"mappa-intake already runs on the data folder {self._data}: stop it first, or set MAPPA_DATA to another."
            ) from None

    def _socket_folder(self) -> Path:
        folder = self._data / "sockets"
        if len(str(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET:
            # The name of a socket may not be longer than 107 bytes.
            name = f"mappa-intake-{self._account.uid}-{hashlib.sha256(str(self._data).encode()).hexdigest()[:12]}"
            folder = Path(tempfile.gettempdir()) / name
            if folder.is_symlink() or (folder.exists() and folder.stat().st_uid not in (0, self._account.uid)):
                raise HouseError(f"{folder} belongs to somebody else: remove it, or choose a shorter MAPPA_DATA.")
        self._account.own(folder)
        return folder

    # PostgreSQL

    def _prepare_postgres(self) -> None:
        folder = self._data / "postgres"
        self._account.own(folder)
        stop_left_behind(folder / "postmaster.pid", "postgres", signal.SIGINT)
        if not (folder / "PG_VERSION").exists():
            self._make_cluster(folder, self._secrets.hex("postgres-password"))

    def _start_postgres(self) -> None:
        folder = self._data / "postgres"
        command = [str(POSTGRES / "postgres"), "-D", str(folder), "-k", str(self._sockets)]
        for name, setting in POSTGRES_SETTINGS.items():
            command += ["-c", f"{name}={setting}"]
        self._start("postgres", command, signal.SIGINT, lambda: psycopg.connect(self._superuser()).close())

    def _superuser(self) -> str:
        password = self._secrets.hex("postgres-password")
        return make_conninfo(
            host=str(self._sockets), user="postgres", password=password, dbname="postgres", connect_timeout=2
        )

    def _start(self, name: str, command: list[str], last: signal.Signals, answers: Callable[[], object]) -> None:
        with (self._data / f"{name}.log").open("ab") as file:
            child = self._account.start(command, self._data / name, file, last)
        self._children[name] = child
        self._exit.callback(end, child, last)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answers()
                return
            except (psycopg.OperationalError, redis.RedisError):
                if child.poll() is not None or time.monotonic() > until:
                    reason = self._data / f"{name}.log"
                    raise HouseError(f"The {name} server did not start: the reason is in {reason}.") from None
                time.sleep(0.05)

    def _postgres_url(self, user: str, password: str) -> str:
        return f"postgresql://{user}:{password}@/{DATABASE}?host={quote(str(self._sockets), safe='')}"

    def _make_cluster(self, folder: Path, password: str) -> None:
        for left in folder.iterdir():
            # A set-up that was interrupted: it has no PG_VERSION, so no data either.
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(password)
            file.flush()
            os.fchown(file.fileno(), self._account.uid, self._account.gid)
            command = [str(POSTGRES / "initdb"), "-D", str(folder), "-U", "postgres", "--auth=scram-sha-256"]
            command += [f"--pwfile={file.name}", "--encoding=UTF8", "--locale=C", "--no-instructions"]
            child = self._account.start(command, folder, subprocess.PIPE, signal.SIGKILL)
            said, _ = child.communicate(timeout=120)
        if child.returncode:
            reason = said.decode(errors="replace").strip().splitlines() or ["no reason given"]
            raise HouseError(f"PostgreSQL could not set up its folder {folder}: {reason[-1]}")

    def _make_roles(self, connection: psycopg.Connection) -> None:
        for role, name in ((ROLE, "app-password"), (OWNER, "owner-password")):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            order = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                sql.SQL("ALTER" if known else "CREATE"), sql.Identifier(role), sql.Literal(self._secrets.hex(name))
            )
            connection.execute(order)
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(ROLE), sql.Identifier(OWNER)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE)))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
            )

    # Redis

    def _prepare_redis(self) -> None:
        folder = self._data / "redis"
        self._account.own(folder)
        pid_file = folder / "redis.pid"
        stop_left_behind(pid_file, "redis-server", signal.SIGTERM)
        settings = folder / "redis.conf"
        settings.write_text(
            "port 0\n"
            f'unixsocket "{self._redis_socket}"\n'
            "unixsocketperm 700\n"
            f'dir "{folder}"\n'
            f'pidfile "{pid_file}"\n'
            "appendonly yes\n"
            'save ""\n'
            # A torn last line after a crash is no reason to stay down: the jobs are in PostgreSQL.
            "aof-load-truncated yes\n"
            "maxmemory 256mb\n"
            "maxmemory-policy noeviction\n"
            f"requirepass {self._secrets.hex('redis-password')}\n"
        )
        settings.chmod(0o600)
        if self._account.is_root:
            os.chown(settings, self._account.uid, self._account.gid)
        self._account.let_through(REDIS)

    def _start_redis(self) -> None:
        with contextlib.closing(redis.Redis.from_url(self.redis_url)) as client:
            self._start("redis", [str(REDIS), str(self._data / "redis" / "redis.conf")], signal.SIGTERM, client.ping)
