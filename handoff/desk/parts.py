"""What the desk of one worker is made of, opened and closed with the worker (`app.ctx.desk`)."""

import asyncio
import logging
import os
from dataclasses import dataclass, field
from typing import Any

from sanic import Request, Sanic

from aftersales.order_system import open_order_system
from aftersales.order_system.port import OrderSystem
from handoff.case_record.filling import fill_new_record
from handoff.queue.sweep import QueueSweep
from handoff.records import Outcome
from handoff.service import Service
from handoff.store_rules import StoreRules, rules_of, use_store_rules
from handoff.uploads.storage import UploadStorage

log = logging.getLogger("handoff.desk")


@dataclass
class Desk:
    """The desk's own parts beside the worker's Service."""

    service: Service
    rules: StoreRules
    orders: OrderSystem
    storage: UploadStorage
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def do_later(self, work: Any) -> None:
        """Run a coroutine after this; it is cancelled when the worker stops, and its errors are logged."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def after_commit(self, outcome: Outcome) -> None:
        """A conversation of the queue was written: complete its record if that is new (H38)."""
        if outcome.queue:
            for conversation_id in outcome.conversations:
                self.do_later(fill_new_record(self.service.records, self.orders, conversation_id))

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("work after a commit failed: %s", type(error).__name__, exc_info=error)


def desk_of(request: Request) -> Desk:
    """The worker's desk, from any request."""
    desk: Desk = request.app.ctx.desk
    return desk


async def start_desk(app: Sanic[Any, Any]) -> None:
    """Listener: after the worker's Service is up."""
    service: Service = app.ctx.service
    settings = service.settings
    rules = rules_of(service.source, settings.store_tz)
    use_store_rules(rules)
    desk = Desk(
        service=service,
        rules=rules,
        orders=open_order_system(os.environ),
        storage=UploadStorage(settings.data_dir / "uploads"),
    )
    app.ctx.desk = desk
    service.records.on_commit.append(desk.after_commit)
    desk.do_later(QueueSweep(service.records, rules, desk.orders).run())


async def stop_desk(app: Sanic[Any, Any]) -> None:
    """Listener: before the worker's Service goes."""
    desk: Desk = app.ctx.desk
    for task in list(desk.tasks):
        task.cancel()
    await asyncio.gather(*desk.tasks, return_exceptions=True)
    desk.storage.close()
    await desk.orders.close()
