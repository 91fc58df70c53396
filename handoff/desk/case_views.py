"""What the console reads of cases: the list, a page at a time, and one case with its timeline, all masked (H7)."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_

from aftersales.masking import mask_email, mask_name, mask_text, masked_contact
from handoff.auth.roles import GROUPS, Agent
from handoff.cases.rows import Case, as_case
from handoff.cases.states import OPEN_CASE_STATES, CaseState, targets_of
from handoff.cases.tags import case_carries, tags_of_cases
from handoff.clock import read_time, rfc3339
from handoff.desk.case_access import readable_case, visible
from handoff.desk.case_search import check_query, fits_case
from handoff.desk.masked import masked
from handoff.desk.reminders import reminders_of_case
from handoff.desk.tags import check_tag
from handoff.desk.views import agent_names
from handoff.edge.text import whole_number
from handoff.errors import invalid
from handoff.openapi import query
from handoff.records import Reader
from handoff.records.case_tables import case_conversations, case_entries, cases
from handoff.records.tables import conversations

PAGE_CASES = 50
MOST_CASES = 200
_LEVELS = ("I", "II", "III")
_PREVIEW = 80
_TEXT: dict[str, Any] = {"minLength": 1, "maxLength": 64}
CASE_QUERY = (
    query("state", "open unless said otherwise", enum=["open", "all", *CaseState]),
    query("group", "the group that has it", enum=list(GROUPS)),
    query("level", "I, II or III", enum=list(_LEVELS)),
    query("category", "a code of data/categories.yml", **_TEXT),
    query("channel", "how it first came", **_TEXT),
    query("order_no", "the whole number", **_TEXT),
    query("q", "what one knows of it, as `search` finds it", minLength=2, maxLength=100),
    query("tag", "a tag that it carries", **_TEXT),
    query("owner", "an agent's id, or me", **_TEXT),
    query("limit", "cases a page", type="integer", minimum=1, maximum=MOST_CASES, default=PAGE_CASES),
    query("after", "`next` of the page before", minLength=1),
)


@dataclass(frozen=True)
class CaseQuery:
    """A checked question for the list. `after` is the creation time and number of the last case of the page before."""

    states: frozenset[CaseState]
    equal: Mapping[str, str]
    tag: str | None
    fits: str | None
    limit: int
    after: tuple[datetime, str] | None


def check_case_query(told: Mapping[str, str], agent: Agent) -> CaseQuery:
    """From the address' parameters; ApiError 422 names the one that cannot be used."""
    state = told.get("state", "open")
    if state not in {"open", "all", *CaseState}:
        raise invalid("state 只能是 open、all 或个案的五个状态之一。")
    states = {"open": OPEN_CASE_STATES, "all": frozenset(CaseState)}.get(state)
    equal: dict[str, str] = {}
    for name, column, known in (
        ("group", "skill_group", GROUPS),
        ("level", "level", _LEVELS),
        ("category", "category", None),
        ("channel", "channel", None),
        ("order_no", "order_no", None),
        ("owner", "owner", None),
    ):
        value = told.get(name)
        if value is None:
            continue
        if (known is not None and value not in known) or not _is_plain(value):
            raise invalid(f"{name} 的值不能用。")
        equal[column] = agent.id if (name, value) == ("owner", "me") else value
    return CaseQuery(
        frozenset({CaseState(state)}) if states is None else states,
        equal,
        check_tag(told["tag"]) if "tag" in told else None,
        check_query(told["q"]) if "q" in told else None,
        _limit(told.get("limit")),
        _read_cursor(told["after"]) if "after" in told else None,
    )


async def case_page(reader: Reader, agent: Agent, query: CaseQuery) -> dict[str, Any]:
    """`{"items":[…],"next":cursor|null}`, newest first. Keyset paging: cases that come meanwhile shift nothing."""
    wanted: list[ColumnElement[bool]] = [visible(agent), cases.c.state.in_(query.states)]
    wanted += [cases.c[column] == value for column, value in query.equal.items()]
    if query.tag is not None:
        wanted.append(case_carries(query.tag))
    if query.fits is not None:
        wanted.append(fits_case(query.fits))
    if query.after is not None:
        wanted.append(tuple_(cases.c.created_at, cases.c.case_no) < tuple_(*query.after))
    statement = (
        select(cases)
        .where(*wanted)
        .order_by(cases.c.created_at.desc(), cases.c.case_no.desc())
        .limit(query.limit + 1)
    )
    found = [as_case(row) for row in await reader.execute(statement)]
    page = found[: query.limit]
    following = _cursor(page[-1]) if len(found) > query.limit else None
    return {"items": await _summaries(reader, page), "next": following}


async def newest_cases(
    reader: Reader, agent: Agent, fits: ColumnElement[bool], limit: int
) -> list[dict[str, Any]]:
    """As lists show them, those that fit and that this agent may see."""
    statement = (
        select(cases)
        .where(visible(agent), fits)
        .order_by(cases.c.created_at.desc(), cases.c.case_no.desc())
        .limit(limit)
    )
    return await _summaries(reader, [as_case(row) for row in await reader.execute(statement)])


async def _summaries(reader: Reader, page: Sequence[Case]) -> list[dict[str, Any]]:
    names = await agent_names(reader)
    numbers = [one.case_no for one in page]
    tags, talks = await tags_of_cases(reader, numbers), await _talks_of(reader, numbers)
    return [_summary(one, names, tags, talks.get(one.case_no, _Talks())) for one in page]


async def one_case(reader: Reader, agent: Agent, case_no: str) -> dict[str, Any]:
    """The whole case by contracts/case.schema.json; ApiError 404 when it is missing or not this agent's to read."""
    case = await readable_case(reader, agent, case_no)
    names = await agent_names(reader)
    return {
        **_summary(
            case,
            names,
            await tags_of_cases(reader, [case_no]),
            (await _talks_of(reader, [case_no])).get(case_no, _Talks()),
        ),
        "urgency": case.urgency,
        "responsibility": case.responsibility,
        "description": mask_text(case.description) if case.description else None,
        "demand": mask_text(case.demand) if case.demand else None,
        "requests": case.requests,
        "evidence": case.evidence,
        "may_move_to": [one.value for one in targets_of(case.state)],
        "conversations": await _conversations(reader, case_no),
        "reminders": await reminders_of_case(reader, case_no, names),
        "timeline": await _timeline(reader, case_no, names),
        "record": case.record or None,
    }


@dataclass(frozen=True)
class _Talks:
    """What a case has of its conversations: the first of them, by which a customer without a name is told apart (none for calls and
    mail), and the deadlines that hold now, pauses included, while its handoff runs."""

    first: str | None = None
    deadlines: Mapping[str, str] = field(default_factory=dict)


async def _talks_of(reader: Reader, numbers: Sequence[str]) -> dict[str, _Talks]:
    tied = case_conversations
    running = tied.c.handoff_id == conversations.c.handoff_id
    statement = (
        select(tied.c.case_no, tied.c.conversation_id, running.label("running"), conversations.c.deadlines)
        .join(conversations, conversations.c.id == tied.c.conversation_id)
        .where(tied.c.case_no.in_(numbers))
        .order_by(tied.c.linked_at, tied.c.conversation_id)
    )
    told: dict[str, _Talks] = {}
    for row in await reader.execute(statement):
        before = told.get(row.case_no, _Talks(row.conversation_id))
        now = {name: at for name, at in (row.deadlines or {}).items() if at} if row.running else {}
        told[row.case_no] = _Talks(before.first, {**before.deadlines, **now})
    return told


def _summary(
    case: Case, names: Mapping[str, str], tags: Mapping[str, list[str]], talks: _Talks
) -> dict[str, Any]:
    return {
        "case_no": case.case_no,
        "conversation_id": talks.first,
        "state": case.state.value,
        "state_since": rfc3339(case.state_since),
        "created_at": rfc3339(case.created_at),
        "updated_at": rfc3339(case.updated_at),
        "channel": case.channel,
        "origin": case.origin,
        "contacts": case.contacts,
        "category": case.category,
        "level": case.level,
        "priority": case.priority,
        "complaint_kind": case.complaint_kind,
        "complaint_grade": case.complaint_grade,
        "group": case.skill_group,
        "owner": case.owner,
        "owner_name": names.get(case.owner or ""),
        "deadlines": {name: talks.deadlines.get(name, at) for name, at in case.deadlines.items()},
        "first_response_at": rfc3339(case.first_response_at) if case.first_response_at else None,
        "order_no": case.order_no,
        "item": mask_text(case.item) if case.item else None,
        "customer": _customer(case.customer),
        "tags": tags.get(case.case_no, []),
        "preview": mask_text(case.description or case.demand or "")[:_PREVIEW],
    }


def _customer(customer: Mapping[str, Any]) -> dict[str, Any]:
    contact = masked_contact(customer)
    sender = customer.get("from")
    if contact is None and sender:
        contact = mask_email(sender) if "@" in sender[1:] else mask_text(sender)
    return {
        "name": mask_name(customer.get("name")),
        "contact": contact,
        "verified": bool(customer.get("verified")),
    }


async def _conversations(reader: Reader, case_no: str) -> list[dict[str, Any]]:
    tied = case_conversations
    statement = (
        select(tied, conversations.c.state, conversations.c.episode.label("now"))
        .join(conversations, conversations.c.id == tied.c.conversation_id)
        .where(tied.c.case_no == case_no)
        .order_by(tied.c.linked_at, tied.c.conversation_id, tied.c.episode)
    )
    return [
        {
            "conversation_id": row.conversation_id,
            "episode": row.episode,
            "linked_at": rfc3339(row.linked_at),
            "state": row.state if row.episode == row.now else "closed",
        }
        for row in await reader.execute(statement)
    ]


async def _timeline(reader: Reader, case_no: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    statement = select(case_entries).where(case_entries.c.case_no == case_no).order_by(case_entries.c.n)
    return [
        {
            "n": row.n,
            "at": rfc3339(row.at),
            "kind": row.kind,
            "who": row.who,
            "who_name": names.get(row.who),
            "from": row.from_state,
            "to": row.to_state,
            "move": row.move,
            "why": mask_text(row.why) if row.why else None,
            "body": masked(row.body),
        }
        for row in await reader.execute(statement)
    ]


def _limit(value: str | None) -> int:
    if value is None:
        return PAGE_CASES
    limit = whole_number(value)
    if limit is None or not 1 <= limit <= MOST_CASES:
        raise invalid(f"limit 必须是 1 到 {MOST_CASES} 的整数。")
    return limit


def _is_plain(value: str) -> bool:
    return 0 < len(value) <= 64 and value.isprintable()


def _cursor(case: Case) -> str:
    return base64.urlsafe_b64encode(f"{case.created_at.isoformat()} {case.case_no}".encode()).decode()


def _read_cursor(value: str) -> tuple[datetime, str]:
    try:
        at, case_no = (
            base64.b64decode(value.encode("ascii"), altchars=b"-_", validate=True).decode("ascii").split(" ")
        )
    except (ValueError, UnicodeError, binascii.Error) as error:
        raise invalid("after 不是列表给出的位置。") from error
    moment = read_time(at)
    if moment is None or not case_no.isalnum():
        raise invalid("after 不是列表给出的位置。")
    return moment, case_no
