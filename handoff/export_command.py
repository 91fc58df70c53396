"""What the commands have in common that write something of the store's database into a file: `python -m … FILE DAYS`."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from handoff.records import Records
from handoff.settings import Settings, SettingsError, read_settings

Write = Callable[[dict[str, Any]], None]
#: (records, file, days, settings) -> the line that says what was written.
Export = Callable[[Records, Path, int, Settings], Awaitable[str]]


@contextmanager
def lines_to(file: Path) -> Iterator[Write]:
    """Writes JSON lines (mode 0600: they are customers' words); the file is there when all of them are."""
    part = file.with_name(file.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        yield lambda line: print(json.dumps(line, ensure_ascii=False), file=out)
    part.replace(file)


def run_export(export: Export, *, fails: str, usage: str, worker: str, days: int) -> int:
    """The exit code: 0 with a line of what was written, 2 with one that says what is wrong (`fails`: what could not be done)."""
    file, told = [*sys.argv[1:], "", ""][:2]
    try:
        wanted = int(told or days)
        settings = read_settings()
    except (ValueError, SettingsError) as error:
        why = error if isinstance(error, SettingsError) else "DAYS 要是一个整数（天）"
        print(f"{fails}：{why}。", file=sys.stderr)
        return 2
    if not file or wanted < 1:
        print(f"用法：{usage}", file=sys.stderr)
        return 2
    return asyncio.run(_exported(export, Path(file), wanted, settings, worker))


async def _exported(export: Export, file: Path, days: int, settings: Settings, worker: str) -> int:
    records = Records(settings.database_url, worker=worker)
    try:
        done = await export(records, file, days, settings)
    except OSError as error:
        print(f"写不了 {file}：{error.strerror}。", file=sys.stderr)
        return 2
    finally:
        await records.close()
    print(done)
    return 0
