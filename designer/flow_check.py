"""What is wrong with the flows of data/flows, for a designer: one Chinese message with file and line each.

The form of the files is read by dialogue/flows.py. Here: names that do not exist, outcomes that are not covered or not
possible, ways that lead nowhere or round in circles, writes without a yes or a no, and what starts a flow. Slots are
slot_check.py, responses response_check.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aftersales.decisions import CHOICES, DECISIONS, WRITES
from designer.contract import EXPECTED, REASONS
from designer.dialogue_data import OTHERWISE, PATTERNS, DialogueData, blocks
from designer.flow_paths import REFUSALS, Paths
from dialogue.flows import Block, Flow, FlowProblem, Step

#: States that an order can be in (aftersales.order_system.port.OrderState).
ORDER_STATES = frozenset(
    {"unpaid", "paid", "shipped", "signed", "cancelled", "refunded", "returning", "refunding"}
)
#: A reason in a comment is at least so many characters.
_SHORTEST_REASON = 4


def check_flows(data: DialogueData) -> Iterator[FlowProblem]:
    """Everything wrong with the flows."""
    for flow in data.flows.by_id.values():
        yield from _Flow(data, flow).problems()
    yield from _started_twice(data)
    yield from _never_started(data)


class _Flow:
    """Checks one flow."""

    def __init__(self, data: DialogueData, flow: Flow) -> None:
        self.data, self.flow = data, flow
        self.paths = Paths(data, flow)

    def wrong(self, at: int, message: str, name: str = "") -> FlowProblem:
        """A problem at the first place from line `at` on that names `name`."""
        line = self.data.line(self.flow, name, at) if name else at
        return FlowProblem(self.flow.file, line, f"{self.flow.id}：{message}")

    def problems(self) -> Iterator[FlowProblem]:
        yield from self._ids()
        yield from self._needs()
        yield from self._instead()
        for step in self.flow.steps:
            yield from self._names(step)
            for outcome, listed in step.blocks.items():
                for block in listed:
                    yield from self._block(step, outcome, block)
        yield from self._ways()
        yield from self._writes()

    # -- names -------------------------------------------------------------------------------------------------------
    def _ids(self) -> Iterator[FlowProblem]:
        seen: dict[str, Step] = {}
        for step in self.flow.steps:
            if step.id in seen:
                yield self.wrong(
                    step.line, f"步骤 {step.id} 前面（第 {seen[step.id].line} 行）已经有了，换一个 id"
                )
            seen.setdefault(step.id, step)

    def _needs(self) -> Iterator[FlowProblem]:
        for fact in self.flow.facts:
            yield from self._fact(self.flow.line, fact)
        for spec in self.flow.slots.values():
            if spec.fact:
                yield from self._fact(spec.line, spec.fact)
        for state in self.flow.needs.prefer:
            if state not in ORDER_STATES:
                known = "、".join(sorted(ORDER_STATES))
                yield self.wrong(self.flow.line, f"没有这种订单状态：{state}，可以写：{known}", state)

    def _instead(self) -> Iterator[FlowProblem]:
        """What is told without an order: flows that need none, with slots that they have. What it gives way to, and what a picture begins, exists."""
        for name in (*self.flow.gives_way, *filter(None, (self.flow.picture,))):
            if self.data.flows.get(name) is None:
                yield self.wrong(self.flow.line, f"没有这个流程：{name}", name)
        told = self.flow.before_buying
        for name in (*self.flow.rules, str(told.get("flow") or "")):
            other = self.data.flows.get(name)
            if name and (other is None or other.needs.order):
                yield self.wrong(self.flow.line, f"没有这个不用订单的流程：{name}", name)
            for slot in dict(told.get("slots") or {}) if name == told.get("flow") else ():
                if other is not None and slot not in other.slots:
                    yield self.wrong(self.flow.line, f"{name} 没有这个 slot：{slot}", slot)

    def _names(self, step: Step) -> Iterator[FlowProblem]:
        if step.kind == "decide":
            spec = DECISIONS.get(step.name)
            if spec is None:
                yield self.wrong(
                    step.line, f"没有这个判断：{step.name}{_near(step.name, DECISIONS)}", step.name
                )
                return
            yield from self._outcomes(step, spec.outcomes, "判断")
        elif step.kind == "write":
            write = WRITES.get(step.name)
            if write is None:
                yield self.wrong(
                    step.line, f"没有这个写操作：{step.name}{_near(step.name, WRITES)}", step.name
                )
                return
            yield from self._write_outcomes(step, write.outcomes)
        elif step.kind == "collect":
            if step.choices_from and step.choices_from not in CHOICES:
                near = _near(step.choices_from, CHOICES)
                yield self.wrong(step.line, f"没有这组选项：{step.choices_from}{near}", step.choices_from)
            if not any(step.ask.all()):
                yield self.wrong(step.line, f"{step.name} 缺少 ask（怎么问顾客）", step.name)
            if step.expects and step.expects not in EXPECTED:
                known = "、".join(sorted(EXPECTED))
                yield self.wrong(step.line, f"expects 没有“{step.expects}”，可以写：{known}", step.expects)

    def _outcomes(self, step: Step, outcomes: Iterable[str], kind: str) -> Iterator[FlowProblem]:
        for outcome in step.blocks:
            if outcome not in {*outcomes, OTHERWISE}:
                known = "、".join(outcomes)
                yield self.wrong(
                    step.line, f"{kind} {step.name} 没有“{outcome}”这个结果，有：{known}", outcome
                )
        missing = [one for one in outcomes if one not in step.blocks]
        if missing and OTHERWISE not in step.blocks:
            yield self.wrong(
                step.line,
                f"{kind} {step.name} 的这些结果没写怎么办：{'、'.join(missing)}（或写 otherwise）",
                step.name,
            )

    def _write_outcomes(self, step: Step, outcomes: Iterable[str]) -> Iterator[FlowProblem]:
        for outcome in step.blocks:
            if outcome not in {*outcomes, *REFUSALS, "done", "refused", OTHERWISE}:
                known = "、".join(dict.fromkeys((*outcomes, "done", "refused")))
                yield self.wrong(
                    step.line, f"写操作 {step.name} 没有“{outcome}”这个结果，有：{known}", outcome
                )
        for needed, told in (("done", "办成了怎么说"), ("refused", "没办成怎么说")):
            if needed not in step.blocks:
                yield self.wrong(step.line, f"写操作 {step.name} 缺少 {needed}（{told}）", step.name)

    # -- blocks ------------------------------------------------------------------------------------------------------
    def _block(self, step: Step, outcome: str, block: Block) -> Iterator[FlowProblem]:
        for fact in block.learn:
            yield from self._fact(block.line, fact)
        ending = block.ending
        if ending is None:
            return
        if ending.kind == "go":
            if self.flow.step(ending.name) is None:
                ids = [one.id for one in self.flow.steps]
                yield self.wrong(
                    block.line, f"没有这个步骤：{ending.name}{_near(ending.name, ids)}", ending.name
                )
            elif ending.name == step.id:
                yield self.wrong(block.line, f"“{outcome}”又回到自己这一步，会一直转圈", ending.name)
        elif ending.kind in {"link", "offer"}:
            yield from self._led_to(block, ending.name, ending.slots)
        elif ending.kind in {"offer_person", "hand_off"} and ending.name not in REASONS:
            yield self.wrong(
                block.line,
                f"没有这种转人工的原因：{ending.name}，可以写：{'、'.join(sorted(REASONS))}",
                ending.name,
            )
        if ending.kind in {"offer", "offer_person"} and not block.say:
            yield self.wrong(block.line, f"{ending.kind} 要先有一句问顾客的话（say）", ending.kind)

    def _led_to(self, block: Block, flow_id: str, slots: Mapping[str, object]) -> Iterator[FlowProblem]:
        other = self.data.flows.get(flow_id)
        if other is None:
            near = _near(flow_id, self.data.flows.by_id)
            yield self.wrong(block.line, f"没有这个流程：{flow_id}{near}", flow_id)
            return
        for slot, value in slots.items():
            spec = other.slots.get(slot)
            if spec is None:
                yield self.wrong(block.line, f"流程 {flow_id} 没有 slot {slot}", slot)
            elif spec.kind == "choice" and str(value) not in self.data.named_values(other, spec):
                yield self.wrong(block.line, f"流程 {flow_id} 的 {slot} 不认得“{value}”", str(value))

    def _fact(self, line: int, fact: str) -> Iterator[FlowProblem]:
        if fact not in self.data.facts:
            yield self.wrong(line, f"没有程序用到“{fact}”这个事实（docs/architecture.md 的 facts）", fact)

    # -- ways --------------------------------------------------------------------------------------------------------
    def _ways(self) -> Iterator[FlowProblem]:
        for step in self.paths.unreachable():
            yield self.wrong(step.line, f"步骤 {step.id} 永远走不到")
        for step, why in self.paths.endless():
            yield self.wrong(step.line, f"步骤 {step.id}：{why}")

    def _writes(self) -> Iterator[FlowProblem]:
        """A write needs a yes on every way to it, and the no must lead away."""
        confirms = frozenset(at for at, step in enumerate(self.flow.steps) if self._is_confirm(step))
        unconfirmed = self.paths.without(confirms)
        writes = [(at, step) for at, step in enumerate(self.flow.steps) if step.kind == "write"]
        for at, step in writes:
            if at in unconfirmed and not self.flow.unconfirmed:
                yield self.wrong(
                    step.line,
                    f"写操作 {step.name} 前面没有让顾客确认（collect 一个 confirm）；不用确认的，流程里写 unconfirmed: true 并注明为什么",
                    step.name,
                )
        for at in sorted(confirms):
            step = self.flow.steps[at]
            if "declined" not in step.blocks:
                yield self.wrong(step.line, "确认的问题要写 declined（顾客说不，怎么办）", step.name)
            elif writes and not any(block.ending for block in step.blocks["declined"]):
                yield self.wrong(
                    step.line, "declined 之后还会往下走去办，要结束（end）或去别的步骤", "declined"
                )
            declines = self.data.words.lists.get("answers.no")
            if step.verb and declines is not None and declines.pattern.fullmatch(step.verb):
                yield self.wrong(step.line, f"verb“{step.verb}”也是拒绝的说法（answers.yml 的 no）", "verb")
            if writes and not step.verb:
                yield self.wrong(
                    step.line,
                    "确认的问题要写 verb（办的是什么，如 提交），不然听不懂“取消”是哪个意思",
                    step.name,
                )
        if self.flow.unconfirmed:
            line = self.data.line(self.flow, "unconfirmed", self.flow.line)
            if not writes:
                yield self.wrong(line, "没有写操作，不用写 unconfirmed")
            elif len(self.data.places.comment(self.flow.file, line)) < _SHORTEST_REASON:
                yield self.wrong(line, "unconfirmed: true 后面要用 # 注明为什么不用顾客确认")

    def _is_confirm(self, step: Step) -> bool:
        spec = self.flow.slots.get(step.collect)
        return spec is not None and spec.kind == "confirm" and self.flow.id not in PATTERNS


# -- what starts a flow -------------------------------------------------------------------------------------------------
def _started_twice(data: DialogueData) -> Iterator[FlowProblem]:
    """Intents that start two flows, or that nobody registered."""
    first: dict[str, Flow] = {}
    for flow in data.flows.by_id.values():
        for intent, slots in flow.start.items():
            line = data.line(flow, intent, flow.line)
            other = first.setdefault(intent, flow)
            if other is not flow:
                where = f"{other.file}:{data.line(other, intent, other.line)}"
                yield FlowProblem(
                    flow.file, line, f"{flow.id}：意图 {intent} 已经开始流程 {other.id}（{where}），只能一个"
                )
            if intent not in data.intents:
                near = _near(intent, data.intents)
                yield FlowProblem(
                    flow.file, line, f"{flow.id}：没有这个意图：{intent}{near}（data/categories.yml）"
                )
            for slot in slots:
                if slot not in flow.slots:
                    yield FlowProblem(
                        flow.file, data.line(flow, slot, line), f"{flow.id}：start 里的 {slot} 没有写在 slots"
                    )


def _never_started(data: DialogueData) -> Iterator[FlowProblem]:
    """Flows that no intent, no other flow, no known question, no button and no code opens."""
    opened = {
        block.ending.name for flow in data.flows.by_id.values() for block in blocks(flow) if block.ending
    }
    named = {one for texts in data.constants.values() for one in texts}
    opened |= {str(flow.before_buying.get("flow")) for flow in data.flows.by_id.values()}
    opened |= {rule for flow in data.flows.by_id.values() for rule in flow.rules}
    opened |= {offer for entry in data.knowledge.entries.values() for offer in entry.offers()}
    buttons = {
        button.payload for one in data.responses.values() for way in one.ways for button in way.buttons
    }
    for flow in data.flows.by_id.values():
        by_button = any(f'"flow":"{flow.id}"' in one.replace(" ", "") for one in buttons)
        if not (flow.start or flow.id in opened or flow.id in named or by_button):
            yield FlowProblem(
                flow.file,
                flow.line,
                f"{flow.id}：没有什么会开始这个流程（start 的意图、别的流程的 link 或 offer、按钮）",
            )


def _near(name: str, known: Iterable[str]) -> str:
    """What was probably meant."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1, 0.75)
    return f"，是不是 {close[0]}？" if close else ""
