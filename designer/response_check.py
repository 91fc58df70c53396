"""What is wrong with the responses of data/domain, seen from where they are said: missing, never said, placeholders that
nobody fills, buttons that lead nowhere, questions that wait for something else."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from aftersales.decisions import DECISIONS
from aftersales.policy_values import POLICY_VALUES
from designer.contract import EXPECTED, REASONS
from designer.dialogue_data import PATTERNS, DialogueData
from designer.flow_paths import Paths
from designer.knowledge_check import entry_lines
from designer.responses import PREFIX, Response, Way
from designer.said import ANY
from dialogue.flows import Flow, FlowProblem, Step, Wording
from dialogue.knowledge import OF_STALLED, OF_TALK, OTHERWISE, STALLED
from dialogue.outcome import ORDER_NO_EXAMPLE
from dialogue.steps import EXPECTS
from dialogue.values import ALWAYS, OF_ORDER

_PAYLOAD = re.compile(r"/(\w+)(\{.*\})?$", re.DOTALL)
#: Slots of kind choice whose name is itself a value of `expects` (dialogue/steps.py).
_NAMED = frozenset({"reason", "condition", "solution"})
#: Buttons that answer or steer whatever is open (dialogue/decide.py, pressed).
_ANSWERS = frozenset({"affirm", "deny", "choose", "start", "ask_human", "stop_form", "skip_evidence"})
#: Lists of talk.yml that only tell what small talk is not (not_praise): nothing is said to them.
_NO_ANSWER = "not_"
#: Responses that the bot says on its own account.
_BOT = frozenset({"utter_state_lost"})


@dataclass(frozen=True, slots=True)
class Use:
    """One place that says a response. `values`: what can fill its placeholders; `confirms`: a yes or no is awaited;
    `expects`: what the page must be told, empty: nothing in particular; `role`: for the message."""

    response: str
    file: str
    line: int
    values: frozenset[str]
    confirms: bool = False
    expects: str = ""
    role: str = "说"

    def fills(self, placeholder: str) -> bool:
        return placeholder in self.values or ANY in self.values


def check_responses(data: DialogueData) -> Iterator[FlowProblem]:
    """Everything wrong with responses and where they are said."""
    uses: dict[str, list[Use]] = defaultdict(list)
    for use in (*_of_flows(data), *_of_code(data), *_of_context(data), *_of_knowledge(data)):
        uses[use.response].append(use)
    yield from _missing(data, uses)
    for one in data.responses.values():
        yield from _Response(data, one, uses.get(one.name, [])).problems()
    yield from _offers(data)


# -- where they are said -------------------------------------------------------------------------------------------------
def _of_flows(data: DialogueData) -> Iterator[Use]:
    for flow in data.flows.by_id.values():
        paths = Paths(data, flow)
        own = (ALWAYS if flow.needs.order else ALWAYS - OF_ORDER) | flow.slots.keys()
        for step in flow.steps:
            if step.kind == "collect":
                yield from _asked(data, flow, step, own | paths.known_when_asked(step), own)
            for outcome, listed in step.blocks.items():
                known = own | paths.known(step, outcome)
                for block in listed:
                    ending = block.ending.kind if block.ending else ""
                    for place, wording in enumerate(block.say):
                        last = place == len(block.say) - 1
                        confirms = last and ending in {"offer", "offer_person"}
                        for name in wording.all():
                            line = data.line(flow, name, block.line)
                            yield Use(name, flow.file, line, known, confirms, "confirm" if confirms else "")
                    if ending == "hand_off" and not block.say and block.ending is not None:
                        yield Use(f"{PREFIX}handoff_{block.ending.name}", flow.file, block.line, known)


def _asked(
    data: DialogueData, flow: Flow, step: Step, values: frozenset[str], own: frozenset[str]
) -> Iterator[Use]:
    """The question and what explains it. Explanations come before anything is decided anew: only the frame's own values."""
    spec = flow.slots.get(step.name)
    if spec is None:
        return
    confirms = spec.kind == "confirm"
    expects = step.expects or EXPECTS.get(spec.kind) or (step.name if step.name in _NAMED else "clarify")
    in_code = flow.id in PATTERNS and any(one.fits(step.ask.name) for one in data.said)
    expects = "" if flow.id in PATTERNS else expects
    for name in step.ask.all() if not in_code else ():
        yield Use(name, flow.file, data.line(flow, name, step.line), values, confirms, expects, "问")
    for name in step.help:
        yield Use(name, flow.file, data.line(flow, name, step.line), own, confirms, expects, "解释")


def _of_code(data: DialogueData) -> Iterator[Use]:
    by_name = {one.name for one in data.said}
    for one in data.said:
        for name in _names(data, one.name) if ANY in one.name else (one.name,):
            if name == one.name or name not in by_name:  # said by its name elsewhere: that place comes first
                yield Use(name, one.file, one.line, one.values, one.offers)
    for name in _BOT:
        yield Use(name, "bot", 1, frozenset())


def _names(data: DialogueData, pattern: str) -> Iterator[str]:
    """The responses that a name with an open part can be; those that need not exist only where data/domain has them."""
    asked = {step.collect for flow in data.flows.by_id.values() for step in flow.steps} - {""}
    slots = {slot for flow in data.flows.by_id.values() for slot in flow.slots}
    talk = [name.partition(".")[2] for name in data.words.lists if name.startswith("talk.")]
    hazards = [name.partition(".")[2] for name in data.words.lists if name.startswith("hazards.")]
    intents = data.words.lists.get("intents.talk")
    needed, possible = {
        "utter_handoff_*": (sorted(REASONS), []),
        "utter_safety_*": (["advice", *hazards], []),
        "utter_why_*": ([], sorted(asked)),
        "utter_why_offer_*": ([], sorted(data.flows.by_id)),
        "utter_corrected_*": ([], sorted(slots)),
        "utter_begun_*": ([], sorted(asked)),
        "utter_*_nothing": (["affirm", "deny"], []),
        "utter_talk_*": (sorted(one for one in talk if not one.startswith(_NO_ANSWER)), []),
        "utter_*": (sorted(intents.words) if intents else [], []),
    }.get(pattern, ([], sorted(slots)))
    for part in needed:
        yield pattern.replace(ANY, part)
    for part in possible:
        if pattern.replace(ANY, part) in data.responses:
            yield pattern.replace(ANY, part)


def _of_context(data: DialogueData) -> Iterator[Use]:
    """Their placeholders are the context table's own check."""
    for row in data.words.context.rows:
        for meant in row.means.values():
            if meant.startswith(PREFIX):
                yield Use(meant, "data/dialogue/context.yml", row.line, frozenset({ANY}))


def _of_knowledge(data: DialogueData) -> Iterator[Use]:
    """Answers to known questions; an order can only be named where its state is known."""
    policy = POLICY_VALUES | ALWAYS - OF_ORDER
    for _, entry, file, line in entry_lines(data.root, data.knowledge):
        told = DECISIONS.get(entry.decide or "")
        for situation, name in entry.say.items():
            of_no_order = situation in {OTHERWISE, *OF_TALK} or told
            known = policy if of_no_order else policy | OF_ORDER
            known |= frozenset(told.values) if told else frozenset()
            if situation == STALLED and told is None:
                known |= frozenset(DECISIONS[OF_STALLED].values)
            yield Use(
                name, file, data.places.line(file, name, line), known, entry.offered(situation) is not None
            )
        known = policy | (frozenset(told.values) if told else frozenset())
        for name in entry.agains():
            yield Use(name, file, data.places.line(file, name, line), known)


# -- what is wrong -------------------------------------------------------------------------------------------------------
def _missing(data: DialogueData, uses: dict[str, list[Use]]) -> Iterator[FlowProblem]:
    from difflib import get_close_matches

    for name, places in uses.items():
        if name in data.responses:
            continue
        close = get_close_matches(name, list(data.responses), 1, 0.8)
        near = f"，是不是 {close[0]}？" if close else ""
        first = next((one for one in places if one.file.startswith("data/")), None)
        if first is not None:
            yield FlowProblem(first.file, first.line, f"data/domain 里没有这句话：{name}{near}")
        else:
            file, line = _home(data, name)
            yield FlowProblem(file, line, f"缺少 {name}（{places[0].file} 会说这句话）{near}")


def _home(data: DialogueData, name: str) -> tuple[str, int]:
    """Where a missing response probably belongs: beside those whose names begin alike."""
    parts = name.split("_")
    for length in range(len(parts) - 1, 1, -1):
        start = "_".join(parts[:length]) + "_"
        for one in data.responses.values():
            if one.name.startswith(start):
                return one.file, one.line
    return "data/domain", 1


class _Response:
    """Checks one response."""

    def __init__(self, data: DialogueData, response: Response, uses: list[Use]) -> None:
        self.data, self.response, self.uses = data, response, uses

    def wrong(self, line: int, message: str) -> FlowProblem:
        return FlowProblem(self.response.file, line, f"{self.response.name}：{message}")

    def problems(self) -> Iterator[FlowProblem]:
        if not self.uses:
            yield self.wrong(self.response.line, "没有地方说这句话：删掉，或检查名字")
        yield from self._wordings()
        yield from self._placeholders()
        for way in self.response.ways:
            yield from self._expects(way)
            yield from self._buttons(way)

    def _wordings(self) -> Iterator[FlowProblem]:
        ways = self.response.ways
        if len(ways) == 1 and not self.response.only_passes_on:
            yield self.wrong(self.response.line, "只有一种说法，再写一种（顾客会连着看到）")
        texts: dict[str, Way] = {}
        for way in ways:
            if texts.setdefault(way.text.strip(), way) is not way:
                yield self.wrong(way.line, "两种说法一模一样")
        if len({way.expects for way in ways}) > 1:
            told = "、".join(sorted({way.expects or "不写" for way in ways}))
            yield self.wrong(ways[-1].line, f"几种说法的 expects 不一样：{told}")

    def _placeholders(self) -> Iterator[FlowProblem]:
        for name in sorted(self.response.placeholders - {ORDER_NO_EXAMPLE}):
            unfilled = next((one for one in self.uses if not one.fills(name)), None)
            if unfilled is None:
                continue
            line = self.data.places.line(self.response.file, name, self.response.line)
            where = f"{unfilled.file}:{unfilled.line}" if unfilled.file.startswith("data/") else unfilled.file
            known = "、".join(sorted(unfilled.values)) or "没有"
            yield self.wrong(line, f"{{{name}}} 没有内容可填（{where} {unfilled.role}这句时有：{known}）")

    def _expects(self, way: Way) -> Iterator[FlowProblem]:
        if not way.expects:
            return
        line = self.data.places.line(self.response.file, "expects", way.line)
        if way.expects not in EXPECTED:
            yield self.wrong(line, f"expects 没有“{way.expects}”，可以写：{'、'.join(sorted(EXPECTED))}")
            return
        for use in self.uses:
            if use.expects and use.expects != way.expects:
                yield self.wrong(
                    line,
                    f"expects 写的是 {way.expects}，{use.file}:{use.line} {use.role}这句时在等 {use.expects}",
                )
                return
        if way.expects == "confirm" and not any(one.confirms for one in self.uses):
            yield self.wrong(line, "expects 写了 confirm，可是说这句的地方都不等“是”或“不是”")

    def _buttons(self, way: Way) -> Iterator[FlowProblem]:
        agrees, declines = self.data.words.lists.get("answers.yes"), self.data.words.lists.get("answers.no")
        for button in way.buttons:
            match = _PAYLOAD.match(button.payload)
            if match is None:
                yield self.wrong(
                    button.line, f"按钮“{button.title}”的 payload 要写成 /意图 或 /choose{{{{…}}}}"
                )
                continue
            yield from self._payload(button.title, match[1], match[2] or "", button.line)
            if match[1] == "affirm":
                if self.uses and not any(one.confirms for one in self.uses):
                    yield self.wrong(
                        button.line, f"按钮“{button.title}”是答应（/affirm），可是说这句时没有等顾客答应什么"
                    )
                if declines is not None and declines.pattern.fullmatch(button.title):
                    yield self.wrong(button.line, f"按钮“{button.title}”是拒绝的话，payload 却是 /affirm")
            elif match[1] == "deny" and agrees is not None and agrees.pattern.fullmatch(button.title):
                yield self.wrong(button.line, f"按钮“{button.title}”是答应的话，payload 却是 /deny")

    def _payload(self, title: str, intent: str, inside: str, line: int) -> Iterator[FlowProblem]:
        data = self.data
        talk = data.words.lists.get("intents.talk")
        known = _ANSWERS | {one for flow in data.flows.by_id.values() for one in flow.start}
        known |= set(talk.words) if talk else set()
        if intent not in known:
            yield self.wrong(line, f"按钮“{title}”的 /{intent} 没有流程会接")
            return
        if intent not in {"choose", "start"}:
            return
        try:
            given = json.loads(inside or "{}")
        except json.JSONDecodeError:
            yield self.wrong(line, f"按钮“{title}”的 payload 写错了：花括号写两层，里面用英文引号")
            return
        if intent == "start" and data.flows.get(str(given.get("flow"))) is None:
            yield self.wrong(line, f"按钮“{title}”：没有这个流程 {given.get('flow')}")
        elif intent == "choose":
            slot, value = str(given.get("slot")), str(given.get("value"))
            flows = [flow for flow in data.flows.by_id.values() if slot in flow.slots]
            if not flows:
                yield self.wrong(line, f"按钮“{title}”：没有哪个流程有 slot {slot}")
            codes = {one for flow in flows for one in data.codes(flow, flow.slots[slot])}
            codes |= {
                str(step.skip) for flow in flows for step in flow.steps if step.collect == slot and step.skip
            }
            if flows and codes and value not in codes:
                yield self.wrong(
                    line, f"按钮“{title}”：{slot} 没有“{value}”这个值，有：{'、'.join(sorted(codes))}"
                )


# -- offers of a person --------------------------------------------------------------------------------------------------
def _offers(data: DialogueData) -> Iterator[FlowProblem]:
    """What a customer agrees to when a person is offered has a name for the record (labels.yml, offer)."""
    offered: dict[str, tuple[str, int]] = {}
    for flow in data.flows.by_id.values():
        for step in flow.steps:
            for block in (one for listed in step.blocks.values() for one in listed):
                if block.ending and block.ending.kind == "offer_person" and block.say:
                    for name in _all(block.say[-1]):
                        offered.setdefault(name, (flow.file, data.line(flow, name, block.line)))
    named = data.words.labels.get("offer", {})
    for name, (file, line) in offered.items():
        if name not in named:
            yield FlowProblem(
                file, line, f"{name} 提议请人，labels.yml 的 offer 里要写明请人做什么（交接记录用）"
            )
    for name in named:
        if name not in offered and not any(one.offers and one.fits(name) for one in data.said):
            file = "data/dialogue/labels.yml"
            yield FlowProblem(file, data.places.line(file, name), f"offer 里的 {name} 没有地方用来提议请人")


def _all(wording: Wording) -> Iterator[str]:
    yield from wording.all()
