"""The cage of a process that parses a hostile file: limits of use, Landlock over files and network, seccomp over system calls.

Set in a child just forked, before it sees a byte of the file; whatever it starts stands in the same cage, and nothing
takes it off. What a file turned enemy is left with: the program's own code to read, a folder that is emptied afterwards,
processor time, and the socket to answer by. Landlock: the kernel's Documentation/userspace-api/landlock.rst.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import shutil
import signal
import socket
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from extractors.files.office import PROGRAMS

try:
    import pyseccomp
except (ImportError, RuntimeError):
    # The package needs the library libseccomp.so.2: without it `lacking` says so.
    pyseccomp = None

Kind = Literal["reader", "office"]
"""A reader starts no program and opens no socket; LibreOffice is several programs, which listen to each other."""

CPU_SECONDS, MOST_CPU_SECONDS = 25, 280
"""Processor time for a file, and for one whose pages must be recognised from their pictures: for each of those the
reader asks for more (extractors/scan/document.py)."""
MEMORY = 1024**3
"""Bytes that may be written to, beyond what is mapped from files; the loaded readers begin with 140 million of them."""
ADDRESSES = 4 * 1024**3
"""Bytes of address space, of which the libraries already map about one gigabyte."""
LARGEST_FILE = 100 * 1024 * 1024
OPEN_FILES = 256
PR_SET_PDEATHSIG, PR_SET_NAME, PR_GET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_VMA = 1, 15, 21, 38, 0x53564D41
CAPABILITIES_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


def enclose(kind: Kind, folder: Path) -> None:
    """Shut this process in; `folder` is all it can write to. Call it while the process has a single thread."""
    limit()
    # LibreOffice would meet in /tmp where seccomp does not tell it otherwise, and end where Landlock then stops it.
    if kind == "reader" or _has_seccomp():
        _restrict_files(kind, folder)
    if _has_seccomp():
        _restrict_calls(kind)


@cache
def lacking() -> tuple[str, ...]:
    """What this machine cannot do of the above, a sentence each, for the log and for administrators."""
    edition, missing = _landlock_edition(), []
    if edition < 1:
        missing.append("The kernel has no Landlock: a file that takes over its reader could open other files.")
    elif edition < 6:
        missing.append(f"The kernel's Landlock is edition {edition} of at least 6: signals are not confined.")
    if not _has_seccomp():
        missing.append(
            "There is no seccomp (libseccomp.so.2): a file that takes over its reader could use the network."
        )
    return tuple(missing)


def _has_seccomp() -> bool:
    return pyseccomp is not None and libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0


def limit() -> None:
    """How much this process may use. It ends with its parent, and gains no right by running something."""
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    limits = {
        resource.RLIMIT_CPU: (CPU_SECONDS, MOST_CPU_SECONDS),
        resource.RLIMIT_DATA: (MEMORY, MEMORY),
        resource.RLIMIT_AS: (ADDRESSES, ADDRESSES),
        resource.RLIMIT_FSIZE: (LARGEST_FILE, LARGEST_FILE),
        resource.RLIMIT_NOFILE: (OPEN_FILES, OPEN_FILES),
        resource.RLIMIT_CORE: (0, 0),
    }
    for limit, (soft, most) in limits.items():
        _, hard = resource.getrlimit(limit)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (min(soft, most), most))
    # Where the service is run by root: without its powers, with which these limits could be raised again.
    header, none = (ctypes.c_uint32 * 2)(CAPABILITIES_3, 0), (ctypes.c_uint32 * 6)()
    if libc.capset(header, none) < 0:
        raise OSError(ctypes.get_errno(), "powers could not be laid down")


# Landlock

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION, PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
FILE_RIGHTS: Mapping[int, int] = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights over files there are from each edition of Landlock on, as bits from the lowest."""
NETWORK_FROM, SCOPE_FROM = 4, 6
ALL_OF_TCP = 0b11
ALL_SCOPES = 0b11
"""No signal and no abstract socket of a process outside the cage is within reach."""


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def _landlock_edition() -> int:
    return int(libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION))


def _restrict_files(kind: Kind, folder: Path) -> None:
    edition = _landlock_edition()
    if edition < 1:
        return
    known = (1 << max(count for since, count in FILE_RIGHTS.items() if since <= edition)) - 1
    asked = _Ruleset(known, ALL_OF_TCP if edition >= NETWORK_FROM else 0, ALL_SCOPES if edition >= SCOPE_FROM else 0)
    # Older editions know a shorter form of this structure, but take a longer one whose rest is zero.
    rules = _done(libc.syscall(CREATE_RULESET, ctypes.byref(asked), ctypes.c_size_t(ctypes.sizeof(asked)), 0))
    try:
        reading = READ_FILE | READ_DIR | (EXECUTE if kind == "office" else 0)
        for place in _code(kind):
            _allow(rules, place, reading & known)
        for device in ("/dev/null", "/dev/urandom"):
            _allow(rules, Path(device), (READ_FILE | WRITE_FILE) & known)
        _allow(rules, folder, known & ~EXECUTE)
        _done(libc.syscall(RESTRICT_SELF, rules, 0))
    finally:
        os.close(rules)


def _allow(rules: int, place: Path, rights: int) -> None:
    try:
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        beneath = _Beneath(rights if place.is_dir() else rights & OF_A_FILE, opened)
        _done(libc.syscall(ADD_RULE, rules, PATH_BENEATH, ctypes.byref(beneath), 0))
    finally:
        os.close(opened)


def _code(kind: Kind) -> Iterable[Path]:
    """Where programs, their libraries and their data are, none of it secret: Python loads many a module when first needed."""
    floors = Path(__file__).parents[2]
    own = [floors / name for name in ("extractors", "validation", "intake")]
    python = [Path(prefix) / part for prefix in {sys.prefix, sys.base_prefix} for part in ("lib", "lib64")]
    named = [
        Path(one) for name in ("LD_LIBRARY_PATH", "TESSDATA_PREFIX") for one in os.environ.get(name, "").split(":")
    ]
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share", "/etc/ld.so.cache"]
    places = [*own, *python, *(path for path in named if path.is_absolute()), *map(Path, system)]
    if kind == "reader":
        return places
    office = ["/bin", "/usr/bin", "/etc/fonts", "/var/cache/fontconfig"]
    debian = ["/etc/libreoffice", "/var/lib/libreoffice", "/var/spool/libreoffice"]
    programs = [Path(found).resolve() for name in PROGRAMS if (found := shutil.which(name))]
    return [*places, *map(Path, office + debian), *(program.parents[1] for program in programs)]


def _done(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock refused")
    return result


# seccomp

CLONE_THREAD = 0x00010000
SOCKET_TYPE = 0xF
TERMINAL_SIZE_AND_KIND = (0x5401, 0x5413)
FIONREAD, FIONBIO, FIOCLEX = 0x541B, 0x5421, 0x5451

FILES = """chdir close close_range copy_file_range creat dup dup2 dup3 fadvise64 fallocate
    fchdir fchmod fcntl fdatasync flock fstat fstatfs fsync ftruncate getcwd getdents getdents64
    lgetxattr getxattr fgetxattr link linkat listxattr lseek
    lstat mkdir mkdirat newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead
    readlink readlinkat readv rename renameat renameat2 rmdir sendfile splice stat statfs statx symlink symlinkat
    sync_file_range tee truncate umask unlink unlinkat write writev"""
"""Landlock does not hold what a file's owner may do to its mode, owner and times by name: none of those calls is here."""
MEMORY_CALLS = """brk madvise memfd_create mincore mlock mlock2 mmap mprotect mremap msync munlock munmap"""
WAITING = """clock_getres clock_gettime clock_nanosleep epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait
    eventfd eventfd2 futex futex_waitv getitimer gettimeofday nanosleep pause pipe pipe2 poll ppoll pselect6 restart_syscall
    select setitimer time timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create
    timerfd_gettime timerfd_settime times"""
ITSELF = """arch_prctl capget exit exit_group get_robust_list getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid
    getpriority getppid getrandom getresgid getresuid getrlimit getrusage getsid gettid getuid membarrier rseq
    rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait sched_get_priority_max
    sched_get_priority_min sched_getaffinity sched_getparam sched_getscheduler sched_yield set_robust_list
    set_tid_address sigaltstack sysinfo uname"""
TALKING = """getpeername getsockname getsockopt recvfrom recvmsg sendmsg sendto setsockopt shutdown socketpair"""
"""Over sockets that are open: none that leads anywhere else can be made."""
NAMESPACES = 0x7E020000
"""All flags of clone that make one."""
STARTING = """accept accept4 bind execve fork inotify_add_watch inotify_init inotify_init1 inotify_rm_watch kill listen sched_setaffinity setpgid setpriority setsid tgkill tkill
    vfork wait4 waitid"""
"""For LibreOffice, whose processes Landlock keeps from everybody else's."""


def _restrict_calls(kind: Kind) -> None:
    """Every call is refused but those named here."""
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    groups = [FILES, MEMORY_CALLS, WAITING, ITSELF, TALKING, *([STARTING] if kind == "office" else [])]
    for name in " ".join(groups).split():
        _let(rules, name)
    # As if the kernel did not know it: the C library falls back on clone, whose purpose can be told.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    _let(rules, "prlimit64", (0, pyseccomp.EQ, 0))
    for purpose in (PR_SET_NAME, PR_SET_VMA):
        _let(rules, "prctl", (0, pyseccomp.EQ, purpose))
    for purpose in (*TERMINAL_SIZE_AND_KIND, FIONREAD, FIONBIO, FIOCLEX):
        _let(rules, "ioctl", (1, pyseccomp.EQ, purpose))
    # Asking whether a place can be written finds that it cannot: else LibreOffice would have its processes meet in /tmp.
    for name, number in (("access", 1), ("faccessat", 2), ("faccessat2", 2)):
        _let(rules, name, (number, pyseccomp.MASKED_EQ, os.W_OK, 0))
    # The times of a file that is open.
    _let(rules, "utimensat", (1, pyseccomp.EQ, 0))
    if kind == "office":
        _let(rules, "clone", (0, pyseccomp.MASKED_EQ, NAMESPACES, 0))
        stream = (1, pyseccomp.MASKED_EQ, SOCKET_TYPE, int(socket.SOCK_STREAM))
        _let(rules, "socket", (0, pyseccomp.EQ, int(socket.AF_UNIX)), stream)
    else:
        _let(rules, "clone", (0, pyseccomp.MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
        for name in ("kill", "tgkill"):
            _let(rules, name, (0, pyseccomp.EQ, os.getpid()))
    rules.load()


def _let(rules: Any, call: str, *conditions: tuple[int, ...]) -> None:
    """Allow a call, if need be only with such arguments. One that this machine does not have is passed over."""
    with contextlib.suppress(OSError):
        rules.add_rule(pyseccomp.ALLOW, call, *(pyseccomp.Arg(*condition) for condition in conditions))
