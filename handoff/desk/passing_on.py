"""An agent parts with a conversation, or sets it aside: back to the queue, to a group, to a person who accepts, on hold."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import insert, select, update

from handoff.auth.roles import GROUPS, Agent
from handoff.clock import read_time, rfc3339
from handoff.conversation import Move, State
from handoff.desk.access import check_epoch, check_words, owned, served
from handoff.desk.claim import claim_in
from handoff.desk.presence import check_may_take
from handoff.errors import conflict, invalid, not_found, stale
from handoff.queue.alerts import alert, end_alerts
from handoff.queue.joins import others_in_hand
from handoff.queue.notices import say
from handoff.queue.people import people_now, staff_of
from handoff.queue.pushing import SYSTEM
from handoff.queue.returning import end_hold, end_offers, make_offer, resume, to_queue
from handoff.queue.taking import taken_over
from handoff.records import (
    Conversation,
    Reader,
    Records,
    Tx,
    annotate,
    lock_conversation,
    move,
)
from handoff.records.audit import note_audit
from handoff.records.desk_tables import desk_holds, desk_transfers
from handoff.records.tables import agents, conversations
from handoff.store_rules import store_rules

LONGEST_NOTE = 500
_OFFERED = (State.HUMAN.value, State.WAITING.value, State.TICKET.value)
UNSAID = "没有说原因"


@dataclass(frozen=True)
class Handing:
    """To whom: exactly one of `agent_id` and `group`."""

    epoch: int
    note: str
    agent_id: str | None
    group: str | None


@dataclass(frozen=True)
class Held:
    """`until` None: as long as the policy holds when nobody says."""

    epoch: int
    until: datetime | None
    note: str
    tell: bool


def check_handing(body: Any) -> Handing:
    """`{"epoch","note","agent"|"group"}`; ApiError 422."""
    epoch = check_epoch(body)
    agent_id, group = body.get("agent"), body.get("group")
    if (agent_id is None) == (group is None):
        raise invalid("请选择转给哪位同事或哪个组。")
    if agent_id is not None and not isinstance(agent_id, str):
        raise invalid("agent 必须是同事的编号。")
    if group is not None and group not in GROUPS:
        raise invalid("没有这个技能组。")
    note = check_words(body.get("note"), "转接说明", LONGEST_NOTE, needed=True)
    return Handing(epoch, cast(str, note), agent_id, group)


def check_requeue(body: Any) -> tuple[int, str]:
    """`{"epoch","note"?}`; ApiError 422."""
    why = check_words(
        body.get("note") if isinstance(body, dict) else None, "退回原因", LONGEST_NOTE, needed=False
    )
    return check_epoch(body), why or ""


def check_hold(body: Any) -> Held:
    """`{"epoch","until"?,"note"?,"tell"?}`; ApiError 422."""
    epoch = check_epoch(body)
    until, tell = body.get("until"), body.get("tell", True)
    if not isinstance(tell, bool):
        raise invalid("tell 必须是 true 或 false。")
    note = check_words(body.get("note"), "搁置原因", LONGEST_NOTE, needed=False)
    return Held(epoch, None if until is None else _moment(until), note or "", tell)


def _moment(value: Any) -> datetime:
    moment = read_time(value)
    if moment is None:
        raise invalid("until 必须是带时区的时间。")
    return moment


def check_answer(body: Any) -> tuple[bool, str]:
    """`{"answer":"accept|decline","note"?}`: whether it is accepted, and the words with it; ApiError 422."""
    answer = body.get("answer") if isinstance(body, dict) else None
    if answer not in ("accept", "decline"):
        raise invalid("answer 只能是 accept 或 decline。")
    note = check_words(body.get("note"), "原因", LONGEST_NOTE, needed=False)
    return answer == "accept", note or ""


async def do_requeue(records: Records, agent: Agent, conversation_id: str, epoch: int, why: str) -> State:
    """human → waiting at the old place of the same group; 409 `stale` unless the agent has it."""
    routing = store_rules().policy.routing
    async with records.write() as tx:
        conversation = await owned(tx, agent, conversation_id, epoch)
        told = routing.says.returned
        await to_queue(tx, conversation, Move.TRANSFERRED, reason="returned", told=told, sender_id=agent.id)
        text = routing.notes.returned.format(agent=agent.name, why=why or UNSAID)
        await annotate(tx, conversation_id, "routing", {"text": text}, author=agent.id)
        await note_audit(tx, agent.id, "requeue", conversation_id)
    return State.WAITING


async def do_transfer(records: Records, agent: Agent, conversation_id: str, to: Handing) -> dict[str, Any]:
    """To a group: it waits there at once, at its old place. To a person: they are asked, and until they accept the
    conversation stays where it is, so that a customer is never nobody's. Who oversees may offer anybody's customer, and one who waits.

    409 `stale` unless the agent has it, 409 `conflict` when nobody could take it there: a person who is not at the desk,
    a level III case to a group that is empty.
    """
    async with records.write() as tx:
        conversation = await _to_hand_on(tx, agent, conversation_id, to)
        await end_offers(tx, conversation_id)
        if to.group is not None:
            return await _to_group(tx, agent, conversation, to.group, to.note)
        people, routing = await people_now(tx), store_rules().policy.routing
        colleague = people.get(to.agent_id or "")
        if colleague is None or colleague.id in (agent.id, conversation.owner):
            raise invalid("请选择一位可以接待客户的同事。")
        of_group = Agent(colleague.id, "", colleague.name, "agent", colleague.groups)
        if conversation.owner is None and not await served(tx, of_group, conversation):
            raise conflict(f"{colleague.name}不在这位客户的技能组，请选别的同事。")
        if not colleague.at_desk:
            raise conflict(f"{colleague.name}现在不在线，请转给别的同事或技能组。")
        offer_id, expires = await make_offer(
            tx, conversation, agent.id, colleague.id, to.note, routing.transfer.answer
        )
        text = routing.notes.offered.format(agent=agent.name, note=to.note)
        await annotate(
            tx, conversation_id, "routing", {"text": f"→ {colleague.name}：{to.note}"}, author=agent.id
        )
        await alert(tx, [colleague.id], "transfer", text, conversation_id)
        await note_audit(tx, agent.id, "offer", conversation_id, to=colleague.id)
    return {"state": conversation.state.value, "offer": offer_id, "expires_at": rfc3339(expires)}


async def _to_hand_on(tx: Tx, agent: Agent, conversation_id: str, to: Handing) -> Conversation:
    """What the agent has; who oversees also offers to a person what a colleague has, or who still waits."""
    if to.agent_id is None or not agent.may("oversee"):
        return await owned(tx, agent, conversation_id, to.epoch)
    conversation = await lock_conversation(tx, conversation_id)
    if conversation.state.value not in _OFFERED or conversation.owner_epoch != to.epoch:
        raise stale("这位客户刚才换了状态，请刷新后再操作。")
    return conversation


async def _to_group(
    tx: Tx, agent: Agent, conversation: Conversation, group: str, note: str
) -> dict[str, Any]:
    rules, people = store_rules(), [one for one in (await people_now(tx)).values() if one.id != agent.id]
    routing, name = rules.policy.routing, rules.group_name(group)
    if group == conversation.skill_group:
        raise invalid("客户已经在这个组，换一位同事请转给人，或退回队列。")
    if conversation.level == "III" and not staff_of(people, group):
        raise conflict(f"{name}现在没有人在线，Ⅲ 级的客户不能转过去，请直接转给在线的同事。")
    told = routing.says.to_group.format(group=name)
    await to_queue(
        tx, conversation, Move.TRANSFERRED, reason="transferred", told=told, sender_id=agent.id, group=group
    )
    text = routing.notes.to_group.format(agent=agent.name, group=name, note=note)
    await annotate(tx, conversation.id, "routing", {"text": text}, author=agent.id)
    await note_audit(tx, agent.id, "transfer", conversation.id, group=group)
    return {"state": State.WAITING.value}


async def do_accept(records: Records, agent: Agent, conversation_id: str) -> dict[str, Any]:
    """The conversation is this agent's from the commit on, under a new epoch; 409 when the offer is over."""
    async with records.write() as tx:
        await check_may_take(tx, agent)
        conversation = await lock_conversation(tx, conversation_id)
        offer = await _offer(tx, agent, conversation_id)
        notes = store_rules().policy.routing.notes
        accepted = notes.accepted.format(agent=agent.name)
        if offer.from_agent == SYSTEM or conversation.owner is None:
            done = await _accept_from_queue(tx, agent, conversation, offer)
            if offer.from_agent != SYSTEM:
                await alert(tx, [offer.from_agent], "transfer_accepted", accepted, conversation.id)
            return done
        taken = conversation.state is not State.HUMAN or conversation.owner_epoch != offer.epoch
        if taken or not await _answer(tx, offer, "accepted"):
            raise stale("这次转接已经结束，客户可能由别人接待了。")
        now = await to_person(tx, conversation, agent, offer.from_agent, offer=offer.id)
        await alert(tx, [offer.from_agent], "transfer_accepted", accepted, conversation.id)
        if conversation.owner != offer.from_agent:
            told = notes.taken_over.format(agent=agent.name, why=offer.note)
            await alert(tx, [conversation.owner], "taken_over", told, conversation.id)
    return {"conversation_id": conversation.id, "epoch": now.owner_epoch, "state": State.HUMAN.value}


async def to_person(
    tx: Tx, conversation: Conversation, agent: Agent, sender: str, **detail: str
) -> Conversation:
    """human → human: it is this agent's now, under a new epoch; the customer is told. `sender`: who caused it. The caller holds the
    lock. Returns the conversation as it is now. What is one with it comes along."""
    for other in await others_in_hand(tx, conversation):
        await _to_person(tx, other, agent, sender, **detail)
    return await _to_person(tx, conversation, agent, sender, **detail)


async def _to_person(
    tx: Tx, conversation: Conversation, agent: Agent, sender: str, **detail: str
) -> Conversation:
    await move(
        tx,
        conversation.id,
        Move.TRANSFERRED,
        reason="transferred",
        sender_id=sender,
        set_columns={"owner": None, "owner_epoch": conversation.owner_epoch + 1},
    )
    await move(
        tx,
        conversation.id,
        Move.CLAIMED,
        detail={"agent": agent.name},
        sender_id=agent.id,
        set_columns={
            "owner": agent.id,
            "last_owner": agent.id,
            "claimed_at": tx.now(),
            "next_due": None,
            "noticed": {},
        },
    )
    await end_hold(tx, conversation.id)
    await end_offers(tx, conversation.id)
    await end_alerts(tx, conversation.id)
    greeting = store_rules().policy.routing.says.to_person.format(agent=agent.name)
    return await taken_over(tx, agent, conversation.id, greeting, **detail)


async def _accept_from_queue(tx: Tx, agent: Agent, conversation: Conversation, offer: Any) -> dict[str, Any]:
    """What the system offered is claimed as anybody in the queue is."""
    gone = conversation.state not in (State.WAITING, State.TICKET) or conversation.owner_epoch != offer.epoch
    if gone or not await _answer(tx, offer, "accepted"):
        raise stale("这次分配已经结束，客户可能由别人接待了。")
    claimed = await claim_in(tx, agent, conversation.id)
    return {"conversation_id": conversation.id, "epoch": claimed.epoch, "state": claimed.state.value}


async def do_decline(records: Records, agent: Agent, conversation_id: str, why: str) -> None:
    """The customer stays with who offered, who is told why, or in the queue; doing it again changes nothing."""
    async with records.write() as tx:
        await lock_conversation(tx, conversation_id)
        offer = await _offer(tx, agent, conversation_id)
        if await _answer(tx, offer, "declined") and offer.from_agent != SYSTEM:
            notes = store_rules().policy.routing.notes
            text = notes.declined.format(agent=agent.name, why=why or UNSAID)
            await alert(tx, [offer.from_agent], "transfer_declined", text, conversation_id)


async def do_withdraw(records: Records, agent: Agent, conversation_id: str, epoch: int) -> None:
    """Who offered thinks better of it."""
    async with records.write() as tx:
        conversation = await owned(tx, agent, conversation_id, epoch)
        for one in (conversation, *await others_in_hand(tx, conversation)):
            await end_offers(tx, one.id)
        tx.touch_queue()


async def do_hold(records: Records, agent: Agent, conversation_id: str, hold: Held) -> datetime:
    """Set aside until then, or until the customer speaks: comes back to the same agent. Returns when."""
    rules = store_rules()
    routing = rules.policy.routing
    async with records.write() as tx:
        conversation = await owned(tx, agent, conversation_id, hold.epoch)
        longest = routing.hold.longest_hours
        until = hold.until or tx.now() + timedelta(minutes=routing.hold.usual_minutes)
        if not tx.now() < until <= tx.now() + timedelta(hours=longest):
            raise invalid(f"搁置时间要晚于现在，最长 {longest} 小时。")
        for one in (conversation, *await others_in_hand(tx, conversation)):
            await _hold(tx, agent, one, hold, until)
    return until


async def _hold(tx: Tx, agent: Agent, conversation: Conversation, hold: Held, until: datetime) -> None:
    routing, due = store_rules().policy.routing, store_rules().store_time(until)
    if hold.tell:
        await say(tx, conversation.id, routing.says.held.format(due=due))
    await end_hold(tx, conversation.id)
    await tx.execute(
        insert(desk_holds).values(
            conversation_id=conversation.id,
            agent_id=agent.id,
            at=tx.now(),
            until=until,
            after_seq=conversation.last_seq,  # what the customer says from here on
            note=hold.note,
        )
    )
    text = routing.notes.held.format(agent=agent.name, due=due, note=hold.note or UNSAID)
    await annotate(tx, conversation.id, "routing", {"text": text}, author=agent.id)
    await note_audit(tx, agent.id, "hold", conversation.id, until=rfc3339(until))
    tx.touch(conversation.id)
    tx.touch_queue()


async def do_resume(records: Records, agent: Agent, conversation_id: str, epoch: int) -> None:
    """The agent goes on before the time; doing it again changes nothing."""
    async with records.write() as tx:
        conversation = await owned(tx, agent, conversation_id, epoch)
        await resume(tx, conversation)


async def offers_to(reader: Reader, agent: Agent) -> list[dict[str, Any]]:
    """What colleagues want to hand to this person now, and whom the system offers them."""
    statement = (
        select(desk_transfers, agents.c.name)
        .outerjoin(agents, agents.c.id == desk_transfers.c.from_agent)
        .join(conversations, conversations.c.id == desk_transfers.c.conversation_id)
        .where(
            desk_transfers.c.to_agent == agent.id,
            desk_transfers.c.state == "offered",
            desk_transfers.c.expires_at > reader.now(),
            desk_transfers.c.epoch == conversations.c.owner_epoch,
            conversations.c.state.in_(_OFFERED),
        )
        .order_by(desk_transfers.c.at)
    )
    return [
        {
            "id": row.id,
            "conversation_id": row.conversation_id,
            "from": row.name or "系统",
            "system": row.from_agent == SYSTEM,
            "note": row.note,
            "expires_at": rfc3339(row.expires_at),
        }
        for row in await reader.execute(statement)
    ]


async def _offer(tx: Tx, agent: Agent, conversation_id: str) -> Any:
    """The last time that this conversation was offered to this agent; ApiError 404 when it never was."""
    wanted = select(desk_transfers).where(
        desk_transfers.c.conversation_id == conversation_id, desk_transfers.c.to_agent == agent.id
    )
    row = (await tx.execute(wanted.order_by(desk_transfers.c.at.desc()).limit(1))).first()
    if row is None:
        raise not_found("没有找到这次转接。")
    return row


async def _answer(tx: Tx, offer: Any, state: str) -> bool:
    """False when it is over: answered, withdrawn, too late."""
    answered = (
        update(desk_transfers)
        .where(
            desk_transfers.c.id == offer.id,
            desk_transfers.c.state == "offered",
            desk_transfers.c.expires_at > tx.now(),
        )
        .values(state=state, answered_at=tx.now())
        .returning(desk_transfers.c.id)
    )
    done = (await tx.execute(answered)).first() is not None
    tx.touch_queue()
    return done
