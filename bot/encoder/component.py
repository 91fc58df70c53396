"""Rasa's component in front of intent and mood: reads each message once with the encoder and leaves the result on it."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.encoder.shared import shared_encoder
from bot.text.component import PREPARED, SEGMENTS, StoreTokenizer

ENCODED = "anke_encoded"
"""Message property: `Encoded` of the message; absent where there is no encoder or no text."""
ENCODED_SEGMENTS = "anke_encoded_segments"
"""Message property: the same for each of the message's segments, where there are several."""
WATCH = "watch"
"""Message property: probability of each watcher (bot.encoder.reading.WATCHERS)."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """Configured as `bot.encoder.component.SentenceEncoder`, behind the tokenizer. The encoder itself is data/encoder."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [StoreTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Loads the encoder, so that the first customer does not wait for it."""
        shared_encoder()
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add `Encoded` and the watchers' probabilities; nothing where there is no encoder."""
        encoder = shared_encoder()
        for message in messages:
            prepared = message.get(PREPARED)
            if encoder is None or prepared is None or not prepared.text:
                continue
            encoded = encoder.encode(prepared.text)
            message.set(ENCODED, encoded)
            segments = [one.sentence.text or " " for one in message.get(SEGMENTS) or ()]
            message.set(ENCODED_SEGMENTS, encoder.encode_all(segments))
            message.set(WATCH, encoded.watch, add_to_output=True)
        return messages
