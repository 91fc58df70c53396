"""Fault trees by product kind, data/troubleshooting/*.yml: what a customer can try before anything is sent in (H27).

Pure. `read_troubleshooting` reads the folder and tells what is wrong with it; `Troubleshooting.tree_for` finds the product
kind of an item, `walk` judges the answers given so far. A step is one thing to try; without effect it rules its cause out.
What an answer means for the customer (repair, exchange, paid repair) is the policy's judgement, not that of these files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationError

from aftersales.lined_yaml import Lined, line_at, read_lined
from aftersales.policy.section import AsTuple, Section, Text, Texts
from aftersales.validation_messages import message_for, place_of

#: What a step looks into: a part that fails, settings and programs, the way the thing is used or cared for.
Cause = Literal["hardware", "software", "usage"]
#: What a customer may answer to a step. tried: before, without effect; all: everything was tried; cannot: there is no such
#: button, no tool at hand; found: what the step itself looks for; quit: no more of this.
Answer = Literal["solved", "still", "tried", "all", "cannot", "found", "quit"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
#: Answers after which the step's cause is ruled out.
_RULED_OUT = frozenset({"still", "tried"})
#: Answers that end it at the customer's wish.
_LEFT = frozenset({"all", "quit"})
_FEWEST_STEPS, _MOST_STEPS = 2, 5


class Found(Section):
    """What a step may bring to light (a crack, traces of water), the button that says so, and what it means."""

    label: Text
    means: Literal["hardware", "misuse"]


class TroubleStep(Section):
    """One thing to try. do: told to the customer; about: the step in a few words, for the record; cause: what it looks
    into; rules_out: what it is not when nothing changes; helped: told when it is solved."""

    do: Text
    about: Text
    cause: Cause
    rules_out: Text
    helped: Text
    found: Found | None = None


class Symptom(Section):
    """A symptom of a product kind, likeliest causes first. name: half a sentence (充不进电); often: what it mostly is;
    otherwise: what is left when nothing helped; comes_of: other symptoms that explain this one where both are told (what does not
    charge does not move)."""

    name: Text
    often: Text
    otherwise: Text
    comes_of: Texts = ()
    steps: Annotated[
        tuple[TroubleStep, ...], AsTuple, Field(min_length=_FEWEST_STEPS, max_length=_MOST_STEPS)
    ]


class FaultTree(Section):
    """A product kind. goods: words in the names of its goods; kinds: whole kinds of data/policy/returns.yml besides."""

    name: Text
    goods: Annotated[Texts, Field(min_length=1)]
    kinds: Texts = ()
    symptoms: Annotated[dict[str, Symptom], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Troubleshooting:
    """Every tree by the name of its file."""

    trees: Mapping[str, FaultTree] = field(default_factory=dict)

    def tree_for(self, goods: str, kind: str) -> FaultTree | None:
        """The tree of an item by its name, the longest word first, else by its kind of the policy; None without one."""
        named = goods.casefold()
        by_word = [
            (len(word), tree)
            for tree in self.trees.values()
            for word in tree.goods
            if word.casefold() in named
        ]
        if by_word:
            return max(by_word, key=lambda one: one[0])[1]
        return next((tree for tree in self.trees.values() if kind in tree.kinds), None)


def cause_of(symptoms: Mapping[str, Symptom], told: Sequence[str]) -> str:
    """Of the symptoms told the first that none of the others explains; empty where none of them is known."""
    known = [one for one in told if one in symptoms]
    first = (one for one in known if not set(symptoms[one].comes_of) & set(known))
    return next(first, next(iter(known), ""))


Outcome = Literal["next", "solved", "failed", "hardware", "misuse", "left"]


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the answers so far lead. `step`: the next one to try, or the one that decided; `at`: its number from 0;
    `done`: the steps answered, with their answers."""

    outcome: Outcome
    step: TroubleStep
    at: int
    done: tuple[tuple[TroubleStep, Answer], ...]

    @property
    def ruled_out(self) -> tuple[str, ...]:
        """What it is not, by the answers."""
        return tuple(step.rules_out for step, answer in self.done if answer in _RULED_OUT)


def walk(symptom: Symptom, answers: Sequence[Answer], most: int) -> Walk:
    """Judge the answers to the first steps, in order. At most `most` steps are tried; then what is left is a fault of
    the thing itself (`failed`), unless nothing could be ruled out at all (`left`)."""
    steps = symptom.steps[:most]
    done: list[tuple[TroubleStep, Answer]] = []
    for at, (step, answer) in enumerate(zip(steps, answers, strict=False)):
        done.append((step, answer))
        if answer == "solved":
            return Walk("solved", step, at, tuple(done))
        if answer == "found" and step.found is not None:
            return Walk(step.found.means, step, at, tuple(done))
        if answer in _LEFT:
            return Walk("left", step, at, tuple(done))
    at = len(done)
    if at < len(steps):
        return Walk("next", steps[at], at, tuple(done))
    failed = any(answer in _RULED_OUT for _, answer in done)
    return Walk("failed" if failed else "left", steps[-1], at - 1, tuple(done))


# -- reading -------------------------------------------------------------------------------------------------------------
class TroubleshootingError(ValueError):
    """data/troubleshooting cannot be used. The message has every mistake, one Chinese line each (`file:line …`)."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a file, in Chinese, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.message}"


def load_troubleshooting(folder: Path, kinds: frozenset[str]) -> Troubleshooting:
    """Every tree of the folder; none where there is no folder. `kinds`: of data/policy/returns.yml. Raises
    TroubleshootingError with every mistake."""
    found, mistakes = read_troubleshooting(folder, kinds)
    if mistakes:
        raise TroubleshootingError("\n".join(str(one) for one in mistakes))
    return found


def read_troubleshooting(folder: Path, kinds: frozenset[str]) -> tuple[Troubleshooting, list[Mistake]]:
    """Every tree that can be read, and every mistake."""
    trees: dict[str, FaultTree] = {}
    raw: dict[str, Lined] = {}
    mistakes: list[Mistake] = []
    for file in sorted(folder.glob("*.yml")):
        shown = _shown(file.stem)
        tree, wrong = read_lined(file)
        mistakes += [Mistake(shown, line, message) for line, message in wrong]
        if wrong:
            continue
        try:
            trees[file.stem] = FaultTree.model_validate(tree)
            raw[file.stem] = tree
        except ValidationError as error:
            for one in error.errors():
                place = place_of(one)
                line = line_at(tree, place)
                mistakes.append(Mistake(shown, line, f"{_dotted(place)} {message_for(one, place)}"))
    return Troubleshooting(trees), [*mistakes, *_together(trees, raw, kinds)]


def _together(
    trees: Mapping[str, FaultTree], raw: Mapping[str, Lined], kinds: frozenset[str]
) -> Iterator[Mistake]:
    """What no single file can know: words and kinds that two of them claim, kinds that do not exist."""
    claimed: dict[tuple[str, str], str] = {}
    for code, tree in trees.items():
        for name, symptom in tree.symptoms.items():
            for at, other in enumerate(symptom.comes_of):
                if other not in tree.symptoms or other == name:
                    line = line_at(raw[code], ("symptoms", name, "comes_of", at))
                    yield Mistake(_shown(code), line, f"comes_of 里的“{other}”不是这张表里的另一样毛病")
        told = [("goods", at, word.casefold()) for at, word in enumerate(tree.goods)]
        told += [("kinds", at, kind) for at, kind in enumerate(tree.kinds)]
        for group, at, word in told:
            line = line_at(raw[code], (group, at))
            other = claimed.setdefault((group, word), code)
            if other != code:
                yield Mistake(_shown(code), line, f"{group} 里的“{word}”已经写在 {_shown(other)} 里")
            if group == "kinds" and word not in kinds:
                yield Mistake(_shown(code), line, f"kinds 里的“{word}”不是 data/policy/returns.yml 里的品类")


def _shown(code: str) -> str:
    return f"data/troubleshooting/{code}.yml"


def _dotted(place: Sequence[str | int]) -> str:
    """symptoms.no_charge.steps 第 2 条.do: a place as a person reads it."""
    told = ""
    for one in place:
        told += f" 第 {one + 1} 条" if isinstance(one, int) else f".{one}"
    return told.lstrip(".") or "整个文件"
