"""The state machine: whatever is tried in whatever order, only the moves of the architecture happen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handoff.conversation import BOT_SPEAKS, MOVES, OPEN_STATES, IllegalMove, Move, State, next_state

# docs/architecture.md, "States of a conversation", written out by hand: the code must not be its own witness
LEGAL = {
    "bot": {"waiting", "ticket", "closed"},
    "waiting": {"human", "bot", "ticket", "closed"},
    "human": {"waiting", "bot", "closed"},
    "ticket": {"waiting", "human", "closed"},
    "closed": {"bot"},
}


def test_exactly_the_documented_moves_exist() -> None:
    possible: dict[str, set[str]] = {state.value: set() for state in State}
    for sources, target in MOVES.values():
        for source in sources:
            possible[source.value].add(target.value)
    assert possible == LEGAL


@given(st.sampled_from(State), st.sampled_from(Move))
def test_a_move_is_legal_or_refused(state: State, move: Move) -> None:
    sources, target = MOVES[move]
    if state in sources:
        assert next_state(state, move) is target
        assert target.value in LEGAL[state.value]
    else:
        with pytest.raises(IllegalMove):
            next_state(state, move)


@given(st.lists(st.sampled_from(Move), max_size=40))
def test_a_person_is_only_reached_by_a_claim(moves: list[Move]) -> None:
    state = State.BOT
    for move in moves:
        try:
            after = next_state(state, move)
        except IllegalMove:
            continue
        if after is State.HUMAN:
            assert move is Move.CLAIMED
        if state is State.CLOSED:
            assert after is State.BOT
        state = after


class Conversations(RuleBasedStateMachine):
    """Any sequence of moves: nothing is a dead end, and silence lasts from handoff to give-back."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.BOT
        self.person_has_it = False

    @rule(move=st.sampled_from(Move))
    def try_it(self, move: Move) -> None:
        before = self.state
        try:
            self.state = next_state(before, move)
        except IllegalMove:
            return
        if move in {Move.HANDOFF, Move.CLAIMED, Move.TRANSFERRED, Move.OWNER_GONE, Move.TICKET_DUE}:
            self.person_has_it = True
        elif move in {Move.GIVEN_BACK, Move.LEFT_QUEUE, Move.CLOSED, Move.TICKET_OPENED, Move.REOPENED}:
            self.person_has_it = False

    @invariant()
    def the_bot_is_silent_while_a_person_has_it(self) -> None:
        if self.person_has_it:
            assert self.state not in BOT_SPEAKS

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        assert any(self.state in sources for sources, _ in MOVES.values())
        assert (self.state in OPEN_STATES) == (self.state is not State.CLOSED)


TestConversations = Conversations.TestCase
TestConversations.settings = settings(max_examples=50, deadline=None)


def test_the_refusal_says_which_move_and_state() -> None:
    with pytest.raises(IllegalMove, match="claimed is not allowed from bot"):
        next_state(State.BOT, Move.CLAIMED)
