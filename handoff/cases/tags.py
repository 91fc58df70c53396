"""Tags of a matter: listed by the policy or written by people. Their home is the case; a conversation shows those of its case."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, exists, func, insert, select

from handoff.cases.rows import lock_case, lock_conversations_of, note_entry
from handoff.errors import invalid
from handoff.records import Reader, Tx
from handoff.records.case_tables import case_conversations, case_tags, cases
from handoff.records.tables import conversations
from handoff.store_rules import store_rules

MOST_KNOWN = 50


async def do_tag(tx: Tx, case_no: str, who: str, add: Sequence[str], remove: Collection[str]) -> list[str]:
    """Puts these on the case and takes those off; returns what it carries then. ApiError 422 for a tag that the policy does not
    allow, or one too many. What is there already, or gone, changes nothing."""
    talks = await lock_conversations_of(tx, case_no)
    await lock_case(tx, case_no)
    known = (await tags_of_cases(tx, [case_no])).get(case_no, [])
    gone = [one for one in known if one in remove]
    fresh = [one for one in dict.fromkeys(add) if one not in known]
    _check(fresh, len(known) - len(gone))
    if gone:
        await tx.execute(delete(case_tags).where(case_tags.c.case_no == case_no, case_tags.c.tag.in_(gone)))
    if fresh:
        rows = [{"case_no": case_no, "tag": one, "agent_id": who, "at": tx.now()} for one in fresh]
        await tx.execute(insert(case_tags), rows)
    if gone or fresh:
        await note_entry(tx, case_no, "tagged", who=who, body={"add": fresh, "remove": gone})
        _wake(tx, talks)
    return (await tags_of_cases(tx, [case_no])).get(case_no, [])


async def tags_of_cases(reader: Reader, case_nos: Collection[str]) -> Mapping[str, list[str]]:
    """The tags of each of these cases, in the order in which they came; a case without any is left out."""
    statement = (
        select(case_tags.c.case_no, case_tags.c.tag)
        .where(case_tags.c.case_no.in_(list(case_nos)))
        .order_by(case_tags.c.at, case_tags.c.tag)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in await reader.execute(statement) if case_nos else ():
        found[row.case_no].append(row.tag)
    return found


async def tags_of_talks(reader: Reader, conversation_ids: Collection[str]) -> Mapping[str, list[str]]:
    """The tags of the case that each of these conversations is about now."""
    if not conversation_ids:
        return {}
    statement = (
        select(conversations.c.id, case_tags.c.tag)
        .select_from(conversations)
        .join(case_conversations, _about_now())
        .join(case_tags, case_tags.c.case_no == case_conversations.c.case_no)
        .where(conversations.c.id.in_(list(conversation_ids)))
        .order_by(case_tags.c.at, case_tags.c.tag)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in await reader.execute(statement):
        if row.tag not in found[row.id]:
            found[row.id].append(row.tag)
    return found


async def case_of_talk(reader: Reader, conversation_id: str) -> str | None:
    """The case that the conversation is about now; None when it has none."""
    statement = (
        select(case_conversations.c.case_no)
        .select_from(conversations)
        .join(case_conversations, _about_now())
        .where(conversations.c.id == conversation_id)
        .order_by(case_conversations.c.linked_at.desc(), case_conversations.c.case_no)
        .limit(1)
    )
    return (await reader.execute(statement)).scalar_one_or_none()


def case_carries(tag: str) -> ColumnElement[bool]:
    return exists().where(case_tags.c.case_no == cases.c.case_no, case_tags.c.tag == tag)


def talk_carries(tag: str) -> ColumnElement[bool]:
    return exists().where(
        _about_now(), case_tags.c.case_no == case_conversations.c.case_no, case_tags.c.tag == tag
    )


async def known_tags(reader: Reader) -> dict[str, object]:
    """`{"listed","used","free"}`: the policy's, and what people wrote besides, the most used first."""
    rules = store_rules().policy.service.tags
    uses = func.count().label("uses")
    statement = (
        select(case_tags.c.tag, uses)
        .group_by(case_tags.c.tag)
        .order_by(uses.desc(), case_tags.c.tag)
        .limit(MOST_KNOWN + len(rules.listed))
    )
    used = [{"tag": row.tag, "uses": row.uses} for row in await reader.execute(statement)]
    own = [one for one in used if one["tag"] not in rules.listed][:MOST_KNOWN]
    return {"listed": list(rules.listed), "used": own, "free": rules.free}


def _about_now() -> ColumnElement[bool]:
    return (case_conversations.c.conversation_id == conversations.c.id) & (
        case_conversations.c.episode == conversations.c.episode
    )


def _check(fresh: Sequence[str], before: int) -> None:
    rules = store_rules().policy.service.tags
    for one in fresh:
        if one not in rules.listed and not rules.free:
            raise invalid(f"标签“{one}”不在店里的列表里，请从列表里选。")
        if one not in rules.listed and len(one) > rules.longest:
            raise invalid(f"标签最多 {rules.longest} 个字。")
    if fresh and before + len(fresh) > rules.most:
        raise invalid(f"一个个案最多贴 {rules.most} 个标签。")


def _wake(tx: Tx, talks: Collection[str]) -> None:
    """Whoever looks at one of its conversations, or at a list, sees it at once."""
    for conversation_id in talks:
        tx.touch(conversation_id)
    tx.touch_queue()
