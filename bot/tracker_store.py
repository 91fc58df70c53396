"""Rasa's tracker store that stores nothing: the conversation's state comes with the request and leaves with the answer.

Why: so any bot process can take any turn, a dropped answer drops its state too, and a half-filled form survives the
death of every process but the database. Outside a turn (`rasa shell`, `rasa test`) it is the stock in-memory store.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot import state_window
from bot.turn import Turn, current_turn

_event_class = lru_cache(maxsize=None)(Event.resolve_by_type)
"""Rasa looks an event's class up by walking all subclasses, for every event; the answer never changes."""


class TurnTrackerStore(InMemoryTrackerStore):
    """Configured in endpoints.yml as `tracker_store: {type: bot.tracker_store.TurnTrackerStore}`."""

    def __init__(self, domain: Domain | None = None, event_broker: Any = None, **kwargs: Any) -> None:
        super().__init__(domain or Domain.empty(), event_broker, **kwargs)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the current turn; None for a conversation's first turn."""
        turn = current_turn.get()
        if turn is None or turn.conversation_id != sender_id:
            return await super().retrieve(sender_id)
        if turn.tracker is None and turn.state is not None:
            try:
                turn.tracker = self._restored(turn)
            except Exception as error:  # Rasa would answer from an empty memory and never tell
                raise turn.fail("state_unreadable", f"{type(error).__name__}: {error}") from error
        return turn.tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Hand the tracker to the turn; it becomes the answer's state when the channel asks for it."""
        turn = current_turn.get()
        if turn is None or turn.conversation_id != tracker.sender_id:
            await super().save(tracker)
            return
        turn.tracker = tracker

    def _restored(self, turn: Turn) -> DialogueStateTracker:
        state = turn.state
        assert state is not None
        known = {slot.name for slot in self.domain.slots}
        actions = set(self.domain.action_names_or_texts)
        tracker = self.init_tracker(turn.conversation_id)
        if state_window.is_readable(state, known, actions):
            for parameters in state["events"]:
                kind = _event_class(parameters["event"])
                if kind is not None:
                    tracker.update(kind._from_parameters(dict(parameters)))
            return tracker
        turn.dialogue_lost = state_window.loses_dialogue(state, known)
        tracker.update(SessionStarted())
        for name, value in state_window.kept_slots(state, known).items():
            tracker.update(SlotSet(name, value))
        tracker.update(ActionExecuted("action_listen"))
        return tracker


def packed(turn: Turn, domain: Domain, model: str) -> dict[str, Any]:
    """The answer's `state`: what the next turn will bring back. JSON, near 10 kB at most."""
    tracker = turn.tracker
    initial = {slot.name: slot.initial_value for slot in domain.slots}
    events = state_window.windowed(
        [event.as_dict() for event in tracker.events],
        initial,
        quiet_slots=frozenset(slot.name for slot in domain.slots if not slot.influence_conversation),
    )
    return {
        "format": state_window.FORMAT,
        "model": model,
        "events": events,
        "slots": {
            k: v
            for k, v in tracker.current_slot_values().items()
            if v != initial.get(k) and k != state_window.UNKEPT_SLOT
        },
    }
