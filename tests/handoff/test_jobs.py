"""Periodic work: one table, run by one loop that survives every failure, and no other loop that repeats by the clock."""

import ast
import asyncio
import logging
from collections.abc import Iterator
from typing import Any, cast

import pytest

from handoff.background import Job, PeriodicJobs
from handoff.errors import busy
from handoff.jobs import JOBS
from handoff.service import Service
from tests.helpers.processes import ROOT

RUNNER = ("background.py", "_repeat")

#: Every other loop of the service that awaits something, and whose it is: it ends with that, not with the worker.
LOOPS = {
    ("desk/http.py", "get_log"): "a request",
    ("gateway/http.py", "_wait_for_items"): "a request",
    ("oversight/history.py", "figures"): "a request",
    ("uploads/multipart.py", "file_field"): "a request",
    ("uploads/http.py", "_serve"): "a request",
    ("uploads/backends.py", "keep"): "a request: one row after another",
    ("desk/socket.py", "_read_frames"): "a connection",
    ("desk/socket.py", "_follow_queue"): "a connection",
    ("desk/socket.py", "_follow_wall"): "a connection",
    ("desk/socket.py", "_follow"): "a connection",
    ("desk/socket.py", "_stay_present"): "a connection",
    ("desk/socket.py", "_pass_on"): "a connection",
    ("gateway/socket.py", "_read_frames"): "a connection",
    ("gateway/socket.py", "_push"): "a connection",
    ("turns/runner.py", "_attempts"): "a turn",
    ("records/engine.py", "held"): "a transaction",
    ("hints.py", "_send"): "the Redis connection: one message at a time, as they come",
    ("hints.py", "_receive"): "the Redis connection: one message at a time, as they come",
}


def waiting_loops() -> Iterator[tuple[str, str]]:
    """(file, function) of every `while` in handoff/ that awaits something."""
    for file in sorted((ROOT / "handoff").rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
                loops = [node for node in ast.walk(function) if isinstance(node, ast.While)]
                if any(isinstance(node, ast.Await) for loop in loops for node in ast.walk(loop)):
                    yield file.relative_to(ROOT / "handoff").as_posix(), function.name


def test_nothing_repeats_by_the_clock_outside_the_table() -> None:
    assert set(waiting_loops()) == set(LOOPS) | {RUNNER}


@pytest.mark.parametrize("word", ["call_later", "call_at", "threading.Timer", "time.sleep", "add_task"])
def test_no_other_timer_is_used(word: str) -> None:
    files = [path for path in (ROOT / "handoff").rglob("*.py") if word in path.read_text(encoding="utf-8")]
    assert files == []


def test_the_table_names_each_job_once() -> None:
    names = [job.name for job in JOBS]
    assert len(names) == len(set(names)) == 15
    assert all(0 <= job.jitter < 0.5 for job in JOBS)


async def test_a_job_that_fails_is_logged_and_runs_again(caplog: pytest.LogCaptureFixture) -> None:
    runs: list[str] = []
    enough = asyncio.Event()
    failures = iter([busy(), RuntimeError("on purpose")])

    async def fails_twice(_service: Service) -> None:
        runs.append("failing")
        if (failure := next(failures, None)) is not None:
            raise failure
        enough.set()

    async def other(_service: Service) -> None:
        runs.append("other")

    jobs = PeriodicJobs(
        [Job("failing", lambda _: 0.001, fails_twice, jitter=0.1), Job("other", lambda _: 0.001, other)]
    )
    with caplog.at_level(logging.WARNING, logger="handoff.background"):
        jobs.start(cast(Service, None))
        await asyncio.wait_for(enough.wait(), 5)
        await jobs.stop()
    assert runs.count("failing") >= 3
    assert "other" in runs
    logged = [(record.levelname, record.message) for record in caplog.records]
    assert logged == [("WARNING", f"failing: {busy()}"), ("ERROR", "failing failed")]
    seen = len(runs)
    await asyncio.sleep(0.02)
    assert len(runs) == seen, "stopped"


async def test_the_pause_is_asked_for_anew_and_drawn_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that changes (Redis gone: catch up sooner) counts from the next pause on."""
    pauses: list[float] = []
    enough = asyncio.Event()
    sleep = asyncio.sleep

    async def recorded(seconds: float, *_: Any) -> None:
        pauses.append(seconds)
        if len(pauses) >= 41:
            enough.set()
        await sleep(0)

    async def nothing(_service: Service) -> None: ...

    monkeypatch.setattr("handoff.background.asyncio.sleep", recorded)
    jobs = PeriodicJobs([Job("one", lambda _: 10.0 if len(pauses) < 20 else 1.0, nothing, jitter=0.1)])
    jobs.start(cast(Service, None))
    await enough.wait()
    await jobs.stop()
    early, late = pauses[:20], pauses[20:]
    assert all(9 <= one <= 11 for one in early)
    assert all(0.9 <= one <= 1.1 for one in late)
    assert len(set(early)) > 10, "workers that start together do not stay together"


def test_the_whole_service_is_built_in_one_place() -> None:
    """Only handoff/bootstrap.py makes the parts of a worker."""
    parts = {
        "Hints",
        "Limits",
        "BotClient",
        "TurnRunner",
        "UploadStorage",
        "QueueSweep",
        "BackgroundTasks",
        "TimerRunner",
    }
    parts |= {"Service", "PeriodicJobs", "open_order_system", "load_store_rules", "use_store_rules"}
    made: dict[str, set[str]] = {}
    for file in (ROOT / "handoff").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in parts:
                made.setdefault(node.func.id, set()).add(file.name)
    assert made == {part: {"bootstrap.py"} for part in parts}
