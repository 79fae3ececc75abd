"""The master keys: where they come from, and how everything they wrap is wrapped anew under another, while the desk works.

Several may be given, with white space between: the first seals, all of them open. A running process looks again where they
are kept before it seals and where one does not open, so that it needs no restart for a file that changes.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Column, Engine, NullPool, Table, bindparam, create_engine, select, text, update

from intake.errors import HouseError, Tampered
from intake.settings import Settings
from intake.store.database import address_of
from intake.store.keeping import Secrets
from intake.store.tables import erasure_notices, erasures, incoming, keys, referrals, searches, second_factors, sign_ons
from intake.store.vault import KEY_BYTES, Vault

OWN = "master-key"
"""The file in MAPPA_DATA/secrets, for a desk on one machine that was given no key."""
BATCH = 1000
PAUSE = 2.0
"""Seconds in which a process that had sealed just before a key changed has written what it sealed."""


class Wrapped(NamedTuple):
    """A column of what the master key wraps; `named` is the name that each is bound to, of its row's `id`."""

    table: Table
    id: Column[object]
    column: Column[bytes]
    named: str


WRAPPED = (
    Wrapped(keys, keys.c.name, keys.c.wrapped, "{}"),
    Wrapped(referrals, referrals.c.id, referrals.c.wrapped_key, "{}"),
    Wrapped(incoming, incoming.c.id, incoming.c.wrapped_key, "{}"),
    Wrapped(searches, searches.c.id, searches.c.text_sealed, "searches/{}"),
    Wrapped(erasure_notices, erasure_notices.c.referral_id, erasure_notices.c.why_sealed, "erasures/{}"),
    Wrapped(erasures, erasures.c.referral_id, erasures.c.why_sealed, "erasures/{}"),
    Wrapped(sign_ons, sign_ons.c.token, sign_ons.c.sealed, "sign_on/{}"),
    Wrapped(second_factors, second_factors.c.person_id, second_factors.c.wrapped, "second_step/{}"),
    Wrapped(second_factors, second_factors.c.person_id, second_factors.c.pending_wrapped, "second_step/{}"),
)


def master_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys as they are given at this moment. Raises HouseError."""
    if settings.master_key is not None:
        given = settings.master_key
    elif settings.key_file is not None:
        try:
            given = settings.key_file.read_text()
        except OSError as error:
            raise HouseError(f"The key file {settings.key_file} cannot be read: {error.strerror}.") from error
    else:
        given = Secrets(settings.data / "secrets").hex(OWN)
    try:
        return tuple(bytes.fromhex(one) for one in given.split())
    except ValueError:
        raise HouseError("The master key must be 32 bytes, written as 64 hexadecimal digits.") from None


def rotate(settings: Settings, owner_url: str) -> int:
    """Wrap everything under the first key, and forget the others where the key is the desk's own; gives how much it was.

    The desk's own key is made anew here. Any other must be given beside the one before. `owner_url` is the address of the
    tables' owner. Raises HouseError.
    """
    known = master_keys(settings)
    own = None if settings.master_key or settings.key_file else Secrets(settings.data / "secrets")
    if len(known) == 1:
        if own is None:
            raise HouseError(
                "Only one master key is given. Add a new one behind it for every part of the service, then put it in front for every part, and run this again."
            )
        known = (secrets.token_bytes(KEY_BYTES), *known)
        own.keep(OWN, _written(known))
    done = _rewrap_all(owner_url, Vault(*known))
    if own is not None:
        own.keep(OWN, _written(known[:1]))
    return done


def _written(known: Sequence[bytes]) -> str:
    return "\n".join(one.hex() for one in known)


def _rewrap_all(owner_url: str, vault: Vault) -> int:
    engine, done = create_engine(address_of(owner_url), poolclass=NullPool, hide_parameters=True), 0
    try:
        while True:
            with engine.begin() as connection:
                # Whoever sealed under the key before has written it once this lock is had.
                names = ", ".join(sorted({place.table.name for place in WRAPPED}))
                connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
            time.sleep(PAUSE)
            found = sum(_rewrap(engine, vault, place) for place in WRAPPED)
            done += found
            if not found:
                return done
    finally:
        engine.dispose()


def _rewrap(engine: Engine, vault: Vault, place: Wrapped) -> int:
    """How many were wrapped under another key than the first. A key that was destroyed stays so. Raises HouseError."""
    wanted = select(place.id, place.column).where(place.column.is_not(None), place.column != b"")
    with engine.begin() as connection:
        rows = connection.execute(wanted).all()
    changed = []
    for row_id, wrapped in rows:
        name = place.named.format(row_id.hex().upper() if isinstance(row_id, bytes) else row_id)
        try:
            if not vault.is_under_first(wrapped, name):
                changed.append({"row": row_id, "old": wrapped, "new": vault.wrap(vault.unwrap(wrapped, name), name)})
        except Tampered:
            raise HouseError(f"A row of {place.table.name}, {row_id}, opens with none of the master keys.") from None
    # One that was changed or removed in the meantime is not written over.
    theirs = (place.id == bindparam("row"), place.column == bindparam("old"))
    statement = update(place.table).where(*theirs).values({place.column.name: bindparam("new")})
    for start in range(0, len(changed), BATCH):
        with engine.begin() as connection:
            connection.execute(statement, changed[start : start + BATCH])
    return len(changed)
