"""Writes after a request and before dispatch: an order's note, colours and sizes with their own stock, technicians' visits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("products", sa.Column("variants", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "visit_slots",
        sa.Column("slot_id", sa.String(length=64), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slot_id"),
    )


def downgrade() -> None:
    op.drop_table("visit_slots")
    op.drop_column("products", "variants")
    op.drop_column("orders", "note")
