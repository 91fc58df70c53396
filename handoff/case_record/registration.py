"""A matter that was told outside a conversation, by phone (H3), mail or on a social platform (H4), becomes a case with the
same record as a handoff's.

Registered once under its number, in one transaction; what only the order system knows is put in after the commit (H38).
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from aftersales.order_system.port import OrderSystem, OrderSystemError
from handoff.case_record.build import deadlines_part, describe
from handoff.case_record.earlier import earlier_handoffs
from handoff.case_record.filling import FETCH_SECONDS, GIVE_UP, fetch_order_data
from handoff.case_record.material import CaseMaterial, OrderData
from handoff.cases.contact import Contact, find_earlier
from handoff.cases.following import add_requests
from handoff.cases.opening import Graded, do_open_or_join
from handoff.cases.rows import Case, free_case_no, get_case, lock_case, update_case
from handoff.errors import conflict
from handoff.records import Reader, Records, Tx, lock_name
from handoff.records.case_tables import case_sources, cases
from handoff.store_rules import store_rules

log = logging.getLogger("handoff.case_record")


@dataclass(frozen=True)
class Told:
    """What somebody told. `source` and `external_id` name it for ever; `digest` tells it from another under that number.
    `answered`: a person spoke to the customer there and then."""

    channel: str
    origin: str
    source: str
    external_id: str
    digest: str
    who: str
    keys: Sequence[str]
    facts: Mapping[str, Any]
    customer: Mapping[str, Any]
    words: str
    answered: bool = False
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Registered:
    case_no: str
    fresh: bool
    """False: this very thing had been registered before."""
    joined: bool = False
    """It belongs to a case that was there already."""


async def do_register(tx: Tx, told: Told) -> Registered:
    """The case it belongs to, opened or joined; ApiError 409 when its number was used for something else."""
    await lock_name(tx, f"case-source:{told.source}:{told.external_id}")
    before = await _registered(tx, told)
    if before is not None:
        return before
    rules, now = store_rules(), tx.now()
    contact = Contact(
        channel=told.channel,
        origin=told.origin,
        who=told.who,
        keys=told.keys,
        facts=told.facts,
        customer=told.customer,
        words=told.words,
        body=dict(told.body or {}),
    )
    earlier = await find_earlier(tx, contact)
    case_no = await free_case_no(tx) if earlier is None else earlier.case.case_no
    material = CaseMaterial(
        handoff_id=None,
        conversation_id=None,
        created_at=now,
        channel=told.channel,
        reason="requested",
        evidence=[],
        customer=told.customer,
        facts={**told.facts, "description": told.words},
        items=[],
        effects=[],
        emotions=[],
        uploads=[],
        contacts=1 if earlier is None else earlier.contacts,
        case_no=case_no,
        at_least=None if earlier is None else earlier.at_least,
        earlier=await earlier_handoffs(tx, tuple(told.keys)),
    )
    assessment, record = describe(material, rules, now=now)
    graded = Graded(
        assessment.grade, deadlines_part(assessment.due), record, filled=not told.facts.get("order_no")
    )
    await do_open_or_join(tx, contact, earlier, graded, case_no=case_no)
    if told.answered:
        await update_case(tx, case_no, first_response_at=tx.now())
    await tx.execute(
        insert(case_sources).values(
            source=told.source,
            external_id=told.external_id,
            case_no=case_no,
            digest=told.digest,
            at=now,
            joined=earlier is not None,
        )
    )
    return Registered(case_no, fresh=True, joined=earlier is not None)


async def _registered(reader: Reader, told: Told) -> Registered | None:
    statement = select(case_sources).where(
        case_sources.c.source == told.source, case_sources.c.external_id == told.external_id
    )
    row = (await reader.execute(statement)).first()
    if row is None:
        return None
    if row.digest != told.digest:
        raise conflict("这个编号已经用于另一条内容。")
    return Registered(row.case_no, fresh=False, joined=row.joined)


async def fill_case(records: Records, orders: OrderSystem, case_no: str) -> bool:
    """Ask the order system about the order of a registered case and complete its record; False when it did not answer."""
    async with records.read() as reader:
        case = await get_case(reader, case_no)
    if case.filled:
        return True
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            data = await fetch_order_data(orders, case.order_no, case.customer.get("phone"))
    except (OrderSystemError, TimeoutError) as error:
        log.warning("the order system did not answer for a case: %s", type(error).__name__)
        return False
    async with records.write() as tx:
        await _rewrite(tx, await lock_case(tx, case_no), data)
    return True


async def fill_pending_cases(records: Records, orders: OrderSystem) -> None:
    """Complete the registered cases that nobody completed (a worker died, the order system was away)."""
    async with records.read() as reader:
        now = reader.now()
        statement = (
            select(cases.c.case_no, cases.c.updated_at)
            .where(cases.c.filled.is_(False), cases.c.updated_at < now - timedelta(seconds=3))
            .order_by(cases.c.updated_at)
            .limit(20)
        )
        forgotten = (await reader.execute(statement)).all()
    for row in forgotten:
        if row.updated_at < now - GIVE_UP:
            async with records.write() as tx:
                await update_case(tx, row.case_no, filled=True)
        elif not await fill_case(records, orders, row.case_no):
            return


async def _rewrite(tx: Tx, case: Case, data: OrderData) -> None:
    """The record as a handoff's: graded by what the case is by now, with the order system's words in it."""
    if case.filled:
        return
    material = CaseMaterial(
        handoff_id=None,
        conversation_id=None,
        created_at=case.created_at,
        channel=case.channel,
        reason="requested",
        evidence=[],
        customer=case.customer,
        facts={**case.facts, "description": case.description},
        items=[],
        effects=[],
        emotions=[],
        uploads=[],
        contacts=case.contacts,
        case_no=case.case_no,
        at_least=case.known,
        earlier=(case.record or {}).get("earlier", ()),
        order_data=data,
    )
    _, record = describe(material, store_rules(), now=tx.now())
    record = {**record, "deadlines": case.deadlines}
    await update_case(tx, case.case_no, record=record, filled=True)
    running = [one["request_no"] for one in record["requests"]]
    await add_requests(tx, case, running, who="system")
