"""Wake-ups: who watches a conversation or the queue is told that there is something new to read.

A hint is never the record. Local watchers are woken directly; other workers through Redis; and whatever is lost is
caught up by one query over the watched conversations every 5 s, every 1 s while Redis cannot be reached (promise 5).
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select

from handoff.records import Outcome, Records
from handoff.records.tables import conversations

CHANNEL = "anke:hints"
QUEUE = "queue"
"""The topic of everybody who looks at the queue."""

log = logging.getLogger("handoff.hints")


def conversation_topic(conversation_id: str) -> str:
    return f"c:{conversation_id}"


class Subscription:
    """One watcher. `wait` returns when something may be new; `news` holds passing messages such as typing."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.news: deque[dict[str, Any]] = deque(maxlen=20)

    def wake(self) -> None:
        self._event.set()

    async def wait(self, seconds: float | None = None) -> bool:
        """True when woken, False after `seconds`. Read the database after it, never before."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Hints:
    """The wake-ups of one worker process."""

    def __init__(
        self, records: Records, redis: Redis | None, *, catch_up_every: float, catch_up_without_redis: float
    ) -> None:
        self._records = records
        self._redis = redis
        self._slow, self._quick = catch_up_every, catch_up_without_redis
        self._watchers: dict[str, set[Subscription]] = {}
        self._outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=2000)
        self._known: dict[str, tuple[Any, ...]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.redis_up = False

    @contextmanager
    def watch(self, *topics: str) -> Iterator[Subscription]:
        """A subscription to all of `topics` while the block runs. Subscribe first, then read: nothing is missed."""
        subscription = Subscription()
        for topic in topics:
            self._watchers.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            for topic in topics:
                watchers = self._watchers.get(topic, set())
                watchers.discard(subscription)
                if not watchers:
                    self._watchers.pop(topic, None)
                    self._known.pop(topic, None)

    def after_commit(self, outcome: Outcome) -> None:
        """Listener of Records.on_commit: wakes whoever watches what was written."""
        topics = [conversation_topic(one) for one in outcome.conversations] + (
            [QUEUE] if outcome.queue else []
        )
        if topics:
            self.publish(*topics)

    def publish(self, *topics: str, news: dict[str, Any] | None = None) -> None:
        """Wakes watchers here and, by Redis, elsewhere. `news` is handed to them as it is and never stored."""
        self._wake(topics, news)
        if self._redis is not None:
            with suppress(asyncio.QueueFull):  # other workers then catch up from the database
                self._outgoing.put_nowait({"t": list(topics), **({"n": news} if news else {})})

    @staticmethod
    def time() -> float:
        """Seconds of the event loop's clock, for deadlines of waiting."""
        return asyncio.get_running_loop().time()

    async def start(self) -> None:
        if self._redis is not None:
            self._tasks.append(asyncio.create_task(self._send(self._redis)))
            self._tasks.append(asyncio.create_task(self._receive(self._redis)))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _wake(self, topics: Any, news: dict[str, Any] | None = None) -> None:
        for topic in topics:
            for subscription in self._watchers.get(topic, ()):
                if news is not None:
                    subscription.news.append(news)
                subscription.wake()

    async def _send(self, redis: Redis) -> None:
        while True:
            message = await self._outgoing.get()
            try:
                await redis.publish(CHANNEL, json.dumps({**message, "w": self._records.worker}))
            except (RedisError, OSError, TimeoutError) as error:
                self._redis_is(up=False, why=error)
                await asyncio.sleep(0.2)

    async def _receive(self, redis: Redis) -> None:
        while True:
            try:
                async with redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(CHANNEL)
                    await channel.ping()
                    self._redis_is(up=True)
                    self._wake(list(self._watchers))
                    while True:
                        message = await channel.get_message(timeout=5)
                        if message is None:
                            await redis.ping()
                        elif message["type"] == "message":
                            self._take(message["data"])
            except (RedisError, OSError, TimeoutError) as error:
                self._redis_is(up=False, why=error)
            await asyncio.sleep(0.5)

    def _take(self, data: bytes) -> None:
        with suppress(
            ValueError, KeyError, TypeError
        ):  # another program's noise on our channel is no reason to stop
            message = json.loads(data)
            if message["w"] != self._records.worker:
                self._wake([str(topic) for topic in message["t"]], message.get("n"))

    def _redis_is(self, *, up: bool, why: BaseException | None = None) -> None:
        if up != self.redis_up:
            log.info("redis is reachable") if up else log.warning("redis is not reachable: %s", why)
        self.redis_up = up

    @property
    def catch_up_every(self) -> float:
        """Seconds until the next look: without Redis nothing but that look brings other workers' news."""
        return self._slow if self.redis_up else self._quick

    async def catch_up(self) -> None:
        """Compares what is watched with the database and wakes the watchers of whatever has changed."""
        watched = [topic[2:] for topic in self._watchers if topic.startswith("c:")]
        found: dict[str, tuple[Any, ...]] = {}
        if not watched and QUEUE not in self._watchers:
            return
        async with self._records.read() as reader:
            for start in range(0, len(watched), 500):
                part = watched[start : start + 500]
                statement = select(
                    conversations.c.id,
                    conversations.c.last_seq,
                    conversations.c.updated_at,
                    conversations.c.customer_read,
                ).where(conversations.c.id.in_(part))
                for row in await reader.execute(statement):
                    found[conversation_topic(row.id)] = (row.last_seq, row.updated_at, row.customer_read)
            if QUEUE in self._watchers:
                statement_q = select(func.count(), func.max(conversations.c.updated_at)).where(
                    conversations.c.state.in_(["waiting", "human", "ticket"])
                )
                found[QUEUE] = tuple((await reader.execute(statement_q)).one())
        for topic, value in found.items():
            if self._known.get(topic) != value and topic in self._watchers:
                self._known[topic] = value
                self._wake([topic])
