"""The end of an agent's part: given back to the bot with resolution and note (H47), or closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update

from handoff.auth.roles import Agent
from handoff.cases.following import case_ended, case_no_of
from handoff.clock import read_time, rfc3339
from handoff.conversation import Move, State
from handoff.desk.access import check_epoch, check_words, owned
from handoff.errors import invalid
from handoff.followups.reminders import UNSAID, Promise, plan_reminder
from handoff.notifications import notify
from handoff.queue.alerts import end_alerts
from handoff.queue.joins import others_in_hand
from handoff.queue.returning import end_hold, end_offers
from handoff.records import Conversation, NewItem, Records, Tx, annotate, append_items, move
from handoff.records.audit import note_audit
from handoff.records.tables import handoffs
from handoff.store_rules import store_rules
from handoff.turns import give_back_to_bot

RESOLUTIONS = ("solved", "partly", "refused", "follow_up", "no_answer")
LONGEST_NOTE = 2000
SUMMARY = {"demand": "诉求", "solution": "处理方案", "follow_up": "后续跟进"}
"""What a summary says in words, beside the category; each is left out when there is nothing to say."""
LONGEST_SUMMARY = 500
_AFTERWARDS: dict[str, Any] = {"waiting_since": None, "place": None, "next_due": None, "noticed": {}}


@dataclass(frozen=True)
class Ending:
    """How a person's part ended. `note` goes into the record; on give-back the bot tells it to the customer. `summary` is for
    colleagues only: category, demand, solution, follow-up. `follow_up_at`: when somebody is to come back to it."""

    epoch: int
    resolution: str
    note: str | None
    summary: Mapping[str, str] = field(default_factory=dict)
    follow_up_at: datetime | None = None

    def told(self) -> dict[str, Any]:
        """As notes and the case keep it."""
        return {
            "resolution": self.resolution,
            **({"note": self.note} if self.note else {}),
            **({"summary": dict(self.summary)} if self.summary else {}),
            **({"follow_up_at": rfc3339(self.follow_up_at)} if self.follow_up_at else {}),
        }


def check_ending(body: Any) -> Ending:
    """`{"epoch","resolution","note"?,"summary"?,"follow_up_at"?}`; ApiError 422 with one sentence."""
    epoch = check_epoch(body)
    resolution = body.get("resolution")
    if resolution not in RESOLUTIONS:
        raise invalid("请选择处理结果：已解决、部分解决、未同意、待跟进或客户未回应。")
    note = check_words(body.get("note"), "备注", LONGEST_NOTE, needed=False)
    follow_up_at = body.get("follow_up_at")
    if follow_up_at is not None and resolution != "follow_up":
        raise invalid("处理结果选“待跟进”，才能定跟进的时间。")
    at = None if follow_up_at is None else read_time(follow_up_at)
    if follow_up_at is not None and at is None:
        raise invalid("follow_up_at 必须是带时区的时间。")
    return Ending(epoch, resolution, note, _summary(body.get("summary")), at)


def _summary(told: Any) -> dict[str, str]:
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise invalid("服务小结的格式不对。")
    words = {
        key: check_words(told.get(key), name, LONGEST_SUMMARY, needed=False) for key, name in SUMMARY.items()
    }
    category = told.get("category")
    if category is not None and (not isinstance(category, str) or category not in store_rules().categories):
        raise invalid("没有这个类别，请从列表里选。")
    kept = {"category": category, **words}
    return {key: value for key, value in kept.items() if value}


async def do_give_back(records: Records, agent: Agent, conversation_id: str, ending: Ending) -> State:
    """human → bot, with a turn that tells the bot resolution and note, for all that is one with it; 409 `stale` unless the agent has it."""
    async with records.write() as tx:
        conversation = await owned(tx, agent, conversation_id, ending.epoch)
        for one in (conversation, *await others_in_hand(tx, conversation)):
            await _parts(tx, agent, one, ending)
            await give_back_to_bot(
                tx,
                one.id,
                agent_id=agent.id,
                resolution=ending.resolution,
                note=ending.note,
                set_columns=_AFTERWARDS,
            )
            await note_audit(tx, agent.id, "give_back", one.id, resolution=ending.resolution)
        await _remind(tx, agent, conversation, ending)
    return State.BOT


async def do_close(records: Records, agent: Agent, conversation_id: str, ending: Ending) -> State:
    """human → closed, for all that is one with it; the customer's next message opens a new episode. 409 `stale` unless the agent has it."""
    async with records.write() as tx:
        conversation = await owned(tx, agent, conversation_id, ending.epoch)
        for one in (conversation, *await others_in_hand(tx, conversation)):
            await _close(tx, agent, one, ending)
        await _remind(tx, agent, conversation, ending)
    return State.CLOSED


async def _remind(tx: Tx, agent: Agent, conversation: Conversation, ending: Ending) -> None:
    """Once for all that ended together: it is one customer who is to be heard of."""
    if ending.follow_up_at is None:
        return
    case_no = await case_no_of(tx, conversation)
    if case_no is None:
        raise invalid("这个会话没有个案，定不了跟进的时间。")
    words = ending.summary.get("follow_up") or ending.note or UNSAID
    promise = Promise(words, ending.follow_up_at)
    await plan_reminder(tx, case_no, conversation.id, agent.id, promise)


async def _close(tx: Tx, agent: Agent, conversation: Conversation, ending: Ending) -> None:
    await _parts(tx, agent, conversation, ending)
    goodbye = store_rules().policy.wording.closed
    await append_items(tx, conversation.id, [NewItem("system", "text", {"text": goodbye})])
    await move(
        tx,
        conversation.id,
        Move.CLOSED,
        detail={"resolution": ending.resolution},
        sender_id=agent.id,
        set_columns={
            **_AFTERWARDS,
            "owner": None,
            "last_owner": agent.id,
            "owner_epoch": conversation.owner_epoch + 1,
        },
    )
    await note_audit(tx, agent.id, "close", conversation.id, resolution=ending.resolution)


async def _parts(tx: Tx, agent: Agent, conversation: Conversation, ending: Ending) -> None:
    await _keep_resolution(tx, agent, conversation, ending)
    await end_hold(tx, conversation.id)
    await end_offers(tx, conversation.id)
    await end_alerts(tx, conversation.id)


async def _keep_resolution(tx: Tx, agent: Agent, conversation: Conversation, ending: Ending) -> None:
    await annotate(tx, conversation.id, "resolution", ending.told(), author=agent.id)
    await notify(
        tx,
        "handoff.closed",
        conversation.id,
        handoff_id=conversation.handoff_id,
        resolution=ending.resolution,
        agent=agent.username,
    )
    if conversation.handoff_id is not None:
        await tx.execute(
            update(handoffs)
            .where(handoffs.c.handoff_id == conversation.handoff_id)
            .values(resolution=ending.resolution, resolution_note=ending.note, ended_at=tx.now())
        )
    await case_ended(tx, conversation, agent.id, ending.told())
