"""Flows as data: reads data/flows/*.yml into typed steps. The grammar is docs/dialogue.md; errors are Chinese with lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aftersales.lined_yaml import Lined, LinedList, read_lined

SLOT_KINDS = frozenset(
    {
        *(
            "choice",
            "confirm",
            "text",
            "order_no",
            "proof",
            "item",
            "product",
            "address",
            "receiver",
            "phone",
        ),
        *(
            "title",
            "tax_no",
            "email",
            "evidence",
            "tracking_no",
            "quantity",
            "amount",
            "date",
            "colour",
            "size",
            "wished_time",
            "part",
        ),
    }
)
#: What ends a block, in the order in which they are looked for.
ENDINGS = ("link", "offer", "offer_person", "hand_off", "ticket", "close", "go", "end")
_BLOCK_KEYS = frozenset({"if", "learn", "put", "card", "say", *ENDINGS})
_STEP_KINDS = ("collect", "decide", "branch", "write")
_COLLECT_KEYS = frozenset(
    {"id", "if", "collect", "ask", "help", "choices", "skip", "rest", "verb", "expects"}
)
_FLOW_KEYS = frozenset(
    {
        "name",
        "start",
        "needs",
        "facts",
        "repeats",
        "unconfirmed",
        "general",
        "before_buying",
        "gives_way",
        "slots",
        "steps",
    }
)
_SLOT_KEYS = frozenset({"kind", "words", "resets", "fact", "when", "unless", "keeps", "again"})
_NEEDS_KEYS = frozenset({"order", "item", "product", "customer"})
#: What may stand in `link: {…}` and `offer: {…}`.
_LED_KEYS = frozenset({"flow", "start", "slots"})
#: Kinds of slots that a flow hands on to the one that it links to.
CARRIED = frozenset({"colour", "size", "quantity", "wished_time"})
CARDS = frozenset({"order", "logistics", "request"})


@dataclass(frozen=True, slots=True)
class Wording:
    """Which response is said: one, or by the value of a slot (`by`; the empty name is `otherwise`)."""

    name: str = ""
    by: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def chosen(self, slots: Mapping[str, Any]) -> str:
        """The response's name for these slots; empty when none fits."""
        if not self.by:
            return self.name
        return self.names.get(str(slots.get(self.by)), self.names.get("otherwise", ""))

    def all(self) -> Iterator[str]:
        yield from ([self.name] if self.name else self.names.values())


@dataclass(frozen=True, slots=True)
class Ending:
    """What a block ends with: `kind` of ENDINGS; `name`: flow, reason or step; `slots` for a linked flow."""

    kind: str
    name: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """Simple actions done in a fixed order: learn, put, card, say, then the ending (None: go on)."""

    line: int
    condition: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    learn: Mapping[str, Any] = field(default_factory=dict)
    put: Mapping[str, Any] = field(default_factory=dict)
    cards: tuple[str, ...] = ()
    say: tuple[Wording, ...] = ()
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """`kind`: collect | decide | branch | write | block. `name`: the slot, decision or write. `blocks`: what each outcome
    or value leads to; a block step has its own under the empty name. `condition`: only then."""

    id: str
    kind: str
    name: str
    line: int
    condition: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    blocks: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)
    ask: Wording = field(default_factory=Wording)
    help: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    choices_from: str = ""
    skip: str | None = None
    rest: str | None = None
    verb: str = ""
    expects: str = ""

    @property
    def collect(self) -> str:
        """The slot asked for, or empty."""
        return self.name if self.kind == "collect" else ""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """A value that a flow may be told. `words`: its group of choices.yml; `resets`: slots cleared when it changes; `unless`: a
    slot that makes it pointless, it is not read where that one is known or told; `keeps`: told before the flow is open it is
    kept for it, and so is what stood in a form that was given up, or what was written for the same goods; `again`: only the
    latter two."""

    name: str
    kind: str
    line: int
    words: str = ""
    resets: tuple[str, ...] = ()
    fact: str | None = None
    when: str | None = None
    unless: str | None = None
    keeps: bool = False
    again: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_question(self) -> bool:
        """Is its value what the customer asks, not what they tell (questions.yml)?"""
        return self.words.startswith("questions.")


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be known before the first step. `prefer`: order states that fit, by the value of the slot `by` where the
    flow says so (the empty value is for the others); `only`: orders in other states are not meant; `doubled`: of orders with the
    same goods the latest one that fits is meant."""

    customer: bool = False
    order: bool = False
    prefer: tuple[str, ...] = ()
    by: str = ""
    prefer_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: bool = False
    doubled: bool = False
    item: bool = False
    product: bool = False

    def preferred(self, slots: Mapping[str, Any]) -> tuple[str, ...]:
        """The order states that fit for these values."""
        return self.prefer_by.get(str(slots.get(self.by)), self.prefer) if self.by else self.prefer


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow of data/flows."""

    id: str
    name: str
    file: str
    line: int
    start: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    needs: Needs = field(default_factory=Needs)
    facts: Mapping[str, Any] = field(default_factory=dict)
    repeats: bool = True
    unconfirmed: bool = False  # its write needs no yes of its own; the file says why
    general: Wording = Wording()  # the look-up that answers it without an order
    gives_way: tuple[str, ...] = ()  # flows that are begun instead of an offer of this one
    before_buying: dict[str, Any] = field(
        default_factory=dict
    )  # {flow, slots}: for who said that nothing was bought yet
    slots: Mapping[str, SlotSpec] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    def step(self, step_id: str | None) -> Step | None:
        """The step with that id, or None."""
        return next((one for one in self.steps if one.id == step_id), None)

    def rule(self, slots: Mapping[str, Any]) -> str:
        """The look-up that answers it without an order, for these slots; empty where there is none."""
        return self.general.chosen(slots)

    @property
    def rules(self) -> frozenset[str]:
        """Every look-up that may answer it without an order."""
        return frozenset(self.general.all())

    @property
    def is_write(self) -> bool:
        """Does it write something?"""
        return any(one.kind == "write" for one in self.steps)

    @property
    def leads_to(self) -> frozenset[str]:
        """The flows that it links to or offers."""
        blocks = [block for step in self.steps for listed in step.blocks.values() for block in listed]
        endings = [one.ending for one in blocks if one.ending is not None]
        return frozenset(one.name for one in endings if one.kind in {"link", "offer"})

    @property
    def is_lookup(self) -> bool:
        """It only tells something: no question of its own, no write."""
        return not any(one.kind in {"collect", "write"} for one in self.steps)


@dataclass(frozen=True, slots=True)
class Flows:
    """All flows by id, and the flow that each intent starts."""

    by_id: Mapping[str, Flow] = field(default_factory=dict)
    _starts: dict[str, tuple[str, Mapping[str, Any]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Which flow each intent starts: the first that names it."""
        for one in self.by_id.values():
            for intent, slots in one.start.items():
                self._starts.setdefault(intent, (one.id, slots))

    def get(self, flow: str | None) -> Flow | None:
        """The flow of that id, or None."""
        return self.by_id.get(flow or "")

    def started_by(self, intent: str) -> tuple[str, Mapping[str, Any]] | None:
        """(flow, slots that the intent fills) or None."""
        return self._starts.get(intent)

    def writes(self, intent: str) -> bool:
        """Does the intent start a flow that writes something?"""
        begun = self.started_by(intent)
        return begun is not None and self.by_id[begun[0]].is_write


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """What is wrong with a file, for a designer."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.message}"


class FlowError(ValueError):
    """data/flows is not usable; the message is one Chinese line."""


def load_flows(folder: Path) -> Flows:
    """Every flow of the folder. Raises FlowError with the first problem."""
    flows, problems = read_flows(folder)
    if problems:
        raise FlowError(str(problems[0]))
    return flows


def read_flows(folder: Path) -> tuple[Flows, list[FlowProblem]]:
    """Every flow, and every problem of form."""
    found: dict[str, Flow] = {}
    problems: list[FlowProblem] = []
    for file in sorted(folder.glob("*.yml")):
        name = f"data/flows/{file.name}"
        root, wrong = read_lined(file)
        problems += [FlowProblem(name, line, message) for line, message in wrong]
        for flow_id, body in root.items():
            reader = _FlowReader(flow_id, name, root.lines[flow_id])
            flow = reader.flow(body)
            problems += reader.problems
            if flow_id in found:
                problems.append(
                    FlowProblem(name, flow.line, f"流程 {flow_id} 在 {found[flow_id].file} 里已经有了")
                )
            found[flow_id] = flow
    return Flows(found), problems


def _words(given: Any) -> tuple[str, ...]:
    return (str(given),) if isinstance(given, (str, bool)) else tuple(str(one) for one in given or ())


class _FlowReader:
    """Reads one flow; notes what is wrong instead of failing."""

    def __init__(self, flow_id: str, file: str, line: int) -> None:
        self.flow_id, self.file, self.line = flow_id, file, line
        self.problems: list[FlowProblem] = []
        self._unnamed = 0

    def wrong(self, line: int, message: str) -> None:
        self.problems.append(FlowProblem(self.file, line, f"{self.flow_id}：{message}"))

    def flow(self, body: Any) -> Flow:
        if not isinstance(body, Lined):
            self.wrong(self.line, "一个流程要写成 名称: 内容")
            return Flow(self.flow_id, self.flow_id, self.file, self.line)
        self._known(body, _FLOW_KEYS)
        if not body.get("name"):
            self.wrong(self.line, "缺少 name（给顾客看的叫法）")
        steps = body.get("steps")
        if not isinstance(steps, LinedList) or not steps:
            self.wrong(self.line, "缺少 steps（至少一步）")
            steps = LinedList(self.line)
        read = tuple(
            self._step(one, line)
            for one, line in zip(steps, steps.lines, strict=True)
            if self._is_map(one, line)
        )
        return Flow(
            id=self.flow_id,
            name=str(body.get("name") or self.flow_id),
            file=self.file,
            line=self.line,
            start=self._start(body),
            needs=self._needs(body),
            facts=dict(self._map(body, "facts")),
            repeats=self._flag(body, "repeats", True),
            unconfirmed=self._flag(body, "unconfirmed"),
            general=self._wording(body.get("general"), body.lines.get("general", self.line)),
            before_buying=dict(body.get("before_buying") or {}),
            gives_way=tuple(str(one) for one in body.get("gives_way") or ()),
            slots=self._slots(body, read),
            steps=read,
        )

    # -- parts -----------------------------------------------------------------------------------------------------
    def _start(self, body: Lined) -> dict[str, dict[str, Any]]:
        given = body.get("start")
        if given is None:
            return {}
        if isinstance(given, LinedList):
            return {str(one): {} for one in given}
        if isinstance(given, Lined):
            return {
                intent: dict(slots) if isinstance(slots, Lined) else {} for intent, slots in given.items()
            }
        self.wrong(body.lines.get("start", self.line), "start 要写成意图的列表，或 意图: {slot: 值}")
        return {}

    def _needs(self, body: Lined) -> Needs:
        given = body.get("needs")
        line = body.lines.get("needs", self.line)
        if given in (None, "none"):
            return Needs()
        if given == "customer":
            return Needs(customer=True)
        if not isinstance(given, Lined):
            self.wrong(line, "needs 要写成 none、customer 或 {order: […]}、{product: true}")
            return Needs()
        self._known(given, _NEEDS_KEYS)
        order = given.get("order")
        prefer: Any = order.get("prefer") or () if isinstance(order, Lined) else order or ()
        only = bool(isinstance(order, Lined) and order.get("only"))
        doubled = bool(isinstance(order, Lined) and order.get("doubled"))
        by, prefer_by = "", {}
        if isinstance(prefer, Lined):
            by = str(prefer.get("by") or "")
            prefer_by = {value: _words(states) for value, states in prefer.items() if value != "by"}
            prefer = [state for states in prefer_by.values() for state in states]
            if not by:
                self.wrong(line, "prefer 按值写时，要有 by（看哪个 slot）")
        return Needs(
            customer="order" in given or bool(given.get("customer")),
            order="order" in given,
            prefer=_words(prefer),
            by=by,
            prefer_by=prefer_by,
            only=only,
            doubled=doubled,
            item=self._flag(given, "item"),
            product=self._flag(given, "product"),
        )

    def _slots(self, body: Lined, steps: tuple[Step, ...]) -> dict[str, SlotSpec]:
        found: dict[str, SlotSpec] = {}
        asked = {one.name: one.choices for one in steps if one.kind == "collect" and one.choices}
        for name, given in self._map(body, "slots").items():
            line = self._map(body, "slots").lines[name]
            parts = given if isinstance(given, Lined) else Lined(line)
            if not isinstance(given, Lined):
                parts["kind"] = given
            else:
                self._known(parts, _SLOT_KEYS)
            kind = str(parts.get("kind"))
            if kind not in SLOT_KINDS:
                self.wrong(line, f"slot {name} 的种类“{kind}”不认识，可以写：{'、'.join(sorted(SLOT_KINDS))}")
            if parts.get("when") not in (None, "follow_up", "start", "asked", "open"):
                self.wrong(line, f"slot {name} 的 when 只能写 follow_up、start、asked 或 open")
            found[name] = SlotSpec(
                name,
                kind,
                line,
                words=str(parts.get("words") or name),
                resets=tuple(str(one) for one in parts.get("resets") or ()),
                fact=parts.get("fact"),
                when=parts.get("when"),
                unless=parts.get("unless"),
                keeps=parts.get("keeps") is True,
                again=parts.get("again") is True,
                choices=asked.get(name, {}),
            )
        return found

    def _step(self, body: Lined, line: int) -> Step:
        kind = next((one for one in _STEP_KINDS if one in body), "block")
        name = str(body.get(kind)) if kind != "block" else ""
        step_id = str(body.get("id") or (name if kind == "collect" else ""))
        if not step_id:
            self._unnamed += 1
            step_id = f"{kind}{self._unnamed}"
        condition = self._condition(body)
        if kind == "block":
            inner = Lined(line)
            for key, value in body.items():
                if key not in {"id", "if"}:
                    inner[key], inner.lines[key] = value, body.lines[key]
            return Step(step_id, kind, "", line, condition, {"": self._blocks(inner, line)})
        own = _COLLECT_KEYS if kind == "collect" else frozenset({"id", "if", kind})
        blocks = {
            outcome: self._blocks(given, body.lines[outcome])
            for outcome, given in body.items()
            if outcome not in own
        }
        if kind != "collect":
            return Step(step_id, kind, name, line, condition, blocks)
        given = body.get("choices")
        from_source = str(given.get("from")) if isinstance(given, Lined) and set(given) == {"from"} else ""
        helps = body.get("help") or ()
        return Step(
            step_id,
            kind,
            name,
            line,
            condition,
            blocks,
            ask=self._wording(body.get("ask"), body.lines.get("ask", line)),
            help=(str(helps),) if isinstance(helps, str) else tuple(str(one) for one in helps),
            choices={}
            if from_source or not isinstance(given, Lined)
            else {k: str(v) for k, v in given.items()},
            choices_from=from_source,
            skip=None if body.get("skip") is None else str(body["skip"]),
            rest=None if body.get("rest") is None else str(body["rest"]),
            verb=str(body.get("verb") or ""),
            expects=str(body.get("expects") or ""),
        )

    def _blocks(self, given: Any, line: int) -> tuple[Block, ...]:
        if isinstance(given, str):
            if given.startswith("utter_"):
                return (Block(line, say=(Wording(given),)),)
            return (Block(line, ending=Ending("go", given)),)
        if given is None:
            return ()
        if isinstance(given, Lined):
            return (self._block(given, line),)
        if isinstance(given, LinedList):
            return tuple(
                self._block(one, at)
                for one, at in zip(given, given.lines, strict=True)
                if self._is_map(one, at)
            )
        self.wrong(line, "这里要写成 {say: …, end: true} 这样的内容，或一个步骤的 id")
        return ()

    def _block(self, body: Lined, line: int) -> Block:
        self._known(body, _BLOCK_KEYS)
        cards = body.get("card") or ()
        cards = (cards,) if isinstance(cards, str) else tuple(cards)
        for one in cards:
            if one not in CARDS:
                self.wrong(line, f"card 只能是：{'、'.join(sorted(CARDS))}")
        says = body.get("say") or ()
        says = tuple(says) if isinstance(says, LinedList) else (says,) if says else ()
        return Block(
            line,
            self._condition(body),
            dict(self._map(body, "learn")),
            dict(self._map(body, "put")),
            tuple(str(one) for one in cards),
            tuple(self._wording(one, body.lines.get("say", line)) for one in says),
            self._ending(body, line),
        )

    def _ending(self, body: Lined, line: int) -> Ending | None:
        for one in ("ticket", "close", "end"):
            self._flag(body, one)
        given = [one for one in ENDINGS if body.get(one) not in (None, False)]
        if len([one for one in given if one != "end"]) > 1:
            self.wrong(line, f"一段里只能有一个结尾，这里有：{'、'.join(given)}")
        if not given:
            return None
        kind, value = given[0], body[given[0]]
        if isinstance(value, Lined):
            self._known(value, _LED_KEYS)
            name = str(value.get("flow") or value.get("start") or "")
            return Ending(kind, name, dict(value.get("slots") or {}))
        return Ending(kind, "" if value is True else str(value))

    def _wording(self, given: Any, line: int) -> Wording:
        if isinstance(given, str):
            return Wording(given)
        if isinstance(given, Lined) and given.get("by"):
            return Wording(by=str(given["by"]), names={k: str(v) for k, v in given.items() if k != "by"})
        if given is not None:
            self.wrong(
                line, "这里要写一句话的名字（utter_…），或 {by: slot, 值: utter_…, otherwise: utter_…}"
            )
        return Wording()

    def _condition(self, body: Lined) -> dict[str, tuple[str, ...]]:
        return {
            slot: tuple(str(one) for one in given) if isinstance(given, LinedList) else (str(given),)
            for slot, given in self._map(body, "if").items()
        }

    def _flag(self, body: Lined, key: str, otherwise: bool = False) -> bool:
        """true or false, nothing else."""
        given = body.get(key, otherwise)
        if not isinstance(given, bool):
            self.wrong(body.lines[key], f"{key} 只能写 true 或 false")
        return given is True

    # -- form ------------------------------------------------------------------------------------------------------
    def _map(self, body: Lined, key: str) -> Lined:
        given = body.get(key)
        if isinstance(given, Lined):
            return given
        if given is not None:
            self.wrong(body.lines.get(key, self.line), f"{key} 要写成 名称: 内容")
        return Lined(self.line)

    def _is_map(self, given: Any, line: int) -> bool:
        if isinstance(given, Lined):
            return True
        self.wrong(line, "这一步要写成 名称: 内容")
        return False

    def _known(self, body: Lined, known: frozenset[str]) -> None:
        for key, line in body.lines.items():
            if key not in known:
                self.wrong(line, f"不认识“{key}”，可以写：{'、'.join(sorted(known))}")
