"""The truth about what systems are to be told: each event at least once, under an id that stays the same, whoever dies.

What happens stands in the trail, whose entries are numbered in the order of their commits without a gap; so nothing has to be
written down twice, and nothing is missed. From there each webhook gets its deliveries, which are claimed with a lease and a
fencing number as jobs are (intake/work/ledger.py).

    due -> claimed -> sent       claimed -> due     (a worker died, or it was not taken now)
                                 claimed -> failed  (not taken for three days)
                                 claimed -> dropped (no longer within the system's reach)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, RowMapping, exists, insert, select, update

from extractors.models import Model
from intake.errors import LostLease
from intake.models import Person
from intake.now import Clock
from intake.people.accounts import IS_OPEN
from intake.permissions import within_reach
from intake.store.acting import acting
from intake.store.tables import audit, audit_head, deliveries, people, referrals, tokens, webhooks
from intake.systems.webhooks import TOLD_OF, DeliveryState, Event
from intake.work.ledger import NOW

LEASE = timedelta(seconds=60)
"""Longer than a delivery may take (intake/systems/targets.py)."""
WAITS = (
    timedelta(seconds=5),
    *(timedelta(minutes=minutes) for minutes in (1, 5, 30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 18, 22)),
)
"""Pause after the first, second, ... failure; after all of them, some three days, it has failed."""
AT_A_TIME = 500
DUE = (deliveries.c.state == "due") & (~deliveries.c.next_try.between(NOW, NOW + WAITS[-1]))
"""A pause longer than any that is given can only come of a clock that was put back: it is over."""
EXPIRED = (deliveries.c.state == "claimed") & (~deliveries.c.lease_until.between(NOW, NOW + LEASE))


class DeliveryClaim(Model):
    """A delivery in hand, for as long as `fence` is its own."""

    id: UUID
    webhook_id: UUID
    referral_id: UUID
    event: Event
    at: datetime
    fence: int
    attempts: int


class Parcel(Model):
    """What a delivery needs to leave."""

    url: str
    inside: bool
    secret_sealed: bytes
    reference: str


class Deliveries:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    # From the trail to deliveries

    def address(self) -> int:
        """Write down for what happened since which webhooks are told of it; gives how many deliveries that makes.

        Systems whose tokens have all ended are told nothing; what they missed waits until they have one again.
        """
        known = self._systems()
        with acting(self._engine, "desk") as connection:
            head: int = connection.execute(select(audit_head.c.number)).scalar_one()
            behind = (webhooks.c.person_id.in_(known), webhooks.c.ended_at.is_(None), webhooks.c.position < head)
            found = connection.execute(select(webhooks).where(*behind).with_for_update(skip_locked=True))
            return sum(self._address(connection, row, known[row["person_id"]], head) for row in found.mappings().all())

    def _systems(self) -> Mapping[UUID, Person]:
        """The systems that may come in now, by id."""
        valid = (tokens.c.revoked_at.is_(None), tokens.c.expires_at > self._clock.now())
        lets_in = exists().where(tokens.c.person_id == people.c.id, *valid)
        with acting(self._engine, "door") as connection:
            rows = connection.execute(select(people).where(people.c.system, IS_OPEN, lets_in)).mappings()
            found = [Person(**{name: row[name] for name in Person.model_fields}) for row in rows]
        return {person.id: person for person in found}

    def _address(self, connection: Connection, webhook: RowMapping, system: Person, head: int) -> int:
        kinds = [kind for kind, event in TOLD_OF.items() if event in webhook["events"]]
        wanted = (
            select(audit.c.number, audit.c.kind, audit.c.referral_id, audit.c.at)
            .join(referrals, referrals.c.id == audit.c.referral_id)
            .where(audit.c.number > webhook["position"], audit.c.number <= head, audit.c.kind.in_(kinds))
            .where(within_reach(system, "see_line", referrals))
            .order_by(audit.c.number)
            .limit(AT_A_TIME)
        )
        rows = connection.execute(wanted).all()
        if rows:
            fresh = [
                {
                    "id": uuid4(),
                    "webhook_id": webhook["id"],
                    "number": row.number,
                    "referral_id": row.referral_id,
                    "event": TOLD_OF[row.kind],
                    "at": row.at,
                    "state": "due",
                    "next_try": NOW,
                }
                for row in rows
            ]
            connection.execute(insert(deliveries).values(fresh))
        looked = rows[-1].number if len(rows) == AT_A_TIME else head
        connection.execute(update(webhooks).where(webhooks.c.id == webhook["id"]).values(position=looked))
        return len(rows)

    # A delivery's way

    def claim(self, silent: Collection[UUID] = ()) -> DeliveryClaim | None:
        """The delivery that has been due longest, if any is, but for webhooks that are `silent`."""
        waiting = select(deliveries.c.id).where(DUE, deliveries.c.webhook_id.not_in(silent))
        next_one = waiting.order_by(deliveries.c.next_try).limit(1).with_for_update(skip_locked=True)
        taken = (
            update(deliveries)
            .where(deliveries.c.id == next_one.scalar_subquery())
            .values(
                state="claimed",
                fence=deliveries.c.fence + 1,
                attempts=deliveries.c.attempts + 1,
                lease_until=NOW + LEASE,
            )
            .returning(*(deliveries.c[name] for name in DeliveryClaim.model_fields))
        )
        with acting(self._engine, "desk") as connection:
            row = connection.execute(taken).mappings().first()
        return DeliveryClaim(**row) if row is not None else None

    def parcel(self, claim: DeliveryClaim) -> Parcel | None:
        """What is to leave and where; None where the webhook ended or the referral is no longer within its system's reach."""
        wanted = select(webhooks).where(webhooks.c.id == claim.webhook_id, webhooks.c.ended_at.is_(None))
        known = self._systems()
        with acting(self._engine, "desk") as connection:
            webhook = connection.execute(wanted).mappings().first()
            if webhook is None or webhook["person_id"] not in known:
                return None
            reach = within_reach(known[webhook["person_id"]], "see_line", referrals)
            found = select(referrals.c.reference).where(referrals.c.id == claim.referral_id, reach)
            reference = connection.scalar(found)
        if reference is None:
            return None
        return Parcel(
            url=webhook["url"],
            inside=webhook["inside"],
            secret_sealed=bytes(webhook["secret_sealed"]),
            reference=reference,
        )

    def sent(self, claim: DeliveryClaim) -> None:
        self._settle(claim, "sent")

    def dropped(self, claim: DeliveryClaim) -> None:
        self._settle(claim, "dropped")

    def put_off(self, claim: DeliveryClaim, error: str) -> None:
        """Try again later, or no more after all tries."""
        if claim.attempts > len(WAITS):
            self._settle(claim, "failed", error)
        else:
            self._move(claim, state="due", next_try=NOW + WAITS[claim.attempts - 1], last_error=error)

    def release_expired(self) -> int:
        """Make deliveries due whose worker died; gives how many."""
        with acting(self._engine, "desk") as connection:
            given_up = update(deliveries).where(EXPIRED).values(state="due", lease_until=None, next_try=NOW)
            return connection.execute(given_up).rowcount

    def _settle(self, claim: DeliveryClaim, state: DeliveryState, error: str | None = None) -> None:
        self._move(claim, state=state, settled_at=self._clock.now(), last_error=error)

    def _move(self, claim: DeliveryClaim, **changes: Any) -> None:
        held = (deliveries.c.id == claim.id, deliveries.c.fence == claim.fence, deliveries.c.state == "claimed")
        with acting(self._engine, "desk") as connection:
            moved = update(deliveries).where(*held).values(**{"lease_until": None, **changes})
            if connection.execute(moved).rowcount != 1:
                raise LostLease(f"delivery {claim.id} is no longer held under fence {claim.fence}")
