"""Readings → candidates: what the message could mean in this situation, each with its features and utility."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dialogue.arbiter import Arbiter
from dialogue.commands import Command
from dialogue.meanings import answers, known, matters, values, watched
from dialogue.meanings.turn import Meaning, Turn
from dialogue.readers.sentence import sentences
from dialogue.reading import Reading, Span
from dialogue.scene import Scene

#: Kinds that take no account of how much of the message they are when they rest on all of it.
_NO_COVER_WHEN_WHOLE = frozenset({"correct", "yes", "resume"})

#: Kinds of commands that begin something.
MATTERS = frozenset({"start", "answer"})
#: Slots, and kinds of slots, whose values have a form of their own and are often told in one breath.
PARTS = frozenset({"address", "receiver", "phone", "title", "tax_no", "email"})
#: THE table: kind of reading -> its meanings. A reading of another kind is only looked at by other readings' meanings.
MEANINGS: Mapping[str, Callable[[Turn, Reading], Iterator[Meaning]]] = {
    "start": matters.matter,
    "answer": matters.matter,
    "slot": values.slot_value,
    "narrow": values.narrowed,
    "order": values.number,
    "proof": values.number,
    "digits": values.number,
    "item": values.item,
    "product": values.product,
    "remark": values.remark,
    "offer": answers.earlier_offer,
    "yes": answers.yes_or_no,
    "no": answers.yes_or_no,
    "cancel": answers.act,
    "disowned": answers.disowned,
    "skip": answers.act,
    "undo": answers.act,
    "explain": answers.act,
    "repeat": answers.act,
    "resume": answers.act,
    "kept": answers.kept,
    "later": answers.later,
    "written": answers.written,
    "which": answers.which,
    "chat": answers.chat,
    "note": answers.note,
    "watch": watched.watched,
    "known": known.known,
    "either": known.either,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A command that the message could mean."""

    kind: str  # of arbiter.KINDS
    command: Command
    span: Span
    features: Mapping[str, float]
    utility: float
    source: str
    whole: bool = False  # rests on the message as a whole: gives way to what rests on words
    named: tuple[Span, ...] = ()  # the words that name it outright


def candidates(turn: Turn, arbiter: Arbiter) -> list[Candidate]:
    """Everything that the message could mean."""
    common, about_offer = _common(turn, arbiter), turn.asks_of_offer
    found: list[Candidate] = []
    for one in [*turn.readings, *_about_offer(turn, arbiter)]:
        read = MEANINGS.get(one.kind)
        for meaning in read(turn, one) if read is not None else ():
            without = meaning.whole and meaning.kind in _NO_COVER_WHEN_WHOLE
            asks = common["question"] and not one.more.get("question") and _asks_at(turn, one.span)
            asks = asks or bool(one.more.get("asks"))
            features = {
                **common,
                "question": float(asks),
                "statement": float(turn.waits and not asks),
                "score": one.score,
                "sure": float(one.more.get("sure", one.score)),
                "cover": 0.0 if without else cover(turn.scene, one.span),
                "named": float("named" in one.more),
                "model": float(_is_models(one)),
                "about_offer": float(bool(asks and about_offer and "named" not in one.more)),
            }
            utility = arbiter.utility(meaning.kind, features)
            found.append(
                Candidate(
                    meaning.kind,
                    meaning.command,
                    one.span,
                    features,
                    utility,
                    one.source,
                    meaning.whole,
                    tuple(one.more.get("named") or one.more.get("about") or ()),
                )
            )
    return found


def _asks_at(turn: Turn, span: Span) -> bool:
    """Is there a question in the small sentences that the reading rests on? (没拆封，能退吗: the state of the goods is told.)"""
    words, text = turn.scene.store.words, turn.scene.text
    if span in ((0, 0), (0, len(text))):
        return True
    parts = [one for one in sentences(text) if one.start < span[1] and span[0] < one.end]
    return any(one.asks or words.hit("reading.question", one.text) for one in parts)


def _is_models(one: Reading) -> bool:
    """Does only a model hear it, with no words that say it outright?"""
    return bool(one.more.get("by_model")) or (one.source == "intents" and "named" not in one.more)


def _common(turn: Turn, arbiter: Arbiter) -> dict[str, float]:
    """The features that are the same for every candidate of the turn."""
    words, text = turn.scene.store.words, turn.scene.text
    asks = words.hit("reading.question", text) is not None
    short = max(0.0, 1 - len(text) / arbiter.limits["short_open_chars"]) if turn.waits else 0.0
    return {
        "question": float(asks),
        "open": float(turn.waits),
        "marked": float(turn.corrects),
        "short": short,
    }


def _about_offer(turn: Turn, arbiter: Arbiter) -> Iterator[Reading]:
    """要多久？ after an offer of ours: most likely a question about the offer."""
    if turn.asks_of_offer:
        yield Reading("explain", "ok", score=arbiter.limits["about_offer"], source="offer")


def cover(scene: Scene, span: Span) -> float:
    """Share of the message's meaningful characters that the span holds."""
    outside = scene.text[: span[0]] + "\n" + scene.text[span[1] :]
    parts = scene.store.words.pattern("reading.filler").split(outside)
    rest = sum(len(part) for part in parts if part and part.strip())
    inside = max(1, span[1] - span[0])
    return inside / (inside + rest) if span != (0, 0) else 0.0


def apart(one: Candidate, other: Candidate) -> bool:
    """Do they rest on different words? What the words name outright counts where the model heard all of it."""
    return all(min(a[1], b[1]) <= max(a[0], b[0]) for a in rests(one) for b in rests(other))


def rests(one: Candidate) -> tuple[Span, ...]:
    """The words that it rests on."""
    return one.named if one.whole and one.named else (one.span,)


def overlap(one: Span, other: Span) -> float:
    """The share of the shorter one that both have in common."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    shorter = min(one[1] - one[0], other[1] - other[0])
    return common / shorter if common > 0 and shorter > 0 else 0.0
