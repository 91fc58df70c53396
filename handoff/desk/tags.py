"""People tag the matter of a conversation or a case, and find by tags."""

from collections.abc import Sequence
from typing import Any

from handoff.auth.roles import Agent
from handoff.cases.tags import case_of_talk, do_tag
from handoff.desk.access import readable
from handoff.desk.case_access import readable_case
from handoff.edge.text import clean_name
from handoff.errors import invalid, not_found
from handoff.records import Records

LONGEST = 40
MOST_AT_ONCE = 20


def check_tag(value: Any) -> str:
    """A tag as it is kept: one line without marks nobody sees, and without the # before it; ApiError 422."""
    tag = clean_name(value).lstrip("#＃").strip() if isinstance(value, str) else ""
    if not 0 < len(tag) <= LONGEST:
        raise invalid(f"标签要写 1 到 {LONGEST} 个字。")
    return tag


def check_tags(body: Any) -> tuple[list[str], list[str]]:
    """`{"add"?,"remove"?}`, lists of tags; ApiError 422."""
    told = body if isinstance(body, dict) else {}
    add, remove = (_several(told.get(name)) for name in ("add", "remove"))
    if not add and not remove:
        raise invalid("请写明加上或去掉哪个标签。")
    return add, remove


def _several(told: Any) -> list[str]:
    if told is None:
        return []
    if not isinstance(told, list) or len(told) > MOST_AT_ONCE:
        raise invalid(f"标签要放在列表里，一次最多 {MOST_AT_ONCE} 个。")
    return [check_tag(one) for one in told]


async def do_tag_talk(
    records: Records, agent: Agent, conversation_id: str, add: Sequence[str], remove: Sequence[str]
) -> list[str]:
    """The tags of the conversation's case afterwards; 404 not readable, or it never went to people."""
    async with records.write() as tx:
        await readable(tx, agent, conversation_id)
        case_no = await case_of_talk(tx, conversation_id)
        if case_no is None:
            raise not_found("这个会话还没有个案，不能加标签。")
        return await do_tag(tx, case_no, agent.id, add, remove)


async def do_tag_case(
    records: Records, agent: Agent, case_no: str, add: Sequence[str], remove: Sequence[str]
) -> list[str]:
    """The same by the case's number; 404 not theirs."""
    async with records.write() as tx:
        await readable_case(tx, agent, case_no)
        return await do_tag(tx, case_no, agent.id, add, remove)
