"""A house of its own for a measurement: PostgreSQL and Redis in a folder that goes with it."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mail_room import MailRoom

from intake.embedded.servers import Embedded
from intake.house import House, open_house
from intake.settings import Settings
from intake.store.database import migrate
from intake.store.keeping import Secrets


class Own(NamedTuple):
    house: House
    embedded: Embedded


@contextlib.contextmanager
def own_house(data: Path | None = None) -> Iterator[Own]:
    """A house with an empty database, open while the context lasts; in a temporary folder when none is given."""
    with contextlib.ExitStack() as held:
        data = data or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="mappa-measure-")))
        embedded = held.enter_context(Embedded(data, Secrets(data / "secrets")))
        migrate(embedded.owner_url)
        settings = Settings(
            database_url=embedded.database_url,
            owner_url=embedded.owner_url,
            redis_url=embedded.redis_url,
            data=data,
            master_key=secrets.token_hex(32),
        )
        yield Own(held.enter_context(open_house(settings)), embedded)


def mailing(post: MailRoom, address: str) -> dict[str, str]:
    """What a process needs besides to send mails by this server, for pages at this address."""
    return {
        "MAPPA_SMTP_URL": post.url,
        "MAPPA_MAIL_FROM": "desk@example.org",
        "MAPPA_ADDRESS": f"http://{address}",
        "SSL_CERT_FILE": str(post.certificate),
    }


def environment_of(house: House) -> dict[str, str]:
    """What a process of the service needs to know to serve this house, and nothing else."""
    settings = house.settings
    assert settings.database_url and settings.redis_url and settings.master_key
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "MAPPA_MASTER_KEY": settings.master_key,
        "MAPPA_DATA": str(settings.data),
    }
