"""Rasa's component for the mood of a message: adds `emotion: {label, score, about}` to what was understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.emotion.files import read_graded
from bot.emotion.lexicon import Lexicon, read_lexicon
from bot.emotion.model import EmotionModel
from bot.encoder.component import ENCODED
from bot.encoder.encoder import FOLDER, MANIFEST
from bot.encoder.shared import shared_encoder
from bot.fingerprint import code_fingerprint
from bot.intent.categories import category_of
from bot.intent.prepared import Prepared
from bot.text.component import PREPARED, StoreTokenizer
from bot.text.normalise import normalised
from bot.text.prepare import prepared
from bot.text.words import Words, dictionary_lines

EMOTION = "emotion"

CALM_STAGES = ("presale", "order", "service", "product.usage")
"""Categories whose everyday sentences carry no mood, by the beginning of their code."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EmotionTagger(GraphComponent):
    """Configured as `bot.emotion.component.EmotionTagger`."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [StoreTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "sentences": "data/emotion",
            "lexicon": "data/emotion/lexicon.yml",
            "dictionary": "data/nlu/jieba",
            "everyday": 4000,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the graded sentences, the lexicon, the dictionary, the encoder or the code change."""
        return code_fingerprint(
            config["sentences"], config["lexicon"], config["dictionary"], FOLDER / MANIFEST
        )

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: EmotionModel
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
    ) -> EmotionTagger:
        """An untrained model with the lexicon of the working tree."""
        return cls(
            config, model_storage, resource, EmotionModel(Lexicon(read_lexicon(Path(config["lexicon"]))))
        )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EmotionTagger:
        """The model as trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, EmotionModel.load(Path(folder)))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on data/emotion (not on Rasa's training data) and persist; without sentences the lexicon decides."""
        words = Words(dictionary_lines(Path(self._config["dictionary"])))
        graded = [
            (prepared(normalised(one.text), words), one)
            for one in read_graded(Path(self._config["sentences"]))
        ]
        self._model = EmotionModel.fit(
            self._model.lexicon, graded, self._everyday(training_data), shared_encoder()
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(Path(folder))
        return self._resource

    def _everyday(self, training_data: TrainingData) -> list[Prepared]:
        """An even spread of the intents' calm sentences, the same ones at every training."""
        found: list[Prepared] = [
            sentence
            for message in training_data.intent_examples
            if (sentence := message.get(PREPARED)) is not None
            and category_of(str(message.get("intent"))).startswith(CALM_STAGES)
        ]
        return found[:: max(1, len(found) // max(1, int(self._config["everyday"])))]

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the mood; messages without text are calm."""
        for message in messages:
            sentence = message.get(PREPARED)
            label, score = (
                self._model.classify(sentence, message.get(ENCODED))
                if sentence and sentence.text
                else ("calm", 0.0)
            )
            about = self._model.lexicon.about(sentence.text) if sentence and label != "calm" else None
            message.set(EMOTION, {"label": label, "score": score, "about": about}, add_to_output=True)
        return messages
