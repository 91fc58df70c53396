"""Read data/policy/*.yml. A store edits these files, so every mistake is one clear Chinese line with file and line number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aftersales.lined_yaml import Lined, line_at, read_lined
from aftersales.policy.checks import Place, check_together
from aftersales.policy.durations import put_durations
from aftersales.policy.model import Policy

FILES = tuple(Policy.model_fields)

_KINDS = {
    "greater_than": "必须是正整数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "int_type": "必须是整数",
    "int_from_float": "必须是整数",
    "bool_type": "必须是 true 或 false",
    "string_type": "必须是文字（像数字的请加引号）",
    "string_too_short": "不能为空",
    "tuple_type": "必须是列表",
    "dict_type": "必须是一组“键: 值”",
    "model_type": "必须是一组“键: 值”",
    "model_attributes_type": "必须是一组“键: 值”",
    "too_short": "至少要有 {min_length} 项",
    "decimal_type": "必须是金额（数字）",
}
_PLAIN = {"missing": "缺少这一项", "extra_forbidden": "没有这个设置（是不是写错了名字？）"}
_VALUE_ERRORS = {
    "money": "必须是金额（数字）",
    "date": "必须是日期（例如 2026-10-01）",
    "span": "必须是“09:00-21:00”这样的时间段，结束要晚于开始",
}


class PolicyError(ValueError):
    """The policy cannot be used. `lines` has every mistake, one Chinese line each (`file:line …`); str() joins them."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load_policy(directory: Path | str, *, categories: frozenset[str] | None = None) -> Policy:
    """Read and check all policy files of `directory`; fails with PolicyError that names every mistake.

    With `categories` (the codes of data/categories.yml) it also checks that every category has its rule.
    """
    base = Path(directory)
    raw: dict[str, Lined] = {}
    lines: list[str] = []
    for name in FILES:
        raw[name], wrong = read_lined(base / f"{name}.yml")
        lines += [f"{_shown_file(base, name)}:{line} {message}" for line, message in wrong]
    if lines:
        raise PolicyError(lines)
    lines += [_told(base, raw, place, message) for place, message in put_durations(raw)]
    try:
        policy = Policy.model_validate(raw)
    except ValidationError as error:
        raise PolicyError([*lines, *_invalid(base, raw, error.errors())]) from None
    lines += [_told(base, raw, place, message) for place, message in check_together(policy, categories)]
    if lines:
        raise PolicyError(lines)
    return policy


def _invalid(base: Path, raw: dict[str, Lined], errors: Sequence[ErrorDetails]) -> Iterator[str]:
    for one in errors:
        place = tuple(part for part in one["loc"] if part != "[key]")
        yield _told(base, raw, place, f"{_dotted(place)} {_mistake(one, place)}")


def _told(base: Path, raw: dict[str, Lined], place: Place, message: str) -> str:
    """data/policy/returns.yml:6 no_reason.window_days 必须是正整数（现在是 "七"）"""
    file, *rest = place
    return f"{_shown_file(base, str(file))}:{line_at(raw[str(file)], rest)} {message}"


def _shown_file(base: Path, name: str) -> str:
    """The file as the person who edits it knows it: the store's own folder reads data/policy wherever it stands."""
    folder = Path("data/policy") if base.parts[-2:] == ("data", "policy") else base
    return f"{folder / name}.yml"


def _dotted(place: Place) -> str:
    return ".".join(str(one) for one in place[1:]) or "整个文件"


def _mistake(error: ErrorDetails, place: Place) -> str:
    """What is wrong with one value, in Chinese."""
    kind, context = error["type"], error.get("ctx") or {}
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "literal_error":
        text = f"必须是 {str(context.get('expected', '')).replace(' or ', '、')} 之一"
    elif kind == "value_error":
        text = _VALUE_ERRORS.get(str(context.get("error", "")), "写得不对")
    elif kind == "int_type" and _positive(place):
        text = "必须是正整数"
    else:
        text = _KINDS.get(kind, "写得不对").format(**{"ge": "", "le": "", "min_length": "", **context})
    return f"{text}（现在是 {_shown(error.get('input'))}）"


def _positive(place: Place) -> bool:
    """Is the field a number that must be above zero? Only its wording depends on it."""
    return not str(place[-1]).startswith(("max_", "min_"))


def _shown(value: object) -> str:
    if isinstance(value, BaseModel):
        return "一组设置"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"
