"""Failures that Rasa swallows are noticed.

Why: `MessageProcessor._run_action` logs "the actions events are lost" and goes on, so a customer would be told nothing
or half the truth and the turn would be committed. Inside a turn an action that raises, and a loop of predictions that
hits Rasa's limit, end the turn with 502 instead: nothing of it is kept and the gateway tries again.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.processor import MessageProcessor

from bot.turn import current_turn

logger = logging.getLogger(__name__)
_stock_run_action = MessageProcessor._run_action


class _Watched(Action):
    """An action that remembers why it failed; a rejection is a normal answer of a form and passes."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def name(self) -> str:
        return self._action.name()

    def event_for_successful_execution(self, prediction: Any) -> Any:
        return self._action.event_for_successful_execution(prediction)

    async def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            turn = current_turn.get()
            if turn is not None:
                turn.fail("action_failed", f"{self.name()}: {error}")
            raise


async def _run_action(
    self: MessageProcessor, action: Action, tracker: Any, output_channel: Any, nlg: Any, prediction: Any
) -> bool:
    turn = current_turn.get()
    if turn is None:
        return await _stock_run_action(self, action, tracker, output_channel, nlg, prediction)
    go_on = await _stock_run_action(self, _Watched(action), tracker, output_channel, nlg, prediction)
    if turn.failure is not None:
        raise turn.failure
    return go_on


def _on_circuit_break(tracker: Any, output_channel: Any, nlg: Any) -> None:
    turn = current_turn.get()
    if turn is not None:
        turn.fail("action_loop", "the policies never came back to listening")


def install() -> None:
    """Put the watch in place (once); harmless outside turns."""
    if MessageProcessor._run_action is _run_action:
        return
    MessageProcessor._run_action = _run_action
    logger.debug("failing actions end their turn")


def watch_limit(processor: MessageProcessor) -> None:
    """Have a run-away prediction loop end the turn as well."""
    if processor.on_circuit_break is None:
        processor.on_circuit_break = _on_circuit_break
