"""Webhooks of the system that asks: where it is told of what happens, what became of that, and the same again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from extractors.models import Model
from intake.systems.targets import LONGEST_URL
from intake.systems.webhooks import Added, Delivery, DeliveryState, Event, Webhook
from web.api.models import Query
from web.api.operations import Asked, operation
from web.session import the_house

MOST_DELIVERIES = 200


class NewWebhook(Model):
    """Where to tell the system, and of what: an https address that everybody can reach."""

    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=20)]


class ToldWebhook(Model):
    """A webhook. `deliveries` counts what was or is to be delivered, by state."""

    id: UUID
    url: str
    events: tuple[Event, ...]
    made_at: AwareDatetime
    deliveries: dict[DeliveryState, int]


class ToldWebhooks(Model):
    """The system's webhooks, the earliest first."""

    webhooks: tuple[ToldWebhook, ...]


class AddedWebhook(Model):
    """A new webhook, and the secret that its deliveries are signed with, which is not shown again."""

    webhook: ToldWebhook
    secret: str


class WhichDeliveries(Query):
    """Which deliveries to list."""

    state: Annotated[DeliveryState | None, Field(description="Only those in this state.")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_DELIVERIES, description="How many at most.")] = 50


class ToldDelivery(Model):
    """One event: where it stands, and the code of what kept it back last. `id` is that of its webhook-id header."""

    id: UUID
    event: Event
    referral_id: UUID
    reference: str
    at: AwareDatetime
    state: DeliveryState
    attempts: int
    next_try: AwareDatetime | None
    error: str | None


class ToldDeliveries(Model):
    """Deliveries of a webhook, the latest first."""

    deliveries: tuple[ToldDelivery, ...]


class Replay(Model):
    """From when on to deliver again; null: only what was given up."""

    since: AwareDatetime | None


class Replayed(Model):
    """How many deliveries are due again."""

    replayed: int


def _told(webhook: Webhook) -> ToldWebhook:
    return ToldWebhook(
        id=webhook.id, url=webhook.url, events=webhook.events, made_at=webhook.made_at, deliveries=dict(webhook.states)
    )


def _added(added: Added) -> AddedWebhook:
    return AddedWebhook(webhook=_told(added.webhook), secret=added.secret)


def _delivery(one: Delivery) -> ToldDelivery:
    return ToldDelivery(**{name: getattr(one, name) for name in ToldDelivery.model_fields})


@operation("POST", "/webhooks", "webhooks", AddedWebhook, status=201, body=NewWebhook)
def add_webhook(asked: Asked) -> AddedWebhook:
    """Be told of what happens from now on.

    Deliveries hold ids, the reference and a link, and are signed as Standard Webhooks has it. Addresses of the desk's own network
    are refused at delivery unless an administrator added the webhook and allowed them.
    """
    sent: NewWebhook = asked.body

    def write(connection: Connection, added: Added) -> None:
        asked.write(connection, _added(added))

    return _added(the_house().webhooks.add(asked.person, asked.person.id, sent.url, sent.events, then=write))


@operation("GET", "/webhooks", "webhooks", ToldWebhooks)
def list_webhooks(asked: Asked) -> ToldWebhooks:
    """List the system's webhooks, with how many deliveries of each stand where."""
    return ToldWebhooks(webhooks=tuple(map(_told, the_house().webhooks.listed(asked.person, asked.person.id))))


@operation("DELETE", "/webhooks/<uuid:webhook_id>", "webhooks", None, status=204)
def end_webhook(asked: Asked, webhook_id: UUID) -> None:
    """End a webhook; what is still on its way to it is dropped."""
    the_house().webhooks.end(asked.person, asked.person.id, webhook_id)


@operation("GET", "/webhooks/<uuid:webhook_id>/deliveries", "webhooks", ToldDeliveries, query=WhichDeliveries)
def list_deliveries(asked: Asked, webhook_id: UUID) -> ToldDeliveries:
    """See what was delivered, what waits and what was given up."""
    which: WhichDeliveries = asked.query
    found = the_house().webhooks.deliveries(asked.person, asked.person.id, webhook_id, which.state, which.limit)
    return ToldDeliveries(deliveries=tuple(map(_delivery, found)))


@operation("POST", "/webhooks/<uuid:webhook_id>/replay", "webhooks", Replayed, body=Replay)
def replay_deliveries(asked: Asked, webhook_id: UUID) -> Replayed:
    """Have deliveries sent again, under the ids that they had."""
    sent: Replay = asked.body

    def write(connection: Connection, number: int) -> None:
        asked.write(connection, Replayed(replayed=number))

    number = the_house().webhooks.replay(asked.person, asked.person.id, webhook_id, sent.since, then=write)
    return Replayed(replayed=number)
