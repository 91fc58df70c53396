"""What the dialogue was before each action is worked out once a turn, not for every policy and prediction.

Reason: Memoization and RulePolicy turn the whole tracker into states by replaying all its events on copies of all slots: three
times a prediction, two predictions a turn. A tracker's events are only appended to, so the replay goes on from where it
stopped; when events were taken back it begins anew. What policies get are copies, made into states by Rasa's own code.
Which events apply is asked several times a turn too: without a restart, a loop or something taken back it is all since the
session began, which takes no walk of `isinstance` over abstract classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Moment:
    """A tracker as it was before an action: all that `Domain.states_for_tracker_history` reads of it."""

    def __init__(self, tracker: Any, state: dict[str, Any]) -> None:
        self.followup_action = tracker.followup_action
        self.latest_action_name = tracker.latest_action_name
        self.latest_action = tracker.latest_action
        self.active_loop_name = tracker.active_loop_name
        self._state = state

    def state(self) -> dict[str, Any]:
        """The dialogue state, copied: policies take parts out of theirs."""
        return {part: dict(value) for part, value in self._state.items()}


class Replay:
    """The moments of one tracker so far, and a second tracker that has seen the same events."""

    def __init__(self, tracker: Any, domain: Any) -> None:
        self._tracker, self.domain = tracker, domain
        self._count, self._last = 0, None
        self._now: list[tuple[Moment, bool]] = []
        self._begin()

    def _begin(self) -> None:
        self._seen: list[Any] = []
        self._moments: list[tuple[Moment, bool]] = []
        self._copy = self._tracker.init_copy()

    def moments(self) -> list[tuple[Moment, bool]]:
        """The moment before each action, with whether it is hidden from learning policies, and the present one."""
        from rasa.shared.core.events import ActionExecuted

        told = self._tracker.events
        count, last = len(told), told[-1] if told else None
        if self._now and self._count == count and self._last is last:
            return self._now
        self._count, self._last = count, last
        events = self._tracker.applied_events()
        seen = len(self._seen)
        if len(events) < seen or any(old is not new for old, new in zip(self._seen, events, strict=False)):
            self._begin()
            seen = 0
        for event in events[seen:]:
            if isinstance(event, ActionExecuted):
                self._moments.append((self._present(), event.hide_rule_turn))
            self._copy.update(event)
        self._seen = events
        self._now = [*self._moments, (self._present(), False)]
        return self._now

    def _present(self) -> Moment:
        return Moment(self._copy, self.domain.get_active_state(self._copy))


def install() -> None:
    """Have `states_for_tracker_history` see moments instead of replayed trackers; tell applied events at a glance."""
    from rasa.shared.core.domain import Domain
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
    stock_history, stock_state = Domain.states_for_tracker_history, Domain.get_active_state

    class Replayed:
        """Stands for the tracker in Rasa's function, which only asks it for the trackers before each action."""

        def __init__(self, moments: list[tuple[Moment, bool]]) -> None:
            self._moments = moments

        def generate_all_prior_trackers(self) -> Iterator[tuple[Moment, bool]]:
            return iter(self._moments)

    def applied_events(self: Any) -> list[Any]:
        kinds = [type(event) for event in self.events]
        if not taking_back.isdisjoint(kinds):
            found: list[Any] = stock_events(self)
            return found
        begun = len(kinds) - kinds[::-1].index(SessionStarted) if SessionStarted in kinds else 0
        return list(self.events)[begun:]

    def get_active_state(self: Any, tracker: Any, omit_unset_slots: bool = False) -> Any:
        if isinstance(tracker, Moment):
            return tracker.state()
        return stock_state(self, tracker, omit_unset_slots)

    def states_for_tracker_history(
        self: Any, tracker: Any, omit_unset_slots: bool = False, *more: Any, **named: Any
    ) -> Any:
        if omit_unset_slots:
            return stock_history(self, tracker, omit_unset_slots, *more, **named)
        replay = tracker.__dict__.get("_anke_replay")
        if replay is None or replay.domain is not self:
            replay = tracker.__dict__["_anke_replay"] = Replay(tracker, self)
        return stock_history(self, Replayed(replay.moments()), False, *more, **named)

    DialogueStateTracker.applied_events = applied_events
    Domain.get_active_state = get_active_state
    Domain.states_for_tracker_history = states_for_tracker_history
