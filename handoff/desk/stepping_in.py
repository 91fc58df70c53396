"""A supervisor steps in: takes a customer over from whoever has them, or whispers to that person (H49). Neither is a note: what is
whispered is seen by the one it is for and by supervisors, never by the customer, other agents or the record."""

from typing import Any

from sqlalchemy import select

from handoff.auth.roles import Agent
from handoff.conversation import State
from handoff.desk.access import check_words, readable
from handoff.desk.passing_on import LONGEST_NOTE, UNSAID, to_person
from handoff.desk.presence import check_may_take
from handoff.errors import invalid, stale
from handoff.queue.alerts import alert
from handoff.records import Conversation, Records, Tx, annotate, lock_conversation
from handoff.records.audit import note_audit
from handoff.records.tables import agents
from handoff.store_rules import store_rules

WHISPER = "whisper"


def check_why(body: Any) -> str:
    """`{"note"?}`; ApiError 422."""
    if not isinstance(body, dict):
        raise invalid("请求内容必须是一个对象。")
    return check_words(body.get("note"), "原因", LONGEST_NOTE, needed=False) or ""


def check_whisper(body: Any) -> str:
    """`{"text"}`; ApiError 422."""
    told = body.get("text") if isinstance(body, dict) else None
    return str(check_words(told, "悄悄话", LONGEST_NOTE, needed=True))


async def do_take_over(records: Records, agent: Agent, conversation_id: str, why: str) -> int:
    """The customer is this supervisor's under the epoch that is returned; who had them is told. Asking again for what is theirs
    changes nothing. 409 `stale` when nobody has them: a customer who waits is claimed."""
    async with records.write() as tx:
        await check_may_take(tx, agent)
        conversation = await lock_conversation(tx, conversation_id)
        if conversation.state is State.HUMAN and conversation.owner == agent.id:
            return conversation.owner_epoch
        had = await _owner(tx, conversation)
        now = await to_person(tx, conversation, agent, agent.id, takeover=had)
        note = store_rules().policy.routing.notes.taken_over
        text = note.format(agent=agent.name, why=why or UNSAID)
        await annotate(tx, conversation_id, "routing", {"text": text}, author=agent.id)
        await alert(tx, [had], "taken_over", text, conversation_id)
        await note_audit(tx, agent.id, "takeover", conversation_id, account=had)
    return now.owner_epoch


async def do_whisper(records: Records, agent: Agent, conversation_id: str, text: str) -> str:
    """To whoever has the customer now; returns its id. 409 `stale` when nobody has, or it is this supervisor."""
    async with records.write() as tx:
        conversation = await lock_conversation(tx, conversation_id)
        await readable(tx, agent, conversation_id)
        to = await _owner(tx, conversation)
        if to == agent.id:
            raise stale("这位客户就在您手上。")
        name = (await tx.execute(select(agents.c.name).where(agents.c.id == to))).scalar_one_or_none()
        body = {"text": text, "to": to, "to_name": name}
        made = await annotate(tx, conversation_id, WHISPER, body, author=agent.id)
        note = store_rules().policy.routing.notes.whisper
        await alert(tx, [to], WHISPER, note.format(agent=agent.name, text=text), conversation_id)
        await note_audit(tx, agent.id, WHISPER, conversation_id, account=to)
    return made


async def _owner(tx: Tx, conversation: Conversation) -> str:
    if conversation.state is not State.HUMAN or conversation.owner is None:
        raise stale("现在没有人接待这位客户，可以直接接入。")
    return conversation.owner
