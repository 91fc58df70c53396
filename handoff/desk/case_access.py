"""Whose case is it: who may read it, who may move it (H49)."""

from sqlalchemy import ColumnElement, or_, true

from handoff.auth.roles import Agent
from handoff.cases.rows import NO_CASE, Case, get_case, lock_case
from handoff.errors import not_found
from handoff.records import Reader, Tx
from handoff.records.case_tables import cases


def visible(agent: Agent) -> ColumnElement[bool]:
    """The cases this agent may see: all for who reads all, else those of the own groups and the own ones."""
    if agent.may("read_all"):
        return true()
    return or_(cases.c.skill_group.in_(agent.served_groups), cases.c.owner == agent.id)


async def readable_case(reader: Reader, agent: Agent, case_no: str) -> Case:
    """The case, if this agent may read it; the same 404 whether it is missing or another group's."""
    return _allowed(agent, await get_case(reader, case_no))


async def workable_case(tx: Tx, agent: Agent, case_no: str) -> Case:
    """The same, locked until the commit, for somebody who changes it."""
    return _allowed(agent, await lock_case(tx, case_no))


def _allowed(agent: Agent, case: Case) -> Case:
    if not agent.may_read(group=case.skill_group, owner=case.owner, owned_before=False):
        raise not_found(NO_CASE)
    return case
