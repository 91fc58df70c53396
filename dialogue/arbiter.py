"""Weights and limits of the decision, from data/dialogue/arbiter.yml (docs/dialogue.md)."""

from __future__ import annotations

import math
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
    *("remark", "later", "asks_back", "known", "either", "note"),
)
#: What is watched for by meaning, and the evidence for and against (readers/watch.py).
WATCHED = ("safety", "threat", "human", "complaint", "repeat", "privacy", "others")
EVIDENCE = ("base", "model", "words", "refused", "harmless", "weak", "asks", "intent", "elsewhere")
_FEATURES_OF = {"weights": FEATURES, "watchers": EVIDENCE}
LIMITS = (
    "act",
    "write",
    "write_beside",
    "write_asked_beside",
    "ambiguous",
    "ambiguous_below",
    "rest_chars",
    "rest_beside_number",
    "same_words",
    "short_open_chars",
    "about_offer",
    "sure_answer",
    "sure_question",
    "sure_told",
    "look_up_ahead",
    "beside_matter",
    "sure_look_up",
    "sure_while_waiting",
    "question_cover",
    "whole_answer",
    "talk",
    "beside_answer",
)


class ArbiterError(ValueError):
    """data/dialogue/arbiter.yml is not usable; the message is one Chinese line with file:line."""


@dataclass(frozen=True, slots=True)
class Arbiter:
    """`weights`: kind of candidate -> feature -> weight; `limits`: see the file; `watchers`: watcher -> evidence -> weight."""

    weights: Mapping[str, Mapping[str, float]]
    limits: Mapping[str, float]
    watchers: Mapping[str, Mapping[str, float]]

    def watched(self, name: str, evidence: Mapping[str, float]) -> float:
        """Probability of a watcher: logistic in base + sum of evidence times weight."""
        weights = self.watchers[name]
        odds = weights.get("base", 0.0) + sum(
            weights.get(one, 0.0) * value for one, value in evidence.items()
        )
        return 1 / (1 + math.exp(-odds))

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
    watchers = {name: {k: float(v) for k, v in given.items()} for name, given in root["watchers"].items()}
    return Arbiter(weights, {name: float(value) for name, value in root["limits"].items()}, watchers)


def check_arbiter(root: Lined) -> list[tuple[int, str]]:
    """What is missing or unknown."""
    found: list[tuple[int, str]] = []
    for part, known in (("weights", KINDS), ("watchers", WATCHED), ("limits", LIMITS)):
        given = root.get(part)
        if not isinstance(given, Lined):
            found.append((root.lines.get(part, 1), f"缺少 {part}"))
            continue
        found += [(given.line, f"{part} 里缺少 {name}") for name in known if name not in given]
        for name, value in given.items():
            line = given.lines[name]
            if name not in known:
                found.append((line, f"不认识“{name}”，可以写：{'、'.join(known)}"))
            elif part in _FEATURES_OF:
                found += _feature_problems(value, line, _FEATURES_OF[part])
            elif not isinstance(value, (int, float)):
                found.append((line, f"{name} 要写成一个数"))
    return found


def _feature_problems(value: object, line: int, known: tuple[str, ...]) -> list[tuple[int, str]]:
    if not isinstance(value, Lined):
        return [(line, f"要写成 {{base: 数, {known[1]}: 数, …}}")]
    return [
        (value.lines[name], f"不认识“{name}”，可以写：{'、'.join(known)}，值是一个数")
        for name, one in value.items()
        if name not in known or not isinstance(one, (int, float))
    ]
