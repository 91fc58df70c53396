"""YAML with line numbers: mappings and lists that know where each entry stands, for messages like `flows/x.yml:12 …`.

Dates stay text (2026-10-01): the model that reads them says what is wrong with one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

Problem = tuple[int, str]
#: libyaml where it is built in: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: A value that begins with a quote, and what follows on its line.
_QUOTED = re.compile(r"""(?:^|[:\-,\[{]\s*)(?P<quote>['"])(?P<rest>[^#]*)$""")


class Lined(dict[str, Any]):
    """A mapping; `line` of the mapping, `lines` of its keys (1-based)."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class LinedList(list[Any]):
    """A list; `line` of the list, `lines` of its entries."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def read_lined(file: Path) -> tuple[Lined, list[Problem]]:
    """The file's mapping (empty when unusable) and what is wrong with its form, in Chinese."""
    problems: list[Problem] = []
    try:
        text = file.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=_LOADER)
    except FileNotFoundError:
        return Lined(1), [(1, "文件不存在")]
    except yaml.MarkedYAMLError as error:
        line = _line_of(error, text)
        opened = _never_closed(text, line)
        if opened is not None:
            return Lined(1), [(opened, "不是正确的 YAML：这一行的引号没有关上")]
        return Lined(1), [(line, "不是正确的 YAML，检查缩进、冒号后的空格和引号")]
    except (yaml.YAMLError, UnicodeDecodeError):
        return Lined(1), [(1, "不是正确的 YAML：有不能用的字符，文件要存成 UTF-8")]
    except OSError as error:
        return Lined(1), [(1, f"读不了（{error.strerror}）")]
    if not isinstance(root, yaml.MappingNode):
        return Lined(1), [(1, "这里要写成 名称: 内容")]
    # a constructor keeps every node that it has seen: one for each file, so that reading anew keeps nothing
    converted = _converted(root, problems, yaml.constructor.SafeConstructor())
    assert isinstance(converted, Lined)
    return converted, problems


def _line_of(error: yaml.MarkedYAMLError, text: str) -> int:
    """Where it is wrong; what was opened and never closed is told by the line that opened it."""
    marks = [mark.line + 1 for mark in (error.problem_mark, error.context_mark) if mark is not None]
    return next((line for line in marks if line <= len(text.splitlines())), 1)


def _never_closed(text: str, before: int) -> int | None:
    """The last line above the error that opens a quote and does not close it: the error itself is told much later."""
    for number in range(before, 0, -1):
        opened = _QUOTED.search(text.splitlines()[number - 1])
        if opened and opened["rest"].count(opened["quote"]) % 2 == 0 and number < before:
            return number
    return None


def line_at(root: Lined, place: Sequence[str | int]) -> int:
    """The line of the entry at `place` (keys and numbers), or of the nearest one above it that exists."""
    line: int = root.line
    here: Any = root
    for one in place:
        if isinstance(here, Lined) and str(one) in here:
            line, here = here.lines[str(one)], here[str(one)]
        elif isinstance(here, LinedList) and isinstance(one, int) and one < len(here):
            line, here = here.lines[one], here[one]
        else:
            break
    return line


def _converted(node: yaml.Node, problems: list[Problem], scalars: yaml.constructor.SafeConstructor) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping = Lined(line)
        for key, value in node.value:
            at = key.start_mark.line + 1
            if key.tag == "tag:yaml.org,2002:bool":
                problems.append((at, f'“{key.value}”要加引号，写成 "{key.value}"，不然 YAML 会当成真假值'))
            name = str(key.value)
            if name in mapping:
                problems.append((at, f"“{name}”写了两次"))
            mapping[name] = _converted(value, problems, scalars)
            mapping.lines[name] = at
        return mapping
    if isinstance(node, yaml.SequenceNode):
        listed = LinedList(line)
        for one in node.value:
            listed.append(_converted(one, problems, scalars))
            listed.lines.append(one.start_mark.line + 1)
        return listed
    if node.tag == "tag:yaml.org,2002:timestamp":
        return node.value
    try:
        return scalars.construct_object(node)
    except (yaml.YAMLError, ValueError):
        problems.append((line, f"“{node.value}”看不懂，文字请加引号"))
        return node.value
