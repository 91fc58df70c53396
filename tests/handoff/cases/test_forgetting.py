"""Archived cases are forgotten when the policy's days are over, and nothing else is (H53)."""

from sqlalchemy import func, select

from handoff.cases.states import CaseMove
from handoff.conversation import Move
from handoff.records import move
from handoff.records.case_tables import case_conversations, case_customers, case_entries, cases
from handoff.retention import forget_old, forget_old_cases
from handoff.uploads.storage import UploadStorage
from tests.handoff.cases.case_harness import BROKEN, FRIDGE, CaseHarness
from tests.handoff.test_retention import rules


async def rows(cases_: CaseHarness) -> list[int]:
    async with cases_.records.read() as reader:
        tables = (cases, case_entries, case_customers, case_conversations)
        return [
            int((await reader.execute(select(func.count()).select_from(one))).scalar_one()) for one in tables
        ]


async def test_an_archived_case_is_forgotten_and_an_open_one_never(cases: CaseHarness) -> None:
    _, old = await cases.comes(**BROKEN)
    _, still_open = await cases.comes(category="order.invoice", order_no=FRIDGE)
    await cases.moves(old.case_no, CaseMove.DROPPED)
    cases.later(days=30)
    assert await forget_old_cases(cases.records, rules(30)) == 0
    cases.later(seconds=1)
    assert await forget_old_cases(cases.records, rules(0)) == 0
    assert await forget_old_cases(cases.records, rules(30)) == 1
    assert [one.case_no for one in await cases.all()] == [still_open.case_no]
    assert await rows(cases) == [1, 1, 2, 1]


async def test_a_forgotten_conversation_leaves_its_open_case(cases: CaseHarness, tmp_path) -> None:
    talk, case = await cases.comes(**BROKEN)
    async with cases.records.write() as tx:
        await move(tx, talk, Move.CLOSED)
    cases.later(days=31)
    storage = UploadStorage(tmp_path / "uploads")
    assert await forget_old(cases.records, storage, rules(30)) == 1
    storage.close()
    assert [one.case_no for one in await cases.all()] == [case.case_no]
    assert (await rows(cases))[-1] == 0
