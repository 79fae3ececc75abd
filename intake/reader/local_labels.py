"""Labels that an area's own forms print: added, removed and tried out by an administrator, and handed to the reader."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.contract import FIELDS
from extractors.forms.definitions import definition
from extractors.forms.local import LocalLabel, names_of, problem_with
from extractors.models import FormCode, FormReading, Model, Status
from extractors.wording import plain
from intake.errors import DeskError, NotFound
from intake.models import Person
from intake.now import Clock, london_day
from intake.permissions import demand
from intake.reader.nursery import File
from intake.reader.reading_room import ReadingFailed, ReadingRoom
from intake.store.acting import acting
from intake.store.tables import local_labels
from intake.store.trail import Entry, Trail

MOST_LABELS = 500
"""In one area: each is looked for in every form."""
PATIENCE = 60.0
"""Seconds that somebody at a page waits for a form to be tried out; a long scan takes more."""
LOOK_EVERY = 1.0


class KeptLabel(Model):
    """A label in use; `name` is its field's in words."""

    id: UUID
    label: LocalLabel
    name: str
    added_at: datetime


class Tried(Model):
    """One field of a form that was tried out: the label it was found under, and whether something stood there. No value."""

    key: str
    name: str
    status: Status
    label: str | None
    local: bool


class Trial(Model):
    """What a form looks like to the reader. `found` and `missing` are in the form's order; `unknown_labels` nobody knows."""

    form: FormCode
    edition: str | None
    found: tuple[Tried, ...]
    missing: tuple[str, ...]
    unknown_labels: tuple[str, ...]


class Labels:
    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock
        self._busy = threading.Lock()

    def listed(self, actor: Person, area: str) -> tuple[KeptLabel, ...]:
        """The area's labels by form and field."""
        demand(actor, "labels")
        wanted = select(local_labels).where(local_labels.c.area == area)
        with acting(self._engine, actor) as connection:
            rows = connection.execute(wanted.order_by(local_labels.c.form, local_labels.c.key, local_labels.c.label))
            return tuple(
                KeptLabel(
                    id=row.id,
                    label=LocalLabel(form=row.form, key=row.key, label=row.label),
                    name=names_of(row.form).get(row.key, row.key),
                    added_at=row.added_at,
                )
                for row in rows
            )

    def add(self, actor: Person, area: str, new: LocalLabel) -> str | None:
        """Have the next forms with this label read by it, or say in a sentence why it cannot be added."""
        demand(actor, "labels")
        new = new.model_copy(update={"label": plain(new.label)})
        with acting(self._engine, actor) as connection:
            known = labels_of(connection, area)
            if len(known) >= MOST_LABELS:
                return f"An area keeps at most {MOST_LABELS} labels: remove some first"
            problem = problem_with(new, known)
            if problem is not None:
                return problem
            row = {"id": uuid4(), "area": area, "added_by": actor.id, "added_at": self._clock.now()}
            entered = upsert(local_labels).values(**row, **new.model_dump()).on_conflict_do_nothing()
            if connection.scalar(entered.returning(local_labels.c.id)) is None:
                return "Somebody added this label just now"
            self._note(connection, actor, "label_added", f"Forms {new.form} of {area} may print another label.", new)
        return None

    def remove(self, actor: Person, label_id: UUID) -> None:
        """Forget a label. Raises NotFound."""
        demand(actor, "labels")
        with acting(self._engine, actor) as connection:
            gone = delete(local_labels).where(local_labels.c.id == label_id).returning(local_labels)
            row = connection.execute(gone).first()
            if row is None:
                raise NotFound("There is no such label.")
            label = LocalLabel(form=row.form, key=row.key, label=row.label)
            what = f"A label of forms {row.form} of {row.area} is no longer known."
            self._note(connection, actor, "label_removed", what, label)

    def try_out(self, actor: Person, area: str, filename: str, content: bytes) -> Trial:
        """Read a form as the next one would be, in a locked-down child, and keep nothing of it.

        Raises Refusal, and DeskError when it cannot be tried now.
        """
        demand(actor, "labels")
        with acting(self._engine, actor) as connection:
            labels = labels_of(connection, area)
        if not self._busy.acquire(blocking=False):
            raise DeskError("Another form is being tried out. Wait a minute and try again.")
        try:
            until = time.monotonic() + PATIENCE
            file = File(content, filename, london_day(self._clock.now()), labels=labels)
            with ReadingRoom() as room:
                reading = room.do("read", file, lambda: _not_beyond(until), LOOK_EVERY).reading
        except ReadingFailed:
            raise DeskError("The form could not be tried out just now. Try again.") from None
        finally:
            self._busy.release()
        assert reading is not None
        return _trial(reading.forms[0], labels)

    def _note(self, connection: Connection, actor: Person, kind: str, what: str, label: LocalLabel) -> None:
        facts = label.model_dump()
        entry = Entry(at=self._clock.now(), who=actor.id, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def labels_of(connection: Connection, area: str) -> tuple[LocalLabel, ...]:
    """The labels that an area's own forms print."""
    columns = (local_labels.c.form, local_labels.c.key, local_labels.c.label)
    rows = connection.execute(select(*columns).where(local_labels.c.area == area).order_by(*columns))
    return tuple(LocalLabel(form=row.form, key=row.key, label=row.label) for row in rows)


def _not_beyond(until: float) -> None:
    if time.monotonic() > until:
        raise DeskError("This form takes too long to be tried out here. Try a Word or PDF file of the same form.")


def _trial(form: FormReading, labels: tuple[LocalLabel, ...]) -> Trial:
    tokens = definition(form.form).wording.tokens
    own = {frozenset(tokens(label.label)) for label in labels if label.form == form.form}
    tried = [
        Tried(
            key=key,
            name=FIELDS[key].label,
            status=value.status,
            label=value.evidence.label if value.evidence else None,
            local=value.evidence is not None and frozenset(tokens(value.evidence.label or "")) in own,
        )
        for key, value in form.values.items()
    ]
    return Trial(
        form=form.form,
        edition=form.edition,
        found=tuple(one for one in tried if one.status != "absent"),
        missing=tuple(one.name for one in tried if one.status == "absent"),
        unknown_labels=form.unknown_labels,
    )
