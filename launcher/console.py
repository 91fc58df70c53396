"""The launcher's lines for the operator, which never hold it up: nobody reads them, or the disk under them is full, and
the service is watched all the same.

A thread writes them, because a write blocks for as long as a terminal is stopped (Ctrl-S) or a pipe is not read; what
cannot be written is dropped.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from pathlib import Path

from launcher.json_lines import json_line

WAITING = 500  # lines that may wait for a reader who does not read; later ones are dropped
STDOUT, STDERR = 1, 2


class Console:
    """Lines go to standard output or standard error in their order. No method raises or waits (but `close`)."""

    log: Path | None = None
    """Where complaints are written down as well, as JSON: the terminal may be gone when somebody looks for the reason."""

    def __init__(self) -> None:
        self._lines: queue.Queue[tuple[int, str] | None] = queue.Queue(WAITING)
        self._writer: threading.Thread | None = None

    def say(self, text: str) -> None:
        """One or more lines on standard output."""
        self._put(STDOUT, text)

    def complain(self, text: str) -> None:
        """One or more lines on standard error."""
        self._put(STDERR, text)

    def close(self, seconds: float = 1.0) -> None:
        """Give a reader `seconds` to take what is still to be said."""
        if self._writer is not None:
            with contextlib.suppress(queue.Full):
                self._lines.put_nowait(None)
                self._writer.join(seconds)

    def _put(self, stream: int, text: str) -> None:
        if self._writer is None or not self._writer.is_alive():
            self._writer = threading.Thread(target=self._write_all, name="console", daemon=True)
            self._writer.start()
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait((stream, text))

    def _write_all(self) -> None:
        while (line := self._lines.get()) is not None:
            stream, text = line
            rest = f"{text}\n".encode(errors="replace")
            with contextlib.suppress(OSError):  # no reader, no space, no such stream: the line is lost
                while rest:
                    rest = rest[os.write(stream, rest) :]
            if self.log and stream == STDERR:
                with contextlib.suppress(OSError), self.log.open("a", encoding="utf-8") as log:
                    log.write(f"{json_line('launcher', text, 'warning')}\n")


console = Console()


def open_missing_streams() -> None:
    """Standard streams that were closed before the start lead to /dev/null, lest a database becomes standard output."""
    for stream in (0, STDOUT, STDERR):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
