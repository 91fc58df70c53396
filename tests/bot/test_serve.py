"""`python -m bot.serve` refuses what cannot work: exit code 2 and one line, never a server without a model."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.bot.conftest import BOT_PYTHON, ROOT, environment


def refused(**settings: str) -> str:
    env = environment(**settings)
    for name in ("ANKE_MODEL", "BOT_SECRET"):
        if name not in settings:
            env.pop(name, None)
    done = subprocess.run(
        [str(BOT_PYTHON), "-W", "ignore", "-m", "bot.serve"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stderr[-1000:]
    assert "Traceback" not in done.stderr.splitlines()[-1]
    return done.stderr.splitlines()[-1]


def test_no_model_named() -> None:
    assert "ANKE_MODEL" in refused(BOT_SECRET="s")


def test_a_missing_model_is_not_replaced_by_another() -> None:
    assert "不存在" in refused(ANKE_MODEL="models/never-trained.tar.gz", BOT_SECRET="s")


def test_a_damaged_model(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(os.urandom(2000))
    assert "损坏" in refused(ANKE_MODEL=str(broken), BOT_SECRET="s")


@pytest.mark.parametrize("share", [0.001, 0.5, 0.98])
def test_a_model_that_was_cut_off(tmp_path: Path, share: float) -> None:
    """Such as a copy on a disk that was full: its first bytes are those of a model."""
    model, inside = tmp_path / "model.tar.gz", tmp_path / "metadata.json"
    inside.write_bytes(os.urandom(300_000))
    with tarfile.open(model, "w:gz") as archive:
        archive.add(inside, arcname="metadata.json")
    whole = model.read_bytes()
    model.write_bytes(whole[: int(len(whole) * share)])
    assert "损坏" in refused(ANKE_MODEL=str(model), BOT_SECRET="s")


@pytest.mark.parametrize("metadata", ["no JSON", "{}", '{"predict_schema": {"nodes": {}}}'])
def test_an_archive_that_is_no_model(tmp_path: Path, metadata: str) -> None:
    """It is whole, and Rasa fails on it: that too is one line and exit code 2, no traceback as the last word."""
    other, inside = tmp_path / "other.tar.gz", tmp_path / "metadata.json"
    inside.write_text(metadata)
    with tarfile.open(other, "w:gz") as archive:
        archive.add(inside, arcname="metadata.json")
    assert "模型无法加载" in refused(ANKE_MODEL=str(other), BOT_SECRET="s")


def test_no_secret(model: Path) -> None:
    assert "BOT_SECRET" in refused(ANKE_MODEL=str(model))


@pytest.mark.parametrize("port", ["0", "x", "70000"])
def test_a_port_that_is_none(model: Path, port: str) -> None:
    assert "BOT_PORT" in refused(ANKE_MODEL=str(model), BOT_SECRET="s", BOT_PORT=port)
