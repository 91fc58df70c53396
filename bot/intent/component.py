"""Rasa's intent classifier: whichever model config.yml names, behind one face."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder.component import ENCODED, ENCODED_SEGMENTS
from bot.encoder.encoder import FOLDER, MANIFEST, Encoded
from bot.encoder.shared import shared_encoder
from bot.fingerprint import code_fingerprint
from bot.intent.categories import category_of, stage_of
from bot.intent.mixed import EncoderMix
from bot.intent.models import LOADERS, IntentModel, new_model
from bot.intent.multi_intent import split_intents
from bot.intent.prepared import Prepared
from bot.intent.ranking import Ranking, ranked
from bot.text.component import NORMALISED, PREPARED, SEGMENTS, StoreTokenizer

ALSO = "also"
"""Message property: further issues in the same turn."""
OWN = "own"
"""Message property: the customer's words of the main issue, where the turn has others beside it."""
RANKING = 5
"""Categories reported per message."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class StoreIntentClassifier(GraphComponent, IntentClassifier):
    """Configured as `bot.intent.component.StoreIntentClassifier`; `model` and its `options` choose what is behind."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [StoreTokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"model": "linear", "options": {}}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the code of the model or the encoder changes."""
        return code_fingerprint(FOLDER / MANIFEST)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
        mix: EncoderMix | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._mix = mix

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> StoreIntentClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> StoreIntentClassifier:
        """The classifier as trained."""
        with model_storage.read_from(resource) as folder:
            model = LOADERS[config["model"]](Path(folder))
            mix = EncoderMix.load(Path(folder), model.labels, shared_encoder())
        return cls(config, model_storage, resource, model, mix)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on all sentences with an intent and persist it."""
        examples = [e for e in training_data.intent_examples if e.get(PREPARED) is not None and e.get(TEXT)]
        model = new_model(self._config["model"], dict(self._config["options"]))
        model.fit([e.get(PREPARED) for e in examples], [e.get(INTENT) for e in examples])
        encoder = shared_encoder()
        if encoder is not None:
            sentences, intents = [e.get(PREPARED) for e in examples], [e.get(INTENT) for e in examples]
            self._mix = EncoderMix.fit(sentences, intents, model.labels, encoder)
        with self._model_storage.write_to(self._resource) as folder:
            model.save(Path(folder))
            if self._mix is not None:
                self._mix.save(Path(folder))
        self._model = model
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its intent and ranking; a text of which nothing is left (blanks) gets none."""
        assert self._model is not None
        for message in messages:
            prepared = message.get(PREPARED)
            if prepared is None or not prepared.text:
                continue
            segments = message.get(SEGMENTS) or ()
            encoded = message.get(ENCODED_SEGMENTS) or [None] * len(segments)
            ranked_segments = [
                (segment.start, segment.end, self._ranked(segment.sentence, one))
                for segment, one in zip(segments, encoded, strict=True)
            ]
            normal = message.get(NORMALISED)
            whole = self._ranked(prepared, message.get(ENCODED))
            told = split_intents(normal.text, whole, ranked_segments, category_of, stage_of)
            ranking = [{"name": name, "confidence": p} for name, p in told.ranking[:RANKING]]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            if told.own is not None:
                others = [{"intent": i, "text": normal.words(a, b)} for i, a, b in told.others]
                message.set(ALSO, others, add_to_output=True)
                message.set(OWN, normal.words(*told.own), add_to_output=True)
        return messages

    def _ranked(self, sentence: Prepared, encoded: Encoded | None = None) -> Ranking:
        assert self._model is not None
        found = self._model.probabilities(sentence)
        if self._mix is not None and encoded is not None:
            found = self._mix.mixed(found, encoded)
        return ranked(self._model.labels, list(found), category_of)
