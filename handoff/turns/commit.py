"""Committing a turn: replies, commands and the bot's new state in one transaction, or nothing at all.

An answer counts only while nothing moved since its turn began: the turn still runs, under this worker and attempt,
with the same bot state and owner epoch, and the bot may speak. Otherwise it is dropped with its state; what it wrote
outside is kept for the agents (architecture, "Effects").
"""

from typing import Any

from sqlalchemy import select, update

from handoff.case_record.in_case import keep_effects
from handoff.conversation import BOT_SPEAKS, PERSON_STATES
from handoff.followups.requests import follow_request
from handoff.records import (
    Conversation,
    NewItem,
    Records,
    Tx,
    annotate,
    append_items,
    lock_conversation,
    new_id,
    update_conversation,
)
from handoff.records.tables import turns
from handoff.store_rules import store_rules
from handoff.telemetry.metrics import FALLBACKS
from handoff.turns.begin import begin_next_turn, begin_turn_with
from handoff.turns.commands import apply_command, hand_over
from handoff.turns.heard import keep_heard
from handoff.turns.running_turn import RunningTurn

NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})


async def commit_answer(records: Records, running: RunningTurn, answer: dict[str, Any]) -> bool:
    """True when the answer was committed; False when it was too late and dropped."""
    async with records.write() as tx:
        conversation = await lock_conversation(tx, running.conversation_id)
        if not await _may_commit(tx, running, conversation):
            await _keep_late(tx, running, answer)
            return False
        await _finish(tx, running, "done", answer)
        if running.listens:
            rest = await keep_heard(tx, running.conversation_id, answer)
            if rest:
                await begin_turn_with(tx, running, rest)
                return True
            await begin_next_turn(tx, running.conversation_id)
            return True
        await append_items(
            tx, running.conversation_id, [_reply(running, reply) for reply in answer["replies"]]
        )
        await update_conversation(
            tx,
            running.conversation_id,
            bot_state=answer["state"],
            bot_state_version=running.state_version + 1,
            misses=misses_after(conversation.misses, answer.get("understanding")),
        )
        _count_fallback(answer.get("understanding"))
        await _note_effects(tx, running, answer, late=False)
        for command in answer["commands"]:
            await apply_command(tx, running.conversation_id, running.turn_id, command)
        await keep_effects(tx, await lock_conversation(tx, running.conversation_id), answer["effects"])
        await begin_next_turn(tx, running.conversation_id)
    return True


async def commit_unavailable(records: Records, running: RunningTurn, notice: str) -> bool:
    """No bot answered in time: says so and brings a person (reason bot_unavailable); False when it was too late."""
    async with records.write() as tx:
        conversation = await lock_conversation(tx, running.conversation_id)
        if not await _may_commit(tx, running, conversation):
            return False
        await _finish(tx, running, "unavailable", None)
        if running.listens:  # a person comes anyway, and reads it
            return True
        said = NewItem(
            "system", "text", {"text": notice}, in_reply_to=running.last_seq, turn_id=running.turn_id
        )
        await append_items(tx, running.conversation_id, [said])
        await hand_over(tx, running.conversation_id, reason="bot_unavailable", turn_id=running.turn_id)
    return True


async def abandon(records: Records, running: RunningTurn) -> bool:
    """Ends a turn that nothing else could end: the customer's next message begins another one."""
    async with records.write() as tx:
        conversation = await lock_conversation(tx, running.conversation_id)
        if not await _may_commit(tx, running, conversation):
            return False
        await _finish(tx, running, "unavailable", None)
    return True


async def keep_late_effects(records: Records, running: RunningTurn, answer: dict[str, Any]) -> None:
    """An answer after its deadline: its replies are dropped, but agents must see what it wrote outside."""
    if answer["effects"]:
        async with records.write() as tx:
            await _keep_late(tx, running, answer)


async def _keep_late(tx: Tx, running: RunningTurn, answer: dict[str, Any]) -> None:
    """Noted, and put into the case: what was written outside is so, whoever talks to the customer by now."""
    await _note_effects(tx, running, answer, late=True)
    await keep_effects(tx, await lock_conversation(tx, running.conversation_id), answer["effects"])


async def _may_commit(tx: Tx, running: RunningTurn, conversation: Conversation) -> bool:
    turn = (await tx.execute(select(turns).where(turns.c.turn_id == running.turn_id))).one()
    return bool(
        turn.status == "running"
        and turn.attempt == running.attempt
        and turn.worker == running.worker
        and conversation.bot_state_version == running.state_version
        and conversation.owner_epoch == running.owner_epoch
        and (conversation.state in BOT_SPEAKS or (running.listens and conversation.state in PERSON_STATES))
    )


async def _finish(tx: Tx, running: RunningTurn, status: str, answer: dict[str, Any] | None) -> None:
    said = answer or {}
    await tx.execute(
        update(turns)
        .where(turns.c.turn_id == running.turn_id)
        .values(
            status=status,
            finished_at=tx.now(),
            model=said.get("model"),
            understanding=_kept_understanding(said),
        )
    )


def _kept_understanding(answer: dict[str, Any]) -> dict[str, Any] | None:
    """What the bot understood, and as its `trace` why it answered so; both stay on the server, for agents only."""
    understood: dict[str, Any] | None = answer.get("understanding")
    trace = answer.get("trace")
    return {**(understood or {}), "trace": trace} if trace else understood


def _reply(running: RunningTurn, reply: dict[str, Any]) -> NewItem:
    """The item of one reply: buttons get ids of ours, their payloads never leave the server."""
    body: dict[str, Any] = dict(reply["card"]) if reply["kind"] == "card" else {"text": reply["text"]}
    private: dict[str, Any] | None = None
    if reply.get("buttons"):
        held = {new_id("b"): {"label": one["label"], "payload": one["payload"]} for one in reply["buttons"]}
        body["buttons"] = [{"id": key, "label": button["label"]} for key, button in held.items()]
        private = {"buttons": held}
    if reply.get("expects"):
        body["expects"] = reply["expects"]
    return NewItem(
        "bot", reply["kind"], body, in_reply_to=running.last_seq, turn_id=running.turn_id, private=private
    )


def misses_after(before: int, understanding: dict[str, Any] | None) -> int:
    """Turns in a row that were not understood; small talk and turns without words change nothing."""
    if not understanding or understanding.get("category") == "service.social":
        return before
    missed = understanding.get("misunderstood", _not_understood(understanding))
    return before + 1 if missed else 0


def _count_fallback(understanding: dict[str, Any] | None) -> None:
    if understanding and misses_after(0, understanding):
        FALLBACKS.labels("not_understood").inc()
    elif understanding and understanding.get("fallback") == "ambiguous":
        FALLBACKS.labels("ambiguous").inc()


def _not_understood(understanding: dict[str, Any]) -> bool:
    return understanding.get("intent") in NOT_UNDERSTOOD or understanding.get("fallback") == "unsure"


async def _note_effects(tx: Tx, running: RunningTurn, answer: dict[str, Any], *, late: bool) -> None:
    for effect in answer["effects"]:
        body = {**effect, "late": True} if late else dict(effect)
        await annotate(tx, running.conversation_id, "effect", body, author="bot", turn_id=running.turn_id)
        if effect.get("request_no"):
            await lock_conversation(tx, running.conversation_id)
            await follow_request(tx, running.conversation_id, effect["request_no"], store_rules())
