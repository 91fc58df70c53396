"""What people promised to come back to, and when.

Revision: 0507, after 0506.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0507"
down_revision = "0506"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_no", sa.String(length=14), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("done_at", Utc(), nullable=True),
        sa.Column("done_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_reminders_agent_id_agents")),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_reminders_case_no_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index(op.f("ix_reminders_case_no"), "reminders", ["case_no"])
    op.create_index(op.f("ix_reminders_conversation_id"), "reminders", ["conversation_id"])
    op.create_index(op.f("ix_reminders_done_at_due_at"), "reminders", ["done_at", "due_at"])


def downgrade() -> None:
    op.drop_table("reminders")
