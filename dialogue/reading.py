"""What a message could mean: readings with score and span, made by readers that never act and never see each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """One possible meaning of a part of the message.

    kind     start (a flow) | slot (a value of an open or startable slot) | yes | no | cancel | skip | undo | explain |
             repeat | offer (one of ours, taken by its name) | kept | written | known | either | order | item | product | watch (safety, threat, human, privacy, complaint, ticket …) | chat
    name     the flow, slot, watcher or kind of chat
    value    the slot's value, the order number …
    score    0..1: how sure the reader is that these words mean that, whatever the situation
    span     characters of Message.text that it rests on; (0, 0) when it rests on no words
    negated  the words say that it is *not* that ("不是要退货")
    source   the reader, for the trace
    """

    kind: str
    name: str = ""
    value: Any = None
    score: float = 1.0
    span: Span = (0, 0)
    negated: bool = False
    source: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def overlaps(self, other: Reading) -> bool:
        """Do both rest on a common character?"""
        return self.span[0] < other.span[1] and other.span[0] < self.span[1]

    def told(self) -> dict[str, Any]:
        """For the trace: short, JSON."""
        shown: dict[str, Any] = {"kind": self.kind, "name": self.name, "score": round(self.score, 2)}
        if self.value is not None:
            shown["value"] = (
                self.value if isinstance(self.value, (str, int, float, bool)) else str(self.value)
            )
        if self.span != (0, 0):
            shown["span"] = list(self.span)
        if self.negated:
            shown["negated"] = True
        return shown | {"source": self.source}


def without(text: str, spans: Iterable[Sequence[int]], mark: str = " ") -> str:
    """The text with these stretches blanked, so that what is left keeps its places."""
    blank = {at for start, end in spans for at in range(start, end)}
    return "".join(mark if at in blank else char for at, char in enumerate(text))
