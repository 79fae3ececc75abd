"""Brings PostgreSQL and Redis on this machine: children of this process, private to it, gone when it is gone.

Both listen on Unix sockets in a folder of their own, ask for generated passwords, and keep their data in the data folder.
A child dies with its parent, even one that is killed; what was left behind all the same is stopped at the next start.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql
from psycopg.conninfo import make_conninfo

from intake.binaries import POSTGRES, REDIS
from intake.database import ROLE
from intake.errors import HouseError
from intake.keeping import Secrets

ACCOUNT = "mappa-intake"
"""The system account that the servers run as when this process is root: PostgreSQL refuses to run as root."""
DATABASE, OWNER = "mappa", "mappa_owner"
PATIENCE = 30.0
LONGEST_SOCKET = 100
PR_SET_PDEATHSIG = 1
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

libc = ctypes.CDLL(None, use_errno=True)


class Account:
    """Who the servers run as: this user, or the service account when this user is root."""

    def __init__(self) -> None:
        self.is_root = os.geteuid() == 0
        if not self.is_root:
            self.uid, self.gid = os.geteuid(), os.getegid()
            return
        try:
            entry = pwd.getpwnam(ACCOUNT)
        except KeyError:
            entry = self._made()
        self.uid, self.gid = entry.pw_uid, entry.pw_gid

    @staticmethod
    def _made() -> pwd.struct_passwd:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        done = useradd and subprocess.run(
            [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT], capture_output=True
        )
        if not done or done.returncode:
            raise HouseError(
                f"PostgreSQL does not run as root, and the account {ACCOUNT} could not be made: start as an ordinary user."
            )
        return pwd.getpwnam(ACCOUNT)

    def own(self, folder: Path) -> None:
        """Make `folder` this account's own and nobody else's."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.is_root:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def let_through(self, path: Path) -> None:
        """Root only: let the account pass through the folders above `path`, without letting it list them."""
        if self.is_root:
            for folder in path.resolve().parents:
                mode = folder.stat().st_mode
                if not mode & stat.S_IXOTH:
                    folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)

    def start(
        self, command: list[str], folder: Path, log: IO[bytes] | int, last: signal.Signals
    ) -> subprocess.Popen[bytes]:
        """Start a child that is sent `last` when this process dies, and that Ctrl-C does not reach by itself."""
        parent = os.getpid()

        def before() -> None:
            libc.prctl(PR_SET_PDEATHSIG, int(last), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

        return subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=self.uid if self.is_root else None,
            group=self.gid if self.is_root else None,
            extra_groups=[] if self.is_root else None,
            start_new_session=True,
            preexec_fn=before,
        )


def _stop_left_behind(pid_file: Path, name: str, last: signal.Signals) -> None:
    """Stop a server that outlived its parent: the process of `pid_file`, when it is `name` and lives in that folder."""
    try:
        pid = int(pid_file.read_text().split()[0])
        command = Path(f"/proc/{pid}/comm").read_text().strip()
        folder = Path(f"/proc/{pid}/cwd").readlink()
    except (OSError, ValueError, IndexError):
        return
    if command != name or folder != pid_file.parent.resolve():
        return
    for sent in (last, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sent)
        until = time.monotonic() + 10
        while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
            time.sleep(0.05)


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

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opening:
            opening.callback(self._exit.close)
            self._claim()
            self._account = Account()
            self._sockets = self._socket_folder()
            self._account.let_through(self._data / "postgres")
            self._account.let_through(POSTGRES / "postgres")
            self._start_postgres()
            self._start_redis()
            opening.pop_all()
        return self

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
            raise HouseError(
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

    def _start_postgres(self) -> None:
        folder = self._data / "postgres"
        self._account.own(folder)
        _stop_left_behind(folder / "postmaster.pid", "postgres", signal.SIGINT)
        password = self._secrets.hex("postgres-password")
        if not (folder / "PG_VERSION").exists():
            self._make_cluster(folder, password)
        log = self._exit.enter_context((self._data / "postgres.log").open("ab"))
        command = [str(POSTGRES / "postgres"), "-D", str(folder), "-k", str(self._sockets)]
        for name, setting in POSTGRES_SETTINGS.items():
            command += ["-c", f"{name}={setting}"]
        child = self._account.start(command, folder, log, signal.SIGINT)
        self._exit.callback(_end, child, signal.SIGINT)
        address = make_conninfo(
            host=str(self._sockets), user="postgres", password=password, dbname="postgres", connect_timeout=2
        )
        _wait_for(lambda: psycopg.connect(address).close(), child, "postgres", self._data)
        with psycopg.connect(address, autocommit=True) as connection:
            self._make_roles(connection)
        self.owner_url = self._postgres_url(OWNER, self._secrets.hex("owner-password"))
        self.database_url = self._postgres_url(ROLE, self._secrets.hex("app-password"))

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

    def _start_redis(self) -> None:
        folder = self._data / "redis"
        self._account.own(folder)
        pid_file = folder / "redis.pid"
        _stop_left_behind(pid_file, "redis-server", signal.SIGTERM)
        password = self._secrets.hex("redis-password")
        socket = self._sockets / "redis.sock"
        settings = folder / "redis.conf"
        settings.write_text(
            "port 0\n"
            f'unixsocket "{socket}"\n'
            "unixsocketperm 700\n"
            f'dir "{folder}"\n'
            f'pidfile "{pid_file}"\n'
            "appendonly yes\n"
            'save ""\n'
            # A torn last line after a crash is no reason to stay down: the jobs are in PostgreSQL.
            "aof-load-truncated yes\n"
            "maxmemory 256mb\n"
            "maxmemory-policy noeviction\n"
            f"requirepass {password}\n"
        )
        settings.chmod(0o600)
        if self._account.is_root:
            os.chown(settings, self._account.uid, self._account.gid)
        self._account.let_through(REDIS)
        log = self._exit.enter_context((self._data / "redis.log").open("ab"))
        child = self._account.start([str(REDIS), str(settings)], folder, log, signal.SIGTERM)
        self._exit.callback(_end, child, signal.SIGTERM)
        self.redis_url = f"unix://:{password}@{quote(str(socket))}?db=0"
        client = redis.Redis.from_url(self.redis_url)
        _wait_for(client.ping, child, "redis", self._data)
        client.close()


def _wait_for(answers: Callable[[], object], child: subprocess.Popen[bytes], name: str, data: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            answers()
            return
        except (psycopg.OperationalError, redis.RedisError):
            if child.poll() is not None or time.monotonic() > until:
                raise HouseError(f"The {name} server did not start: the reason is in {data / name}.log.") from None
            time.sleep(0.05)


def _end(child: subprocess.Popen[bytes], last: signal.Signals) -> None:
    child.send_signal(last)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
