"""A head for something that is younger than the encoder: "is it this one?" over the encoder's vectors, fitted by `make train`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import numpy as np

from bot.encoder.encoder import Floats

MOST_OWN, MOST_OTHERS = 400, 2000
"""Sentences of its own, and of all others together, that a head is fitted on: three seconds of vectors."""
STRENGTH = 3.0


def young_head(
    own: Sequence[str], others: Sequence[str], vectors_of: Callable[[Sequence[str]], Floats]
) -> tuple[list[float], float]:
    """Weights and bias. `own`: texts (`Prepared.text`) that are it; `others`: texts that are not; `vectors_of`: the
    encoder's numbers that the head is for (`Encoder.vectors`, `Encoder.asking`)."""
    from sklearn.linear_model import LogisticRegression

    random = Random(5)
    inside, outside = (
        random.sample(list(texts), min(len(texts), most))
        for texts, most in ((own, MOST_OWN), (others, MOST_OTHERS))
    )
    rows = sorted(
        [*((one, True) for one in inside), *((one, False) for one in outside)], key=lambda r: len(r[0])
    )
    vectors = np.vstack(
        [vectors_of([text or " " for text, _ in rows[k : k + 32]]) for k in range(0, len(rows), 32)]
    )
    fitted = LogisticRegression(C=STRENGTH, max_iter=300).fit(vectors, [yes for _, yes in rows])
    return [float(w) for w in fitted.coef_[0]], float(fitted.intercept_[0])
