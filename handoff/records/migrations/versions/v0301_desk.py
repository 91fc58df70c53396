"""The desk: status of people, transfers, holds, alerts, drafts, canned replies.

Revision: 0301, after 0204.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0301"
down_revision = "0204"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=True),
        sa.Column("skill_group", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
    )
    with op.batch_alter_table("canned_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_canned_replies_agent_id"), ["agent_id"], unique=False)

    op.create_table(
        "desk_alerts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_alerts")),
    )
    with op.batch_alter_table("desk_alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_alerts_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index("ix_desk_alerts_unseen", ["agent_id", "seen_at", "at"], unique=False)

    op.create_table(
        "desk_drafts",
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_desk_drafts_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("agent_id", "conversation_id", "kind", name=op.f("pk_desk_drafts")),
    )
    with op.batch_alter_table("desk_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_drafts_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "desk_holds",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_desk_holds_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_desk_holds")),
    )
    op.create_table(
        "desk_openings",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("skill_group", sa.String(length=40), nullable=False),
        sa.Column("handoff_id", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_desk_openings_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "skill_group", name=op.f("pk_desk_openings")),
    )
    op.create_table(
        "desk_people",
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("status_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_desk_people_agent_id_agents")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_desk_people")),
    )
    op.create_table(
        "desk_transfers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("from_agent", sa.String(length=40), nullable=False),
        sa.Column("to_agent", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_desk_transfers_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_transfers")),
    )
    with op.batch_alter_table("desk_transfers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_desk_transfers_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index("ix_desk_transfers_open", ["state", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_transfers_to_agent"), ["to_agent"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("desk_transfers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_transfers_to_agent"))
        batch_op.drop_index("ix_desk_transfers_open")
        batch_op.drop_index(batch_op.f("ix_desk_transfers_conversation_id"))

    op.drop_table("desk_transfers")
    op.drop_table("desk_people")
    op.drop_table("desk_openings")
    op.drop_table("desk_holds")
    with op.batch_alter_table("desk_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_drafts_conversation_id"))

    op.drop_table("desk_drafts")
    with op.batch_alter_table("desk_alerts", schema=None) as batch_op:
        batch_op.drop_index("ix_desk_alerts_unseen")
        batch_op.drop_index(batch_op.f("ix_desk_alerts_conversation_id"))

    op.drop_table("desk_alerts")
    with op.batch_alter_table("canned_replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_canned_replies_agent_id"))

    op.drop_table("canned_replies")
