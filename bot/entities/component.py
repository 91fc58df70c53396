"""Rasa's entity extractor: shapes, phrases and word lists, the lists kept in the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.entities.extract import entities
from bot.entities.lookups import Lookups, read_lists
from bot.fingerprint import code_fingerprint
from bot.text.component import NORMALISED, StoreTokenizer

LISTS_FILE = "lookups.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class StoreEntityExtractor(GraphComponent):
    """Configured as `bot.entities.component.StoreEntityExtractor`; `lookups`: folder of word lists.

    Not a subclass of Rasa's EntityExtractorMixin: its module imports TensorFlow.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [StoreTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"lookups": "data/nlu/lookups"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the word lists or the code change."""
        return code_fingerprint(config["lookups"])

    def __init__(self, lookups: Lookups, model_storage: ModelStorage, resource: Resource) -> None:
        self._lookups = lookups
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> StoreEntityExtractor:
        """The lists as they are in the working tree: training."""
        return cls(Lookups(read_lists(Path(config["lookups"]))), model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> StoreEntityExtractor:
        """The lists as they were when the model was trained."""
        with model_storage.read_from(resource) as folder:
            lists = json.loads((Path(folder) / LISTS_FILE).read_text(encoding="utf-8"))
        return cls(Lookups(lists), model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the lists with the model."""
        with self._model_storage.write_to(self._resource) as folder:
            (Path(folder) / LISTS_FILE).write_text(
                json.dumps(self._lookups.lists, ensure_ascii=False), encoding="utf-8"
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities found in each message."""
        for message in messages:
            normal = message.get(NORMALISED)
            if normal is not None and normal.text:
                found = [*(message.get(ENTITIES) or []), *entities(normal, self._lookups)]
                message.set(ENTITIES, found, add_to_output=True)
        return messages
