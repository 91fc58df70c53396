"""sla_breaches, visits: what follow-ups leave behind; conversations.escalated_to.

Revision: 0202, after 0201.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0202"
down_revision = "0201"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("escalated_to", sa.String(length=40), nullable=True))
    op.create_table(
        "sla_breaches",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=True),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("deadline", sa.String(length=24), nullable=False),
        sa.Column("level", sa.String(length=4), nullable=True),
        sa.Column("skill_group", sa.String(length=40), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sla_breaches")),
    )
    with op.batch_alter_table("sla_breaches", schema=None) as batch_op:
        batch_op.create_index("ix_sla_breaches_conversation_id", ["conversation_id"], unique=False)
        batch_op.create_index("ix_sla_breaches_due_at", ["due_at"], unique=False)
    op.create_table(
        "visits",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("efficiency", sa.Integer(), nullable=True),
        sa.Column("attitude", sa.Integer(), nullable=True),
        sa.Column("result", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(
            "ix_visits_conversation_id_asked_at", ["conversation_id", "asked_at"], unique=False
        )


def downgrade() -> None:
    op.drop_table("visits")
    op.drop_table("sla_breaches")
    op.drop_column("conversations", "escalated_to")
