"""Files in the database (UPLOADS=database), and those that are still to be deleted from a bucket (UPLOADS=s3://…).

Revision: 0601, after 0401.
"""

import sqlalchemy as sa
from alembic import op

from handoff.records.tables import Utc

revision = "0601"
down_revision = "0401"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload_parts",
        sa.Column("stored_as", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stored_as", "number", name=op.f("pk_upload_parts")),
    )
    op.create_table(
        "upload_removals",
        sa.Column("stored_as", sa.String(length=120), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("stored_as", name=op.f("pk_upload_removals")),
    )


def downgrade() -> None:
    op.drop_table("upload_removals")
    op.drop_table("upload_parts")
