"""Children come back after kill -9 and never outlive the launcher."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from launcher.children import Child
from launcher.preflight import free_port
from launcher.probe import Answer, Probe
from launcher.settings import ROOT

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
from launcher.preflight import free_port
from launcher.probe import Answer, Probe
from launcher.settings import ROOT
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


async def test_children_are_started_again_when_nobody_reads_the_launchers_lines(tmp_path: Path) -> None:
    """As `make run | head`: the pipe is gone when a child ends, which is what the launcher then wants to tell."""
    program = f"""
import asyncio, os
from pathlib import Path
from launcher.children import Child
async def main():
    child = Child("c", {SLEEP!r}, dict(os.environ), Path({str(tmp_path)!r}))
    await child.start()
    while True:
        Path({str(tmp_path)!r}, "pid").write_text(str(child.pid or ""))
        await asyncio.sleep(0.02)
asyncio.run(main())
"""
    read, write = os.pipe()
    launcher = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=write, stderr=write, cwd=ROOT
    )
    os.close(write)
    os.close(read)
    told = tmp_path / "pid"
    try:
        for _ in range(3):
            await until(lambda: told.exists() and told.read_text().isdigit())
            pid = int(told.read_text())
            os.kill(pid, signal.SIGKILL)
            await until(lambda pid=pid: told.read_text() not in ("", str(pid)))  # type: ignore[misc]
    finally:
        launcher.kill()
        await launcher.wait()


async def test_a_child_that_cannot_be_started_is_tried_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "program"
    child = Child("late", [str(program)], dict(os.environ), tmp_path)
    await child.start()
    await until(lambda: child.restarts >= 2)
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    await until(lambda: child.pid is not None)
    await child.stop()
    await until(lambda: "late cannot be started" in capfd.readouterr().err)


async def test_a_child_whose_log_cannot_be_written_runs_without_one(tmp_path: Path) -> None:
    child = Child("mute", SLEEP, dict(os.environ), tmp_path / "no such folder")
    await child.start()
    assert child.pid
    await child.stop()


#: Answers on the port until it is told by SIGUSR1 to hang in a way that no signal but SIGKILL ends.
SERVER = """
import signal, socket, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGUSR1, lambda *_: time.sleep(600))
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    connection, _ = server.accept()
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
    connection.close()
"""


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGUSR1])
async def test_a_child_that_hangs_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    monkeypatch.setattr("launcher.children.ASK_EVERY_S", 0.05)
    port = free_port()
    probe = Probe(port, limit_s=1)
    child = Child("hanging", [sys.executable, "-c", SERVER, str(port)], dict(os.environ), tmp_path, probe)
    await child.start()
    first = child.pid
    assert first
    await answers(probe)
    await asyncio.sleep(1.5)  # longer than the limit: who answers is left alone
    assert child.pid == first
    os.kill(first, how)
    await until(lambda: child.pid not in (None, first))
    await answers(probe)
    assert child.restarts == 1
    await child.stop()


async def test_a_slow_answer_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under load a process may take longer than the pause between two questions: that is no reason to kill it."""
    monkeypatch.setattr("launcher.children.ASK_EVERY_S", 0.05)
    port = free_port()
    slow = SERVER.replace("connection.recv(1000)", "connection.recv(1000); time.sleep(0.5)")
    child = Child(
        "slow", [sys.executable, "-c", slow, str(port)], dict(os.environ), tmp_path, Probe(port, limit_s=2)
    )
    await child.start()
    await asyncio.sleep(5)
    assert child.restarts == 0
    await child.stop()


async def test_a_child_that_never_answers_is_replaced_when_its_start_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launcher.children.ASK_EVERY_S", 0.05)
    child = Child("silent", SLEEP, dict(os.environ), tmp_path, Probe(free_port(), limit_s=0.2, start_s=1))
    await child.start()
    first = child.pid
    await until(lambda: child.pid not in (None, first))
    await child.stop()


async def test_no_answer_that_the_launcher_could_not_ask_for_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of file handles of its own, the launcher knows nothing of the child and kills nobody."""
    monkeypatch.setattr("launcher.children.ASK_EVERY_S", 0.02)

    async def no_handle(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("asyncio.open_connection", no_handle)
    child = Child("c", SLEEP, dict(os.environ), tmp_path, Probe(1, limit_s=0.1, start_s=0.1))
    await child.start()
    await asyncio.sleep(1)
    assert child.restarts == 0
    await child.stop()


async def answers(probe: Probe) -> None:
    """Wait until the child behind the probe serves."""
    end = time.monotonic() + 30
    while await probe.ask() is not Answer.GIVEN:
        assert time.monotonic() < end, "it never answered"
        await asyncio.sleep(0.05)


async def test_a_child_that_refuses_is_told_once_and_serves_when_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("launcher.children.REFUSED_WAIT_S", 0.05)
    monkeypatch.setattr("launcher.children.ASK_EVERY_S", 0.05)
    port = free_port()
    allowed = tmp_path / "allowed"
    program = f"""
import sys
from pathlib import Path
if not Path({str(allowed)!r}).exists():
    print("something of before\\nsomething is missing", file=sys.stderr)
    sys.exit(2)
{SERVER}
"""
    child = Child(
        "choosy",
        [sys.executable, "-c", program, str(port)],
        dict(os.environ),
        tmp_path,
        Probe(port, limit_s=30),
    )
    await child.start()
    await until(lambda: child.restarts >= 3)
    assert child.refusal == "something is missing"
    allowed.touch()
    await until(lambda: child.refusal is None)
    await child.stop()
    said: list[str] = []

    def told_once() -> bool:
        said.append(capfd.readouterr().err)
        return "".join(said).count("choosy refuses to start: something is missing") == 1

    await until(told_once)


async def test_a_log_that_cannot_be_copied_stays_and_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launcher.children.LOG_LIMIT", 10)
    child = Child("c", SLEEP, {}, tmp_path)
    child.log.write_text("x" * 50)

    def no_space(_: object, target: Path) -> None:
        target.write_text("half")
        Path("/dev/full").write_bytes(b"x")

    monkeypatch.setattr("shutil.copyfile", no_space)
    with pytest.raises(OSError, match="No space left"):
        child.trim_log()
    assert child.log.read_text() == "x" * 50
    assert not (tmp_path / "c.log.1").exists()


async def test_a_log_is_kept_small(tmp_path: Path, monkeypatch: object) -> None:
    import launcher.children as module

    monkeypatch.setattr(module, "LOG_LIMIT", 10)  # type: ignore[attr-defined]
    child = Child("c", SLEEP, {}, tmp_path)
    child.log.write_text("x" * 50)
    child.trim_log()
    assert child.log.stat().st_size == 0
    assert (tmp_path / "c.log.1").read_text() == "x" * 50
