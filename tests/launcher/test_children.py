"""Children come back after kill -9 and never outlive the launcher."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from launcher.children import Child

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]


async def until(condition: Callable[[], bool], limit_s: float = 30.0) -> None:
    """Wait for a condition with a deadline."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        await asyncio.sleep(0.02)


async def test_a_killed_child_is_started_again_and_stop_ends_it(tmp_path: Path) -> None:
    child = Child("sleeper", SLEEP, dict(os.environ), tmp_path)
    await child.start()
    await until(lambda: child.log.read_text().count("up") == 1)
    first = child.pid
    assert first
    os.kill(first, signal.SIGKILL)
    await until(lambda: child.pid not in (None, first))
    await until(lambda: child.log.read_text().count("up") == 2)
    second = child.pid
    await child.stop()
    assert second
    assert not psutil.pid_exists(second)
    assert child.restarts == 1


async def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: object) -> None:
    import launcher.children as module

    deaf = [
        sys.executable,
        "-c",
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
    ]
    monkeypatch.setattr(module, "STOP_GRACE_S", 0.3)  # type: ignore[attr-defined]
    child = Child("deaf", deaf, dict(os.environ), tmp_path)
    await child.start()
    await until(lambda: "up" in child.log.read_text())
    pid = child.pid
    await child.stop()
    assert pid
    assert not psutil.pid_exists(pid)


async def test_children_die_with_a_launcher_killed_by_sigkill(tmp_path: Path) -> None:
    program = f"""
import asyncio, os, sys
from pathlib import Path
from launcher.children import Child
async def main():
    child = Child("c", {SLEEP!r}, dict(os.environ), Path({str(tmp_path)!r}))
    await child.start()
    print(child.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    launcher = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert launcher.stdout
    pid = int(await launcher.stdout.readline())
    assert psutil.pid_exists(pid)
    launcher.kill()
    await launcher.wait()
    await until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


async def test_a_log_is_kept_small(tmp_path: Path, monkeypatch: object) -> None:
    import launcher.children as module

    monkeypatch.setattr(module, "LOG_LIMIT", 10)  # type: ignore[attr-defined]
    child = Child("c", SLEEP, {}, tmp_path)
    child.log.write_text("x" * 50)
    child.trim_log()
    assert child.log.stat().st_size == 0
    assert (tmp_path / "c.log.1").read_text() == "x" * 50
