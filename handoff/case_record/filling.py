"""The part of a record that only the order system knows (H38), fetched after the handoff's commit, never inside it.

The worker that committed the handoff fetches at once; if it dies, any worker finds the unfilled record in its sweep.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update

from aftersales.order_system.port import Order, OrderSystem, OrderSystemError
from handoff.background_tasks import BackgroundTasks
from handoff.case_record.material import OrderData
from handoff.case_record.opening import do_rewrite_record
from handoff.records import Outcome, Records, get_conversation, lock_conversation
from handoff.records.tables import handoffs

FETCH_SECONDS = 5.0
GIVE_UP = timedelta(minutes=10)
"""An order system that is down for longer: the agent sees what is missing and may open the order by hand."""

log = logging.getLogger("handoff.case_record")


async def fill_record(records: Records, orders: OrderSystem, conversation_id: str) -> bool:
    """Ask the order system about the conversation's order and complete its record; False when it did not answer."""
    async with records.read() as reader:
        conversation = await get_conversation(reader, conversation_id)
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            phone = conversation.customer.get("phone") if conversation.customer.get("verified") else None
            data = await fetch_order_data(orders, conversation.facts.get("order_no"), phone)
    except (OrderSystemError, TimeoutError) as error:
        log.warning("the order system did not answer for a record: %s", type(error).__name__)
        return False
    async with records.write() as tx:
        await do_rewrite_record(tx, await lock_conversation(tx, conversation_id), data)
    return True


async def fill_new_record(records: Records, orders: OrderSystem, conversation_id: str) -> None:
    """Complete the record of the conversation's handoff if nobody has done so yet."""
    async with records.read() as reader:
        statement = select(handoffs.c.filled).where(
            handoffs.c.handoff_id == (await get_conversation(reader, conversation_id)).handoff_id
        )
        filled = (await reader.execute(statement)).scalar_one_or_none()
    if filled is False:
        await fill_record(records, orders, conversation_id)


def completes_new_records(
    records: Records, orders: OrderSystem, tasks: BackgroundTasks
) -> Callable[[Outcome], None]:
    """Listener of Records.on_commit: a conversation of the queue was written, so its record may be new."""

    def after_commit(outcome: Outcome) -> None:
        if outcome.queue:
            for conversation_id in outcome.conversations:
                tasks.start(fill_new_record(records, orders, conversation_id))

    return after_commit


async def fetch_order_data(orders: OrderSystem, order_no: object, phone: str | None) -> OrderData:
    """The order of the case with parcel, refunds and requests; `phone`: the customer's, if they were verified for it.

    An agent sees the order of a number that an unverified customer typed (the record says `verified: false`), but a
    customer verified for one phone never brings the order of another into the record.
    """
    order = await _order(orders, order_no, phone)
    if order is None:
        return OrderData(asked=True)
    parcel, refunds, requests = await asyncio.gather(
        orders.parcel(order.order_no),
        orders.refund_progress(order.order_no),
        orders.requests_of(order.order_no),
    )
    return OrderData(asked=True, order=order, parcel=parcel, refunds=refunds, requests=requests)


async def _order(orders: OrderSystem, order_no: object, phone: str | None) -> Order | None:
    """The order that the facts name, if it is this customer's; without a number the only one they have."""
    if isinstance(order_no, str) and order_no:
        order = await orders.order(order_no)
        return order if order is not None and phone in (None, order.phone) else None
    if phone is None:
        return None
    theirs = await orders.orders_of(phone, limit=2)
    return theirs[0] if len(theirs) == 1 else None


async def fill_pending_records(records: Records, orders: OrderSystem) -> None:
    """Complete the records that nobody completed (a worker died, the order system was away)."""
    async with records.read() as reader:
        now = reader.now()
        statement = (
            select(handoffs.c.conversation_id, handoffs.c.handoff_id, handoffs.c.created_at)
            .where(handoffs.c.filled.is_(False), handoffs.c.created_at < now - timedelta(seconds=3))
            .order_by(handoffs.c.created_at)
            .limit(20)
        )
        forgotten = (await reader.execute(statement)).all()
    for row in forgotten:
        if row.created_at < now - GIVE_UP or not await _is_current(
            records, row.conversation_id, row.handoff_id
        ):
            async with records.write() as tx:
                await tx.execute(
                    update(handoffs).where(handoffs.c.handoff_id == row.handoff_id).values(filled=True)
                )
        elif not await fill_record(records, orders, row.conversation_id):
            return


async def _is_current(records: Records, conversation_id: str, handoff_id: str) -> bool:
    async with records.read() as reader:
        return (await get_conversation(reader, conversation_id)).handoff_id == handoff_id
