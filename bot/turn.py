"""The turn being answered right now, visible to every part of Rasa without threading it through its calls.

The bot keeps nothing between turns: the request brings the state, the answer takes it away. Rasa's tracker store,
its processor and our channel meet in this one object. It is a context variable, so turns that run at the same time
in one process never see each other; outside a turn (`rasa shell`, `rasa test`) it is simply absent.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


class TurnFailed(Exception):
    """The turn must not be committed: answered with 502, its events are thrown away, the gateway retries."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass
class Turn:
    """One request's working set."""

    turn_id: str
    conversation_id: str
    state_version: int
    state: dict[str, Any] | None
    tracker: Any = None
    """The Rasa tracker as last saved in this turn; None until the store was asked."""
    failure: TurnFailed | None = None
    """First thing that went wrong; the channel answers 502 when it is set, whatever Rasa did afterwards."""
    dialogue_lost: bool = False
    """The state could not be read: what was half filled had to be ended."""
    said: list[str] = field(default_factory=list)
    """Sentences chosen in this turn, so that one is never said twice in a row."""

    def fail(self, code: str, message: str) -> TurnFailed:
        """Remember the first failure and hand it back to be raised."""
        if self.failure is None:
            self.failure = TurnFailed(code, message)
        return self.failure


current_turn: ContextVar[Turn | None] = ContextVar("anke_turn", default=None)
