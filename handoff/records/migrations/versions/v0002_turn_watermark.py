"""conversations.turned_seq is called turn_watermark: customer items up to there need no bot turn.

Revision: 0002, after 0001.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_RENAME = "ALTER TABLE conversations RENAME COLUMN {} TO {}"  # the same words on SQLite (3.25 and later) and PostgreSQL


def upgrade() -> None:
    op.execute(_RENAME.format("turned_seq", "turn_watermark"))


def downgrade() -> None:
    op.execute(_RENAME.format("turn_watermark", "turned_seq"))
