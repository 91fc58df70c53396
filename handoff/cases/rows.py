"""The rows of a case: reading, locking, changing it, its timeline, and the only function that moves its state."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import insert, select, update

from aftersales.grading import Known
from aftersales.policy.desk import ComplaintGrade, ComplaintKind, Level
from handoff.cases.states import CaseMove, CaseState, next_case_state
from handoff.errors import busy, not_found
from handoff.records import Reader, Tx, lock_conversation
from handoff.records.case_tables import case_conversations, case_customers, case_entries, cases
from handoff.records.tables import conversations
from handoff.store_rules import store_rules

SYSTEM = "system"
NO_CASE = "没有找到这个个案。"
_TRIES = 20
"""At half a million cases a day one number in two is taken, and twenty tries fail once in a million."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of `cases`, as it was when read."""

    case_no: str
    created_at: datetime
    updated_at: datetime
    state: CaseState
    state_since: datetime
    channel: str
    origin: str
    contacts: int
    entries: int
    category: str
    level: str
    urgency: str
    priority: int
    complaint_kind: str | None
    complaint_grade: str | None
    responsibility: str
    skill_group: str
    owner: str | None
    deadlines: dict[str, Any]
    first_response_at: datetime | None
    order_no: str | None
    item: str | None
    demand: str | None
    description: str | None
    requests: list[str]
    evidence: list[dict[str, Any]]
    customer: dict[str, Any]
    facts: dict[str, Any]
    record: dict[str, Any]
    filled: bool

    @property
    def known(self) -> Known:
        """How serious it is so far."""
        kind, complaint = cast(ComplaintKind | None, self.complaint_kind), self.complaint_grade
        return Known(cast(Level, self.level), kind, cast(ComplaintGrade | None, complaint))


def as_case(row: Any) -> Case:
    """A Case from a row that has (at least) all columns of the table."""
    values = {field.name: getattr(row, field.name) for field in fields(Case)}
    values["state"] = CaseState(values["state"])
    return Case(**values)


async def get_case(reader: Reader, case_no: str) -> Case:
    """The case, unlocked; ApiError 404 when there is none."""
    return await _one(reader, case_no, lock=False)


async def lock_case(tx: Tx, case_no: str) -> Case:
    """The case, locked until the commit. A conversation that is needed too is locked before it, never after."""
    return await _one(tx, case_no, lock=True)


async def lock_conversations_of(tx: Tx, case_no: str) -> list[str]:
    """Locks every conversation tied to the case, in one order for everybody, for a change of the case that they show or follow: before
    `lock_case`, so that it never deadlocks with a writer who has the conversation and wants the case. Returns their ids."""
    there = conversations.c.id == case_conversations.c.conversation_id  # one may have been deleted (H53)
    tied = (
        select(conversations.c.id)
        .join(case_conversations, there)
        .where(case_conversations.c.case_no == case_no)
    )
    ids = sorted(set((await tx.execute(tied)).scalars()))
    for conversation_id in ids:
        await lock_conversation(tx, conversation_id)
    return ids


async def _one(reader: Reader, case_no: str, *, lock: bool) -> Case:
    statement = select(cases).where(cases.c.case_no == case_no)
    known = case_no.isascii() and case_no.isalnum()  # else no database could be asked for it
    row = (
        (await reader.execute(statement.with_for_update() if lock else statement)).first() if known else None
    )
    if row is None:
        raise not_found(NO_CASE)
    return as_case(row)


async def free_case_no(tx: Tx) -> str:
    """A number that no case has: `CS`, the store's date (yymmdd) and six random digits."""
    local = tx.now().astimezone(store_rules().tz)
    for _ in range(_TRIES):
        case_no = f"CS{local:%y%m%d}{secrets.randbelow(10**6):06d}"
        taken = select(cases.c.case_no).where(cases.c.case_no == case_no)
        if (await tx.execute(taken)).first() is None:
            return case_no
    raise busy()


async def insert_case(tx: Tx, **columns: Any) -> None:
    """A new case in state received, with an empty timeline."""
    now = tx.now()
    await tx.execute(
        insert(cases).values(
            created_at=now, updated_at=now, state=CaseState.RECEIVED.value, state_since=now, **columns
        )
    )
    tx.touch_queue()


async def update_case(tx: Tx, case_no: str, **columns: Any) -> None:
    """Sets columns other than state (it changes by `move_case` only)."""
    if "state" in columns:
        raise ValueError("the state of a case moves by move_case()")
    await tx.execute(update(cases).where(cases.c.case_no == case_no).values(updated_at=tx.now(), **columns))
    tx.touch_queue()


async def note_entry(
    tx: Tx,
    case_no: str,
    kind: str,
    *,
    who: str,
    why: str | None = None,
    body: Mapping[str, Any] | None = None,
    **moved: str,
) -> int:
    """The next row of the timeline; returns its number, counted from 1 without gaps."""
    counter = (
        update(cases)
        .where(cases.c.case_no == case_no)
        .values(entries=cases.c.entries + 1, updated_at=tx.now())
        .returning(cases.c.entries)
    )
    n = int((await tx.execute(counter)).scalar_one())
    await tx.execute(
        insert(case_entries).values(
            case_no=case_no, n=n, at=tx.now(), kind=kind, who=who, why=why, body=dict(body or {}), **moved
        )
    )
    return n


async def move_case(
    tx: Tx,
    case_no: str,
    event: CaseMove,
    *,
    who: str,
    why: str,
    body: Mapping[str, Any] | None = None,
    set_columns: Mapping[str, Any] | None = None,
) -> CaseState:
    """Moves the state, in the transaction, and writes who did so and why into the timeline; returns the new state.

    IllegalCaseMove when the state machine does not allow it (nothing is written). Whoever returns a case to its group has
    it no more.
    """
    case = await lock_case(tx, case_no)
    target = next_case_state(case.state, event)
    columns: dict[str, Any] = {"state": target.value, "state_since": tx.now(), **(set_columns or {})}
    if target is CaseState.RECEIVED:
        columns.setdefault("owner", None)
    await tx.execute(update(cases).where(cases.c.case_no == case_no).values(**columns))
    moved = {"move": event.value, "from_state": case.state.value, "to_state": target.value}
    await note_entry(tx, case_no, "move", who=who, why=why, body=body, **moved)
    tx.touch_queue()
    return target


async def add_customer_keys(tx: Tx, case_no: str, keys: Iterable[str]) -> None:
    """The customer of the case can be recognised by these too."""
    known = select(case_customers.c.key).where(case_customers.c.case_no == case_no)
    missing = set(keys) - set((await tx.execute(known)).scalars())
    for key in sorted(missing):
        await tx.execute(insert(case_customers).values(key=key, case_no=case_no))


async def tie_conversation(
    tx: Tx, case_no: str, conversation_id: str, episode: int, handoff_id: str | None
) -> bool:
    """The conversation's episode belongs to the case; True when that is new. A newer handoff replaces the noted one."""
    this = (
        case_conversations.c.case_no == case_no,
        case_conversations.c.conversation_id == conversation_id,
        case_conversations.c.episode == episode,
    )
    tied = (await tx.execute(select(case_conversations.c.handoff_id).where(*this))).first()
    if tied is None:
        await tx.execute(
            insert(case_conversations).values(
                case_no=case_no,
                conversation_id=conversation_id,
                episode=episode,
                handoff_id=handoff_id,
                linked_at=tx.now(),
            )
        )
    elif handoff_id is not None:
        newer = update(case_conversations).where(*this)
        await tx.execute(newer.values(handoff_id=handoff_id, linked_at=tx.now()))
    return tied is None
