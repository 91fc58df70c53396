"""The harness itself: a process that never becomes ready is told with its log, and one that is deaf to SIGTERM ends all the same."""

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.helpers.processes import Process, run_to_end, stop_all, wait_until_ready


def python(code: str, log: Path) -> Process:
    return Process([sys.executable, "-c", code], os.environ, log)


def test_a_process_that_ends_before_it_is_ready_is_told_with_its_log(tmp_path: Path) -> None:
    process = python("print('no such port'); raise SystemExit(3)", tmp_path / "log")
    with pytest.raises(AssertionError, match=r"ended with 3(.|\n)*no such port"):
        wait_until_ready(lambda: False, [process], 20)


def test_a_process_that_is_never_ready_is_told_after_the_limit(tmp_path: Path) -> None:
    process = python("import time; print('busy', flush=True); time.sleep(600)", tmp_path / "log")
    wait_until_ready(lambda: "busy" in process.log(), [process], 20)
    with pytest.raises(AssertionError, match=r"not ready within 0 s(.|\n)*busy"):
        wait_until_ready(lambda: False, [process], 0.1)
    process.kill()
    assert not psutil.pid_exists(process.pid)


async def test_all_are_stopped_and_the_deaf_one_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    polite = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('up', flush=True); time.sleep(600)"
    both = [python(deaf, tmp_path / "deaf"), python(polite, tmp_path / "polite")]
    wait_until_ready(lambda: all("up" in one.log() for one in both), both, 20)
    stop_all(both, 2)
    assert [await one.wait() for one in both] == [-signal.SIGKILL, 0]


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(AssertionError, match="on purpose"):
        run_to_end([sys.executable, "-c", "raise SystemExit('on purpose')"], os.environ)
