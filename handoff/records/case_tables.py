"""The tables of cases (handoff/cases): the case, its timeline, and what ties it to conversations, customers and senders."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from handoff.records.tables import Utc, metadata

cases = Table(
    "cases",
    metadata,
    Column("case_no", String(14), primary_key=True),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("state", String(16), nullable=False),
    Column("state_since", Utc, nullable=False),
    Column("channel", String(40), nullable=False),  # chat | ticket | phone | name of a signed channel
    Column("origin", String(16), nullable=False),  # handoff | ticket | complaint | claim | phone | message
    Column("contacts", Integer, nullable=False, default=1),  # how often the customer came with it
    Column("entries", Integer, nullable=False, default=0),  # rows of the timeline
    # how it is graded (aftersales.grading)
    Column("category", String(40), nullable=False),
    Column("level", String(4), nullable=False),
    Column("urgency", String(8), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("complaint_kind", String(16)),
    Column("complaint_grade", String(16)),
    Column("responsibility", String(16), nullable=False),
    # whose it is, and until when
    Column("skill_group", String(40), nullable=False),
    Column("owner", String(40)),  # agents.id
    Column("deadlines", JSON, nullable=False, default=dict),
    Column("first_response_at", Utc),  # of a person: an automatic reply never counts (H5)
    # what it is about
    Column("order_no", String(64)),
    Column("item", String(200)),
    Column("demand", Text),
    Column("description", Text),
    Column("requests", JSON, nullable=False, default=list),  # numbers: RT…, EX…
    Column("evidence", JSON, nullable=False, default=list),
    Column(
        "customer", JSON, nullable=False, default=dict
    ),  # {"name","phone","email","from","verified","contact"}
    Column(
        "facts", JSON, nullable=False, default=dict
    ),  # what a person or a channel told, docs/architecture.md
    Column("record", JSON, nullable=False, default=dict),  # contracts/handoff-record.schema.json, the newest
    Column("filled", Boolean, nullable=False, default=True),  # what the order system says was put in (H38)
    Index(None, "created_at", "case_no"),
    Index("ix_cases_state_group", "state", "skill_group"),
    Index(None, "owner"),
    Index(None, "order_no"),
)

case_entries = Table(
    "case_entries",
    metadata,
    Column("case_no", String(14), ForeignKey("cases.case_no"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column(
        "kind", String(16), nullable=False
    ),  # opened | move | contact | linked | graded | owner | request …
    Column("who", String(60), nullable=False),  # agents.id, customer, bot, system, or channel:<name>
    Column("move", String(16)),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
    Column("why", Text),
    Column("body", JSON, nullable=False, default=dict),
)

case_conversations = Table(
    "case_conversations",
    metadata,
    Column("case_no", String(14), ForeignKey("cases.case_no"), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("episode", Integer, primary_key=True),
    Column(
        "handoff_id", String(40)
    ),  # the handoff that tied it here; null: a person did, or the bot's own work
    Column("linked_at", Utc, nullable=False),
    Index(None, "conversation_id"),
)

case_customers = Table(
    "case_customers",
    metadata,
    Column("key", String(300), primary_key=True),  # handoff.records.customers.customer_keys
    Column("case_no", String(14), ForeignKey("cases.case_no"), primary_key=True),
    Index(None, "case_no"),
)

case_sources = Table(
    "case_sources",
    metadata,
    Column("source", String(60), primary_key=True),  # agents.id, or channel:<name>
    Column("external_id", String(200), primary_key=True),
    Column("case_no", String(14), ForeignKey("cases.case_no"), nullable=False),
    Column("digest", String(64), nullable=False),  # tells the same message from another under its number
    Column("at", Utc, nullable=False),
    Column("joined", Boolean, nullable=False),  # the case was there already
    Index(None, "case_no"),
)

case_tags = Table(
    "case_tags",
    metadata,
    Column("case_no", String(14), ForeignKey("cases.case_no"), primary_key=True),
    Column("tag", String(80), primary_key=True),
    Column("agent_id", String(40), nullable=False),  # who put it there
    Column("at", Utc, nullable=False),
    Index(None, "tag"),
)
