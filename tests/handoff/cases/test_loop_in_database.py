"""Whatever is tried in whatever order, a stored case walks the loop of the model, and its timeline tells exactly that (H42)."""

import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.cases.states import CASE_MOVES, CaseMove, CaseState, IllegalCaseMove
from tests.handoff.cases.case_harness import CaseHarness
from tests.handoff.cases.test_states import LEGAL


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.sampled_from(CaseMove), max_size=14))
async def test_the_database_follows_the_model(cases: CaseHarness, tries: list[CaseMove]) -> None:
    _, case = await cases.comes(category="product.quality", order_no=uuid.uuid4().hex[:12])
    model, walked = CaseState.RECEIVED.value, []
    for event in tries:
        sources, target = CASE_MOVES[event]
        cases.later(minutes=1)
        try:
            await cases.moves(case.case_no, event, f"因为 {event.value}")
        except IllegalCaseMove:
            assert model not in {one.value for one in sources}
            continue
        assert target.value in LEGAL[model]
        walked.append((event.value, model, target.value, f"因为 {event.value}", cases.now))
        model = target.value
    stored = next(one for one in await cases.all() if one.case_no == case.case_no)
    assert stored.state.value == model
    assert stored.state_since == (walked[-1][-1] if walked else case.created_at)
    entries = await cases.timeline(case.case_no)
    told = [
        (one.move, one.from_state, one.to_state, one.why, one.at) for one in entries if one.kind == "move"
    ]
    assert told == walked
    assert [one.n for one in entries] == list(range(1, len(entries) + 1))
