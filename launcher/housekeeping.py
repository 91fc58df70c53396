"""What the launcher does every few seconds beside watching: which process is which, small logs, a look at the disk."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from launcher.children import Child
from launcher.console import console
from launcher.files import write_whole
from launcher.preflight import PreflightError, check_disk

EVERY_S = 5.0


def record_pids(data_dir: Path, url: str, pids: dict[str, int | None]) -> None:
    """Keep DATA_DIR/run.json true after restarts.

    Raises OSError.
    """
    path = data_dir / "run.json"
    told = json.dumps({"url": url, "launcher": os.getpid(), "pids": pids})
    if not path.exists() or path.read_text(encoding="utf-8") != told:
        write_whole(path, told)


async def keep_house(data_dir: Path, url: str, children: Sequence[Child]) -> None:
    """Until cancelled. What fails is told once and tried again; the service goes on without it."""
    failing: dict[str, str] = {}
    while True:
        pids = {child.name: child.pid for child in children}
        chores: dict[str, Callable[[], None]] = {
            "disk": partial(check_disk, data_dir),
            "run.json": partial(record_pids, data_dir, url, pids),
            **{f"log of {child.name}": child.trim_log for child in children},
        }
        for name, chore in chores.items():
            try:
                await asyncio.to_thread(chore)
            except (OSError, PreflightError) as error:
                if name not in failing:
                    console.complain(f"anke: {name}: {str(error).rstrip('.')}; the service goes on")
                failing[name] = str(error)
            else:
                if failing.pop(name, None):
                    console.say(f"anke: {name}: in order again")
        await asyncio.sleep(EVERY_S)
