"""A mailbox to test with: a real Dovecot on loopback, an ordinary user's, gone with the test."""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from mail_room import HOST, free_port, make_certificate

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/usr/bin")
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = {host}
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = {host}
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass
class MailDrop:
    url: str
    certificate: Path
    port: int

    def _imap(self) -> imaplib.IMAP4_SSL:
        imap = imaplib.IMAP4_SSL(HOST, self.port, ssl_context=ssl.create_default_context(cafile=str(self.certificate)))
        imap.login("desk", "secret")
        return imap

    def put(self, *mails: bytes) -> None:
        """Deliver mails."""
        with self._imap() as imap:
            for mail in mails:
                kind, why = imap.append("INBOX", "", "", mail)
                assert kind == "OK", why

    def empty(self) -> None:
        """Take every mail out of every folder."""
        with self._imap() as imap:
            for folder in ("INBOX", "MAPPA-done"):
                kind, found = imap.select(folder)
                if kind == "OK" and int(found[0] or 0):
                    imap.store("1:*", "+FLAGS", r"(\Deleted)")
                    imap.expunge()

    def count(self, folder: str) -> int:
        with self._imap() as imap:
            kind, found = imap.select(folder, readonly=True)
            return int(found[0] or 0) if kind == "OK" else 0


@contextmanager
def open_mail_drop() -> Iterator[MailDrop]:
    """Skips the test where Dovecot is not installed."""
    if DOVECOT is None:
        pytest.skip("Dovecot is not installed (dovecot-imapd): the mailbox is not tested")
    # Dovecot gives no mail to root: then it runs as nobody.
    who = pwd.getpwnam("nobody" if os.geteuid() == 0 else getpass.getuser())
    with tempfile.TemporaryDirectory(prefix="mappa-mail-") as name:
        folder, port = Path(name), free_port()
        certificate, key = make_certificate(folder)
        config = folder / "dovecot.conf"
        group = grp.getgrgid(who.pw_gid).gr_name
        config.write_text(
            CONFIG.format(
                folder=folder,
                host=HOST,
                port=port,
                certificate=certificate,
                key=key,
                user=who.pw_name,
                group=group,
                uid=who.pw_uid,
                gid=who.pw_gid,
            )
        )
        if os.geteuid() == 0:
            for path in (folder, *folder.iterdir()):
                os.chown(path, who.pw_uid, who.pw_gid)
        as_whom = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        server = subprocess.Popen([DOVECOT, "-F", "-c", str(config)], cwd=folder, **as_whom)  # type: ignore[call-overload]
        drop = MailDrop(f"imaps://desk:secret@{HOST}:{port}/INBOX", certificate, port)
        try:
            until = time.monotonic() + 30
            while True:
                try:
                    drop.count("INBOX")
                    break
                except OSError:
                    assert time.monotonic() < until and server.poll() is None, (folder / "log").read_text()
                    time.sleep(0.1)
            yield drop
        finally:
            server.terminate()
            server.wait(20)
