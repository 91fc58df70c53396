"""conversations.precedence: danger and publicity go before the level in the queue.

Revision: 0302, after 0301.
"""

import sqlalchemy as sa
from alembic import op

revision = "0302"
down_revision = "0301"
branch_labels = None
depends_on = None

_conversations = sa.table(
    "conversations",
    sa.column("state", sa.String),
    sa.column("handoff_id", sa.String),
    sa.column("precedence", sa.String),
)
_handoffs = sa.table(
    "handoffs",
    sa.column("handoff_id", sa.String),
    sa.column("reason", sa.String),
    sa.column("record", sa.JSON),
)


def upgrade() -> None:
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("precedence", sa.String(length=12), nullable=True))
    # who is in the queue during the upgrade keeps what was known of them: danger by the reason, publicity by the record
    _set("publicity", _handoffs.c.record["complaint_kind"].as_string() == "publicity")
    _set("safety", _handoffs.c.reason == "safety")


def _set(value: str, when: sa.ColumnElement[bool]) -> None:
    ids = sa.select(_handoffs.c.handoff_id).where(when)
    op.execute(
        sa.update(_conversations)
        .where(
            _conversations.c.state.in_(("waiting", "ticket", "human")), _conversations.c.handoff_id.in_(ids)
        )
        .values(precedence=value)
    )


def downgrade() -> None:
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_column("precedence")
