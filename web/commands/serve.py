"""`mappa-intake run`, `web` and `worker`: the whole service on this machine, or one part of it on many."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from intake.embedded.demo import SignIn, furnish
from intake.errors import HouseError, NoRoom
from intake.house import House, open_house
from intake.reader.reading_room import in_memory
from intake.settings import Settings
from intake.store.keeping import Secrets
from intake.work.worker import run_worker
from web.commands.opening import clear_errors, require_servers, servers
from web.commands.samples import send_samples
from web.logs import log_in_lines

PR_SET_PDEATHSIG = 1
PATIENCE = 120.0
libc = ctypes.CDLL(None, use_errno=True)


def _address_options(command: click.Command) -> click.Command:
    command = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))(command)
    return click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")(command)


def _require_free(host: str, port: int) -> None:
    if os.environ.get("LISTEN_PID") == str(os.getpid()):
        return  # systemd holds the socket and hands it over
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise HouseError(f"{host}:{port} cannot be used ({error.strerror}): choose another with --port.") from error


@_address_options
@click.command()
def web(host: str, port: int) -> None:
    """Serve the pages, on systemd's socket where it hands one over. Needs DATABASE_URL and REDIS_URL."""
    with clear_errors():
        settings = Settings.from_environment(os.environ)
        require_servers(settings)
        _require_free(host, port)
        with open_house(settings):
            pass  # a sentence now instead of a traceback from each process
        log_in_lines()
        with _counts_of_all():
            # Not sooner: the metrics' library looks for its folder once, when it is imported.
            from web.server import Server

            Server(settings, host, port).run()


@contextmanager
def _counts_of_all() -> Iterator[None]:
    """The folder, in memory, where the processes of one server keep their counts so that each can tell those of all."""
    master = os.getpid()
    folder = tempfile.mkdtemp(prefix="mappa-metrics-", dir=in_memory())
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    try:
        yield
    finally:
        # Each process of the server leaves through here; what one has counted stays for the others.
        if os.getpid() == master:
            shutil.rmtree(folder, ignore_errors=True)


@click.command()
def worker() -> None:
    """Read and judge what has been received. Needs DATABASE_URL and REDIS_URL."""
    with clear_errors():
        settings = Settings.from_environment(os.environ)
        require_servers(settings)
        with open_house(settings) as house:
            log_in_lines()
            run_worker(house)


@click.command()
def bring_up_to_date() -> None:
    """Bring the database to this edition of the programme; before `web` and `worker` of a new edition start."""
    with clear_errors(), servers(Settings.from_environment(os.environ)):
        click.echo("The database is of this edition.")


def _part(name: str, environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    """One part of the service as a child that is told to stop when this process dies, however it dies."""
    parent = os.getpid()

    def before() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(
        [sys.executable, "-m", "web.cli", name, *arguments], env=environment, start_new_session=True, preexec_fn=before
    )


def _wait_until_open(host: str, port: int, part: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while part.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise HouseError("The pages did not start; the reason stands above.")


def _say_how_to_sign_in(address: str, sign_ins: tuple[SignIn, ...], file: Path) -> None:
    click.echo(f"\nThe referral desk is open at {address}\n")
    if not sign_ins:
        return
    width = max(len(sign_in.email) for sign_in in sign_ins)
    for sign_in in sign_ins:
        click.echo(f"  {sign_in.email:<{width}}  {sign_in.password}   {sign_in.words}")
    click.echo(f"\nThese sign-ins are for trying things out and stand in {file}. Ctrl-C stops everything.\n")


def _stop_on_signal(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@_address_options
@click.command()
def run(host: str, port: int) -> None:
    """Run the whole service on this machine, with its own database and queue unless DATABASE_URL and REDIS_URL say otherwise."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # SIGINT too: a shell that starts this in the background has it ignored.
        signal.signal(number, _stop_on_signal)
    parts: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}
    with clear_errors():
        settings = Settings.from_environment(os.environ)
        _require_free(host, port)
        with servers(settings) as up, open_house(up.settings) as house:
            settings = up.settings
            assert settings.database_url and settings.redis_url
            environment = {**os.environ, "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
            environment.pop("DATABASE_OWNER_URL", None)
            sign_ins = furnish(house, Secrets(settings.data / "secrets"))
            try:
                pages = ("web", "--host", host, "--port", str(port))
                for part in (pages, ("worker",)):
                    parts[part] = _part(part[0], environment, *part[1:])
                _wait_until_open(host, port, parts[pages])
                if sign_ins:
                    _send_samples_once(house)
                _say_how_to_sign_in(f"http://{host}:{port}", sign_ins, settings.data / "secrets")
                _keep_running(parts, environment, up.keep_up)
            except KeyboardInterrupt:
                click.echo("Stopping.")
            finally:
                _stop(parts)


def _send_samples_once(house: House) -> None:
    """The fictional samples, so that a fresh desk has something in its queue."""
    try:
        sent = send_samples(house)
    except NoRoom as error:
        click.echo(f"The fictional samples were not sent. {error.message}", err=True)
        return
    if sent:
        click.echo(f"{sent} fictional sample files are on their way through.")


def _keep_running(
    parts: dict[tuple[str, ...], subprocess.Popen[bytes]], environment: Mapping[str, str], keep_up: Callable[[], None]
) -> None:
    """Start again whatever part or server stops by itself, until told to stop."""
    while True:
        time.sleep(1)
        keep_up()
        for part, child in parts.items():
            if child.poll() is not None:
                click.echo(f"The {part[0]} stopped (exit {child.returncode}) and is started again.", err=True)
                parts[part] = _part(part[0], environment, *part[1:])


def _stop(parts: Mapping[tuple[str, ...], subprocess.Popen[bytes]]) -> None:
    for child in parts.values():
        child.terminate()
    for child in parts.values():
        try:
            child.wait(25)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
