"""Reading and merging training sentences without copying and hashing them again and again.

Reason: Rasa reads all NLU files and the domain three times and merges the result six times; each merge copies every message deeply and
hashes it from scratch: half of the training time for 25 000 sentences. The files are read once per process, merging copies lists but
not the messages in them (nobody changes a message before the one training), a message's copy keeps its fingerprint (its content is the
same), and setting a value to what it already is changes nothing.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

PLAIN = (str, int, float, bool, type(None))


def install() -> None:
    """Wrap message copies, message writes, merging and the reading of sentences and domain. Training only."""
    from rasa.shared.importers import utils
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot import importer

    stock_set, stock_read, stock_merge = Message.set, utils.training_data_from_paths, TrainingData.merge
    stock_domain = importer.joined_domain
    merging = False

    def merge(self: Any, *others: Any) -> Any:
        nonlocal merging
        merging = True
        try:
            return stock_merge(self, *others)
        finally:
            merging = False

    def deep_copy(self: Any, memo: dict[int, Any]) -> Any:
        if merging:
            return self
        other = Message.__new__(Message)
        memo[id(self)] = other
        for name, value in self.__dict__.items():
            other.__dict__[name] = (
                {k: _copied(v, memo) for k, v in value.items()} if name == "data" else _copied(value, memo)
            )
        return other

    def set_value(self: Any, prop: str, info: Any, add_to_output: bool = False) -> None:
        if not add_to_output and isinstance(info, str) and self.data.get(prop) == info:
            return
        stock_set(self, prop, info, add_to_output)

    @lru_cache(maxsize=4)
    def read(paths: tuple[str, ...], language: str) -> Any:
        return stock_read(list(paths), language)

    @lru_cache(maxsize=2)
    def domain(path: Path) -> Any:
        return stock_domain(path)

    Message.__deepcopy__ = deep_copy
    Message.set = set_value
    TrainingData.merge = merge
    importer.joined_domain = lambda path: copy.deepcopy(domain(path))
    utils.training_data_from_paths = lambda paths, language: read(tuple(paths), language)


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    return value if isinstance(value, PLAIN) else copy.deepcopy(value, memo)
