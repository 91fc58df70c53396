"""The data that every process reads: one folder in DATA_DIR, written beside the old one and switched when it can be used.

    python -m launcher.publish      # with DATA_DIR and STORE_DIR, as the launcher tells them

Why not let each process read data/ and STORE_DIR: ten readers would each join them, each at its own moment, and each would
need to keep what it had when a file is broken. So nobody ever sees broken data, all see a change within a second of each
other, and what is in force has one name (`version`, told by /readyz). The work is done by a process of its own: it takes a
second, and no text of a store can harm the launcher.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from launcher.console import console
from launcher.env_file import SettingError
from launcher.model_pointer import point
from launcher.overlay import NOT_MERGED, DataError, joined, store_of
from launcher.preflight import CANNOT_RUN, DISK_FULL, DiskFullError, PreflightError, explained
from launcher.settings import ROOT, resolve

FOLDER, CURRENT = "in-use", "current"
LOOK_S = 1.0
#: A disk that was full is tried again.
AGAIN_S = 30.0
DataPrint = tuple[tuple[str, int, int], ...]


def root_in_use(data_dir: Path) -> Path:
    """The folder in which the data/ stands that processes read."""
    return data_dir / FOLDER / CURRENT


def unusable(root: Path) -> list[str]:
    """Why a process could not start with this, and blanks that a store's wording has and the product's has not: nothing would
    fill them, and a customer would read the braces."""
    from actions.store import load_dialogue
    from designer.places import Places
    from designer.responses import read_responses

    try:
        load_dialogue(root)
    except ValueError as error:
        return str(error).splitlines()
    said, wrong = read_responses(root, Places(root))
    shipped, _ = read_responses(ROOT, Places(ROOT))
    unfilled = [
        f"{one.file}:{way.line} {name}：{{{blank}}} 没有内容可填，可以用：{_listed(shipped[name].placeholders)}"
        for name, one in said.items()
        if name in shipped
        for way in one.ways
        for blank in sorted(way.placeholders - shipped[name].placeholders)
    ]
    return [*map(str, wrong), *unfilled]


def _listed(blanks: Iterable[str]) -> str:
    return "、".join(f"{{{one}}}" for one in sorted(blanks)) or "（这句话里没有可填的）"


def publish(data_dir: Path, store: Path | None) -> str:
    """Make what data/ and `store` say now the data in use; returns its version.

    Raises DataError or OSError; what was in use stays."""
    made = joined(data_dir / FOLDER, ROOT, store, unusable)
    point(data_dir / FOLDER / CURRENT, made.name)
    return made.name


def data_print(store: Path | None) -> DataPrint:
    """Name, time and size of every file that a change would be made in."""
    found = []
    for folder in filter(None, (ROOT / "data", store)):
        for at, folders, names in os.walk(folder):
            folders[:] = [one for one in folders if not one.startswith(".") and one not in NOT_MERGED]
            for name in names:
                try:
                    there = os.stat(os.path.join(at, name))
                except OSError:  # gone between listing and looking: a change as well
                    continue
                found.append((os.path.join(at, name), there.st_mtime_ns, there.st_size))
    return tuple(sorted(found))


def command() -> list[str]:
    return [sys.executable, "-m", "launcher.publish"]


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """No more of the settings than it needs: no secret."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        **{name: settings[name] for name in ("DATA_DIR", "STORE_DIR")},
    }


def do_publish(settings: Mapping[str, str]) -> None:
    """At a start. Raises PreflightError with the line of what cannot be used."""
    done = subprocess.run(
        command(), env=_environment(settings), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        refused = DiskFullError if done.returncode == DISK_FULL else PreflightError
        raise refused(_reason(done.stdout, done.stderr))


def _reason(out: str, err: str) -> str:
    return next(iter([*out.splitlines(), *reversed(err.splitlines())]), "the data could not be looked at")


async def keep_published(settings: Mapping[str, str], published: DataPrint) -> None:
    """Until cancelled: what is changed in data/ or STORE_DIR after `published` and can be used is in use a few seconds later;
    what cannot is told once, and the data before it stays in use."""
    store = store_of(settings)
    done = before = published
    again = float("inf")
    while True:
        await asyncio.sleep(LOOK_S)
        seen = await asyncio.to_thread(data_print, store)
        settled, before = seen == before, seen  # a copy that is still under way is not half a change
        if not settled or (seen == done and time.monotonic() < again):
            continue
        done, again = seen, float("inf")
        try:
            process = await asyncio.create_subprocess_exec(
                *command(),
                env=_environment(settings),
                cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            out, err = (one.decode(errors="replace") for one in await process.communicate())
        except OSError as error:
            console.complain(f"anke: {explained(error)}")
            again = time.monotonic() + AGAIN_S
            continue
        if process.returncode == 0:
            console.say(f"anke: changed data is in use: {out.strip()}")
        else:
            console.complain(f"anke: {_reason(out, err)}；先不用这次的修改，仍按修改前的办")
            if process.returncode != CANNOT_RUN:
                again = time.monotonic() + AGAIN_S


def main() -> int:
    """Prints the version in use (exit code 0), or one line with what cannot be used (2: mend it; 74: the disk is full)."""
    try:
        settings = resolve(os.environ)
        print(publish(Path(settings["DATA_DIR"]), store_of(settings)))
    except (SettingError, DataError) as error:
        print(error)
        return CANNOT_RUN
    except OSError as error:
        refused = explained(error)
        print(refused)
        return refused.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
