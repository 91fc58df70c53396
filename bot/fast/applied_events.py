"""Which of a tracker's events apply is told at a glance.

Reason: Rasa copies the tracker before each action and replays it, and asks of every event whether it takes another back, by
`isinstance` over abstract classes. Without a restart, a loop or something taken back, all events since the session began
apply.
"""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Replace `DialogueStateTracker.applied_events`; where anything was taken back Rasa's own code answers."""
    from rasa.shared.core.events import (
        ActionReverted,
        ActiveLoop,
        LegacyForm,
        Restarted,
        SessionStarted,
        UserUtteranceReverted,
    )
    from rasa.shared.core.trackers import DialogueStateTracker

    taking_back = {Restarted, ActionReverted, UserUtteranceReverted, ActiveLoop, LegacyForm}
    stock_events = DialogueStateTracker.applied_events

    def applied_events(self: Any) -> list[Any]:
        kinds = [type(event) for event in self.events]
        if not taking_back.isdisjoint(kinds):
            found: list[Any] = stock_events(self)
            return found
        begun = len(kinds) - kinds[::-1].index(SessionStarted) if SessionStarted in kinds else 0
        return list(self.events)[begun:]

    DialogueStateTracker.applied_events = applied_events
