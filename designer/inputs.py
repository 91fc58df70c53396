"""What a trained model depends on, and its print: unchanged inputs mean the model is still right."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from bot.questions.files import read_questions
from launcher.env_file import SettingError, read_env_file
from launcher.overlay import DataError, joined

ROOT = Path(__file__).parents[1]
JOINED = ROOT / ".cache" / "data"
"""Where data/ stands with a store's files in it, for commands that no launcher told where."""
INPUTS = (
    "config.yml",
    "domain.yml",
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


def _data_root() -> Path:
    """The folder in which the data/ stands that designers' commands work on: this checkout, or data/ with STORE_DIR (of the
    environment or `.env`) in it, which is then also what the bot's code and commands started from here read.

    Raises SystemExit with one line for each mistake of the store's files."""
    named = os.environ.get("ANKE_DATA_ROOT")
    if named:
        return Path(named)
    try:
        store = os.environ.get("STORE_DIR") or read_env_file(ROOT / ".env").get("STORE_DIR")
    except SettingError as error:
        raise SystemExit(f"anke: {error}") from None
    if not store:
        return ROOT
    try:
        root = joined(JOINED, ROOT, (ROOT / store).resolve())
    except DataError as error:
        raise SystemExit("\n".join(error.lines)) from None
    os.environ["ANKE_DATA_ROOT"] = str(root)
    return root


DATA_ROOT = _data_root()


def input_files() -> Iterator[tuple[str, Path]]:
    """Name and place of every file that training reads, in a fixed order. Not the responses: the bot says them as data/ has
    them now, whatever its model knew."""
    for name in INPUTS:
        path = next((one for one in (DATA_ROOT / name, ROOT / name) if one.exists()), ROOT / name)
        if path.is_dir():
            yield from (
                (f"{name}/{p.relative_to(path)}", p)
                for p in sorted(path.rglob("*"))
                if p.is_file() and not _IGNORED.intersection(p.parts)
            )
        elif path.exists():
            yield name, path


def inputs_fingerprint() -> str:
    """Hash over names and contents, and over the ways of asking of data/knowledge, whose answers no model learns."""
    digest = hashlib.sha256()
    for name, file in input_files():
        digest.update(f"{name}\0".encode())
        digest.update(file.read_bytes())
    for entry, text in read_questions(DATA_ROOT / "data" / "knowledge"):
        digest.update(f"{entry}\0{text}\0".encode())
    return digest.hexdigest()[:16]
