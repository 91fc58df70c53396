"""The store's own conversations as labelled sessions for the handoff model: `make export-sessions FILE=… DAYS=…`.

Why: the model that decides when a person takes over learns from data/handoff; a store's real sessions teach it more than
invented ones. The label is what happened (the customer's last words before a person was brought), so somebody should
read the file and correct it before training: docs/designers.zh-CN.md.
"""

import sys
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from aftersales.masking import mask_text
from handoff.conversation import BOT_SPEAKS, State
from handoff.export_command import lines_to, run_export
from handoff.records import Reader, Records
from handoff.records.tables import conversations, items, turns
from handoff.settings import Settings
from handoff.turns.running_turn import signals

DAYS = 90
#: Reasons that say nothing about the customer: an outage of the bot is no lesson.
NO_LESSON = frozenset({"bot_unavailable"})

Session = dict[str, Any]


async def sessions(reader: Reader, days: int) -> AsyncIterator[Session]:
    """Each stretch between customer and bot of the last `days` days, oldest conversation first.

    `{"session": [{"role","text","transfer","emotion"?,"confidence"?,"form_failed"?,"silence_s"?}], "reason"?}`: numbers,
    phones, mail and addresses masked, no id, no name of the account. Stretches in which the customer said nothing are
    left out.
    """
    since = reader.now() - timedelta(days=days)
    known = select(conversations.c.id).where(conversations.c.updated_at >= since)
    for conversation_id in (await reader.execute(known.order_by(conversations.c.created_at))).scalars().all():
        for session in await _of_conversation(reader, conversation_id):
            yield session


async def _of_conversation(reader: Reader, conversation_id: str) -> list[Session]:
    log = (
        select(items.c.at, items.c.sender, items.c.kind, items.c.body, turns.c.understanding)
        .outerjoin(turns, turns.c.turn_id == items.c.turn_id)
        .where(items.c.conversation_id == conversation_id)
        .order_by(items.c.seq)
    )
    done: list[Session] = []
    stretch: list[dict[str, Any]] = []
    speaking = True
    last_at = None
    for row in await reader.execute(log):
        if row.kind == "event" and "to" in row.body:
            if speaking:
                done += _ended(stretch, row.body)
                stretch, last_at = [], None
            speaking = State(row.body["to"]) in BOT_SPEAKS
            continue
        words = str(row.body.get("text") or row.body.get("label") or "").strip()
        if not speaking or not words or row.sender not in {"customer", "bot"}:
            continue
        said = {"role": "customer" if row.sender == "customer" else "shop", "text": mask_text(words)}
        silence: dict[str, float] = (
            {} if last_at is None else {"silence_s": round((row.at - last_at).total_seconds(), 1)}
        )
        stretch.append({**said, "transfer": 0, **signals(row.sender, row.understanding or {}), **silence})
        last_at = row.at
    return done + _ended(stretch, {})


def _ended(stretch: list[dict[str, Any]], event: Mapping[str, Any]) -> list[Session]:
    """The stretch as a session, labelled by what ended it."""
    asked = [said for said in stretch if said["role"] == "customer"]
    if not asked:
        return []
    brought = event.get("event") in {"handoff", "ticket_opened"} and event.get("reason") not in NO_LESSON
    if not brought:
        return [{"session": stretch}]
    asked[-1]["transfer"] = 1
    return [{"session": stretch, "reason": event.get("reason")}]


async def do_export(records: Records, file: Path, days: int) -> tuple[int, int]:
    """Writes the sessions as JSONL (mode 0600: they are customers' words); returns (sessions, of them with a person)."""
    count = brought = 0
    with lines_to(file) as write:
        async with records.read() as reader:
            async for session in sessions(reader, days):
                write(session)
                count += 1
                brought += "reason" in session
    return count, brought


async def _export(records: Records, file: Path, days: int, _: Settings) -> str:
    count, brought = await do_export(records, file, days)
    return f"写出 {count} 个会话到 {file}，其中 {brought} 个请了人工。训练前请先看一遍，改正 transfer。"


if __name__ == "__main__":
    usage = f"make export-sessions FILE=会话.jsonl [DAYS={DAYS}]"
    sys.exit(run_export(_export, fails="导出不了", usage=usage, worker="export", days=DAYS))
