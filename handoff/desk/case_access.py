"""Whose case is it: who may read it, who may move it (H49)."""

from sqlalchemy import ColumnElement, or_, select, true

from handoff.auth.roles import Agent
from handoff.cases.rows import NO_CASE, Case, get_case, lock_case
from handoff.errors import not_found
from handoff.queue.alerts import MENTION
from handoff.records import Reader, Tx
from handoff.records.case_tables import cases
from handoff.records.desk_tables import desk_alerts


def visible(agent: Agent) -> ColumnElement[bool]:
    """The cases this agent may see: all for who reads all, else those of the own groups and the own ones."""
    if agent.may("read_all"):
        return true()
    return or_(cases.c.skill_group.in_(agent.served_groups), cases.c.owner == agent.id)


async def readable_case(reader: Reader, agent: Agent, case_no: str) -> Case:
    """The case, if this agent may read it; the same 404 whether it is missing or another group's."""
    return await _allowed(reader, agent, await get_case(reader, case_no))


async def workable_case(tx: Tx, agent: Agent, case_no: str) -> Case:
    """The same, locked until the commit, for somebody who changes it."""
    return await _allowed(tx, agent, await lock_case(tx, case_no))


async def _allowed(reader: Reader, agent: Agent, case: Case) -> Case:
    """Also who was mentioned in a note of it, and may look there and answer."""
    if agent.may_read(group=case.skill_group, owner=case.owner, owned_before=False):
        return case
    named = select(desk_alerts.c.id).where(
        desk_alerts.c.case_no == case.case_no,
        desk_alerts.c.agent_id == agent.id,
        desk_alerts.c.kind == MENTION,
    )
    if not agent.may("serve") or (await reader.execute(named.limit(1))).first() is None:
        raise not_found(NO_CASE)
    return case
