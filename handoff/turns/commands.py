"""What the bot asks the service to do, applied in the commit of its turn, in order (docs/architecture.md)."""

from typing import Any

from handoff.case_record import open_handoff
from handoff.conversation import BOT_SPEAKS, Move, State
from handoff.edge.text import clean_name
from handoff.queue.choice import tell_left
from handoff.records import Tx, lock_conversation, move, update_conversation
from handoff.telemetry.metrics import HANDOFFS


async def apply_command(tx: Tx, conversation_id: str, turn_id: str, command: dict[str, Any]) -> None:
    """One command. Those that need the bot's state do nothing once an earlier command has handed over."""
    match command["command"]:
        case "identified":
            await _identified(tx, conversation_id, command)
        case "case":
            await merge_facts(tx, conversation_id, command["facts"])
        case "handoff":
            await hand_over(
                tx,
                conversation_id,
                reason=command["reason"],
                evidence=command.get("evidence", []),
                facts=command.get("facts", {}),
                turn_id=turn_id,
            )
        case "ticket":
            await hand_over(
                tx,
                conversation_id,
                reason=command.get("reason", "requested"),
                evidence=command.get("evidence", []),
                facts=command.get("facts", {}),
                turn_id=turn_id,
                ticket=True,
            )
        case "close":
            conversation = await lock_conversation(tx, conversation_id)
            if conversation.state in BOT_SPEAKS:
                if conversation.state is State.TICKET:
                    await tell_left(tx, conversation)
                await move(tx, conversation_id, Move.CLOSED, keep_turn=turn_id)
        case other:
            raise ValueError(f"the contract has no command {other}")


async def hand_over(
    tx: Tx,
    conversation_id: str,
    *,
    reason: str,
    evidence: list[str] | None = None,
    facts: dict[str, Any] | None = None,
    turn_id: str | None = None,
    ticket: bool = False,
) -> None:
    """Merges the facts and brings a person (H43): the record is built and the state moved in this transaction."""
    facts = await merge_facts(tx, conversation_id, facts or {})
    await open_handoff(
        tx,
        conversation_id,
        reason=reason,
        evidence=evidence or [],
        facts=facts,
        turn_id=turn_id,
        ticket=ticket,
    )
    await update_conversation(tx, conversation_id, misses=0)
    HANDOFFS.labels(reason).inc()


async def merge_facts(tx: Tx, conversation_id: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Puts new facts over the known ones; null forgets one. Returns what is known now."""
    conversation = await lock_conversation(tx, conversation_id)
    if not facts:
        return conversation.facts
    merged = {key: value for key, value in {**conversation.facts, **facts}.items() if value is not None}
    columns: dict[str, Any] = {"facts": merged}
    if "category" in merged:
        columns["category"] = merged["category"]
    await update_conversation(tx, conversation_id, **columns)
    return merged


async def _identified(tx: Tx, conversation_id: str, command: dict[str, Any]) -> None:
    conversation = await lock_conversation(tx, conversation_id)
    customer = {**conversation.customer, "verified": True, "method": command["method"]}
    for name in ("name", "phone", "email"):
        if command.get(name):
            customer[name] = clean_name(command[name])
    await update_conversation(tx, conversation_id, customer=customer)
