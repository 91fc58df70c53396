"""A message that a channel brings (H4): checked, and put into its sender's case, once for each external_id."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from handoff.case_record.registration import Registered, Told, do_register
from handoff.clock import read_time, rfc3339
from handoff.edge.messages import check_text
from handoff.edge.text import clean_name
from handoff.errors import invalid
from handoff.records import Records
from handoff.records.customers import customer_keys

LONGEST_SENDER = 200
_ID = re.compile(r"[\x21-\x7e]{1,200}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_ORDER_NO = re.compile(r"(?<![0-9A-Za-z])20[0-9]{10}(?![0-9A-Za-z])")
"""An order number of this store, as data/dialogue/identity.yml has it too."""


@dataclass(frozen=True)
class Message:
    """What somebody wrote; `digest` tells it from another one under the same id."""

    external_id: str
    sender: str
    text: str
    at: str | None
    digest: str


def check_message(raw: Any) -> Message:
    """`{"external_id","from","text","at"?}`; ApiError 413 / 422 with one sentence."""
    if not isinstance(raw, dict):
        raise invalid("消息格式不正确。")
    external_id, sender, at = raw.get("external_id"), raw.get("from"), raw.get("at")
    if not isinstance(external_id, str) or not _ID.fullmatch(external_id):
        raise invalid("external_id 必须是 1 到 200 个可见字符。")
    if not isinstance(sender, str) or not (known := clean_name(sender)) or len(known) > LONGEST_SENDER:
        raise invalid(f"from 必须是 1 到 {LONGEST_SENDER} 个字的发信人。")
    text = check_text(raw.get("text"))
    kept = json.dumps([known, text], ensure_ascii=False)
    return Message(external_id, known, text, _time(at), hashlib.sha256(kept.encode()).hexdigest())


async def do_take_in(records: Records, channel: str, message: Message) -> Registered:
    """The case of the message, from the commit on: the sender's open one, else a new one in state received, to be answered
    within the policy's time for written matters. 409 when the id was used for another message."""
    orders = list(dict.fromkeys(_ORDER_NO.findall(message.text)))
    known = message.sender
    customer = {"from": known, **({"email": known} if "@" in known[1:] else {})}
    told = Told(
        channel=channel,
        origin="message",
        source=f"channel:{channel}",
        external_id=message.external_id,
        digest=message.digest,
        who=f"channel:{channel}",
        keys=customer_keys(sender=(channel, known)),
        # several numbers: which of them it is about, people read
        facts={"order_no": orders[0]} if len(orders) == 1 else {},
        customer=customer,
        words=message.text,
        body={"external_id": message.external_id, **({"written_at": message.at} if message.at else {})},
    )
    async with records.write() as tx:
        return await do_register(tx, told)


def _time(value: Any) -> str | None:
    if value is None:
        return None
    moment = read_time(value) if isinstance(value, str) and _TIME.fullmatch(value) else None
    if moment is None:
        raise invalid("at 必须是 RFC 3339 的时间，例如 2026-11-22T06:00:00Z。")
    return rfc3339(moment)
