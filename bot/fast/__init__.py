"""Wraps of Rasa internals that make it faster, each in its own file with its reason; figures: docs/reports/speed.md.

ANKE_FAST=0 turns all of them off; ANKE_FAST=-graph,-session turns these two off (to measure or to suspect one).
"""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path


def is_on(wrap: str = "") -> bool:
    """Whether this wrap is to be used. With all of them off the dialogue must be the same, only slower."""
    told = os.environ.get("ANKE_FAST", "1")
    return told != "0" and f"-{wrap}" not in told.split(",")


def install_for_training(config: Path) -> None:
    """Before Rasa is imported to train."""
    from bot.fast import archive, domain_file, no_tensorflow, training_cache, training_data

    if is_on("no_tensorflow"):
        no_tensorflow.install(config.read_text(encoding="utf-8"))
    if is_on("training_data"):
        training_data.install()
    if is_on("training_cache"):
        training_cache.install()
    if is_on("archive"):
        archive.install()
    if is_on("domain_file"):
        domain_file.install_for_training()


def install_for_serving(model: Path) -> None:
    """Before Rasa is imported to serve."""
    from bot.fast import domain_file, domain_once, graph, no_tensorflow, session, validator

    if is_on("no_tensorflow"):
        no_tensorflow.install(_predicting_parts(model), serving=True)
    for wrap in (validator, session, domain_file, domain_once, graph):
        if is_on(wrap.__name__.rsplit(".", 1)[-1]):
            wrap.install()


def model_is_loaded() -> None:
    """Once the model is in memory, before the first turn."""
    from bot.fast import collector

    if is_on("collector"):
        collector.settle()


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
