"""Child processes: restarted with backoff when they end or hang, killed by the kernel when the launcher does.

Own code instead of `supervisor`: a killed supervisord leaves its children serving, and it cannot order a start
by readiness (docs/decisions/0002-own-launcher.md). Here every child asks the kernel to kill it when its parent
is gone (PR_SET_PDEATHSIG), so kill -9 of the launcher frees port and database at once.

Nothing that fails here ends the watch: a full disk, a closed terminal, a process that cannot be made now.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from launcher.console import console
from launcher.json_lines import json_line
from launcher.probe import Answer, Probe

PR_SET_PDEATHSIG = 1
BACKOFF_S = (0.2, 0.5, 1, 2, 5)  # the first restart is nearly at once: promise 10 gives 10 s in all
STEADY_S = (
    10.0  # a child that lived this long starts its backoff anew: longer than any of ours takes to start
)
REFUSED = 2  # the exit code of a child of ours that says why it cannot run; trying at once would say the same
REFUSED_WAIT_S = 30.0
ASK_EVERY_S = 2.0
FIRST_ASK_EVERY_S = (
    0.2  # until the first answer, so that one that hangs just after it is known to have served
)
LOG_LIMIT = 20 * 1024 * 1024
STOP_GRACE_S = 8.0

_libc = ctypes.CDLL(None, use_errno=True)


def kill_when_parent_dies(parent: int) -> Callable[[], None]:
    """A preexec function: SIGKILL this process when `parent` ends (it may have ended before we asked)."""

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


@dataclass
class Child:
    """One process to keep running. `command[0]` is an absolute path; its output goes to DATA_DIR/log/NAME.log."""

    name: str
    command: list[str]
    env: dict[str, str]
    log_dir: Path
    probe: Probe | None = None
    writes_json: bool = True
    """False: its lines are made JSON on their way to the log."""
    restarts: int = 0
    refusal: str | None = None
    """What it said when it ended with exit code 2; None once it answers."""
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list, repr=False)
    _copying: asyncio.Task[None] | None = field(default=None, repr=False)
    _log_from: int = 0
    _stopping: bool = False

    @property
    def log(self) -> Path:
        return self.log_dir / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.returncode is None else None

    async def start(self) -> None:
        """Start the process and the tasks that restart it. A process that cannot be made now is tried again."""
        with contextlib.suppress(OSError):
            await self._spawn()
        self._tasks = [asyncio.create_task(self._keep_alive(), name=f"watch-{self.name}")]
        if self.probe:
            self._tasks.append(asyncio.create_task(self._ask(self.probe), name=f"ask-{self.name}"))

    async def _spawn(self) -> None:
        self.process = None
        with self._open_log() as log:
            self._log_from = log.tell()
            out = log if self.writes_json else asyncio.subprocess.PIPE
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=log if self.writes_json else asyncio.subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which stops children in order
                preexec_fn=kill_when_parent_dies(os.getpid()),
            )
        if self.process.stdout:
            self._copying = asyncio.create_task(self._copy(self.process.stdout), name=f"log-{self.name}")

    async def _copy(self, lines: asyncio.StreamReader) -> None:
        """Lines of a program that knows no JSON, into its log as JSON; what finds no place is lost."""
        while True:
            try:
                line = await lines.readline()
            except ValueError:  # longer than a buffer: what is left of it comes as the next one
                continue
            if not line:
                return
            with contextlib.suppress(OSError), self._open_log() as log:
                log.write(f"{json_line(self.name, line.decode(errors='replace').rstrip())}\n".encode())

    def _open_log(self) -> IO[bytes]:
        """The log to append to; /dev/null when there is no place for one: a child without a log is better than none."""
        try:
            return self.log.open("ab")
        except OSError:
            return Path(os.devnull).open("ab")

    async def _keep_alive(self) -> None:
        failures = 0
        while not self._stopping:
            began = time.monotonic()
            code = None
            try:
                if self.process is None:
                    await self._spawn()
                assert self.process is not None
                code = await self.process.wait()
                how = f"ended ({describe_exit(code)})"
            except Exception as error:  # whatever it is, the child is watched on
                how = f"cannot be started ({error})"
            if self._stopping:
                return
            self.process = None
            if time.monotonic() - began > STEADY_S:
                failures = 0
            wait = BACKOFF_S[min(failures, len(BACKOFF_S) - 1)]
            failures += 1
            self.restarts += 1
            if code == REFUSED:
                wait = REFUSED_WAIT_S
                self._note_refusal(wait)
            else:
                console.complain(
                    f"anke: {self.name} {how}; starting it again in {wait:g} s, its log is {self.log}"
                )
            await asyncio.sleep(wait)

    def _note_refusal(self, wait: float) -> None:
        """Tell what it says, once: it will say the same until somebody mends it."""
        before, self.refusal = self.refusal, self._last_words() or f"exit {REFUSED}"
        if self.refusal != before:
            console.complain(
                f"anke: {self.name} refuses to start: {self.refusal} (tried again every {wait:g} s)"
            )

    def _last_words(self) -> str:
        """The last line that this run of it wrote, without the dress of a JSON log."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(self._log_from, self.log.stat().st_size - 4096))
                lines = log.read().decode(errors="replace").strip().splitlines()
        except OSError:
            return ""
        last = lines[-1].strip() if lines else ""
        with contextlib.suppress(ValueError, AttributeError):
            said = json.loads(last)
            last = str(said.get("message") or said.get("event") or last)
        return last[:500]

    async def _ask(self, probe: Probe) -> None:
        """Kill the process when it has not answered for the probe's limit; _keep_alive starts a new one.

        A slow answer is an answer. Only time that the launcher itself was awake counts: one that was stopped for a
        minute kills nobody.
        """
        pid, listens, silent = None, False, 0.0
        question: asyncio.Task[Answer] | None = None
        while not self._stopping:
            pause = ASK_EVERY_S if listens else FIRST_ASK_EVERY_S
            began = time.monotonic()
            await asyncio.sleep(pause)
            if self.pid != pid:
                pid, listens, silent = self.pid, False, 0.0
                if question:
                    question.cancel()
                    question = None
            if pid is None:
                continue
            question = question or asyncio.create_task(probe.ask())
            await asyncio.wait({question}, timeout=pause)
            answer = Answer.NONE
            if question.done():
                answer, question = question.result(), None
            listens = listens or answer in (Answer.GIVEN, Answer.NONE)
            if answer is Answer.GIVEN:
                silent, self.refusal = 0.0, None
            elif answer is not Answer.UNKNOWN:
                silent += min(time.monotonic() - began, 2 * pause)
            if silent >= (probe.limit_s if listens else probe.start_s) and self.pid == pid:
                console.complain(f"anke: {self.name} has not answered for {silent:.0f} s; it is replaced")
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)  # one that hangs does not hear SIGTERM
                silent = 0.0

    async def stop(self) -> None:
        """SIGTERM, then SIGKILL after 8 s; never raises when the child is gone already."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        if self.process is None or self.process.returncode is not None:
            return
        try:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), STOP_GRACE_S)
        except ProcessLookupError:
            return
        except asyncio.TimeoutError:
            self.process.kill()
            await self.process.wait()

    def trim_log(self) -> None:
        """Keep a log under 20 MB: it moves to NAME.log.1 (children append, so truncating is safe).

        Raises OSError when there is no place for the copy; the log then stays as it is.
        """
        if not self.log.exists() or self.log.stat().st_size <= LOG_LIMIT:
            return
        older = self.log.with_suffix(".log.1")
        older.unlink(missing_ok=True)  # first: on a full disk this is the room for the copy
        try:
            shutil.copyfile(self.log, older)
        except OSError:
            older.unlink(missing_ok=True)
            raise
        os.truncate(self.log, 0)


def describe_exit(code: int) -> str:
    """Exit code or signal in words, for the operator's line."""
    if code >= 0:
        return f"exit {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:  # a real-time signal has no name
        return f"signal {-code}"
