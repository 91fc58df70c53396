"""What is wrong with data/knowledge, for a designer: the form of each entry, names of flows, the same way of asking in two
entries. That what is said exists and can be filled is designer/response_check.py. One Chinese message with file and line each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aftersales.decisions import DECISIONS, load_decisions
from aftersales.lined_yaml import Lined, line_at, read_lined
from aftersales.policy import PolicyError, load_policy
from dialogue.flows import FlowProblem, Flows
from dialogue.knowledge import HUMAN, OF_TALK, OTHERWISE, PERSON, Entry, Knowledge, read_knowledge
from dialogue.situation import CLAIMING

FOLDER = "data/knowledge"


def check_knowledge(root: Path, flows: Flows) -> tuple[Knowledge, list[FlowProblem]]:
    """Every entry that can be read, and everything wrong with the folder."""
    found, mistakes = read_knowledge(root / FOLDER)
    problems = [FlowProblem(one.file, one.line, one.message) for one in mistakes]
    seen: dict[str, list[tuple[str, Entry]]] = {}
    kinds = _kinds(root)
    for name, entry, shown, given in _placed(root, found):
        for line, message in _names(entry, given, flows):
            problems.append(FlowProblem(shown, line, f"{name} {message}"))
        for place, kind in enumerate(entry.kinds) if kinds else ():
            if kind not in kinds:
                message = f"{name} kinds 里没有这个品类：{kind}（data/policy/returns.yml）"
                problems.append(FlowProblem(shown, line_at(given, ("kinds", place)), message))
        for place, ask in enumerate(entry.asks):
            plain = "".join(char for char in ask if char.isalnum())
            for other, its in seen.get(plain, []):
                if other == name or not (entry.only and its.only and not set(entry.only) & set(its.only)):
                    line = line_at(given, ("asks", place))
                    problems.append(
                        FlowProblem(
                            shown, line, f"“{ask}”已经写在 {other} 里，只有 only 不重叠的才能共用一句"
                        )
                    )
            seen.setdefault(plain, []).append((name, entry))
    return found, problems


def _kinds(root: Path) -> frozenset[str]:
    """The kinds of goods of the policy; none where it cannot be read, which is told by its own check."""
    try:
        return frozenset(load_policy(root / "data" / "policy").returns.kinds)
    except PolicyError:
        return frozenset()


def entry_lines(root: Path, knowledge: Knowledge) -> Iterator[tuple[str, Entry, str, int]]:
    """Each entry with its file and the line of what it says."""
    for name, entry, shown, given in _placed(root, knowledge):
        yield name, entry, shown, given.lines.get("say", given.line)


def _placed(root: Path, knowledge: Knowledge) -> Iterator[tuple[str, Entry, str, Lined]]:
    for file in sorted((root / FOLDER).glob("*.yml")):
        tree, _ = read_lined(file)
        for name, given in tree.items():
            if name in knowledge.entries and isinstance(given, Lined):
                yield name, knowledge.entries[name], f"{FOLDER}/{file.name}", given


def _names(entry: Entry, given: Lined, flows: Flows) -> Iterator[tuple[int, str]]:
    for group in ("near", "only"):
        for place, flow in enumerate(getattr(entry, group)):
            if flow != PERSON and flows.get(flow) is None:
                yield line_at(given, (group, place)), f"{group} 里没有这个流程：{flow}"
    for offer in entry.offers():
        if offer != HUMAN and flows.get(offer) is None:
            yield given.lines["offer"], f"offer 里没有这个流程：{offer}，请人写 {HUMAN}"
    if entry.starts is not None and flows.get(entry.starts) is None:
        yield given.lines["starts"], f"starts 里没有这个流程：{entry.starts}"
    if entry.decide is not None:
        yield from _outcomes(entry, given)


def _outcomes(entry: Entry, given: Lined) -> Iterator[tuple[int, str]]:
    """Is what is said said after outcomes that the decision has?"""
    load_decisions()
    spec = DECISIONS.get(entry.decide or "")
    if spec is None:
        yield (
            given.lines["decide"],
            f"没有这个判断：{entry.decide}（python -m designer.available 能看到有哪些）",
        )
        return
    for outcome in entry.say.keys() - {*spec.outcomes, *OF_TALK, OTHERWISE, CLAIMING}:
        yield given.lines["say"], f"{entry.decide} 没有“{outcome}”这个结果，有：{'、'.join(spec.outcomes)}"
    again = entry.again if isinstance(entry.again, dict) else {}
    for outcome in again.keys() - {*spec.outcomes, OTHERWISE, CLAIMING}:
        yield given.lines["again"], f"{entry.decide} 没有“{outcome}”这个结果，有：{'、'.join(spec.outcomes)}"
