"""Tables of the order system's own database. Changes go through migrations/."""

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData()


class Utc(TypeDecorator[datetime]):
    """An instant: aware UTC in Python; timestamptz on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return (
            moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
        )


class Yuan(TypeDecorator[Decimal]):
    """Money, kept as whole fen so that SQLite never sees a float."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * 100).to_integral_exact())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) / 100).quantize(Decimal("0.01"))


orders = Table(
    "orders",
    metadata,
    Column("order_no", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("phone", String(20), nullable=False, index=True),
    Column("email", String(254)),
    Column("name", String(64), nullable=False),
    Column("address", Text, nullable=False),
    Column("receiver_phone", String(20)),
    Column("total", Yuan, nullable=False),
    Column("freight", Yuan, nullable=False),
    Column("payment_method", String(16), nullable=False),
    Column("freight_insurance", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("paid_at", Utc),
    Column("ship_by", Utc),
    Column("shipped_at", Utc),
    Column("signed_at", Utc),
    Column("signed_by", String(32)),
    Column("invoice", JSON, nullable=False),
    Column("promotions", JSON, nullable=False),
    Column("note", Text),
)

order_items = Table(
    "order_items",
    metadata,
    Column("order_no", ForeignKey("orders.order_no", ondelete="CASCADE"), nullable=False),
    Column("item_id", String(32), nullable=False),
    Column("name", String(128), nullable=False),
    Column("sku", String(64), nullable=False),
    Column("qty", Integer, nullable=False),
    Column("price", Yuan, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("spec", String(128), nullable=False),
    Column("model", String(64)),
    Column("serial", String(64)),
    Column("batch", String(64)),
    Column("warranty_days", Integer),
    Column("opened", Boolean),
    PrimaryKeyConstraint("order_no", "item_id"),
)

parcels = Table(
    "parcels",
    metadata,
    Column("tracking_no", String(40), primary_key=True),
    Column("order_no", ForeignKey("orders.order_no", ondelete="CASCADE"), nullable=False, index=True),
    Column("carrier", String(32), nullable=False),
    Column("carrier_phone", String(20)),
    Column("state", String(16), nullable=False),
    Column("eta", Utc),
    Column("sent_at", Utc, nullable=False),
)

scans = Table(
    "scans",
    metadata,
    Column("tracking_no", ForeignKey("parcels.tracking_no", ondelete="CASCADE"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("place", String(64), nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("tracking_no", "at"),
)

refunds = Table(
    "refunds",
    metadata,
    Column("refund_no", String(32), primary_key=True),
    Column("order_no", ForeignKey("orders.order_no", ondelete="CASCADE"), nullable=False, index=True),
    Column("item_id", String(32)),
    Column("request_no", String(16)),
    Column("amount", Yuan, nullable=False),
    Column("method", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("expected_at", Utc, nullable=False),
    Column("arrived_at", Utc),
)

requests = Table(
    "requests",
    metadata,
    Column("request_no", String(16), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("order_no", String(32), nullable=False),  # "" for a ticket without an order
    Column("item_id", String(32)),
    Column("item", String(128)),
    Column("reason", String(32)),
    Column("solution", String(16)),
    Column("condition", String(32)),
    Column("freight_payer", String(16)),
    Column("review", Boolean, nullable=False),
    Column("tracking_no", String(40)),
    Column("detail", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("due", Utc),
    Index("ix_requests_order_item", "order_no", "item_id"),
)

#: H28: one row a key; `wanted` says what was asked, to tell a repeat from a different use of the key.
request_keys = Table(
    "request_keys",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("wanted", String(200), nullable=False),
    Column("request_no", String(16)),
    Column("created_at", Utc, nullable=False),
)

request_notes = Table(
    "request_notes",
    metadata,
    Column("note_id", Integer, primary_key=True, autoincrement=True),
    Column("request_no", ForeignKey("requests.request_no", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("request_no", "kind", "text", name="uq_request_notes_text"),
)

products = Table(
    "products",
    metadata,
    Column("sku", String(64), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("price", Yuan, nullable=False),
    Column("stock", Integer, nullable=False),
    Column("dispatch_hours", Integer, nullable=False),
    Column("material", String(128), nullable=False),
    Column("warranty_days", Integer, nullable=False),
    Column("colours", JSON, nullable=False),
    Column("sizes", JSON, nullable=False),
    Column("spec", Text, nullable=False),
    Column("size_advice", Text, nullable=False),
    Column("usage", Text, nullable=False),
    Column("aliases", JSON, nullable=False),
    Column("no_reason_return", Boolean, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("variants", JSON, nullable=False, server_default="[]"),
)

#: How many visits of a technician's slot are booked; a slot without a row has none.
visit_slots = Table(
    "visit_slots",
    metadata,
    Column("slot_id", String(64), primary_key=True),
    Column("taken", Integer, nullable=False),
)

promotions = Table(
    "promotions",
    metadata,
    Column("promotion_id", String(32), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("threshold", Yuan, nullable=False),
    Column("off", Yuan, nullable=False),
    Column("ends_at", Utc),
)

#: H8 security state: wrong attempts by conversation, order and address.
verify_counters = Table(
    "verify_counters",
    metadata,
    Column("scope", String(16), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("since", Utc, nullable=False),
    Column("locked_until", Utc),
    Column("touched_at", Utc, nullable=False, index=True),
    Column(
        "last_attempt", String(64)
    ),  # digest of the last wrong attempt, so that a retried turn counts once
    PrimaryKeyConstraint("scope", "subject"),
)
