"""Cases with timeline, conversations, customers and senders (H42); when a handoff became a ticket (H2).

Revision: 0101, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0101"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("case_no", sa.String(length=14), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_since", Utc(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=4), nullable=False),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("complaint_kind", sa.String(length=16), nullable=True),
        sa.Column("complaint_grade", sa.String(length=16), nullable=True),
        sa.Column("responsibility", sa.String(length=16), nullable=False),
        sa.Column("skill_group", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("deadlines", sa.JSON(), nullable=False),
        sa.Column("first_response_at", Utc(), nullable=True),
        sa.Column("order_no", sa.String(length=64), nullable=True),
        sa.Column("item", sa.String(length=200), nullable=True),
        sa.Column("demand", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("requests", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("customer", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_no", name=op.f("pk_cases")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cases_created_at_case_no"), ["created_at", "case_no"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_cases_order_no"), ["order_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_owner"), ["owner"], unique=False)
        batch_op.create_index("ix_cases_state_group", ["state", "skill_group"], unique=False)

    op.create_table(
        "case_conversations",
        sa.Column("case_no", sa.String(length=14), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.String(length=40), nullable=True),
        sa.Column("linked_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_no"], ["cases.case_no"], name=op.f("fk_case_conversations_case_no_cases")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_case_conversations_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("case_no", "conversation_id", "episode", name=op.f("pk_case_conversations")),
    )
    with op.batch_alter_table("case_conversations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_conversations_conversation_id"), ["conversation_id"], unique=False
        )

    op.create_table(
        "case_customers",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("case_no", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_case_customers_case_no_cases")),
        sa.PrimaryKeyConstraint("key", "case_no", name=op.f("pk_case_customers")),
    )
    with op.batch_alter_table("case_customers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_customers_case_no"), ["case_no"], unique=False)

    op.create_table(
        "case_entries",
        sa.Column("case_no", sa.String(length=14), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("move", sa.String(length=16), nullable=True),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_case_entries_case_no_cases")),
        sa.PrimaryKeyConstraint("case_no", "n", name=op.f("pk_case_entries")),
    )
    op.create_table(
        "case_sources",
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("case_no", sa.String(length=14), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_case_sources_case_no_cases")),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("pk_case_sources")),
    )
    with op.batch_alter_table("case_sources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_sources_case_no"), ["case_no"], unique=False)

    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ticket_at", Utc(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.drop_column("ticket_at")

    with op.batch_alter_table("case_sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_sources_case_no"))

    op.drop_table("case_sources")
    op.drop_table("case_entries")
    with op.batch_alter_table("case_customers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_customers_case_no"))

    op.drop_table("case_customers")
    with op.batch_alter_table("case_conversations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_conversations_conversation_id"))

    op.drop_table("case_conversations")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_state_group")
        batch_op.drop_index(batch_op.f("ix_cases_owner"))
        batch_op.drop_index(batch_op.f("ix_cases_order_no"))
        batch_op.drop_index(batch_op.f("ix_cases_created_at_case_no"))

    op.drop_table("cases")
