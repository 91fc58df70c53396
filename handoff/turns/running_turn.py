"""A turn as a worker holds it: which attempt of which turn, and the request the bot is sent for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from handoff.clock import rfc3339
from handoff.records import Item, Reader
from handoff.records.log import as_item
from handoff.records.tables import conversations, items, turns

PROTOCOL = 1
HISTORY_ITEMS = 12
HISTORY_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class RunningTurn:
    """The right to commit belongs to (turn_id, attempt, worker) with unchanged state_version and owner_epoch."""

    turn_id: str
    conversation_id: str
    attempt: int
    worker: str
    first_seq: int
    last_seq: int
    input: dict[str, Any]
    acked_at: datetime
    started_at: datetime
    state_version: int
    owner_epoch: int

    @property
    def listens(self) -> bool:
        """Begun while the customer waited for a person: only what is known for sure is answered."""
        return bool(self.input.get("listen"))


def as_running_turn(row: Any) -> RunningTurn:
    return RunningTurn(
        turn_id=row.turn_id,
        conversation_id=row.conversation_id,
        attempt=row.attempt,
        worker=row.worker,
        first_seq=row.first_seq,
        last_seq=row.last_seq,
        input=row.input,
        acked_at=row.acked_at,
        started_at=row.started_at,
        state_version=row.state_version,
        owner_epoch=row.owner_epoch,
    )


async def load_running_turn(reader: Reader, turn_id: str) -> RunningTurn | None:
    """The turn if it is still running, else None."""
    row = (await reader.execute(select(turns).where(turns.c.turn_id == turn_id))).first()
    return as_running_turn(row) if row is not None and row.status == "running" else None


# built once, see handoff.records.moves
_BEFORE = (
    select(*items.c, turns.c.understanding)
    .outerjoin(turns, turns.c.turn_id == items.c.turn_id)
    .where(
        items.c.conversation_id == bindparam("conversation_id"),
        items.c.seq < bindparam("first_seq"),
        items.c.kind.not_in(["event", "rating"]),
        items.c.recalled_at.is_(None),
    )
    .order_by(items.c.seq.desc())
    .limit(HISTORY_ITEMS)
)
_CONTEXT = select(
    conversations.c.bot_state,
    conversations.c.address,
    conversations.c.identity,
    conversations.c.episode,
    conversations.c.misses,
    conversations.c.state,
).where(conversations.c.id == bindparam("conversation_id"))
"""The only place that reads `bot_state`: 8 kB of JSON that no other reader of a conversation should have to parse."""


async def turn_request(reader: Reader, running: RunningTurn) -> dict[str, Any]:
    """contracts/turn-request.schema.json without `attempt` and `deadline`, which the runner sets for each attempt."""
    wanted = {"conversation_id": running.conversation_id}
    conversation = (await reader.execute(_CONTEXT, wanted)).one()
    before = await reader.execute(_BEFORE, {**wanted, "first_seq": running.first_seq})
    history = [_history_item(as_item(row), row.understanding or {}) for row in before]
    return {
        "protocol": PROTOCOL,
        "turn_id": running.turn_id,
        "conversation_id": running.conversation_id,
        "input": running.input,
        "state_version": running.state_version,
        "state": conversation.bot_state,
        "context": {
            "now": rfc3339(reader.now()),
            "address": conversation.address,
            "identity": conversation.identity,
            "episode": conversation.episode,
            "misses": conversation.misses,
            "conversation_state": conversation.state,
            "history": history[::-1],
        },
    }


def _history_item(item: Item, understood: Mapping[str, Any]) -> dict[str, Any]:
    """An item as the bot's handoff model reads it: what was said, when, and what its turn understood then."""
    words = item.body.get("text") or item.body.get("label") or ""
    told: dict[str, Any] = {
        "sender": item.sender,
        "kind": item.kind,
        "text": str(words)[:HISTORY_CHARACTERS],
        "at": rfc3339(item.at),
    }
    return {**told, **signals(item.sender, understood)}


def signals(sender: str, understood: Mapping[str, Any]) -> dict[str, float]:
    """What is known beyond the words: how angry and how well understood a customer's turn was; whether the bot's reply
    turned a form's answer down. The same names in the handoff model's training sessions."""
    if sender == "customer":
        told = {"emotion": understood.get("emotion_score"), "confidence": understood.get("confidence")}
    elif sender == "bot" and understood:
        told = {"form_failed": float(bool(understood.get("form_failed")))}
    else:
        told = {}
    return {name: float(value) for name, value in told.items() if isinstance(value, int | float)}
