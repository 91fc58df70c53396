"""What is wrong with data/troubleshooting, for a designer: the form of each file, symptoms that nobody can tell, and what is
too dangerous to be tried (H12). One Chinese message with file and line each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aftersales.lined_yaml import Lined, line_at, read_lined
from aftersales.policy import PolicyError, load_policy
from aftersales.troubleshooting import FaultTree, read_troubleshooting
from dialogue.flows import FlowProblem
from dialogue.words import Words

#: The words of the symptoms; the code that stands for none of them.
GROUP, NONE_OF_THEM = "symptom", "other"
#: Words of danger: whoever says them gets a person at once.
_DANGER = "watchers.safety"
_FOLDER, _CHOICES = "data/troubleshooting", "data/dialogue/choices.yml"


def check_troubleshooting(root: Path, words: Words) -> Iterator[FlowProblem]:
    """Everything wrong with the fault trees below `root`."""
    folder = root / _FOLDER
    try:
        kinds = frozenset(load_policy(root / "data" / "policy").returns.kinds)
    except PolicyError:  # told by the check of the policy
        return
    found, mistakes = read_troubleshooting(folder, kinds)
    yield from (FlowProblem(one.file, one.line, one.message) for one in mistakes)
    known = words.codes(GROUP)
    for code, tree in found.trees.items():
        raw, _ = read_lined(folder / f"{code}.yml")
        for line, message in _tree(tree, raw, words):
            yield FlowProblem(f"{_FOLDER}/{code}.yml", line, message)
    used = {symptom for tree in found.trees.values() for symptom in tree.symptoms}
    for code in known:
        if not mistakes and code not in used | {NONE_OF_THEM}:
            line = words.lists[f"choices.{GROUP}.{code}"].line
            yield FlowProblem(_CHOICES, line, f"{GROUP} 里的 {code} 没有哪种商品会用到（{_FOLDER}）")


def _tree(tree: FaultTree, raw: Lined, words: Words) -> Iterator[tuple[int, str]]:
    known, danger = words.codes(GROUP), words.lists.get(_DANGER)
    for code, symptom in tree.symptoms.items():
        place: tuple[str | int, ...] = ("symptoms", code)
        if code not in known or code == NONE_OF_THEM:
            told = "、".join(one for one in known if one != NONE_OF_THEM)
            yield line_at(raw, place), f"choices.yml 的 {GROUP} 里没有 {code}，顾客说了也听不懂；有：{told}"
        labels: list[tuple[tuple[str | int, ...], str]] = [((*place, "name"), symptom.name)]
        seen: dict[str, int] = {}
        for at, step in enumerate(symptom.steps):
            if step.found is not None:
                labels.append(((*place, "steps", at, "found"), step.found.label))
            if seen.setdefault(step.about, at) != at:
                yield line_at(raw, (*place, "steps", at, "about")), f"“{step.about}”这一样上面已经试过了"
        for where, text in labels:
            said = danger.pattern.search(text) if danger else None
            if said is not None:
                yield line_at(raw, where), f"“{said.group()}”是危险的事，要马上请人，不能让顾客自己试"
