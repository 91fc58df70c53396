"""THE table of timers: what each kind looks at and does when it is due (handoff/timers fires it)."""

from collections.abc import Mapping
from typing import Any

from aftersales.order_system.port import OrderSystem
from handoff.followups.reminders import REMINDER, fire_reminder
from handoff.followups.requests import REQUEST, Seen, fire_request, look_at_request
from handoff.followups.sla import SLA, fire_sla
from handoff.followups.visit import VISIT, fire_visit
from handoff.privacy.requests import DELETE, DUE, EXPORT, fire_delete, fire_export, fire_privacy_due
from handoff.records import Tx
from handoff.store_rules import StoreRules
from handoff.timers import Again, Timer, TimerKind
from handoff.uploads.storage import UploadStorage


def timer_kinds(
    rules: StoreRules, orders: OrderSystem, storage: UploadStorage, secret: str
) -> Mapping[str, TimerKind]:
    """Every kind with the parts of this worker that it needs."""

    async def sla(tx: Tx, timer: Timer, _seen: Any) -> None:
        await fire_sla(tx, timer, rules)

    async def visit(tx: Tx, timer: Timer, _seen: Any) -> Again | None:
        return await fire_visit(tx, timer, rules)

    async def reminder(tx: Tx, timer: Timer, _seen: Any) -> None:
        await fire_reminder(tx, timer, rules)

    async def look(timer: Timer) -> Seen:
        return await look_at_request(orders, timer)

    async def request(tx: Tx, timer: Timer, seen: Seen) -> Again | None:
        return await fire_request(tx, timer, seen, rules)

    async def export(tx: Tx, timer: Timer, _seen: Any) -> Again | None:
        return await fire_export(tx, timer, rules, secret)

    async def erase(tx: Tx, timer: Timer, _seen: Any) -> Again | None:
        return await fire_delete(tx, timer, rules, storage)

    async def privacy_due(tx: Tx, timer: Timer, _seen: Any) -> None:
        await fire_privacy_due(tx, timer, rules)

    return {
        SLA: TimerKind(sla),
        VISIT: TimerKind(visit),
        REMINDER: TimerKind(reminder),
        REQUEST: TimerKind(request, look),
        EXPORT: TimerKind(export),
        DELETE: TimerKind(erase),
        DUE: TimerKind(privacy_due),
    }
