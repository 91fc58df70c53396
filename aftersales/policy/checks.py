"""What no single value of the policy can know: what must be there together, and what a sentence may fill in."""

from __future__ import annotations

import itertools
import string
from collections.abc import Collection, Iterator, Mapping
from typing import get_args

from aftersales.order_system.port import REQUEST_PREFIX, RequestState
from aftersales.policy.desk import OTHER_CHANNEL, ComplaintKind, GroupCode, Level
from aftersales.policy.followups import (
    NOTES_PLACEHOLDERS,
    SAYS_PLACEHOLDERS,
    DeadlineName,
    ScoreKey,
)
from aftersales.policy.model import Policy
from aftersales.policy.repairs import PLACEHOLDERS as REPAIR_PLACEHOLDERS
from aftersales.policy.returns import HOW_PLACEHOLDERS
from aftersales.policy.returns import PLACEHOLDERS as RETURN_PLACEHOLDERS
from aftersales.policy.routing import ROUTING_NOTES, ROUTING_SAYS
from aftersales.policy.section import Section
from aftersales.policy.steps import PLACEHOLDERS as STEP_PLACEHOLDERS
from aftersales.policy.store import PLACEHOLDERS as STORE_PLACEHOLDERS
from aftersales.policy.store import PaymentMethod
from aftersales.policy.wording import PLACEHOLDERS as WORDING_PLACEHOLDERS

#: File, then keys and numbers down to the value: ("returns", "kinds", "phone", "why").
Place = tuple[str | int, ...]
Mistake = tuple[Place, str]


def check_together(policy: Policy, categories: frozenset[str] | None) -> Iterator[Mistake]:
    """Place and Chinese message of every mistake; the codes of data/categories.yml are checked when given."""
    yield from _missing_keys(policy)
    yield from _contradictions(policy)
    yield from _sentences(policy)
    if categories is not None:
        yield from _categories(policy, categories)


def _missing_keys(policy: Policy) -> Iterator[Mistake]:
    states: tuple[str, ...] = get_args(RequestState)
    wanted: tuple[tuple[Place, Collection[str], tuple[str, ...]], ...] = (
        (("store", "refunds"), policy.store.refunds, get_args(PaymentMethod)),
        (("requests", "names"), policy.requests.names, tuple(REQUEST_PREFIX)),
        (("requests", "states"), policy.requests.states, states),
        (("requests", "otherwise"), policy.requests.otherwise, states),
        (("service", "deadlines", "levels"), policy.service.deadlines.levels, get_args(Level)),
        (("service", "threat_channels"), policy.service.threat_channels, (OTHER_CHANNEL,)),
        (("steps", "compensation"), policy.steps.compensation, get_args(Level)),
        (("service", "complaint", "by_kind"), policy.service.complaint.by_kind, get_args(ComplaintKind)),
        (("groups", "groups"), policy.groups.groups, get_args(GroupCode)),
        (("followups", "deadlines"), policy.followups.deadlines, get_args(DeadlineName)),
        (("routing", "fallback"), policy.routing.fallback, get_args(GroupCode)),
    )
    for place, table, keys in wanted:
        for key in keys:
            if key not in table:
                yield place, f"{_dotted(place)} 缺少 {key}"


def _contradictions(policy: Policy) -> Iterator[Mistake]:
    for name, kind in policy.returns.kinds.items():
        if kind.no_reason != "always" and not kind.why:
            yield (
                ("returns", "kinds", name),
                f"kinds.{name} 不支持或限制无理由退货时要写 why（说给客户听的原因）",
            )
    silence = policy.routing.unanswered
    for name, warn, back in (
        ("first_return", silence.first_warn, silence.first_return),
        ("later_return", silence.later_warn, silence.later_return),
    ):
        if warn >= back:
            yield ("routing", "unanswered", name), f"unanswered.{name} 要比提醒的时间长"
    for group, chain in policy.routing.fallback.items():
        if group in chain:
            yield ("routing", "fallback", group), f"fallback.{group} 不能写它自己"
    for method, arrival in policy.store.refunds.items():
        if arrival.min_days > arrival.max_days:
            yield ("store", "refunds", method), f"refunds.{method} 的 min_days 不能大于 max_days"
    for name, price in policy.repairs.kinds.items():
        if name not in policy.returns.kinds:
            yield ("repairs", "kinds", name), f"kinds.{name} 不是 returns.yml 里的品类"
        if price.least > price.most:
            yield ("repairs", "kinds", name), f"kinds.{name} 的 least 不能大于 most"
    money = policy.store.compensation
    if money.bot_max > money.level_2_max:
        yield ("store", "compensation", "bot_max"), "compensation.bot_max 不能大于坐席能决定的 level_2_max"
    waiting = policy.limits.waiting
    if waiting.offer_ticket_minutes > waiting.limit_minutes:
        yield (
            ("limits", "waiting", "offer_ticket_minutes"),
            "waiting.offer_ticket_minutes 不能大于 waiting.limit_minutes",
        )
    missing = sorted(set(get_args(ScoreKey)) - set(policy.followups.visit.scores))
    if missing:
        yield ("followups", "visit", "scores"), f"visit.scores 缺少 {'、'.join(missing)} 分"
    for at, holiday in enumerate(policy.hours.holidays):
        if holiday.first > holiday.last:
            yield ("hours", "holidays", at), f"holidays 里“{holiday.name}”的 first 晚于 last"
    week: list[tuple[Place, tuple[tuple[int, int], ...]]] = [
        *((("hours", "week", day), spans) for day, spans in policy.hours.week.items()),
        (("hours", "holiday_hours"), policy.hours.holiday_hours),
        (("followups", "visit", "between"), policy.followups.visit.between),
    ]
    for place, spans in week:
        if any(one[1] > other[0] for one, other in itertools.pairwise(spans)):
            yield place, f"{place[-1]} 的时间段要按先后写，不能重叠"


def _categories(policy: Policy, categories: frozenset[str]) -> Iterator[Mistake]:
    for missing in sorted(categories - set(policy.service.categories)):
        yield ("service", "categories"), f"categories 缺少 {missing}"
    tables: tuple[tuple[Place, Mapping[str, object]], ...] = (
        (("service", "categories"), policy.service.categories),
        (("steps", "categories"), policy.steps.categories),
        (("steps", "with_request"), policy.steps.with_request),
        (("groups", "by_category"), policy.groups.by_category),
    )
    for place, table in tables:
        for unknown in sorted(set(table) - categories):
            yield (*place, unknown), f"{_dotted(place)}.{unknown} 不是 data/categories.yml 里的类别"
    yield from _case_categories(policy, categories)
    for code, reason in policy.returns.reasons.items():
        if reason.category is not None and reason.category not in categories:
            yield (
                ("returns", "reasons", code, "category"),
                f"reasons.{code}.category 不是 data/categories.yml 里的类别",
            )


def _case_categories(policy: Policy, categories: frozenset[str]) -> Iterator[Mistake]:
    """Every category of the case rules exists and stands in one list only: a matter cannot be two matters."""
    rules, seen = policy.service.cases, set[str]()
    lists: tuple[tuple[Place, tuple[str, ...]], ...] = (
        *((("service", "cases", "same_matter", at), row) for at, row in enumerate(rules.same_matter)),
        (("service", "cases", "follows_any"), rules.follows_any),
    )
    for place, codes in lists:
        for code in codes:
            if code not in categories:
                yield place, f"{_dotted(place)} 里的 {code} 不是 data/categories.yml 里的类别"
            elif code in seen:
                yield place, f"{_dotted(place)} 里的 {code} 已经写在别处"
            seen.add(code)


def _sentences(policy: Policy) -> Iterator[Mistake]:
    """Every sentence that is filled: does it use only what it is given?"""
    yield from _section(("wording",), policy.wording, WORDING_PLACEHOLDERS)
    yield from _section(("returns", "says"), policy.returns.says, RETURN_PLACEHOLDERS)
    yield from _section(("repairs", "says"), policy.repairs.says, REPAIR_PLACEHOLDERS)
    yield from _section(("store", "says"), policy.store.says, STORE_PLACEHOLDERS)
    yield from _section(("followups", "says"), policy.followups.says, SAYS_PLACEHOLDERS)
    yield from _section(("followups", "notes"), policy.followups.notes, NOTES_PLACEHOLDERS)
    yield from _section(("routing", "says"), policy.routing.says, ROUTING_SAYS)
    yield from _section(("routing", "notes"), policy.routing.notes, ROUTING_NOTES)
    protection = ("store", "price_protection", "text")
    yield from _sentence(policy.store.price_protection.text, protection, frozenset({"days"}))
    address = ("returns", "flow", "return_address")
    yield from _sentence(policy.returns.flow.return_address, address, frozenset({"store"}))
    for at, sentence in enumerate(policy.returns.flow.how):
        yield from _sentence(sentence, ("returns", "flow", "how", at), HOW_PLACEHOLDERS)
    steps = policy.steps
    for key, table in (
        ("facts", steps.facts),
        ("categories", steps.categories),
        ("with_request", steps.with_request),
    ):
        for name, texts in table.items():
            for at, sentence in enumerate(texts):
                yield from _sentence(sentence, ("steps", key, name, at), STEP_PLACEHOLDERS)
    for level, sentence in steps.compensation.items():
        yield from _sentence(sentence, ("steps", "compensation", level), frozenset({"amount"}))
    for at, sentence in enumerate(steps.otherwise):
        yield from _sentence(sentence, ("steps", "otherwise", at), STEP_PLACEHOLDERS)


def _section(place: Place, section: Section, placeholders: Mapping[str, frozenset[str]]) -> Iterator[Mistake]:
    for name, sentence in section:
        yield from _sentence(sentence, (*place, name), placeholders.get(name, frozenset()))


def _sentence(sentence: str, place: Place, allowed: frozenset[str]) -> Iterator[Mistake]:
    try:
        used = {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}
    except ValueError:
        yield place, f"{_dotted(place)} 里的花括号不成对"
        return
    hint = f"（可以用 {'、'.join('{' + one + '}' for one in sorted(allowed))}）" if allowed else ""
    for unknown in sorted(used - allowed):
        yield place, f"{_dotted(place)} 不能用 {{{unknown}}}{hint}"


def _dotted(place: Place) -> str:
    """kinds.phone, flow.how 第 2 条: a place as a person reads it."""
    *keys, last = place[1:]
    dotted = ".".join(str(one) for one in keys)
    return f"{dotted} 第 {last + 1} 条" if isinstance(last, int) else f"{dotted}.{last}".lstrip(".")
