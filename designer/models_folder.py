"""models/: trained models, which one is current, and what each was trained from."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from designer.inputs import ROOT
from launcher.model_pointer import point

MODELS = ROOT / os.environ.get("ANKE_MODELS_DIR", "models")
KEPT = 5
"""Models kept for rolling back; each is a few megabytes."""


@contextmanager
def locked() -> Iterator[None]:
    """One training at a time per checkout; a second one waits for the first and then finds its model."""
    MODELS.mkdir(parents=True, exist_ok=True)
    with (MODELS / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def current() -> Path | None:
    """The model that is in use, or None before the first training."""
    pointer = MODELS / "current"
    model = pointer.resolve()
    return model if pointer.is_symlink() and model.is_file() else None


def make_current(model: Path) -> None:
    """Switch to a model, in one step."""
    point(MODELS / "current", model.name)


def facts(model: Path | None) -> dict[str, Any]:
    """What was noted when the model was trained; empty for an unknown one."""
    if model is None:
        return {}
    file = facts_file(model)
    try:
        read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read


def facts_file(model: Path) -> Path:
    """Where the facts of a model are noted."""
    return model.with_name(model.name.removesuffix(".tar.gz") + ".json")


def forget_old_models() -> None:
    """Delete all but the newest models; the current one always stays."""
    in_use = current()
    trained = sorted(MODELS.glob("2*.tar.gz"), key=lambda p: p.name, reverse=True)
    for model in trained[KEPT:]:
        if model.resolve() != in_use:
            model.unlink()
            facts_file(model).unlink(missing_ok=True)
