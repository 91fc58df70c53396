"""Accepting a customer's message: stored once under the next number, acknowledged only then (promises 1-3)."""

import time
from typing import Any

from sqlalchemy import select

from handoff.conversation import Move, State
from handoff.edge.messages import Accepted, Message, check_upload
from handoff.errors import conflict, invalid
from handoff.followups.visit import read_visit_answer, take_visit_answer
from handoff.queue.choice import apply_queue_choice
from handoff.records import NewItem, Tx, append_items, find_by_client_id, lock_conversation, move
from handoff.records.tables import items
from handoff.service import Service
from handoff.telemetry.metrics import MESSAGES, WRITE_SECONDS
from handoff.turns import begin_next_turn
from handoff.turns.told_contact import keep_told_number

BUTTONS_LOOKED_AT = 200


async def accept(service: Service, conversation_id: str, message: Message) -> Accepted:
    """Stores the message and begins a bot turn if the bot is to answer; returns after the commit.

    409 `conflict` for a used client_msg_id with another body, 422 for a foreign upload or an unknown button.
    """
    await service.limits.check("message", conversation_id, limit=service.settings.messages_per_minute)
    began = time.monotonic()
    async with service.records.write() as tx:
        conversation = await lock_conversation(tx, conversation_id)
        before = await find_by_client_id(tx, conversation_id, "customer", message.client_msg_id)
        if before is not None:
            if before.body_hash != message.digest:
                raise conflict()
            return Accepted(before.seq, fresh=False)
        body = await _resolve(tx, conversation_id, message)
        answer = await read_visit_answer(tx, conversation, message.kind, body, service.rules)
        if conversation.state is State.CLOSED and (answer is None or answer.passes_on):
            await move(tx, conversation_id, Move.REOPENED)
        item = NewItem(
            "customer",
            message.kind,
            body,
            client_msg_id=message.client_msg_id,
            body_hash=message.digest,
            # an answer to the visit is taken here, so that no turn of the bot takes it
            turn_id=None if answer is None or answer.passes_on else answer.visit_id,
        )
        (seq,) = await append_items(tx, conversation_id, [item])
        if answer is not None:
            await take_visit_answer(tx, conversation, answer, service.rules)
        await keep_told_number(tx, conversation, message.kind, body)
        await apply_queue_choice(tx, conversation_id, message.kind, body)
        await begin_next_turn(tx, conversation_id)
    WRITE_SECONDS.observe(time.monotonic() - began)
    MESSAGES.labels(message.kind).inc()
    return Accepted(seq, fresh=True)


async def _resolve(tx: Tx, conversation_id: str, message: Message) -> dict[str, Any]:
    """The body with what only the database knows: that the upload is this conversation's, how the button reads."""
    if message.kind in {"image", "video"}:
        await check_upload(tx, conversation_id, message)
        return message.body
    if message.kind == "button":
        label = await _label_of(tx, conversation_id, message.body["button_id"]) or message.body.get("label")
        if label is None:
            raise invalid("这个选项已经失效，请直接输入文字。")
        return {"button_id": message.body["button_id"], "label": label}
    return message.body


async def _label_of(tx: Tx, conversation_id: str, button_id: str) -> str | None:
    """What a button of this conversation says, old ones too (an old one will count as its label typed)."""
    statement = (
        select(items.c.private)
        .where(items.c.conversation_id == conversation_id, items.c.private.is_not(None))
        .order_by(items.c.seq.desc())
        .limit(BUTTONS_LOOKED_AT)
    )
    for private in (await tx.execute(statement)).scalars():
        button = private.get("buttons", {}).get(button_id)
        if button is not None:
            return str(button["label"])
    return None
