"""Files that a person edits while processes run: the newest version that can be used, read again when a file changed.

No threads and no watching by the system: whoever asks for `current` looks at the files' times and sizes, at most once a
second (about 0.2 ms for fifty files).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

log = logging.getLogger("anke.reload")
#: Seconds between two looks at the files.
LOOK_EVERY = 1.0
#: The version of data that is read where it lies: in tests, and in commands of a checkout.
UNPUBLISHED = "checkout"
_ENDINGS = frozenset({".yml", ".yaml"})
_Print = tuple[tuple[str, int, int], ...]
T = TypeVar("T")


def data_root(env: Mapping[str, str]) -> Path:
    """The folder in which the data/ stands that this process reads: what the launcher published (launcher/publish.py), where
    a link leads to the newest; this checkout where nobody told."""
    return Path(env.get("ANKE_DATA_ROOT") or Path(__file__).resolve().parents[1])


def data_version(root: Path) -> str:
    """The name of the state that the data/ below `root` is in; UNPUBLISHED where nobody published it."""
    try:
        return (root / "version").read_text(encoding="utf-8")
    except OSError:
        return UNPUBLISHED


class Reloaded(Generic[T]):
    """What `load` makes of the files at `paths` (folders with all YAML below them, or single files).

    The first load happens here and may raise ValueError or OSError. Later loads never raise: files that cannot be used
    are refused with one line in the log, once for each change, and the old value keeps serving until they can. A link among
    the folders above that leads elsewhere is a change of all files.
    """

    def __init__(
        self,
        load: Callable[[], T],
        paths: Sequence[Path],
        *,
        every: float = LOOK_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load, self._paths, self._every, self._clock = load, tuple(paths), every, clock
        self._seen = _print_of(self._paths)
        self._current = load()
        self._looked = clock()

    @property
    def _changed(self) -> int:
        """The time of the newest file."""
        return max((changed for _, changed, _ in self._seen), default=0)

    @property
    def current(self) -> T:
        """The newest value that could be loaded."""
        now = self._clock()
        if now - self._looked >= self._every:
            self._looked = now
            seen = _print_of(self._paths)
            if seen != self._seen:
                self._seen = seen  # before loading: what changes meanwhile is looked at next time
                self._reload()
        return self._current

    def _reload(self) -> None:
        try:
            self._current = self._load()
        except (ValueError, OSError) as error:
            _refuse(_in_one_line(error), self._changed)
        else:
            log.info("data was changed and is in use: %s", ", ".join(one.name for one in self._paths))


def _in_one_line(error: Exception) -> str:
    first, *more = str(error).splitlines() or [type(error).__name__]
    return f"{first}（还有 {len(more)} 处）" if more else first


_refused: tuple[str, int] | None = None


def _refuse(message: str, changed: int) -> None:
    """One line for a change that cannot be used, though several readers of a process refuse it. `changed`: its time."""
    global _refused
    if _refused != (message, changed):
        _refused = (message, changed)
        log.error("%s；先不用这次的修改，仍按修改前的办", message)


def _print_of(paths: Sequence[Path]) -> _Print:
    """Name, time and size of every file."""
    return tuple(sorted(one for path in paths for one in _files(path)))


def _files(path: Path) -> Iterator[tuple[str, int, int]]:
    there = path.resolve()
    for file in there.rglob("*") if there.is_dir() else (there,):
        if file.suffix in _ENDINGS:
            try:
                found = file.stat()
            except OSError:  # gone between listing and looking: that is a change as well
                continue
            yield str(file), found.st_mtime_ns, found.st_size
