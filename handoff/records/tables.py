"""The tables of the handoff service: one numbered log per conversation and the rows that refer to it.

Written for SQLite and PostgreSQL alike: times are aware UTC datetimes on both, JSON is portable JSON, and every change
of shape has a migration in handoff/records/migrations (a test compares the two).
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Utc(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases (SQLite itself stores no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone must not reach the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# PostgreSQL names constraints by itself, SQLite does not: named, so that both histories stay identical.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("state", String(16), nullable=False),
    Column("last_seq", Integer, nullable=False, default=0),
    Column("episode", Integer, nullable=False, default=1),
    # who it belongs to at the store: `sub` of the signed identity, null for a guest
    Column("customer_sub", String(200)),
    Column("identity", JSON(none_as_null=True)),  # {"sub","name"?,"phone"?} of the last valid token
    Column(
        "customer", JSON, nullable=False, default=dict
    ),  # {"name","phone","verified","method","contact"}: contact was only typed
    Column("page", JSON, nullable=False, default=dict),
    Column("address", String(64)),
    # the person
    Column("owner", String(40)),  # agents.id
    Column("owner_epoch", Integer, nullable=False, default=0),  # +1 at every change of owner, never reset
    Column("last_owner", String(40)),
    Column("claimed_at", Utc),
    Column("first_response_at", Utc),
    # the queue
    Column("waiting_since", Utc),  # kept when an owner disappears, so that the old place is kept
    Column("place", Float),
    Column("skill_group", String(40)),
    Column("level", String(4)),
    Column("priority", Integer),
    Column("precedence", String(12)),  # safety | publicity: goes before the level in the queue
    Column("category", String(40)),
    Column("deadlines", JSON, nullable=False, default=dict),
    Column("escalated_to", String(40)),  # the group that serves it too since a deadline was missed (H46)
    Column("next_due", Utc),
    Column("handoff_id", String(40)),
    Column("customer_read", Integer),  # seq up to which the customer had it on the screen; null: never told
    Column("noticed", JSON, nullable=False, default=dict),  # which queue notices were said in this wait
    # what the bot knows; `bot_state` is opaque here
    Column("facts", JSON, nullable=False, default=dict),
    Column("bot_state", JSON(none_as_null=True)),
    Column("bot_state_version", Integer, nullable=False, default=0),
    Column("misses", Integer, nullable=False, default=0),
    Column(
        "turn_watermark", Integer, nullable=False, default=0
    ),  # customer items up to here need no bot turn
    Index(None, "customer_sub"),
    Index("ix_conversations_queue", "state", "skill_group", "waiting_since"),
    Index(None, "owner"),
    Index(None, "next_due"),
    Index(None, "created_at"),  # a day's conversations (H50)
)

conversation_customers = Table(
    "conversation_customers",
    metadata,
    # by what its customer is recognised: handoff/records/customers.py
    Column("key", String(300), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Index(None, "conversation_id"),
)

items = Table(
    "items",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("sender", String(16), nullable=False),  # customer | bot | agent | system
    Column("sender_id", String(40)),  # agents.id when an agent wrote it
    Column("kind", String(16), nullable=False),  # text | image | video | button | card | event | rating
    Column("body", JSON, nullable=False),
    Column("recalled_at", Utc),  # its agent took it back: kept, but told to the customer no more
    Column("client_msg_id", String(100)),
    Column("body_hash", String(64)),
    Column("in_reply_to", Integer),
    Column("turn_id", String(40)),  # customer: the turn that took it; bot: the turn that said it
    Column(
        "private", JSON(none_as_null=True)
    ),  # never leaves the server: {"buttons": {id: {"label","payload"}}}
    UniqueConstraint("conversation_id", "sender", "client_msg_id"),
    Index(None, "turn_id"),
)

annotations = Table(
    "annotations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    Column("after_seq", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column(
        "kind", String(24), nullable=False
    ),  # note | effect | dropped | understanding | reveal | resolution
    Column("author", String(40)),  # agents.id, "bot" or "system"
    Column("turn_id", String(40)),
    Column("body", JSON, nullable=False),
    Index(None, "conversation_id", "after_seq"),
)

turns = Table(
    "turns",
    metadata,
    Column("turn_id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("input", JSON, nullable=False),  # exactly what the bot is sent; the same on every attempt
    Column("status", String(12), nullable=False),  # running | done | dropped | unavailable
    Column("attempt", Integer, nullable=False, default=1),
    Column("worker", String(80), nullable=False),
    Column("heartbeat_at", Utc, nullable=False),
    Column("acked_at", Utc, nullable=False),  # of the first message of the batch
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("state_version", Integer, nullable=False),
    Column("owner_epoch", Integer, nullable=False),
    Column("model", String(200)),
    Column("understanding", JSON(none_as_null=True)),
    Index(None, "conversation_id", "first_seq"),
    # one turn in flight per conversation, whatever the processes do (promise 6)
    Index(
        "uq_turns_one_running",
        "conversation_id",
        unique=True,
        sqlite_where=text("status = 'running'"),
        postgresql_where=text("status = 'running'"),
    ),
    Index("ix_turns_status_heartbeat_at", "status", "heartbeat_at"),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("handoff_id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("reason", String(24), nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("record", JSON, nullable=False),  # contracts/handoff-record.schema.json
    Column("filled", Boolean, nullable=False, default=False),  # the order system's data has been put in
    Column("resolution", String(24)),
    Column("resolution_note", Text),
    Column("ended_at", Utc),
    Column(
        "ticket_at", Utc
    ),  # the customer chose a ticket instead of waiting: its first response counts from here
    Column("left_at", Utc),  # the customer left the queue before anybody had answered
    Index(None, "conversation_id", "created_at"),
    Index(None, "created_at"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("username", String(80), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("name", String(80), nullable=False),
    Column("role", String(24), nullable=False),  # agent | specialist | supervisor | qa | designer | admin
    Column("groups", JSON, nullable=False, default=list),
    Column("active", Boolean, nullable=False, default=True),
    Column("created_at", Utc, nullable=False),
    Column("present_at", Utc),  # refreshed while a console of this person is connected
    Column("skills", JSON(none_as_null=True)),  # categories that the queue offers to this person first
    Column("capacity", Integer),  # how much the queue offers at most; null: as the policy says
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of the cookie, never the cookie
    Column("agent_id", String(40), ForeignKey("agents.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("last_seen_at", Utc, nullable=False),
    Column("address", String(64)),
    Index(None, "agent_id"),
    Index(None, "expires_at"),
)

uploads = Table(
    "uploads",
    metadata,
    Column("upload_id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("uploader", String(40), nullable=False),  # "customer" or agents.id
    Column("kind", String(8), nullable=False),  # image | video
    Column("mime", String(40), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("sha256", String(64), nullable=False),
    Column(
        "stored_as", String(120), nullable=False
    ),  # random name, where UPLOADS says (handoff/uploads/backends.py)
    Index(None, "conversation_id"),
)

# the files themselves with UPLOADS=database; no reference to `uploads`: a file is kept before the row that names it
upload_parts = Table(
    "upload_parts",
    metadata,
    Column("stored_as", String(120), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("created_at", Utc, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

# files that are still to be deleted from the bucket (UPLOADS=s3://…): their conversations are gone
upload_removals = Table(
    "upload_removals",
    metadata,
    Column("stored_as", String(120), primary_key=True),
    Column("at", Utc, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("episode", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("score", Integer, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("words", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Index(None, "at"),
)

audits = Table(
    "audits",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("agent_id", String(40)),
    Column("conversation_id", String(40)),
    Column("action", String(40), nullable=False),
    Column("detail", JSON, nullable=False, default=dict),
    Index(None, "conversation_id", "at"),
    Index(None, "agent_id", "at"),
    Index(None, "at"),
)
