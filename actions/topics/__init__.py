"""The topics: each module answers one subject and registers its questions and forms when imported."""

import importlib
import pkgutil


def load() -> None:
    """Import every topic, so that intents, questions and forms know their readers."""
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        importlib.import_module(module.name)
