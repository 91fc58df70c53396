"""What /metrics tells of the installation as a whole, read when it is asked for: the queue, who is at the desk, which parts
answer, the bots' models, the order system's breaker. Counters of what happened are in handoff/telemetry/metrics.py.

One scrape asks the database four short questions over indexed rows and each part one; a part that does not answer is a
figure, never an error.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from handoff.auth.roles import GROUPS, Agent
from handoff.conversation import State
from handoff.queue.people import PRESENT
from handoff.records import Reader
from handoff.records.tables import agents, conversations
from handoff.service import Service

_OPEN = (State.WAITING, State.HUMAN, State.TICKET)
_SECONDS = 4.0
"""In all; a scrape has ten by default."""


async def render_figures(service: Service) -> bytes:
    """Prometheus text, to stand beside the counters'."""
    bots, actions, desk, uploads = await asyncio.gather(
        asyncio.gather(*(service.bots.facts(f"{url}/webhooks/anke/ready") for url in service.bots.urls)),
        _actions(service),
        _desk(service),
        _uploads(service),
    )
    registry = CollectorRegistry()
    registry.register(_Once([*_desk_figures(desk), *_part_figures(bots, actions, desk is not None, uploads)]))
    return generate_latest(registry)


class _Once:
    """A collector of what has been read already."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> list[Metric]:
        return self._found


class Desk:
    """The queue and the desk at one moment."""

    def __init__(self) -> None:
        self.states: dict[str, int] = {}
        self.waiting: dict[str, tuple[int, float]] = {}
        self.online: Counter[str] = Counter()


async def _desk(service: Service) -> Desk | None:
    """None when the database does not answer."""
    try:
        async with asyncio.timeout(_SECONDS), service.records.read() as reader:
            return await read_desk(reader)
    except Exception:
        return None


async def read_desk(reader: Reader) -> Desk:
    desk, now = Desk(), reader.now()
    states = [one.value for one in _OPEN]
    counted = select(conversations.c.state, func.count().label("number")).where(
        conversations.c.state.in_(states)
    )
    for row in await reader.execute(counted.group_by(conversations.c.state)):
        desk.states[row.state] = row.number
    queue = select(
        conversations.c.skill_group,
        func.count().label("waiting"),
        func.min(conversations.c.waiting_since).label("since"),
    )
    queue = queue.where(conversations.c.state == State.WAITING.value).group_by(conversations.c.skill_group)
    for row in await reader.execute(queue):
        since: datetime | None = row.since
        age = max(0.0, (now - since).total_seconds()) if since else 0.0
        desk.waiting[row.skill_group or ""] = (row.waiting, age)
    present = select(agents.c.role, agents.c.groups).where(
        agents.c.active, agents.c.present_at > now - PRESENT
    )
    for row in await reader.execute(present):
        desk.online.update(Agent("", "", "", row.role, tuple(row.groups)).served_groups)
    return desk


async def _actions(service: Service) -> dict[str, Any] | None:
    """What the action server says of itself; None when it does not answer, {} when there is none."""
    url = service.settings.action_url
    return await service.bots.facts(f"{url}/figures") if url else {}


def _desk_figures(desk: Desk | None) -> Iterator[Metric]:
    if desk is None:
        return
    states = GaugeMetricFamily("anke_conversations", "Conversations that need people", labels=["state"])
    for state in _OPEN:
        states.add_metric([state.value], desk.states.get(state.value, 0))
    waiting = GaugeMetricFamily("anke_queue_waiting", "Customers who wait for a person", labels=["group"])
    oldest = GaugeMetricFamily("anke_queue_oldest_seconds", "How long the first has waited", labels=["group"])
    online = GaugeMetricFamily("anke_agents_online", "People at the desk who serve it", labels=["group"])
    for group in GROUPS:
        count, age = desk.waiting.get(group, (0, 0.0))
        waiting.add_metric([group], count)
        oldest.add_metric([group], age)
        online.add_metric([group], desk.online[group])
    yield from (states, waiting, oldest, online)


async def _uploads(service: Service) -> bool | None:
    """None: they lie where the rest does."""
    return None if service.settings.bucket is None else await service.storage.answers()


def _part_figures(
    bots: list[dict[str, Any] | None],
    actions: dict[str, Any] | None,
    database: bool,
    uploads: bool | None = None,
) -> Iterator[Metric]:
    up = GaugeMetricFamily("anke_part_up", "Whether a part answers", labels=["part"])
    up.add_metric(["database"], database)
    model = GaugeMetricFamily(
        "anke_bot_model",
        "The model that a bot serves; encoder is ok or why not",
        labels=["part", "model", "encoder"],
    )
    for number, facts in enumerate(bots, 1):
        up.add_metric([f"bot-{number}"], facts is not None)
        if facts is not None:
            told = [str(facts.get(name) or "unknown")[:100] for name in ("model", "encoder")]
            model.add_metric([f"bot-{number}", *told], 1)
    if actions != {}:
        up.add_metric(["actions"], actions is not None)
    if uploads is not None:
        up.add_metric(["uploads"], uploads)
    yield from (up, model)
    if actions:
        orders = actions.get("orders") or {}
        breaker = GaugeMetricFamily(
            "anke_order_system_breaker_open", "1: the dialogue asks it no more for now"
        )
        breaker.add_metric([], bool(orders.get("breaker_open")))
        failed = GaugeMetricFamily("anke_order_system_failures", "Calls in a row without a usable answer")
        failed.add_metric([], int(orders.get("failures") or 0))
        yield from (breaker, failed)
