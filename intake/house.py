"""Opens the house: the one place where database, queue, keys and clock are put together for pages, worker and command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert as upsert

from intake.cases.exporting import Exporting
from intake.cases.judging import Check
from intake.cases.looks import Looks
from intake.cases.registry import Registry
from intake.cases.searching import Searching
from intake.cases.sendings import Sendings
from intake.cases.views import Views
from intake.desk import Desk
from intake.errors import HouseError, Tampered
from intake.mail.answer_links import AnswerLinks
from intake.mail.correspondence import Correspondence
from intake.mail.incoming import Incoming
from intake.mail.mail_days import MailDays
from intake.mail.senders import Senders
from intake.mail.wordings import Wordings
from intake.now import Clock, SystemClock
from intake.panels.agenda import Agendas
from intake.panels.calendar import Panels
from intake.panels.called_off import CalledOff
from intake.panels.reviews import Reviews
from intake.people.accounts import People
from intake.people.administration import Administration
from intake.people.auditing import Auditing
from intake.people.groups import Groups
from intake.people.provider import Asking
from intake.people.published import Published
from intake.people.second_step import SecondStep
from intake.people.security_keys import SecurityKeys
from intake.people.sessions import Sessions
from intake.people.sign_on import SignOn
from intake.people.staffing import Staffing
from intake.reader.clamd import Clamd
from intake.reader.local_labels import Labels
from intake.reader.scanning import Gate
from intake.retention.erased_list import ErasedList
from intake.retention.eraser import Eraser
from intake.retention.orders import Retention
from intake.settings import Settings
from intake.statistics.counts import Statistics
from intake.statistics.register import Register
from intake.store.database import connect, require_current
from intake.store.master_keys import master_keys
from intake.store.room import Room
from intake.store.tables import keys
from intake.store.trail import Trail
from intake.store.vault import KEY_BYTES, Index, Vault
from intake.systems.tokens import Systems
from intake.systems.webhooks import Webhooks
from intake.work.doorbell import Doorbell
from intake.work.ledger import Ledger
from intake.work.reconciling import Reconciler
from intake.work.watching import Watch
from validation.check import check as check_form

NAMES = ("search", "trail", "systems")
"""Keys that all machines of a service share, kept in the database under the master key."""


@dataclass(frozen=True)
class House:
    settings: Settings
    engine: Engine
    vault: Vault
    registry: Registry
    ledger: Ledger
    reconciler: Reconciler
    check: Check
    doorbell: Doorbell
    room: Room
    gate: Gate
    clock: Clock
    desk: Desk
    views: Views
    sendings: Sendings
    searching: Searching
    statistics: Statistics
    register: Register
    people: People
    second_step: SecondStep
    security_keys: SecurityKeys
    sessions: Sessions
    sign_on: SignOn | None
    groups: Groups
    administration: Administration
    staffing: Staffing
    systems: Systems
    webhooks: Webhooks
    panels: Panels
    agendas: Agendas
    reviews: Reviews
    labels: Labels
    answer_links: AnswerLinks
    correspondence: Correspondence
    incoming: Incoming
    mail_days: MailDays
    senders: Senders
    wordings: Wordings
    trail: Trail
    looks: Looks
    exporting: Exporting
    retention: Retention
    eraser: Eraser
    auditing: Auditing
    watch: Watch
    systems_secret: bytes


@contextmanager
def open_house(settings: Settings, *, clock: Clock | None = None, check: Check | None = None) -> Iterator[House]:
    """The house on a database that is up and migrated, judging by the pack of the settings unless `check` is given.

    Raises HouseError with one sentence when it cannot be opened.
    """
    if settings.database_url is None or settings.redis_url is None:
        raise HouseError("Set DATABASE_URL and REDIS_URL, or use `mappa-intake run`, which brings both.")
    clock = clock or SystemClock()
    check = check or partial(check_form, pack=settings.pack)
    vault = Vault(*master_keys(settings), fresh=partial(master_keys, settings))
    engine = connect(settings.database_url)
    doorbell = Doorbell(settings.redis_url)
    try:
        require_current(engine)
        own = _shared_keys(engine, vault)
        index, trail = Index(own["search"]), Trail(own["trail"])
        registry, ledger = Registry(engine, vault, index, trail, clock), Ledger(engine)
        gate = Gate(registry, Clamd(settings.clamd) if settings.clamd else None)
        looks = Looks(engine, trail, clock)
        published = Published(settings.published) if settings.published else None
        people = People(engine, index, trail, clock, published)
        second_step = SecondStep(engine, vault, index, trail, clock)
        views = Views(engine, vault, index, clock, looks, gate)
        room = Room(settings.data, settings.max_upload)
        desk = Desk(registry, ledger, doorbell, room, check, gate, settings)
        yield House(
            settings=settings,
            engine=engine,
            vault=vault,
            registry=registry,
            ledger=ledger,
            reconciler=Reconciler(engine),
            check=check,
            doorbell=doorbell,
            room=room,
            gate=gate,
            clock=clock,
            desk=desk,
            views=views,
            sendings=Sendings(engine, vault, looks),
            searching=Searching(engine, vault, index, clock, looks),
            statistics=Statistics(engine, vault, clock, looks),
            register=Register(engine, trail, clock),
            people=people,
            second_step=second_step,
            security_keys=SecurityKeys(engine, second_step, trail, clock, settings.address),
            sessions=Sessions(engine, trail, clock),
            sign_on=SignOn(engine, vault, trail, clock, Asking(settings.sign_on, clock)) if settings.sign_on else None,
            groups=Groups(engine, trail, clock),
            administration=Administration(engine, trail, clock, doorbell, people, gate, room),
            staffing=Staffing(engine, trail, clock),
            systems=Systems(engine, index, trail, clock),
            webhooks=Webhooks(engine, own["systems"], trail, clock),
            panels=Panels(engine, trail, clock, CalledOff(vault, trail, clock).tell),
            agendas=Agendas(engine, vault, clock, looks),
            reviews=Reviews(engine, vault, clock, looks),
            labels=Labels(engine, trail, clock),
            answer_links=AnswerLinks(engine, index, trail, clock),
            correspondence=Correspondence(engine, trail, clock),
            incoming=Incoming(engine, vault, index, trail, clock, people, desk, settings.area),
            mail_days=MailDays(engine, vault, looks),
            senders=Senders(engine, trail, clock),
            wordings=Wordings(engine, trail, clock),
            trail=trail,
            looks=looks,
            exporting=Exporting(engine, views, looks),
            retention=Retention(engine, registry, vault, trail, clock),
            eraser=Eraser(engine, ledger, trail, clock, ErasedList(engine, settings.data, own["trail"])),
            auditing=Auditing(engine, trail, clock),
            watch=Watch(engine, doorbell, room, clock, gate),
            systems_secret=own["systems"],
        )
    finally:
        doorbell.close()
        engine.dispose()


def _shared_keys(engine: Engine, vault: Vault) -> Mapping[str, bytes]:
    with engine.begin() as connection:
        found = {row.name: row.wrapped for row in connection.execute(select(keys))}
        if not found.keys() >= set(NAMES):
            fresh = [{"name": name, "wrapped": vault.wrap(secrets.token_bytes(KEY_BYTES), name)} for name in NAMES]
            connection.execute(upsert(keys).values(fresh).on_conflict_do_nothing())
            found = {row.name: row.wrapped for row in connection.execute(select(keys))}
    try:
        return {name: vault.unwrap(found[name], name) for name in NAMES}
    except Tampered:
        raise HouseError("This master key is not the one the database was sealed with.") from None
