"""What pydantic finds wrong with a value, in Chinese: one wording for every file of data/ that a model reads."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel
from pydantic_core import ErrorDetails

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
    "too_long": "最多 {max_length} 项",
    "decimal_type": "必须是金额（数字）",
}
_PLAIN = {"missing": "缺少这一项", "extra_forbidden": "没有这个设置（是不是写错了名字？）"}
_VALUE_ERRORS = {
    "money": "必须是金额（数字）",
    "date": "必须是日期（例如 2026-10-01）",
    "span": "必须是“09:00-21:00”这样的时间段，结束要晚于开始",
}
_LONGEST_SHOWN = 60


def message_for(error: ErrorDetails, place: Sequence[str | int]) -> str:
    """What is wrong with the value at `place` (keys and numbers), without the place."""
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
        given = {"ge": "", "le": "", "min_length": "", "max_length": "", **context}
        text = _KINDS.get(kind, "写得不对").format(**given)
    if kind in {"too_short", "too_long"}:
        return text
    return f"{text}（现在是 {_shown(error.get('input'))}）"


def place_of(error: ErrorDetails) -> tuple[str | int, ...]:
    """Keys and numbers down to the value that is wrong."""
    return tuple(part for part in error["loc"] if part != "[key]")


def _positive(place: Sequence[str | int]) -> bool:
    """Is the field a number that must be above zero? Only its wording depends on it."""
    return not str(place[-1]).startswith(("max_", "min_"))


def _shown(value: object) -> str:
    if isinstance(value, BaseModel):
        return "一组设置"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "…"
