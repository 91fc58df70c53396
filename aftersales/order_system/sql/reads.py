"""The reading half of the SQL adapter."""

from collections.abc import Callable
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from sqlalchemy import select

from aftersales.catalogue import rank_products
from aftersales.order_system import port
from aftersales.order_system.proof import plain
from aftersales.order_system.sql import rows, tables
from aftersales.order_system.sql.database import Database
from aftersales.order_system.sql.requests import RequestBook
from aftersales.policy.model import Policy
from aftersales.policy.watch import PolicyInForce, in_force


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


class SqlReads:
    """Orders, parcels, refunds, requests and catalogue as `port.OrderSystem` promises them."""

    def __init__(
        self,
        url: str,
        policy: Policy | PolicyInForce,
        tz: ZoneInfo,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._db = Database(url)
        self._source = in_force(policy)
        self._tz = tz
        self._now = now
        self._book = RequestBook(self._db, self._source, tz, now)

    @property
    def _policy(self) -> Policy:
        """The store's rules of this moment."""
        return self._source.current

    async def ready(self) -> None:
        async with self._db.read() as connection:
            await connection.execute(select(tables.orders.c.order_no).limit(1))

    async def close(self) -> None:
        await self._db.close()

    async def order(self, order_no: str) -> port.Order | None:
        query = select(tables.orders).where(tables.orders.c.order_no == plain(order_no))
        async with self._db.read() as connection:
            return next(iter(await rows.orders(connection, query)), None)

    async def orders_of(self, phone: str, *, limit: int = 20) -> list[port.Order]:
        table = tables.orders
        query = select(table).where(table.c.phone == plain(phone).replace("-", ""))
        async with self._db.read() as connection:
            return await rows.orders(
                connection, query.order_by(table.c.created_at.desc(), table.c.order_no.desc()).limit(limit)
            )

    async def parcel(self, order_no: str) -> port.Parcel | None:
        table = tables.parcels
        query = select(table).where(table.c.order_no == plain(order_no)).order_by(table.c.sent_at.desc())
        async with self._db.read() as connection:
            return await rows.parcel(connection, query)

    async def parcel_by_tracking_no(self, tracking_no: str) -> port.Parcel | None:
        table = tables.parcels
        query = select(table).where(table.c.tracking_no == plain(tracking_no).upper())
        async with self._db.read() as connection:
            return await rows.parcel(connection, query)

    async def refund_progress(self, order_no: str) -> list[port.Refund]:
        async with self._db.read() as connection:
            return await rows.refunds(connection, plain(order_no))

    async def open_request(
        self, order_no: str, item_id: str | None = None, *, kind: port.RequestKind | None = None
    ) -> port.AfterSalesRequest | None:
        kinds = (kind,) if kind else (*rows.ITEM_KINDS, "cancel")
        async with self._db.read() as connection:
            query = rows.open_requests(plain(order_no), item_id, kinds)
            row = (await connection.execute(query.limit(1))).first()
            return self._book.shown(row) if row else None

    async def request(self, request_no: str) -> port.AfterSalesRequest | None:
        table = tables.requests
        async with self._db.read() as connection:
            query = select(table).where(table.c.request_no == plain(request_no).upper())
            row = (await connection.execute(query)).first()
            return self._book.shown(row) if row else None

    async def requests_of(self, order_no: str) -> list[port.AfterSalesRequest]:
        table = tables.requests
        query = select(table).where(table.c.order_no == plain(order_no))
        if not plain(order_no):
            return []
        async with self._db.read() as connection:
            found = await connection.execute(
                query.order_by(table.c.created_at.desc(), table.c.request_no.desc())
            )
            return [self._book.shown(row) for row in found.all()]

    async def products(self, search: str, *, limit: int = 5) -> list[port.Product]:
        async with self._db.read() as connection:
            found = await connection.execute(select(tables.products))
            return rank_products([rows.product(row) for row in found.all()], search, limit=limit)

    async def product(self, sku: str) -> port.Product | None:
        async with self._db.read() as connection:
            query = select(tables.products).where(tables.products.c.sku == plain(sku))
            row = (await connection.execute(query)).first()
            return rows.product(row) if row else None

    async def promotions(self) -> list[port.Promotion]:
        table = tables.promotions
        now = self._now()
        async with self._db.read() as connection:
            found = await connection.execute(select(table).order_by(table.c.promotion_id))
            running = [port.Promotion(**row._mapping) for row in found.all()]
        return [one for one in running if one.ends_at is None or one.ends_at > now]
