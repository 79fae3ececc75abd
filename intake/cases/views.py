"""What a person may see, read straight from the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, Select, func, literal, select, tuple_

from extractors.refusals import Refusal
from intake.cases.looks import Look, Looks
from intake.cases.opening import open_case, stages_of
from intake.cases.same_person import same_person
from intake.cases.victims import Wanted, says_of_victims, with_victims, without_victims
from intake.errors import NotFound, NotNow
from intake.models import Case, Person, Progress, QueuePage, ReferralLine, SamePerson
from intake.now import Clock, london_day
from intake.permissions import Action, demand, may, within_reach
from intake.reader.clamd import ScannerAway
from intake.reader.scanning import Gate
from intake.retention.traces import refuse_erased
from intake.store.acting import acting
from intake.store.lines import line_of, lines_of
from intake.store.tables import ASKED, documents, page_pictures, referrals, tallies
from intake.store.vault import Index, Vault
from intake.terms import OPEN

Shelf = Literal[
    "open", "overdue", "due_soon", "waiting", "mine", "nobodys", "set_aside", "decided", "refused", "withdrawn", "all"
]
SOON = 3
"""Days before the due day from which a case counts as due soon."""

Order = Sequence[ColumnElement[Any]]
BY_DUE_DATE: Order = (referrals.c.due_on, referrals.c.received_at, referrals.c.id)
BY_RECEIPT: Order = (referrals.c.received_at.desc(), referrals.c.id)
BY_TIME: Order = (referrals.c.received_at, referrals.c.id)
CLOSED_SHELVES: tuple[Shelf, ...] = ("decided", "refused", "withdrawn")
AWAY = "The file is not checked for viruses yet, because the scanner does not answer. Try again in a few minutes."
IS_OPEN = referrals.c.status.in_(OPEN)


class Views:
    """All raise NotFound for what this person may not see, whether it exists or not, and Erased for what was erased."""

    def __init__(self, engine: Engine, vault: Vault, index: Index, clock: Clock, looks: Looks, gate: Gate) -> None:
        self._engine = engine
        self._vault = vault
        self._index = index
        self._clock = clock
        self._looks = looks
        self._gate = gate

    @property
    def _today(self) -> date:
        return london_day(self._clock.now())

    # Lists

    def queue(
        self,
        person: Person,
        shelf: Shelf = "open",
        *,
        form: str | None = None,
        agency_id: UUID | None = None,
        level: str | None = None,
        category: str | None = None,
        route: str | None = None,
        assigned_to: UUID | None = None,
        due_before: date | None = None,
        page: int = 1,
        size: int = 25,
    ) -> QueuePage:
        """Lines by due date, the earliest first (what is decided, refused or withdrawn: the latest first)."""
        demand(person, "see_line")
        filters = [
            *([referrals.c.form == form] if form else []),
            *([referrals.c.agency_id == agency_id] if agency_id else []),
            *([referrals.c.level_requested == level] if level else []),
            *([referrals.c.category.contains([category])] if category else []),
            *([referrals.c.route == route] if route else []),
            *([referrals.c.assigned_to == assigned_to] if assigned_to else []),
            *([referrals.c.due_on < due_before] if due_before else []),
        ]
        chosen = [within_reach(person, "see_line", referrals), *self._shelf(person, shelf), *filters]
        order = BY_RECEIPT if shelf in (*CLOSED_SHELVES, "all") else BY_DUE_DATE
        with acting(self._engine, person) as connection:
            counts = self._counts(connection, person)
            total = self._count(connection, chosen) if filters else counts[shelf]
            return self._page(connection, person, select(referrals).where(*chosen), order, counts, total, page, size)

    def _page(
        self,
        connection: Connection,
        person: Person,
        chosen: Select[Any],
        order: Order,
        counts: Mapping[str, int],
        total: int,
        page: int,
        size: int,
    ) -> QueuePage:
        pages = max(1, -(-total // size))
        page = min(max(1, page), pages)
        lines = self._lines(connection, chosen, order, size, (page - 1) * size)
        self._looks.note_list(connection, person, "listed", (line.id for line in lines))
        return QueuePage(lines=lines, counts=counts, page=page, pages=pages)

    def _open_shelves(self, person: Person) -> dict[Shelf, ColumnElement[bool]]:
        """What an open referral must be to lie on each of these shelves."""
        today = self._today
        return {
            "overdue": referrals.c.due_on < today,
            "due_soon": referrals.c.due_on.between(today, today + timedelta(days=SOON)),
            "waiting": referrals.c.open_questions > 0,
            "mine": referrals.c.assigned_to == person.id,
            "nobodys": referrals.c.assigned_to.is_(None),
            "set_aside": referrals.c.set_aside,
        }

    def _shelf(self, person: Person, shelf: Shelf) -> list[ColumnElement[bool]]:
        if shelf == "all":
            return []
        if shelf in CLOSED_SHELVES:
            return [referrals.c.status == shelf]
        among = self._open_shelves(person).get(shelf)
        return [IS_OPEN] if among is None else [IS_OPEN, among]

    def _counts(self, connection: Connection, person: Person) -> dict[str, int]:
        """How many lines each shelf holds: open ones counted, all others from the tallies."""
        shelves = self._open_shelves(person)
        opened = connection.execute(
            select(*(func.count().filter(condition).label(name) for name, condition in shelves.items()))
            .select_from(referrals)
            .where(within_reach(person, "see_line", referrals), IS_OPEN)
        ).mappings()
        by_status = connection.execute(
            select(tallies.c.status, func.sum(tallies.c.number).label("number"))
            .where(within_reach(person, "see_line", tallies))
            .group_by(tallies.c.status)
        )
        statuses = Counter({row.status: int(row.number) for row in by_status})
        # Tallies leave out restricted cases: each counts those that are open to him.
        named = connection.execute(
            select(referrals.c.status, func.count().label("number"))
            .where(within_reach(person, "see_line", referrals), referrals.c.restricted)
            .group_by(referrals.c.status)
        )
        statuses.update({row.status: row.number for row in named})
        closed = {name: statuses.get(name, 0) for name in CLOSED_SHELVES}
        still_open = sum(statuses.get(name, 0) for name in OPEN)
        return {"open": still_open, **opened.one(), **closed, "all": sum(statuses.values())}

    def _count(self, connection: Connection, conditions: list[ColumnElement[bool]]) -> int:
        return connection.execute(select(func.count()).select_from(referrals).where(*conditions)).scalar_one()

    def my_referrals(self, person: Person, page: int = 1, size: int = 25) -> QueuePage:
        """What this person's agency sent: those with open questions first, then the latest."""
        demand(person, "see_line")
        chosen = select(referrals).where(within_reach(person, "see_line", referrals))
        with acting(self._engine, person) as connection:
            counts = self._counts(connection, person)
            return self._page(
                connection, person, chosen, (ASKED.desc(), *BY_RECEIPT), counts, counts["all"], page, size
            )

    def received_between(
        self, person: Person, since: datetime, until: datetime, after: tuple[datetime, UUID] | None, size: int
    ) -> tuple[ReferralLine, ...]:
        """Lines received from `since` to before `until`, the earliest first, at most `size`, going on behind `after`.

        What is received meanwhile comes behind what was listed: it neither repeats nor hides a line.
        """
        demand(person, "see_line")
        chosen = [within_reach(person, "see_line", referrals), referrals.c.received_at >= since]
        chosen.append(referrals.c.received_at < until)
        if after is not None:
            chosen.append(tuple_(referrals.c.received_at, referrals.c.id) > tuple_(*map(literal, after)))
        with acting(self._engine, person) as connection:
            lines = self._lines(connection, select(referrals).where(*chosen), BY_TIME, size, 0)
            self._looks.note_list(connection, person, "listed", (line.id for line in lines))
        return lines

    def _lines(
        self, connection: Connection, chosen: Select[Any], order: Order, size: int, start: int
    ) -> tuple[ReferralLine, ...]:
        rows = connection.execute(lines_of(chosen, order, size, start)).mappings()
        return tuple(line_of(row, self._vault, self._today) for row in rows)

    # One referral

    def case(self, person: Person, referral_id: UUID, *, victims: Wanted = "nothing") -> Case:
        """The whole case, but for what is said of victims: that is there when `victims` are asked for and may be seen.

        The pages of the form show it too, and are there only for who may see it.
        """
        sees = may(person, "see_victims")
        with acting(self._engine, person) as connection:
            row = self._row(connection, person, referral_id)
            line = self._lines(connection, select(referrals).where(referrals.c.id == referral_id), BY_RECEIPT, 1, 0)[0]
            envelope = self._vault.envelope(row["id"], row["wrapped_key"])
            case = open_case(connection, row, envelope, line, self._gate.guarded)
            if sees and victims != "nothing":
                look: Look = "victims_seen" if says_of_victims(case, victims) else "seen"
                shown = with_victims(case, victims)
            else:
                look, shown = "seen", without_victims(case, pages=sees)
            self._looks.note(connection, person, look, referral_id)
        return shown

    def same_person(self, person: Person, referral_id: UUID) -> SamePerson:
        """Other referrals that may be about the same person."""
        demand(person, "compare")
        with acting(self._engine, person) as connection:
            found = same_person(connection, person, referral_id, self._vault, self._index, self._today)
            others = [str(alike.line.id) for alike in found.here]
            self._looks.note(connection, person, "compared", referral_id, referrals=others)
        return found

    def progress(self, person: Person, referral_id: UUID) -> Progress:
        with acting(self._engine, person) as connection:
            row = self._row(connection, person, referral_id)
            stages = stages_of(connection, row, self._gate.guarded)
        return Progress(status=row["status"], stages=stages, set_aside=row["set_aside"])

    def page_picture(self, person: Person, referral_id: UUID, page: int) -> bytes:
        """A page as JPEG; pages count from 1. NotFound where there is no picture.

        Drawn before a virus scanner was set, it is shown when the file it was drawn from has passed the scanner.
        """
        with acting(self._engine, person) as connection:
            row = self._row(connection, person, referral_id, "see_victims")
            file = connection.execute(
                select(documents.c.id, documents.c.scanned_at, documents.c.virus).where(
                    documents.c.referral_id == referral_id, documents.c.supporting.is_(False)
                )
            ).one()
        if file.virus is not None or (self._gate.guarded and file.scanned_at is None):
            self._let_through(person, row, documents.c.id == file.id)
        with acting(self._engine, person) as connection:
            sealed = connection.scalar(
                select(page_pictures.c.picture_sealed).where(
                    page_pictures.c.referral_id == referral_id, page_pictures.c.page == page
                )
            )
            if sealed is None:
                raise NotFound("There is no picture of this page.")
            self._looks.note_page(connection, person, referral_id, page)
        return self._vault.envelope(row["id"], row["wrapped_key"]).open(sealed, f"page_pictures/{page}")

    def original(self, person: Person, referral_id: UUID) -> tuple[str, bytes]:
        """The file's name and content as they came in."""
        return self._document(person, referral_id, documents.c.supporting.is_(False))

    def attachment(self, person: Person, referral_id: UUID, document_id: UUID) -> tuple[str, bytes]:
        """A supporting document's name and content."""
        return self._document(person, referral_id, documents.c.supporting & (documents.c.id == document_id))

    def _document(self, person: Person, referral_id: UUID, which: ColumnElement[bool]) -> tuple[str, bytes]:
        with acting(self._engine, person) as connection:
            row = self._row(connection, person, referral_id, "see_victims")
        document_id, name, content = self._let_through(person, row, which)
        with acting(self._engine, person) as connection:
            self._looks.note(connection, person, "downloaded", referral_id, document=str(document_id))
        return name, content

    def _let_through(self, person: Person, row: RowMapping, which: ColumnElement[bool]) -> tuple[UUID, str, bytes]:
        """A document's id, name and content, once it has passed the gate. Raises NotFound, NotNow."""
        with acting(self._engine, person) as connection:
            found = connection.execute(
                select(documents.c.id, documents.c.filename_sealed, documents.c.content_sealed).where(
                    documents.c.referral_id == row["id"], which
                )
            ).first()
        if found is None:
            raise NotFound("There is no such document.")
        envelope = self._vault.envelope(row["id"], row["wrapped_key"])
        name = envelope.open_text(found.filename_sealed, f"documents/{found.id}/filename")
        content = envelope.open(found.content_sealed, f"documents/{found.id}/content")
        try:
            self._gate.let_through(row["id"], found.id, content)
        except Refusal as refusal:
            raise NotNow(f"This file is kept sealed and is given to nobody. {refusal.message}") from None
        except ScannerAway:
            raise NotNow(AWAY) from None
        return found.id, name, content

    def _row(
        self, connection: Connection, person: Person, referral_id: UUID, action: Action = "see_content"
    ) -> RowMapping:
        found = connection.execute(
            select(referrals).where(referrals.c.id == referral_id, within_reach(person, action, referrals))
        )
        row = found.mappings().first()
        if row is None:
            raise NotFound
        refuse_erased(connection, row)
        return row
