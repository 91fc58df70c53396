"""Rasa's fallback classifier: when the bot says that it is not sure, and when it asks "A or B?". Thresholds: config.yml."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.intent.categories import category_of
from bot.intent.fallback import fallback_kind

FALLBACK = "fallback"
"""Message property: `unsure` or `ambiguous` when the intent became `nlu_fallback`."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class StoreFallbackClassifier(GraphComponent, IntentClassifier):
    """Configured as `bot.intent.fallback_component.StoreFallbackClassifier`; `threshold`, `ambiguity`, `ambiguity_below`."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.25, "ambiguity": 0.08, "ambiguity_below": 0.5}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> StoreFallbackClassifier:
        """Nothing to load: the thresholds are the configuration."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Turn uncertain messages into `nlu_fallback`; the ranking keeps the candidates for the question."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            kind = fallback_kind(
                [(r["name"], r["confidence"]) for r in ranking], category_of, **self._limits()
            )
            if kind is None:
                continue
            message.set(FALLBACK, kind, add_to_output=True)
            top = ranking[0]["confidence"] if ranking else 0.0
            message.set(
                INTENT, {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": top}, add_to_output=True
            )
        return messages

    def _limits(self) -> dict[str, float]:
        return {k: float(self._config[k]) for k in ("threshold", "ambiguity", "ambiguity_below")}
