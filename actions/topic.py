"""A topic: the one action that answers a group of intents. Every rule in data/rules/ leads an intent to one of these."""

import asyncio
import logging
from abc import abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.store import the_store
from actions.turn import Turn

#: An action answers within this many seconds or fails as a whole (the gateway then retries the turn).
ACTION_DEADLINE = 5.0
log = logging.getLogger("anke.actions")

_BY_INTENT: dict[str, "Topic"] = {}


class Topic(Action):  # type: ignore[misc]  # rasa-sdk is untyped
    """Base of all topics. `action`: name in domain.yml; `intents`: what it answers, the same as in data/rules/."""

    action: ClassVar[str] = ""
    intents: ClassVar[tuple[str, ...]] = ()
    #: The same question on the same order again is no progress (H43); off where every question is a new one.
    watches_repeats: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.action:
            topic = cls()
            for intent in cls.intents:
                if intent in _BY_INTENT and type(_BY_INTENT[intent]).__name__ != cls.__name__:
                    raise TypeError(f"intent {intent} belongs to two topics")
                _BY_INTENT[intent] = topic

    def name(self) -> str:
        return self.action

    @abstractmethod
    async def answer(self, turn: Turn) -> None:
        """Answer the message in `turn` (its intent is one of `intents`)."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Called by rasa-sdk. Any failure or a missed deadline raises, so that the turn is retried as a whole."""
        from actions.conduct import conduct

        async with asyncio.timeout(ACTION_DEADLINE):
            turn = Turn(dispatcher, tracker, the_store())
            await conduct(turn, self)
            return turn.events()


def topic_of(intent: str) -> Topic | None:
    """The topic that answers an intent, or None."""
    return _BY_INTENT.get(intent)


def all_intents() -> dict[str, str]:
    """intent -> action name, for the check against data/rules/."""
    return {intent: topic.action for intent, topic in _BY_INTENT.items()}


def all_topics() -> list[Topic]:
    """Every topic once."""
    return list({topic.action: topic for topic in _BY_INTENT.values()}.values())
