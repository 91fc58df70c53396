"""How far a customer has read, and messages that an agent took back.

Revision: 0503, after 0502.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0503"
down_revision = "0502"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("customer_read", sa.Integer(), nullable=True))
    op.add_column("items", sa.Column("recalled_at", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("items", "recalled_at")
    op.drop_column("conversations", "customer_read")
