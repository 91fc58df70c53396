"""What agents answered in cases that ended solved: the customer's words and the answer that followed, with nobody's data in it.

An answer that names somebody, an order, a number or a date is about that one case and is left out; what stays could be said to
anybody. It is read from the log each time (`COLLECT_SECONDS`), so that a deleted conversation is gone from here as well.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from aftersales.masking import mask_text
from handoff.records import Reader
from handoff.records.tables import agents, conversations, handoffs, items

COLLECT_SECONDS = 120.0
DAYS = 90
SETTLED_HOURS = 24
"""A case of today may be opened again, and a slip of the pen in it be set right: it teaches nobody yet."""
MOST_CASES = 400
_SHORTEST, _LONGEST = 10, 300
_NUMBER = re.compile(r"[0-9０-９]{3,}|[0-9]+\s*[月号日点:：]|[a-zA-Z]{2,}[0-9]+")
_QUESTION = 200


class Solved(NamedTuple):
    """`group`: whose case it was; only who serves it is shown the answer. `category`: what it was about."""

    asked: str
    answer: str
    group: str | None
    category: str


async def solved_answers(reader: Reader) -> list[Solved]:
    """Of the last 400 solved cases of three months, newest first."""
    cases = (
        await reader.execute(
            select(
                handoffs.c.conversation_id,
                handoffs.c.episode,
                handoffs.c.record,
                conversations.c.skill_group,
                conversations.c.customer,
            )
            .join(conversations, conversations.c.id == handoffs.c.conversation_id)
            .where(
                handoffs.c.resolution == "solved",
                handoffs.c.ended_at > reader.now() - timedelta(days=DAYS),
                handoffs.c.ended_at <= reader.now() - timedelta(hours=SETTLED_HOURS),
            )
            .order_by(handoffs.c.ended_at.desc())
            .limit(MOST_CASES)
        )
    ).all()
    if not cases:
        return []
    names = {str(name) for name in (await reader.execute(select(agents.c.name))).scalars()}
    said: dict[tuple[str, int], list[Any]] = {}
    statement = (
        select(items.c.conversation_id, items.c.episode, items.c.sender, items.c.body)
        .where(
            items.c.conversation_id.in_({row.conversation_id for row in cases}),
            items.c.sender.in_(("customer", "agent")),
            items.c.kind == "text",
            items.c.recalled_at.is_(None),
        )
        .order_by(items.c.conversation_id, items.c.seq)
    )
    for row in await reader.execute(statement):
        said.setdefault((row.conversation_id, row.episode), []).append(row)
    return [
        pair
        for row in cases
        for pair in _pairs(
            said.get((row.conversation_id, row.episode), ()),
            row.skill_group,
            str((row.record or {}).get("category") or ""),
            {*names, str((row.customer or {}).get("name") or "")},
        )
    ]


def _pairs(said: Sequence[Any], group: str | None, category: str, names: Iterable[str]) -> list[Solved]:
    found: list[Solved] = []
    asked: list[str] = []
    answered = True
    for row in said:
        text = str(row.body.get("text") or "").strip()
        if row.sender == "customer":
            if answered:
                asked, answered = [], False
            asked.append(text)
        elif not answered:
            answered = True
            if for_anybody(text, names):
                found.append(Solved(mask_text(" ".join(asked))[-_QUESTION:], text, group, category))
    return found


def for_anybody(text: str, names: Iterable[str]) -> bool:
    """Whether an answer could be given to another customer as it stands."""
    return (
        _SHORTEST <= len(text) <= _LONGEST
        and mask_text(text) == text
        and _NUMBER.search(text) is None
        and not any(name and name in text for name in names)
    )
