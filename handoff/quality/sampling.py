"""Drawing conversations to look at, and scoring them (H51). What was drawn is not drawn again."""

import random
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from aftersales.policy.quality import Quality
from handoff.auth.roles import GROUPS, Agent
from handoff.clock import rfc3339
from handoff.conversation import State
from handoff.daily_figures import CATEGORY, WHOSE, Span, had_people, within
from handoff.desk.access import check_words
from handoff.desk.views import agent_names
from handoff.errors import conflict, invalid, not_found
from handoff.records import Reader, Records, new_id
from handoff.records.audit import note_audit
from handoff.records.quality_tables import quality_findings, quality_picks
from handoff.records.tables import conversations
from handoff.store_rules import StoreRules

BOT = "bot"
"""In the place of an agent: conversations that the bot served alone."""
MOST_CONSIDERED = 20_000
LISTED = 200
LONGEST_WORDS = 1000
_AGENT = re.compile(r"[ -~]{1,80}")
_OVER = (State.BOT.value, State.CLOSED.value)
"""Who is in a person's hands now is not looked at yet."""


@dataclass(frozen=True)
class Draw:
    """From which conversations how many are drawn; None: all."""

    span: Span
    count: int
    agent: str | None = None
    group: str | None = None
    category: str | None = None


def check_draw(body: Any, span: Span, rules: StoreRules) -> Draw:
    """`{"count","agent"?,"group"?,"category"?}`; ApiError 422."""
    told = body if isinstance(body, dict) else {}
    count, most = told.get("count"), rules.policy.quality.sample_most
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= most:
        raise invalid(f"一次抽 1 到 {most} 个。")
    agent, group, category = (told.get(name) for name in ("agent", "group", "category"))
    if agent is not None and not (isinstance(agent, str) and _AGENT.fullmatch(agent)):
        raise invalid("没有这位客服。")
    if group is not None and group not in GROUPS:
        raise invalid("没有这个技能组。")
    if category is not None and not (isinstance(category, str) and category in rules.categories):
        raise invalid("没有这个问题类别。")
    return Draw(span, count, agent, group, category)


async def do_draw(records: Records, by: Agent, draw: Draw) -> dict[str, Any]:
    """`{"sample_id","drawn"}`: fewer than asked for when there are no more; 409 `conflict` when there are none."""
    wanted: list[ColumnElement[bool]] = [
        within(conversations.c.created_at, draw.span),
        conversations.c.last_seq > 0,
        conversations.c.state.in_(_OVER),
        ~had_people() if draw.agent == BOT else had_people() & WHOSE.is_not(None),
        conversations.c.id.not_in(select(quality_picks.c.conversation_id)),
    ]
    if draw.agent not in (None, BOT):
        wanted.append(WHOSE.in_([draw.agent]))
    if draw.group is not None:
        wanted.append(conversations.c.skill_group == draw.group)
    if draw.category is not None:
        wanted.append(CATEGORY.in_([draw.category]))
    columns = (
        conversations.c.id,
        WHOSE.label("agent"),
        conversations.c.skill_group,
        CATEGORY.label("category"),
    )
    async with records.write() as tx:
        rows = (await tx.execute(select(*columns).where(*wanted).limit(MOST_CONSIDERED))).all()
        if not rows:
            raise conflict("没有可以抽的会话：换个时间或条件，抽过的不再抽。")
        chosen = random.SystemRandom().sample(rows, min(draw.count, len(rows)))
        sample_id = new_id("q")
        await tx.execute(
            insert(quality_picks),
            [
                {
                    "id": new_id("q"),
                    "sample_id": sample_id,
                    "conversation_id": row.id,
                    "agent_id": None if draw.agent == BOT else row.agent,
                    "skill_group": row.skill_group,
                    "category": row.category,
                    "drawn_at": tx.now(),
                    "drawn_by": by.id,
                }
                for row in chosen
            ],
        )
        await note_audit(tx, by.id, "sample_drawn", None, picks=len(chosen))
    return {"sample_id": sample_id, "drawn": len(chosen)}


async def picks(reader: Reader, *, scored: bool | None, agent: str | None) -> dict[str, Any]:
    """`{"items","open","average"}`: those to be scored first, then the newest; `average` of the scored ones listed."""
    found = (
        select(func.count())
        .select_from(quality_findings)
        .where(quality_findings.c.pick_id == quality_picks.c.id)
        .correlate(quality_picks)
        .scalar_subquery()
    )
    statement = select(quality_picks, found.label("findings"))
    if scored is not None:
        is_scored = quality_picks.c.total.is_not(None)
        statement = statement.where(is_scored if scored else ~is_scored)
    if agent is not None:
        own = quality_picks.c.agent_id.is_(None) if agent == BOT else quality_picks.c.agent_id == agent
        statement = statement.where(own)
    order = (quality_picks.c.total.is_not(None), quality_picks.c.drawn_at.desc(), quality_picks.c.id)
    rows = (await reader.execute(statement.order_by(*order).limit(LISTED))).all()
    waits = select(func.count()).select_from(quality_picks).where(quality_picks.c.total.is_(None))
    names = await agent_names(reader)
    totals = [row.total for row in rows if row.total is not None]
    return {
        "items": [{**_told(row, names), "findings": row.findings} for row in rows],
        "open": int((await reader.execute(waits)).scalar_one()),
        "average": round(sum(totals) / len(totals), 1) if totals else None,
    }


async def one_pick(reader: Reader, pick_id: str) -> Any:
    known = pick_id if pick_id.isascii() and pick_id.isprintable() else ""
    row = (await reader.execute(select(quality_picks).where(quality_picks.c.id == known))).first()
    if row is None:
        raise not_found("没有这个抽样。")
    return row


async def pick_view(reader: Reader, pick_id: str) -> dict[str, Any]:
    row, names = await one_pick(reader, pick_id), await agent_names(reader)
    return {**_told(row, names), "points": row.points, "words": row.words}


def check_score(body: Any, quality: Quality) -> tuple[dict[str, int], str | None]:
    """`{"points":{criterion: points},"words"?}`, every criterion of the policy; ApiError 422."""
    told = body if isinstance(body, dict) else {}
    points = told.get("points")
    if not isinstance(points, dict) or set(points) != set(quality.criteria):
        raise invalid("每一项都要打分。")
    for code, criterion in quality.criteria.items():
        given = points[code]
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= criterion.points:
            raise invalid(f"“{criterion.name}”是 0 到 {criterion.points} 分。")
    return dict(points), check_words(told.get("words"), "评语", LONGEST_WORDS, needed=False)


async def do_score(
    records: Records, by: Agent, pick_id: str, points: dict[str, int], words: str | None, quality: Quality
) -> int:
    """The total, 0-100; scoring again replaces it."""
    total = round(100 * sum(points.values()) / sum(one.points for one in quality.criteria.values()))
    async with records.write() as tx:
        row = await one_pick(tx, pick_id)
        scored = {"points": points, "total": total, "words": words, "scored_at": tx.now(), "scored_by": by.id}
        await tx.execute(update(quality_picks).where(quality_picks.c.id == row.id).values(**scored))
        await note_audit(tx, by.id, "scored", row.conversation_id, total=total)
    return total


def _told(row: Any, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "conversation_id": row.conversation_id,
        "agent": row.agent_id,
        "agent_name": names.get(row.agent_id or ""),
        "group": row.skill_group,
        "category": row.category,
        "drawn_at": rfc3339(row.drawn_at),
        "drawn_by_name": names.get(row.drawn_by),
        "total": row.total,
        "scored_at": rfc3339(row.scored_at) if row.scored_at else None,
        "scored_by_name": names.get(row.scored_by or ""),
    }
