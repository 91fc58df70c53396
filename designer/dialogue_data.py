"""Everything of data/ that the dialogue works with, read once for the check, together with what code declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aftersales.decisions import CHOICES, DECISIONS, WRITES
from designer.places import Places
from designer.responses import Response
from designer.said import Said
from dialogue.flows import Block, Flow, Flows, SlotSpec
from dialogue.identity import FINDING
from dialogue.knowledge import Knowledge
from dialogue.words import Words

#: Flows that the engine opens itself; their questions are filled in by code.
PATTERNS = FINDING | {"offer", "clarify"}
#: Words of a branch or condition that are no values.
SET, UNSET, OTHERWISE = "set", "unset", "otherwise"


@dataclass(frozen=True, slots=True)
class DialogueData:
    """`intents`: registered in data/categories.yml; `internal`: of the domain only (buttons, events); `said`: what
    dialogue/ itself says; `constants`: the texts that each module of dialogue/ and aftersales/decisions names; `limits`:
    those that dialogue/ reads; `facts`: texts that programs name, among them the facts of a case."""

    root: Path
    flows: Flows
    words: Words
    responses: Mapping[str, Response]
    intents: frozenset[str]
    internal: frozenset[str]
    places: Places
    said: tuple[Said, ...]
    constants: Mapping[str, frozenset[str]]
    limits: frozenset[str]
    facts: frozenset[str]
    knowledge: Knowledge
    _codes: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def line(self, flow: Flow, name: str, at: int) -> int:
        """Where a flow's file names something, from a line on."""
        return self.places.line(flow.file, name, at)

    def codes(self, flow: Flow, spec: SlotSpec) -> frozenset[str]:
        """The values that a slot can have as far as data/ knows; empty when it can be anything."""
        key = (flow.id, spec.name)
        if key not in self._codes:
            self._codes[key] = self._possible(flow, spec)
        return self._codes[key]

    def _possible(self, flow: Flow, spec: SlotSpec) -> frozenset[str]:
        if spec.kind == "confirm":
            return frozenset({"yes", "no"})
        known = {
            *self.words.codes(spec.words),
            *spec.choices,
            *_asked(flow, spec.name),
            *self._given(flow, spec.name),
        }
        return frozenset(known) if spec.kind == "choice" else frozenset()

    def named_values(self, flow: Flow, spec: SlotSpec) -> frozenset[str]:
        """Values of a choice that its words, its question, the flow's steps or the flow's decisions know."""
        steps = [step for step in flow.steps if step.name == spec.name and step.kind in {"collect", "branch"}]
        conditions = [*(step.condition for step in flow.steps), *(block.condition for block in blocks(flow))]
        wordings = [*(step.ask for step in flow.steps), *(one for block in blocks(flow) for one in block.say)]
        return frozenset(
            {
                *self.words.codes(spec.words),
                *spec.choices,
                *(value for step in steps for value in step.blocks),
                *(value for one in conditions for value in one.get(spec.name, ())),
                *(value for one in wordings if one.by == spec.name for value in one.names),
                *self.texts(*modules_of(flow)),
            }
        )

    def texts(self, *modules: str) -> set[str]:
        """The texts that these modules (or packages) name."""
        return {
            one
            for module, texts in self.constants.items()
            if any(module == name or module.startswith(f"{name}.") for name in modules)
            for one in texts
        }

    def _given(self, flow: Flow, slot: str) -> Iterator[str]:
        """Values that flows put, start with, or hand on."""
        for slots in (*flow.start.values(), *(one for one in puts(flow)), *self.handed_on(flow.id)):
            if slots.get(slot) is not None:
                yield str(slots[slot])

    def handed_on(self, flow_id: str) -> Iterator[Mapping[str, object]]:
        """The slots with which other flows link to or offer this one."""
        for other in self.flows.by_id.values():
            for block in blocks(other):
                if block.ending and block.ending.kind in {"link", "offer"} and block.ending.name == flow_id:
                    yield block.ending.slots


def modules_of(flow: Flow) -> Iterator[str]:
    """The modules of the decisions, writes and choices that the flow uses."""
    for step in flow.steps:
        if step.kind == "decide" and step.name in DECISIONS:
            yield DECISIONS[step.name].run.__module__
        elif step.kind == "write" and step.name in WRITES:
            yield WRITES[step.name].draft.__module__
        elif step.choices_from in CHOICES:
            yield CHOICES[step.choices_from].run.__module__


def blocks(flow: Flow) -> Iterable[Block]:
    """Every block of a flow."""
    return (block for step in flow.steps for listed in step.blocks.values() for block in listed)


def puts(flow: Flow) -> Iterator[Mapping[str, object]]:
    """What the blocks of a flow put into slots."""
    return (block.put for block in blocks(flow) if block.put)


def _asked(flow: Flow, slot: str) -> Iterator[str]:
    """What stands for "none" and for an answer that did not fit."""
    for step in flow.steps:
        if step.collect == slot:
            yield from (one for one in (step.skip, step.rest) if one is not None)
