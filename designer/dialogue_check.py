"""The check of everything in data/ but the training sentences: flows, responses, words, weights, context table, policy,
intents, fault trees, labelled turns. One Chinese line per problem, `file:line message`.

A file that cannot be read is told first; what depends on it is checked once it can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from aftersales.categories import CategoryError, load_categories
from aftersales.decisions import load_decisions
from aftersales.lined_yaml import Lined, LinedList, line_at, read_lined
from aftersales.policy import PolicyError, load_policy
from designer.dialogue_data import DialogueData
from designer.flow_check import check_flows
from designer.inputs import ROOT
from designer.intent_check import check_intents
from designer.knowledge_check import check_knowledge
from designer.places import Places
from designer.response_check import check_responses
from designer.responses import Response, read_responses
from designer.said import constants_of, limits_in, said_by
from designer.slot_check import check_slots
from designer.troubleshooting_check import check_troubleshooting
from designer.turn_check import check_turns
from designer.word_use_check import check_word_use
from dialogue.arbiter import check_arbiter
from dialogue.context_table import FILLED, SITUATIONS, check_names, read_context
from dialogue.flows import FlowProblem, read_flows
from dialogue.knowledge import read_knowledge
from dialogue.words import read_words
from dialogue.words_check import check_words

#: Folders whose files are read by their ending.
READ = ("data/flows", "data/domain", "data/dialogue", "data/policy", "data/troubleshooting", "data/knowledge")
DOMAIN, CATEGORIES = "domain.yml", "data/categories.yml"
CONTEXT, ARBITER = "data/dialogue/context.yml", "data/dialogue/arbiter.yml"


@dataclass(frozen=True, slots=True)
class Registered:
    """Which intents there are: with a category, and only for buttons and events (domain.yml)."""

    intents: frozenset[str]
    internal: frozenset[str]
    codes: frozenset[str]


def check_dialogue(root: Path = ROOT) -> list[str]:
    """Every problem below `root`, files in order, each once."""
    load_decisions()
    found = sorted({(one.file, one.line, one.message) for one in _problems(root)})
    return [f"{file}:{line} {message}" for file, line, message in found]


def _problems(root: Path) -> Iterator[FlowProblem]:
    places = Places(root)
    registered, wrong = _registered(root)
    yield from wrong
    yield from _other_files(root)
    yield from _policy(root, registered)
    yield from _arbiter(root)
    responses, unread = read_responses(root, places)
    flows, unusable = read_flows(root / "data" / "flows")
    words, wrong_words = read_words(root / "data" / "dialogue")
    yield from unread
    yield from unusable
    wordy = [
        FlowProblem(file, line, message)
        for file, line, message in check_words(root / "data" / "dialogue", (words, wrong_words))
    ]
    yield from wordy
    yield from _context(root, registered, responses, set(flows.by_id), places)
    yield from check_troubleshooting(root, words)
    knowledge, wrong_entries = check_knowledge(root, flows)
    yield from wrong_entries
    if wrong or unread or unusable or _unreadable(root, {one.file for one in wordy}):
        return
    data = DialogueData(
        root,
        flows,
        words,
        responses,
        registered.intents,
        registered.internal,
        places,
        said_by(ROOT / "dialogue"),
        {
            **constants_of(ROOT / "dialogue"),
            **constants_of(ROOT / "aftersales" / "decisions", "aftersales.decisions"),
        },
        limits_in(ROOT / "dialogue"),
        _named_in("aftersales", "handoff/case_record", "dialogue"),
        knowledge,
    )
    yield from check_flows(data)
    yield from check_slots(data)
    yield from check_responses(data)
    yield from check_intents(data)
    yield from check_word_use(data)
    yield from check_turns(data)


def _named_in(*packages: str) -> frozenset[str]:
    """The texts that programs name: the facts of a case are among them."""
    return frozenset(
        one for name in packages for texts in constants_of(ROOT / name).values() for one in texts
    )


def _other_files(root: Path) -> Iterator[FlowProblem]:
    """Files that nobody reads, because their name does not end in .yml."""
    for name in READ:
        for file in sorted((root / name).iterdir()) if (root / name).is_dir() else ():
            if file.suffix != ".yml" and not file.name.startswith("."):
                yield FlowProblem(f"{name}/{file.name}", 1, "这里只读 .yml 文件，它不会被读到")


def _unreadable(root: Path, files: Set[str]) -> bool:
    """Is any of these files no YAML at all?"""
    return any(not read_lined(root / one)[0] for one in files)


def _registered(root: Path) -> tuple[Registered, list[FlowProblem]]:
    """The intents of categories.yml and domain.yml."""
    tree, wrong = read_lined(root / CATEGORIES)
    problems = [FlowProblem(CATEGORIES, line, message) for line, message in wrong]
    seen: dict[str, tuple[str, int]] = {}
    listed = tree.get("categories")
    for code, entry in listed.items() if isinstance(listed, Lined) else ():
        intents = entry.get("intents") if isinstance(entry, Lined) else None
        if not isinstance(entry, Lined) or not isinstance(intents, LinedList):
            problems.append(
                FlowProblem(
                    CATEGORIES,
                    line_at(tree, ("categories", code)),
                    f"{code} 要写成 {{name, stage, intents: […]}}",
                )
            )
            continue
        for intent, line in zip(intents, intents.lines, strict=True):
            if str(intent) in seen:
                other, at = seen[str(intent)]
                problems.append(
                    FlowProblem(
                        CATEGORIES, line, f"意图 {intent} 已经写在 {other}（第 {at} 行），只能属于一个类别"
                    )
                )
            seen.setdefault(str(intent), (code, line))
    if not problems:
        try:
            load_categories(root / CATEGORIES)
        except CategoryError as error:
            problems.append(FlowProblem(CATEGORIES, 1, str(error).split(": ", 1)[-1]))
    domain, wrong = read_lined(root / DOMAIN)
    problems += [FlowProblem(DOMAIN, line, message) for line, message in wrong]
    named = {next(iter(one)) if isinstance(one, Lined) else str(one) for one in domain.get("intents") or ()}
    codes = frozenset(listed) if isinstance(listed, Lined) else frozenset()
    for intent in sorted(named & seen.keys()):
        line = Places(root).line(DOMAIN, intent, domain.lines["intents"])
        problems.append(FlowProblem(DOMAIN, line, f"意图 {intent} 已经登记在 {CATEGORIES}，这里不用再写"))
    return Registered(frozenset(seen), frozenset(named - set(seen)), codes), problems


def _policy(root: Path, registered: Registered) -> Iterator[FlowProblem]:
    try:
        load_policy(root / "data" / "policy", categories=registered.codes or None)
    except PolicyError as error:
        for told in error.lines:
            where, _, message = told.partition(" ")
            file, _, line = where.rpartition(":")
            number = int(line) if line.isdigit() else 1
            yield FlowProblem(f"data/policy/{Path(file).name}", number, message)


def _arbiter(root: Path) -> Iterator[FlowProblem]:
    tree, wrong = read_lined(root / ARBITER)
    for line, message in [*wrong, *([] if wrong else check_arbiter(tree))]:
        yield FlowProblem(ARBITER, line, message)


def _context(
    root: Path, registered: Registered, responses: dict[str, Response], flows: set[str], places: Places
) -> Iterator[FlowProblem]:
    """The context table's form and names, and that what it says can be filled."""
    table, wrong = read_context(root / CONTEXT)
    entries = set(read_knowledge(root / "data" / "knowledge")[0].entries)
    found = [*wrong, *check_names(table, set(registered.intents), set(responses), set(flows), entries)]
    for row in table.rows:
        for situation, meant in row.means.items():
            if meant in responses:
                for name in sorted(responses[meant].placeholders - FILLED):
                    known = "、".join(sorted(FILLED))
                    found.append(
                        (row.line, f"{situation}：{meant} 里的 {{{name}}} 没有内容可填，可以用：{known}")
                    )
    for line, message in found:
        situation = message.partition("：")[0].partition(" ")[0]
        cell = places.line(CONTEXT, situation, line) if situation in SITUATIONS else line
        yield FlowProblem(CONTEXT, cell, message)
