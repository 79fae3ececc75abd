"""The account that servers of our own run as, and how such children are started, found again and ended."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import IO

from intake.errors import HouseError

ACCOUNT = "mappa-intake"
"""The system account that the servers run as when this process is root: PostgreSQL refuses to run as root."""
PR_SET_PDEATHSIG = 1

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
        turn = os.open("/etc", os.O_RDONLY)
        try:
            # One at a time: useradd run twice at once makes the account twice, the second time with another number.
            fcntl.flock(turn, fcntl.LOCK_EX)
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(ACCOUNT)
            done = useradd and subprocess.run(
                [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT], capture_output=True
            )
        finally:
            os.close(turn)
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


def stop_left_behind(pid_file: Path, name: str, last: signal.Signals) -> None:
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


def end(child: subprocess.Popen[bytes], last: signal.Signals) -> None:
    child.send_signal(last)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
