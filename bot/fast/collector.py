"""The garbage collector leaves the loaded model alone.

Reason: Rasa and a model are about a million objects that never die; every full collection walks all of them (0.1-0.2 s in
which no turn moves) and a turn makes enough objects to cause one every few dozen turns.
"""

from __future__ import annotations

import gc

THRESHOLDS = (20_000, 20, 50)


def settle() -> None:
    """After the model is loaded: what is there now is permanent; collect what comes later more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
