"""Tables of what happens later by itself: timers and what they leave behind. Rows outlive the process that wrote them."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from handoff.records.tables import Utc, metadata

timers = Table(
    "timers",
    metadata,
    Column(
        "key", String(200), primary_key=True
    ),  # what is to happen, once: planning it again changes this row
    Column("kind", String(40), nullable=False),  # handoff/timer_kinds.py knows what each kind does
    Column("subject", String(80), nullable=False),  # whose timers are planned together
    Column("conversation_id", String(40)),  # locked before the timer fires
    Column("due_at", Utc, nullable=False),
    Column("payload", JSON, nullable=False, default=dict),
    Column("state", String(12), nullable=False),  # pending | fired | cancelled
    Column("created_at", Utc, nullable=False),
    Column("fired_at", Utc),
    # a worker's claim: its token may fire it until the lease is over; after a failure the lease is the pause
    Column("claim", String(40)),
    Column("lease_until", Utc),
    Column("attempts", Integer, nullable=False, default=0),
    Column("last_error", Text),
    Index("ix_timers_due", "state", "due_at"),
    Index(None, "subject"),
    Index(None, "conversation_id"),
)

sla_breaches = Table(
    "sla_breaches",
    metadata,
    # recorded for good: no person's data, and it outlives the conversation (H46, H50)
    Column("key", String(200), primary_key=True),
    Column("conversation_id", String(40)),
    Column("subject", String(80), nullable=False),  # the handoff or the request that is late
    Column("deadline", String(24), nullable=False),  # first_response | plan | resolve | plan_told | review …
    Column("level", String(4)),
    Column("skill_group", String(40)),
    Column("owner", String(40)),
    Column("due_at", Utc, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "conversation_id"),
    Index(None, "due_at"),
    Index(None, "at"),
)

visits = Table(
    "visits",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40), nullable=False),
    Column("subject", String(80), nullable=False),  # the handoff or request that was solved
    Column("asked_at", Utc, nullable=False),
    Column("efficiency", Integer),
    Column("attitude", Integer),
    Column("result", Integer),
    Column("words", Text),
    Column("state", String(12), nullable=False),  # asked | scored | done
    Column("answered_at", Utc),
    Index(None, "conversation_id", "asked_at"),
)

reminders = Table(
    "reminders",
    metadata,
    # what a person promised to come back to; the owner of the case is reminded, and says when it is done
    Column("id", String(40), primary_key=True),
    Column("case_no", String(14), ForeignKey("cases.case_no"), nullable=False),
    Column("conversation_id", String(40), nullable=False),
    Column("agent_id", String(40), ForeignKey("agents.id"), nullable=False),  # who promised
    Column("words", Text, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("done_at", Utc),
    Column("done_by", String(40)),  # agents.id
    Index(None, "case_no"),
    Index(None, "conversation_id"),
    Index(None, "done_at", "due_at"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("event_id", String(40), primary_key=True),
    Column("event", String(40), nullable=False),
    Column("at", Utc, nullable=False),
    Column("conversation_id", String(40)),
    Column("body", JSON, nullable=False),
    Column("shared_out_at", Utc),  # its deliveries have been made, one for each destination
    Index(None, "shared_out_at", "at"),
    Index(None, "conversation_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("event_id", String(40), primary_key=True),
    Column("destination", String(80), primary_key=True),
    Column("state", String(12), nullable=False),  # pending | delivered | dead
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Utc, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("claim", String(40)),
    Column("lease_until", Utc),
    Column("last_error", Text),
    Column("ended_at", Utc),
    Column(
        "replayed_at", Utc
    ),  # a person had it sent again then: it does not wait for its destination's pause
    Index("ix_deliveries_due", "destination", "state", "next_at"),
)

privacy_requests = Table(
    "privacy_requests",
    metadata,
    # kept after the data is gone: that it was asked for and done, never what it was
    Column("request_no", String(20), primary_key=True),
    Column("conversation_id", String(40), nullable=False),
    Column("kind", String(12), nullable=False),  # export | delete
    Column("state", String(12), nullable=False),  # open | ready | done
    Column("created_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Index(None, "conversation_id"),
)
