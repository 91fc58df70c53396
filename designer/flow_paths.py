"""The ways through a flow: which step can follow which, and which values of decisions and writes are known by then.

A step leads on by each of its outcomes; where nothing leads away, to the next step. Values known before a step are those
that every way to it gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aftersales.decisions import DECISIONS, WRITES
from aftersales.policy.requests import Refusals
from designer.dialogue_data import OTHERWISE, SET, UNSET, DialogueData
from dialogue.flows import Block, Flow, Step

#: What the order system may answer instead of doing it.
REFUSALS = frozenset({*Refusals.model_fields, "invalid", "not_found", "key_conflict"})
#: What a write gives beside its own values: when it was refused, and when it was done.
_REFUSED = frozenset({"why"})
_DONE = frozenset({"request_no", "next"})


@dataclass(frozen=True, slots=True)
class Way:
    """A way on from a step: to the step at `to` (len(steps): the end), with values given; `passed`: the step's own
    condition did not hold. `emptied`: slots that the way clears."""

    to: int
    values: frozenset[str] = frozenset()
    passed: bool = False
    emptied: frozenset[str] = frozenset()


class Paths:
    """The ways through one flow."""

    def __init__(self, data: DialogueData, flow: Flow) -> None:
        self.data, self.flow = data, flow
        self.ways = [tuple(self._ways(at, step)) for at, step in enumerate(flow.steps)]
        self.reached = self._reached(frozenset())
        self._before = self._values_before(frozenset())
        self._asking = self._values_before(frozenset(self._skipped_when_confirmed()))

    # -- questions ---------------------------------------------------------------------------------------------------
    def unreachable(self) -> Iterator[Step]:
        """Steps that no way leads to."""
        return (step for at, step in enumerate(self.flow.steps) if at not in self.reached)

    def known(self, step: Step, outcome: str) -> frozenset[str]:
        """Values of decisions and writes that are known in the blocks of an outcome."""
        at = self.flow.steps.index(step)
        return self._before.get(at, frozenset()) | gives(step, outcome)

    def known_when_asked(self, step: Step) -> frozenset[str]:
        """Values that are known when the step asks. A step that is passed over once the customer has said yes (`if: {ok:
        unset}`) counts: by then everything has been answered and nothing is asked."""
        return self._asking.get(self.flow.steps.index(step), frozenset())

    def without(self, avoided: frozenset[int]) -> set[int]:
        """Steps that can be reached without an answer to the steps avoided."""
        return self._reached(avoided)

    def endless(self) -> Iterator[tuple[Step, str]]:
        """(step, why) for circles that nobody's answer stops."""
        for at in sorted(self.reached):
            step = self.flow.steps[at]
            for way in self.ways[at]:
                if way.to > at or self._changes(step, way):
                    continue
                asked = {
                    one for one in self._between(way.to, at, frozenset()) if self.flow.steps[one].collect
                }
                if at not in self._between(way.to, at, way.emptied):
                    continue
                if asked:
                    slot = self.flow.steps[min(asked)].collect
                    yield step, f"回到前面再问，要先清空（put: {{{slot}: null}}），不然会一直转圈"
                else:
                    yield step, "这里会一直转圈，中间没有问顾客的步骤"

    # -- building ----------------------------------------------------------------------------------------------------
    def _ways(self, at: int, step: Step) -> Iterator[Way]:
        if step.condition:
            yield Way(at + 1, passed=True)
        for outcome, listed in self._outcomes(step):
            yield from self._through(at, listed, gives(step, outcome))

    def _outcomes(self, step: Step) -> Iterator[tuple[str, Sequence[Block]]]:
        """Each outcome with what it leads to."""
        other = step.blocks.get(OTHERWISE, ())
        if step.kind == "block":
            yield "", step.blocks.get("", ())
        elif step.kind == "decide":
            spec = DECISIONS.get(step.name)
            for outcome in spec.outcomes if spec else step.blocks:
                yield outcome, step.blocks.get(outcome, other)
        elif step.kind == "write":
            write = WRITES.get(step.name)
            for outcome in {*(write.outcomes if write else ()), "done", "refused", *step.blocks}:
                fallback = step.blocks.get("refused" if outcome == "refused" else "done", ())
                yield outcome, step.blocks.get(outcome, fallback)
        else:
            yield from step.blocks.items()
            if not self._covered(step):
                yield "", ()

    def _covered(self, step: Step) -> bool:
        """Does the step say for every value what to do?"""
        spec, given = self.flow.slots.get(step.name), set(step.blocks)
        if step.kind == "collect":
            if spec is not None and spec.kind == "confirm":
                return {"declined", "confirmed"} <= given
            codes = set(step.choices) | {one for one in (step.skip, step.rest) if one is not None}
            return bool(step.choices) and codes <= given
        codes = set(self.data.codes(self.flow, spec)) if spec else set()
        return OTHERWISE in given or (UNSET in given and (SET in given or (bool(codes) and codes <= given)))

    def _through(self, at: int, listed: Sequence[Block], values: frozenset[str]) -> Iterator[Way]:
        emptied: set[str] = set()
        for block in listed:
            emptied |= {slot for slot, value in block.put.items() if value is None}
            if block.ending is not None:
                if block.ending.kind == "go":
                    yield Way(self._place(block.ending.name), values, emptied=frozenset(emptied))
                else:
                    yield Way(len(self.flow.steps), values)
                if not block.condition:
                    return
        yield Way(at + 1, values, emptied=frozenset(emptied))

    def _place(self, step_id: str) -> int:
        ids = [one.id for one in self.flow.steps]
        return ids.index(step_id) if step_id in ids else len(ids)

    def _reached(self, avoided: frozenset[int]) -> set[int]:
        seen, todo = set[int](), [0]
        while todo:
            at = todo.pop()
            if at in seen or at >= len(self.flow.steps):
                continue
            seen.add(at)
            todo += [way.to for way in self.ways[at] if at not in avoided or way.passed]
        return seen

    def _changes(self, step: Step, way: Way) -> bool:
        """Is the next time different, because the way back clears what the step looked at (or asked: a no is forgotten)?"""
        spec = self.flow.slots.get(step.collect)
        asked_again = spec is not None and spec.kind == "confirm"
        return (
            step.name in way.emptied
            or asked_again
            or (step.kind in {"decide", "write"} and bool(way.emptied))
        )

    def _between(self, start: int, end: int, emptied: frozenset[str]) -> set[int]:
        """Steps on the way from `start` on until `end`, stopping at questions whose answers were cleared."""
        seen, todo = set[int](), [start]
        while todo:
            at = todo.pop()
            if at in seen or at >= len(self.flow.steps):
                continue
            seen.add(at)
            if at != end and self.flow.steps[at].collect not in emptied:
                todo += [way.to for way in self.ways[at]]
        return seen

    def _skipped_when_confirmed(self) -> Iterator[int]:
        for at, step in enumerate(self.flow.steps):
            specs = [(self.flow.slots.get(slot), values) for slot, values in step.condition.items()]
            if specs and all(
                spec and spec.kind == "confirm" and values == (UNSET,) for spec, values in specs
            ):
                yield at

    def _values_before(self, never_passed: frozenset[int]) -> dict[int, frozenset[str]]:
        """Values given on every way to a step: grows smaller until nothing changes."""
        before: dict[int, frozenset[str]] = {0: frozenset()}
        todo = [0]
        while todo:
            at = todo.pop()
            if at >= len(self.flow.steps):
                continue
            for way in self.ways[at]:
                if way.passed and at in never_passed:
                    continue
                given = before[at] | (frozenset() if way.passed else way.values)
                now = before[way.to] & given if way.to in before else given
                if before.get(way.to) != now:
                    before[way.to] = now
                    todo.append(way.to)
        return before


def gives(step: Step, outcome: str) -> frozenset[str]:
    """The values that a decision or write gives with an outcome."""
    if step.kind == "decide":
        spec = DECISIONS.get(step.name)
        return frozenset(spec.values) if spec else frozenset()
    if step.kind == "write":
        write = WRITES.get(step.name)
        if write is None or outcome not in {*write.outcomes, "done"} or outcome in {"refused", *REFUSALS}:
            return _REFUSED
        return frozenset(write.values) | _DONE
    return frozenset()
