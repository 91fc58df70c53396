"""What a turn does, decided once: commands change the stack of frames. Their written form is used by data/commands.

start(flow, slot=value) · answer(flow) · set(slot=value) · correct(slot=value) · cancel(flow) · skip(slot) · undo ·
focus(order=…|item=…) · explain(slot) · clarify(one, other) · human(reason) · ticket · chat(kind) · resume · repeat · unclear
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    *("start", "answer", "set", "correct", "cancel", "skip", "undo", "focus", "explain", "clarify"),
    *("human", "ticket", "chat", "resume", "repeat", "unclear"),
)
_WRITTEN = re.compile(r"\s*(?P<kind>[a-z_]+)\s*(?:\((?P<inside>[^()]*)\))?\s*(?:\+|$)")


@dataclass(frozen=True, slots=True)
class Command:
    """`name`: flow, slot, reason or kind; `slots`: values that come with it; `words`: the stretch that said it."""

    kind: str
    name: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def written(self) -> str:
        """The canonical text form, e.g. `start(return, reason=quality)`; values in the order of their names."""
        inside = [self.name] if self.name else []
        inside += [f"{slot}={value}" for slot, value in sorted(self.slots.items())]
        return f"{self.kind}({', '.join(inside)})" if inside else self.kind


class CommandError(ValueError):
    """A written command that cannot be read; the message is one Chinese line."""


def read_commands(written: str) -> list[Command]:
    """Commands joined by ` + `, as in data/commands. Raises CommandError."""
    found: list[Command] = []
    at = 0
    text = written.strip()
    while at < len(text):
        match = _WRITTEN.match(text, at)
        if match is None or match["kind"] not in KINDS:
            raise CommandError(f"不认识的命令：{text[at:]}")
        name, slots = "", {}
        for part in (match["inside"] or "").split(","):
            slot, equals, value = part.strip().partition("=")
            if equals:
                slots[slot.strip()] = value.strip()
            elif slot:
                name = f"{name}, {slot}" if name else slot
        found.append(Command(match["kind"], name, slots))
        at = match.end()
    return found
