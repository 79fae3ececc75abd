"""Rings for workers through Redis: a ring carries a job's id and nothing else, and losing it loses no work."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Sequence
from uuid import UUID

from redis import Redis, RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUE = "intake"
SWEPT = "intake:swept"
DOOR = "intake.work.worker.answer_the_door"
"""What a worker calls on a ring. It takes the job whose turn it is, which need not be the one that rang."""
LONGEST_ANSWER = 900
"""Seconds after which RQ ends a worker's child; readings have their own, shorter limits."""


class Doorbell:
    def __init__(self, url: str) -> None:
        # An upload must not wait for a Redis that does not answer.
        self._redis = Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1.0)
        self._queue = Queue(QUEUE, connection=self._redis, serializer=JSONSerializer)

    def ring(self, job_ids: Sequence[UUID]) -> int:
        """Ring once for each job, after its row is committed; gives how many rings went out. Never raises."""
        rung = 0
        try:
            for job_id in job_ids:
                self._queue.enqueue_call(
                    DOOR,
                    args=(str(job_id),),
                    # Every ring is its own: one that was taken from the queue by a worker that died leaves its id behind.
                    job_id=f"{job_id}-{secrets.token_hex(4)}",
                    timeout=LONGEST_ANSWER,
                    result_ttl=0,
                    failure_ttl=60,
                    unique=True,
                )
                rung += 1
        except RedisError as error:
            log.warning("doorbell silent after %d of %d rings: %s", rung, len(job_ids), type(error).__name__)
        return rung

    def waiting(self) -> int | None:
        """How many rings no worker has answered yet; None when Redis does not say."""
        try:
            return len(self._queue)
        except RedisError:
            return None

    def note_sweep(self) -> None:
        """Say that a sweep has just ended. Never raises."""
        try:
            self._redis.set(SWEPT, time.time())
        except RedisError as error:
            log.warning("sweep not noted: %s", type(error).__name__)

    def since_sweep(self) -> float | None:
        """Seconds since the last sweep that any machine noted; None when there was none or Redis does not say."""
        try:
            noted = self._redis.get(SWEPT)
        except RedisError:
            return None
        return max(0.0, time.time() - float(noted)) if isinstance(noted, bytes) else None

    def workers(self) -> int | None:
        """How many workers listen for the bell; None when Redis does not say."""
        try:
            # Those that died are still entered, but their sign of life has ended.
            entered = Worker.all_keys(connection=self._redis)
            return int(self._redis.exists(*entered)) if entered else 0
        except RedisError:
            return None

    def close(self) -> None:
        self._redis.close()
