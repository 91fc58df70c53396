"""The models that may stand behind the intent classifier, by the name used in config.yml."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.intent.linear import LinearIntentModel
from bot.intent.prepared import Prepared


class IntentModel(Protocol):
    """What a model must do; add one here and name it in config.yml to try it."""

    labels: list[str]

    def fit(self, sentences: Sequence[Prepared], labels: Sequence[str]) -> None:
        """Train."""

    def probabilities(self, sentence: Prepared) -> np.ndarray:
        """A probability per label."""

    def save(self, folder: Path) -> None:
        """Persist into an empty folder."""


MODELS: dict[str, Callable[..., IntentModel]] = {"linear": LinearIntentModel}
LOADERS: dict[str, Callable[[Path], IntentModel]] = {"linear": LinearIntentModel.load}


def new_model(name: str, options: dict[str, Any]) -> IntentModel:
    """An untrained model; an unknown name is told with the known ones."""
    if name not in MODELS:
        raise ValueError(f"unknown intent model {name!r}; known: {', '.join(sorted(MODELS))}")
    return MODELS[name](**options)
