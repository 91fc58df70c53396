"""A message as either side sends it, `{client_msg_id, kind, body}`: checked, with the digest that tells a repeat (promise 2)."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from handoff.edge.text import LONGEST_TEXT, clean_text
from handoff.errors import invalid, too_large
from handoff.records import Tx
from handoff.records.tables import uploads

KINDS = ("text", "image", "video", "button")
#: Ids are visible ASCII: a NUL or half a surrogate pair in one would be a database's error instead of our sentence.
LARGEST_SEQ = 2**31 - 1
_ID = re.compile(r"[\x21-\x7e]{1,100}")


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
        return {"text": check_text(body.get("text")), **_check_quote(body.get("quote"))}
    if kind == "button":
        return _check_button(body)
    upload_id = body.get("upload_id")
    if not isinstance(upload_id, str) or len(upload_id) > 40 or not _ID.fullmatch(upload_id):
        raise invalid("请先上传文件，再发送。")
    text = body.get("text")
    if text is None or text == "":
        return {"upload_id": upload_id}
    return {"upload_id": upload_id, "text": check_text(text)}


def _check_quote(seq: Any) -> dict[str, int]:
    """The message that these words are about, by its seq; whoever shows it leaves out one that is not there."""
    if seq is None:
        return {}
    if isinstance(seq, bool) or not isinstance(seq, int) or not 1 <= seq <= LARGEST_SEQ:
        raise invalid("引用的消息不正确。")
    return {"quote": seq}


def _check_button(body: dict[str, Any]) -> dict[str, Any]:
    button_id = body.get("button_id")
    if not isinstance(button_id, str) or not _ID.fullmatch(button_id):
        raise invalid("按钮无效，请直接输入文字。")
    label = body.get("label")
    if isinstance(label, str) and clean_text(label):
        return {"button_id": button_id, "label": clean_text(label)[:200]}
    return {"button_id": button_id}


async def check_upload(tx: Tx, conversation_id: str, message: Message) -> None:
    """ApiError 422 unless the file of a picture or video message is this conversation's and of that kind."""
    statement = select(uploads.c.kind).where(
        uploads.c.upload_id == message.body["upload_id"], uploads.c.conversation_id == conversation_id
    )
    kind = (await tx.execute(statement)).scalar_one_or_none()
    if kind is None:
        raise invalid("没有找到这个文件，请重新上传。")
    if kind != message.kind:
        raise invalid("文件类型与消息类型不一致，请重新上传。")
