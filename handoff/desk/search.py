"""Finding a conversation or a case by what one knows of it: words that were said or written at the end, order number, name, end of
the phone number."""

import re
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, func, or_, select

from handoff.auth.roles import Agent
from handoff.case_record.material import words_of
from handoff.cases.tags import talk_carries
from handoff.desk.access import serves
from handoff.desk.case_search import fits_case, found_by
from handoff.desk.case_views import newest_cases
from handoff.desk.closing_words import around, ending_says, ending_text
from handoff.desk.masked import masked
from handoff.desk.tags import check_tag
from handoff.desk.views import listed_items
from handoff.records import Reader
from handoff.records.tables import annotations, audits, conversations, items

MOST_FOUND = 50
_SAID = ("text", "button")
_PHONE_TAIL = re.compile(r"\d{4,11}")


async def found_items(reader: Reader, agent: Agent, query: str) -> list[dict[str, Any]]:
    """Conversations that went to people and that this agent may read, newest first, each with `found`: the field that fits and,
    for words and for what was written at the end, the sentence (masked) and its seq."""
    fits = _ways(query)
    wanted = conversations.c.handoff_id.is_not(None) & or_(*fits.values())
    if not agent.may("read_all"):
        owned_before = exists().where(
            audits.c.conversation_id == conversations.c.id,
            audits.c.agent_id == agent.id,
            audits.c.action == "claim",
        )
        wanted &= or_(
            serves(agent),
            conversations.c.owner == agent.id,
            conversations.c.last_owner == agent.id,
            owned_before,
        )
    columns = [case.label(f"by_{name}") for name, case in fits.items()]
    statement = (
        select(conversations.c.id, *columns)
        .where(wanted)
        .order_by(conversations.c.updated_at.desc())
        .limit(MOST_FOUND)
    )
    by = {
        row.id: next(name for name in fits if getattr(row, f"by_{name}"))
        for row in await reader.execute(statement)
    }
    told = await listed_items(reader, conversations.c.id.in_(list(by)), MOST_FOUND)
    said = {
        **await _sentences(reader, [one for one, name in by.items() if name == "words"], query),
        **await _endings(reader, [one for one, name in by.items() if name == "summary"], query),
    }
    return [
        {**one, "found": {"by": by[one["conversation_id"]], **said.get(one["conversation_id"], {})}}
        for one in told
    ]


async def found_cases(reader: Reader, agent: Agent, query: str) -> list[dict[str, Any]]:
    """`{"case","found"}` of the cases that this agent may read, newest first, archived ones too."""
    told = await newest_cases(reader, agent, fits_case(query), MOST_FOUND)
    how = await found_by(reader, [one["case_no"] for one in told], query)
    return [{"case": one, "found": how[one["case_no"]]} for one in told if one["case_no"] in how]


def _ways(query: str) -> dict[str, ColumnElement[bool]]:
    """By what a conversation can fit, the surest first; with a # before it nothing but its tag."""
    if query.startswith(("#", "＃")):
        return {"tag": talk_carries(check_tag(query))}
    ways: dict[str, ColumnElement[bool]] = {
        "order": func.coalesce(conversations.c.facts["order_no"].as_string() == query, False)
    }
    if _PHONE_TAIL.fullmatch(query):
        numbers = (
            func.coalesce(conversations.c.customer[name].as_string(), "") for name in ("phone", "contact")
        )
        ways["phone"] = or_(*(number.like(f"%{query}") for number in numbers))
    name = func.coalesce(conversations.c.customer["name"].as_string(), "")
    ways["name"] = name.contains(query, autoescape=True)
    ended = (annotations.c.conversation_id == conversations.c.id, *_ended_with(query))
    ways["summary"] = exists().where(*ended)
    ways["words"] = exists().where(items.c.conversation_id == conversations.c.id, *_says(query))
    return ways


def _says(query: str) -> tuple[ColumnElement[bool], ...]:
    text = func.coalesce(
        items.c.body["text"].as_string(), items.c.body["label"].as_string(), cast("", String)
    )
    return (
        items.c.kind.in_(_SAID),
        items.c.sender != "system",
        items.c.recalled_at.is_(None),
        text.icontains(query, autoescape=True),
    )


async def _sentences(reader: Reader, ids: list[str], query: str) -> dict[str, dict[str, Any]]:
    """The last thing said with these words, in each."""
    if not ids:
        return {}
    last = (
        select(items.c.conversation_id, func.max(items.c.seq).label("seq"))
        .where(items.c.conversation_id.in_(ids), *_says(query))
        .group_by(items.c.conversation_id)
        .subquery()
    )
    statement = select(items).join(
        last, (items.c.conversation_id == last.c.conversation_id) & (items.c.seq == last.c.seq)
    )
    return {
        row.conversation_id: {
            "seq": row.seq,
            "text": around(masked({"text": words_of(row.kind, row.body)})["text"], query),
        }
        for row in await reader.execute(statement)
    }


def _ended_with(query: str) -> tuple[ColumnElement[bool], ...]:
    return annotations.c.kind == "resolution", ending_says(annotations.c.body, query)


async def _endings(reader: Reader, ids: list[str], query: str) -> dict[str, dict[str, Any]]:
    """What was written with these words when a person's part ended, last, and where in the log that was."""
    wanted = (annotations.c.conversation_id.in_(ids), *_ended_with(query))
    statement = select(annotations).where(*wanted).order_by(annotations.c.at, annotations.c.id)
    return {
        row.conversation_id: {"seq": max(1, row.after_seq), "text": ending_text(row.body, query)}
        for row in await reader.execute(statement)
    }
