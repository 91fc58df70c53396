"""Deadlines of a handoff: warned of, and recorded and escalated when they are missed (H12, H40, H46).

Which timers a conversation needs follows from what stands in the database, so every transaction that touches a
conversation of the queue plans them anew: an answer, a plan, an ending or a pause moves or ends them by that alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from aftersales.deadlines import Deadlines, deadlines, open_time
from aftersales.policy.desk import Level
from handoff.case_record.build import deadlines_part
from handoff.clock import rfc3339
from handoff.conversation import PERSON_STATES, State
from handoff.notifications import notify
from handoff.records import Conversation, Tx, annotate, lock_conversation, update_conversation
from handoff.records.followup_tables import sla_breaches
from handoff.records.tables import annotations, handoffs, items
from handoff.store_rules import StoreRules
from handoff.telemetry.metrics import DEADLINES_MISSED
from handoff.timers import Planned, Timer

SLA = "sla"
NAMES = ("first_response", "plan", "resolve")
_SPOKEN = ("text", "image", "video", "button")


@dataclass(frozen=True)
class Course:
    """How a handoff has gone so far, as far as its deadlines depend on it."""

    answered: bool
    plan_made_at: datetime | None
    plan_told: bool
    waited: timedelta
    """Open time in which the store waited for the customer; a wait that still lasts counts up to the policy's limit."""


async def sla_timers(tx: Tx, conversation: Conversation, rules: StoreRules) -> list[Planned]:
    """The timers that the deadlines of the current handoff need now; the conversation's deadlines follow its pauses."""
    handoff = (
        await tx.execute(
            select(
                handoffs.c.created_at,
                handoffs.c.ended_at,
                handoffs.c.resolution,
                handoffs.c.record["channel"].as_string().label("channel"),
            ).where(handoffs.c.handoff_id == conversation.handoff_id)
        )
    ).first()
    if handoff is None or conversation.level is None:
        return []
    if handoff.ended_at is not None and handoff.resolution != "follow_up":
        return []
    if handoff.ended_at is None and conversation.state not in PERSON_STATES | {State.TICKET}:
        return []  # the customer left the queue: nobody owes an answer
    course = await _course(tx, conversation, handoff.created_at, rules)
    level: Level = conversation.level  # type: ignore[assignment]

    def due_after(share: float) -> Deadlines:
        return deadlines(
            rules.policy,
            level=level,
            opened_at=handoff.created_at,
            tz=rules.tz,
            channel=handoff.channel or "chat",
            waited_for_customer=course.waited,
            share=share,
        )

    due = due_after(1.0)
    shown = {**conversation.deadlines, **deadlines_part(due)}
    if shown != conversation.deadlines:
        await update_conversation(tx, conversation.id, deadlines=shown)
    open_ones = {
        "first_response": not course.answered and handoff.ended_at is None,
        "plan": not course.plan_told and handoff.ended_at is None,
        "resolve": True,
    }
    warn = due_after(rules.policy.followups.sla.warn_at_percent / 100)
    wanted = [
        one
        for name in NAMES
        if open_ones[name]
        for one in _pair(conversation, name, getattr(warn, name), getattr(due, name))
    ]
    if course.plan_made_at is not None and not course.plan_told and handoff.ended_at is None:
        told_by = course.plan_made_at + timedelta(minutes=rules.policy.followups.sla.plan_told_minutes)
        wanted.append(_planned(conversation, "plan_told", "breach", told_by))
    return wanted


async def fire_sla(tx: Tx, timer: Timer, rules: StoreRules) -> None:
    """A warning is a remark to the agents; a breach is recorded for good, shown to the supervisor's group and told on."""
    conversation = await lock_conversation(tx, str(timer.conversation_id))
    policy = rules.policy.followups
    name, event = timer.payload["deadline"], timer.payload["event"]
    due = rules.store_time(timer.due_at)
    sentence = policy.notes.breach if event == "breach" else policy.notes.warning
    body = {
        "text": sentence.format(deadline=policy.deadlines[name], due=due),
        "deadline": name,
        "event": event,
        "due_at": rfc3339(timer.due_at),
    }
    await annotate(tx, conversation.id, "sla", body, author="system")
    tx.touch_queue()
    if event == "breach":
        await record_breach(tx, conversation, timer, name)
        await escalate(tx, conversation, rules)


async def record_breach(
    tx: Tx,
    conversation: Conversation,
    timer: Timer,
    deadline: str,
    *,
    key: str = "",
    due: datetime | None = None,
) -> None:
    """The miss is kept for good, with its due second, and the store's systems are told."""
    due_at = due or timer.due_at
    await tx.execute(
        insert(sla_breaches).values(
            key=key or timer.key,
            conversation_id=conversation.id,
            subject=timer.payload.get("handoff_id") or timer.subject,
            deadline=deadline,
            level=conversation.level,
            skill_group=conversation.skill_group,
            owner=conversation.owner,
            due_at=due_at,
            at=tx.now(),
        )
    )
    DEADLINES_MISSED.labels(deadline).inc()
    await notify(
        tx,
        "sla.breached",
        conversation.id,
        deadline=deadline,
        subject=timer.payload.get("handoff_id") or timer.subject,
        due_at=rfc3339(due_at),
        level=conversation.level,
        group=conversation.skill_group,
    )
    if (handoff_id := timer.payload.get("handoff_id")) is not None:
        await notify(
            tx,
            "handoff.breached",
            conversation.id,
            handoff_id=handoff_id,
            deadline=deadline,
            due_at=rfc3339(due_at),
            level=conversation.level,
            group=conversation.skill_group,
        )


async def escalate(tx: Tx, conversation: Conversation, rules: StoreRules) -> None:
    """The supervisor's group may read and take it too, and it comes first in its level (H46)."""
    sla = rules.policy.followups.sla
    priority = min(conversation.priority or sla.escalated_priority, sla.escalated_priority)
    await update_conversation(tx, conversation.id, escalated_to=sla.supervisor_group, priority=priority)


def _pair(conversation: Conversation, name: str, warn: datetime, due: datetime) -> Iterator[Planned]:
    yield _planned(conversation, name, "warning", warn)
    yield _planned(conversation, name, "breach", due)


def _planned(conversation: Conversation, name: str, event: str, due_at: datetime) -> Planned:
    return Planned(
        kind=SLA,
        key=f"sla:{conversation.handoff_id}:{name}:{event}",
        subject=conversation.id,
        due_at=due_at,
        conversation_id=conversation.id,
        payload={"deadline": name, "event": event, "handoff_id": conversation.handoff_id},
    )


async def _course(tx: Tx, conversation: Conversation, since: datetime, rules: StoreRules) -> Course:
    said = (
        await tx.execute(
            select(items.c.sender, items.c.at)
            .where(
                items.c.conversation_id == conversation.id,
                items.c.at >= since,
                items.c.sender.in_(("customer", "agent")),
                items.c.kind.in_(_SPOKEN),
                items.c.recalled_at.is_(None),
            )
            .order_by(items.c.seq)
        )
    ).all()
    plans = (
        await tx.execute(
            select(annotations.c.at, annotations.c.body).where(
                annotations.c.conversation_id == conversation.id,
                annotations.c.kind == "plan",
                annotations.c.at >= since,
            )
        )
    ).all()
    made = [row.at for row in plans]
    return Course(
        answered=any(row.sender == "agent" for row in said),
        plan_made_at=min(made) if made else None,
        plan_told=any(row.body.get("told") for row in plans),
        waited=_waited(said, rules, conversation),
    )


def _waited(said: Sequence[Any], rules: StoreRules, conversation: Conversation) -> timedelta:
    """From an agent's last word to the customer's next one, each wait up to the policy's limit."""
    longest = timedelta(hours=rules.policy.followups.sla.customer_pause_hours)
    whole, since = timedelta(0), None
    for row in said:
        if row.sender == "agent":
            since = row.at if since is None else since
        elif since is not None:
            whole += min(_counted(since, row.at, rules, conversation), longest)
            since = None
    return whole if since is None else whole + longest


def _counted(start: datetime, end: datetime, rules: StoreRules, conversation: Conversation) -> timedelta:
    pauses = conversation.level in rules.policy.service.deadlines.pause_out_of_hours
    return open_time(rules.policy.hours, start, end, rules.tz) if pauses else end - start
