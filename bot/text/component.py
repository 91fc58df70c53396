"""Rasa's tokenizer: normalises a message, cuts it into words, and leaves both on the message for the models behind it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.fingerprint import code_fingerprint
from bot.intent.multi_intent import segments
from bot.intent.prepared import Segment
from bot.text.normalise import Normalised, normalised
from bot.text.prepare import prepared
from bot.text.words import Words, dictionary_lines, words_for

NORMALISED = "anke_normalised"
PREPARED = "anke_prepared"
SEGMENTS = "anke_segments"
WORDS_FILE = "store_words.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class StoreTokenizer(Tokenizer):
    """Configured as `bot.text.component.StoreTokenizer`; `dictionary`: folder of word lists, kept in the model."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        return ["zh"]

    @staticmethod
    def required_packages() -> list[str]:
        return ["jieba", "opencc"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "dictionary": "data/nlu/jieba",
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the word lists or the code change."""
        return code_fingerprint(config["dictionary"])

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, words: Words
    ) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self._words = words
        self._segmented = True

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> StoreTokenizer:
        """A tokenizer with the dictionary as it is in the working tree: training."""
        return cls(
            config, model_storage, resource, words_for(tuple(dictionary_lines(Path(config["dictionary"]))))
        )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> StoreTokenizer:
        """A tokenizer with the dictionary as it was when the model was trained."""
        with model_storage.read_from(resource) as folder:
            store_words = json.loads((Path(folder) / WORDS_FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, words_for(tuple(store_words)))

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the dictionary with the model."""
        with self._model_storage.write_to(self._resource) as folder:
            (Path(folder) / WORDS_FILE).write_text(
                json.dumps(self._words.store_words, ensure_ascii=False), encoding="utf-8"
            )
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """As Rasa does it, but for the segments, which nothing learns from: half of the time."""
        self._segmented = False
        return super().process_training_data(training_data)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Words with their place in the original text."""
        original = message.get(attribute) or ""
        normal = normalised(original)
        cut = self._words.cut(normal.text)
        if attribute == TEXT:
            message.set(NORMALISED, normal)
            message.set(PREPARED, prepared(normal, self._words, cut))
            found = [
                Segment(start, end, prepared(normalised(normal.text[start:end]), self._words))
                for start, end in (segments(normal.text) if self._segmented else ())
            ]
            message.set(SEGMENTS, found)
        return [_token(normal, word, start) for word, start in cut]


def _token(normal: Normalised, word: str, start: int) -> Token:
    begin, end = normal.span(start, start + len(word))
    return Token(word, begin, end)
