"""Encoders side by side, on sentences that none of them has seen: `.venv-bot/bin/python -m designer.encoder.table FOLDER …`.

Folders are what `python -m designer.encoder --unmixed --out FOLDER` wrote (layers, --part, --seed, --without). The linear model is
trained once, without the sentences kept apart; each encoder is mixed with it at the weight that ships. Prints a line of Markdown for
each, heads that were not taught as a dash. Figures of the test sets by category; watchers: mean area under the curve of their heads.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.encoder.encoder import FOLDER, Encoded, Encoder, read_manifest
from bot.encoder.reading import WATCHERS, encoder_text
from bot.intent.mixed import FLOOR
from designer.encoder.examples import Example, labelled_watchers, read_all
from designer.encoder.figures import area, held_out_figures
from designer.encoder.mix import by_category, linear_beliefs
from designer.inputs import ROOT

HEADINGS = (
    *(
        "encoder",
        "layers",
        "share",
        "heads left out",
        "category, held out: alone / mix",
        "turns: alone / mix",
    ),
    *(
        "mood, held out: calm / angry",
        "watchers, held out",
        "watchers, tests",
        "known question first",
        "CPU s",
    ),
)
NONE = "–"
BATCH = 32


def line(name: str, manifest: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """The cells of an encoder's row. `found`: see `measured`."""
    plan = manifest.get("plan") or {}
    without = tuple(plan.get("without") or ())
    mood, asked = found["mood"], found["question"]
    return [
        name,
        str(manifest["layers"]),
        f"{plan.get('part', 1.0):.2f}",
        ", ".join(without) or NONE,
        NONE if "intent" in without else f"{found['alone'][0]:.3f} / {found['mix'][0]:.3f}",
        NONE if "intent" in without else f"{found['alone'][1]:.3f} / {found['mix'][1]:.3f}",
        NONE if "mood" in without else f"{mood['auc_calm']:.3f} / {mood['auc_angry']:.3f}",
        NONE if "watch" in without else f"{found['watch']:.3f}",
        NONE if "watch" in without else f"{found['watch_tests']:.3f}",
        NONE if "question" in without else f"{asked.get('first', 0.0):.3f}",
        str(manifest.get("cpu_s", NONE)),
    ]


class ReadOnce(Encoder):
    """An encoder that has read these texts already, those of like length together: a third of the time."""

    def __init__(self, encoder: Encoder, texts: Iterable[str]) -> None:
        """`encode` of any of `texts` costs nothing."""
        self.intents, self.questions = encoder.intents, encoder.questions
        listed = sorted(set(texts), key=len)
        parts = [listed[i : i + BATCH] for i in range(0, len(listed), BATCH)]
        self._known = {
            text: one for part in parts for text, one in zip(part, encoder.encode_all(part), strict=True)
        }

    def encode(self, text: str) -> Encoded:
        """As it was read."""
        return self._known[text]


def measured(encoder: Encoder, examples: Sequence[Example], told: Any, weight: float) -> dict[str, Any]:
    """Figures of one encoder. `told`: what the linear model believes (designer.encoder.mix)."""
    apart = [e for e in examples if e.apart]
    tests = list(labelled_watchers(ROOT / "tests" / "watchers"))
    encoder = ReadOnce(
        encoder, [*(e.text for e in apart), *told.texts, *(encoder_text(t) for t, _, _ in tests)]
    )
    figures = held_out_figures(encoder, apart)
    found = np.array([encoder.encode(text).intents for text in told.texts])
    alone = by_category(found, encoder.intents, told.categories)
    mix = np.log(told.linear + FLOOR) + weight * np.log(alone + FLOOR)
    parts = slice(0, told.apart), slice(told.apart, None)
    return {
        "alone": [_right(alone, told.true, part) for part in parts],
        "mix": [_right(mix, told.true, part) for part in parts],
        "mood": figures["mood"],
        "question": figures["question"],
        "watch": float(np.mean([one["auc"] for one in figures["watch"].values()])),
        "watch_tests": _watch_tests(encoder, tests),
    }


def _right(scores: Any, true: Any, part: slice) -> float:
    return float((scores[part].argmax(1) == true[part]).mean())


def _watch_tests(encoder: Encoder, rows: Sequence[tuple[str, Mapping[str, float], bool]]) -> float:
    told = [encoder.encode(encoder_text(text)).watched for text, _, _ in rows]
    areas = []
    for head in WATCHERS:
        own = [
            (labels[head] > 0.5, one[head])
            for (_, labels, _), one in zip(rows, told, strict=True)
            if head in labels
        ]
        areas.append(area(np.array([score for _, score in own]), np.array([yes for yes, _ in own])))
    return float(np.mean(areas))


def main(folders: Sequence[str]) -> None:
    """Command line."""
    examples = read_all()
    told = linear_beliefs(examples)
    weight = float(read_manifest(FOLDER)["mix"]["weight"])
    print("| " + " | ".join(HEADINGS) + " |\n|" + " --- |" * len(HEADINGS), flush=True)
    for folder in map(Path, folders):
        encoder = Encoder(folder)
        found = measured(encoder, examples, told, weight)
        print("| " + " | ".join(line(folder.name, encoder.manifest, found)) + " |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
