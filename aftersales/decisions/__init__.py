"""Named pure decisions, choices and writes that flows (data/flows/) use: the only place where policy is judged.

A flow says `decide: parcel_case`; the function registered under that name gets `Inputs`, and answers with an outcome that
it declared, values for the responses' placeholders, and facts for the case. Nothing here reads a file, a clock or the
network, uses a regular expression, or holds a Chinese sentence (they live in data/).
"""

from aftersales.decisions.api import (
    CHOICES,
    DECISIONS,
    WRITES,
    ChoiceSource,
    Decision,
    DecisionSpec,
    Inputs,
    WriteSpec,
    choices,
    decision,
    write,
)

__all__ = [
    "CHOICES",
    "DECISIONS",
    "WRITES",
    "ChoiceSource",
    "Decision",
    "DecisionSpec",
    "Inputs",
    "WriteSpec",
    "choices",
    "decision",
    "load_decisions",
    "write",
]


def load_decisions() -> None:
    """Import every module of this package, so that all names are registered."""
    import importlib
    import pkgutil

    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        importlib.import_module(module.name)
