"""Fit the weights of data/dialogue/arbiter.yml on the labelled turns, and say whether they are better than those in use.

    .venv/bin/python -m designer.fit_arbiter [--files] [--write]

A logistic model per kind of candidate (is its command one that the label names?) gives the direction in which each weight
should go; a step is kept only where more turns of data/commands are decided right, since candidates compete. `--files`:
fit on every second file and judge by the others, without looking at the held-out half. Otherwise the weights in use and the
fitted ones are compared on tests/commands; nothing is written without --write, and only what is better there.
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
from designer.command_parts import Part, command_parts, right_parts
from designer.commands import Figures, evaluate, latest_of, report, understandings
from designer.inputs import ROOT
from designer.labelled_scenes import scene_of
from designer.labelled_turns import Row, read_rows
from dialogue.arbiter import FEATURES, Arbiter
from dialogue.candidates import Candidate, candidates
from dialogue.decide import choose
from dialogue.meanings.turn import Turn
from dialogue.readers.table import read_all
from dialogue.scene import Store

#: Sizes of the steps that are tried, the larger first.
_STEPS = (0.12, 0.05)
#: A step must mend so many more turns than it breaks, so that single turns do not shape the weights.
_GAIN = 2
#: Rounds over all weights.
_ROUNDS = 2
_FILE = ROOT / "data/dialogue/arbiter.yml"

Weights = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled turn with everything that it could mean."""

    row: Row
    turn: Turn
    found: Sequence[Candidate]
    wanted: frozenset[Part]
    right: Mapping[int, bool]  # place of a candidate -> the label names its command


def examples(rows: Iterable[Row], store: Store) -> list[Example]:
    """Every row, read once."""
    listed = list(rows)
    known = understandings(one.sentence for one in listed)
    return [_example(row, known[row.sentence], store) for row in listed]


def _example(row: Row, understood: dict[str, object], store: Store) -> Example:
    message = message_of(latest_of(row.sentence, understood), {"understanding": understood}, None)
    scene = scene_of(row, message, store)
    turn = Turn(scene, list(read_all(scene)))
    wanted = frozenset(command_parts(row.wanted, store, row))
    found = candidates(turn, store.arbiter)
    named = {}
    for place, one in enumerate(found):
        parts = command_parts([one.command], store, row)
        named[place] = bool(parts) and parts <= wanted
    return Example(row, turn, found, wanted, named)


def slopes(found: Sequence[Example], arbiter: Arbiter) -> dict[tuple[str, str], float]:
    """(kind, feature) -> slope of the log loss of the kind's logistic model at the weights in use."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for example in found:
        for place, one in enumerate(example.found):
            odds = (arbiter.utility(one.kind, one.features) - arbiter.limits["act"]) * 8
            error = 1 / (1 + math.exp(-odds)) - example.right[place]
            for name in FEATURES:
                sums[one.kind, name] += error * (1.0 if name == "base" else one.features.get(name, 0.0))
    return sums


def decided_right(example: Example, arbiter: Arbiter, store: Store) -> bool:
    """Are the commands right with these weights?"""
    weighed = [replace(one, utility=arbiter.utility(one.kind, one.features)) for one in example.found]
    commands = choose(example.turn, weighed, arbiter).commands
    return right_parts(example.wanted, command_parts(commands, store, example.row))


def fitted(found: Sequence[Example], store: Store) -> Weights:
    """Weights in use, moved step by step along the slopes while more turns come out right."""
    weights: Weights = {kind: dict(given) for kind, given in store.arbiter.weights.items()}
    by_kind: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(found):
        for kind in {one.kind for one in example.found}:
            by_kind[kind].append(place)
    right = [decided_right(one, store.arbiter, store) for one in found]
    for _ in range(_ROUNDS):
        steep = slopes(found, Arbiter(weights, store.arbiter.limits, store.arbiter.watchers))
        for (kind, name), slope in sorted(steep.items(), key=lambda one: -abs(one[1])):
            for size in _STEPS:
                step = -math.copysign(size, slope) if slope else 0.0
                tried = {**weights, kind: {**weights[kind], name: weights[kind].get(name, 0.0) + step}}
                arbiter = Arbiter(tried, store.arbiter.limits, store.arbiter.watchers)
                outcome = {place: decided_right(found[place], arbiter, store) for place in by_kind[kind]}
                if step and sum(outcome.values()) - sum(right[place] for place in outcome) >= _GAIN:
                    weights = tried
                    for place, is_right in outcome.items():
                        right[place] = is_right
                    break
    return {kind: {name: round(value, 3) for name, value in given.items()} for kind, given in weights.items()}


def compared(rows: Sequence[Row], store: Store, weights: Weights) -> tuple[Figures, Figures]:
    """The weights in use and the fitted ones on these rows."""
    other = replace(store, arbiter=Arbiter(weights, store.arbiter.limits, store.arbiter.watchers))
    return evaluate(rows, store), evaluate(rows, other)


def by_files(rows: Sequence[Row], store: Store) -> tuple[int, int]:
    """Right rows with the weights in use and with fitted ones, each half of the files judged by weights of the other."""
    files = sorted({one.file for one in rows})
    used = other = 0
    for half in (0, 1):
        judged = set(files[half::2])
        weights = fitted(examples([one for one in rows if one.file not in judged], store), store)
        before, after = compared([one for one in rows if one.file in judged], store, weights)
        used, other = used + before.right, other + after.right
    return used, other


def written(text: str, weights: Weights) -> str:
    """The file with these weights; comments stay."""
    for kind, given in weights.items():
        inside = ", ".join(f"{name}: {value:g}" for name, value in given.items())
        pattern = rf'(?m)^(  "?{kind}"?: +)\{{[^}}]*\}}'
        text = re.sub(pattern, lambda found, told=inside: f"{found[1]}{{{told}}}", text)  # type: ignore[misc]
    return text


def main() -> None:
    """Command line."""
    store = load_dialogue()
    rows, _ = read_rows(ROOT / "data/commands")
    if "--files" in sys.argv:
        used, other = by_files(rows, store)
        print(
            f"data/commands, each half of the files by the other: {used / len(rows):.3f} in use, {other / len(rows):.3f} fitted"
        )
        return
    weights = fitted(examples(rows, store), store)
    here, there = compared(rows, store, weights)
    print(f"data/commands: {here.accuracy:.3f} in use, {there.accuracy:.3f} fitted")
    held, _ = read_rows(ROOT / "tests/commands")
    before, after = compared(held, store, weights)
    for title, figures in (("in use", before), ("fitted", after)):
        print(f"tests/commands, {title}: {report(figures)}")
    better = after.right > before.right
    print(
        json.dumps(
            {"in_use": round(before.accuracy, 4), "fitted": round(after.accuracy, 4), "better": better}
        )
    )
    if "--write" in sys.argv and better:
        Path(_FILE).write_text(written(_FILE.read_text(encoding="utf-8"), weights), encoding="utf-8")


if __name__ == "__main__":
    main()
