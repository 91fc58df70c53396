"""The labelled sentences of data/watchers, and what an intent says of a watcher. Pure but for the reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.encoder.reading import WATCHERS
from bot.intent.categories import category_of

BLOCK, PARTS = 20, 6
"""Neighbouring sentences of a file that are kept apart together (writers vary one idea in a row), and one block of so many:
neither the encoder nor the spelling learns from them, so that weights and limits can be chosen on them."""
SO_TOO, NOT_TOLD = "+", "?"
_OWN: dict[str, dict[str, tuple[str, ...]]] = {
    "complaint": {"complaint": ("complaint", "repeat"), "repeat": ("repeat",)},
    "privacy": {"privacy": ("yes",), "others": ("others",)},
}
"""File -> watcher -> labels that say yes to it; any other file is about the watcher of its name."""
_MOSTLY = {"threat": frozenset({"complaint"}), "human": frozenset({"complaint"})}
"""File -> watchers that it leaves open: who threatens or wants a person mostly complains as well."""
_BY_INTENT = {
    "safety_hazard": {"safety": 1.0},
    "threaten": {"threat": 1.0},
    "ask_human": {"human": 1.0},
    "complain_repeat": {"complaint": 1.0, "repeat": 1.0},
    "complain_attitude": {"complaint": 1.0},
    "complain_slow_reply": {"complaint": 1.0},
    "complain_result": {"complaint": 1.0},
}
"""Intents that say yes to a watcher."""
_SILENT = {
    "safety": ("complaint.", "product.quality", "logistics.damaged", "service.other"),
    "threat": ("complaint.", "service.other"),
    "human": ("complaint.", "service.other"),
    "complaint": ("complaint.", "service.human", "service.other", "logistics.urge", "refund.progress"),
    "repeat": ("complaint.", "service.human", "service.other", "logistics.urge", "refund.progress"),
    "privacy": ("complaint.", "service.other", "service.human"),
    "others": ("complaint.", "service.other", "service.human"),
}
"""Categories that say neither yes nor no to a watcher; all others say no."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A sentence; `told`: watcher -> 1 or 0; `hardly`: watchers that it is no sentence of, as nobody said otherwise;
    `apart`: kept out of training."""

    text: str
    told: dict[str, float]
    hardly: frozenset[str]
    apart: bool


def read_watched(folder: Path) -> Iterator[Watched]:
    """Every labelled sentence of the folder, in a fixed order."""
    for place, file in enumerate(sorted(folder.glob("*.tsv"))):
        number = 0
        for line in file.read_text(encoding="utf-8").splitlines():
            label, tab, text = line.partition("\t")
            if not tab or line.startswith("#"):
                continue
            told, unknown = watched_labels(file.stem, label.strip())
            hardly = frozenset(WATCHERS) - set(told) - unknown - _MOSTLY.get(file.stem, frozenset())
            yield Watched(text.strip(), told, hardly, number // BLOCK % PARTS == place % PARTS)
            number += 1


def watched_labels(file: str, label: str) -> tuple[dict[str, float], frozenset[str]]:
    """What a label says, and which watchers it leaves open. `yes`, `no` or the name of a second watcher of the file; behind
    it `+threat` (that as well) or `?human` (may be) for watchers of other files."""
    marked = label.replace(SO_TOO, f" {SO_TOO}").replace(NOT_TOLD, f" {NOT_TOLD}").split()
    own = _OWN.get(file, {file: ("yes",)})
    told = {watcher: float(marked[0] in yes) for watcher, yes in own.items()}
    told |= {one[1:]: 1.0 for one in marked[1:] if one.startswith(SO_TOO)}
    return told, frozenset(one[1:] for one in marked[1:] if one.startswith(NOT_TOLD))


def told_by_intent(intent: str) -> dict[str, float]:
    """What a sentence of this intent says of the watchers, though nobody read it for them."""
    category = category_of(intent)
    told = {one: 0.0 for one in WATCHERS if not category.startswith(_SILENT[one])}
    return told | _BY_INTENT.get(intent, {})
