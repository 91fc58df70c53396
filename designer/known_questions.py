"""Known questions (data/knowledge): how often the right entry answers, how often a wrong one, how often it is asked which.

    .venv/bin/python -m designer.known_questions [FILE] [--wrong] [--curve]

A row of FILE (tests/knowledge/asked.tsv): `sentence <TAB> flow just talked about, or - <TAB> entries that answer it, or none`;
`@…` in the third column: a command that answers it as well, by its kind or flow (@explain, @human(safety), @return_policy).
Each is understood by the current model and decided like any turn. `--curve`: the same with other limits (limits.yml,
`known_…`), to choose them by. Last line: one JSON object with the figures.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from actions.dialogue_action import message_of
from actions.store import load_dialogue
from designer.commands import latest_of, understandings
from designer.inputs import ROOT
from designer.labelled_scenes import scene_of
from designer.labelled_turns import Row
from dialogue.commands import Command
from dialogue.decide import decide
from dialogue.knowledge import KNOWLEDGE
from dialogue.readers.table import read_all
from dialogue.scene import Scene, Store

FILE = ROOT / "tests" / "knowledge" / "asked.tsv"
_NONE, _NOTHING, _ALSO = "none", "-", "@"
_IDENTIFY = "identify"
#: Limits that the curve tries, one at a time.
_CURVE: Mapping[str, Sequence[float]] = {
    "known_least": (0.25, 0.35, 0.45, 0.55, 0.65),
    "known_sure": (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
    "known_share": (0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8),
    "known_pair": (0.25, 0.35, 0.45, 0.6),
    "known_second": (0.05, 0.08, 0.12, 0.2),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence, the flow that was just talked about, and the entries that answer it: none for what is no known question."""

    sentence: str
    last: str
    wanted: frozenset[str]
    also: tuple[str, ...] = ()


@dataclass
class Found:
    """Counts of a run. `wrong`: what was told or asked instead."""

    rows: int = 0
    known: int = 0
    answered: int = 0
    right: int = 0
    others: int = 0
    which: int = 0
    which_right: int = 0
    wrong: list[tuple[Asked, list[str]]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Of the answers, those that answer what was asked."""
        return self.right / self.answered if self.answered else 0.0

    @property
    def coverage(self) -> float:
        """Of the known questions, those that were answered rightly at once, by an entry or what answers as well."""
        return (self.right + self.others) / self.known if self.known else 0.0

    @property
    def which_rate(self) -> float:
        """Of all messages, those after which it is asked which question is meant."""
        return self.which / self.rows if self.rows else 0.0


def read_asked(file: Path = FILE) -> Iterator[Asked]:
    """Every row."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            sentence, last, wanted = line.split("\t")
            names = [] if wanted == _NONE else wanted.split("|")
            also = tuple(one[1:] for one in names if one.startswith(_ALSO))
            yield Asked(sentence, last, frozenset(one for one in names if not one.startswith(_ALSO)), also)


def scenes(rows: Iterable[Asked], store: Store) -> list[tuple[Asked, Scene]]:
    """Every row as the dialogue sees it."""
    listed = list(rows)
    known = understandings(one.sentence for one in listed)
    found = []
    for one in listed:
        understood = known[one.sentence]
        asks = one.last == _IDENTIFY
        row = Row(
            "asked",
            0,
            one.sentence,
            "order_no" if asks else _NOTHING,
            _NOTHING,
            _NOTHING,
            _NOTHING if asks else one.last,
            (),
        )
        message = message_of(latest_of(one.sentence, understood), {"understanding": understood}, None)
        found.append((one, scene_of(row, message, store)))
    return found


def measured(listed: Iterable[tuple[Asked, Scene]], limits: Mapping[str, float] | None = None) -> Found:
    """Decide every row, with these limits instead of those in use."""
    found = Found()
    for one, at in listed:
        scene = _with(at, limits) if limits else at
        _count(found, one, decide(scene, list(read_all(scene)), scene.store.arbiter).commands)
    return found


def _with(scene: Scene, limits: Mapping[str, float]) -> Scene:
    words = replace(scene.store.words, limits={**scene.store.words.limits, **limits})
    return replace(scene, store=replace(scene.store, words=words))


def _count(found: Found, one: Asked, commands: Sequence[Command]) -> None:
    told = [str(c.slots["entry"]) for c in commands if (c.kind, c.name) == ("answer", KNOWLEDGE)]
    which = [name.strip() for c in commands if c.kind == "clarify" for name in c.name.split(",")]
    found.rows += 1
    found.known += bool(one.wanted)
    found.answered += bool(told)
    found.which += bool(which)
    right = bool(told) and set(told) <= one.wanted
    right_pair = bool(which) and bool(set(which) & one.wanted)
    others = not told and any(_is_one_of(c, one.also) for c in commands)
    found.right += right
    found.others += others
    found.which_right += right_pair
    if not (right or right_pair or others or not (told or which or one.wanted)):
        found.wrong.append((one, [c.written() for c in commands]))


def _is_one_of(command: Command, names: Sequence[str]) -> bool:
    """Is it one of these kinds, flows, or commands as written?"""
    return bool({command.kind, command.name, command.written()} & set(names))


def told(found: Found) -> str:
    """The figures in one line."""
    return (
        f"precision {found.precision:.3f} ({found.right}/{found.answered})  coverage {found.coverage:.3f} ({found.right + found.others}/{found.known})  "
        f"asked which {found.which_rate:.3f} ({found.which}, {found.which_right} with the right one)"
    )


def main() -> None:
    """Command line."""
    names = [one for one in sys.argv[1:] if not one.startswith("--")]
    listed = scenes(read_asked(Path(names[0]) if names else FILE), load_dialogue())
    found = measured(listed)
    if "--wrong" in sys.argv:
        for one, commands in found.wrong:
            print(
                f"{one.sentence} | {one.last} | {'|'.join(sorted(one.wanted)) or _NONE}\n    {' + '.join(commands)}"
            )
    if "--curve" in sys.argv:
        for name, values in _CURVE.items():
            for value in values:
                print(f"{name} {value:.2f}  {told(measured(listed, {name: value}))}")
    print(told(found))
    figures = {
        "rows": found.rows,
        "none": found.rows - found.known,
        "precision": round(found.precision, 4),
        "coverage": round(found.coverage, 4),
        "which": round(found.which_rate, 4),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
