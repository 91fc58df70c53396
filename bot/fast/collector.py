"""The garbage collector leaves the loaded model alone.

Reason: Rasa and a model are about a million objects that never die; every full collection walks all of them (0.1-0.2 s in
which no turn moves) and a turn makes enough objects to cause one every few dozen turns. What loading took and freed again
(14 MB) goes back to the system.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc

THRESHOLDS = (20_000, 20, 50)


def settle() -> None:
    """After the model is loaded: what is there now is permanent; collect what comes later more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    with contextlib.suppress(OSError, AttributeError):  # only with glibc
        ctypes.CDLL("libc.so.6").malloc_trim(0)
