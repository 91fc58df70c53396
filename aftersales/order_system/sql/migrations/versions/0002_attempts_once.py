"""A verification attempt repeated by a retried turn is counted once: the counters keep what they counted last."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verify_counters", sa.Column("last_attempt", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("verify_counters", "last_attempt")
