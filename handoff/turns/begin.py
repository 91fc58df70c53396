"""Beginning a turn: its row is written before the bot is called, in the transaction that makes it necessary.

While a customer waits for a person the bot only listens: such a turn says nothing and does nothing outside, what it
understood goes into the record (H45). `input.listen` marks it. While a person has the conversation it listens to what tells
which order it is and who asks, so that nobody has to type that into the record.
"""

import re
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from handoff.conversation import BOT_SPEAKS, PERSON_STATES, Move, State
from handoff.records import Conversation, Item, Tx, lock_conversation, move, new_id
from handoff.records.log import as_item
from handoff.records.moves import drop_running_turn
from handoff.records.tables import items, turns
from handoff.turns.batch import BATCH_TEXTS, may_be_label, next_batch, turn_input
from handoff.turns.running_turn import RunningTurn

_TELLS_WHO = re.compile(r"[0-9０-９]{3}|@|[零〇一二两三四五六七八九幺]{4}")
"""An order number, the end of a phone number or an e-mail may be in it: parts of three digits count, the bot joins them."""
MESSAGE_KINDS = ("text", "image", "video", "button")

_WAITING_FOR_A_TURN = select(items).where(
    items.c.conversation_id == bindparam("conversation_id"),
    items.c.seq > bindparam("turn_watermark"),
    items.c.sender == "customer",
    items.c.kind.in_(MESSAGE_KINDS),
    items.c.turn_id.is_(None),
)
_PENDING = _WAITING_FOR_A_TURN.order_by(items.c.seq).limit(BATCH_TEXTS + 1)
_NEWEST = _WAITING_FOR_A_TURN.order_by(items.c.seq.desc()).limit(BATCH_TEXTS)
RUNNING = select(turns.c.turn_id).where(
    turns.c.conversation_id == bindparam("conversation_id"), turns.c.status == "running"
)
"""The turn in flight of a conversation."""


async def begin_next_turn(tx: Tx, conversation_id: str) -> str | None:
    """Starts the next turn if the bot may speak or listens, none is in flight and messages wait for one; returns its id.

    Call it after appending a customer's message, and at the end of a turn. It runs in this worker after the commit.
    """
    conversation = await lock_conversation(tx, conversation_id)
    listens = conversation.state in PERSON_STATES
    if not (listens or conversation.state in BOT_SPEAKS) or await _turn_in_flight(tx, conversation_id):
        return None
    wanted = {"conversation_id": conversation_id, "turn_watermark": conversation.turn_watermark}
    if conversation.state is State.HUMAN:
        newest = [as_item(row) for row in await tx.execute(_NEWEST, wanted)]
        batch = next_batch([one for one in reversed(newest) if _tells_who(one)])
    else:
        batch = next_batch([as_item(row) for row in await tx.execute(_PENDING, wanted)])
    if not batch:
        return None
    buttons = await latest_buttons(tx, conversation_id) if may_be_label(batch[0]) else {}
    content = turn_input(batch, buttons)
    if listens:
        content = {**_as_told(content), "listen": True}
    turn_id = await _insert_turn(
        tx,
        conversation,
        first_seq=batch[0].seq,
        last_seq=batch[-1].seq,
        content=content,
        acked_at=batch[0].at,
    )
    await tx.execute(
        update(items)
        .where(items.c.conversation_id == conversation_id, items.c.seq.in_([item.seq for item in batch]))
        .values(turn_id=turn_id)
    )
    return turn_id


def _tells_who(item: Item) -> bool:
    return item.kind == "text" and _TELLS_WHO.search(item.body["text"]) is not None


async def begin_turn_with(tx: Tx, heard: RunningTurn, text: str) -> str:
    """A turn that answers the part `text` of what the bot had only listened to, now that the customer left the queue."""
    conversation = await lock_conversation(tx, heard.conversation_id)
    return await _insert_turn(
        tx,
        conversation,
        first_seq=heard.first_seq,
        last_seq=heard.last_seq,
        content={"kind": "text", "text": text},
        acked_at=heard.acked_at,
    )


def _as_told(content: dict[str, Any]) -> dict[str, Any]:
    """A button that the bot offered before counts as its label: nothing is carried out now."""
    return {"kind": "text", "text": content["label"]} if content["kind"] == "button" else content


async def give_back_to_bot(
    tx: Tx,
    conversation_id: str,
    *,
    agent_id: str,
    resolution: str,
    note: str | None = None,
    set_columns: dict[str, Any] | None = None,
) -> str:
    """human → bot in one step: the event item, and a turn that tells the bot resolution and note (never the customer).

    The caller has checked the epoch. Owner is cleared, owner_epoch raised. Returns the turn id; IllegalMove when the
    conversation is not with a person.
    """
    before = await lock_conversation(tx, conversation_id)
    columns = {
        "owner": None,
        "last_owner": agent_id,
        "owner_epoch": before.owner_epoch + 1,
        **(set_columns or {}),
    }
    _, seq = await move(
        tx,
        conversation_id,
        Move.GIVEN_BACK,
        detail={"resolution": resolution},
        sender_id=agent_id,
        set_columns=columns,
    )
    await drop_running_turn(tx, conversation_id)
    content = {"kind": "event", "event": "given_back", "resolution": resolution, "epoch": before.owner_epoch}
    if note:
        content["note"] = note
    conversation = await lock_conversation(tx, conversation_id)
    return await _insert_turn(
        tx, conversation, first_seq=seq, last_seq=seq, content=content, acked_at=tx.now()
    )


async def latest_buttons(tx: Tx, conversation_id: str) -> dict[str, dict[str, str]]:
    """Buttons of the latest committed reply set: id → {"label","payload"}."""
    newest = (
        select(items.c.turn_id)
        .where(items.c.conversation_id == conversation_id, items.c.sender == "bot")
        .order_by(items.c.seq.desc())
        .limit(1)
    )
    turn_id = (await tx.execute(newest)).scalar_one_or_none()
    if turn_id is None:
        return {}
    replies = select(items.c.private).where(
        items.c.conversation_id == conversation_id, items.c.sender == "bot", items.c.turn_id == turn_id
    )
    found: dict[str, dict[str, str]] = {}
    for private in (await tx.execute(replies)).scalars():
        found.update((private or {}).get("buttons", {}))
    return found


async def _turn_in_flight(tx: Tx, conversation_id: str) -> bool:
    return (await tx.execute(RUNNING, {"conversation_id": conversation_id})).first() is not None


async def _insert_turn(
    tx: Tx,
    conversation: Conversation,
    *,
    first_seq: int,
    last_seq: int,
    content: dict[str, Any],
    acked_at: Any,
) -> str:
    turn_id = new_id("t")
    now = tx.now()
    await tx.execute(
        insert(turns).values(
            turn_id=turn_id,
            conversation_id=conversation.id,
            episode=conversation.episode,
            first_seq=first_seq,
            last_seq=last_seq,
            input=content,
            status="running",
            attempt=1,
            worker=tx.worker,
            heartbeat_at=now,
            acked_at=acked_at,
            started_at=now,
            state_version=conversation.bot_state_version,
            owner_epoch=conversation.owner_epoch,
        )
    )
    tx.touch(conversation.id)
    tx.start_turn(turn_id)
    return turn_id
