"""By what the customer of each conversation is recognised, for earlier conversations; filled from what is stored.

Revision: 0501, after 0401.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0501"
down_revision = "0401"
branch_labels = None
depends_on = None

_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_NO_DIGIT = re.compile(r"[\s()（）-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_AT_ONCE = 500


def upgrade() -> None:
    table = op.create_table(
        "conversation_customers",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_customers_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("key", "conversation_id", name=op.f("pk_conversation_customers")),
    )
    op.create_index(
        "ix_conversation_customers_conversation_id", "conversation_customers", ["conversation_id"]
    )
    known = op.get_bind().execute(
        sa.text("SELECT id, customer_sub, identity, customer FROM conversations ORDER BY id")
    )
    while rows := known.fetchmany(_AT_ONCE):
        found = [{"key": key, "conversation_id": row.id} for row in rows for key in sorted(_keys(row))]
        if found:
            op.bulk_insert(table, found)


def downgrade() -> None:
    op.drop_table("conversation_customers")


def _keys(row: Any) -> Iterator[str]:
    identity, customer = _object(row.identity), _object(row.customer)
    verified = bool(customer.get("verified"))
    if row.customer_sub:
        yield f"sub:{row.customer_sub}"
    phone = (customer.get("phone") if verified else None) or identity.get("phone")
    if phone and (found := _MOBILE.fullmatch(_NO_DIGIT.sub("", str(phone)))):
        yield f"phone:{found[1]}"
    email = str(customer.get("email") or "").strip() if verified else ""
    if _EMAIL.fullmatch(email):
        yield f"email:{email.lower()}"


def _object(value: Any) -> dict[str, Any]:
    told = json.loads(value) if isinstance(value, str) else value
    return told if isinstance(told, dict) else {}
