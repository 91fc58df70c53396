"""A person writes to the customer: only the owner, only under the current epoch, each message once (promises 2, 7)."""

from handoff.auth.roles import Agent
from handoff.desk.access import owned, readable
from handoff.desk.first_response import count_answer
from handoff.edge.messages import Accepted, Message, check_message, check_upload
from handoff.errors import conflict, invalid
from handoff.records import (
    NewItem,
    append_items,
    find_by_client_id,
    lock_conversation,
)
from handoff.service import Service

MESSAGES_PER_MINUTE = 240
_KINDS = ("text", "image", "video")


def check_agent_message(raw: object) -> Message:
    """A Message from `{client_msg_id, kind, body}`; ApiError 413 / 422. Agents press no buttons."""
    message = check_message(raw)
    if message.kind not in _KINDS:
        raise invalid("坐席只能发送文字、图片或视频。")
    return message


async def do_send_message(
    service: Service, agent: Agent, conversation_id: str, epoch: int, message: Message
) -> Accepted:
    """Store the message under the next number; returns after the commit.

    The same message again gives the same number, even when the conversation has moved on; 409 `stale` otherwise
    unless this agent has it under `epoch`, 409 `conflict` for a used id with another body.
    """
    await service.limits.check("speak", agent.id, limit=MESSAGES_PER_MINUTE)
    async with service.records.write() as tx:
        await lock_conversation(tx, conversation_id)
        before = await find_by_client_id(tx, conversation_id, "agent", message.client_msg_id)
        if before is not None:
            await readable(tx, agent, conversation_id)
            if before.body_hash != message.digest or before.sender_id != agent.id:
                raise conflict()
            return Accepted(before.seq, fresh=False)
        conversation = await owned(tx, agent, conversation_id, epoch)
        if message.kind != "text":
            await check_upload(tx, conversation_id, message)
        item = NewItem(
            "agent",
            message.kind,
            dict(message.body),
            sender_id=agent.id,
            client_msg_id=message.client_msg_id,
            body_hash=message.digest,
        )
        (seq,) = await append_items(tx, conversation_id, [item])
        await count_answer(tx, conversation, agent.id)
    return Accepted(seq, fresh=True)
