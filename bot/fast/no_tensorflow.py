"""Keep TensorFlow out of the process.

Reason: Rasa imports TensorFlow at the top of modules that we load but whose parts we never use (DIET, TED and their
tools). That costs 350 MB of memory and 5 to 20 s of start. The listed modules are replaced by placeholders whose names
exist (they are compared and listed) but which say what is wrong when somebody really uses them.
Figures (2 cores, idle): start 9 -> 3 s, memory 620 -> 270 MB. A model or config.yml that names one of the parts that
need TensorFlow gets the real modules.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

REPLACED = frozenset(
    {
        "rasa.core.policies.ted_policy",
        "rasa.core.policies.unexpected_intent_policy",
        "rasa.nlu.classifiers.diet_classifier",
        "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
        "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
        "rasa.nlu.selectors.response_selector",
        "rasa.utils.tensorflow.callback",
        "rasa.utils.tensorflow.data_generator",
        "rasa.utils.tensorflow.model_data",
        "rasa.utils.tensorflow.model_data_utils",
        "rasa.utils.tensorflow.models",
    }
)
DRAWING = "rasa.utils.plotting"
"""Imports matplotlib, for the pictures of `rasa test`: 15 MB that a serving process has no use for."""
NEEDING = (
    "DIETClassifier",
    "TEDPolicy",
    "UnexpecTEDIntentPolicy",
    "ResponseSelector",
    "ConveRT",
    "LanguageModel",
)


def install(named: str, serving: bool = False) -> bool:
    """Put the placeholders in place; `named` is the configuration or model metadata that decides what is needed.

    False, and nothing changed, when a part that needs TensorFlow is named or TensorFlow is already there.
    """
    if any(part in named for part in NEEDING) or "tensorflow" in sys.modules:
        return False
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(REPLACED | {DRAWING} if serving else REPLACED))
    return True


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, replaced: frozenset[str]) -> None:
        self._replaced = replaced

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self) if name in self._replaced else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Placeholder(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: names appear when they are asked for."""


class _Placeholder(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
            raise RuntimeError(f"{name} needs TensorFlow, which is switched off here; start with ANKE_FAST=0")

        made = type(name, (), {"__init__": refuse, "__module__": self.__name__})
        setattr(self, name, made)
        return made
