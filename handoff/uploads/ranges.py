"""One byte range of a file (RFC 9110): players ask for the part of a video that they show."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_LONGEST_NUMBER = 18
"""Digits of a position: a file of an exabyte. int() refuses thousands of them with an error of its own."""


@dataclass(frozen=True)
class ByteRange:
    """Bytes `start` … `end`, both included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start + 1


class RangeNotSatisfiable(Exception):
    """The range lies behind the end of the file, or beyond every file: answer 416."""


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """The range that `header` asks for; None: send the whole file (no header, several ranges, or nonsense)."""
    found = _RANGE.fullmatch((header or "").strip())
    if not found or (not found[1] and not found[2]):
        return None
    if max(len(found[1]), len(found[2])) > _LONGEST_NUMBER:
        raise RangeNotSatisfiable
    if not found[1]:
        tail = int(found[2])
        if tail == 0 or size == 0:
            raise RangeNotSatisfiable
        return ByteRange(max(0, size - tail), size - 1)
    start = int(found[1])
    end = min(int(found[2]), size - 1) if found[2] else size - 1
    if start >= size:
        raise RangeNotSatisfiable
    return ByteRange(start, end) if end >= start else None
