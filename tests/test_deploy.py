"""What the deployment files start is what the programme is: each command runs as written, with settings that are read."""

from __future__ import annotations

import configparser
import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import yaml
from house import ROOT, Cast, status_of, wait_for
from mail_room import make_certificate

from intake.embedded.binaries import POSTGRES, REDIS
from intake.embedded.servers import Embedded
from intake.house import House, open_house
from intake.settings import Settings
from intake.store.keeping import Secrets
from intake.work.worker import GRACE, HAND_BACK
from web.cli import COMMANDS
from web.uploads import TOGETHER

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SETTINGS = set(
    re.findall(r'"((?:MAPPA|DATABASE|REDIS)_\w+)"', (ROOT / "intake" / "settings.py").read_text(encoding="utf-8"))
)
PROGRAMME = "/opt/mappa-intake/.venv/bin/mappa-intake"
BIN = Path(sys.executable).parent


class Unit(configparser.RawConfigParser):
    """A unit file; of a key that stands several times the last counts here, which no test below minds."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, interpolation=None)
        self.optionxform = str  # type: ignore[assignment, method-assign]
        self.read(path, encoding="utf-8")


def compose() -> dict[str, Any]:
    """The compose file with its variables filled in."""
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{(\w+):\?\}", lambda name: f"x{name[1].lower()}", text))
    return found


SERVICES: Mapping[str, Any] = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "mappa-intake"}


def test_every_container_of_ours_runs_a_command_with_settings_that_are_read() -> None:
    assert OURS.keys() == {"migrate", "web", "worker"}
    for service in OURS.values():
        assert service["command"][0] in COMMANDS
        assert service["environment"].keys() <= SETTINGS
        settings = Settings.from_environment(service["environment"])
        assert not settings.embedded and settings.key_file is not None
        assert settings.database_url and "mappa_app:xdatabase_password@" in settings.database_url
        name = settings.key_file.name
        assert str(settings.key_file) == f"/run/secrets/{name}" and name in service["secrets"]
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
    grace = {name: int(OURS[name]["stop_grace_period"].removesuffix("s")) for name in ("web", "worker")}
    assert grace["worker"] > GRACE + HAND_BACK and grace["web"] > 20


def test_only_the_migration_knows_the_owners_password() -> None:
    assert [name for name, service in OURS.items() if "DATABASE_OWNER_URL" in service["environment"]] == ["migrate"]


def test_what_the_container_is_built_from_is_there_and_no_secret_is() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for script in re.findall(r"RUN (scripts/\w+)", text):
        assert os.access(ROOT / script, os.X_OK)
    assert "USER 10001" in text and re.search(r'^ENTRYPOINT \["\S+/\.venv/bin/mappa-intake"\]$', text, re.M)
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"var", ".git", "deploy/.env", "deploy/master-key"} <= set(left_out)
    needed = {"scripts", "extractors", "validation", "intake", "web", "samples", "package-lock.json"}
    assert not needed & set(left_out)


@pytest.fixture
def cluster() -> Iterator[tuple[Embedded, str, Path]]:
    """A PostgreSQL without anything of ours in it, and where to reach it as its superuser."""
    with tempfile.TemporaryDirectory(prefix="mappa-deploy-") as folder:
        data = Path(folder)
        secrets = Secrets(data / "secrets")
        with Embedded(data, secrets) as embedded:
            host = str(data / "sockets")
            with psycopg.connect(embedded._superuser(), autocommit=True) as connection:
                connection.execute("DROP DATABASE mappa")
                connection.execute("DROP ROLE mappa_owner")
                connection.execute("DROP ROLE mappa_app")
            yield embedded, host, data


def test_the_accounts_that_the_script_makes_are_those_the_service_needs(
    cluster: tuple[Embedded, str, Path], tmp_path: Path
) -> None:
    embedded, host, data = cluster
    environment = {
        "PATH": f"{POSTGRES}:/usr/bin:/bin",
        "PGHOST": host,
        "PGPASSWORD": Secrets(data / "secrets").hex("postgres-password"),
        "DATABASE_OWNER_PASSWORD": "owner's",
        "DATABASE_PASSWORD": "app",
    }
    subprocess.run([str(DEPLOY / "roles.sh")], env=environment, check=True, capture_output=True)
    service = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"postgresql://mappa_app:app@/mappa?host={host}",
        "DATABASE_OWNER_URL": f"postgresql://mappa_owner:owner%27s@/mappa?host={host}",
        "REDIS_URL": embedded.redis_url,
        "MAPPA_MASTER_KEY": "5e" * 32,
        "MAPPA_DATA": str(tmp_path),
    }
    command = [sys.executable, "-m", "web.cli", *OURS["migrate"]["command"]]
    subprocess.run(command, env=service, cwd=ROOT, check=True)
    with open_house(Settings.from_environment(service)) as house:
        house.people.add_agency("Ambleford Police", "police", "WM")
    with psycopg.connect(service["DATABASE_URL"]) as connection, pytest.raises(psycopg.Error):
        connection.execute("DROP TABLE audit")


def test_the_queue_starts_as_written_and_asks_for_its_password(tmp_path: Path) -> None:
    name, *arguments = SERVICES["queue"]["command"]
    assert name == REDIS.name
    port = free_ports(1)[0]
    server = subprocess.Popen(
        [str(REDIS), *arguments, "--port", str(port), "--bind", "127.0.0.1"], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    try:
        wire = redis.Redis(port=port, password="xredis_password")
        wait_for(lambda: answers(wire))
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=port).ping()
        assert wire.config_get("appendonly") == {b"appendonly": b"yes"} or wire.config_get("appendonly")
    finally:
        server.terminate()
        server.wait(20)


def answers(wire: redis.Redis) -> bool:
    try:
        return bool(wire.ping())
    except redis.ConnectionError:
        return False


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, each another: all are held until the last is found."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def test_the_desk_asks_the_scanner_where_it_listens_and_gives_it_nothing_longer_than_it_takes() -> None:
    told = dict(
        line.split(" ", 1)
        for line in (DEPLOY / "clamd.conf").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    scanner = SERVICES["scanner"]
    assert "./clamd.conf:/etc/clamav/clamd.conf:ro" in scanner["volumes"]
    assert told["TemporaryDirectory"] in scanner["tmpfs"]
    for name in ("web", "worker"):
        settings = Settings.from_environment(OURS[name]["environment"])
        assert settings.clamd == f"scanner:{told['TCPSocket']}"
        assert int(told["StreamMaxLength"].removesuffix("M")) * 1024 * 1024 >= settings.max_upload


# systemd


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_takes_every_unit_as_written(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace(PROGRAMME, f"{BIN}/mappa-intake")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    ours = [line for line in done.stderr.splitlines() if "mappa-intake" in line]
    assert done.returncode == 0 and ours == [], done.stderr


def test_every_unit_runs_a_command_with_settings_that_are_read() -> None:
    for path in UNITS:
        unit = Unit(path)
        if path.suffix != ".service":
            continue
        service = unit["Service"]
        (command,) = re.findall(rf"{re.escape(PROGRAMME)} (\w+)", service["ExecStart"])
        assert command in COMMANDS
        set_here = dict(one.partition("=")[::2] for one in shlex.split(service["Environment"]))
        assert set_here.keys() <= SETTINGS
        assert service["User"] == "mappa-intake" and service["NoNewPrivileges"] == "yes"
    worker, web = (Unit(DEPLOY / "systemd" / f"mappa-intake-{name}.service")["Service"] for name in ("worker", "web"))
    # Only the first process is told to stop; it sees to the others in less time than systemd gives it.
    assert worker["KillMode"] == web["KillMode"] == "mixed"
    assert int(worker["TimeoutStopSec"]) > GRACE + HAND_BACK and int(web["TimeoutStopSec"]) > 20


class Started:
    """A service as systemd starts it: the command of its unit, the settings of its environment, its socket, its notice."""

    def __init__(self, name: str, settings: Settings, folder: Path) -> None:
        service = Unit(DEPLOY / "systemd" / f"mappa-intake-{name}.service")["Service"]
        (folder / "master-key").write_text(settings.master_key or "")
        set_here = dict(
            one.partition("=")[::2] for one in shlex.split(service["Environment"].replace("%d", str(folder)))
        )
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(folder / "notify"))
        self.notices.settimeout(60)
        self.listening = socket.socket()
        self.listening.bind(("127.0.0.1", 0))
        self.listening.listen(int(Unit(DEPLOY / "systemd" / "mappa-intake-web.socket")["Socket"]["Backlog"]))
        environment = {
            "PATH": "/usr/bin:/bin",
            "DATABASE_URL": settings.database_url or "",
            "REDIS_URL": settings.redis_url or "",
            **set_here,
            "MAPPA_DATA": str(settings.data),
            "NOTIFY_SOCKET": str(folder / "notify"),
        }
        _, *arguments = shlex.split(service["ExecStart"])
        held = self.listening.fileno()
        hand_over = (
            f"import os, sys; os.dup2({held}, 3); os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1');"
            "os.execv(sys.argv[1], sys.argv[1:])"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", hand_over, str(BIN / "mappa-intake"), *arguments], env=environment, pass_fds=[held]
        )

    def stop(self) -> int:
        """As KillMode=mixed does: the first process is told, the others are not."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        finally:
            self.notices.close()
            self.listening.close()


def test_the_units_pages_come_up_on_the_held_socket_and_end_when_told(settings: Settings, tmp_path: Path) -> None:
    web = Started("web", settings, tmp_path)
    try:
        assert web.notices.recv(4096).startswith(b"READY=1")
        address = "http://{}:{}/health/ready".format(*web.listening.getsockname())
        by_proxy = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})
        with urllib.request.urlopen(by_proxy, timeout=60) as answer:
            assert answer.status == 200 and answer.headers["Strict-Transport-Security"]
        probe = OURS["web"]["healthcheck"]["test"]
        code = probe[-1].replace("http://127.0.0.1:8000/health/ready", address).replace("timeout=5", "timeout=60")
        assert probe[0] == "CMD" and subprocess.run([sys.executable, "-c", code]).returncode == 0
    finally:
        assert web.stop() == 0


NGINX = Path("/usr/sbin/nginx")
SLOW = 60
"""Connections that are slow on purpose: more than the pages have threads."""


@pytest.fixture
def proxied(settings: Settings, tmp_path: Path) -> Iterator[tuple[int, int, ssl.SSLContext]]:
    """The pages behind the proxy as it is configured: its ports for HTTP and HTTPS on loopback, and what its certificate is known by."""
    if not NGINX.exists():
        pytest.skip("nginx is not on this machine")
    certificate, key = make_certificate(tmp_path)
    plain, secure = free_ports(2)
    web = Started("web", settings, tmp_path)
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for written, here in {
        "web:8000": "127.0.0.1:{1}".format(*web.listening.getsockname()),
        "/run/secrets/certificate-key": str(key),
        "/run/secrets/certificate": str(certificate),
        "listen 8080": f"listen 127.0.0.1:{plain}",
        "listen 8443": f"listen 127.0.0.1:{secure}",
        "/dev/shm/mappa-bodies": str(tmp_path / "bodies"),
    }.items():
        assert f"{written};" in text or f"{written} " in text
        text = text.replace(written, here)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/nginx.pid;\n{text}", encoding="utf-8")
    proxy = subprocess.Popen([str(NGINX), "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;", "-p", str(tmp_path)])
    try:
        assert web.notices.recv(4096).startswith(b"READY=1")
        yield plain, secure, ssl.create_default_context(cafile=certificate)
    finally:
        proxy.send_signal(signal.SIGQUIT)
        assert web.stop() == 0
        proxy.terminate()
        proxy.wait(20)


def test_behind_the_proxy_slow_connections_keep_nobody_waiting(
    proxied: tuple[int, int, ssl.SSLContext],
) -> None:
    plain, secure, known = proxied

    def answered(path: str) -> int:
        try:
            with urllib.request.urlopen(f"https://127.0.0.1:{secure}{path}", timeout=30, context=known) as answer:
                assert answer.headers["Strict-Transport-Security"]
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    wait_for(lambda: answered("/health/ready") == 200, 60)
    with contextlib.ExitStack() as slow:
        for number in range(SLOW):
            one = slow.enter_context(socket.create_connection(("127.0.0.1", secure)))
            wrapped = slow.enter_context(known.wrap_socket(one, server_hostname="localhost"))
            body = b"Content-Length: 100000\r\n\r\nfam" if number % 2 else b""
            wrapped.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + body)
        began = time.monotonic()
        assert [answered("/health/live") for _ in range(20)] == [200] * 20
        assert time.monotonic() - began < 8
    assert answered("/metrics") == 404
    with known.wrap_socket(socket.create_connection(("127.0.0.1", secure)), server_hostname="localhost") as long:
        long.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 140000000\r\n\r\n")
        told = long.makefile("rb").read()
    assert told.startswith(b"HTTP/1.1 413") and b"Send fewer files at once" in told
    with socket.create_connection(("127.0.0.1", plain)) as unsafe:
        unsafe.sendall(b"GET /cases?q=1 HTTP/1.1\r\nHost: desk.example\r\nConnection: close\r\n\r\n")
        told = unsafe.makefile("rb").read()
    assert told.startswith(b"HTTP/1.1 308") and b"Location: https://desk.example/cases?q=1\r\n" in told


def test_the_proxy_takes_as_much_as_the_pages_do() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (taken,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(taken) * 1024 * 1024 > TOGETHER * Settings.from_environment({}).max_upload
    proxy = SERVICES["proxy"]
    assert "./nginx.conf:/etc/nginx/nginx.conf:ro" in proxy["volumes"]
    assert all(f"/run/secrets/{name};" in text for name in proxy["secrets"])
    ports = {one.rpartition(":")[2] for one in proxy["ports"]}
    assert ports == set(re.findall(r"listen (\d+)", text))
    assert "ports" not in SERVICES["web"] and "set $pages web:8000;" in text


def test_the_units_worker_reads_with_the_real_readers_and_ends_when_told(
    house: House, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    worker = Started("worker", settings, tmp_path)
    try:
        content = (ROOT / "samples" / "h-yot-complete.docx").read_bytes()
        receipt = house.desk.receive(cast.yot, "form.docx", content)
        wait_for(lambda: status_of(house, receipt.referral_id) == "checked", 120)
    finally:
        began = time.monotonic()
        assert worker.stop() == 0
        assert time.monotonic() - began < 30


def test_the_backup_unit_writes_a_file_that_restores(settings: Settings, tmp_path: Path) -> None:
    service = Unit(DEPLOY / "systemd" / "mappa-intake-backup.service")["Service"]
    # As systemd reads it: a doubled dollar or percent sign is a single one.
    line = service["ExecStart"].replace("$$", "$").replace("%%", "%").replace(PROGRAMME, str(BIN / "mappa-intake"))
    line = line.replace("/var/backups/mappa-intake", str(tmp_path))
    environment = {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": settings.database_url or "",
        "DATABASE_OWNER_URL": settings.owner_url or "",
        "REDIS_URL": settings.redis_url or "",
        "MAPPA_DATA": str(settings.data),
    }
    subprocess.run(shlex.split(line), env=environment, check=True)
    (file,) = tmp_path.glob("*.backup")
    listed = subprocess.run([str(POSTGRES / "pg_restore"), "--list", str(file)], capture_output=True, check=True)
    assert b"TABLE DATA public referrals" in listed.stdout
