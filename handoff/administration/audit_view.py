"""The audit as administrators read it: who did what, when, to whom. It holds no customer's data: what was revealed is not in it, and
free words of it are masked like everything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from handoff.clock import rfc3339
from handoff.daily_figures import Span, within
from handoff.desk.masked import masked
from handoff.desk.views import agent_names
from handoff.errors import invalid
from handoff.records import Reader
from handoff.records.tables import audits

PAGE = 100
MOST_ROWS = 5000


@dataclass(frozen=True)
class Wanted:
    """None: all."""

    span: Span | None = None
    who: str | None = None
    action: str | None = None


def check_after(text: str | None) -> tuple[datetime, str] | None:
    """The mark of a page; ApiError 422 for what no page gave."""
    if text is None:
        return None
    moment, _, one = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise invalid("after 不是审计给出的位置。") from error
    if at.tzinfo is None or not 2000 <= at.year < 2101 or not one.isascii() or not one.isprintable():
        raise invalid("after 不是审计给出的位置。")
    return at, one


async def audit_page(
    reader: Reader, wanted: Wanted, after: tuple[datetime, str] | None = None, limit: int = PAGE
) -> dict[str, Any]:
    """`{"items","next"}`, newest first; `next` null at the end. An item: `{"id","at","who","who_name","action","conversation_id",
    "account","account_name","detail"}`; `who` is an account's id, `system`, or null at the command line."""
    conditions = []
    if wanted.span is not None:
        conditions.append(within(audits.c.at, wanted.span))
    if wanted.who is not None:
        conditions.append(audits.c.agent_id == wanted.who)
    if wanted.action is not None:
        conditions.append(audits.c.action == wanted.action)
    if after is not None:
        conditions.append(or_(audits.c.at < after[0], and_(audits.c.at == after[0], audits.c.id < after[1])))
    statement = (
        select(audits).where(*conditions).order_by(audits.c.at.desc(), audits.c.id.desc()).limit(limit + 1)
    )
    rows = (await reader.execute(statement)).all()
    names = await agent_names(reader)
    more = len(rows) > limit
    page = rows[:limit]
    return {
        "items": [_told(row, names) for row in page],
        "next": f"{page[-1].at.isoformat()}~{page[-1].id}" if more else None,
    }


def _told(row: Any, names: Mapping[str, str]) -> dict[str, Any]:
    detail = dict(row.detail or {})
    by_operator = detail.pop("by", None) == "operator"
    if isinstance(detail.get("to"), str):
        detail["to"] = names.get(detail["to"], detail["to"])
    # before there was a console for it, the line of an account stood under the account itself
    account = detail.pop("account", row.agent_id if by_operator else None)
    who = None if by_operator else row.agent_id
    return {
        "id": row.id,
        "at": rfc3339(row.at),
        "who": who,
        "who_name": names.get(who or ""),
        "action": row.action,
        "conversation_id": row.conversation_id,
        "account": account,
        "account_name": names.get(account or ""),
        "detail": masked(detail),
    }
