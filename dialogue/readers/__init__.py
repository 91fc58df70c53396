"""Readers: everything a message could mean, one reader a file. They never act and never see each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dialogue.reading import Reading
from dialogue.scene import Scene

Reader = Callable[[Scene], Iterator[Reading]]


def read_all(scene: Scene) -> Iterator[Reading]:
    """The readings of every reader of the table, in its order."""
    from dialogue.readers.table import READERS

    for read in READERS:
        yield from read(scene)
