"""The arbiter: candidates → commands. The only place that compares what a message could mean.

Every reading becomes candidates with a utility (candidates.py, data/dialogue/arbiter.yml). The best is taken, then the next that
does not rest on the same words, until nothing reaches `act`. So 律师 inside an invoice title is no threat, and "不想要了，顺便问下运费谁出"
is an answer and a question. The trace tells of each candidate whether it won, and why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dialogue.arbiter import Arbiter
from dialogue.candidates import MATTERS, PARTS, Candidate, apart, candidates, overlap, rests
from dialogue.commands import Command
from dialogue.flows import Flow
from dialogue.meanings.buttons import pressed
from dialogue.meanings.turn import Turn
from dialogue.precedence import outranked
from dialogue.readers.coverage import part_asks
from dialogue.readers.sentence import sentence_of
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

#: Kinds that leave no room for anything but numbers and what is being talked about.
_ALONE = frozenset({"human", "ticket", "cancel", "undo", "explain", "unclear"})
_BESIDE = frozenset({"number", "focus"})
#: The pattern that waits for the number of an order.
_IDENTIFY = "identify"
#: Kinds that leave room for a matter told in other words.
_BESIDE_MATTERS = frozenset({"cancel", "human", "ticket"})


@dataclass
class Decision:
    """The commands of a turn, and why: one line a candidate."""

    commands: list[Command]
    trace: list[dict[str, Any]] = field(default_factory=list)

    def likely(self) -> list[tuple[Command, float]]:
        """The commands with their utility; 0 for what was made up because nothing was likely."""
        known = {one["command"]: float(one["utility"]) for one in self.trace if one.get("won")}
        return [(one, known.get(one.written(), 0.0)) for one in self.commands]


def decide(scene: Scene, readings: Sequence[Reading], arbiter: Arbiter) -> Decision:
    """Choose the commands of this turn."""
    turn = Turn(scene, readings)
    if scene.message.kind == "button":
        return Decision(pressed(turn))
    return choose(turn, candidates(turn, arbiter), arbiter)


def choose(turn: Turn, found: Iterable[Candidate], arbiter: Arbiter) -> Decision:
    """Choose among these candidates."""
    scene = turn.scene
    listed = sorted(found, key=lambda one: (-_rank(one, arbiter), -one.utility))
    likely = [one for one in listed if one.utility >= _needed(scene, one, arbiter)]
    taken: list[Candidate] = []
    came_to_nothing: list[Candidate] = []
    trace: list[dict[str, Any]] = []
    for one in listed:
        why = outranked(one, likely, arbiter)
        if not why and (why := _against(scene, one, taken, arbiter)) and one in likely:
            came_to_nothing.append(one)
        if not why:
            taken.append(one)
        trace.append(_told(one, why))
    left = [one for one in likely if one not in came_to_nothing]
    for one in left if came_to_nothing else ():  # it makes no wish impossible (手机到哪了 还有发票怎么开)
        if one.command.kind != "start" or not _is_apart(one, taken) or outranked(one, left, arbiter):
            continue
        if not _against(scene, one, taken, arbiter):
            taken.append(one)
            trace.append(_told(one, ""))
    commands = _joined(one.command for one in sorted(taken, key=lambda one: one.span))
    asked = _ambiguous(scene, listed, taken, arbiter)
    if asked:
        commands = [one for one in commands if one.kind not in {"start", "answer"}]
        commands.append(Command("clarify", ", ".join(asked), words=scene.text))
    if not commands:
        commands = _small_talk(listed, arbiter) or _otherwise(turn)
    elif all(one.kind == "focus" for one in commands):
        commands = [*(_instead(turn, one) for one in commands), *_about_it(turn)]
    return Decision(commands, trace)


def _is_apart(one: Candidate, taken: Sequence[Candidate]) -> bool:
    """Does it rest on words of its own, beside those of what is taken?"""
    return (
        one.span != (0, 0)
        and bool(taken)
        and not any(two.span == (0, 0) or overlap(one.span, two.span) > 0 for two in taken)
    )


def _told(one: Candidate, why: str) -> dict[str, Any]:
    """A line of the trace."""
    span = {"span": list(one.span)} if one.span != (0, 0) else {}
    told = {"command": one.command.written(), "utility": round(one.utility, 2), "source": one.source}
    return {**told, **span, **({"lost": why} if why else {"won": True})}


def _rank(one: Candidate, arbiter: Arbiter) -> int:
    """2: an answer to our question in words of its own, which no word inside it can turn into something else. 1: a danger, a
    threat, the wish for a person, anything else that is watched for by its words. 0: everything else."""
    sure = arbiter.limits["sure_answer"]
    told = {"set_asked", "correct"}  # 叫王建均 也是
    if one.kind in told and not one.whole and one.utility >= sure and PARTS & set(one.command.slots):
        return 2
    by_words = (
        one.kind == "watch" and not one.features.get("model") and one.command.kind not in {"unclear", "chat"}
    )
    watched = one.command.kind == "human" or by_words
    return 1 if watched and one.utility >= arbiter.limits["act"] else 0


# -- choice ----------------------------------------------------------------------------------------------------------
def _against(scene: Scene, one: Candidate, taken: Sequence[Candidate], arbiter: Arbiter) -> str:
    """Why this candidate is not taken; empty when it is."""
    limits, needed = arbiter.limits, _needed(scene, one, arbiter)
    if one.utility < needed:
        return f"不够肯定（{needed:.2f}）"
    for other in taken:
        if other.command.written() == one.command.written():
            return "同一个意思"
        if one.kind in _BESIDE or other.kind in _BESIDE:
            if one.kind == other.kind == "number" and set(one.command.slots) & set(other.command.slots):
                return "同一项已有更像的值"
            apart = one.whole or other.whole or not _shares_words(one, other, limits["same_words"])
            apart = apart or "human" in {
                one.command.kind,
                other.command.kind,
            }  # told beside what brings a person
            if one.kind == other.kind or apart or _inside(one, other):
                continue
            return f"这些词已经用在 {other.command.written()}"
        if one.kind == "remark":
            return f"让位给 {other.command.written()}"
        if one.command.kind == other.command.kind == "cancel" and one.span == other.span:
            continue  # 都不办了
        if _both(one, other):
            continue
        if other.command.kind in _ALONE or one.command.kind in _ALONE:
            return f"让位给 {other.command.written()}"
        if _same_slot(one.command, other.command):
            return "同一项已有更像的值"
        if one.command.kind == other.command.kind == "chat" or "chat" in {one.kind, other.kind}:
            return f"让位给 {other.command.written()}"
        if _same_matter(one, other) or _leads_on(scene, one, other):
            return "同一件事"
        if _parts_of_one_answer(scene, one, other):
            continue
        matters = {one.command.kind, other.command.kind} <= {"start", "answer"}
        heard = _only_heard(one) and (other.kind != "known" or bool(one.features.get("question")))
        if matters and heard and one.utility < limits["beside_matter"]:
            return "已有一件事，另一件不够肯定"
        if _only_sounds(one) and other.command.kind == "answer":
            return "没有问，别的答了"
        if matters or not (one.whole or other.whole):
            if _shares_words(one, other, limits["same_words"]):
                return f"这些词已经用在 {other.command.written()}"
        elif one.whole and other.whole:
            return f"让位给 {other.command.written()}"
    if any(_asks_for_the_rule(scene, one, two) for two in taken):
        return "问的是规则"
    if (
        _only_heard(one)
        and one.utility < limits["beside_answer"]
        and any(_claimed((0, len(scene.text)), [two]) for two in taken if not _refuses_offer(scene, two))
    ):
        return "已有回答，另一件事不够肯定"
    if one.named and all(_claimed(span, taken) for span in one.named):
        return "话都用在别处了"
    if one.whole and not _has_rest(scene, taken, limits) and not _has_own_words(scene, one, taken):
        return "话都用在别处了"
    return ""


def _only_sounds(one: Candidate) -> bool:
    """别家当天就退了: a known question that only the model hears, in words that ask nothing."""
    return one.kind == "known" and bool(one.features.get("model")) and not one.features.get("question")


def _only_heard(one: Candidate) -> bool:
    """A matter that nothing but the intent model hears."""
    return one.command.kind in MATTERS and not one.named and one.source == "intents"


def _inside(one: Candidate, other: Candidate) -> bool:
    """扫地机器人充不进电: goods named in the words that begin a matter. 帮我查下订单2026…: a number among those that ask for it."""
    if {one.kind, other.kind} & {"number"}:
        return one.command.kind in MATTERS or other.command.kind in MATTERS
    return other.kind == "focus" and one.command.kind == "start"


def _needed(scene: Scene, one: Candidate, arbiter: Arbiter) -> float:
    """How likely it must be to be taken: more where something is written."""
    flow = scene.store.flows.get(one.command.name) if one.command.kind == "start" else None
    writes = flow is not None and flow.is_write
    heard = _only_heard(one) and flow is not None and not _told_in_words(scene, one, flow)
    if writes and scene.top is not None and heard:  # beside what is open or offered
        return arbiter.limits["write_asked_beside" if one.features.get("question") else "write_beside"]
    return arbiter.limits["write" if writes else "act"]


def _told_in_words(scene: Scene, one: Candidate, flow: Flow) -> bool:
    """老卡地毯边上 转圈: do words say a value that the matter begins with?"""
    words = scene.store.words
    groups = [
        (words.codes(flow.slots[slot].words), value)
        for slot, value in one.command.slots.items()
        if slot in flow.slots
    ]
    return any(
        (pattern := codes.get(str(value))) is not None and pattern.search(scene.text) is not None
        for codes, value in groups
    )


def _asks_for_the_rule(scene: Scene, one: Candidate, rule: Candidate) -> bool:
    """七天无理由退货怎么算: one small sentence that asks, and nothing in it wishes (我要退货运费谁出 does)."""
    heard = one.source == rule.source == "intents" and one.whole and rule.whole
    if not heard or (one.command.kind, rule.command.kind) != ("start", "answer"):
        return False
    words, parts = scene.store.words, {sentence_of(scene.text, span) for span in (*one.named, *rule.named)}
    wishes = any(words.hit("wishes.wants", part.text) for part in parts)
    return len(parts) == 1 and not wishes and all(part_asks(part, words) for part in parts)


def _refuses_offer(scene: Scene, one: Candidate) -> bool:
    """不用了, to an offer: that answers nothing of what is asked beside it."""
    return one.kind == "no" and scene.top is not None and scene.top.flow == "offer"


def _same_slot(one: Command, other: Command) -> bool:
    """Do both change the same slot, not to the same value?"""
    changes = {"set", "correct", "skip"}
    if one.kind not in changes or other.kind not in changes:
        return False
    if one.more.get("question") and other.more.get("question"):  # 怎么寄 运费谁出: both are answered
        return False
    told = [{**command.slots, **({command.name: None} if command.name else {})} for command in (one, other)]
    return any(told[0][slot] != told[1][slot] for slot in told[0].keys() & told[1].keys())


def _both(one: Candidate, other: Candidate) -> bool:
    """Given up, or a person wanted, and something else in other words (算了退货不弄了 你给我看看能补差价不)."""
    kinds = {one.command.kind, other.command.kind}
    if any("taken" in two.command.more for two in (one, other)):  # 提交吧 菜的事也叫专员看看
        return overlap(one.span, other.span) == 0
    if kinds == {"cancel", "resume"}:  # 发票取消 退货接着
        return one.command.name != other.command.name and overlap(one.span, other.span) == 0
    if "undo" in kinds and kinds & {"set", "correct"}:  # 抬头没改 邮箱改成…
        undo, value = (one, other) if one.command.kind == "undo" else (other, one)
        return bool(undo.command.name) and undo.command.name not in value.command.slots
    matter = one if one.command.kind in MATTERS else other
    beside = (
        bool(kinds & _BESIDE_MATTERS) and bool(kinds & MATTERS) and (bool(matter.named) or "cancel" in kinds)
    )
    # the rest of the message is judged by _has_rest
    unnamed = "cancel" in kinds and matter.whole and not matter.named
    again = any(two.command.more.get("disowned") for two in (one, other))  # 别管点卡 我要退的是箱子
    instead = any(two.command.more.get("instead") for two in (one, other)) and bool(
        matter.named
    )  # 碗没到我手里
    return (
        beside
        and (unnamed or instead or apart(one, other))
        and (again or one.command.name != other.command.name)
    )


#: A time that is wished for, beside whatever else is told.
_WISHED = "wished_time"


def _parts_of_one_answer(scene: Scene, one: Candidate, other: Candidate) -> bool:
    """Name and phone inside an address, a wish inside free words: one stretch tells several slots of the same frame."""
    if not {one.command.kind, other.command.kind} <= {"set", "correct"}:
        return False
    flow = scene.store.flows.get(str(one.command.more.get("flow") or ""))
    if flow is None or one.command.more.get("flow") != other.command.more.get("flow"):
        return False
    if one.source == other.source:
        return True
    names = [*one.command.slots, *other.command.slots]
    # 找师傅上门修 周四上午在家: what is only heard has the whole message as its words
    heard = "intents" in {one.source, other.source}
    if heard and _WISHED in names:
        return True
    if any(flow.slots[name].kind == "text" for name in names if name in flow.slots):
        return True
    return all(flow.slots[name].kind in PARTS for name in names if name in flow.slots)


def _shares_words(one: Candidate, other: Candidate, share: float) -> bool:
    return any(overlap(mine, its) > share for mine in rests(one) for its in rests(other))


def _same_matter(one: Candidate, other: Candidate) -> bool:
    """Two readings that begin the same flow, unless separate words ask it for different things (发什么快递 包邮不)."""
    kinds = {"start", "answer"}
    if (
        one.command.kind not in kinds
        or other.command.kind not in kinds
        or one.command.name != other.command.name
    ):
        return False
    apart = min(one.span[1], other.span[1]) <= max(one.span[0], other.span[0])
    both = set(one.command.slots) & set(other.command.slots)
    return not (apart and any(one.command.slots[slot] != other.command.slots[slot] for slot in both))


def _leads_on(scene: Scene, one: Candidate, other: Candidate) -> bool:
    """查一下订单2026… 到哪了: two look-ups in the same words, and how the order stands leads to where its parcel is."""
    names = one.command.name, other.command.name
    flows = [scene.store.flows.get(name) for name in names]
    lookups = all(flow is not None and flow.is_lookup for flow in flows)
    return (
        lookups
        and overlap(one.span, other.span) > 0
        and any(flow is not None and flow.leads_to & {*names} for flow in flows)
    )


def _claimed(span: Span, taken: Sequence[Candidate]) -> bool:
    """Do these words belong to an answer that is taken?"""
    return any(
        one.kind not in _BESIDE
        and not one.command.more.get("instead")
        and one.command.kind not in MATTERS
        and not one.whole
        and one.span[0] < span[1]
        and span[0] < one.span[1]
        for one in taken
    )


def _has_own_words(scene: Scene, one: Candidate, taken: Sequence[Candidate]) -> bool:
    """Does a matter rest on words of its own, however few (还是不行 我要投诉)?"""
    by_words = one.command.kind in MATTERS and not one.features.get("model")
    named = one.span not in ((0, 0), (0, len(scene.text)))
    return by_words and named and all(overlap(one.span, two.span) == 0 for two in taken)


def _has_rest(scene: Scene, taken: Sequence[Candidate], limits: Mapping[str, float]) -> bool:
    """Are enough meaningful characters left that nothing taken rests on?"""
    claimed = [
        one.span
        for one in taken
        if not one.whole
        and one.span != (0, 0)
        and one.kind != "focus"
        and not one.command.more.get("instead")
    ]
    if not claimed:
        return True
    left = "".join(
        char if not any(a <= at < b for a, b in claimed) else "\n" for at, char in enumerate(scene.text)
    )
    parts = scene.store.words.pattern("reading.filler").split(left)
    numbers = all(one.kind in _BESIDE for one in taken)
    least = limits["rest_beside_number" if numbers else "rest_chars"]
    return sum(len(part.strip()) for part in parts if part) >= least


def _ambiguous(
    scene: Scene, candidates: Sequence[Candidate], taken: Sequence[Candidate], arbiter: Arbiter
) -> list[str]:
    """Two different matters of the whole message that are too close: ask which, by intent names."""
    limits = arbiter.limits
    sure = limits["ambiguous_below"]
    if any(
        not one.whole or one.kind in {"note", "later"} or (one.kind == "known" and one.utility > sure)
        for one in taken
    ):
        return []
    if scene.message.fallback != "ambiguous":
        return []
    if scene.top is not None and scene.top.flow == _IDENTIFY:
        return []  # the number is awaited for a matter that is known
    wholes = [one for one in candidates if one.whole and one.kind in {"start", "answer"}][:2]
    if len(wholes) < 2 or wholes[0].utility > sure:
        return []
    if wholes[0].command.name == wholes[1].command.name or wholes[0].source == "context":
        return []  # 别是高仿吧, of what was received: the order in hand has told which
    if wholes[0].utility - wholes[1].utility > limits["ambiguous"]:
        return []
    return [str(one.command.more.get("intent") or one.command.name) for one in wholes]


def _joined(commands: Iterable[Command]) -> list[Command]:
    """set commands for the same frame become one, but for two questions to it; everything else stays as it is."""
    found: list[Command] = []
    values: dict[str, Command] = {}
    for one in commands:
        if one.kind == "set":
            flow = str(one.more.get("flow") or "")
            before = values.get(flow)
            if before is not None and one.more.get("question") and before.slots.keys() & one.slots.keys():
                found.append(one)
                continue
            slots = {**(before.slots if before else {}), **one.slots}
            merged = Command("set", "", slots, one.words, {**(before.more if before else {}), **one.more})
            if before is not None:
                found[found.index(before)] = merged
            else:
                found.append(merged)
            values[flow] = merged
        else:
            found.append(one)
    return found


def _instead(turn: Turn, one: Command) -> Command:
    """Nothing but another order is named while a form is open: the form is for that one."""
    asks = turn.confirms and turn.asks  # 后面那单呢, while another one is read back: nothing moves
    return replace(one, more={**one.more, "instead": True}) if turn.waits and not asks else one


def _about_it(turn: Turn) -> list[Command]:
    """Only an order or a line is named: the form goes on with it, or the last question is asked again for it."""
    last = turn.scene.state.last or {}
    flow = turn.scene.store.flows.get(str(last.get("flow") or ""))
    if turn.waits:
        return []
    if flow is not None and flow.is_lookup and not turn.corrects:
        return [Command("answer", flow.id, {}, turn.scene.text, {"intent": str(last.get("intent") or "")})]
    return [] if turn.corrects else [Command("unclear", "fragment")]


def _small_talk(listed: Sequence[Candidate], arbiter: Arbiter) -> list[Command]:
    """Nothing else was likely: what sounds like small talk is."""
    talk = [
        one for one in listed if one.kind == one.source == "chat" and one.utility >= arbiter.limits["talk"]
    ]
    return [talk[0].command] if talk else []


def _otherwise(turn: Turn) -> list[Command]:
    """Nothing was certain enough: a fragment, or not understood."""
    scene, message = turn.scene, turn.scene.message
    if message.uploads:
        return [Command("set", "", {"evidence": list(message.uploads)}), Command("chat", "media")]
    if turn.waits:
        return [Command("unclear")]
    kind = {"affirm": "affirm", "deny": "deny", "stop_form": "deny"}.get(message.intent)
    if kind and len(scene.text) <= scene.store.words.limits["short_chars"]:
        return [Command("chat", kind)]
    if message.intent in {"give_contact", "give_order_no"} and scene.state.customer is None:
        return [Command("chat", "contact")]
    return [Command("unclear", "fragment" if message.intent == "fragment" else "")]
