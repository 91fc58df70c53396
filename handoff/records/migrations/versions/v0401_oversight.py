"""Oversight and administration: quality samples and findings, who left the queue, people's skills and capacity, and the indexes by
which a day is counted.

Revision: 0401, after 0302.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0401"
down_revision = "0302"
branch_labels = None
depends_on = None

_BY_TIME = (
    ("conversations", "created_at"),
    ("handoffs", "created_at"),
    ("ratings", "at"),
    ("sla_breaches", "at"),
    ("audits", "at"),
)


def upgrade() -> None:
    op.create_table(
        "quality_picks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sample_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=True),
        sa.Column("skill_group", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("drawn_at", Utc(), nullable=False),
        sa.Column("drawn_by", sa.String(length=40), nullable=False),
        sa.Column("points", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("scored_at", Utc(), nullable=True),
        sa.Column("scored_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_picks")),
    )
    op.create_index("ix_quality_picks_conversation_id", "quality_picks", ["conversation_id"])
    op.create_index("ix_quality_picks_drawn_at", "quality_picks", ["drawn_at"])
    op.create_table(
        "quality_findings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("pick_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_findings")),
    )
    op.create_index("ix_quality_findings_conversation_id", "quality_findings", ["conversation_id"])
    op.create_index("ix_quality_findings_pick_id", "quality_findings", ["pick_id"])
    op.create_index("ix_quality_findings_state_at", "quality_findings", ["state", "at"])
    op.add_column("handoffs", sa.Column("left_at", Utc(), nullable=True))
    op.add_column("agents", sa.Column("skills", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("agents", sa.Column("capacity", sa.Integer(), nullable=True))
    for table, column in _BY_TIME:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table, column in _BY_TIME:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    op.drop_column("agents", "capacity")
    op.drop_column("agents", "skills")
    op.drop_column("handoffs", "left_at")
    op.drop_table("quality_findings")
    op.drop_table("quality_picks")
