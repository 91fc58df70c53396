"""States of a case and the only legal moves between them (H42): 接收 → 诊断 → 解决 → 反馈 → 归档.

A move has a name that says what happened; it is the `move` of the timeline's row that records it. Between two states there
is at most one move, so that a person may simply say where the case is to go.
"""

from enum import StrEnum
from typing import Final


class CaseState(StrEnum):
    RECEIVED = "received"  # 接收: nobody has it yet
    DIAGNOSING = "diagnosing"  # 诊断: somebody looks for cause, responsibility and a plan
    SOLVING = "solving"  # 解决: the plan is being carried out
    FEEDBACK = "feedback"  # 反馈: the customer was told the result and is asked whether it is right
    ARCHIVED = "archived"  # 归档


class CaseMove(StrEnum):
    TAKEN = "taken"
    RETURNED = "returned"  # back to the group: whoever had it cannot go on
    PLANNED = "planned"
    REPLANNED = "replanned"  # the plan did not work
    SOLVED = "solved"
    UNSOLVED = "unsolved"  # the customer says, or shows by coming again, that it is not
    CONFIRMED = "confirmed"
    DROPPED = "dropped"  # a doubled case, or the customer wants no more
    REOPENED = "reopened"


_WORKED_ON: Final = frozenset({CaseState.DIAGNOSING, CaseState.SOLVING})

CASE_MOVES: Final[dict[CaseMove, tuple[frozenset[CaseState], CaseState]]] = {
    CaseMove.TAKEN: (frozenset({CaseState.RECEIVED}), CaseState.DIAGNOSING),
    CaseMove.RETURNED: (_WORKED_ON, CaseState.RECEIVED),
    CaseMove.PLANNED: (frozenset({CaseState.DIAGNOSING}), CaseState.SOLVING),
    CaseMove.REPLANNED: (frozenset({CaseState.SOLVING}), CaseState.DIAGNOSING),
    CaseMove.SOLVED: (_WORKED_ON, CaseState.FEEDBACK),
    CaseMove.UNSOLVED: (frozenset({CaseState.FEEDBACK}), CaseState.SOLVING),
    CaseMove.CONFIRMED: (frozenset({CaseState.FEEDBACK}), CaseState.ARCHIVED),
    CaseMove.DROPPED: (_WORKED_ON | {CaseState.RECEIVED}, CaseState.ARCHIVED),
    CaseMove.REOPENED: (frozenset({CaseState.ARCHIVED}), CaseState.DIAGNOSING),
}

OPEN_CASE_STATES: Final = frozenset(CaseState) - {CaseState.ARCHIVED}


class IllegalCaseMove(Exception):
    """The case is not in a state from which this move is allowed; nothing was written."""

    def __init__(self, state: CaseState, move: CaseMove) -> None:
        super().__init__(f"{move.value} is not allowed from {state.value}")
        self.state = state
        self.move = move


def next_case_state(state: CaseState, move: CaseMove) -> CaseState:
    """The state after `move`; IllegalCaseMove when it is not allowed from `state`."""
    sources, target = CASE_MOVES[move]
    if state not in sources:
        raise IllegalCaseMove(state, move)
    return target


def move_between(state: CaseState, target: CaseState) -> CaseMove | None:
    """The move that leads from one state to the other; None when there is none."""
    found = (move for move, (sources, end) in CASE_MOVES.items() if state in sources and end is target)
    return next(found, None)


def targets_of(state: CaseState) -> tuple[CaseState, ...]:
    """Where a case can go from here, in the order of the loop."""
    return tuple(one for one in CaseState if move_between(state, one) is not None)
