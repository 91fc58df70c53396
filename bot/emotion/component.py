"""Rasa's component for the mood of a message: adds `emotion: {label, score}` to what was understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.emotion.lexicon import Lexicon, read_lexicon
from bot.emotion.model import EmotionModel, read_sentences
from bot.fingerprint import print_of_code_and
from bot.text.component import PREPARED, StoreTokenizer
from bot.text.normalise import normalised
from bot.text.prepare import prepared
from bot.text.words import Words, dictionary_lines

EMOTION = "emotion"

CALM_INTENTS = [
    *("presale_spec", "presale_size", "presale_stock", "presale_authentic", "presale_recommend"),
    *("promo_price", "promo_coupon", "promo_gift", "ship_time", "ship_carrier", "ship_fee", "ship_area"),
    *("order_query", "order_payment", "modify_address", "modify_item", "invoice_request", "track_parcel"),
    *("track_eta", "usage_install", "usage_howto", "return_policy", "return_howto", "exchange_request"),
    *("warranty_policy", "greet", "thanks", "bye", "affirm", "deny", "give_order_no", "give_contact"),
    *("out_of_scope", "fragment"),
]
"""Intents whose sentences carry no mood. Without them as calm background everything that the labelled sentences do not
know (digits, English, product names) falls to the model's bias: "5678" was felt as angry with .85."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EmotionTagger(GraphComponent):
    """Configured as `bot.emotion.component.EmotionTagger`."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [StoreTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "sentences": "data/emotion/train.tsv",
            "lexicon": "data/emotion/lexicon.yml",
            "dictionary": "data/nlu/jieba",
            "calm_intents": CALM_INTENTS,
            "calm_per_intent": 60,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the labelled sentences, the lexicon the dictionary or the code change."""
        return print_of_code_and(config["sentences"], config["lexicon"], config["dictionary"])

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
        rows = read_sentences(Path(self._config["sentences"]))
        if rows:
            words = Words(dictionary_lines(Path(self._config["dictionary"])))
            rows += [(text, "calm") for text in self._calm_background(training_data)]
            self._model.fit(
                [prepared(normalised(text), words) for text, _ in rows], [mood for _, mood in rows]
            )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(Path(folder))
        return self._resource

    def _calm_background(self, training_data: TrainingData) -> list[str]:
        """A spread of everyday sentences of the calm intents, the same ones at every training."""
        by_intent: dict[str, list[str]] = {name: [] for name in self._config["calm_intents"]}
        for message in training_data.intent_examples:
            name, text = message.get("intent"), message.get("text")
            if name in by_intent and text:
                by_intent[name].append(str(text))
        most = int(self._config["calm_per_intent"])
        return [text for texts in by_intent.values() for text in texts[:: max(1, len(texts) // most)][:most]]

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the mood; messages without text are calm."""
        for message in messages:
            prepared = message.get(PREPARED)
            label, score = self._model.feel(prepared) if prepared and prepared.text else ("calm", 0.0)
            message.set(EMOTION, {"label": label, "score": score}, add_to_output=True)
        return messages
