"""What a trained model depends on, and its print: unchanged inputs mean the model is still right."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from bot.questions.files import read_questions

ROOT = Path(__file__).parents[1]
INPUTS = (
    "config.yml",
    "domain.yml",
    "data/domain",
    "data/categories.yml",
    "data/nlu",
    "data/stories",
    "data/emotion",
    "data/watchers",
    "data/encoder/manifest.json",
    "data/handoff",
    "bot",
    "requirements/bot.txt",
)
_IGNORED = {"__pycache__"}


def bot_environment() -> dict[str, str]:
    """Environment of a subprocess in the bot's runtime: this tree, one thread for numbers as the launcher starts the bot."""
    fixed = {"RASA_TELEMETRY_ENABLED": "false", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**os.environ, **fixed, "PYTHONPATH": str(ROOT)}


def input_files() -> Iterator[Path]:
    """Every file that training reads, in a fixed order."""
    for name in INPUTS:
        path = ROOT / name
        if path.is_dir():
            yield from (
                p for p in sorted(path.rglob("*")) if p.is_file() and not _IGNORED.intersection(p.parts)
            )
        elif path.exists():
            yield path


def inputs_fingerprint() -> str:
    """Hash over names and contents, and over the ways of asking of data/knowledge, whose answers no model learns."""
    digest = hashlib.sha256()
    for file in input_files():
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    for entry, text in read_questions(ROOT / "data" / "knowledge"):
        digest.update(f"{entry}\0{text}\0".encode())
    return digest.hexdigest()[:16]
