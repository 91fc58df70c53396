"""Traffic limits: how often one conversation or one address may do a thing. Counted in Redis, locally without it.

These protect the service from floods; the locks against guessing (H8) are security state and live in the database.
"""

import logging
import time

from redis.asyncio import Redis
from redis.exceptions import RedisError

from handoff.errors import too_many

log = logging.getLogger("handoff.limits")
PAUSE_AFTER_FAILURE = 2.0


class Limits:
    """Fixed windows: simple, and one flood of at most twice the limit at a border does no harm."""

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis
        self._local: dict[str, tuple[int, int]] = {}
        self._redis_again_at = 0.0

    async def check(self, what: str, who: str, *, limit: int, seconds: int = 60, amount: int = 1) -> None:
        """Counts `amount`; ApiError 429 with Retry-After when `who` did `what` more than `limit` times in the window."""
        now = time.time()
        window = int(now // seconds)
        key = f"anke:limit:{what}:{who}:{window}"
        count = await self._count_in_redis(key, seconds, amount)
        if count is None:
            count = self._count_here(key, (window + 1) * seconds, amount)
        if count > limit:
            raise too_many(int((window + 1) * seconds - now) + 1)

    async def _count_in_redis(self, key: str, seconds: int, amount: int) -> int | None:
        if self._redis is None or time.monotonic() < self._redis_again_at:
            return None
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.incrby(key, amount)
                pipe.expire(key, seconds + 5)
                count, _ = await pipe.execute()
            return int(count)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("counting locally, redis is not reachable: %s", type(error).__name__)
            self._redis_again_at = time.monotonic() + PAUSE_AFTER_FAILURE
            return None

    def _count_here(self, key: str, until: int, amount: int) -> int:
        if len(self._local) > 20_000:  # bounded memory: keep what still counts
            now = time.time()
            self._local = {one: value for one, value in self._local.items() if value[1] > now}
            if len(self._local) > 20_000:
                self._local.clear()
        count = self._local.get(key, (0, until))[0] + amount
        self._local[key] = (count, until)
        return count
