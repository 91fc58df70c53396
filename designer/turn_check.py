"""What is wrong with the labelled turns of data/commands and tests/commands: rows that cannot be read, and names of flows,
slots, values and situations that do not exist."""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path

from designer.dialogue_data import PATTERNS, DialogueData
from designer.imagined import SEVERAL, STATES
from designer.labelled_turns import NOT_LABELLED, Row, read_rows
from dialogue.commands import Command
from dialogue.flows import FlowProblem
from dialogue.knowledge import KNOWLEDGE

FOLDERS = ("data/commands", "tests/commands")
_NOTHING = "-"
#: Slots that no flow declares: parts of a number, the order talked about, words for the record whatever is open.
_OWN_SLOTS = frozenset({"order", "digits", "ok", "description"})
_OFFERS = frozenset({"offer", "clarify"})


def check_turns(data: DialogueData) -> Iterator[FlowProblem]:
    """Everything wrong with the rows."""
    for name in FOLDERS:
        folder = data.root / name
        if not folder.is_dir():
            continue
        rows, unreadable = read_rows(folder)
        for told in unreadable:
            where, _, message = told.partition(" ")
            file, _, line = where.rpartition(":")
            yield FlowProblem(f"{name}/{Path(file).name}", int(line), message)
        check = _Rows(data)
        for row in rows:
            for message in check.wrong(row):
                yield FlowProblem(f"{name}/{row.file}.tsv", row.line, message)


class _Rows:
    """Checks rows against the flows."""

    def __init__(self, data: DialogueData) -> None:
        self.data = data
        self.slots = {slot for flow in data.flows.by_id.values() for slot in flow.slots} | _OWN_SLOTS

    def wrong(self, row: Row) -> Iterator[str]:
        if row.asked != _NOTHING and row.asked not in self.slots:
            yield f"第 2 列：没有这个 slot：{row.asked}"
        if row.frames != _NOTHING:
            for one in row.frames.split(">"):
                yield from self._frame(one.strip())
        situation = row.situation.partition(":")[0]
        if situation not in {*STATES, SEVERAL, _NOTHING}:
            yield f"第 4 列：没有这种订单情况：{situation}，可以写：{'、'.join(STATES)}"
        if row.last != _NOTHING and self.data.flows.get(row.last) is None:
            yield f"第 5 列：没有这个流程：{row.last}"
        for command in row.wanted:
            yield from self._command(command)

    def _frame(self, written: str) -> Iterator[str]:
        name, _, inside = written.partition("{")
        if name in _OFFERS:
            return
        flow = self.data.flows.get(name)
        if flow is None and name not in PATTERNS:
            yield f"第 3 列：没有这个流程：{name}"
            return
        for pair in inside.rstrip("}").split(","):
            slot, equals, value = pair.strip().partition("=")
            if equals and flow is not None:
                yield from self._value(slot, value, {flow.id}, "第 3 列")

    def _command(self, command: Command) -> Iterator[str]:
        flows: Set[str] = set()
        if command.kind in {"start", "answer", "cancel", "resume"} and command.name:
            if command.name == KNOWLEDGE:
                entry = str(command.slots.get("entry"))
                if entry not in self.data.knowledge.entries:
                    yield f"第 6 列：data/knowledge 里没有 {entry}"
                return
            if self.data.flows.get(command.name) is None:
                yield f"第 6 列：没有这个流程：{command.name}"
                return
            flows = {command.name}
        if command.kind == "focus":
            return
        for slot, value in command.slots.items():
            yield from self._value(slot, str(value), flows, "第 6 列")

    def _value(self, slot: str, value: str, flows: Set[str], column: str) -> Iterator[str]:
        """Does one of the flows (all, when none is named) have the slot, and can it have the value?"""
        flows = set() if slot in NOT_LABELLED else flows
        having = [
            flow
            for flow in self.data.flows.by_id.values()
            if slot in flow.slots and (not flows or flow.id in flows)
        ]
        if not having:
            if slot not in _OWN_SLOTS or flows:
                yield f"{column}：没有这个 slot：{slot}"
            return
        codes = {one for flow in having for one in self.data.codes(flow, flow.slots[slot])}
        closed = all(flow.slots[slot].kind in {"choice", "confirm"} for flow in having)
        if closed and codes and value not in codes and slot != "chosen":
            yield f"{column}：{slot} 没有“{value}”这个值，有：{'、'.join(sorted(codes))}"
