"""Words and signs that carry a mood, from data/emotion/lexicon.yml: features for the model, and a verdict without one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

MOODS = ("calm", "displeased", "angry")
TARGETS = ("us", "carrier")
"""Whom a heated customer can be angry with."""
HARMLESS = "harmless"
"""Words that hold a mood word by their letters alone (妈妈的, 垃圾袋): taken out before anything is counted."""
Lists = dict[str, list[str]]


def read_lexicon(file: Path) -> Lists:
    """`angry:`, `displeased:`, `calm:`, `us:`, `carrier:`, `harmless:` lists of words; an absent file is an empty lexicon."""
    if not file.exists():
        return {}
    read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return {mood: [str(w) for w in read.get(mood) or ()] for mood in (*MOODS, *TARGETS, HARMLESS)}


class Lexicon:
    """Counts mood words and signs in normalised text."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self.lists = {mood: list(lists.get(mood) or ()) for mood in (*MOODS, *TARGETS, HARMLESS)}
        self._patterns = {
            mood: re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
            for mood, words in self.lists.items()
            if words
        }

    def counts(self, text: str) -> dict[str, int]:
        """How often each mood is named."""
        harmless = self._patterns.get(HARMLESS)
        text = harmless.sub(" ", text) if harmless else text
        return {m: len(pattern.findall(text)) for m, pattern in self._patterns.items() if m in MOODS}

    def about(self, text: str) -> str | None:
        """Whom the words name: `us` (also when both), `carrier`, or nobody."""
        named = [t for t in TARGETS if t in self._patterns and self._patterns[t].search(text)]
        return named[0] if named else None

    def signs(self, text: str) -> list[str]:
        """Features: mood words by kind (at most two of each count) and shouting punctuation."""
        found = [f"lex:{mood}:{min(n, 2)}" for mood, n in self.counts(text).items() if n]
        if "!!" in text or "！！" in text:
            found.append("sign:shout")
        if re.search(r"[?？]{2,}", text):
            found.append("sign:asking")
        return found

    def classify(self, text: str) -> tuple[str, float]:
        """Mood and heat (0-1) from the words alone, for a store without labelled sentences."""
        counts = self.counts(text)
        shout = 0.15 if "!!" in text else 0.0
        if counts.get("angry"):
            return "angry", min(0.95, 0.7 + 0.1 * counts["angry"] + shout)
        if counts.get("displeased"):
            return "displeased", min(0.55, 0.3 + 0.1 * counts["displeased"] + shout)
        return "calm", 0.05 + shout
