"""Reads data/dialogue/*.yml: labels, trigger words and counts of the conversation that a store may change without Python."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dialogue.context_table import ContextTable, read_context


class DialogueDataError(ValueError):
    """data/dialogue is not usable; the message is one Chinese line for a person."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often something may happen before a person is offered or called (H43)."""

    misses_before_person: int
    failed_answers_before_person: int
    same_question_offer: int
    same_question_person: int
    insist_before_person: int


@dataclass(frozen=True, slots=True)
class DialogueData:
    """Labels (Chinese names of codes), trigger words (compiled), counts, and meanings by context."""

    labels: Mapping[str, Mapping[str, str]]
    triggers: Mapping[str, re.Pattern[str]]
    counts: Counts
    context: ContextTable = field(default_factory=ContextTable)

    def name(self, group: str, code: str | None) -> str:
        """The Chinese name of a code, e.g. name("order_state", "paid"); an unknown code reads as itself."""
        return self.labels.get(group, {}).get(code or "", code or "")

    def hit(self, trigger: str, text: str) -> str | None:
        """The words of `text` that set off a trigger, or None."""
        found = self.triggers[trigger].search(text)
        return found.group() if found else None

    def code_for(self, group: str, text: str) -> str | None:
        """The first code of a choice group whose words occur in `text` (order of the file decides)."""
        prefix = group + "."
        for name, pattern in self.triggers.items():
            if name.startswith(prefix) and pattern.search(text):
                return name.removeprefix(prefix)
        return None


def load_dialogue_data(folder: Path) -> DialogueData:
    """Read and check labels.yml, triggers.yml, counts.yml and context.yml of `folder`."""
    labels = _mapping(folder / "labels.yml")
    counts = _mapping(folder / "counts.yml")
    triggers: dict[str, re.Pattern[str]] = {}
    file = folder / "triggers.yml"
    for name, words in _mapping(file).items():
        groups = words.items() if isinstance(words, dict) else [("", words)]
        for code, listed in groups:
            full = f"{name}.{code}" if code else str(name)
            if not isinstance(listed, list) or not listed:
                raise DialogueDataError(f"{file}: {full} 必须是词语列表")
            try:
                triggers[full] = re.compile("|".join(str(one) for one in listed), re.IGNORECASE)
            except re.error as error:
                raise DialogueDataError(f"{file}: {full} 里有写错的词（{error}）") from None
    for name, names in labels.items():
        if not isinstance(names, dict) or not all(isinstance(one, str) for one in names.values()):
            raise DialogueDataError(f"{folder / 'labels.yml'}: {name} 必须是 代码: 中文名 的表")
    fields = Counts.__dataclass_fields__
    if set(counts) != set(fields) or not all(isinstance(one, int) and one > 0 for one in counts.values()):
        raise DialogueDataError(f"{folder / 'counts.yml'}: 必须正好是这些正整数：{'、'.join(fields)}")
    context, problems = read_context(folder / "context.yml")
    if problems:
        line, message = problems[0]
        raise DialogueDataError(f"{folder / 'context.yml'}:{line} {message}")
    return DialogueData(labels=labels, triggers=triggers, counts=Counts(**counts), context=context)


def _mapping(file: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DialogueDataError(f"{file}: 文件不存在") from None
    except yaml.YAMLError as error:
        raise DialogueDataError(f"{file}: 不是合法的 YAML（{error}）") from None
    if not isinstance(raw, dict):
        raise DialogueDataError(f"{file}: 必须是一张表")
    return raw
