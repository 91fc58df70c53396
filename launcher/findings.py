"""What `anke doctor` finds: one fact and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """`weight`: fine; odd (works, somebody should look); bad (does not work). `advice` is what to do, one line."""

    weight: Literal["fine", "odd", "bad"]
    what: str
    advice: str = ""


def fine(what: str) -> Finding:
    return Finding("fine", what)


def odd(what: str, advice: str) -> Finding:
    return Finding("odd", what, advice)


def bad(what: str, advice: str) -> Finding:
    return Finding("bad", what, advice)
