"""Train the stock model: `.venv-bot/bin/python -m bench.stock.train OUT_FOLDER NAME`, one progress line a component.

Reading the sentences uses our wrap (bot/fast/training_data.py), which saves minutes and changes no word of them;
everything that serves a message is stock.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


class _Progress(logging.Handler):
    """Rasa's "Starting to train component" as a line with the time it began."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._began = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text.startswith("Starting to train component"):
            print(f"[bench]   {time.monotonic() - self._began:5.0f} s  {text.split(chr(39))[1]}", flush=True)


def main(folder: str, name: str) -> int:
    """Exit code 0 when the model is there."""
    os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", RASA_MAX_CACHE_SIZE="0")
    warnings.simplefilter("ignore")
    os.chdir(ROOT)
    from rasa.model_training import train

    from bot.fast import training_data

    training_data.install()
    hooks = logging.getLogger("rasa.engine.training.hooks")
    hooks.setLevel(logging.INFO)
    hooks.addHandler(_Progress())
    parts = [str(ROOT / "data" / part) for part in ("nlu", "stories")]
    parts.append(str(_rules(Path(folder))))
    config = str(ROOT / "bench" / "stock" / "config.yml")
    made = train(
        domain=str(ROOT / "domain.yml"),
        config=config,
        training_files=parts,
        output=folder,
        fixed_model_name=name,
        force_training=True,
    )
    return int(made.code)


def _rules(folder: Path) -> Path:
    """The one action as a stock project would say it: a rule for every intent. Ours needs none (bot/dialogue_policy.py)."""
    from bot.importer import COMMANDS, joined_domain

    intents = [one for one in joined_domain(ROOT / "domain.yml").intents if one not in COMMANDS]
    rules = [
        {"rule": intent, "steps": [{"intent": intent}, {"action": "action_dialogue"}]} for intent in intents
    ]
    file = folder / "rules.yml"
    file.write_text(yaml.safe_dump({"version": "3.1", "rules": rules}), encoding="utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
