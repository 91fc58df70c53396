"""Wraps of Rasa internals that make it faster, each in its own file with its reason and figure. ANKE_FAST=0: none."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path


def is_on() -> bool:
    """ANKE_FAST=0 turns every wrap off: the dialogue must be the same, only slower."""
    return os.environ.get("ANKE_FAST", "1") != "0"


def install_for_training(config: Path) -> None:
    """Before Rasa is imported to train."""
    from bot.fast import no_tensorflow, training_data

    if is_on():
        no_tensorflow.install(config.read_text(encoding="utf-8"))
        training_data.install()


def install_for_serving(model: Path) -> None:
    """Before Rasa is imported to serve."""
    from bot.fast import domain_once, no_tensorflow, session, validator

    if not is_on():
        return
    no_tensorflow.install(_predicting_parts(model))
    validator.install()
    session.install()
    domain_once.install()


def _predicting_parts(model: Path) -> str:
    """The component names of a model, as text."""
    with tarfile.open(model) as archive:
        for name in ("metadata.json", "./metadata.json"):
            try:
                file = archive.extractfile(name)
            except KeyError:
                continue
            if file is not None:
                nodes = json.load(file)["predict_schema"]["nodes"]
                return " ".join(str(node["uses"]) for node in nodes.values())
    return ""
