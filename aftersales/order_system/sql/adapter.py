"""`OrderSystem` on our own tables: the first writes; the others are in order_writes.py and request_writes.py, reads in
reads.py, counting of wrong attempts in verify.py."""

from datetime import timedelta

from sqlalchemy import select, update

from aftersales.arrival import latest_arrival
from aftersales.order_system import port
from aftersales.order_system.checks import (
    check_address,
    check_invoice,
    check_name,
    check_note,
    check_phone,
    clean,
)
from aftersales.order_system.proof import plain
from aftersales.order_system.sql import rows, tables
from aftersales.order_system.sql.order_writes import SqlOrderWrites
from aftersales.order_system.sql.requests import Wanted
from aftersales.order_system.sql.verify import do_verify


class SqlOrderSystem(SqlOrderWrites):
    """The store's orders in a database of their own. Errors and idempotency as in `port.OrderSystem`."""

    async def verify(
        self, order_no: str, proof: str, *, conversation: str, address: str | None, key: str | None = None
    ) -> port.VerifyResult:
        limits = self._policy.limits.verification
        return await do_verify(self._db, limits, self._now, order_no, proof, conversation, address, key)

    async def urge(self, key: str, order_no: str, what: port.Urge, note: str = "") -> port.AfterSalesRequest:
        book, number = self._book, plain(order_no)
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"urge|{what}|{number}"):
                return before
            order = await book.lock_order(connection, number)
            if order.state in ("cancelled", "refunded"):
                raise book.refuse("already_cancelled")
            if order.state == "unpaid":
                raise book.refuse("not_paid")
            if order.state == "signed":
                raise book.refuse("already_signed")
            if what == "dispatch" and order.state == "shipped":
                raise book.refuse("already_dispatched")
            if what == "delivery" and order.state == "paid":
                raise book.refuse("not_dispatched")
            table = tables.requests
            still_due = rows.open_requests(number, None, ("urge",)).where(
                table.c.solution == what, table.c.due > self._now()
            )
            if found := await book.existing(connection, key, still_due):
                return found
            wanted = Wanted("urge", "submitted", number, solution=what, detail={"note": check_note(note)})
            return await book.open(connection, key, wanted)

    async def cancel(self, key: str, order_no: str, reason: str = "") -> port.AfterSalesRequest:
        book, number = self._book, plain(order_no)
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"cancel|{number}"):
                return before
            order = await book.lock_order(connection, number)
            if found := await book.existing(connection, key, rows.open_requests(number, None, ("cancel",))):
                return found
            if order.state in ("cancelled", "refunded"):
                raise book.refuse("already_cancelled")
            if order.state not in ("unpaid", "paid"):
                raise book.refuse("already_dispatched")
            paid = order.state == "paid"
            at = self._now()
            expected = latest_arrival(self._policy, order.payment_method, at, self._tz) if paid else None
            await connection.execute(
                update(tables.orders)
                .where(tables.orders.c.order_no == number)
                .values(state="cancelled", ship_by=None)
            )
            wanted = Wanted(
                "cancel",
                "refunding" if paid else "done",
                number,
                detail={"reason": check_note(reason)},
                due=expected,
            )
            opened = await book.open(connection, key, wanted)
            if expected is not None:
                refund = {
                    "refund_no": f"R{opened.request_no}",
                    "order_no": number,
                    "item_id": None,
                    "request_no": opened.request_no,
                    "amount": order.total,
                    "method": order.payment_method,
                    "state": "processing",
                    "started_at": at,
                    "expected_at": expected,
                }
                await book.insert_once(connection, tables.refunds, [refund])
            return opened

    async def change_address(
        self, key: str, order_no: str, address: str, *, name: str | None = None, phone: str | None = None
    ) -> port.AfterSalesRequest:
        book, number = self._book, plain(order_no)
        changed = {"address": check_address(address)}
        if name is not None:
            changed["name"] = check_name(name)
        if phone is not None:
            changed["receiver_phone"] = check_phone(phone)
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"address|{number}"):
                return before
            order = await book.lock_order(connection, number)
            await self._must_be_changeable(connection, order)
            if all(getattr(order, field) == value for field, value in changed.items()):
                table = tables.requests
                same = select(table).where(table.c.order_no == number, table.c.kind == "address")
                if found := await book.existing(connection, key, same.order_by(table.c.created_at.desc())):
                    return found
            await connection.execute(
                update(tables.orders).where(tables.orders.c.order_no == number).values(**changed)
            )
            detail = {"before": {field: getattr(order, field) for field in changed}, "after": changed}
            return await book.open(connection, key, Wanted("address", "done", number, detail=detail))

    async def request_invoice(self, key: str, draft: port.InvoiceDraft) -> port.AfterSalesRequest:
        book, number = self._book, plain(draft.order_no)
        asked = check_invoice(draft)
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"invoice|{number}"):
                return before
            order = await book.lock_order(connection, number)
            if order.state == "unpaid":
                raise book.refuse("not_paid")
            if order.state in ("cancelled", "refunded"):
                raise book.refuse("already_cancelled")
            if order.invoice.get("state") == "issued":
                raise book.refuse("invoice_issued")
            if found := await book.existing(connection, key, rows.open_requests(number, None, ("invoice",))):
                return found
            due = self._now() + timedelta(days=self._policy.store.invoices.issue_days)
            invoice = {
                "state": "requested",
                "title": asked.title,
                "tax_no": asked.tax_no,
                "email": asked.email,
                "due_at": due.isoformat(),
            }
            await connection.execute(
                update(tables.orders).where(tables.orders.c.order_no == number).values(invoice=invoice)
            )
            wanted = Wanted("invoice", "submitted", number, detail={"kind": asked.kind, **invoice}, due=due)
            return await book.open(connection, key, wanted)

    async def request_return(self, key: str, draft: port.ReturnDraft) -> port.AfterSalesRequest:
        book, number = self._book, plain(draft.order_no)
        async with self._db.write() as connection:
            wanted_is = f"{draft.solution}|{number}|{draft.item_id}"
            if before := await book.take_key(connection, key, wanted_is):
                return before
            order = await book.lock_order(connection, number)
            items = tables.order_items
            query = select(items).where(items.c.order_no == number, items.c.item_id == draft.item_id)
            item = (await connection.execute(query)).first()
            if item is None:
                raise book.refuse("not_found")
            already = rows.open_requests(number, draft.item_id, rows.ITEM_KINDS)
            if found := await book.existing(connection, key, already):
                return found
            if order.state in ("cancelled", "refunded"):
                raise book.refuse("already_cancelled")
            if order.state != "signed":
                raise book.refuse("not_signed")
            target = await self._target(
                connection,
                number,
                draft.item_id,
                draft.solution,
                quantity=draft.quantity,
                colour=draft.colour,
                size=draft.size,
            )
            opened = await book.open(
                connection,
                key,
                Wanted(
                    draft.solution,
                    "submitted",
                    number,
                    item_id=draft.item_id,
                    item=item.name,
                    reason=draft.reason,
                    solution=draft.solution,
                    condition=draft.condition,
                    freight_payer=draft.freight_payer,
                    review=draft.review,
                    detail={"description": check_note(draft.description or ""), **target},
                ),
            )
            at = self._now()
            notes = [
                {
                    "request_no": opened.request_no,
                    "at": at,
                    "kind": "evidence",
                    "text": check_note(one, most=200),
                }
                for one in draft.evidence
            ]
            await book.insert_once(connection, tables.request_notes, notes)
            return opened

    async def leave_ticket(
        self, key: str, *, order_no: str | None, category: str, description: str, contact: str | None = None
    ) -> port.AfterSalesRequest:
        book, number = self._book, plain(order_no or "")
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"ticket|{number}|{category}"):
                return before
            if number:
                await book.lock_order(connection, number)
            detail = {
                "category": category,
                "description": check_note(description),
                "contact": clean(contact or ""),
            }
            return await book.open(connection, key, Wanted("ticket", "submitted", number, detail=detail))

    async def attach_note(
        self, key: str, request_no: str, kind: port.NoteKind, text: str
    ) -> port.AfterSalesRequest:
        book, number = self._book, plain(request_no).upper()
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"note|{kind}|{number}"):
                return before
            query = select(tables.requests).where(tables.requests.c.request_no == number).with_for_update()
            row = (await connection.execute(query)).first()
            if row is None:
                raise book.refuse("not_found")
            if row.state in port.CLOSED_REQUEST_STATES:
                raise book.refuse("already_over")
            value = plain(text).upper()[:40] if kind == "tracking_no" else check_note(text)
            if not value:
                raise port.Refused("invalid", "内容是空的，麻烦再发一次。")
            note = {"request_no": number, "at": self._now(), "kind": kind, "text": value}
            await book.insert_once(connection, tables.request_notes, [note])
            if kind == "tracking_no" and row.state in ("submitted", "approved", "sent_back"):
                await book.move(connection, number, "sent_back", tracking_no=value)
            await book.bind(connection, key, number)
            return book.shown(await book.row(connection, number))
