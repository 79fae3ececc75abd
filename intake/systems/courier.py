"""Brings events to systems: signs each delivery as Standard Webhooks has it, and hands it over one by one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from intake.errors import LostLease
from intake.now import Clock
from intake.systems.deliveries import Deliveries, DeliveryClaim
from intake.systems.targets import NotTaken, deliver
from intake.systems.webhooks import SECRET_PREFIX, sealed_place

log = logging.getLogger(__name__)

AFTER_SILENCE = 30.0
"""Seconds for which an address that does not answer is left alone, so that others need not wait for it."""
AT_A_TIME = 100


class Courier:
    """`secret` is the key that is kept for systems, `address` that of the pages, without a slash at its end."""

    def __init__(self, engine: Engine, secret: bytes, clock: Clock, address: str) -> None:
        self._deliveries = Deliveries(engine, clock)
        self._secret = secret
        self._clock = clock
        self._address = address
        self._silent: dict[UUID, float] = {}

    def go_round(self) -> int:
        """One round; gives how many deliveries were taken. Trouble is logged and left to the next round."""
        try:
            self._deliveries.release_expired()
            self._deliveries.address()
            return self._deliver_what_is_due()
        except SQLAlchemyError as error:
            log.warning("deliveries put off: %s", type(error).__name__)
            return 0

    def _deliver_what_is_due(self) -> int:
        taken = 0
        for _ in range(AT_A_TIME):
            self._silent = {one: until for one, until in self._silent.items() if until > time.monotonic()}
            claim = self._deliveries.claim(self._silent)
            if claim is None:
                break
            try:
                taken += self._deliver(claim)
            except LostLease:
                log.warning("delivery %s: fence %d has passed on", claim.id, claim.fence)
        return taken

    def _deliver(self, claim: DeliveryClaim) -> bool:
        parcel = self._deliveries.parcel(claim)
        if parcel is None:
            self._deliveries.dropped(claim)
            return False
        body = self._told(claim, parcel.reference)
        secret = sealed_place(self._secret, claim.webhook_id).open_text(parcel.secret_sealed, "webhooks/secret")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "mappa-intake",
            **signed(secret, str(claim.id), int(self._clock.now().timestamp()), body),
        }
        try:
            deliver(parcel.url, parcel.inside, headers, body)
        except NotTaken as refusal:
            log.warning("delivery %s not taken at try %d: %s", claim.id, claim.attempts, refusal.code)
            if not refusal.reached:
                self._silent[claim.webhook_id] = time.monotonic() + AFTER_SILENCE
            self._deliveries.put_off(claim, refusal.code)
            return False
        self._deliveries.sent(claim)
        return True

    def _told(self, claim: DeliveryClaim, reference: str) -> bytes:
        """The same bytes at every try: ids, reference and link, and nothing of any form."""
        link = f"{self._address}/api/v1/referrals/{claim.referral_id}"
        data = {"id": str(claim.referral_id), "reference": reference, "link": link}
        told = {"type": f"referral.{claim.event}", "timestamp": claim.at.isoformat(), "data": data}
        return json.dumps(told).encode()


def signed(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers by which the far side knows that it was us, and when (https://www.standardwebhooks.com)."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    content = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}
