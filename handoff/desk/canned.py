"""Replies that are said again and again: an agent's own ones, and those of a group, which its supervisor keeps."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from handoff.auth.roles import GROUPS, Agent
from handoff.desk.access import check_words
from handoff.errors import ApiError, conflict, invalid, not_found
from handoff.records import Reader, Records, Tx, new_id
from handoff.records.audit import note_audit
from handoff.records.desk_tables import canned_replies

LONGEST_TITLE, LONGEST_REPLY = 40, 1000
MOST_OWN, MOST_SHARED = 200, 500
EVERYBODY: Final = "everybody"


@dataclass(frozen=True)
class Canned:
    """`scope`: `own`, a group, or everybody's."""

    title: str
    text: str
    scope: str


def check_canned(body: Any) -> Canned:
    """`{"title","text","scope"}`; ApiError 422."""
    told = body if isinstance(body, dict) else {}
    title = check_words(told.get("title"), "标题", LONGEST_TITLE, needed=True)
    text = check_words(told.get("text"), "内容", LONGEST_REPLY, needed=True)
    if told.get("scope") not in ("own", EVERYBODY, *GROUPS):
        raise invalid("scope 只能是 own、everybody 或技能组。")
    return Canned(str(title), str(text), told["scope"])


async def canned_of(reader: Reader, agent: Agent) -> list[dict[str, Any]]:
    """What this agent may use, the most used first; `mine`: they may change it."""
    statement = select(canned_replies).where(_usable(agent))
    order = (canned_replies.c.uses.desc(), canned_replies.c.title, canned_replies.c.id)
    return [
        {
            "id": row.id,
            "title": row.title,
            "text": row.text,
            "scope": "own" if row.agent_id else row.skill_group or EVERYBODY,
            "uses": row.uses,
            "mine": _may_change(agent, row),
        }
        for row in await reader.execute(statement.order_by(*order))
    ]


async def do_put_canned(records: Records, agent: Agent, reply: Canned, known: str | None = None) -> str:
    """Writes a new one, or over `known`; returns its id. 403 for a shared one unless the agent oversees, 404 when it is not theirs
    to change, 409 when there are too many."""
    if reply.scope != "own" and not agent.may("shared_canned"):
        raise ApiError(403, "forbidden", "大家共用的快捷回复由主管维护，您可以存成自己的。")
    values = {
        "agent_id": agent.id if reply.scope == "own" else None,
        "skill_group": None if reply.scope in ("own", EVERYBODY) else reply.scope,
        "title": reply.title,
        "text": reply.text,
    }
    async with records.write() as tx:
        if known is not None:
            await _changeable(tx, agent, known)
            place = update(canned_replies).where(canned_replies.c.id == known)
            await tx.execute(place.values(**values, updated_at=tx.now()))
            await note_audit(tx, agent.id, "canned", None, reply=known, scope=reply.scope)
            return known
        own = reply.scope == "own"
        kept = canned_replies.c.agent_id == agent.id if own else canned_replies.c.agent_id.is_(None)
        count = (await tx.execute(select(func.count()).select_from(canned_replies).where(kept))).scalar_one()
        if int(count) >= (MOST_OWN if own else MOST_SHARED):
            raise conflict("快捷回复太多了，请先删掉不用的。")
        made = new_id("k")
        row = {"id": made, "uses": 0, "created_at": tx.now(), "updated_at": tx.now()}
        await tx.execute(insert(canned_replies).values(**values, **row))
        await note_audit(tx, agent.id, "canned", None, reply=made, scope=reply.scope)
        return made


async def do_delete_canned(records: Records, agent: Agent, reply_id: str) -> None:
    """404 when it is not theirs to change."""
    async with records.write() as tx:
        await _changeable(tx, agent, reply_id)
        await tx.execute(delete(canned_replies).where(canned_replies.c.id == reply_id))
        await note_audit(tx, agent.id, "canned_deleted", None, reply=reply_id)


async def do_count_use(records: Records, agent: Agent, reply_id: str) -> None:
    """It was put into a reply; an unknown one changes nothing."""
    async with records.write() as tx:
        mine = (canned_replies.c.id == _known(reply_id), _usable(agent))
        await tx.execute(update(canned_replies).where(*mine).values(uses=canned_replies.c.uses + 1))


def _usable(agent: Agent) -> ColumnElement[bool]:
    if agent.may("shared_canned") and not agent.may("serve"):  # keeps what all groups share
        return canned_replies.c.agent_id.is_(None) | (canned_replies.c.agent_id == agent.id)
    everybody = and_(canned_replies.c.agent_id.is_(None), canned_replies.c.skill_group.is_(None))
    return or_(
        canned_replies.c.agent_id == agent.id,
        everybody,
        canned_replies.c.skill_group.in_(agent.served_groups),
    )


def _may_change(agent: Agent, row: Any) -> bool:
    return bool(row.agent_id == agent.id or (row.agent_id is None and agent.may("shared_canned")))


def _known(reply_id: str) -> str:
    return reply_id if reply_id.isascii() and reply_id.isprintable() else ""


async def _changeable(tx: Tx, agent: Agent, reply_id: str) -> None:
    row = (await tx.execute(select(canned_replies).where(canned_replies.c.id == _known(reply_id)))).first()
    if row is None or not _may_change(agent, row):
        raise not_found("没有找到这条快捷回复。")
