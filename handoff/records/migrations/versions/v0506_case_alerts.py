"""Alerts that are about a case.

Revision: 0506, after 0505.
"""

import sqlalchemy as sa
from alembic import op

revision = "0506"
down_revision = "0505"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk_alerts", sa.Column("case_no", sa.String(length=14), nullable=True))
    op.create_index(op.f("ix_desk_alerts_case_no"), "desk_alerts", ["case_no"])


def downgrade() -> None:
    op.drop_index(op.f("ix_desk_alerts_case_no"), table_name="desk_alerts")
    op.drop_column("desk_alerts", "case_no")
