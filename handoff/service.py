"""Everything one worker process is made of: built by handoff/bootstrap.py, found in `app.ctx.service`."""

from dataclasses import dataclass

from redis.asyncio import Redis
from sanic import Request

from aftersales.order_system.port import OrderSystem
from aftersales.policy import Policy
from handoff.administration.rules_view import RulesView
from handoff.auth.live_sessions import LiveSessions
from handoff.background_tasks import BackgroundTasks
from handoff.clock import Clock
from handoff.hints import Hints
from handoff.limits import Limits
from handoff.notifications.delivery import Deliverer
from handoff.oversight.history import History
from handoff.oversight.wall import Wall
from handoff.quality.misses import Misses
from handoff.queue.sweep import QueueSweep
from handoff.records import Records
from handoff.records.database_time import DatabaseTime
from handoff.settings import Settings
from handoff.store_rules import StoreRules
from handoff.suggestions.offered import Suggestions
from handoff.timers import TimerRunner
from handoff.turns.bot_client import BotClient
from handoff.turns.runner import TurnRunner
from handoff.uploads.leftovers import Leftovers
from handoff.uploads.quota import UploadQuota
from handoff.uploads.storage import UploadStorage


@dataclass
class Service:
    settings: Settings
    clock: Clock
    time: DatabaseTime
    rules: StoreRules
    records: Records
    redis: Redis | None
    hints: Hints
    limits: Limits
    bots: BotClient
    runner: TurnRunner
    orders: OrderSystem
    storage: UploadStorage
    quota: UploadQuota
    leftovers: Leftovers
    sweep: QueueSweep
    timers: TimerRunner
    deliverer: Deliverer
    tasks: BackgroundTasks
    live_sessions: LiveSessions
    wall: Wall
    history: History
    rules_view: RulesView
    misses: Misses
    suggestions: Suggestions

    @property
    def policy(self) -> Policy:
        return self.rules.policy


def service_of(request: Request) -> Service:
    """The worker's parts, from any request."""
    service: Service = request.app.ctx.service
    return service
