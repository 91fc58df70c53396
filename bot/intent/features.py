"""What the linear model looks at in a sentence, and how one sentence becomes a row of numbers.

As written: characters and their pairs carry dialect and half words; jieba's words add what characters blur. The sentence's
edges are marked: "退款" alone is not "退款" inside a story. As heard: syllables and their chains, which a phone's keyboard
leaves alone when it takes the wrong character ("块递", "推款"). Longer n-grams of characters, word pairs, skip-grams and
groups of synonyms were tried and made held-out turns worse or no better (docs/reports/intent.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from bot.intent.prepared import Prepared


def text_features(sentence: Prepared, characters: int) -> list[str]:
    """All features with repetitions: n-grams of 1 to `characters` characters, and words."""
    return [*_ngrams(f"^{sentence.text.replace(' ', '')}$", characters), *(f"w:{w}" for w in sentence.words)]


def phonetic_features(sentence: Prepared, syllables: Mapping[str, str], longest: int) -> list[str]:
    """Chains of 1 to `longest` syllables, tones left out; what is not a Chinese character sounds like itself."""
    found = [syllables.get(c, c) + " " for c in f"^{sentence.text.replace(' ', '')}$"]
    return _ngrams(found, longest)


def _ngrams(signs: Sequence[str], longest: int) -> list[str]:
    found = list(signs)
    grams: Sequence[str] = signs
    for n in range(2, longest + 1):
        grams = [gram + sign for gram, sign in zip(grams, signs[n - 1 :], strict=False)]
        found += grams
    return found


def tfidf_row(
    found: Sequence[str], vocabulary: Mapping[str, int], idf: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(columns, values) of one sentence: sublinear TF-IDF of length 1, as scikit-learn computes it for training.

    Why not scikit-learn here too: its vectoriser costs ten times the arithmetic for a single sentence.
    """
    counts = Counter(column for feature in found if (column := vocabulary.get(feature)) is not None)
    columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    weights = np.fromiter((1.0 + math.log(n) for n in counts.values()), dtype=np.float32, count=len(counts))
    values = weights * idf[columns]
    length = float(np.sqrt(values @ values))
    return columns, values / length if length else values
