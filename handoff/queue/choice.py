"""Commands of a waiting customer to the queue: leave a ticket instead (by the offered button or by typing its label),
or ask how long it still takes (H2).
"""

import re
from typing import Any

from sqlalchemy import update

from handoff.case_record.opening import do_become_ticket
from handoff.cases.following import case_left
from handoff.conversation import Move, State
from handoff.notifications import notify
from handoff.queue.notices import LEAVE_TICKET, say, say_place, say_ticket_taken
from handoff.records import Conversation, Tx, lock_conversation, move
from handoff.records.tables import handoffs
from handoff.store_rules import store_rules

_TYPED = frozenset({LEAVE_TICKET["label"], "留言", "我要留言", "改成留言", "转留言", "留工单", "改为工单"})
_ASKS_WAIT = re.compile(
    r"(等|要|排).{0,4}(多久|多长时间|几分钟|到什么时候)|多久.{0,4}(有人|到我|轮到|接)|什么时候.{0,3}(有人|到我|轮到|接)|"
    r"排(到|在)?(第)?几|(前面|还有).{0,3}(几|多少)(个|位)?(人|位)|(有|来)人(吗|么|没|不)|人呢|怎么(还没|没)(有)?人|还在吗"
)
_SHORT = 20
"""A longer message tells the case; it is for the person who comes."""


def asks_how_long(kind: str, body: dict[str, Any]) -> bool:
    """还要等多久 / 前面还有几个人, and nothing more."""
    text = str(body.get("text", "")).strip()
    return kind == "text" and len(text) <= _SHORT and _ASKS_WAIT.search(text) is not None


def wants_ticket(kind: str, body: dict[str, Any]) -> bool:
    """Whether this message is the choice, and nothing but the choice."""
    if kind == "button":
        return body.get("button_id") == LEAVE_TICKET["id"]
    return kind == "text" and str(body.get("text", "")).strip("。.!！ ") in _TYPED


async def apply_queue_choice(tx: Tx, conversation_id: str, kind: str, body: dict[str, Any]) -> None:
    """Called in the transaction that stores a customer's message: a waiting conversation becomes a ticket if asked to,
    and who asks how long it takes is told the place."""
    ticket = wants_ticket(kind, body)
    if not ticket and not asks_how_long(kind, body):
        return
    conversation = await lock_conversation(tx, conversation_id)
    if conversation.state is not State.WAITING:
        return
    if ticket:
        await do_leave_ticket(tx, conversation)
    else:
        await say_place(tx, conversation, store_rules())


async def do_leave_queue(tx: Tx, conversation: Conversation) -> State:
    """waiting → bot, with one sentence: by the button, or in own words. Returns the state."""
    columns = {"waiting_since": None, "place": None}
    state, _ = await move(tx, conversation.id, Move.LEFT_QUEUE, set_columns=columns)
    left = update(handoffs).where(handoffs.c.handoff_id == conversation.handoff_id)
    await tx.execute(left.values(left_at=tx.now()))
    await case_left(tx, conversation)
    await tell_left(tx, conversation)
    await say(tx, conversation.id, store_rules().policy.wording.left_queue)
    return state


async def tell_left(tx: Tx, conversation: Conversation) -> None:
    """The store's systems hear that people need not come any more: the customer went before anybody had it."""
    await notify(
        tx,
        "handoff.closed",
        conversation.id,
        handoff_id=conversation.handoff_id,
        resolution="left",
        agent=None,
    )


async def do_leave_ticket(tx: Tx, conversation: Conversation, *, reason: str = "customer") -> None:
    """waiting → ticket: the handoff's record stays, and a ticket taken while the desk is closed is queued at opening.

    What was said while waiting is for people: the bot, which may speak again, leaves it alone.
    """
    rules, now = store_rules(), tx.now()
    due = None if rules.is_open(now) else rules.next_opening(now)
    await move(
        tx,
        conversation.id,
        Move.TICKET_OPENED,
        reason=reason,
        set_columns={"next_due": due, "turn_watermark": conversation.last_seq},
    )
    await do_become_ticket(tx, await lock_conversation(tx, conversation.id))
    await say_ticket_taken(tx, conversation.id, rules)
