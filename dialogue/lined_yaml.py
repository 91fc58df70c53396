"""YAML with line numbers: mappings and lists that know where each entry stands, for messages like `flows/x.yml:12 …`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Problem = tuple[int, str]


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
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        return Lined(1), [(1, "文件不存在")]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        return Lined(1), [(mark.line + 1 if mark else 1, "不是正确的 YAML，检查缩进、冒号后的空格和引号")]
    if not isinstance(root, yaml.MappingNode):
        return Lined(1), [(1, "这里要写成 名称: 内容")]
    converted = _converted(root, problems)
    assert isinstance(converted, Lined)
    return converted, problems


def _converted(node: yaml.Node, problems: list[Problem]) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping = Lined(line)
        for key, value in node.value:
            at = key.start_mark.line + 1
            if key.tag == "tag:yaml.org,2002:bool":
                problems.append((at, f"“{key.value}”要加引号，写成 \"{key.value}\"，不然 YAML 会当成真假值"))
            name = str(key.value)
            if name in mapping:
                problems.append((at, f"“{name}”写了两次"))
            mapping[name] = _converted(value, problems)
            mapping.lines[name] = at
        return mapping
    if isinstance(node, yaml.SequenceNode):
        listed = LinedList(line)
        for one in node.value:
            listed.append(_converted(one, problems))
            listed.lines.append(one.start_mark.line + 1)
        return listed
    return yaml.SafeLoader("").construct_object(node) if node.tag != "tag:yaml.org,2002:timestamp" else node.value
