"""The one place where a worker's parts are made, started and stopped; whoever needs a part gets it from the Service.

handoff/server.py runs it for a worker; handoff/app.py only puts routes around it.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from aftersales.order_system import OrderSystem, open_order_system
from handoff.administration.rules_view import RulesView
from handoff.auth.live_sessions import LiveSessions
from handoff.background import PeriodicJobs
from handoff.background_tasks import BackgroundTasks
from handoff.case_record.filling import completes_new_records
from handoff.clock import Clock
from handoff.errors import ApiError
from handoff.followups.planning import plans_follow_ups
from handoff.hints import Hints
from handoff.jobs import JOBS
from handoff.limits import Limits
from handoff.notifications.delivery import Deliverer
from handoff.oversight.history import History
from handoff.oversight.wall import Wall
from handoff.probe import serve_probe
from handoff.quality.misses import Misses
from handoff.queue.sweep import QueueSweep
from handoff.records import Records
from handoff.records.database_time import DatabaseTime
from handoff.service import Service
from handoff.settings import Settings
from handoff.store_rules import StoreRules, load_store_rules, use_store_rules
from handoff.suggestions.offered import Suggestions
from handoff.timer_kinds import timer_kinds
from handoff.timers import TimerRunner
from handoff.turns.bot_client import BotClient
from handoff.turns.runner import TurnRunner
from handoff.uploads.backends import Backend, Database
from handoff.uploads.leftovers import Leftovers
from handoff.uploads.quota import UploadQuota
from handoff.uploads.storage import UploadStorage

log = logging.getLogger("handoff.bootstrap")


def new_worker_id(name: str = "") -> str:
    """host-name-pid-random: two lives of one process never look the same to the turns' rows."""
    parts = (socket.gethostname()[:40], name[:16], str(os.getpid()), secrets.token_hex(3))
    return "-".join(filter(None, parts))


class Bootstrap:
    """A worker from its settings: checked when made, built by `start` in the event loop that serves, gone after `stop`."""

    def __init__(
        self, settings: Settings, env: Mapping[str, str] = os.environ, clock: Clock | None = None
    ) -> None:
        """ValueError (PolicyError, CategoryError, OrderSettingsError) with one line for the operator: no worker could run so."""
        self.worker = new_worker_id(settings.name)
        self.settings = settings
        self._time = DatabaseTime()
        self._clock = clock or self._time
        self._rules = load_store_rules(settings.data_root, settings.store_tz)
        self._orders = open_order_system(env)  # connects to nothing yet
        self._jobs = PeriodicJobs(JOBS)
        self._probe: asyncio.Server | None = None

    async def start(self) -> Service:
        use_store_rules(self._rules)
        year = self._rules.policy.hours.unknown_year(self._clock().astimezone(self._rules.tz).date())
        if year is not None:
            log.warning("working weekends (调休) of %d are not known; only statutory holidays count", year)
        service = _build(self.settings, self._rules, self._orders, self.worker, self._clock, self._time)
        with suppress(ApiError):  # a database that is away is asked again by the job
            await service.time.ask(service.records)
        await service.hints.start()
        self._jobs.start(service)
        if self.settings.probe_port:
            self._probe = await serve_probe(self.settings.probe_port)
        return service

    async def stop(self, service: Service) -> None:
        """In the reverse order of use: no new work, then the work in flight, then what it used."""
        if self._probe is not None:
            self._probe.close()
        await self._jobs.stop()
        await service.tasks.stop()
        await service.runner.close()
        await service.hints.stop()
        await service.bots.close()
        await service.deliverer.close()
        await service.orders.close()
        service.storage.close()
        if service.redis is not None:
            await service.redis.aclose()
        await service.records.close()


def _build(
    settings: Settings,
    rules: StoreRules,
    orders: OrderSystem,
    worker: str,
    clock: Clock,
    database_time: DatabaseTime,
) -> Service:
    records = Records(settings.database_url, clock, worker)
    redis = None if settings.redis_url is None else _redis(settings.redis_url)
    hints = Hints(
        records,
        redis,
        catch_up_every=settings.catch_up_every,
        catch_up_without_redis=settings.catch_up_without_redis,
    )
    bots = BotClient(settings.bot_urls, settings.bot_secret)
    runner = TurnRunner(settings, records, bots, lambda: rules.policy.wording.bot_unavailable)
    tasks = BackgroundTasks()
    records.on_commit += [
        hints.after_commit,
        runner.after_commit,
        completes_new_records(records, orders, tasks),
    ]
    records.before_commit.append(plans_follow_ups(rules))
    limits = Limits(redis)
    storage = UploadStorage(settings.data_dir / "uploads", settings.uploads, _backend(settings, records))
    return Service(
        settings=settings,
        clock=clock,
        time=database_time,
        rules=rules,
        records=records,
        redis=redis,
        hints=hints,
        limits=limits,
        bots=bots,
        runner=runner,
        orders=orders,
        storage=storage,
        quota=UploadQuota(records, limits, storage),
        leftovers=Leftovers(records, storage),
        sweep=QueueSweep(records, rules),
        timers=TimerRunner(records, timer_kinds(rules, orders, storage, settings.secret_key)),
        deliverer=Deliverer(
            records, settings.notify, settings.notify_secret, seconds=settings.notify_seconds
        ),
        tasks=tasks,
        live_sessions=LiveSessions(),
        wall=Wall(records, rules, hints.time),
        misses=Misses(records, hints.time),
        suggestions=Suggestions(records, rules, bots, hints.time),
        history=History(records, rules, hints.time),
        rules_view=RulesView(rules),
    )


def _backend(settings: Settings, records: Records) -> Backend | None:
    """None: below DATA_DIR."""
    if settings.bucket is not None:
        from handoff.uploads.bucket import Bucket  # 15 MB of memory, for those who use it

        return Bucket(settings.bucket)
    return Database(records) if settings.uploads_at == "database" else None


def _redis(url: str) -> Redis:
    """Quick and without retries: everything that asks Redis has a way to do without it."""
    return Redis.from_url(
        url,
        socket_connect_timeout=1,
        socket_timeout=1,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=15,
    )
