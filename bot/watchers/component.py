"""Rasa's component for what is watched for: makes of the encoder's heads and of spelling one probability for each watcher."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder.component import ENCODED, ENCODED_SEGMENTS, WATCH
from bot.encoder.encoder import FOLDER, MANIFEST
from bot.encoder.shared import shared_encoder
from bot.fingerprint import code_fingerprint
from bot.text.component import PREPARED, SEGMENTS, StoreTokenizer
from bot.text.normalise import normalised
from bot.text.prepare import prepared
from bot.text.words import Words, dictionary_lines
from bot.watchers.files import read_watched, told_by_intent
from bot.watchers.model import WatcherModel


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Watchers(GraphComponent):
    """Configured as `bot.watchers.component.Watchers`, behind the encoder; `watchers`: folder of the labelled sentences;
    `ordinary`: sentences of data/nlu that they are told apart from. Without the encoder it says nothing: words decide."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [StoreTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"watchers": "data/watchers", "dictionary": "data/nlu/jieba", "ordinary": 5000}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the labelled sentences, the encoder or the code change."""
        folder = config.get("watchers", cls.get_default_config()["watchers"])
        return code_fingerprint(folder, FOLDER / MANIFEST)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: WatcherModel | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Watchers:
        """Untrained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Watchers:
        """As trained; without the encoder it was trained with, the heads alone decide."""
        with model_storage.read_from(resource) as folder:
            model = WatcherModel.load(Path(folder), shared_encoder())
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the folder's sentences and on an even spread of the intents' sentences."""
        words = Words(dictionary_lines(Path(self._config["dictionary"])))
        watched = [
            (prepared(normalised(one.text), words), one)
            for one in read_watched(Path(self._config["watchers"]))
        ]
        examples = [e for e in training_data.intent_examples if e.get(PREPARED) is not None]
        spread = examples[:: max(1, len(examples) // max(1, int(self._config["ordinary"])))]
        ordinary = [(e.get(PREPARED), told_by_intent(str(e.get("intent")))) for e in spread]
        encoder = shared_encoder()
        if encoder is not None and watched:
            self._model = WatcherModel.fit(watched, ordinary, encoder)
        with self._model_storage.write_to(self._resource) as folder:
            if self._model is not None:
                self._model.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Say it better than the heads alone."""
        for message in messages:
            sentence, encoded = message.get(PREPARED), message.get(ENCODED)
            if self._model is not None and sentence is not None and encoded is not None:
                segments = [one.sentence for one in message.get(SEGMENTS) or ()]
                pieces = list(zip(segments, message.get(ENCODED_SEGMENTS) or (), strict=False))
                told = self._model.watch_with_pieces(sentence, encoded, pieces)
                message.set(WATCH, told, add_to_output=True)
        return messages
