"""The conversation row: reading, locking, changing it, and the only function that moves its state."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update

from handoff.conversation import BOT_SPEAKS, PERSON_STATES, Move, State, next_state
from handoff.errors import not_found
from handoff.records.customers import note_customer
from handoff.records.engine import Reader, Tx
from handoff.records.ids import new_id
from handoff.records.log import NewItem, append_items
from handoff.records.tables import conversations, turns


@dataclass(frozen=True, slots=True)
class Conversation:
    """One row of `conversations`, as it was when read; without `bot_state`, which only a turn's request needs."""

    id: str
    created_at: datetime
    updated_at: datetime
    state: State
    last_seq: int
    episode: int
    customer_sub: str | None
    identity: dict[str, Any] | None
    customer: dict[str, Any]
    page: dict[str, Any]
    address: str | None
    owner: str | None
    owner_epoch: int
    last_owner: str | None
    claimed_at: datetime | None
    first_response_at: datetime | None
    waiting_since: datetime | None
    place: float | None
    skill_group: str | None
    level: str | None
    priority: int | None
    precedence: str | None
    category: str | None
    deadlines: dict[str, Any]
    next_due: datetime | None
    handoff_id: str | None
    noticed: dict[str, Any]
    facts: dict[str, Any]
    bot_state_version: int
    misses: int
    turn_watermark: int
    escalated_to: str | None
    customer_read: int | None


_COLUMNS = [conversations.c[field.name] for field in fields(Conversation)]
# built once: building a select of thirty columns costs more than running it, and every message runs several
_BY_ID = select(*_COLUMNS).where(conversations.c.id == bindparam("conversation_id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()


_WHO_IT_IS = {"customer", "identity", "customer_sub"}


def as_conversation(row: Any) -> Conversation:
    """A Conversation from a row that has (at least) all columns of the table."""
    values = {field.name: getattr(row, field.name) for field in fields(Conversation)}
    values["state"] = State(values["state"])
    return Conversation(**values)


async def create_conversation(
    tx: Tx,
    *,
    identity: Mapping[str, Any] | None = None,
    customer: Mapping[str, Any] | None = None,
    page: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> str:
    """A new conversation in state bot, with an empty log; returns its id."""
    conversation_id = new_id("c")
    now = tx.now()
    await tx.execute(
        insert(conversations).values(
            id=conversation_id,
            created_at=now,
            updated_at=now,
            state=State.BOT.value,
            customer_sub=identity["sub"] if identity else None,
            identity=dict(identity) if identity else None,
            customer=dict(customer or {}),
            page=dict(page or {}),
            address=address,
        )
    )
    if identity or customer:
        await note_customer(tx, conversation_id)
    return conversation_id


async def get_conversation(reader: Reader, conversation_id: str) -> Conversation:
    """The conversation, unlocked; ApiError 404 when there is none."""
    return await _one(reader, _BY_ID, conversation_id)


async def lock_conversation(tx: Tx, conversation_id: str) -> Conversation:
    """The conversation, locked until the commit: take it before any other row, so that writers never deadlock."""
    return await _one(tx, _BY_ID_LOCKED, conversation_id)


async def _one(reader: Reader, statement: Any, conversation_id: str) -> Conversation:
    known = (
        conversation_id.isascii() and conversation_id.isprintable()
    )  # else no database could be asked for it
    row = (await reader.execute(statement, {"conversation_id": conversation_id})).first() if known else None
    if row is None:
        raise not_found()
    return as_conversation(row)


async def lock_name(tx: Tx, name: str) -> None:
    """Serialises writers that agree on a name but have no row to lock yet (SQLite: they are serial anyway)."""
    if not tx.is_sqlite:
        await tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


async def update_conversation(tx: Tx, conversation_id: str, **columns: Any) -> None:
    """Sets columns other than state, last_seq (they change by `move` and `append_items` only)."""
    if "state" in columns or "last_seq" in columns:
        raise ValueError("state moves by move(), last_seq by append_items()")
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(updated_at=tx.now(), **columns)
    )
    if _WHO_IT_IS & columns.keys():
        await note_customer(tx, conversation_id)
    tx.touch(conversation_id)


async def move(
    tx: Tx,
    conversation_id: str,
    event: Move,
    *,
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
    sender_id: str | None = None,
    set_columns: Mapping[str, Any] | None = None,
    keep_turn: str | None = None,
) -> tuple[State, int]:
    """Moves the state, in the transaction; returns the new state and the seq of its event item.

    The event item is `{"event","from","to","reason"?, …detail}` with sender system: `detail` is seen by the customer.
    IllegalMove when the state machine does not allow it (nothing is written). Leaving the bot's states drops the turn
    in flight, unless it is `keep_turn` (the turn whose own commit moves the state). `set_columns` are further columns
    of the conversation, e.g. owner and owner_epoch of a claim. Going back to the bot marks everything said meanwhile
    as not needing a bot turn.
    """
    conversation = await lock_conversation(tx, conversation_id)
    target = next_state(conversation.state, event)
    columns: dict[str, Any] = {"state": target.value, "updated_at": tx.now(), **(set_columns or {})}
    if target in {State.BOT, State.CLOSED}:
        columns.update(turn_watermark=conversation.last_seq)
    if target is State.CLOSED:
        columns.setdefault("owner", None)
    if event is Move.REOPENED:
        columns.update(_fresh_episode(conversation))
    await tx.execute(update(conversations).where(conversations.c.id == conversation_id).values(**columns))
    if target not in BOT_SPEAKS:
        await drop_running_turn(tx, conversation_id, except_turn=keep_turn)
    body: dict[str, Any] = {"event": event.value, "from": conversation.state.value, "to": target.value}
    if reason is not None:
        body["reason"] = reason
    body.update(detail or {})
    (seq,) = await append_items(tx, conversation_id, [NewItem("system", "event", body, sender_id=sender_id)])
    if target in PERSON_STATES | {State.TICKET} or conversation.state in PERSON_STATES | {State.TICKET}:
        tx.touch_queue()
    return target, seq


def _fresh_episode(conversation: Conversation) -> dict[str, Any]:
    """A new matter in the same log: who the customer is stays known, what the last matter was does not."""
    return {
        "episode": conversation.episode + 1,
        "facts": {},
        "misses": 0,
        "owner": None,
        "claimed_at": None,
        "first_response_at": None,
        "waiting_since": None,
        "place": None,
        "skill_group": None,
        "level": None,
        "priority": None,
        "precedence": None,
        "category": None,
        "deadlines": {},
        "escalated_to": None,
        "next_due": None,
        "handoff_id": None,
        "noticed": {},
    }


async def drop_running_turn(tx: Tx, conversation_id: str, *, except_turn: str | None = None) -> None:
    """The turn in flight loses its right to commit: whatever the bot still answers is dropped (H47)."""
    statement = (
        update(turns)
        .where(turns.c.conversation_id == conversation_id, turns.c.status == "running")
        .values(status="dropped", finished_at=tx.now())
    )
    if except_turn is not None:
        statement = statement.where(turns.c.turn_id != except_turn)
    await tx.execute(statement)
