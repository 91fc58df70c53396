"""Writes to an order beyond its address and cancelling: goods and note before dispatch, the parcel after it, money and
invoice (H19-H21, H30, H39)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.arrival import latest_arrival
from aftersales.order_system import port
from aftersales.order_system.checks import check_invoice, check_note, check_quantity, clean
from aftersales.order_system.proof import plain
from aftersales.order_system.sql import rows, tables
from aftersales.order_system.sql.request_writes import SqlRequestWrites
from aftersales.order_system.sql.requests import Wanted
from aftersales.variants import bought, colour_named, dearer_by, size_named, spec_with, variant_of

_OVER = ("cancelled", "refunded")
_BEFORE_DISPATCH = ("unpaid", "paid")


class SqlOrderWrites(SqlRequestWrites):
    """What `port.OrderSystem` promises of intercept, claim, change_item, change_note, reissue_invoice and compensate."""

    async def intercept(self, key: str, order_no: str, reason: str = "") -> port.AfterSalesRequest:
        book, number = self._book, plain(order_no)
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"intercept|{number}"):
                return before
            order = await book.lock_order(connection, number)
            if order.state in _OVER:
                raise book.refuse("already_cancelled")
            self._must_be_sent(order)
            if order.state == "signed":
                raise book.refuse("already_signed")
            parcels = tables.parcels
            newest = (
                select(parcels.c.state).where(parcels.c.order_no == number).order_by(parcels.c.sent_at.desc())
            )
            state = (await connection.execute(newest.limit(1))).scalar()
            if state in ("delivering", "signed"):
                raise book.refuse("already_delivering" if state == "delivering" else "already_signed")
            if found := await book.existing(
                connection, key, rows.open_requests(number, None, ("intercept",))
            ):
                return found
            wanted = Wanted("intercept", "submitted", number, detail={"reason": check_note(reason)})
            return await book.open(connection, key, wanted)

    async def claim(
        self, key: str, order_no: str, wish: port.ClaimWish, *, description: str = ""
    ) -> port.AfterSalesRequest:
        book, number = self._book, plain(order_no)
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"claim|{wish}|{number}"):
                return before
            order = await book.lock_order(connection, number)
            if order.state in _OVER:
                raise book.refuse("already_cancelled")
            self._must_be_sent(order)
            if found := await book.existing(connection, key, rows.open_requests(number, None, ("claim",))):
                return found
            detail = {"description": check_note(description)}
            return await book.open(
                connection, key, Wanted("claim", "submitted", number, solution=wish, detail=detail)
            )

    async def change_item(
        self,
        key: str,
        order_no: str,
        item_id: str,
        *,
        quantity: int | None = None,
        colour: str | None = None,
        size: str | None = None,
    ) -> port.AfterSalesRequest:
        book, number = self._book, plain(order_no)
        async with self._db.write() as connection:
            wanted_is = f"item|{number}|{item_id}|{quantity}|{colour}|{size}"[:200]
            if before := await book.take_key(connection, key, wanted_is):
                return before
            order = await book.lock_order(connection, number)
            await self._must_be_changeable(connection, order)
            items = tables.order_items
            query = select(items).where(items.c.order_no == number, items.c.item_id == item_id)
            item = (await connection.execute(query)).first()
            if item is None:
                raise book.refuse("not_found")
            changed, more = await self._changed_line(connection, item, quantity, colour, size)
            asked = {"quantity": quantity, "colour": colour, "size": size, "amount": str(more)}
            if all(getattr(item, name) == value for name, value in changed.items()):
                if found := await book.existing(connection, key, _changes(number, item_id)):
                    return found
                raise book.refuse("nothing_to_change")
            pays = order.state == "paid"
            if pays and more > 0:
                waiting = rows.open_requests(number, item_id, ("change",))
                if found := await book.existing(connection, key, waiting):
                    return found
                return await book.open(
                    connection,
                    key,
                    Wanted("change", "submitted", number, item_id=item_id, item=item.name, detail=asked),
                )
            await connection.execute(
                update(items).where(items.c.order_no == number, items.c.item_id == item_id).values(**changed)
            )
            table = tables.orders
            await connection.execute(
                update(table).where(table.c.order_no == number).values(total=order.total + more)
            )
            back = -more if pays else Decimal(0)
            due = latest_arrival(self._policy, order.payment_method, self._now(), self._tz) if back else None
            state: port.RequestState = "refunding" if back else "done"
            wanted = Wanted("change", state, number, item_id=item_id, item=item.name, detail=asked, due=due)
            opened = await book.open(connection, key, wanted)
            if back:
                await self._pay_back(connection, order, opened, back, item_id)
            return opened

    async def change_note(self, key: str, order_no: str, note: str) -> port.AfterSalesRequest:
        book, number, words = self._book, plain(order_no), clean(note)[:200]
        if not words:
            raise port.Refused("invalid", "备注是空的，麻烦再说一次要写什么。")
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"order_note|{number}"):
                return before
            order = await book.lock_order(connection, number)
            self._must_be_here(order)
            if order.note == words and (
                found := await book.existing(connection, key, _changes(number, None))
            ):
                return found
            table = tables.orders
            await connection.execute(update(table).where(table.c.order_no == number).values(note=words))
            return await book.open(connection, key, Wanted("change", "done", number, detail={"note": words}))

    async def reissue_invoice(self, key: str, draft: port.InvoiceDraft) -> port.AfterSalesRequest:
        book, number = self._book, plain(draft.order_no)
        asked = check_invoice(draft)
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"reissue|{number}"):
                return before
            order = await book.lock_order(connection, number)
            if found := await book.existing(connection, key, rows.open_requests(number, None, ("reissue",))):
                return found
            if order.invoice.get("state") != "issued":
                raise book.refuse("invoice_not_issued")
            due = self._now() + timedelta(days=self._policy.store.invoices.issue_days)
            invoice = {
                "state": "requested",
                "title": asked.title,
                "tax_no": asked.tax_no,
                "email": asked.email,
                "due_at": due.isoformat(),
            }
            table = tables.orders
            await connection.execute(update(table).where(table.c.order_no == number).values(invoice=invoice))
            detail = {"kind": asked.kind, **invoice, "before": order.invoice}
            return await book.open(
                connection, key, Wanted("reissue", "submitted", number, detail=detail, due=due)
            )

    async def compensate(
        self, key: str, order_no: str, amount: Decimal, kind: port.CompensationKind, *, by: str
    ) -> port.AfterSalesRequest:
        book, number = self._book, plain(order_no)
        if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
            raise port.Refused("invalid", "补偿金额要大于 0，最多两位小数。")
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"compensation|{kind}|{amount:.2f}|{number}"):
                return before
            order = await book.lock_order(connection, number)
            if order.state == "unpaid":
                raise book.refuse("not_paid")
            if amount > order.total:
                raise book.refuse("over_limit")
            table = tables.requests
            granted = select(table).where(table.c.order_no == number, table.c.kind == "compensation")
            for row in (await connection.execute(granted)).all():
                if (row.solution, row.detail.get("amount")) == (kind, f"{amount:.2f}"):
                    await book.bind(connection, key, row.request_no)
                    return book.shown(row, repeated=True)
            money = kind == "refund"
            due = latest_arrival(self._policy, order.payment_method, self._now(), self._tz) if money else None
            detail = {"amount": f"{amount:.2f}", "by": clean(by)[:64]}
            wanted = Wanted(
                "compensation",
                "refunding" if money else "done",
                number,
                solution=kind,
                detail=detail,
                due=due,
            )
            opened = await book.open(connection, key, wanted)
            if money:
                await self._pay_back(connection, order, opened, amount, None)
            return opened

    async def _changed_line(
        self,
        connection: AsyncConnection,
        item: Row[Any],
        quantity: int | None,
        colour: str | None,
        size: str | None,
    ) -> tuple[dict[str, Any], Decimal]:
        """The line's new values and what the order costs more. Refused(no_stock, invalid)."""
        count = check_quantity(quantity) if quantity is not None else item.qty
        product = await self._product(connection, item.sku)
        if product is None:
            raise self._book.refuse("no_stock")
        before = bought(product, item.spec)
        named = (
            colour_named(product, colour) if colour else before[0],
            size_named(product, size) if size else before[1],
        )
        wanted = variant_of(product, *named)
        other = named != before
        if (colour and not named[0]) or (size and not named[1]):
            raise self._book.refuse("no_stock")
        if wanted.stock < (count if other else count - item.qty):
            raise self._book.refuse("no_stock")
        price = item.price + (dearer_by(product, before, wanted) if other else Decimal(0))
        changed = {
            "qty": count,
            "spec": spec_with(item.spec, before, wanted) if other else item.spec,
            "price": price,
        }
        return changed, price * count - item.price * item.qty

    async def _pay_back(
        self,
        connection: AsyncConnection,
        order: Row[Any],
        made: port.AfterSalesRequest,
        amount: Decimal,
        item_id: str | None,
    ) -> None:
        refund = {
            "refund_no": f"R{made.request_no}",
            "order_no": order.order_no,
            "item_id": item_id,
            "request_no": made.request_no,
            "amount": amount,
            "method": order.payment_method,
            "state": "processing",
            "started_at": self._now(),
            "expected_at": made.due,
        }
        await self._book.insert_once(connection, tables.refunds, [refund])

    def _must_be_sent(self, order: Row[Any]) -> None:
        """Refused(not_paid, not_dispatched): there is no parcel yet."""
        if order.state in _BEFORE_DISPATCH:
            raise self._book.refuse("not_paid" if order.state == "unpaid" else "not_dispatched")

    def _must_be_here(self, order: Row[Any]) -> None:
        """Refused(already_cancelled, already_dispatched): nothing can be changed any more."""
        if order.state in _OVER:
            raise self._book.refuse("already_cancelled")
        if order.state not in _BEFORE_DISPATCH:
            raise self._book.refuse("already_dispatched")

    async def _must_be_changeable(self, connection: AsyncConnection, order: Row[Any]) -> None:
        """Before dispatch, and H20: some kinds (定制) are made as soon as they are paid."""
        self._must_be_here(order)
        items = tables.order_items
        found = await connection.execute(select(items.c.kind).where(items.c.order_no == order.order_no))
        for code in found.scalars():
            kind = self._policy.returns.kinds.get(code)
            if kind is not None and not kind.change_after_payment and order.state != "unpaid":
                raise self._book.refuse("not_changeable")


def _changes(order_no: str, item_id: str | None) -> Any:
    """Changes of that line (None: of the note), newest first."""
    table = tables.requests
    query = select(table).where(table.c.order_no == order_no, table.c.kind == "change")
    return query.where(table.c.item_id.is_(None) if item_id is None else table.c.item_id == item_id).order_by(
        table.c.created_at.desc()
    )
