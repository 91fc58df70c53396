"""Tables of the desk: people's status, offers, holds, alerts, drafts, canned replies. What they say of a conversation lives
as long as the conversation; the conversation's own row is written by its own functions only."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from handoff.records.tables import Utc, metadata

desk_people = Table(
    "desk_people",
    metadata,
    Column("agent_id", String(40), ForeignKey("agents.id"), primary_key=True),
    Column("status", String(8), nullable=False),  # by hand: online | busy | away | offline
    Column("status_at", Utc, nullable=False),
)

desk_openings = Table(
    "desk_openings",
    metadata,
    # further groups that may serve a conversation: its own is empty, or was busy for too long
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("skill_group", String(40), primary_key=True),
    Column("handoff_id", String(40), nullable=False),  # of another handoff: it counts no more
    Column("why", String(12), nullable=False),  # empty | busy
    Column("at", Utc, nullable=False),
)

desk_joins = Table(
    "desk_joins",
    metadata,
    # conversations of one customer that are one in the queue and in hand: those with the same join_id (handoff/queue/joins.py)
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("join_id", String(40), nullable=False),
    Column("handoff_id", String(40), nullable=False),  # of another handoff: it counts no more
    Column("why", String(12), nullable=False),  # customer | order
    Column("at", Utc, nullable=False),
    Column("parted_at", Utc),  # a person took it apart: it is not joined again by itself
    Column("parted_by", String(40)),  # agents.id
    Index(None, "join_id"),
)

desk_transfers = Table(
    "desk_transfers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    Column("from_agent", String(40), nullable=False),
    Column("to_agent", String(40), nullable=False),
    Column("epoch", Integer, nullable=False),  # of the owner who offers: another epoch ends the offer
    Column("note", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("state", String(12), nullable=False),  # offered | accepted | declined | expired | cancelled
    Column("answered_at", Utc),
    Index(None, "conversation_id"),
    Index("ix_desk_transfers_open", "state", "expires_at"),
    Index(None, "to_agent"),
)

desk_holds = Table(
    "desk_holds",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("agent_id", String(40), nullable=False),
    Column("at", Utc, nullable=False),
    Column("until", Utc, nullable=False),
    Column("after_seq", Integer, nullable=False),  # what the customer says after it ends the hold
    Column("note", Text, nullable=False),
)

desk_alerts = Table(
    "desk_alerts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agent_id", String(40), nullable=False),
    Column("conversation_id", String(40)),
    Column("kind", String(24), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("seen_at", Utc),
    Column("case_no", String(14)),
    Index("ix_desk_alerts_unseen", "agent_id", "seen_at", "at"),
    Index(None, "conversation_id"),
    Index(None, "case_no"),
)

desk_drafts = Table(
    "desk_drafts",
    metadata,
    Column("agent_id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("kind", String(8), primary_key=True),  # reply | note | ending
    Column("text", Text, nullable=False),
    Column("after_seq", Integer, nullable=False),  # what the writer had seen
    Column("updated_at", Utc, nullable=False),
    Index(None, "conversation_id"),
)

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agent_id", String(40)),  # whose it is; null: the group's
    Column("skill_group", String(40)),  # null with agent_id null: everybody's
    Column("title", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("uses", Integer, nullable=False, default=0),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Index(None, "agent_id"),
)
