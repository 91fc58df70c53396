"""States of a conversation and the only legal moves between them (docs/architecture.md, "Promises, states").

A move has a name that says what happened ("claimed"); the name is the `event` of the numbered log item that records it.
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    TICKET = "ticket"
    CLOSED = "closed"


class Move(StrEnum):
    HANDOFF = "handoff"  # the bot, or the customer's 转人工 entry, brings a person
    TICKET_OPENED = "ticket_opened"  # nobody can answer, or the customer prefers not to wait
    TICKET_DUE = "ticket_due"  # opening time: a ticket takes its place in the queue
    CLAIMED = "claimed"
    LEFT_QUEUE = "left_queue"
    TRANSFERRED = "transferred"
    OWNER_GONE = "owner_gone"
    GIVEN_BACK = "given_back"
    CLOSED = "closed"
    REOPENED = "reopened"  # the customer writes again: a new episode in the same log


MOVES: Final[dict[Move, tuple[frozenset[State], State]]] = {
    Move.HANDOFF: (frozenset({State.BOT, State.TICKET}), State.WAITING),
    Move.TICKET_OPENED: (frozenset({State.BOT, State.WAITING}), State.TICKET),
    Move.TICKET_DUE: (frozenset({State.TICKET}), State.WAITING),
    Move.CLAIMED: (frozenset({State.WAITING, State.TICKET}), State.HUMAN),
    Move.LEFT_QUEUE: (frozenset({State.WAITING}), State.BOT),
    Move.TRANSFERRED: (frozenset({State.HUMAN}), State.WAITING),
    Move.OWNER_GONE: (frozenset({State.HUMAN}), State.WAITING),
    Move.GIVEN_BACK: (frozenset({State.HUMAN}), State.BOT),
    Move.CLOSED: (frozenset({State.BOT, State.WAITING, State.HUMAN, State.TICKET}), State.CLOSED),
    Move.REOPENED: (frozenset({State.CLOSED}), State.BOT),
}

OPEN_STATES: Final = frozenset({State.BOT, State.WAITING, State.HUMAN, State.TICKET})
BOT_SPEAKS: Final = frozenset({State.BOT, State.TICKET})
"""States in which a bot turn may start and commit; in every other state its writes are refused (H47)."""
PERSON_STATES: Final = frozenset({State.WAITING, State.HUMAN})
"""States in which what the customer writes is for people."""


class IllegalMove(Exception):
    """The conversation is not in a state from which this move is allowed; nothing was written."""

    def __init__(self, state: State, move: Move) -> None:
        super().__init__(f"{move.value} is not allowed from {state.value}")
        self.state = state
        self.move = move


def next_state(state: State, move: Move) -> State:
    """The state after `move`; IllegalMove when it is not allowed from `state`."""
    sources, target = MOVES[move]
    if state not in sources:
        raise IllegalMove(state, move)
    return target
