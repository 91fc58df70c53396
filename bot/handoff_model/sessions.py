"""Labelled sessions: the JSONL of `make eval-handoff` and data/handoff, read and checked."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROLES = ("customer", "shop")
Tokenise = Callable[[str], list[str]]


class SessionError(ValueError):
    """A line that is not a session; the message names file, line and what is wrong, in Chinese for designers."""


@dataclass(frozen=True)
class Utterance:
    """One utterance. Signals beyond the words are optional; unknown is NaN, which the trees understand."""

    role: str
    tokens: tuple[str, ...]
    transfer: bool = False
    emotion: float = math.nan  # 0..1, how angry
    confidence: float = math.nan  # 0..1, of the intent
    form_failed: float = math.nan  # 1 when a form refused this answer
    silence_s: float = math.nan  # seconds since the utterance before


Session = tuple[Utterance, ...]


def read_sessions(path: Path, tokenise: Tokenise) -> list[Session]:
    """Every session of a file; `tokenise` splits `text`, `tokens` are taken as they are.

    Raises SessionError naming the first bad line; a file without any session is an error too.
    """
    sessions: list[Session] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SessionError(f"{path}: 读不了（{error}）") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                sessions.append(
                    tuple(parse_utterance(turn, tokenise) for turn in json.loads(line)["session"])
                )
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise SessionError(f"{path} 第 {number} 行不是会话：{error}") from None
    if not sessions:
        raise SessionError(f"{path}: 里面没有会话")
    return sessions


def parse_utterance(turn: dict[str, object], tokenise: Tokenise) -> Utterance:
    """One turn of a line. Raises ValueError when role, words or label are missing or odd."""
    role = turn.get("role")
    if role not in ROLES:
        raise ValueError(f"role 只能是 customer 或 shop（现在是 {role!r}）")
    tokens = turn.get("tokens")
    text = turn.get("text")
    if isinstance(tokens, list):
        words = [str(token) for token in tokens]
    elif isinstance(text, str):
        words = tokenise(text)
    else:
        raise ValueError("每句要有 text 或 tokens")
    label = turn.get("transfer", 0)
    if label not in (0, 1):
        raise ValueError(f"transfer 只能是 0 或 1（现在是 {label!r}）")
    return Utterance(
        role=str(role),
        tokens=tuple(words),
        transfer=bool(label),
        emotion=_number(turn, "emotion"),
        confidence=_number(turn, "confidence"),
        form_failed=_number(turn, "form_failed"),
        silence_s=_number(turn, "silence_s"),
    )


def _number(turn: dict[str, object], key: str) -> float:
    value = turn.get(key)
    return float(value) if isinstance(value, (int, float)) else math.nan


def labels(sessions: Iterable[Session]) -> list[int]:
    """The labels of all utterances, in order."""
    return [int(u.transfer) for session in sessions for u in session]
