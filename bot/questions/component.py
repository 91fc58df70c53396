"""Rasa's component for the known questions of data/knowledge: adds to each message which of them it may ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder.component import ENCODED, ENCODED_SEGMENTS
from bot.encoder.encoder import FOLDER, MANIFEST
from bot.encoder.shared import shared_encoder
from bot.fingerprint import code_fingerprint
from bot.questions.asked import asked
from bot.questions.files import read_questions
from bot.questions.model import QuestionModel
from bot.text.component import NORMALISED, PREPARED, SEGMENTS, StoreTokenizer
from bot.text.normalise import normalised
from bot.text.prepare import prepared
from bot.text.words import Words, dictionary_lines

QUESTIONS = "questions"
"""Message property: [{entry, score, text}] of bot/questions/asked.py."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KnownQuestions(GraphComponent):
    """Configured as `bot.questions.component.KnownQuestions`, behind the encoder; `knowledge`: folder of the entries;
    `ordinary`: sentences of data/nlu that they are told apart from."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [StoreTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"knowledge": "data/knowledge", "dictionary": "data/nlu/jieba", "ordinary": 2500}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the questions, the encoder or the code change."""
        knowledge = config.get("knowledge", cls.get_default_config()["knowledge"])
        return code_fingerprint(knowledge, FOLDER / MANIFEST)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: QuestionModel | None = None,
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
    ) -> KnownQuestions:
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
    ) -> KnownQuestions:
        """As trained."""
        with model_storage.read_from(resource) as folder:
            model = QuestionModel.load(Path(folder), shared_encoder())
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the folder's questions, and on an even spread of the intents' sentences."""
        words = Words(dictionary_lines(Path(self._config["dictionary"])))
        questions = [
            (entry, prepared(normalised(text), words))
            for entry, text in read_questions(Path(self._config["knowledge"]))
        ]
        told = {one.text for _, one in questions}
        found = [e.get(PREPARED) for e in training_data.intent_examples if e.get(PREPARED) is not None]
        others = [one for one in found if one.text and one.text not in told]
        ordinary = others[:: max(1, len(others) // max(1, int(self._config["ordinary"])))]
        self._model = QuestionModel.fit(questions, ordinary if questions else [], shared_encoder())
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is asked; nothing where nothing known is."""
        assert self._model is not None
        for message in messages:
            normal, sentence = message.get(NORMALISED), message.get(PREPARED)
            if sentence is None or not sentence.text:
                continue
            segments = message.get(SEGMENTS) or ()
            pieces = [(one.start, one.end, one.sentence) for one in segments]
            encoded = message.get(ENCODED_SEGMENTS) or [None] * len(pieces)
            found = asked(self._model, normal, sentence, message.get(ENCODED), pieces, encoded)
            if found:
                message.set(QUESTIONS, found, add_to_output=True)
        return messages
