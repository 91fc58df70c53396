"""What is watched for, measured: `.venv/bin/python -m designer.watchers [FOLDER] [--wrong] [--fit]`.

Lines of data/watchers or tests/watchers (label, tab, sentence), each as the first message of a conversation, read by the bot's
model and the dialogue's readers as they are. Prints precision, recall and the area under the curve by watcher, and over all
those that bring a person; `--wrong`: the sentences; `--plain`: false alarms among everyday sentences; `--fit`: weights for arbiter.yml by logistic regression over the
evidence (read only sentences that the encoder has not seen: `--held-out`, the everyday ones too: `--plain`). Last line: one JSON object.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from actions.dialogue_action import message_of
from actions.store import load_dialogue
from designer.commands import latest_of, understandings
from designer.encoder.examples import labelled_watchers, read_all
from designer.imagined import NOW
from designer.inputs import ROOT
from designer.nlu_files import read_examples
from dialogue.arbiter import EVIDENCE, WATCHED, Arbiter
from dialogue.message import Circumstances
from dialogue.outside import Outside
from dialogue.readers.watch import read
from dialogue.scene import Scene, Store
from dialogue.state import State

#: Head of the encoder -> name of the reading.
READING = {"others": "others_data"}
#: Watchers that bring a person at once.
BRINGING = ("safety", "threat", "human", "repeat", "privacy")
SEEN = 0.5


@dataclass
class Told:
    """A labelled sentence and what was made of it, by watcher."""

    text: str
    labels: Mapping[str, float]
    scores: dict[str, float] = field(default_factory=dict)
    evidence: dict[str, Mapping[str, float]] = field(default_factory=dict)


class _Listening(Arbiter):
    """An arbiter that remembers what it was asked."""

    heard: dict[str, Mapping[str, float]] = {}

    def watched(self, name: str, evidence: Mapping[str, float]) -> float:
        _Listening.heard[name] = evidence
        return super().watched(name, evidence)


def told(rows: Sequence[tuple[str, Mapping[str, float]]], store: Store) -> Iterator[Told]:
    """Every sentence read once."""
    known = understandings(text for text, _ in rows)
    listening = replace(
        store, arbiter=_Listening(store.arbiter.weights, store.arbiter.limits, store.arbiter.watchers)
    )
    for text, labels in rows:
        understood = known[text]
        message = message_of(latest_of(text, understood), {"understanding": understood}, None)
        scene = Scene(message, Circumstances("t", "c", NOW), State(episode=1), listening, Outside())
        _Listening.heard = {}
        one = Told(text, labels)
        readings = list(read(scene))
        for head in WATCHED:
            name = READING.get(head, head)
            seen = [r.score for r in readings if r.name == name and not r.negated]
            one.scores[head] = max(seen, default=0.0)
        one.evidence = dict(_Listening.heard)
        yield one


def figures(all_told: list[Told]) -> dict[str, dict[str, float]]:
    """Precision, recall, area under the curve by watcher; `person`: any of those that bring one."""
    out: dict[str, dict[str, float]] = {}
    for head in WATCHED:
        rows = [(one.labels[head] > 0.5, one.scores[head]) for one in all_told if head in one.labels]
        if rows:
            out[head] = _figures(rows)
    brings = [
        (any(one.labels.get(h, 0) > 0.5 for h in BRINGING), max(one.scores[h] for h in BRINGING))
        for one in all_told
        if any(h in one.labels for h in BRINGING)
    ]
    return {**out, "person": _figures(brings)} if brings else out


def _figures(rows: list[tuple[bool, float]]) -> dict[str, float]:
    hit = sum(yes and score >= SEEN for yes, score in rows)
    said, true = sum(score >= SEEN for _, score in rows), sum(yes for yes, _ in rows)
    pairs = [(a > b) + (a == b) / 2 for yes, a in rows if yes for no, b in rows if not no]
    return {
        "n": len(rows),
        "precision": round(hit / max(1, said), 3),
        "recall": round(hit / max(1, true), 3),
        "auc": round(sum(pairs) / max(1, len(pairs)), 3),
    }


def fitted(all_told: list[Told]) -> dict[str, dict[str, float]]:
    """Weights by watcher: ridge-penalised logistic regression by gradient steps, drawn towards the weights in use."""
    store = load_dialogue()
    out = {}
    for head in WATCHED:
        rows = [
            (one.evidence[head], one.labels[head])
            for one in all_told
            if head in one.labels and head in one.evidence
        ]
        start = {name: store.arbiter.watchers[head].get(name, 0.0) for name in EVIDENCE}
        weights = dict(start)
        for _ in range(3000):
            slopes = {name: 2.0 * (weights[name] - start[name]) for name in EVIDENCE}
            for evidence, label in rows:
                odds = weights["base"] + sum(weights[name] * value for name, value in evidence.items())
                error = 1 / (1 + math.exp(-odds)) - label
                slopes["base"] += error
                for name, value in evidence.items():
                    slopes[name] += error * value
            for name in EVIDENCE:
                weights[name] -= 0.002 * slopes[name]
        out[head] = {name: round(value, 2) for name, value in weights.items() if abs(value) >= 0.005}
    return out


def main(words: list[str]) -> None:
    """Command line."""
    folder = Path(next((one for one in words if not one.startswith("--")), ROOT / "tests" / "watchers"))
    rows = [
        (text, labels)
        for text, labels, apart in labelled_watchers(folder)
        if apart or "--held-out" not in words
    ]
    all_told = list(told(rows, load_dialogue()))
    found: dict[str, Any] = figures(all_told)
    for head, one in found.items():
        print(
            f"{head:10} n {one['n']:4}  precision {one['precision']:.3f}  recall {one['recall']:.3f}  auc {one['auc']:.3f}"
        )
    if "--wrong" in words:
        for told_one in all_told:
            for head, label in told_one.labels.items():
                if (told_one.scores[head] >= SEEN) != (label > 0.5):
                    print(
                        f"  {head} {'+' if label > 0.5 else '-'} {told_one.scores[head]:.2f}  {told_one.text}"
                    )
    alarmed = list(told(list(_plain()), load_dialogue())) if "--plain" in words else []
    if "--fit" in words:
        for head, weights in fitted([*all_told, *alarmed]).items():
            print(f"  {head}: {weights}")
    if alarmed:
        raised = {h: sum(one.scores[h] >= SEEN for one in alarmed) for h in WATCHED}
        print(f"of {len(alarmed)} everyday sentences: {raised}")
        if "--wrong" in words:
            for one in alarmed:
                if seen := [h for h in BRINGING if one.scores[h] >= SEEN]:
                    print(f"  {','.join(seen)}  {one.text}")
    print(json.dumps(found))


def _plain() -> Iterator[tuple[str, Mapping[str, float]]]:
    """Every fourth sentence of data/nlu that the encoder has not seen and whose intent says no to all that bring a person."""
    kept = [(one, e) for one, e in zip(read_examples(), read_all(), strict=False) if e.apart]
    quiet = [(one.text, e.watched) for one, e in kept if not any(e.watched.get(h) for h in WATCHED)]
    yield from quiet[::4]


if __name__ == "__main__":
    main(sys.argv[1:])
