"""What breaks before a start ends it with one line and exit code 2; what breaks later never makes a loop of restarts."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.helpers.installation import Installation, running_installation
from tests.helpers.processes import ROOT, Process


def own_models(folder: Path) -> Path:
    """A models/ folder of the test's own with the current model in it; the model's path."""
    model = (ROOT / "models" / "current").resolve()
    folder.mkdir()
    copy = Path(shutil.copyfile(model, folder / model.name))
    (folder / "current").symlink_to(copy.name)
    return copy


async def refused(tmp_path: Path, **settings: str) -> str:
    """The one line with which the launcher ends; it must end with exit code 2, and nothing may be left running."""
    installation = Installation(tmp_path / "data", settings)
    launcher = Process([sys.executable, "-m", "launcher"], installation.env, tmp_path / "launcher.log")
    try:
        assert await asyncio.wait_for(launcher.wait(), 60) == 2, launcher.log()
    finally:
        launcher.kill()
    lines = [
        line
        for line in launcher.log().splitlines()
        if not line.startswith("anke: waiting for") and "starting it again" not in line
    ]
    assert "Traceback" not in launcher.log()
    return "\n".join(lines)


async def test_a_damaged_model(tmp_path: Path) -> None:
    model = own_models(tmp_path / "models")
    os.truncate(model, model.stat().st_size // 2)
    told = await refused(tmp_path, ANKE_MODELS_DIR=str(tmp_path / "models"))
    assert "anke: bot-1 cannot run: bot: 模型文件已损坏" in told
    assert model.name in told


async def test_a_missing_model(tmp_path: Path) -> None:
    own_models(tmp_path / "models").unlink()
    told = await refused(tmp_path, ANKE_MODELS_DIR=str(tmp_path / "models"))
    assert told.count("\n") == 0
    assert "make train" in told


@pytest.mark.timeout(300)
async def test_what_breaks_while_it_runs_is_replaced_by_the_last_good_one_when_a_process_is_killed(
    tmp_path: Path,
) -> None:
    model = own_models(tmp_path / "models")
    rules = tmp_path / "store" / "policy" / "returns.yml"
    rules.parent.mkdir(parents=True)
    rules.write_text("no_reason:\n  window_days: 9\n", encoding="utf-8")
    settings = {"ANKE_MODELS_DIR": str(model.parent), "STORE_DIR": str(tmp_path / "store")}
    async with running_installation(tmp_path / "data", settings) as installation:
        model.unlink()
        rules.write_text("no_reason: [unclosed\n", encoding="utf-8")
        for part in ("actions", "worker", "worker", "bot"):
            many = len(installation.processes(part))
            installation.kill(part)
            await installation.until_running(part, many)
            await installation.until_ready(30)
        assert installation.launcher is not None
        assert "refuses" not in installation.launcher.log()
        assert installation.launcher.log().count(f"{rules}:1") == 1
