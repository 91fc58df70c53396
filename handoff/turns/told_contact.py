"""The number that a customer types to be called back at: the record's contact from then on (H45), masked like any other (H7).

It proves nothing about who asks: `customer.phone` stays what was verified or signed.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from aftersales.masking import phones_in
from handoff.conversation import PERSON_STATES, State
from handoff.records import Conversation, Tx, update_conversation
from handoff.records.tables import handoffs

_TO_CALL = re.compile(
    r"打(?:给|个|我|这|过来|电话)|拨|回电|回拨|来电|致电|联系|电话(?:是|号|我|：|:)|call", re.IGNORECASE
)
_TO_DELIVER = re.compile(r"收件|收货|收的|寄|送到|送货|地址|派送|快递员")


def told_number(text: str, conversation: Conversation) -> str | None:
    """The last phone number of the text, unless it is one to deliver to. Who is verified and talks to the bot gives numbers to its
    forms: there one counts only with the wish to be called."""
    numbers = phones_in(text)
    if not numbers:
        return None
    if _TO_CALL.search(text):
        return numbers[-1]
    in_a_form = bool(conversation.customer.get("verified")) and conversation.state is State.BOT
    return None if in_a_form or _TO_DELIVER.search(text) else numbers[-1]


async def keep_told_number(tx: Tx, conversation: Conversation, kind: str, body: Mapping[str, Any]) -> None:
    """Of a customer's message that was just appended. The record of a handoff that people have is written anew."""
    number = told_number(str(body.get("text") or ""), conversation) if kind == "text" else None
    if number is None or number == conversation.customer.get("contact"):
        return
    await update_conversation(tx, conversation.id, customer={**conversation.customer, "contact": number})
    if conversation.handoff_id and conversation.state in PERSON_STATES | {State.TICKET}:
        newer = update(handoffs).where(handoffs.c.handoff_id == conversation.handoff_id)
        await tx.execute(newer.values(filled=False))
        tx.touch_queue()
