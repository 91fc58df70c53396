"""Everything one worker process is made of, put together in one place (handoff/app.py) and found in `app.ctx.service`."""

from dataclasses import dataclass

from redis.asyncio import Redis
from sanic import Request

from aftersales.policy import Policy
from aftersales.policy.watch import PolicyInForce
from handoff.clock import Clock
from handoff.hints import Hints
from handoff.limits import Limits
from handoff.records import Records
from handoff.settings import Settings
from handoff.turns.bot_client import BotClient
from handoff.turns.runner import TurnRunner


@dataclass
class Service:
    settings: Settings
    clock: Clock
    source: PolicyInForce
    records: Records
    hints: Hints
    limits: Limits
    redis: Redis | None
    bots: BotClient
    runner: TurnRunner

    @property
    def policy(self) -> Policy:
        """The store's rules of this moment."""
        return self.source.current


def service_of(request: Request) -> Service:
    """The worker's parts, from any request."""
    service: Service = request.app.ctx.service
    return service
