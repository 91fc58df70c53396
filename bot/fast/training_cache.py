"""No fingerprints for a cache that keeps nothing.

Reason: Rasa hashes what every node reads and gives, each sentence anew at each node, to look it up in the cache of trainings. Ours is off
(RASA_MAX_CACHE_SIZE=0: `make train` has its own fingerprint of all inputs), so a tenth of the training was spent on hashes that nobody reads.
"""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Hooks around the nodes of a training that do nothing."""
    from rasa.engine.graph import GraphNodeHook
    from rasa.engine.training import graph_trainer

    class NoCache(GraphNodeHook):  # type: ignore[misc]
        """In the place of Rasa's TrainingHook."""

        def __init__(self, **_: Any) -> None:
            """Needs neither cache nor storage."""

        def on_before_node(self, *_: Any, **__: Any) -> dict[str, Any]:
            """Nothing to look up."""
            return {}

        def on_after_node(self, *_: Any, **__: Any) -> None:
            """Nothing to keep."""

    graph_trainer.TrainingHook = NoCache
