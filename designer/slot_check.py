"""What is wrong with the slots of the flows: not declared, never set, never read, values that they cannot have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aftersales.decisions import DECISIONS
from designer.dialogue_data import OTHERWISE, PATTERNS, SET, UNSET, DialogueData, blocks, modules_of, puts
from dialogue.flows import CARRIED, Flow, FlowProblem, SlotSpec, Step

#: What stands for "there is none" whatever the slot (skip, rest).
_NOTHING = "none"
#: Slots of these kinds are filled by readers of their own, whatever the flow asks.
_READ_BY_KIND = frozenset(
    {
        *("order_no", "proof", "item", "product", "address", "receiver", "phone", "title", "tax_no", "email"),
        *("evidence", "tracking_no", "quantity", "amount", "date", "colour", "size", "wished_time", "part"),
    }
)


def check_slots(data: DialogueData) -> Iterator[FlowProblem]:
    """Everything wrong with slots."""
    for flow in data.flows.by_id.values():
        yield from _Slots(data, flow).problems()
    yield from _groups_unused(data)


class _Slots:
    """Checks the slots of one flow."""

    def __init__(self, data: DialogueData, flow: Flow) -> None:
        self.data, self.flow = data, flow
        self.decided = {
            slot
            for step in flow.steps
            if step.kind == "decide" and step.name in DECISIONS
            for slot in DECISIONS[step.name].slots
        }

    def wrong(self, at: int, message: str, name: str = "") -> FlowProblem:
        line = self.data.line(self.flow, name, at) if name else at
        return FlowProblem(self.flow.file, line, f"{self.flow.id}：{message}")

    def problems(self) -> Iterator[FlowProblem]:
        for step in self.flow.steps:
            yield from self._used_in(step)
        for spec in self.flow.slots.values():
            yield from self._declared(spec)
        yield from self._given()

    # -- where slots are named ---------------------------------------------------------------------------------------
    def _used_in(self, step: Step) -> Iterator[FlowProblem]:
        yield from self._condition(step.line, step.condition)
        named = [step.name] if step.kind in {"collect", "branch"} else []
        for slot in [*named, *([step.ask.by] if step.ask.by else [])]:
            if slot not in self.flow.slots and slot not in self.decided:
                yield self.wrong(step.line, f"slot {slot} 没有写在 slots 里", slot)
        if step.ask.by:
            yield from self._values(step.line, step.ask.by, step.ask.names, (OTHERWISE,))
        if step.kind == "branch":
            yield from self._branch(step)
        elif step.kind == "collect":
            yield from self._answers(step)
        for listed in step.blocks.values():
            for block in listed:
                yield from self._condition(block.line, block.condition)
                for slot in block.put:
                    if slot not in self.flow.slots and slot not in self.decided:
                        yield self.wrong(block.line, f"put 里的 {slot} 没有写在 slots 里", slot)
                for wording in block.say:
                    if wording.by:
                        yield from self._values(block.line, wording.by, wording.names, (OTHERWISE,))

    def _condition(self, line: int, condition: Mapping[str, tuple[str, ...]]) -> Iterator[FlowProblem]:
        for slot, values in condition.items():
            if slot not in self.flow.slots and slot not in self.decided:
                yield self.wrong(line, f"if 里的 {slot} 没有写在 slots 里", slot)
            else:
                yield from self._values(line, slot, dict.fromkeys(values, ""), (SET, UNSET))

    def _branch(self, step: Step) -> Iterator[FlowProblem]:
        yield from self._values(step.line, step.name, step.blocks, (SET, UNSET, OTHERWISE))
        spec = self.flow.slots.get(step.name)
        if spec is None or OTHERWISE in step.blocks:
            return
        codes = self.data.codes(self.flow, spec)
        missing = [] if SET in step.blocks else sorted(codes - set(step.blocks))
        missing += [] if UNSET in step.blocks else [UNSET]
        if missing and (codes or SET not in step.blocks or UNSET not in step.blocks):
            yield self.wrong(
                step.line,
                f"branch {step.name} 没写这些值怎么办：{'、'.join(missing)}（或写 otherwise）",
                step.name,
            )

    def _answers(self, step: Step) -> Iterator[FlowProblem]:
        spec = self.flow.slots.get(step.name)
        if spec is None:
            return
        if spec.kind == "confirm":
            for answer in step.blocks:
                if answer not in {"declined", "confirmed"}:
                    yield self.wrong(
                        step.line, f"不认识“{answer}”；确认的问题只有 declined 和 confirmed", answer
                    )
            return
        yield from self._values(step.line, step.name, step.blocks, ())
        if spec.kind != "choice" or self.flow.id in PATTERNS:
            return
        group = self.data.words.codes(spec.words)
        if not group:
            yield self.wrong(
                spec.line, f"choices.yml 里没有 {spec.words} 这一组词，顾客打字回答会听不懂", spec.name
            )
        for code in step.choices:
            if group and code not in group:
                yield self.wrong(
                    step.line, f"选项 {code} 在 choices.yml 的 {spec.words} 里没有词，打字回答会听不懂", code
                )
        if not step.choices and not step.choices_from:
            yield self.wrong(step.line, f"{step.name} 是选择题，要写 choices", step.name)

    def _values(
        self, line: int, slot: str, named: Mapping[str, object], besides: tuple[str, ...]
    ) -> Iterator[FlowProblem]:
        """Values of a slot that it can never have."""
        spec = self.flow.slots.get(slot)
        if spec is None:
            return
        codes = self.data.codes(self.flow, spec)
        if spec.kind == "choice" and not codes:
            return
        if slot in self.decided:  # a decision may put anything that its module names
            codes |= self.data.texts(*modules_of(self.flow))
        if spec.kind not in {"choice", "confirm"}:
            if spec.kind in {"colour", "size", "quantity", "amount", "date"} or slot in self.decided:
                return
            codes = frozenset(_free(self.flow, slot))
        for value in named:
            if value not in codes and value not in besides:
                known = "、".join([*sorted(self.data.codes(self.flow, spec)), *besides])
                yield self.wrong(line, f"slot {slot} 不会是“{value}”，可以写：{known}", value)

    def _given(self) -> Iterator[FlowProblem]:
        """Values that the flow starts with, puts, or takes for an answer, and that nothing knows."""
        flow = self.flow
        given = [(flow.line, slot, value) for slots in flow.start.values() for slot, value in slots.items()]
        given += [(block.line, slot, value) for block in blocks(flow) for slot, value in block.put.items()]
        for step in flow.steps:
            if step.collect:
                instead = [one for one in (step.skip, step.rest) if one not in {None, _NOTHING}]
                given += [(step.line, step.name, one) for one in instead]
        for line, slot, value in given:
            spec = flow.slots.get(slot)
            if spec is None or spec.kind in {"text", "confirm"} or value is None:
                continue
            known = self.data.named_values(flow, spec)
            if str(value) not in known:
                yield self.wrong(line, f"slot {slot} 的值“{value}”没有地方认得", str(value))

    # -- declared slots ----------------------------------------------------------------------------------------------
    def _declared(self, spec: SlotSpec) -> Iterator[FlowProblem]:
        for other in spec.resets:
            if other not in self.flow.slots:
                yield self.wrong(spec.line, f"resets 里的 {other} 没有写在 slots 里", other)
        if not self._is_set(spec):
            yield self.wrong(
                spec.line,
                f"slot {spec.name} 没有什么会填它：没有问它，choices.yml 里也没有 {spec.words} 这一组词",
                spec.name,
            )
        if not self._is_read(spec):
            yield self.wrong(spec.line, f"slot {spec.name} 没有地方用到", spec.name)

    def _is_set(self, spec: SlotSpec) -> bool:
        name, flow = spec.name, self.flow
        return (
            spec.kind in _READ_BY_KIND
            or bool(self.data.words.codes(spec.words) and spec.kind == "choice")
            or name in self.decided
            or any(step.collect == name for step in flow.steps)
            or any(
                name in slots for slots in (*flow.start.values(), *puts(flow), *self.data.handed_on(flow.id))
            )
            or name in self.data.texts("dialogue.readers")
        )

    def _is_read(self, spec: SlotSpec) -> bool:
        name, flow = spec.name, self.flow
        if spec.fact or any(step.name == name for step in flow.steps if step.kind in {"collect", "branch"}):
            return True
        links = [block.ending.name for block in blocks(flow) if block.ending and block.ending.kind == "link"]
        then = [self.data.flows.get(one) for one in links]
        if spec.kind in CARRIED and any(one is not None and name in one.slots for one in then):
            return True
        conditions = [*(step.condition for step in flow.steps), *(block.condition for block in blocks(flow))]
        wordings = [*(step.ask for step in flow.steps), *(one for block in blocks(flow) for one in block.say)]
        if any(name in one for one in conditions) or any(one.by == name for one in wordings):
            return True
        said = {one for wording in wordings for one in wording.all()}
        if any(name in self.data.responses[one].placeholders for one in said if one in self.data.responses):
            return True
        return name in self.data.texts(
            *modules_of(self.flow),
            "dialogue.steps",
            "dialogue.engine",
            "dialogue.slot_filling",
            "dialogue.identity",
        )


def _free(flow: Flow, slot: str) -> Iterator[str]:
    for step in flow.steps:
        if step.collect == slot:
            yield from (one for one in (step.skip, step.rest) if one is not None)
    for given in puts(flow):
        if given.get(slot) is not None:
            yield str(given[slot])


def _groups_unused(data: DialogueData) -> Iterator[FlowProblem]:
    """Groups of choices.yml that no slot and no reader uses."""
    used = {spec.words for flow in data.flows.by_id.values() for spec in flow.slots.values()}
    named = data.texts("dialogue")
    groups = {name.split(".")[1] for name in data.words.lists if name.startswith("choices.")}
    for group in sorted(groups):
        if group not in used and group.removesuffix("_start") not in used and group not in named:
            one = next(one for name, one in data.words.lists.items() if name.startswith(f"choices.{group}."))
            line = next(
                (
                    at
                    for at, text in enumerate(data.places.lines(one.file), 1)
                    if text.startswith(f"{group}:")
                ),
                one.line,
            )
            yield FlowProblem(one.file, line, f"没有哪个流程的 slot 用到 {group} 这一组词")
