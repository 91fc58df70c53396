"""data/watchers and tests/watchers: enough sentences, half of them traps, none in both; and what `designer.watchers` counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.encoder.reading import WATCHERS, encoder_text
from designer.encoder.examples import labelled_watchers
from designer.inputs import ROOT
from designer.watchers import Told, figures

DATA, TEST = ROOT / "data" / "watchers", ROOT / "tests" / "watchers"
NAMES = ("complaint", "human", "privacy", "safety", "threat")


def lines(file: Path) -> list[tuple[str, str]]:
    rows = [
        line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
    ]
    return [(label, text) for label, text in rows]


@pytest.mark.parametrize("name", NAMES)
def test_each_watcher_has_enough_sentences_and_enough_traps(name: str) -> None:
    labels = Counter("no" if label == "no" else "yes" for label, _ in lines(DATA / f"{name}.tsv"))
    assert sum(labels.values()) >= 400
    assert labels["no"] >= 0.4 * sum(labels.values())
    assert labels["yes"] >= 0.4 * sum(labels.values())


def test_no_test_sentence_was_trained_on() -> None:
    trained = {encoder_text(text) for text, _, _ in labelled_watchers(DATA)}
    graded = (ROOT / "data/emotion/graded.tsv").read_text(encoding="utf-8").splitlines()
    moods = {encoder_text(line.partition("\t")[2]) for line in graded}
    assert not {encoder_text(text) for text, _, _ in labelled_watchers(TEST)} & trained
    tested = (ROOT / "tests/emotion/graded.tsv").read_text(encoding="utf-8").splitlines()
    assert not {encoder_text(line.partition("\t")[2]) for line in tested if line[:1] != "#"} & moods


def test_labels_name_the_heads_of_the_encoder() -> None:
    assert {head for _, labels, _ in labelled_watchers(DATA) for head in labels} == set(WATCHERS)


def test_figures_count_what_was_found_missed_and_made_up() -> None:
    def told(label: float, score: float) -> Told:
        scores = dict.fromkeys(("safety", "threat", "human", "complaint", "repeat", "privacy", "others"), 0.0)
        return Told("x", {"human": label}, {**scores, "human": score})

    found = figures([told(1, 0.9), told(1, 0.2), told(0, 0.6), told(0, 0.1)])
    assert found["human"] == {"n": 4, "precision": 0.5, "recall": 0.5, "auc": 0.75}
    assert found["person"]["recall"] == 0.5
