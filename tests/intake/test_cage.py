"""What a file that has taken over its reader tries next: all of it is denied, in the reader's cage and in LibreOffice's."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from house import ROOT

from intake.reader import cage
from intake.reader.nursery import File
from intake.reader.reading_room import ReadingRoom

pytestmark = pytest.mark.skipif(bool(cage.lacking()), reason=f"this machine's cage is not whole: {cage.lacking()}")

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH = 16
X86_64 = os.uname().machine == "x86_64"


class Outside:
    """What is there to be reached: a secret, a folder, servers, the process that started the reader."""

    def __init__(self, folder: Path) -> None:
        self.secret = folder / "master-key"
        self.secret.write_text("5e" * 32)
        self.parent = os.getpid()
        self.inet = socket.create_server(("127.0.0.1", 0))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(folder / "redis.socket"))
        self.unix.listen()
        self.datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.datagrams.bind(str(folder / "log.socket"))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0mappa-{folder}")
        self.abstract.listen()


def call(name: str, *arguments: object) -> None:
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def system_call(number: int, *arguments: object) -> None:
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), str(number))


def fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def connect(kind: int, type_: int, address: object) -> None:
    with socket.socket(kind, type_) as one:
        one.connect(address)


def send_away(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.sendto(b"secret", str(path))


def look_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"a question to a name server", ("127.0.0.1", 53))


def through_a_link(own: Path, target: Path) -> str:
    (own / "a-link").symlink_to(target)
    return (own / "a-link").read_text()


def made(path: Path) -> Path:
    path.touch()
    return path


def raise_limit(kind: int) -> None:
    system_call(302, 0, kind, (ctypes.c_uint64 * 2)(2**40, 2**40), None)


def cloned(flags: int) -> None:
    """A process with the raw call; it ends at once where that succeeds."""
    pid = libc.syscall(56, flags | int(signal.SIGCHLD), None, None, None, None)
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone")
    os.waitpid(pid, 0)


def from_memory() -> None:
    program = os.memfd_create("program")
    os.write(program, b"#!/bin/true\n")
    system_call(322, program, b"", (ctypes.c_char_p * 1)(None), (ctypes.c_char_p * 1)(None), 0x1000)


def run(command: str) -> None:
    """As execve does, without the fork that would come first."""
    call("execve", command.encode(), (ctypes.c_char_p * 2)(command.encode(), None), (ctypes.c_char_p * 1)(None))


def escapes(out: Outside, own: Path) -> dict[str, Callable[[], object]]:
    """Each raises OSError where it is denied."""
    folder = out.secret.parent
    return {
        "open a secret": out.secret.read_text,
        "open the accounts": lambda: Path("/etc/passwd").read_text(),
        "open a sample beside the program": lambda: (ROOT / "samples" / "a-probation-complete.pdf").read_bytes(),
        "list a folder": lambda: list(folder.iterdir()),
        "list the root": lambda: list(Path("/").iterdir()),
        "list the processes": lambda: list(Path("/proc").iterdir()),
        "list a home": lambda: list(Path.home().iterdir()),
        "write a file": lambda: (folder / "new").write_text("x"),
        "write over a file": lambda: out.secret.open("r+"),
        "truncate a file": lambda: os.truncate(out.secret, 0),
        "delete a file": out.secret.unlink,
        "move a file": lambda: out.secret.rename(folder / "moved"),
        "link to a file": lambda: os.link(out.secret, folder / "link"),
        "make a folder": (folder / "sub").mkdir,
        "write into the program": lambda: (ROOT / "intake" / "planted.py").write_text("x"),
        "write where everybody may": lambda: Path(f"/tmp/planted-{out.parent}").write_text("x"),
        "read the parent's environment": lambda: Path(f"/proc/{out.parent}/environ").read_bytes(),
        "read the parent's memory": lambda: Path(f"/proc/{out.parent}/mem").open("rb"),
        "list the parent's files": lambda: list(Path(f"/proc/{out.parent}/fd").iterdir()),
        "connect by inet": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, out.inet.getsockname()),
        "connect by inet6": lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 1)),
        "send a datagram": look_up,
        "connect to a socket file": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, out.unix.getsockname()),
        "connect to an abstract socket": lambda: connect(
            socket.AF_UNIX, socket.SOCK_STREAM, out.abstract.getsockname()
        ),
        "send to a socket file": lambda: send_away(Path(out.datagrams.getsockname())),
        "listen by inet": lambda: socket.create_server(("127.0.0.1", 0)),
        "talk to the kernel by netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
        "signal the parent": lambda: os.kill(out.parent, 0),
        "end the parent": lambda: os.kill(out.parent, signal.SIGWINCH),
        "trace the parent": lambda: call("ptrace", PTRACE_ATTACH, out.parent, None, None),
        "read the parent's memory by a call": lambda: call("process_vm_readv", out.parent, None, 0, None, 0, 0),
        "take the parent's files": lambda: system_call(438, os.pidfd_open(out.parent), 0, 0),
        "limit the parent": lambda: resource.prlimit(out.parent, resource.RLIMIT_CPU),
        "mount": lambda: call("mount", b"none", str(folder).encode(), b"tmpfs", 0, None),
        "change the root": lambda: os.chroot(folder),
        "leave for a namespace": lambda: call("unshare", 0x10000000),
        "enter a namespace": lambda: call("setns", 0, 0),
        "load a module": lambda: call("init_module", None, 0, b""),
        "become somebody else": lambda: os.setuid(65534),
        "gain a right": lambda: system_call(126, None, None),
        "run in the kernel": lambda: system_call(321, 0, None, 0),
        "watch the machine": lambda: system_call(298, None, 0, -1, -1, 0),
        "use the ring that filters do not see": lambda: system_call(425, 1, ctypes.create_string_buffer(120)),
        "keep something in the kernel's keys": lambda: system_call(248, b"user", b"x", b"x", 1, -2),
        "open by handle": lambda: system_call(304, -100, None, 0),
        "handle faults": lambda: system_call(323, 0),
        "put words into the terminal": lambda: __import__("fcntl").ioctl(0, 0x5412, b"x"),
        "make a device": lambda: os.mknod(folder / "disk", 0o60600, os.makedev(8, 0)),
        "set the clock": lambda: __import__("time").clock_settime(0, 0),
        "name the machine": lambda: socket.sethostname("other"),
        "read its own environment": lambda: Path("/proc/self/environ").read_bytes(),
        "write into its own memory by a file": lambda: Path("/proc/self/mem").open("r+b"),
        "follow a link out of its folder": lambda: through_a_link(own, out.secret),
        "climb out of its folder": lambda: (own / ".." / "outside" / "master-key").read_text(),
        "make a file's mode anybody's": lambda: out.secret.chmod(0o777),
        "change its mode beside a folder": lambda: os.chmod("master-key", 0o777, dir_fd=os.open(folder, os.O_PATH)),
        "give a file away": lambda: os.chown(out.secret, 65534, 65534),
        "change a file's times": lambda: os.utime(out.secret, (0, 0)),
        "mark a file": lambda: os.setxattr(out.secret, "user.mark", b"x"),
        "make a pipe with a name": lambda: os.mkfifo(folder / "pipe"),
        "make a pipe with a name in its own folder": lambda: os.mkfifo(own / "pipe"),
        "use memory that others share": lambda: system_call(29, 0x5E5E, 4096, 0o1666),
        "use a queue that others share": lambda: system_call(68, 0x5E5E, 0o1666),
        "make a queue with a name": lambda: system_call(240, b"x", 0o102, 0o666, None),
        "use memory with a name": lambda: Path("/dev/shm/planted").write_text("x"),
        "signal by a queue": lambda: system_call(129, out.parent, 0, ctypes.create_string_buffer(128)),
        "signal a thread of the parent": lambda: system_call(234, out.parent, out.parent, 0),
        "signal by a descriptor": lambda: system_call(424, 0, 0, None, 0),
        "be traced": lambda: call("ptrace", 0, 0, None, None),
        "write the parent's memory by a call": lambda: call("process_vm_writev", out.parent, None, 0, None, 0, 0),
        "compare itself with the parent": lambda: system_call(312, os.getpid(), out.parent, 0, 0, 0),
        "move the parent's pages": lambda: system_call(256, out.parent, 64, None, None),
        "clone into a namespace": lambda: cloned(0x10000000),
        "clone into a network of its own": lambda: cloned(0x40000000),
        "clone by the newer call": lambda: system_call(435, ctypes.create_string_buffer(88), 88),
        "raise its memory": lambda: raise_limit(resource.RLIMIT_DATA),
        "raise its processor time": lambda: raise_limit(resource.RLIMIT_CPU),
        "allow itself core dumps": lambda: raise_limit(resource.RLIMIT_CORE),
        "write a vast file": lambda: os.truncate(made(own / "vast"), 2**30),
        "take the filter off": lambda: call("prctl", 22, 0, 0, 0, 0),
        "take powers it once had": lambda: call("prctl", 47, 2, 0, 0, 0),
        "be another kind of machine": lambda: call("personality", 0x0040000),
        "read the kernel's log": lambda: system_call(103, 3, ctypes.create_string_buffer(9), 9),
        "watch all files": lambda: system_call(300, 0, 0),
        "ask the kernel for a key": lambda: system_call(249, b"user", b"x", None, 0),
        "read the kernel's keys": lambda: system_call(250, 0, -3, 0),
        "write another kind of segment": lambda: system_call(154, 1, None, 0),
        "end the machine": lambda: system_call(169, 0, 0, 0, None),
        "limit what is written to": lambda: system_call(179, 0, None, 0, None),
        "enclose itself anew": lambda: system_call(317, 1, 0, None),
        "listen for packets": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0),
        "reach a virtual machine's host": lambda: socket.socket(40, socket.SOCK_STREAM, 0),
        "talk to the kernel's ciphers": lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0),
    }


READERS_ONLY: dict[str, Callable[[], object]] = {
    "run what is in memory": lambda: from_memory(),
    "watch a file": lambda: system_call(254, 0, b"/", 2),
    "fork": fork,
    "spawn": lambda: subprocess.run(["/bin/true"], check=True),
    "become a program": lambda: run("/bin/true"),
    "open a socket for files": lambda: socket.socket(socket.AF_UNIX),
    "leave the session": os.setsid,
    # The kernel calls this a success also when every single one was denied, so it says nothing of the other cage.
    "signal everybody": lambda: os.kill(-1, 0),
}


@contextmanager
def outcomes(attempts: dict[str, Callable[[], object]], enclosed: Callable[[], None]) -> Iterator[dict[str, str]]:
    """What came of each attempt in a forked child: "done", or the kind of error."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            enclosed()
            found = {}
            for name, attempt in attempts.items():
                try:
                    attempt()
                    found[name] = "done"
                except Exception as error:
                    found[name] = type(error).__name__
            os.write(writing, json.dumps(found).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    yield json.loads(told)


@pytest.mark.skipif(not X86_64, reason="the numbers of the calls are those of x86-64")
@pytest.mark.parametrize("kind", ["reader", "office"])
def test_nothing_outside_is_within_reach(kind: cage.Kind, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    attempts = escapes(Outside(outside), own) | (READERS_ONLY if kind == "reader" else {})
    with outcomes(attempts, lambda: cage.enclose(kind, own)) as found:
        assert set(found) == set(attempts)
        denied = {"PermissionError", "OSError"}
        assert {name: how for name, how in found.items() if how not in denied} == {}
    assert (outside / "master-key").read_text() == "5e" * 32
    assert not (ROOT / "intake" / "planted.py").exists()


def test_the_same_attempts_succeed_outside_the_cage(tmp_path: Path) -> None:
    out, own = Outside(tmp_path), tmp_path / "own"
    own.mkdir()
    attempts = escapes(out, own) | READERS_ONLY
    harmless = [
        "open a secret",
        "list a folder",
        "write a file",
        "read the parent's environment",
        "connect by inet",
        "connect to a socket file",
        "connect to an abstract socket",
        "send to a socket file",
        "send a datagram",
        "signal the parent",
        "limit the parent",
        "talk to the kernel by netlink",
        "fork",
        "spawn",
        "open a socket for files",
        "read its own environment",
        "follow a link out of its folder",
        "make a file's mode anybody's",
        "change a file's times",
        "make a pipe with a name",
        "write a vast file",
    ]
    with outcomes({name: attempts[name] for name in harmless}, lambda: None) as found:
        assert found == dict.fromkeys(harmless, "done")


@pytest.mark.parametrize("kind", ["reader", "office"])
def test_what_reading_needs_is_left(kind: cage.Kind, tmp_path: Path) -> None:
    def think() -> None:
        threads = [threading.Thread(target=lambda: sum(range(1000))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    attempts: dict[str, Callable[[], object]] = {
        "write in its own folder": lambda: (tmp_path / "page").write_text("x"),
        "read it again": lambda: (tmp_path / "page").read_text(),
        "throw it away": lambda: (tmp_path / "page").unlink(),
        "load a module": lambda: __import__("colorsys"),
        "use threads": think,
        "be random": lambda: os.urandom(8),
    }
    if kind == "office":
        attempts["start a program"] = lambda: subprocess.run(["/bin/true"], check=True)
    with outcomes(attempts, lambda: cage.enclose(kind, tmp_path)) as found:
        assert found == dict.fromkeys(attempts, "done")


def test_every_reader_of_the_reading_room_is_in_its_cage() -> None:
    with ReadingRoom((sys.executable, str(ROOT / "tests" / "intake" / "a_reader.py"))) as room:
        file = File(b'{"wait": 5, "form": "H", "pages": 1, "values": {}}', "form.pdf", date(2026, 11, 20))
        seen: list[str] = []

        def look() -> None:
            assert room._child is not None
            children = Path(f"/proc/{room._child.pid}/task/{room._child.pid}/children").read_text().split()
            for child in children:
                seen.append(Path(f"/proc/{child}/status").read_text())

        room.do("read", file, look, 0.5)
        assert "Seccomp:\t2" in seen[-1] and "NoNewPrivs:\t1" in seen[-1]
