"""What people do with a case: move it along the loop with a reason, say what it is and how grave, tie a conversation to it, note
something, reveal a contact (H7, H42)."""

from dataclasses import dataclass
from typing import Any, cast, get_args

from sqlalchemy import select

from aftersales.grading import worse
from aftersales.masking import contact_of
from aftersales.policy.desk import ComplaintGrade, Level
from handoff.auth.guard import forbidden
from handoff.auth.roles import Agent
from handoff.cases.rows import (
    Case,
    lock_case,
    lock_conversations_of,
    move_case,
    note_entry,
    tie_conversation,
    update_case,
)
from handoff.cases.states import CaseMove, CaseState, move_between
from handoff.conversation import State
from handoff.desk.access import check_words, readable
from handoff.desk.case_access import readable_case, workable_case
from handoff.desk.remarks import check_mentions, mentioned_people, tell_mentioned
from handoff.errors import invalid, not_found, stale
from handoff.records import Records, Tx, lock_conversation, update_conversation
from handoff.records.audit import note_audit
from handoff.records.case_tables import case_conversations, case_entries
from handoff.records.tables import conversations
from handoff.store_rules import store_rules

LONGEST_REASON = 200
LONGEST_NOTE = 2000
FIELDS = ("name", "contact", "phone", "email", "from", "entry")
_GRADES: tuple[ComplaintGrade, ...] = get_args(ComplaintGrade)


@dataclass(frozen=True)
class WantedMove:
    """Where a case is to go and why; `seen` is the state in which the person saw it, if they say so."""

    target: CaseState
    reason: str
    seen: CaseState | None


def check_case_move(body: Any) -> WantedMove:
    """`{"to","reason","from"?}`; ApiError 422 with one sentence."""
    told = body if isinstance(body, dict) else {}
    target, seen = _state(told.get("to")), told.get("from")
    if target is None:
        raise invalid("请选择个案要到哪一步：接收、诊断、解决、反馈或归档。")
    if seen is not None and _state(seen) is None:
        raise invalid("from 不是个案的状态。")
    reason = cast(str, check_words(told.get("reason"), "原因", LONGEST_REASON, needed=True))
    return WantedMove(target, reason, _state(seen))


async def do_move_case(records: Records, agent: Agent, case_no: str, wanted: WantedMove) -> CaseState:
    """Moves the case; the same person asking for the same again changes nothing. Who takes a case has it.

    404 not theirs, 409 `stale` when it is elsewhere by now or no move leads there, 403 when a complaint of a grade that a
    supervisor must see is to be archived by somebody else (H14).
    """
    async with records.write() as tx:
        case = await workable_case(tx, agent, case_no)
        if case.state is wanted.target and await _moved_last(tx, case, agent, wanted.reason):
            return case.state
        move = move_between(case.state, wanted.target)
        if move is None or wanted.seen not in (None, case.state):
            raise stale("个案现在不在这一步，请刷新后再操作。")
        if wanted.target is CaseState.ARCHIVED and _needs_supervisor(case) and not agent.may("all_groups"):
            raise forbidden("重大以上的投诉要由主管归档。")
        owner = {"owner": agent.id} if move in {CaseMove.TAKEN, CaseMove.REOPENED} else None
        state = await move_case(tx, case_no, move, who=agent.id, why=wanted.reason, set_columns=owner)
        await note_audit(tx, agent.id, "case_move", None, case_no=case_no, to=state.value)
    return state


@dataclass(frozen=True)
class Classified:
    """What a person says the matter is and how grave, and why."""

    category: str
    level: Level
    reason: str


def check_classified(body: Any) -> Classified:
    """`{"category","level","reason"}`; ApiError 422 with one sentence."""
    told = body if isinstance(body, dict) else {}
    category, level = told.get("category"), told.get("level")
    if not isinstance(category, str) or category not in store_rules().categories:
        raise invalid("没有这个类别，请从列表里选。")
    if level not in get_args(Level):
        raise invalid("请选择等级：Ⅰ、Ⅱ 或 Ⅲ。")
    reason = cast(str, check_words(told.get("reason"), "原因", LONGEST_REASON, needed=True))
    return Classified(category, cast(Level, level), reason)


async def do_classify(records: Records, agent: Agent, case_no: str, wanted: Classified) -> None:
    """The case is of this category and level from now on, with a row that tells what it was and why. Its conversations that are
    still with people are served as a worse level asks; none is put back. The same again changes nothing; 404 not theirs."""
    async with records.write() as tx:
        await lock_conversations_of(tx, case_no)
        case = await workable_case(tx, agent, case_no)
        before = {"category": case.category, "level": case.level}
        after = {"category": wanted.category, "level": wanted.level}
        if before == after:
            return
        await update_case(tx, case_no, **after)
        changed = {"before": before, "after": after}
        await note_entry(tx, case_no, "classified", who=agent.id, why=wanted.reason, body=changed)
        await note_audit(tx, agent.id, "case_classify", None, case_no=case_no, **after)
        for conversation_id in await _with_people(tx, case_no):
            conversation = await lock_conversation(tx, conversation_id)
            level = worse(cast(Level, conversation.level or "I"), wanted.level)
            if level != conversation.level:
                await update_conversation(tx, conversation_id, level=level)
                tx.touch_queue()


async def _with_people(tx: Tx, case_no: str) -> list[str]:
    """The case's conversations that wait for a person or have one."""
    served = (State.WAITING.value, State.TICKET.value, State.HUMAN.value)
    wanted = (
        select(conversations.c.id)
        .join(case_conversations, case_conversations.c.conversation_id == conversations.c.id)
        .where(case_conversations.c.case_no == case_no, conversations.c.state.in_(served))
        .where(case_conversations.c.episode == conversations.c.episode)
    )
    return list((await tx.execute(wanted)).scalars())


async def do_link(records: Records, agent: Agent, case_no: str, body: Any) -> bool:
    """`{"conversation_id"}`: its running episode belongs to the case too; False when it did already."""
    conversation_id = body.get("conversation_id") if isinstance(body, dict) else None
    if not isinstance(conversation_id, str):
        raise invalid("请指明要关联的会话（conversation_id）。")
    async with records.write() as tx:
        await readable(tx, agent, conversation_id)
        conversation = await lock_conversation(tx, conversation_id)
        await workable_case(tx, agent, case_no)
        fresh = await tie_conversation(tx, case_no, conversation.id, conversation.episode, None)
        if fresh:
            tied = {"conversation_id": conversation.id, "episode": conversation.episode}
            await note_entry(tx, case_no, "linked", who=agent.id, body=tied)
            await note_audit(tx, agent.id, "case_link", conversation_id, case_no=case_no)
    return fresh


async def do_note_case(records: Records, agent: Agent, case_no: str, body: Any) -> int:
    """`{"text","answered"?,"mentions"?}`: a line of the timeline; whoever it mentions gets an alert and may read the case; `answered` says that the customer was told (called back, written
    to), which is the first response if there was none. Returns the line's number."""
    told = body if isinstance(body, dict) else {}
    text = check_words(told.get("text"), "备注内容", LONGEST_NOTE, needed=True)
    answered = told.get("answered", False)
    if not isinstance(answered, bool):
        raise invalid("answered 只能是 true 或 false。")
    wanted = check_mentions(told.get("mentions"))
    async with records.write() as tx:
        case = await workable_case(tx, agent, case_no)
        people = await mentioned_people(tx, agent, wanted)
        await tell_mentioned(tx, agent, people, str(text), case_no=case_no)
        named = {"mentions": [one.name for one in people]} if people else {}
        if answered and case.first_response_at is None:
            await update_case(tx, case_no, first_response_at=tx.now())
        kind = "answered" if answered else "note"
        return await note_entry(tx, case_no, kind, who=agent.id, body={"text": text, **named})


async def do_reveal_case(records: Records, agent: Agent, case_no: str, body: Any) -> str:
    """`{"field","reason"}` (`contact`: where the customer can be reached; `entry` with `n`: what that line of the timeline says): the unmasked value; the audit is
    committed before anybody sees it. 404 when it is unknown, 422 without a reason."""
    told = body if isinstance(body, dict) else {}
    field = told.get("field")
    if field not in FIELDS:
        raise invalid("只能查看姓名、联系方式、手机号、邮箱、来信人或某条记录。")
    reason = check_words(told.get("reason"), "查看原因", LONGEST_REASON, needed=True)
    async with records.write() as tx:
        case = await readable_case(tx, agent, case_no)
        if field == "entry":
            value = await _entry(tx, case_no, told.get("n"))
        elif field == "contact":
            value = contact_of(case.customer) or case.customer.get("from")
        else:
            value = case.customer.get(field)
        if not value:
            raise not_found("还不知道客户的这项信息。")
        await lock_case(tx, case_no)
        await note_audit(tx, agent.id, "reveal", None, case_no=case_no, field=field, reason=reason)
        await note_entry(tx, case_no, "reveal", who=agent.id, why=reason, body={"field": field})
    return str(value)


async def _entry(tx: Tx, case_no: str, n: Any) -> str | None:
    if isinstance(n, bool) or not isinstance(n, int) or not 0 < n < 2**31:
        raise invalid("请指明是哪一条记录（n）。")
    wanted = select(case_entries.c.body).where(case_entries.c.case_no == case_no, case_entries.c.n == n)
    body = (await tx.execute(wanted)).scalar_one_or_none()
    return None if body is None else body.get("text")


async def _moved_last(tx: Tx, case: Case, agent: Agent, reason: str) -> bool:
    """Whether the case is where it is because this very person sent it there for this very reason."""
    moves = select(case_entries).where(case_entries.c.case_no == case.case_no, case_entries.c.kind == "move")
    last = (await tx.execute(moves.order_by(case_entries.c.n.desc()).limit(1))).first()
    return last is not None and (last.who, last.why) == (agent.id, reason)


def _needs_supervisor(case: Case) -> bool:
    first = store_rules().policy.service.complaint.supervisor_from
    complaint = cast(ComplaintGrade | None, case.complaint_grade)
    return complaint is not None and _GRADES.index(complaint) >= _GRADES.index(first)


def _state(value: Any) -> CaseState | None:
    return CaseState(value) if isinstance(value, str) and value in set(CaseState) else None
