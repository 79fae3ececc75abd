"""Turns older documents (.doc, .rtf) into .docx, and any document into PDF for looking at, with LibreOffice kept on a short lead.

Each conversion has a profile and a folder of its own, which are gone afterwards; macros, active content and links to the
outside are off; after the time limit the whole process group is killed. The import filter is given by name, so that a
file is never opened as something it was not checked for.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from extractors.refusals import Refusal

TIME_LIMIT = 29.0
"""Seconds, less those in which it was ready to go on and no processor was free: a machine that is busy says nothing about the file.
A 30-page .doc takes two, three on a cold disk."""
MEMORY_LIMIT = 3 * 1024**3
"""Bytes of address space; LibreOffice maps about one gigabyte before it opens anything."""
OUTPUT_LIMIT = 100 * 1024 * 1024
"""Bytes of any file LibreOffice may write."""

_IMPORT = {
    ".doc": "MS Word 97",
    ".rtf": "Rich Text Format",
    ".odt": "writer8",
    ".docx": "MS Word 2007 XML",
}
_EXPORT = {
    "docx": "docx:MS Word 2007 XML",
    "doc": "doc:MS Word 97",
    "rtf": "rtf:Rich Text Format",
    "odt": "odt:writer8",
    "pdf": 'pdf:writer_pdf_Export:{"ExportFormFields":{"type":"boolean","value":"false"}}',
}
START_AGAIN = 81
"""What LibreOffice ends with when it is to be started again (EXITHELPER_NORMAL_RESTART in its unotools)."""
RUNS = 3
PROGRAMS = ("soffice", "libreoffice")
"""Names LibreOffice goes by, the first on the path counts."""

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
%s</oor:items>
"""
_ITEM = '<item oor:path="/org.openoffice.%s"><prop oor:name="%s" oor:op="fuse"><value>%s</value></prop></item>\n'
_SAFE = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Common/Save/Document", "CreateBackup", "false"),
    # A proxy where nobody answers: links that get past the settings above lead nowhere.
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


Converter = Callable[[bytes, str, str], bytes]


def convert(content: bytes, suffix: str, to: str = "docx") -> bytes:
    """The document as `to` ("docx", "doc", "rtf", "odt" or "pdf"). `suffix` is .doc, .rtf, .odt or .docx and names the import filter.

    Raises Refusal: no_converter without LibreOffice, damaged when it makes nothing of the file, too_hard when it takes
    longer than TIME_LIMIT.
    """
    return _converter(content, suffix, to)


def convert_by(converter: Converter) -> None:
    """Have every conversion of this process made by `converter`: a process that may start no program asks one that may."""
    global _converter
    _converter = converter


def convert_here(content: bytes, suffix: str, to: str) -> bytes:
    """Run LibreOffice from this process. Raises Refusal as `convert` does."""
    program = _program()
    if program is None:
        raise Refusal("no_converter")
    with tempfile.TemporaryDirectory(prefix="mappa-office-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        source = place / f"form{suffix}"
        source.write_bytes(content)
        profile = place / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS % "".join(_ITEM % item for item in _SAFE))
        _run(
            [
                program,
                f"-env:UserInstallation={profile.as_uri()}",
                "--headless",
                "--norestore",
                "--nologo",
                "--nodefault",
                "--nolockcheck",
                f"--infilter={_IMPORT[suffix]}",
                "--convert-to",
                _EXPORT[to],
                "--outdir",
                str(place / "out"),
                str(source),
            ],
            place,
        )
        made = place / "out" / f"form.{to}"
        if not made.is_file() or not 0 < made.stat().st_size <= OUTPUT_LIMIT:
            raise Refusal("damaged")
        return made.read_bytes()


_converter: Converter = convert_here


def to_pdf(content: bytes, suffix: str) -> bytes:
    """The document as it looks on paper, for page pictures. Raises Refusal as `convert` does."""
    return convert(content, suffix, "pdf")


def _program() -> str | None:
    """LibreOffice itself rather than the script and the splash screen that start it, which insist on the use of /tmp."""
    found = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if found is None:
        return None
    itself = Path(found).resolve().with_name("soffice.bin")
    return str(itself) if itself.exists() else found


def _run(command: list[str], folder: Path) -> None:
    """Run it, and again where it asks for that: it sets up its profile first."""
    left = TIME_LIMIT
    for _ in range(RUNS):
        ended, took = _run_once(command, folder, left)
        if ended != START_AGAIN:
            return
        left -= took


def _run_once(command: list[str], folder: Path, seconds: float) -> tuple[int, float]:
    """How it ended, and after how many seconds. Raises Refusal: too_hard after so many."""
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
        # Where its processes meet when they may not in /tmp: its folder, by the short name that such a path must have.
        "OSL_SOCKET_PATH": ".",
    }
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_limit,
    )
    began, kept_waiting = time.monotonic(), 0.0
    try:
        while (took := time.monotonic() - began - kept_waiting) < seconds:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(min(1.0, seconds - took)), took
            kept_waiting = _kept_waiting(process.pid)
        raise Refusal("too_hard")
    finally:
        # What it started goes with it, also after an ordinary end.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _kept_waiting(pid: int) -> float:
    """Seconds that a process was ready in and no processor was free (Documentation/scheduler/sched-stats.rst of Linux)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, OUTPUT_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
