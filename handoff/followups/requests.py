"""A request is followed until it is over: news and delays are told before the customer asks (H24-H26, H41).

The order system is asked every few minutes and at the very second a step is due. While a person has the conversation
the agents are told instead, and the customer as soon as that is allowed again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aftersales.order_system.port import (
    CLOSED_REQUEST_STATES,
    AfterSalesRequest,
    OrderSystem,
    Refund,
)
from aftersales.policy import Policy
from handoff.followups.sla import escalate, record_breach
from handoff.followups.speaking import may_speak, say_follow_up
from handoff.followups.visit import plan_visit
from handoff.notifications import notify
from handoff.records import Conversation, Tx, annotate, lock_conversation
from handoff.store_rules import StoreRules
from handoff.timers import Again, Planned, Timer, plan_timer

REQUEST = "request"
_REVIEWED = {"approved": "approved", "refused": "refused", "refunding": "approved", "done": "approved"}
"""What a review came to, by the state that came after `submitted`; other states say nothing about it."""
_REFUNDS = frozenset({"return", "refund_only", "cancel"})


@dataclass(frozen=True)
class Seen:
    """What the order system says now."""

    request: AfterSalesRequest | None
    refund: Refund | None

    @property
    def due(self) -> datetime | None:
        """By when the present step was promised."""
        if self.request is None:
            return None
        if self.request.state == "refunding" and self.refund is not None:
            return self.refund.expected_at
        return self.request.due

    @property
    def over(self) -> bool:
        arrived = self.refund is not None and self.refund.state == "arrived"
        return self.request is None or self.request.state in CLOSED_REQUEST_STATES or arrived


async def follow_request(tx: Tx, conversation_id: str, request_no: str, rules: StoreRules) -> None:
    """From now on the request is followed; again for a known number changes nothing. The conversation is locked."""
    if rules.policy.followups.requests.enabled:
        since = {"since": tx.now().isoformat()}
        planned = Planned(
            REQUEST, f"request:{request_no}", request_no, tx.now(), conversation_id, payload=since
        )
        await plan_timer(tx, planned)


async def look_at_request(orders: OrderSystem, timer: Timer) -> Seen:
    """OrderSystemError when it does not answer: tried again soon."""
    request = await orders.request(timer.subject)
    if request is None or request.kind not in _REFUNDS:
        return Seen(request, None)
    refunds = await orders.refund_progress(request.order_no)
    mine = [one for one in refunds if one.request_no == request.request_no]
    return Seen(request, mine[0] if mine else None)


async def fire_request(tx: Tx, timer: Timer, seen: Seen, rules: StoreRules) -> Again | None:
    """Tells what is new and what is late, once each; again at the next step's due second or the next look."""
    request = seen.request
    if request is None:
        return None
    conversation = await lock_conversation(tx, str(timer.conversation_id))
    # `state` is what agents and systems know, `told` what the customer knows, `late` the steps whose delay was told
    payload = {"late": [], "late_untold": None, **timer.payload}
    payload.setdefault("state", request.state)
    payload.setdefault("told", request.state)
    arrived = seen.refund is not None and seen.refund.state == "arrived"
    stage = "arrived" if arrived else request.state
    if stage != payload["state"]:
        await _tell_systems(tx, conversation, request, payload["state"], stage)
        if not may_speak(conversation) and stage in (*rules.policy.followups.requests.tell, "arrived"):
            await _remark(tx, conversation, request, "request_moved", rules)
        payload["state"] = stage
    if stage != payload["told"] and may_speak(conversation):
        if stage in (*rules.policy.followups.requests.tell, "arrived"):
            await say_follow_up(tx, conversation, _news(request, seen.refund if arrived else None, rules))
        payload["told"] = stage
        payload["late_untold"] = None  # the delay it was to be told of is over
    await _delay(tx, timer, conversation, seen, payload, rules)
    settled = seen.over and payload["told"] == stage
    solved = request.state not in ("withdrawn", "refused")
    if settled and solved and request.kind in rules.policy.followups.visit.request_kinds:
        await plan_visit(tx, conversation, f"request:{request.request_no}", tx.now(), rules)
    return None if settled else _next_look(tx.now(), seen, payload, rules)


async def _delay(
    tx: Tx, timer: Timer, conversation: Conversation, seen: Seen, payload: dict[str, Any], rules: StoreRules
) -> None:
    request, due = seen.request, seen.due
    if request is None or seen.over or due is None or due > tx.now():
        return
    step = f"{request.state}@{due.isoformat()}"  # a new date that is missed again is a new delay
    if step not in payload["late"]:
        payload["late"] = [*payload["late"], step]
        payload["late_untold"] = step
        key = f"{timer.key}:{step}"
        await record_breach(tx, conversation, timer, request.state, key=key, due=due)
        await escalate(tx, conversation, rules)
        await _remark(tx, conversation, request, "request_late", rules, due=due)
        await notify(tx, "request.late", conversation.id, request_no=request.request_no, state=request.state)
    if payload["late_untold"] == step and may_speak(conversation):
        says = rules.policy.followups.says
        text = says.refund_late if request.state == "refunding" else says.request_late
        await say_follow_up(
            tx, conversation, text.format(**_names(request, rules.policy), due=rules.store_time(due))
        )
        payload["late_untold"] = None


def _next_look(now: datetime, seen: Seen, payload: dict[str, Any], rules: StoreRules) -> Again | None:
    policy = rules.policy.followups.requests
    if now - datetime.fromisoformat(payload["since"]) > timedelta(days=policy.watch_days):
        return None
    look = now + timedelta(minutes=policy.watch_minutes)
    due = seen.due
    return Again(min(look, due) if due is not None and due > now else look, payload)


async def _tell_systems(
    tx: Tx, conversation: Conversation, request: AfterSalesRequest, before: str, stage: str
) -> None:
    told = {"request_no": request.request_no, "order_no": request.order_no, "kind": request.kind}
    if before == "submitted" and stage in _REVIEWED:
        result = _REVIEWED[stage]
        await notify(tx, "request.reviewed", conversation.id, **told, result=result)
        if result == "approved":
            await notify(tx, "request.approved", conversation.id, **told)
    if stage == "arrived" or (stage == "done" and request.kind in _REFUNDS):
        await notify(tx, "request.refunded", conversation.id, **told)


async def _remark(
    tx: Tx,
    conversation: Conversation,
    request: AfterSalesRequest,
    which: str,
    rules: StoreRules,
    due: datetime | None = None,
) -> None:
    notes = rules.policy.followups.notes
    sentence = notes.request_late if which == "request_late" else notes.request_moved
    values = {**_names(request, rules.policy), "due": rules.store_time(due) if due else ""}
    body = {"text": sentence.format(**values), "request_no": request.request_no, "event": which}
    await annotate(tx, conversation.id, "followup", body, author="system")


def _news(request: AfterSalesRequest, arrived: Refund | None, rules: StoreRules) -> str:
    says, names = rules.policy.followups.says, _names(request, rules.policy)
    if arrived is not None:
        method = rules.policy.store.refunds[arrived.method].name
        return says.refund_arrived.format(**names, amount=arrived.amount, method=method)
    return says.request_moved.format(**names, next=request.next)


def _names(request: AfterSalesRequest, policy: Policy) -> dict[str, str]:
    return {
        "kind": policy.requests.names[request.kind],
        "request_no": request.request_no,
        "state": policy.requests.states[request.state],
    }
