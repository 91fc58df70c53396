"""The words of data/dialogue, compiled once: what readers look for, labels, counts and limits.

Every file of the folder is a mapping. A list of words is known as "file.key" ("answers.yes"), a list one level deeper
as "file.key.code" ("choices.reason.quality"). Words may be regular expressions; upper and lower case are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from aftersales.lined_yaml import Lined, LinedList, read_lined
from dialogue.context_table import ContextTable, read_context

#: Files of the folder that are no lists of words.
LABELS, COUNTS, LIMITS, ARBITER, CONTEXT = (
    "labels.yml",
    "counts.yml",
    "limits.yml",
    "arbiter.yml",
    "context.yml",
)
_OTHER_FORMS = frozenset({LABELS, COUNTS, LIMITS})
#: The file whose top keys are groups of codes: the choices of a flow's slots.
CHOICES = "choices"


#: The lists of words that ask.
QUESTIONS = ("answers.question", "reading.question")


class WordsError(ValueError):
    """data/dialogue is not usable; the message is one Chinese line with file and line number."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found in a text: their place and themselves."""

    start: int
    end: int
    text: str

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Counts:
    """How often something may happen before a person is offered or called (H43)."""

    misses_before_person: int
    failed_answers_before_person: int
    same_question_offer: int
    same_question_person: int
    asked_way_on: int


@dataclass(frozen=True, slots=True)
class WordList:
    """One list of words: where it stands, the words, and all of them as one pattern."""

    name: str
    file: str
    line: int
    words: tuple[str, ...]
    lines: tuple[int, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file of the folder, in Chinese."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.message}"


@dataclass(eq=False)
class Words:
    """All words of the folder; read only, and itself alone equal to it, so that what was found by it can be remembered. `labels`: group -> code -> Chinese name."""

    lists: Mapping[str, WordList]
    labels: Mapping[str, Mapping[str, str]]
    counts: Counts
    limits: Mapping[str, float]
    context: ContextTable = field(default_factory=ContextTable)

    def pattern(self, name: str) -> re.Pattern[str]:
        """The pattern of a list ("answers.yes"). KeyError for a list that no file has."""
        return self.lists[name].pattern

    def listed(self, name: str) -> tuple[str, ...]:
        """The words of a list as written, where they are names and no patterns. KeyError as above."""
        return self.lists[name].words

    def find(self, name: str, text: str) -> list[Hit]:
        """Every place of `text` that a word of the list fits, from left to right, not overlapping."""
        return [
            Hit(one.start(), one.end(), one.group())
            for one in self.pattern(name).finditer(text)
            if one.end() > one.start()
        ]

    def hit(self, name: str, text: str) -> str | None:
        """The first words of `text` that are on the list, or None."""
        found = self.pattern(name).search(text)
        return found.group() if found else None

    def asks(self, text: str) -> bool:
        """Do the words of `text` ask something? Without its marks: a question mark is told by Sentence.asks."""
        return any(self.hit(name, text) for name in QUESTIONS)

    def codes(self, group: str) -> Mapping[str, re.Pattern[str]]:
        """The codes of a group with their patterns, in the order of the file: a group of choices.yml ("reason"), a whole
        file ("acts") or a group of another file ("watchers.not_meant"). Empty for a group that no file has."""
        return self._groups.get(f"{CHOICES}.{group}") or self._groups.get(group) or {}

    def label(self, group: str, code: str | None) -> str:
        """The Chinese name of a code; an unknown code reads as itself."""
        return self.labels.get(group, {}).get(code or "", code or "")

    @cached_property
    def _groups(self) -> dict[str, dict[str, re.Pattern[str]]]:
        groups: dict[str, dict[str, re.Pattern[str]]] = {}
        for name, one in self.lists.items():
            group, _, code = name.rpartition(".")
            groups.setdefault(group, {})[code] = one.pattern
        return groups


def load_words(folder: Path, names: Mapping[str, Mapping[str, str]] | None = None) -> Words:
    """Everything of the folder, its labels completed by `names` (what the policy calls its codes). Raises WordsError with
    the first problem."""
    words, problems = read_words(folder)
    if problems:
        raise WordsError(str(problems[0]))
    words.labels = {**(names or {}), **words.labels}
    return words


def read_words(folder: Path) -> tuple[Words, list[Problem]]:
    """What could be read, and every problem of form."""
    problems: list[Problem] = []
    roots: dict[str, Lined] = {}
    for file in sorted(folder.glob("*.yml")):
        if file.name in {CONTEXT, ARBITER}:  # read elsewhere: context_table.py, arbiter.py
            continue
        roots[file.name], wrong = read_lined(file)
        problems += [Problem(_told(file.name), line, message) for line, message in wrong]
    for needed in (LABELS, COUNTS, LIMITS):
        if needed not in roots:
            problems.append(Problem(_told(needed), 1, "文件不存在"))
    lists: dict[str, WordList] = {}
    for name, root in roots.items():
        if name not in _OTHER_FORMS:
            for one in _lists_of(name, root, problems):
                lists[one.name] = one
    context, wrong = read_context(folder / CONTEXT)
    problems += [Problem(_told(CONTEXT), line, message) for line, message in wrong]
    words = Words(
        lists,
        _labels(roots.get(LABELS, Lined(1)), problems),
        _counts(roots.get(COUNTS, Lined(1)), problems),
        _limits(roots.get(LIMITS, Lined(1)), problems),
        context,
    )
    return words, problems


@lru_cache(maxsize=8192)
def compiled(word: str) -> re.Pattern[str]:
    """A word as a pattern; kept, because a folder that changed is read again and most of it is as before."""
    return re.compile(word, re.IGNORECASE)


def _told(file: str) -> str:
    return f"data/dialogue/{file}"


def _lists_of(file: str, root: Lined, problems: list[Problem]) -> Iterator[WordList]:
    stem = file.removesuffix(".yml")
    for key, value in root.items():
        line = root.lines[key]
        if isinstance(value, Lined):
            for code, listed in value.items():
                yield from _list(f"{stem}.{key}.{code}", file, value.lines[code], listed, problems)
        else:
            yield from _list(f"{stem}.{key}", file, line, value, problems)


def _list(name: str, file: str, line: int, value: Any, problems: list[Problem]) -> Iterator[WordList]:
    if not isinstance(value, LinedList) or not value:
        problems.append(Problem(_told(file), line, f"{name} 要写成列表，如 [词, 词]，至少一个词"))
        return
    good: list[tuple[str, int]] = []
    for one, at in zip(value, value.lines, strict=True):
        if not isinstance(one, (str, int, float)) or isinstance(one, bool) or not str(one).strip():
            problems.append(Problem(_told(file), at, f"{name} 里的“{one}”要写成一个词（是、否一类要加引号）"))
            continue
        try:
            compiled(str(one))
        except re.error as error:
            problems.append(Problem(_told(file), at, f"{name} 里有写错的词“{one}”（{error}）"))
            continue
        good.append((str(one), at))
    if not good:
        return
    try:
        pattern = compiled("|".join(one for one, _ in good))
    except re.error as error:
        problems.append(Problem(_told(file), line, f"{name} 的词放在一起不成一个式子（{error}）"))
        return
    yield WordList(
        name, _told(file), line, tuple(one for one, _ in good), tuple(at for _, at in good), pattern
    )


def _labels(root: Lined, problems: list[Problem]) -> dict[str, Mapping[str, str]]:
    labels: dict[str, Mapping[str, str]] = {}
    for group, names in root.items():
        if not isinstance(names, Lined) or not all(isinstance(one, str) for one in names.values()):
            problems.append(Problem(_told(LABELS), root.lines[group], f"{group} 要写成 代码: 中文名 的表"))
            continue
        labels[group] = dict(names)
    return labels


def _counts(root: Lined, problems: list[Problem]) -> Counts:
    fields = Counts.__dataclass_fields__
    if root and set(root) != set(fields):
        problems.append(Problem(_told(COUNTS), 1, f"要正好写这几项：{'、'.join(fields)}"))
    values: dict[str, int] = {}
    for name in fields:
        value = root.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            if name in root:
                problems.append(Problem(_told(COUNTS), root.lines[name], f"{name} 要写一个正整数"))
            value = 1
        values[name] = value
    return Counts(**values)


def _limits(root: Lined, problems: list[Problem]) -> dict[str, float]:
    limits: dict[str, float] = {}
    for name, value in root.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            limits[name] = float(value)
        else:
            problems.append(Problem(_told(LIMITS), root.lines[name], f"{name} 要写一个数"))
    return limits
