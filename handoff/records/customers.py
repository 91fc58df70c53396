"""By what a customer is recognised, and which conversations are theirs: kept beside each conversation, so that earlier ones are
found by an index and nobody compares what was only typed (H6)."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from handoff.records.engine import Reader, Tx
from handoff.records.tables import conversation_customers, conversations

_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_NO_DIGIT = re.compile(r"[\s()（）-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def customer_keys(
    *,
    sub: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    conversation_id: str | None = None,
    sender: tuple[str, str] | None = None,
) -> tuple[str, ...]:
    """What this customer can be recognised by, sorted; give only what is certain (verified, signed, or heard by a person).

    `sender` is the name of a channel and who wrote there: a mail's address, or a phone number, is the customer's own.
    """
    keys = set()
    if sub:
        keys.add(f"sub:{sub}")
    if conversation_id:
        keys.add(f"conversation:{conversation_id}")
    if sender:
        keys.add(f"sender:{sender[0]}:{sender[1]}")
        phone, email = phone or sender[1], email or sender[1]
    if phone and (found := _MOBILE.fullmatch(_NO_DIGIT.sub("", phone))):
        keys.add(f"phone:{found[1]}")
    if email and _EMAIL.fullmatch(email.strip()):
        keys.add(f"email:{email.strip().lower()}")
    return tuple(sorted(keys))


def surely(
    sub: str | None, identity: Mapping[str, Any] | None, customer: Mapping[str, Any]
) -> tuple[str, ...]:
    """The keys of a conversation's customer: the store's account, and phone and e-mail that were verified."""
    verified = bool(customer.get("verified"))
    return customer_keys(
        sub=sub,
        phone=(customer.get("phone") if verified else None) or (identity or {}).get("phone"),
        email=customer.get("email") if verified else None,
    )


async def note_customer(tx: Tx, conversation_id: str) -> None:
    """Keeps the keys of the conversation as they are now; whoever writes who the customer is calls it (handoff/records/moves.py)."""
    columns = (conversations.c.customer_sub, conversations.c.identity, conversations.c.customer)
    row = (await tx.execute(select(*columns).where(conversations.c.id == conversation_id))).one()
    now = set(surely(row.customer_sub, row.identity, row.customer))
    mine = conversation_customers.c.conversation_id == conversation_id
    known = set((await tx.execute(select(conversation_customers.c.key).where(mine))).scalars())
    if gone := known - now:
        await tx.execute(
            delete(conversation_customers).where(mine, conversation_customers.c.key.in_(list(gone)))
        )
    if fresh := sorted(now - known):
        rows = [{"key": key, "conversation_id": conversation_id} for key in fresh]
        await tx.execute(insert(conversation_customers), rows)


async def conversations_by(reader: Reader, keys: tuple[str, ...]) -> list[str]:
    """Every conversation whose customer surely has one of the keys, oldest first."""
    if not keys:
        return []
    query = (
        select(conversations.c.id)
        .where(
            conversations.c.id.in_(
                select(conversation_customers.c.conversation_id).where(conversation_customers.c.key.in_(keys))
            )
        )
        .order_by(conversations.c.created_at, conversations.c.id)
    )
    return list((await reader.execute(query)).scalars())
