"""The turn that is being decided, as meanings see it: the scene, every reading, and what both say about the situation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialogue.commands import Command
from dialogue.flows import Flow
from dialogue.readers.agreement import settled, was_done_before
from dialogue.reading import Reading, without
from dialogue.scene import Scene
from dialogue.state import Frame
from dialogue.swaps import meant

#: Frames that only ask something for the frame below, or offer something.
PATTERNS = frozenset({"identify", "which_order", "which_item", "which_product", "offer", "clarify"})
#: The fact that a slot with the customer's wish is learnt as.
_WISH = "demand"
_PASSED_OVER = frozenset({"offer", "clarify"})
#: From so sure a reading counts when another one is judged by it.
_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Meaning:
    """A command that a reading could mean. `kind`: of arbiter.KINDS, chooses the weights. `whole`: rests on the message as
    a whole and gives way to what rests on words."""

    kind: str
    command: Command
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Scene and readings of the turn."""

    scene: Scene
    readings: Sequence[Reading]

    @property
    def top(self) -> Frame | None:
        return self.scene.top

    @property
    def waits(self) -> bool:
        """Is a question open that is worth an answer? (An offer may be passed over.)"""
        return self.scene.asked is not None and self.top is not None and self.top.flow not in _PASSED_OVER

    @property
    def confirms(self) -> bool:
        """Is the open question one of yes or no?"""
        spec = self.scene.asked_slot
        return spec is not None and spec.kind == "confirm"

    def says_just(self, spans: Sequence[Sequence[int]]) -> bool:
        """Does the message say what stands there and hardly anything else? What the model hears in longer words (抬头就三个字
        李秀英, 14我要的) is never a yes to a write."""
        left = without(self.scene.text, spans, "\n")
        if self.scene.store.words.hit("negation.before", left):  # 别给我都取消了: whatever it is, no yes
            return False
        parts = self.scene.store.words.pattern("reading.filler").split(left)
        rest = sum(len(part.strip()) for part in parts if part)
        return bool(spans) and rest <= self.scene.store.arbiter.limits["rest_chars"]

    @property
    def offered(self) -> str:
        """The flow that is offered, `human` for a person, empty when nothing is."""
        top = self.top
        if top is None or top.flow != "offer":
            return ""
        return "human" if top.data.get("human") else str(top.data.get("start") or "")

    @property
    def declines(self) -> bool:
        """Is the offer refused in so many words (不用了 到底几号发)? What is asked beside that is not about it."""
        return bool(self.offered) and any(
            one.kind == "no" and not one.negated and not self.is_whole(one) for one in self.readings
        )

    @property
    def needs_no_offer(self) -> bool:
        """Was what is offered done before (我自己催过了 没用), or is it needed no more (刚来短信说派送了)? Whatever is said of it
        agrees to nothing."""
        if not self.offered:
            return False
        return was_done_before(self.scene) or settled(self.scene) is not None

    @property
    def accepts(self) -> bool:
        """Is the offer accepted in a small sentence of its own (催吧 那个鹅绒还是鸭绒的)? What is asked beside that is not about
        it."""
        return bool(self.offered) and any(
            one.kind == "yes" and not one.negated and not self.is_whole(one) for one in self.readings
        )

    @property
    def passes_over(self) -> bool:
        """Is something else asked than what we offer (不用了 到底几号发, 我问的是几号发)?"""
        return bool(self.offered) and (self.declines or self.objects)

    @property
    def asks_of_offer(self) -> bool:
        """Is a question most likely about what we offer (要等多久, to the offer of a person)? With words of about_offer.yml for
        what is offered, it is only where one of them stands there: 那到底哪天发, to the offer to urge, is not."""
        if not self.offered or self.passes_over or self.accepts:
            return False
        words = self.scene.store.words
        about = words.lists.get(f"about_offer.{self.offered}")
        return words.hit("reading.question", self.scene.text) is not None and (
            about is None or about.pattern.search(self.scene.text) is not None
        )

    @property
    def asks(self) -> bool:
        """Is the message a question?"""
        return self.scene.store.words.asks(self.scene.text)

    @property
    def corrects(self) -> bool:
        """Does it say that something is wrong (不对, 搞错了, 应该是)?"""
        return self.scene.store.words.hit("answers.wrong_data", self.scene.text) is not None

    @property
    def objects(self) -> bool:
        """Does it set something right (不是耳机，是运动鞋; 我没说要转; 我说的是…)?"""
        text, words = self.scene.text, self.scene.store.words
        by_words = words.hit("watchers.just_asks", text) or words.hit("watchers.misfit", text)
        return bool(by_words) or meant(text) is not None

    @property
    def asks_done(self) -> bool:
        """Does it ask whether something was done (14没取消吧)?"""
        asked = {"written", "order_status"}
        return any(
            one.kind == "written" or (one.name in asked and "named" in one.more) for one in self.readings
        )

    def denies(self, watcher: str) -> bool:
        """Do the words deny what is watched for (我不是来投诉的)?"""
        return any(one.kind == "watch" and one.name == watcher and one.negated for one in self.readings)

    @property
    def grumbles(self) -> bool:
        """Does the customer complain, or say what comes if nothing happens (再不退我就投诉), and ask nothing?"""
        names = {"warned", "only_if", "complaint"}
        heard = any(
            one.kind == "watch" and one.name in names and not one.negated and one.score >= _EVEN
            for one in self.readings
        )
        return heard and not self.scene.store.words.hit("reading.question", self.scene.text)

    @property
    def disowned(self) -> frozenset[str]:
        """The open forms (their drafts) that were never about these goods, and may be meant for others."""
        return frozenset(
            str(one.more["draft"]) for one in self.readings if one.kind == "disowned" and self.moves(one)
        )

    @property
    def closed(self) -> frozenset[str]:
        """The open forms (their drafts) that the customer has no use for."""
        return frozenset(
            str(one.more["draft"]) for one in self.readings if one.kind == "disowned" and not self.moves(one)
        )

    def moves(self, denied: Reading) -> bool:
        """Are other goods named in place of those that are denied (什么点卡 我说的行李箱), and nothing said of what is wanted for
        them? The form is for them then; else it is closed and theirs begins."""
        frame = self.in_hand()
        wanted = any(
            one.kind == "start" and not one.negated and one.score >= _EVEN and one.name == denied.name
            for one in self.readings
        )
        if wanted or not denied.more.get("goods") or not denied.more.get("other") or frame is None:
            return False
        return frame.draft == denied.more["draft"] and any(
            (one.kind == "item" and one.more.get("order_no") not in (None, frame.order_no))
            or (one.kind == "order" and one.value != frame.order_no)
            for one in self.readings
            if not one.negated
        )

    def words_of(self, one: Reading) -> str:
        """The words that the reading rests on; empty when it rests on none."""
        return self.scene.text[one.span[0] : one.span[1]] if one.span != (0, 0) else ""

    def is_whole(self, one: Reading) -> bool:
        """Does it rest on the whole message, or on no words at all?"""
        return one.span in ((0, 0), (0, len(self.scene.text)))

    def owner(self, slot: str) -> Frame | None:
        """The open frame nearest to the top whose flow has the slot."""
        for frame in reversed(self.scene.state.frames):
            flow = self.scene.store.flows.get(frame.flow)
            if flow is not None and slot in flow.slots:
                return frame
        return None

    def pointless(self, flow: Flow, slot: str) -> bool:
        """Does the message tell the slot that makes this one pointless (修还是换 chooses neither)?"""
        spec = flow.slots.get(slot)
        return (
            spec is not None
            and spec.unless is not None
            and any(
                one.name == spec.unless and one.more.get("complete", True) for one in self.values(flow.id)
            )
        )

    def wishes_else(self, frame: Frame, refused: Reading) -> bool:
        """Is another wish told for the matter, in words beside those that refuse one (给我补一个 不想退)?"""
        flow = self.scene.store.flows.get(frame.flow)
        wishes = [spec.name for spec in flow.slots.values() if spec.fact == _WISH] if flow is not None else []
        return any(
            one.name in wishes and not one.overlaps(refused) and frame.slots.get(one.name) != one.value
            for one in self.values(frame.flow)
        )

    def in_hand(self) -> Frame | None:
        """The nearest frame that is a matter, not a pattern."""
        return next((one for one in reversed(self.scene.state.frames) if one.flow not in PATTERNS), None)

    def values(self, flow: str) -> Iterator[Reading]:
        """Readings of values for slots of this flow that are not denied."""
        for one in self.readings:
            if one.kind == "slot" and not one.negated and str(one.more.get("flow")) == flow:
                yield one


def start(scene: Scene, flow: str, slots: Mapping[str, Any], words: str, intent: str) -> Command:
    """The command that begins a flow, or answers where the flow only looks up."""
    known = scene.store.flows.get(flow)
    kind = "answer" if known is not None and known.is_lookup else "start"
    return Command(kind, flow, dict(slots), words, {"intent": intent})
