"""The case's state machine (H42): whatever is tried in whatever order, only the loop's moves happen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handoff.cases.states import (
    CASE_MOVES,
    OPEN_CASE_STATES,
    CaseMove,
    CaseState,
    IllegalCaseMove,
    move_between,
    next_case_state,
    targets_of,
)

# docs/protocol.md, "Cases", written out by hand: the code must not be its own witness
LEGAL = {
    "received": {"diagnosing", "archived"},
    "diagnosing": {"received", "solving", "feedback", "archived"},
    "solving": {"received", "diagnosing", "feedback", "archived"},
    "feedback": {"solving", "archived"},
    "archived": {"diagnosing"},
}


def test_exactly_the_documented_moves_exist() -> None:
    possible: dict[str, set[str]] = {state.value: set() for state in CaseState}
    for sources, target in CASE_MOVES.values():
        for source in sources:
            possible[source.value].add(target.value)
    assert possible == LEGAL
    assert {state.value: {one.value for one in targets_of(state)} for state in CaseState} == LEGAL


@given(st.sampled_from(CaseState), st.sampled_from(CaseMove))
def test_a_move_is_legal_or_refused(state: CaseState, move: CaseMove) -> None:
    sources, target = CASE_MOVES[move]
    if state in sources:
        assert next_case_state(state, move) is target
    else:
        with pytest.raises(IllegalCaseMove, match=f"{move.value} is not allowed from {state.value}"):
            next_case_state(state, move)


@given(st.sampled_from(CaseState), st.sampled_from(CaseState))
def test_a_person_may_say_where_it_goes_because_one_move_leads_there(
    state: CaseState, target: CaseState
) -> None:
    leading = [move for move, (sources, end) in CASE_MOVES.items() if state in sources and end is target]
    assert len(leading) <= 1
    assert move_between(state, target) == (leading[0] if leading else None)


class Loop(RuleBasedStateMachine):
    """A model that knows only what people were told: the loop is walked forward one step at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.state = CaseState.RECEIVED
        self.looked_into = False
        self.told = False

    @rule(move=st.sampled_from(CaseMove))
    def try_it(self, move: CaseMove) -> None:
        before = self.state
        try:
            self.state = next_case_state(before, move)
        except IllegalCaseMove:
            assert self.state is before
            return
        if move in {CaseMove.TAKEN, CaseMove.REOPENED}:
            self.looked_into, self.told = True, False
        elif move is CaseMove.RETURNED:
            self.looked_into = False
        elif move is CaseMove.SOLVED:
            self.told = True
        elif move is CaseMove.UNSOLVED:
            self.told = False

    @invariant()
    def a_result_is_told_only_by_somebody_who_looked_into_it(self) -> None:
        if self.state in {CaseState.SOLVING, CaseState.FEEDBACK}:
            assert self.looked_into
        assert (self.state is CaseState.FEEDBACK) <= self.told

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        assert targets_of(self.state)
        assert (self.state in OPEN_CASE_STATES) == (self.state is not CaseState.ARCHIVED)


TestLoop = Loop.TestCase
TestLoop.settings = settings(max_examples=50, deadline=None)
