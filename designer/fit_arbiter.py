"""Fit the weights of data/dialogue/arbiter.yml on the labelled turns, and say whether they are better than those in use.

    .venv/bin/python -m designer.fit_arbiter [--write]

One logistic model per kind of candidate over the features that decide.py weighs: is the candidate's command one of those
that the label names? Fitted on data/commands, compared on tests/commands (the held-out half). Nothing is written without
--write, and only what is better there.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from actions.dialogue_action import message_of
from actions.store import load_dialogue
from designer.command_parts import command_parts
from designer.commands import Figures, evaluate, latest_of, report, understandings
from designer.inputs import ROOT
from designer.labelled_scenes import scene_of
from designer.labelled_turns import Row, read_rows
from dialogue.arbiter import FEATURES, Arbiter
from dialogue.candidates import candidates
from dialogue.meanings.turn import Turn
from dialogue.readers.table import read_all
from dialogue.scene import Store

#: Rounds and step of the gradient descent; how strongly weights are held near those in use.
_ROUNDS, _STEP, _HOLD = 400, 0.5, 0.03
#: A utility of `act` means as likely right as wrong; so much utility is one unit of log odds.
_SCALE = 0.12
#: Fewer examples than this, and the kind keeps its weights.
_FEWEST = 25
_FILE = ROOT / "data/dialogue/arbiter.yml"

Weights = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate of a labelled turn; `right`: the label names its command."""

    kind: str
    features: Mapping[str, float]
    right: bool
    file: str


def examples(rows: Iterable[Row], store: Store) -> list[Example]:
    """Every candidate of every row."""
    listed = list(rows)
    known = understandings(one.sentence for one in listed)
    found: list[Example] = []
    for row in listed:
        understood = known[row.sentence]
        message = message_of(latest_of(row.sentence, understood), {"understanding": understood}, None)
        scene = scene_of(row, message, store)
        wanted = command_parts(row.wanted, store, row)
        for one in candidates(Turn(scene, list(read_all(scene))), store.arbiter):
            parts = command_parts([one.command], store, row)
            found.append(Example(one.kind, one.features, bool(parts) and parts <= wanted, row.file))
    return found


def fitted(found: Sequence[Example], arbiter: Arbiter) -> Weights:
    """Weights of every kind, those in use where there are too few examples."""
    by_kind: dict[str, list[Example]] = defaultdict(list)
    for one in found:
        by_kind[one.kind].append(one)
    return {
        kind: _fit(by_kind[kind], given, arbiter.limits["act"])
        if len(by_kind[kind]) >= _FEWEST
        else dict(given)
        for kind, given in arbiter.weights.items()
    }


def _fit(found: Sequence[Example], given: Mapping[str, float], act: float) -> dict[str, float]:
    """Gradient descent on the log loss, held near the weights in use; the features are those that the kind weighs."""
    names = [one for one in FEATURES if one == "base" or any(row.features.get(one) for row in found)]
    start = {name: (given.get(name, 0.0) - (act if name == "base" else 0.0)) / _SCALE for name in names}
    weights = dict(start)
    for _ in range(_ROUNDS):
        slope = {name: _HOLD * (weights[name] - start[name]) for name in names}
        for row in found:
            inputs = {name: 1.0 if name == "base" else row.features.get(name, 0.0) for name in names}
            odds = sum(weights[name] * inputs[name] for name in names)
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds)))) - row.right
            for name in names:
                slope[name] += error * inputs[name] / len(found)
        for name in names:
            weights[name] -= _STEP * slope[name]
    told = {name: round(weights[name] * _SCALE + (act if name == "base" else 0.0), 3) for name in names}
    return {name: value for name, value in told.items() if value or name == "base"}


def compared(rows: Sequence[Row], store: Store, weights: Weights) -> tuple[Figures, Figures]:
    """The weights in use and the fitted ones on these rows."""
    other = replace(store, arbiter=Arbiter(weights, store.arbiter.limits))
    return evaluate(rows, store), evaluate(rows, other)


def by_files(rows: Sequence[Row], store: Store) -> tuple[int, int]:
    """Right rows with the weights in use and with fitted ones, each file judged by weights fitted on the others."""
    found = examples(rows, store)
    used = other = 0
    for file in sorted({one.file for one in rows}):
        weights = fitted([one for one in found if one.file != file], store.arbiter)
        before, after = compared([one for one in rows if one.file == file], store, weights)
        used, other = used + before.right, other + after.right
    return used, other


def written(text: str, weights: Weights) -> str:
    """The file with these weights; comments stay."""
    for kind, given in weights.items():
        inside = ", ".join(f"{name}: {value:g}" for name, value in given.items())
        text = re.sub(rf'(?m)^(  "?{kind}"?: +\{{)[^}}]*(?=\}})', rf"\g<1>{inside}", text)
    return text


def main() -> None:
    """Command line."""
    store = load_dialogue()
    rows, _ = read_rows(ROOT / "data/commands")
    used, other = by_files(rows, store)
    print(
        f"data/commands, each file by the others: {used / len(rows):.3f} in use, {other / len(rows):.3f} fitted"
    )
    if "--train-only" in sys.argv:
        return
    weights = fitted(examples(rows, store), store.arbiter)
    held, _ = read_rows(ROOT / "tests/commands")
    before, after = compared(held, store, weights)
    for title, figures in (("in use", before), ("fitted", after)):
        print(f"tests/commands, {title}:\n{report(figures)}")
    better = after.right > before.right
    told = {"in_use": round(before.accuracy, 4), "fitted": round(after.accuracy, 4), "better": better}
    print(json.dumps(told))
    if "--write" in sys.argv and better:
        Path(_FILE).write_text(written(_FILE.read_text(encoding="utf-8"), weights), encoding="utf-8")


if __name__ == "__main__":
    main()
