"""Read data/policy/*.yml. A store edits these files, so every mistake is one clear Chinese line with file and place."""

import itertools
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aftersales.order_system.port import REQUEST_PREFIX, RequestState
from aftersales.policy.model import Policy
from aftersales.policy.returns import HOW_PLACEHOLDERS
from aftersales.policy.returns import PLACEHOLDERS as SAYS_PLACEHOLDERS
from aftersales.policy.section import Section
from aftersales.policy.store import PLACEHOLDERS as STORE_PLACEHOLDERS
from aftersales.policy.wording import PLACEHOLDERS

FILES = tuple(Policy.model_fields)
_STATES: tuple[RequestState, ...] = get_args(RequestState)
#: Sections whose keys are category codes: every code must be there, or may be there.
_ALL_CATEGORIES = (("service", "categories"), ("steps", "categories"))

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
    "date_type": "必须是日期（例如 2026-10-01）",
}
_PLAIN = {"missing": "缺少这一项", "extra_forbidden": "没有这个设置（是不是写错了名字？）"}
_VALUE_ERRORS = {"money": "必须是金额（数字）", "span": "必须是“09:00-21:00”这样的时间段，结束要晚于开始"}


class PolicyError(ValueError):
    """The policy cannot be used. `lines` has every mistake, one Chinese line each; str() joins them."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load_policy(directory: Path | str, *, categories: frozenset[str] | None = None) -> Policy:
    """Read and check all policy files of `directory`; fails with PolicyError that names every mistake.

    With `categories` (the codes of data/categories.yml) it also checks that every category has its rule.
    """
    base = Path(directory)
    raw: dict[str, Any] = {}
    lines: list[str] = []
    for name in FILES:
        try:
            raw[name] = _read(base / f"{name}.yml")
        except PolicyError as error:
            lines += error.lines
    if lines:
        raise PolicyError(lines)
    try:
        policy = Policy.model_validate(raw)
    except ValidationError as error:
        raise PolicyError([_line(base, one) for one in error.errors()]) from None
    lines = [f"{base / (name + '.yml')}: {text}" for name, text in _cross_checks(policy, categories)]
    if lines:
        raise PolicyError(lines)
    return policy


class _NoRepeats(yaml.SafeLoader):
    """YAML lets a later key silently win over an earlier one; here that is a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{key}”重复出现", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def _read(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PolicyError([f"{file}: 文件不存在"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError([f"{file}: 读不了（{error}）"]) from None
    try:
        value = yaml.load(text, Loader=_NoRepeats)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"第 {mark.line + 1} 行" if mark else "某处"
        raise PolicyError([f"{file}: {where}不是合法的 YAML（{error.problem or '格式不对'}）"]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise PolicyError([f"{file}: 不是合法的 YAML（{str(error).splitlines()[0]}）"]) from None
    if not isinstance(value, dict):
        raise PolicyError([f"{file}: 必须是一组“键: 值”，现在是空的或别的东西"])
    return value


def _line(base: Path, error: ErrorDetails) -> str:
    """One line for a person: data/policy/returns.yml: no_reason.window_days 必须是正整数（现在是 "七"）"""
    file, *rest = error["loc"]
    place = ".".join(str(one) for one in rest) or "整个文件"
    kind, context = error["type"], error.get("ctx") or {}
    where = f"{base / (str(file) + '.yml')}: {place}"
    if kind in _PLAIN:
        return f"{where} {_PLAIN[kind]}"
    if kind == "literal_error":
        text = f"必须是 {str(context.get('expected', '')).replace(' or ', '、')} 之一"
    elif kind == "value_error":
        text = _VALUE_ERRORS.get(str(context.get("error", "")), "写得不对")
    elif kind == "int_type" and _positive(rest):
        text = "必须是正整数"
    else:
        text = _KINDS.get(kind, "写得不对").format(**{"ge": "", "le": "", "min_length": "", **context})
    return f"{where} {text}（现在是 {_shown(error.get('input'))}）"


def _positive(path: list[int | str]) -> bool:
    """Is the field at `path` (below Policy) a number that must be above zero? Only its wording depends on it."""
    return not str(path[-1] if path else "").startswith(("max_", "min_"))


def _shown(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "一组设置"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _cross_checks(policy: Policy, categories: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    """What no single field can know."""
    for name, kind in policy.returns.kinds.items():
        if kind.no_reason != "always" and not kind.why:
            yield "returns", f"kinds.{name} 不支持或限制无理由退货时要写 why（说给客户听的原因）"
    used = {solution for one in policy.returns.reasons.values() for solution in one.solutions}
    for solution in sorted(used - set(policy.returns.solutions)):
        yield "returns", f"solutions 缺少 {solution}"
    for method, arrival in policy.store.refunds.items():
        if arrival.min_days > arrival.max_days:
            yield "store", f"refunds.{method} 的 min_days 不能大于 max_days"
    for missing in sorted({"wechat", "alipay", "bank_card"} - set(policy.store.refunds)):
        yield "store", f"refunds 缺少 {missing}"
    for key, wanted in (("names", REQUEST_PREFIX), ("states", _STATES), ("otherwise", _STATES)):
        for missing in sorted(set(wanted) - set(getattr(policy.requests, key))):
            yield "requests", f"{key} 缺少 {missing}"
    for level in ("I", "II", "III"):
        if level not in policy.service.deadlines.levels:
            yield "service", f"deadlines.levels 缺少 {level}"
    for kind_name in ("service", "result", "repeat", "publicity"):
        if kind_name not in policy.service.complaint.by_kind:
            yield "service", f"complaint.by_kind 缺少 {kind_name}"
    for name in ("online", "ticket", "technical", "logistics", "complaint", "product"):
        if name not in policy.groups.groups:
            yield "groups", f"groups 缺少 {name}"
    if policy.limits.waiting.offer_ticket_minutes > policy.limits.waiting.limit_minutes:
        yield "limits", "waiting.offer_ticket_minutes 不能大于 waiting.limit_minutes"
    for holiday in policy.hours.holidays:
        if holiday.first > holiday.last:
            yield "hours", f"holidays 里“{holiday.name}”的 first 晚于 last"
    for day, spans in (*policy.hours.week.items(), ("holiday_hours", policy.hours.holiday_hours)):
        if any(one[1] > other[0] for one, other in itertools.pairwise(spans)):
            yield "hours", f"{day} 的时间段要按先后写，不能重叠"
    yield from _sentences(policy.wording, "wording", "", PLACEHOLDERS)
    yield from _sentences(policy.returns.says, "returns", "says.", SAYS_PLACEHOLDERS)
    yield from _sentences(policy.store.says, "store", "says.", STORE_PLACEHOLDERS)
    for place, sentence in enumerate(policy.returns.flow.how, 1):
        yield from _sentence(sentence, "returns", f"flow.how 第 {place} 条", HOW_PLACEHOLDERS)
    if categories is not None:
        for section, key in _ALL_CATEGORIES:
            named = set(getattr(getattr(policy, section), key))
            for missing in sorted(categories - named if section == "service" else ()):
                yield section, f"{key} 缺少 {missing}"
            for unknown in sorted(named - categories):
                yield section, f"{key}.{unknown} 不是 data/categories.yml 里的类别"
        for code, reason in policy.returns.reasons.items():
            if reason.category is not None and reason.category not in categories:
                yield "returns", f"reasons.{code}.category 不是 data/categories.yml 里的类别"
        for unknown in sorted(set(policy.groups.by_category) - categories):
            yield "groups", f"by_category.{unknown} 不是 data/categories.yml 里的类别"


def _sentences(
    section: Section, file: str, prefix: str, placeholders: dict[str, frozenset[str]]
) -> Iterator[tuple[str, str]]:
    for name, sentence in section:
        yield from _sentence(sentence, file, f"{prefix}{name}", placeholders.get(name, frozenset()))


def _sentence(sentence: str, file: str, place: str, allowed: frozenset[str]) -> Iterator[tuple[str, str]]:
    try:
        used = {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}
    except ValueError:
        yield file, f"{place} 里的花括号不成对"
        return
    hint = f"（可以用 {'、'.join('{' + one + '}' for one in sorted(allowed))}）" if allowed else ""
    for unknown in sorted(used - allowed):
        yield file, f"{place} 不能用 {{{unknown}}}{hint}"
