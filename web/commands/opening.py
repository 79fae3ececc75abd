"""Opens the house for a command: on the servers that the settings name, or on this machine's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import click

from intake.embedded.servers import Embedded, InUse
from intake.errors import DeskError, HouseError
from intake.house import House, open_house
from intake.settings import Settings
from intake.store.database import migrate
from intake.store.keeping import Secrets


@contextmanager
def clear_errors() -> Iterator[None]:
    """Says what keeps the house from opening, or from doing what was asked, in one sentence, without a traceback."""
    try:
        yield
    except (HouseError, DeskError) as error:
        raise click.ClickException(str(error)) from error


def require_servers(settings: Settings) -> None:
    """For a part that runs beside others: it brings no servers of its own."""
    if settings.embedded:
        raise HouseError("Set DATABASE_URL and REDIS_URL, or use `mappa-intake run`, which brings both.")


class Up(NamedTuple):
    """Servers that are up: the settings with their addresses, and what to call now and then so that they stay up."""

    settings: Settings
    keep_up: Callable[[], None]


@contextmanager
def servers(settings: Settings) -> Iterator[Up]:
    """Servers that are up and migrated; this machine's own stop at the end."""
    if not settings.embedded:
        assert settings.owner_url is not None
        migrate(settings.owner_url)
        yield Up(settings, lambda: None)
        return
    settings.data.mkdir(parents=True, exist_ok=True)
    with Embedded(settings.data, Secrets(settings.data / "secrets")) as own:
        migrate(own.owner_url)
        yield Up(_addressed(settings, own), own.keep_up)


def _addressed(settings: Settings, own: Embedded) -> Settings:
    addresses = {"database_url": own.database_url, "owner_url": own.owner_url, "redis_url": own.redis_url}
    return settings.model_copy(update=addresses)


@contextmanager
def the_house() -> Iterator[House]:
    """The house that the environment describes, for as long as a command takes; also one that `run` has open just now."""
    settings = Settings.from_environment(os.environ)
    with clear_errors(), ExitStack() as held:
        try:
            settings = held.enter_context(servers(settings)).settings
        except InUse:
            settings = _addressed(settings, Embedded(settings.data, Secrets(settings.data / "secrets")).at_work())
        yield held.enter_context(open_house(settings))
