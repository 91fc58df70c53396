"""Repeat conversations of one customer that are one in the queue and in hand.

Revision: 0504, after 0503.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0504"
down_revision = "0503"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_joins",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("join_id", sa.String(length=40), nullable=False),
        sa.Column("handoff_id", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("parted_at", Utc(), nullable=True),
        sa.Column("parted_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_desk_joins_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_desk_joins")),
    )
    op.create_index(op.f("ix_desk_joins_join_id"), "desk_joins", ["join_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_desk_joins_join_id"), table_name="desk_joins")
    op.drop_table("desk_joins")
