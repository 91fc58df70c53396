"""`python -m bot.serve` refuses what cannot work: exit code 2 and one line, never a server without a model."""

from __future__ import annotations

import os
import subprocess
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


def test_no_secret(model: Path) -> None:
    assert "BOT_SECRET" in refused(ANKE_MODEL=str(model))


@pytest.mark.parametrize("port", ["0", "x", "70000"])
def test_a_port_that_is_none(model: Path, port: str) -> None:
    assert "BOT_PORT" in refused(ANKE_MODEL=str(model), BOT_SECRET="s", BOT_PORT=port)
