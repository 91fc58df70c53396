"""A model's graph is run in an order worked out once, without dask.

Reason: Rasa prunes the graph, builds a dask graph and lets dask plan and schedule it anew for every message and every
prediction (three times a turn), on a graph that is a short chain. The nodes, their inputs and their order stay Rasa's.
"""

from __future__ import annotations

from typing import Any

Step = tuple[str, Any, tuple[str, ...]]


def install() -> None:
    """Replace `DaskGraphRunner.run`; results, and an error in a node, are as before."""
    from rasa.engine.exceptions import GraphRunError
    from rasa.engine.runner.dask import DaskGraphRunner

    def run(
        self: Any, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        plans = self.__dict__.setdefault("_anke_plans", {})
        if wanted not in plans:
            plans[wanted] = _plan(self, wanted)
        found: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, node, needs in plans[wanted]:
                # a name that nothing provides is handed over as it is, as dask does: the node then says what is missing
                found[name] = node(*[found.get(need, need) for need in needs])
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(found[name] for name in wanted)

    DaskGraphRunner.run = run


def _plan(runner: Any, targets: tuple[str, ...]) -> list[Step]:
    """The nodes that lead to the targets, each after what it needs."""
    nodes = runner._graph_schema.minimal_graph_schema(list(targets)).nodes
    steps: list[Step] = []
    done: set[str] = set()

    def visit(name: str) -> None:
        if name in done or name not in nodes:
            return
        done.add(name)
        needs = tuple(nodes[name].needs.values())
        for need in needs:
            visit(need)
        steps.append((name, runner._instantiated_nodes[name], needs))

    for target in targets:
        visit(target)
    return steps
