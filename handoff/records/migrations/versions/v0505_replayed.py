"""When a person had a notification sent again: it does not wait for the pause of its destination.

Revision: 0505, after 0504.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0505"
down_revision = "0504"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("replayed_at", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("deliveries", "replayed_at")
