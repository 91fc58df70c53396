"""A person's status at the desk, set by hand, and whom customers can be handed to (H44, H47)."""

from typing import Any, cast

from sqlalchemy import select

from handoff.auth.roles import GROUPS, Agent
from handoff.conversation import Move, State
from handoff.errors import ApiError, invalid
from handoff.queue.people import STATUSES, Status, chosen_status, loads, people_now, put_status, staff_of
from handoff.queue.returning import to_queue
from handoff.records import Reader, Records, Tx, lock_conversation, lock_name
from handoff.records.audit import note_audit
from handoff.records.desk_tables import desk_holds
from handoff.records.tables import conversations
from handoff.store_rules import store_rules


def check_status(body: Any) -> tuple[Status, bool]:
    """`{"status","give_up"?}`; ApiError 422."""
    told = body if isinstance(body, dict) else {}
    status, give_up = told.get("status"), told.get("give_up", False)
    if status not in STATUSES:
        raise invalid("状态只能是在线、忙碌、离开或离线。")
    if not isinstance(give_up, bool):
        raise invalid("give_up 只能是 true 或 false。")
    return cast(Status, status), give_up


async def do_set_status(records: Records, agent: Agent, status: Status, give_up: bool) -> int:
    """Sets it; returns how many conversations went back to the queue.

    Nobody goes offline with customers in hand: 409 `has_chats` unless `give_up`, which returns them to their old places.
    Those on hold wait for their time and stay.
    """
    async with records.write() as tx:
        await lock_name(tx, f"agent:{agent.id}")
        mine = await _in_hand(tx, agent) if status == "offline" else []
        if mine and not give_up:
            raise ApiError(409, "has_chats", f"您手上还有 {len(mine)} 位客户，离线会把他们退回队列。")
        await put_status(tx, agent.id, status)
        returned = 0
        for conversation_id in mine:
            conversation = await lock_conversation(tx, conversation_id)
            if conversation.state is State.HUMAN and conversation.owner == agent.id:
                told = store_rules().policy.wording.owner_gone
                await to_queue(tx, conversation, Move.OWNER_GONE, reason="owner_gone", told=told)
                returned += 1
        await note_audit(tx, agent.id, "status", None, status=status, returned=returned)
    return returned


async def check_may_take(tx: Tx, agent: Agent) -> None:
    """ApiError 409 for somebody who has said that they are away or offline: nobody gets a customer silently."""
    status = await chosen_status(tx, agent.id)
    if status in ("away", "offline"):
        name = "离线" if status == "offline" else "离开"
        raise ApiError(409, "not_here", f"您现在是“{name}”状态，先改成“在线”再接待客户。")


async def colleagues(reader: Reader, agent: Agent) -> dict[str, Any]:
    """Whom a customer can be handed to: groups with how many are there, people with status and load."""
    people, load, rules = await people_now(reader), await loads(reader), store_rules()
    return {
        "groups": [
            {
                "group": group,
                "name": rules.group_name(group),
                "at_desk": len([one for one in staff_of(people.values(), group) if one.id != agent.id]),
            }
            for group in GROUPS
        ],
        "people": sorted(
            (
                {
                    "id": one.id,
                    "name": one.name,
                    "role": one.role,
                    "groups": list(one.groups),
                    "status": one.status,
                    "chats": load.get(one.id, 0),
                }
                for one in people.values()
                if one.id != agent.id
            ),
            key=lambda told: (STATUSES.index(cast(Status, told["status"])), told["chats"], told["name"]),
        ),
    }


async def _in_hand(tx: Tx, agent: Agent) -> list[str]:
    statement = (
        select(conversations.c.id)
        .outerjoin(desk_holds, desk_holds.c.conversation_id == conversations.c.id)
        .where(
            conversations.c.state == State.HUMAN.value,
            conversations.c.owner == agent.id,
            desk_holds.c.conversation_id.is_(None),
        )
        .order_by(conversations.c.id)
    )
    return list((await tx.execute(statement)).scalars())
