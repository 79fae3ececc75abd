"""Everything that differs between one installation and another, read once from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path

from extractors.models import Model
from intake.errors import HouseError
from intake.mail.mail_server import MailServer, server_of
from intake.mail.mailbox import Mailbox, mailbox_of
from intake.people.provider import CALLBACK, Provider, checked
from intake.people.published import checked_address
from intake.reader.clamd import ADDRESS
from intake.terms import Basis
from validation.check import DEFAULT_PACK
from validation.pack import pack_names

BASES: Mapping[str, Basis] = {"calendar": "calendar", "working": "working"}
MEGABYTE = 1024 * 1024


class Settings(Model):
    """`database_url` and `redis_url` are None when this machine brings its own (see intake/embedded/servers.py).

    `owner_url` is the address under which migrations run; it defaults to `database_url`. `key_file` holds the master
    key as 64 hexadecimal digits; without it and `master_key` one is generated in the data folder. `pack` names the rules to judge by.
    `clamd` is where the virus scanner listens: the path of a socket, or host:port.
    Without `smtp` no message leaves by mail; with it, `mail_from` is who mails come from, and `address` that of the pages.
    `mailbox` is what is looked into for forms sent by mail. `proxies` is how many proxies of one's own stand between browsers
    and the pages, one behind the other. `sign_on` is the organisation's own sign-in, where people may use it;
    `published` is the service that knows published passwords.
    """

    database_url: str | None = None
    owner_url: str | None = None
    redis_url: str | None = None
    data: Path = Path("var")
    master_key: str | None = None
    key_file: Path | None = None
    area: str = "WM"
    pack: str = DEFAULT_PACK
    due_basis: Basis = "calendar"
    max_upload: int = 25 * MEGABYTE
    monitor_token: str | None = None
    clamd: str | None = None
    smtp: MailServer | None = None
    mail_from: str = ""
    address: str = ""
    mailbox: Mailbox | None = None
    proxies: int = 0
    sign_on: Provider | None = None
    published: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Raises HouseError with one sentence when a setting cannot be understood."""
        basis = environment.get("MAPPA_DUE_BASIS", "calendar")
        if basis not in BASES:
            raise HouseError(f'MAPPA_DUE_BASIS must be "calendar" or "working", not "{basis}".')
        megabytes = environment.get("MAPPA_MAX_UPLOAD_MB", "25")
        if not megabytes.isdecimal() or int(megabytes) == 0:
            raise HouseError(f'MAPPA_MAX_UPLOAD_MB must be a whole number of megabytes, not "{megabytes}".')
        area = environment.get("MAPPA_AREA", "WM")
        if not (area.isalpha() and area.isascii() and area.isupper() and len(area) <= 4):
            raise HouseError(f'MAPPA_AREA must be one to four capital letters such as WM, not "{area}".')
        pack = environment.get("MAPPA_PACK", DEFAULT_PACK)
        if pack not in pack_names():
            raise HouseError(f'MAPPA_PACK must be {" or ".join(pack_names())}, not "{pack}".')
        database, queue = environment.get("DATABASE_URL"), environment.get("REDIS_URL")
        if bool(database) != bool(queue):
            raise HouseError("Set both DATABASE_URL and REDIS_URL, or neither to have this machine bring its own.")
        clamd = environment.get("MAPPA_CLAMD") or None
        if clamd is not None and not ADDRESS.fullmatch(clamd):
            raise HouseError(f'MAPPA_CLAMD must be the path of a socket or host:port, not "{clamd}".')
        smtp, sender, address = (
            environment.get(name, "") for name in ("MAPPA_SMTP_URL", "MAPPA_MAIL_FROM", "MAPPA_ADDRESS")
        )
        if smtp and not (_one_address(sender) and address.startswith(("https://", "http://"))):
            raise HouseError(
                "With MAPPA_SMTP_URL set MAPPA_MAIL_FROM, such as desk@mappa.example.org, and MAPPA_ADDRESS, where people"
                " reach the pages, such as https://mappa.example.org."
            )
        proxies = environment.get("MAPPA_PROXIES") or "0"
        if not (proxies.isascii() and proxies.isdecimal() and len(proxies) == 1):
            raise HouseError(f'MAPPA_PROXIES must be the number of proxies before the pages, 0 to 9, not "{proxies}".')
        key_file = environment.get("MAPPA_KEY_FILE")
        return cls(
            database_url=database or None,
            owner_url=environment.get("DATABASE_OWNER_URL") or database or None,
            redis_url=queue or None,
            data=Path(environment.get("MAPPA_DATA", "var")).absolute(),
            master_key=environment.get("MAPPA_MASTER_KEY") or None,
            key_file=Path(key_file) if key_file else None,
            area=area,
            pack=pack,
            due_basis=BASES[basis],
            max_upload=int(megabytes) * MEGABYTE,
            monitor_token=environment.get("MAPPA_MONITOR_TOKEN") or None,
            clamd=clamd,
            smtp=server_of(smtp) if smtp else None,
            mail_from=sender,
            address=address.rstrip("/"),
            mailbox=mailbox_of(imap) if (imap := environment.get("MAPPA_IMAP_URL")) else None,
            proxies=int(proxies),
            sign_on=_provider(environment, address.rstrip("/")),
            published=checked_address(asked) if (asked := environment.get("MAPPA_PASSWORDS_URL")) else None,
        )

    @property
    def embedded(self) -> bool:
        return self.database_url is None


def _provider(environment: Mapping[str, str], address: str) -> Provider | None:
    issuer = environment.get("MAPPA_OIDC_ISSUER")
    if not issuer:
        return None
    secret, file = environment.get("MAPPA_OIDC_SECRET") or None, environment.get("MAPPA_OIDC_SECRET_FILE")
    if file:
        try:
            secret = Path(file).read_text().strip()
        except OSError as error:
            raise HouseError(f"The file {file} (MAPPA_OIDC_SECRET_FILE) cannot be read: {error.strerror}.") from error
    return checked(
        Provider(
            issuer=issuer,
            client_id=environment.get("MAPPA_OIDC_CLIENT_ID", ""),
            client_secret=secret,
            callback=address + CALLBACK,
            groups=environment.get("MAPPA_OIDC_GROUPS") or "groups",
            strong=frozenset(environment.get("MAPPA_OIDC_STRONG", "").split()),
        )
    )


def _one_address(text: str) -> bool:
    """Whether it is one e-mail address, with or without a name before it, on one line."""
    local, at, domain = parseaddr(text)[1].rpartition("@")
    return bool(local and at and domain) and text.isprintable() and text.isascii()
