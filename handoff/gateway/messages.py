"""Accepting a customer's message: checked, stored once under the next number, acknowledged only then (promises 1-3)."""

import hashlib
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from handoff.conversation import Move, State
from handoff.errors import conflict, invalid, too_large
from handoff.gateway.text import LONGEST_TEXT, clean_text
from handoff.queue.choice import heed_choice
from handoff.records import NewItem, Tx, append_items, find_by_client_id, lock_conversation, move
from handoff.records.tables import items, uploads
from handoff.service import Service
from handoff.telemetry.metrics import MESSAGES, WRITE_SECONDS
from handoff.turns import begin_next_turn

KINDS = ("text", "image", "video", "button")
#: Ids are visible ASCII: a NUL or half a surrogate pair in one would be a database's error instead of our sentence.
_ID = re.compile(r"[\x21-\x7e]{1,100}")
BUTTONS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Message:
    """A checked message; `digest` tells the same message from another one under the same id."""

    client_msg_id: str
    kind: str
    body: dict[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Accepted:
    seq: int
    fresh: bool
    """False: this very message had been accepted before (promise 2)."""


def check_message(raw: Any) -> Message:
    """A Message from `{client_msg_id, kind, body}`; ApiError 413 / 422 with one clear sentence."""
    if not isinstance(raw, dict):
        raise invalid("消息格式不正确。")
    client_msg_id = raw.get("client_msg_id")
    if not isinstance(client_msg_id, str) or not _ID.fullmatch(client_msg_id):
        raise invalid("client_msg_id 必须是 1 到 100 个可见字符。")
    kind = raw.get("kind")
    body = raw.get("body")
    if kind not in KINDS:
        raise invalid("不支持这种消息类型。")
    if not isinstance(body, dict):
        raise invalid("消息内容格式不正确。")
    checked = _check_body(kind, body)
    told = json.dumps([kind, checked], ensure_ascii=False, sort_keys=True)
    return Message(client_msg_id, kind, checked, hashlib.sha256(told.encode()).hexdigest())


def check_text(value: Any) -> str:
    """1-4000 characters after cleaning; ApiError 413 when longer, 422 when nothing is left."""
    if not isinstance(value, str):
        raise invalid("消息内容必须是文字。")
    if len(value) > 20 * LONGEST_TEXT:
        raise too_large(f"消息太长了，最多 {LONGEST_TEXT} 个字，请分几条发送。")
    text = clean_text(value)
    if not text:
        raise invalid("消息内容不能为空。")
    if len(text) > LONGEST_TEXT:
        raise too_large(f"消息太长了，最多 {LONGEST_TEXT} 个字，请分几条发送。")
    return text


def _check_body(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    if kind == "text":
        return {"text": check_text(body.get("text"))}
    if kind == "button":
        return _check_button(body)
    upload_id = body.get("upload_id")
    if not isinstance(upload_id, str) or len(upload_id) > 40 or not _ID.fullmatch(upload_id):
        raise invalid("请先上传文件，再发送。")
    text = body.get("text")
    if text is None or text == "":
        return {"upload_id": upload_id}
    return {"upload_id": upload_id, "text": check_text(text)}


def _check_button(body: dict[str, Any]) -> dict[str, Any]:
    button_id = body.get("button_id")
    if not isinstance(button_id, str) or not _ID.fullmatch(button_id):
        raise invalid("按钮无效，请直接输入文字。")
    label = body.get("label")
    if isinstance(label, str) and clean_text(label):
        return {"button_id": button_id, "label": clean_text(label)[:200]}
    return {"button_id": button_id}


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
        if conversation.state is State.CLOSED:
            await move(tx, conversation_id, Move.REOPENED)
        item = NewItem(
            "customer",
            message.kind,
            body,
            client_msg_id=message.client_msg_id,
            body_hash=message.digest,
        )
        (seq,) = await append_items(tx, conversation_id, [item])
        await heed_choice(tx, conversation_id, message.kind, body)
        await begin_next_turn(tx, conversation_id)
    WRITE_SECONDS.observe(time.monotonic() - began)
    MESSAGES.labels(message.kind).inc()
    return Accepted(seq, fresh=True)


async def _resolve(tx: Tx, conversation_id: str, message: Message) -> dict[str, Any]:
    """The body with what only the database knows: that the upload is this conversation's, how the button reads."""
    if message.kind in {"image", "video"}:
        kind = (
            await tx.execute(
                select(uploads.c.kind).where(
                    uploads.c.upload_id == message.body["upload_id"],
                    uploads.c.conversation_id == conversation_id,
                )
            )
        ).scalar_one_or_none()
        if kind is None:
            raise invalid("没有找到这个文件，请重新上传。")
        if kind != message.kind:
            raise invalid("文件类型与消息类型不一致，请重新上传。")
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
