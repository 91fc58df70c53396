"""What the encoder learns from: every labelled sentence of data/, each with the heads that it teaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.emotion.files import HEATS, read_graded
from bot.encoder.reading import encoder_text
from bot.intent.categories import category_of
from bot.questions.files import read_questions
from bot.watchers.files import read_watched, told_by_intent
from designer.inputs import ROOT
from designer.labelled_turns import read_rows
from designer.nlu_files import read_examples

BLOCK = 20
"""Neighbouring sentences of one file that are kept apart together: writers vary one idea in a row."""
PARTS = 12
"""One block of so many is kept apart; of the watchers' sentences, which are few, more (bot/watchers/files.py)."""
HARDLY = 0.5
ASKED_PARTS = 8
"""One way of asking of so many is kept apart."""
CALM_STAGES = ("presale", "order", "service", "product.usage")
PLAIN = 0.25
"""How much a sentence of data/nlu, which nobody read for moods or watchers, counts against one that was labelled for them. With .6,
quality and other intents as plain no, and two passes instead of three: fewer false alarms on everyday sentences (26 of 745 -> 14),
but areas under the curves .02 to .09 lower; the dialogue's evidence does that better (arbiter.yml, `elsewhere`)."""
_TOLD_BY_COMMANDS = ("safety", "threat", "human", "privacy")
"""Watchers that a labelled turn tells: its command brings a person for this reason, or it does not."""

_TELLS = frozenset({"set", "correct", "skip", "cancel", "undo", "resume", "ticket", "focus"})
"""Kinds of commands that answer the bot: who gives nothing else asks no known question."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what is known of it; `trust` is how much a watcher's or mood's label counts."""

    text: str
    intent: str | None = None
    mood: float | None = None
    watched: dict[str, float] = field(default_factory=dict)
    command: tuple[str, str, tuple[str, ...]] | None = None
    """(open question, order situation, kinds of commands)"""
    question: str | None = None
    """Entry of data/knowledge that is asked; empty: none of them; None: not told."""
    trust: float = 1.0
    hardly: frozenset[str] = frozenset()
    """Watchers whose no is only a guess, as the sentence was labelled for others; it counts `HARDLY`."""
    apart: bool = False
    """Kept out of training, to choose and to calibrate by."""


def read_all(root: Path = ROOT) -> list[Example]:
    """Every example, in a fixed order."""
    return [*_sentences(root), *_questions(root), *_moods(root), *_watched(root), *_commands(root)]


def _apart(number: int, shift: int) -> bool:
    return number // BLOCK % PARTS == shift % PARTS


def _sentences(root: Path) -> Iterator[Example]:
    seen: dict[Path, int] = {}
    files: dict[Path, int] = {}
    for one in read_examples(root / "data" / "nlu"):
        number = seen[one.file] = seen.get(one.file, -1) + 1
        shift = files.setdefault(one.file, len(files))
        category = category_of(one.intent)
        watched = told_by_intent(one.intent)
        mood = HEATS["calm"] if category.startswith(CALM_STAGES) and not watched.get("human") else None
        apart = _apart(number, shift)
        yield Example(
            encoder_text(one.text), one.intent, mood, watched, question="", trust=PLAIN, apart=apart
        )


def _questions(root: Path) -> Iterator[Example]:
    """The ways of asking of data/knowledge; every so many of an entry is kept apart."""
    seen: dict[str, int] = {}
    for entry, text in read_questions(root / "data" / "knowledge"):
        number = seen[entry] = seen.get(entry, -1) + 1
        yield Example(encoder_text(text), question=entry, apart=number % ASKED_PARTS == ASKED_PARTS - 1)


def _moods(root: Path) -> Iterator[Example]:
    for one in read_graded(root / "data" / "emotion"):
        yield Example(encoder_text(one.text), mood=one.heat, apart=one.apart)


def _watched(root: Path) -> Iterator[Example]:
    for one in read_watched(root / "data" / "watchers"):
        watched = one.told | dict.fromkeys(one.hardly, 0.0)
        yield Example(encoder_text(one.text), watched=watched, hardly=one.hardly, apart=one.apart)


def labelled_watchers(folder: Path) -> Iterator[tuple[str, dict[str, float], bool]]:
    """(sentence, label by watcher, kept apart?) of every line of the folder."""
    for one in read_watched(folder):
        yield one.text, one.told, one.apart


def _commands(root: Path) -> Iterator[Example]:
    rows, _ = read_rows(root / "data" / "commands")
    for number, row in enumerate(rows):
        kinds = tuple(sorted({one.kind for one in row.wanted}))
        situation = row.situation.partition(":")[0]
        reasons = {one.name for one in row.wanted if one.kind == "human"}
        named = {"requested" if head == "human" else head: head for head in _TOLD_BY_COMMANDS}
        asked = {str(one.slots["entry"]) for one in row.wanted if "entry" in one.slots}
        question = asked.pop() if len(asked) == 1 else "" if set(kinds) <= _TELLS else None
        vague = "complaint" in {one.name for one in row.wanted} or reasons - set(named)
        watched = {} if vague else {head: float(reason in reasons) for reason, head in named.items()}
        yield Example(
            encoder_text(row.sentence),
            watched=watched,
            command=(row.asked, situation, kinds),
            question=question,
            apart=_apart(number, 7),
        )
