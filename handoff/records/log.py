"""The numbered log of a conversation (promises 1-4): appending, reading; and the agents' annotations beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from handoff.conversation import PERSON_STATES, State
from handoff.errors import not_found
from handoff.records.engine import Reader, Tx
from handoff.records.ids import new_id
from handoff.records.tables import annotations, conversations, items


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item before it has its number. sender: customer | bot | agent | system."""

    sender: str
    kind: str
    body: dict[str, Any]
    sender_id: str | None = None
    client_msg_id: str | None = None
    body_hash: str | None = None
    in_reply_to: int | None = None
    turn_id: str | None = None
    private: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    conversation_id: str
    seq: int
    at: datetime
    episode: int
    sender: str
    sender_id: str | None
    kind: str
    body: dict[str, Any]
    client_msg_id: str | None
    body_hash: str | None
    in_reply_to: int | None
    turn_id: str | None
    private: dict[str, Any] | None
    recalled_at: datetime | None = None


_COLUMNS = [items.c[field.name] for field in fields(Item)]
# built once, see handoff.records.moves
_BY_CLIENT_ID = select(*_COLUMNS).where(
    items.c.conversation_id == bindparam("conversation_id"),
    items.c.sender == bindparam("sender"),
    items.c.client_msg_id == bindparam("client_msg_id"),
)


def as_item(row: Any) -> Item:
    return Item(**{field.name: getattr(row, field.name) for field in fields(Item)})


async def append_items(tx: Tx, conversation_id: str, new: Sequence[NewItem]) -> list[int]:
    """Gives the next numbers and writes the items; returns their seq in order (404 when there is no conversation).

    The counter's row is locked by the UPDATE itself, so numbers have no gaps and no doubles on both databases.
    Watchers are woken after the commit; consoles too when a person has or awaits the conversation.
    """
    if not new:
        return []
    counter = (
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(last_seq=conversations.c.last_seq + len(new), updated_at=tx.now())
        .returning(conversations.c.last_seq, conversations.c.episode, conversations.c.state)
    )
    row = (await tx.execute(counter)).first()
    if row is None:
        raise not_found()
    first = row.last_seq - len(new) + 1
    now = tx.now()
    values = [
        {
            "conversation_id": conversation_id,
            "seq": first + index,
            "at": now,
            "episode": row.episode,
            **{field.name: getattr(item, field.name) for field in fields(NewItem)},
        }
        for index, item in enumerate(new)
    ]
    await tx.execute(insert(items), values)
    tx.touch(conversation_id)
    if State(row.state) in PERSON_STATES:
        tx.touch_queue()
    return [first + index for index in range(len(new))]


async def read_items(
    reader: Reader, conversation_id: str, *, after: int = 0, up_to: int | None = None, limit: int = 500
) -> list[Item]:
    """Items with seq > after (and ≤ up_to), in order, at most `limit`."""
    statement = (
        select(*_COLUMNS)
        .where(items.c.conversation_id == conversation_id, items.c.seq > after)
        .order_by(items.c.seq)
        .limit(limit)
    )
    if up_to is not None:
        statement = statement.where(items.c.seq <= up_to)
    return [as_item(row) for row in await reader.execute(statement)]


async def find_by_client_id(
    reader: Reader, conversation_id: str, sender: str, client_msg_id: str
) -> Item | None:
    """The item that this sender already wrote under this client_msg_id, for promise 2 (compare body_hash)."""
    wanted = {"conversation_id": conversation_id, "sender": sender, "client_msg_id": client_msg_id}
    row = (await reader.execute(_BY_CLIENT_ID, wanted)).first()
    return None if row is None else as_item(row)


async def annotate(
    tx: Tx,
    conversation_id: str,
    kind: str,
    body: dict[str, Any],
    *,
    author: str | None = None,
    turn_id: str | None = None,
) -> str:
    """An agent-only remark after the current last item (note, effect, dropped, …); it takes no seq. Returns its id."""
    # the row is touched too, so that a console on another worker notices by its catch-up query
    touched = (
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(updated_at=tx.now())
        .returning(conversations.c.last_seq)
    )
    last_seq = (await tx.execute(touched)).scalar_one_or_none()
    if last_seq is None:
        raise not_found()
    annotation_id = new_id("n")
    await tx.execute(
        insert(annotations).values(
            id=annotation_id,
            conversation_id=conversation_id,
            after_seq=last_seq,
            at=tx.now(),
            kind=kind,
            author=author,
            turn_id=turn_id,
            body=body,
        )
    )
    tx.touch(conversation_id)
    return annotation_id


async def read_annotations(reader: Reader, conversation_id: str, *, after: int = 0) -> list[dict[str, Any]]:
    """Annotations made at or after item number `after`, oldest first, as plain dicts of the table's columns."""
    statement = (
        select(annotations)
        .where(annotations.c.conversation_id == conversation_id, annotations.c.after_seq >= after)
        .order_by(annotations.c.at, annotations.c.id)
    )
    return [dict(row._mapping) for row in await reader.execute(statement)]
