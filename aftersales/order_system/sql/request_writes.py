"""Writes to a request that exists: taken back, changed, a visit booked (H23, H27, H28)."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.order_system import port
from aftersales.order_system.checks import check_invoice, check_note, check_quantity
from aftersales.order_system.proof import plain
from aftersales.order_system.sql import rows, tables
from aftersales.order_system.sql.reads import SqlReads
from aftersales.order_system.sql.requests import Wanted
from aftersales.variants import bought, colour_named, dearer_by, size_named, variant_of
from aftersales.visits import slots_from, visited_at_home

#: Kinds of requests for an invoice.
_INVOICES = ("invoice", "reissue")


class SqlRequestWrites(SqlReads):
    """What `port.OrderSystem` promises of withdraw, change_request, visit_slots and book_visit."""

    async def withdraw(self, key: str, request_no: str, reason: str = "") -> port.AfterSalesRequest:
        book, number = self._book, plain(request_no).upper()
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"withdraw|{number}"):
                return before
            row = await book.lock_request(connection, number)
            if row.state == "withdrawn":
                await book.bind(connection, key, number)
                return book.shown(row, repeated=True)
            self._must_be_open(row)
            if row.kind in _INVOICES:
                table = tables.orders
                await connection.execute(
                    update(table)
                    .where(table.c.order_no == row.order_no)
                    .values(invoice=row.detail.get("before") or {"state": "none"})
                )
            await book.move(
                connection, number, "withdrawn", detail={**row.detail, "withdrawn": check_note(reason)}
            )
            await self._free_visit(connection, row)
            await book.bind(connection, key, number)
            return book.shown(await book.row(connection, number))

    async def change_request(
        self, key: str, request_no: str, change: port.RequestChange
    ) -> port.AfterSalesRequest:
        book, number = self._book, plain(request_no).upper()
        asked = f"{change.solution}|{change.quantity}|{change.colour}|{change.size}"[:120]
        invoice = [change.title, change.tax_no, change.email, change.invoice_kind]
        if any(invoice):
            asked = "|".join(str(one) for one in invoice)[:120]
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"changed|{number}|{asked}"):
                return before
            row = await book.lock_request(connection, number)
            if row.state == "withdrawn" and row.detail.get("replaced_by"):
                row = await book.lock_request(connection, row.detail["replaced_by"])
            self._must_be_open(row)
            if row.kind in _INVOICES and any(invoice):
                return await self._invoice_changed(connection, key, row, change)
            if row.kind not in rows.ITEM_KINDS or any(invoice):
                raise book.refuse("not_changeable")
            solution: Any = change.solution or row.kind
            told = {
                name: getattr(change, name) or row.detail.get(name) for name in ("quantity", "colour", "size")
            }
            target = await self._target(connection, row.order_no, row.item_id, solution, **told)
            if solution == row.kind:
                if all(row.detail.get(name) == value for name, value in target.items()):
                    await book.bind(connection, key, row.request_no)
                    return book.shown(row, repeated=True)
                detail = {**row.detail, **target}
                table = tables.requests
                await connection.execute(
                    update(table).where(table.c.request_no == row.request_no).values(detail=detail)
                )
                await book.bind(connection, key, row.request_no)
                return book.shown(await book.row(connection, row.request_no))
            return await self._replaced(connection, key, row, solution, target)

    async def _invoice_changed(
        self, connection: AsyncConnection, key: str, row: Row[Any], change: port.RequestChange
    ) -> port.AfterSalesRequest:
        """The same request with another title, tax number or e-mail, which the order's invoice has from then on."""
        book, before = self._book, row.detail
        kind = change.invoice_kind or before.get("kind") or "personal"
        asked = check_invoice(
            port.InvoiceDraft(
                row.order_no,
                kind,
                change.title or str(before.get("title") or ""),
                email=change.email or before.get("email"),
                tax_no=(change.tax_no or before.get("tax_no")) if kind == "company" else None,
            )
        )
        told = {"title": asked.title, "tax_no": asked.tax_no, "email": asked.email}
        if all(before.get(name) == value for name, value in told.items()):
            await book.bind(connection, key, row.request_no)
            return book.shown(row, repeated=True)
        requests, orders = tables.requests, tables.orders
        order = await book.lock_order(connection, row.order_no)
        await connection.execute(
            update(requests)
            .where(requests.c.request_no == row.request_no)
            .values(detail={**before, **told, "kind": kind})
        )
        await connection.execute(
            update(orders)
            .where(orders.c.order_no == row.order_no)
            .values(invoice={**(order.invoice or {}), **told})
        )
        await book.bind(connection, key, row.request_no)
        return book.shown(await book.row(connection, row.request_no))

    async def _replaced(
        self,
        connection: AsyncConnection,
        key: str,
        row: Row[Any],
        solution: port.Solution,
        target: dict[str, Any],
    ) -> port.AfterSalesRequest:
        """A request of the other kind in the place of this one, with its evidence."""
        book = self._book
        kept = {name: value for name, value in row.detail.items() if name in ("description", "evidence")}
        wanted = Wanted(
            solution,
            "submitted",
            row.order_no,
            item_id=row.item_id,
            item=row.item,
            reason=row.reason,
            solution=solution,
            condition=row.condition,
            freight_payer=row.freight_payer,
            review=row.review,
            detail={**kept, **target, "replaces": row.request_no},
        )
        opened = await book.open(connection, key, wanted)
        await book.move(
            connection, row.request_no, "withdrawn", detail={**row.detail, "replaced_by": opened.request_no}
        )
        await self._free_visit(connection, row)
        notes = tables.request_notes
        found = await connection.execute(select(notes).where(notes.c.request_no == row.request_no))
        copied = [
            {"request_no": opened.request_no, "at": one.at, "kind": one.kind, "text": one.text}
            for one in found.all()
        ]
        await book.insert_once(connection, notes, copied)
        return opened

    async def visit_slots(self, order_no: str, item_id: str) -> list[port.VisitSlot]:
        items, taken = tables.order_items, tables.visit_slots
        query = select(items.c.kind).where(items.c.order_no == plain(order_no), items.c.item_id == item_id)
        async with self._db.read() as connection:
            kind = (await connection.execute(query)).scalar()
            visits = self._policy.repairs.visits
            if kind is None or not visited_at_home(visits, kind):
                return []
            full = select(taken.c.slot_id).where(taken.c.taken >= visits.per_slot)
            gone = set((await connection.execute(full)).scalars())
        return [one for one in slots_from(visits, self._now(), self._tz) if one.slot_id not in gone]

    async def book_visit(self, key: str, request_no: str, slot_id: str) -> port.AfterSalesRequest:
        book, number = self._book, plain(request_no).upper()
        visits = self._policy.repairs.visits
        async with self._db.write() as connection:
            if before := await book.take_key(connection, key, f"visit|{number}|{slot_id}"[:200]):
                return before
            row = await book.lock_request(connection, number)
            self._must_be_open(row)
            if row.kind != "repair":
                raise book.refuse("not_changeable")
            if (row.detail.get("visit") or {}).get("slot_id") == slot_id:
                await book.bind(connection, key, number)
                return book.shown(row, repeated=True)
            slot = next(
                (one for one in slots_from(visits, self._now(), self._tz) if one.slot_id == slot_id), None
            )
            if slot is None or not await self._take_slot(connection, slot_id, visits.per_slot):
                raise book.refuse("slot_taken")
            await self._free_visit(connection, row)
            visit = {"slot_id": slot_id, "begins": slot.begins.isoformat(), "ends": slot.ends.isoformat()}
            await book.move(
                connection, number, "approved", detail={**row.detail, "visit": visit}, due=slot.ends
            )
            await book.bind(connection, key, number)
            return book.shown(await book.row(connection, number))

    async def _take_slot(self, connection: AsyncConnection, slot_id: str, most: int) -> bool:
        """One more place of the slot, when one is left; the row's lock keeps two customers apart."""
        table = tables.visit_slots
        await self._book.insert_once(connection, table, [{"slot_id": slot_id, "taken": 0}])
        made = await connection.execute(
            update(table)
            .where(table.c.slot_id == slot_id, table.c.taken < most)
            .values(taken=table.c.taken + 1)
            .returning(table.c.taken)
        )
        return made.first() is not None

    async def _free_visit(self, connection: AsyncConnection, row: Row[Any]) -> None:
        """Give the place of the request's visit back, when it had one."""
        visit = row.detail.get("visit")
        if visit:
            table = tables.visit_slots
            await connection.execute(
                update(table).where(table.c.slot_id == visit["slot_id"]).values(taken=table.c.taken - 1)
            )

    def _must_be_open(self, row: Row[Any]) -> None:
        """May the customer still take it back or change it? Refused(already_over, request_in_progress)."""
        if row.state in port.CLOSED_REQUEST_STATES:
            raise self._book.refuse("already_over")
        if row.state not in self._policy.requests.open_until:
            raise self._book.refuse("request_in_progress")

    async def _target(
        self,
        connection: AsyncConnection,
        order_no: str,
        item_id: str,
        solution: str,
        *,
        quantity: int | None,
        colour: str | None,
        size: str | None,
    ) -> dict[str, Any]:
        """What a request of an item is about, as it is kept: pieces, and for an exchange the colour and size wanted, checked
        against the stock of this moment, with the price difference. Refused(not_found, no_stock, invalid)."""
        items = tables.order_items
        query = select(items).where(items.c.order_no == order_no, items.c.item_id == item_id)
        item = (await connection.execute(query)).first()
        if item is None:
            raise self._book.refuse("not_found")
        pieces = check_quantity(quantity, item.qty) if quantity is not None else None
        kept: dict[str, Any] = {"quantity": pieces, "colour": None, "size": None, "amount": None}
        if solution != "exchange" or not (colour or size):
            return kept
        product = await self._product(connection, item.sku)
        if product is None:
            return {**kept, "colour": colour, "size": size}
        before = bought(product, item.spec)
        named = (
            colour_named(product, colour) if colour else before[0],
            size_named(product, size) if size else before[1],
        )
        wanted = variant_of(product, *named)
        count = pieces or item.qty
        if (colour and not named[0]) or (size and not named[1]) or wanted.stock < count:
            raise self._book.refuse("no_stock")
        more: Decimal = dearer_by(product, before, wanted) * count
        return {
            **kept,
            "colour": named[0] if colour else None,
            "size": named[1] if size else None,
            "amount": str(more),
        }

    async def _product(self, connection: AsyncConnection, sku: str) -> port.Product | None:
        query = select(tables.products).where(tables.products.c.sku == sku)
        row = (await connection.execute(query)).first()
        return rows.product(row) if row else None
