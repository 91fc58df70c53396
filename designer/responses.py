"""The responses of data/domain with their lines: every wording, its placeholders, buttons and what it waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aftersales.lined_yaml import Lined, LinedList, read_lined
from designer.places import Places
from dialogue.flows import FlowProblem

FOLDER = "data/domain"
PREFIX = "utter_"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_BRACES = re.compile(r"[{}｛｝]")
_KEYS = frozenset({"text", "buttons", "custom"})


@dataclass(frozen=True, slots=True)
class ButtonText:
    """A button as written: its title, its payload with single braces."""

    title: str
    payload: str
    line: int


@dataclass(frozen=True, slots=True)
class Way:
    """One wording. `expects`: what the page is told that we wait for."""

    line: int
    text: str
    placeholders: frozenset[str]
    buttons: tuple[ButtonText, ...] = ()
    expects: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """One response and where it stands."""

    name: str
    file: str
    line: int
    ways: tuple[Way, ...]

    @property
    def placeholders(self) -> frozenset[str]:
        """The placeholders of all wordings."""
        return frozenset(one for way in self.ways for one in way.placeholders)

    @property
    def only_passes_on(self) -> bool:
        """Does it say nothing of its own (`{reasons}`)? Then one wording is enough: the policy's sentence varies."""
        return all(not _PLACEHOLDER.sub("", way.text).strip(" ，。、：") for way in self.ways)


def read_responses(root: Path, places: Places) -> tuple[dict[str, Response], list[FlowProblem]]:
    """Every response of data/domain, and everything wrong with the form of its files."""
    found: dict[str, Response] = {}
    problems: list[FlowProblem] = []
    for file in sorted((root / FOLDER).glob("*.yml")):
        reader = _Reader(f"{FOLDER}/{file.name}", places)
        for one in reader.read(file):
            earlier = found.setdefault(one.name, one)
            if earlier is not one:
                reader.wrong(one.line, f"{one.name} 已经写在 {earlier.file}:{earlier.line}，只能留一处")
        problems += reader.problems
    return found, problems


class _Reader:
    """Reads one file; notes what is wrong instead of failing."""

    def __init__(self, name: str, places: Places) -> None:
        self.name, self.places = name, places
        self.problems: list[FlowProblem] = []

    def wrong(self, line: int, message: str) -> None:
        self.problems.append(FlowProblem(self.name, line, message))

    def read(self, file: Path) -> Iterator[Response]:
        root, wrong = read_lined(file)
        for line, message in wrong:
            self.wrong(line, message)
        for key in sorted(set(root) - {"version", "responses"}):
            self.wrong(root.lines[key], f"这里只放 responses，不认识“{key}”")
        listed = root.get("responses")
        if not isinstance(listed, Lined):
            if not wrong:
                self.wrong(root.lines.get("responses", 1), "要写成 responses: 下面一条条话术")
            return
        for name, ways in listed.items():
            line = listed.lines[name]
            if not re.fullmatch(r"utter_[a-z0-9_]+", name):
                self.wrong(line, f"话术的名字“{name}”要以 utter_ 开头，只用小写字母、数字和下划线")
            if not isinstance(ways, LinedList) or not ways:
                self.wrong(line, f"{name} 下面要写成列表，每种说法一行 - text: …")
                continue
            read = [self._way(one, at, name) for one, at in zip(ways, ways.lines, strict=True)]
            yield Response(name, self.name, line, tuple(one for one in read if one is not None))

    def _way(self, given: Any, line: int, name: str) -> Way | None:
        if not isinstance(given, Lined):
            self.wrong(line, f"{name}：这里要写成 - text: 一句话（冒号用半角，后面空一格）")
            return None
        for key in sorted(set(given) - _KEYS):
            self.wrong(given.lines[key], f"{name}：不认识“{key}”，可以写：{'、'.join(sorted(_KEYS))}")
        text = given.get("text")
        if not isinstance(text, str) or not text.strip():
            braces = isinstance(text, Lined)  # `- text: {item}` is a mapping to YAML
            missing = "以花括号开头的话要加引号" if braces else "缺少 text（要说的话）"
            self.wrong(given.lines.get("text", line), f"{name}：{missing}")
            return None
        at = given.lines["text"]
        left = _BRACES.search(_PLACEHOLDER.sub("", text))
        if left:
            where = next(
                (
                    number
                    for number, one in enumerate(self.places.lines(self.name)[at - 1 :], at)
                    if left.group() in one
                ),
                at,
            )
            self.wrong(where, f"{name}：花括号没写对，要成对、半角，里面只写名字，如 {{item}}")
        return Way(
            at,
            text,
            frozenset(_PLACEHOLDER.findall(text)),
            tuple(self._buttons(given, line, name)),
            self._expects(given, name),
        )

    def _buttons(self, given: Lined, line: int, name: str) -> Iterator[ButtonText]:
        listed = given.get("buttons")
        if listed is None:
            return
        where = given.lines.get("buttons", line)
        if not isinstance(listed, LinedList):
            self.wrong(where, f"{name}：buttons 要写成 [{{title: 字, payload: /意图}}]")
            return
        for one, at in zip(listed, listed.lines, strict=True):
            if not isinstance(one, Lined) or set(one) != {"title", "payload"}:
                self.wrong(at, f"{name}：按钮要写 title 和 payload 两样")
                continue
            payload = str(one["payload"]).replace("{{", "{").replace("}}", "}")
            yield ButtonText(str(one["title"]), payload, at)

    def _expects(self, given: Lined, name: str) -> str:
        custom = given.get("custom")
        if custom is None:
            return ""
        if not isinstance(custom, Lined) or set(custom) != {"expects"}:
            self.wrong(given.lines["custom"], f"{name}：custom 要写成 {{expects: 在等什么}}")
            return ""
        return str(custom["expects"])
