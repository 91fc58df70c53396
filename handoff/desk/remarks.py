"""Agents' notes, and the audited reveal of a customer's contact data for a stated reason (H7)."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from aftersales.masking import contact_of, mask_text
from aftersales.order_system.port import Order, OrderSystem, OrderSystemError
from handoff.auth.roles import Agent, role_may
from handoff.desk.access import check_words, readable
from handoff.errors import ApiError, invalid, not_found
from handoff.queue.alerts import MENTION, alert
from handoff.records import Conversation, Reader, Records, Tx, annotate, read_items
from handoff.records.audit import note_audit
from handoff.records.tables import agents
from handoff.store_rules import store_rules

LONGEST_NOTE = 2000
LONGEST_ALERT = 80
MOST_MENTIONED = 10
_ID = re.compile(r"[\x21-\x7e]{1,40}")
LONGEST_REASON = 200
FIELDS = ("name", "phone", "contact", "email", "address", "message")


async def tell_mentioned(
    tx: Tx,
    agent: Agent,
    people: Sequence[Any],
    text: str,
    *,
    conversation_id: str | None = None,
    case_no: str | None = None,
) -> None:
    """An alert to each, with the beginning of the note."""
    if people:
        words = store_rules().policy.routing.notes.mention
        said = words.format(agent=agent.name, text=mask_text(" ".join(text.split()))[:LONGEST_ALERT])
        await alert(tx, [one.id for one in people], MENTION, said, conversation_id, case_no)


async def do_note(records: Records, agent: Agent, conversation_id: str, body: Any) -> str:
    """A note beside the log, never seen by the customer; returns its id. Whoever it mentions gets an alert, and may read the
    conversation from then on; 422 for somebody who reads no conversations."""
    told = body if isinstance(body, dict) else {}
    text = str(check_words(told.get("text"), "备注内容", LONGEST_NOTE, needed=True))
    wanted = check_mentions(told.get("mentions"))
    async with records.write() as tx:
        await readable(tx, agent, conversation_id)
        people = await mentioned_people(tx, agent, wanted)
        named = {"mentions": [one.name for one in people]} if people else {}
        note_id = await annotate(tx, conversation_id, "note", {"text": text, **named}, author=agent.id)
        await tell_mentioned(tx, agent, people, text, conversation_id=conversation_id)
    return note_id


def check_mentions(told: Any) -> list[str]:
    """Ids of people, each once; ApiError 422."""
    if told is None:
        return []
    if (
        not isinstance(told, list)
        or len(told) > MOST_MENTIONED
        or not all(isinstance(one, str) and _ID.fullmatch(one) for one in told)
    ):
        raise invalid(f"提到的同事要放在列表里，一次最多 {MOST_MENTIONED} 位。")
    return list(dict.fromkeys(told))


async def mentioned_people(tx: Tx, agent: Agent, wanted: Sequence[str]) -> Sequence[Any]:
    """Those people, without the writer; ApiError 422 for somebody who is gone or reads no conversations."""
    others = [one for one in wanted if one != agent.id]
    if not others:
        return []
    statement = select(agents.c.id, agents.c.name, agents.c.role).where(
        agents.c.id.in_(others), agents.c.active
    )
    found = {row.id: row for row in await tx.execute(statement)}
    for one in others:
        if one not in found or not role_may(found[one].role, "serve"):
            raise invalid("提到的人里有一位不在了，或者他不看会话，请重新选。")
    return [found[one] for one in others]


async def do_reveal(
    records: Records, orders: OrderSystem, agent: Agent, conversation_id: str, body: Any
) -> str:
    """The unmasked value of one field (`message` with `seq`: what that message says); the audit is committed before anybody sees the value.

    404 when the field is unknown for this customer, 422 without a reason, 503 when the order system does not answer.
    """
    field = body.get("field") if isinstance(body, dict) else None
    if field not in FIELDS:
        raise invalid("只能查看姓名、手机号、邮箱、地址或某条消息。")
    reason = check_words(body.get("reason"), "查看原因", LONGEST_REASON, needed=True)
    async with records.read() as reader:
        conversation = await readable(reader, agent, conversation_id)
        said = await _message(reader, conversation_id, body.get("seq")) if field == "message" else None
    value = said if field == "message" else await _value(orders, conversation, field)
    if not value:
        raise not_found("还不知道客户的这项信息。")
    told = {"field": field, "reason": reason, **({"seq": body["seq"]} if field == "message" else {})}
    async with records.write() as tx:
        await readable(tx, agent, conversation_id)
        await note_audit(tx, agent.id, "reveal", conversation_id, **told)
        await annotate(tx, conversation_id, "reveal", told, author=agent.id)
    return value


async def _message(reader: Reader, conversation_id: str, seq: Any) -> str | None:
    """What one customer message says, as it was typed (a new phone number to deliver to is masked in the log)."""
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 < seq < 2**31:
        raise invalid("请指明是哪一条消息（seq）。")
    for item in await read_items(reader, conversation_id, after=seq - 1, up_to=seq):
        if item.sender == "customer":
            return str(item.body.get("text") or item.body.get("label") or "") or None
    return None


async def _value(orders: OrderSystem, conversation: Conversation, field: str) -> str | None:
    customer = {**(conversation.identity or {}), **conversation.customer}
    if field == "contact":
        return contact_of(customer) or await _of_order(orders, conversation, "phone")
    return customer.get(field) or await _of_order(orders, conversation, field)


async def _of_order(orders: OrderSystem, conversation: Conversation, field: str) -> str | None:
    """The field as it stands on the order of the case."""
    order_no = conversation.facts.get("order_no")
    if not isinstance(order_no, str) or not order_no:
        return None
    try:
        order: Order | None = await orders.order(order_no)
    except OrderSystemError as error:
        raise ApiError(503, "busy", "订单系统暂时没有响应，请稍后再试。", retry_after=5) from error
    phone = conversation.customer.get("phone") if conversation.customer.get("verified") else None
    if order is None or phone not in (None, order.phone):
        return None
    value = getattr(order, field, None)
    return str(value) if value else None
