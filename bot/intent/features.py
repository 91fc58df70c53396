"""What the linear model looks at in a sentence, and how one sentence becomes a row of numbers.

Characters and their pairs carry typos, dialect and half words; jieba's words add what characters blur. The sentence's
edges are marked: "退款" alone is not "退款" inside a story. Longer n-grams, word pairs, skip-grams and groups of synonyms
were tried and made held-out turns worse or no better (docs/reports/intent.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np

from bot.intent.prepared import Prepared


def features(sentence: Prepared, characters: int) -> list[str]:
    """All features with repetitions: n-grams of 1 to `characters` characters, and words."""
    text = f"^{sentence.text.replace(' ', '')}$"
    grams = [text[i : i + n] for n in range(1, characters + 1) for i in range(len(text) - n + 1)]
    return grams + [f"w:{word}" for word in sentence.words]


def row(found: list[str], vocabulary: Mapping[str, int], idf: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(columns, values) of one sentence: sublinear TF-IDF of length 1, as scikit-learn computes it for training.

    Why not scikit-learn here too: its vectoriser costs ten times the arithmetic for a single sentence.
    """
    counts = Counter(column for feature in found if (column := vocabulary.get(feature)) is not None)
    columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    weights = np.fromiter((1.0 + math.log(n) for n in counts.values()), dtype=np.float32, count=len(counts))
    values = weights * idf[columns]
    length = float(np.sqrt(values @ values))
    return columns, values / length if length else values
