"""The pure rules of a conversation: its states and the moves between them. No database, no network, no clock."""

from handoff.conversation.states import (
    BOT_SPEAKS,
    MOVES,
    OPEN_STATES,
    PERSON_STATES,
    IllegalMove,
    Move,
    State,
    next_state,
)

__all__ = [
    "BOT_SPEAKS",
    "MOVES",
    "OPEN_STATES",
    "PERSON_STATES",
    "IllegalMove",
    "Move",
    "State",
    "next_state",
]
