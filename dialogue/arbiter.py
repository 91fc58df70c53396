"""Weights and limits of the decision, from data/dialogue/arbiter.yml (docs/dialogue.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aftersales.lined_yaml import Lined, read_lined

#: What a weight may stand for.
FEATURES = (
    "base",
    "score",
    "cover",
    "question",
    "open",
    "short",
    "statement",
    "marked",
    "named",
    "model",
    "about_offer",
)
#: The kinds of candidates that have weights.
KINDS = (
    *("set_asked", "set_text", "set_open", "set_below", "correct", "number", "yes", "no", "start", "answer"),
    *("context", "chat", "cancel", "skip", "undo", "explain", "repeat", "resume", "watch", "focus"),
    *("remark", "later", "asks_back"),
)
LIMITS = (
    "act",
    "write",
    "ambiguous",
    "ambiguous_below",
    "rest_chars",
    "rest_beside_number",
    "same_words",
    "short_open_chars",
    "about_offer",
    "sure_answer",
    "whole_answer",
    "talk",
    "beside_answer",
)


class ArbiterError(ValueError):
    """data/dialogue/arbiter.yml is not usable; the message is one Chinese line with file:line."""


@dataclass(frozen=True, slots=True)
class Arbiter:
    """`weights`: kind of candidate -> feature -> weight; `limits`: see the file."""

    weights: Mapping[str, Mapping[str, float]]
    limits: Mapping[str, float]

    def utility(self, kind: str, features: Mapping[str, float]) -> float:
        """base + sum of feature times weight."""
        weights = self.weights[kind]
        return weights.get("base", 0.0) + sum(
            weights.get(name, 0.0) * value for name, value in features.items() if name != "base"
        )


def load_arbiter(file: Path) -> Arbiter:
    """Read and check the file. Raises ArbiterError with the first problem."""
    root, problems = read_lined(file)
    problems = [*problems, *check_arbiter(root)]
    if problems:
        line, message = problems[0]
        raise ArbiterError(f"{file}:{line} {message}")
    weights = {kind: {k: float(v) for k, v in given.items()} for kind, given in root["weights"].items()}
    return Arbiter(weights, {name: float(value) for name, value in root["limits"].items()})


def check_arbiter(root: Lined) -> list[tuple[int, str]]:
    """What is missing or unknown."""
    found: list[tuple[int, str]] = []
    for part, known in (("weights", KINDS), ("limits", LIMITS)):
        given = root.get(part)
        if not isinstance(given, Lined):
            found.append((root.lines.get(part, 1), f"缺少 {part}"))
            continue
        found += [(given.line, f"{part} 里缺少 {name}") for name in known if name not in given]
        for name, value in given.items():
            line = given.lines[name]
            if name not in known:
                found.append((line, f"不认识“{name}”，可以写：{'、'.join(known)}"))
            elif part == "weights":
                found += _feature_problems(value, line)
            elif not isinstance(value, (int, float)):
                found.append((line, f"{name} 要写成一个数"))
    return found


def _feature_problems(value: object, line: int) -> list[tuple[int, str]]:
    if not isinstance(value, Lined):
        return [(line, "要写成 {base: 数, score: 数, …}")]
    return [
        (value.lines[name], f"不认识“{name}”，可以写：{'、'.join(FEATURES)}，值是一个数")
        for name, one in value.items()
        if name not in FEATURES or not isinstance(one, (int, float))
    ]
