"""The customer's own moves: the 转人工 entry (H43), leaving the queue, rating (H41)."""

from typing import Any

from sqlalchemy import delete, insert, select

from handoff.cases.following import case_rated
from handoff.conversation import Move, State
from handoff.edge.text import clean_text
from handoff.errors import invalid
from handoff.notifications import notify
from handoff.queue.choice import do_leave_queue
from handoff.records import Conversation, NewItem, Tx, append_items, lock_conversation, move
from handoff.records.tables import handoffs, ratings
from handoff.service import Service
from handoff.turns.commands import hand_over


async def request_agent(service: Service, conversation_id: str) -> State:
    """Brings a person at once, without the bot's help; doing it again changes nothing. Returns the state."""
    async with service.records.write() as tx:
        conversation = await lock_conversation(tx, conversation_id)
        if conversation.state in {State.WAITING, State.HUMAN}:
            return conversation.state
        if conversation.state is State.CLOSED:
            await move(tx, conversation_id, Move.REOPENED)
        await hand_over(tx, conversation_id, reason="requested", evidence=["客户点击了“转人工”"])
        return (await lock_conversation(tx, conversation_id)).state


async def leave_queue(service: Service, conversation_id: str) -> State:
    """Back to the bot while still waiting, with one sentence; in any other state nothing changes. Returns the state."""
    async with service.records.write() as tx:
        conversation = await lock_conversation(tx, conversation_id)
        if conversation.state is not State.WAITING:
            return conversation.state
        return await do_leave_queue(tx, conversation)


def check_rating(raw: Any) -> dict[str, Any]:
    """`{"score","reasons","text"}`; ApiError 422 with one sentence."""
    if not isinstance(raw, dict):
        raise invalid("评价格式不正确。")
    score, reasons, text = raw.get("score"), raw.get("reasons") or [], raw.get("text") or ""
    if isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= 5:
        raise invalid("评分必须是 1 到 5 的整数。")
    if not isinstance(reasons, list) or len(reasons) > 10 or not all(isinstance(one, str) for one in reasons):
        raise invalid("评价原因必须是文字列表，最多 10 条。")
    if not isinstance(text, str) or len(text) > 1000:
        raise invalid("评价内容最多 1000 个字。")
    return {
        "score": score,
        "reasons": [one for one in (clean_text(reason)[:50] for reason in reasons) if one],
        "text": clean_text(text),
    }


async def rate(service: Service, conversation_id: str, rating: dict[str, Any]) -> int:
    """Keeps the rating of this episode; a repeat replaces it (the log shows both). Returns the item's seq."""
    async with service.records.write() as tx:
        conversation = await lock_conversation(tx, conversation_id)
        mine = (ratings.c.conversation_id == conversation_id, ratings.c.episode == conversation.episode)
        before = (await tx.execute(select(ratings).where(*mine))).first()
        body = dict(rating)
        if before is not None:
            kept = {"score": before.score, "reasons": before.reasons, "text": before.words}
            if kept == rating:
                return int(before.seq)
            body["replaces"] = before.seq
            await tx.execute(delete(ratings).where(*mine))
        (seq,) = await append_items(tx, conversation_id, [NewItem("customer", "rating", body)])
        await tx.execute(
            insert(ratings).values(
                conversation_id=conversation_id,
                episode=conversation.episode,
                at=tx.now(),
                score=rating["score"],
                reasons=rating["reasons"],
                words=rating["text"],
                seq=seq,
            )
        )
        await case_rated(tx, conversation, rating["score"], rating["text"])
        episode = conversation.episode
        await notify(tx, "conversation.rated", conversation_id, score=rating["score"], episode=episode)
        handoff_id = await _helped(tx, conversation)
        if handoff_id is not None:
            await notify(tx, "handoff.rated", conversation_id, handoff_id=handoff_id, score=rating["score"])
    return seq


async def _helped(tx: Tx, conversation: Conversation) -> str | None:
    """The last handoff of the episode that a person has or ended."""
    if conversation.state is State.HUMAN:
        return conversation.handoff_id
    ended = (
        select(handoffs.c.handoff_id)
        .where(
            handoffs.c.conversation_id == conversation.id,
            handoffs.c.episode == conversation.episode,
            handoffs.c.ended_at.is_not(None),
        )
        .order_by(handoffs.c.ended_at.desc())
        .limit(1)
    )
    return (await tx.execute(ended)).scalar_one_or_none()
