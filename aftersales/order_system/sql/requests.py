"""Opening requests so that the same wish never becomes two (H28).

A key row is inserted first; whoever comes second with the key waits for the first to commit and then reads its result. The
order's row is locked before looking for an open request, so two different keys cannot open two requests for one item.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.order_system.port import REQUEST_PREFIX, AfterSalesRequest, Refused, RequestKind, RequestState
from aftersales.order_system.sql import rows, tables
from aftersales.order_system.sql.database import Database
from aftersales.policy.model import Policy
from aftersales.policy.watch import PolicyInForce

_MAX_KEY = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new request row is to hold."""

    kind: RequestKind
    state: RequestState
    order_no: str = ""
    item_id: str | None = None
    item: str | None = None
    reason: str | None = None
    solution: str | None = None
    condition: str | None = None
    freight_payer: str | None = None
    review: bool = False
    detail: dict[str, Any] | None = None
    due: datetime | None = None  # None: by the policy's step


class RequestBook:
    """Writes of the adapter share this: keys, numbers, refusals in the store's words."""

    def __init__(
        self, database: Database, source: PolicyInForce, tz: ZoneInfo, now: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.source = source
        self.tz = tz
        self.now = now

    @property
    def policy(self) -> Policy:
        """The store's rules of this moment."""
        return self.source.current

    def refuse(self, code: str) -> Refused:
        """The exception for a refusal code of data/policy/requests.yml."""
        return Refused(code, getattr(self.policy.requests.refusals, code))

    def shown(self, row: Row[Any], *, repeated: bool = False) -> AfterSalesRequest:
        return rows.request(row, self.policy.requests, repeated=repeated)

    async def take_key(self, connection: AsyncConnection, key: str, wanted: str) -> AfterSalesRequest | None:
        """None: the key is new and ours. Else the request it made before; Refused(key_conflict) for another use."""
        if not key or len(key) > _MAX_KEY or not key.isprintable():
            raise Refused("invalid", self.policy.requests.refusals.key_conflict)
        table = tables.request_keys
        made = await connection.execute(
            self._insert(table)
            .values(key=key, wanted=wanted, created_at=self.now())
            .on_conflict_do_nothing()
            .returning(table.c.key)
        )
        if made.first() is not None:
            return None
        before = (await connection.execute(select(table).where(table.c.key == key))).one()
        if before.wanted != wanted:
            raise self.refuse("key_conflict")
        return self.shown(await self.row(connection, before.request_no), repeated=True)

    async def lock_order(self, connection: AsyncConnection, order_no: str) -> Row[Any]:
        """The order's row, held until the transaction ends; Refused(not_found)."""
        query = select(tables.orders).where(tables.orders.c.order_no == order_no).with_for_update()
        row = (await connection.execute(query)).first()
        if row is None:
            raise self.refuse("not_found")
        return row

    async def lock_request(self, connection: AsyncConnection, request_no: str) -> Row[Any]:
        """The request's row, held until the transaction ends; Refused(not_found)."""
        query = select(tables.requests).where(tables.requests.c.request_no == request_no).with_for_update()
        row = (await connection.execute(query)).first()
        if row is None:
            raise self.refuse("not_found")
        return row

    async def row(self, connection: AsyncConnection, request_no: str) -> Row[Any]:
        table = tables.requests
        found = (await connection.execute(select(table).where(table.c.request_no == request_no))).first()
        if found is None:
            raise self.refuse("not_found")
        return found

    async def existing(
        self, connection: AsyncConnection, key: str, query: Select[Any]
    ) -> AfterSalesRequest | None:
        """The first request of `query`, bound to `key` so that a repeat finds it again."""
        row = (await connection.execute(query.limit(1))).first()
        if row is None:
            return None
        await self.bind(connection, key, row.request_no)
        return self.shown(row, repeated=True)

    async def open(self, connection: AsyncConnection, key: str, wanted: Wanted) -> AfterSalesRequest:
        """Insert the request under a number of its own."""
        at = self.now()
        values = {
            "kind": wanted.kind,
            "state": wanted.state,
            "order_no": wanted.order_no,
            "item_id": wanted.item_id,
            "item": wanted.item,
            "reason": wanted.reason,
            "solution": wanted.solution,
            "condition": wanted.condition,
            "freight_payer": wanted.freight_payer,
            "review": wanted.review,
            "detail": wanted.detail or {},
            "created_at": at,
            "due": wanted.due or self.due(wanted.kind, wanted.state, at),
        }
        while True:
            number = self._number(wanted.kind, at)
            made = await connection.execute(
                self._insert(tables.requests)
                .values(request_no=number, **values)
                .on_conflict_do_nothing()
                .returning(tables.requests.c.request_no)
            )
            if made.first() is not None:
                break
        await self.bind(connection, key, number)
        return self.shown(await self.row(connection, number))

    async def move(
        self, connection: AsyncConnection, request_no: str, state: RequestState, **more: Any
    ) -> None:
        """Put a request into another state with that step's deadline, and whatever else its row gets."""
        row = await self.row(connection, request_no)
        await connection.execute(
            update(tables.requests)
            .where(tables.requests.c.request_no == request_no)
            .values(**{"state": state, "due": self.due(row.kind, state, self.now()), **more})
        )

    def due(self, kind: RequestKind, state: RequestState, at: datetime) -> datetime | None:
        hours = self.policy.requests.step(kind, state).hours
        return None if hours is None else at + timedelta(hours=hours)

    async def insert_once(
        self, connection: AsyncConnection, table: Any, values: Sequence[dict[str, Any]]
    ) -> None:
        """Insert rows, leaving those that exist as they are."""
        for one in values:
            await connection.execute(self._insert(table).values(**one).on_conflict_do_nothing())

    async def bind(self, connection: AsyncConnection, key: str, request_no: str) -> None:
        table = tables.request_keys
        await connection.execute(update(table).where(table.c.key == key).values(request_no=request_no))

    def _number(self, kind: RequestKind, at: datetime) -> str:
        """Two letters, the local date (yymmdd) and six random digits."""
        return f"{REQUEST_PREFIX[kind]}{at.astimezone(self.tz):%y%m%d}{secrets.randbelow(10**6):06d}"

    def _insert(self, table: Any) -> Any:
        return sqlite.insert(table) if self.database.is_sqlite else postgresql.insert(table)
