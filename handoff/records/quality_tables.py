"""Tables of quality control (H51): which conversations were drawn and how they were scored, and what was found for the designers.
They hold customers' matters, so they live as long as the conversation (handoff/privacy/erasure.py)."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from handoff.records.tables import Utc, metadata

quality_picks = Table(
    "quality_picks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sample_id", String(40), nullable=False),  # what was drawn together
    Column("conversation_id", String(40), nullable=False),
    Column("agent_id", String(40)),  # who served it; null: the bot alone
    Column("skill_group", String(40)),
    Column("category", String(40)),
    Column("drawn_at", Utc, nullable=False),
    Column("drawn_by", String(40), nullable=False),
    Column("points", JSON(none_as_null=True)),  # {criterion: points}; null: not scored yet
    Column("total", Integer),  # 0-100
    Column("words", Text),
    Column("scored_at", Utc),
    Column("scored_by", String(40)),
    Index(None, "conversation_id"),
    Index(None, "drawn_at"),
)

quality_findings = Table(
    "quality_findings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("pick_id", String(40), nullable=False),
    Column("conversation_id", String(40), nullable=False),
    Column("seq", Integer),  # the message it is about
    Column("kind", String(16), nullable=False),  # training | policy | wording | service
    Column("said", Text),  # that message, masked
    Column("text", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("by", String(40), nullable=False),
    Column("state", String(12), nullable=False),  # open | done | declined
    Column("answer", Text),
    Column("ended_at", Utc),
    Column("ended_by", String(40)),
    Index(None, "conversation_id"),
    Index(None, "pick_id"),
    Index(None, "state", "at"),
)
