"""Tags of cases.

Revision: 0502, after 0501.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0502"
down_revision = "0501"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_tags",
        sa.Column("case_no", sa.String(length=14), nullable=False),
        sa.Column("tag", sa.String(length=80), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name=op.f("fk_case_tags_case_no_cases")),
        sa.PrimaryKeyConstraint("case_no", "tag", name=op.f("pk_case_tags")),
    )
    op.create_index("ix_case_tags_tag", "case_tags", ["tag"])


def downgrade() -> None:
    op.drop_table("case_tags")
