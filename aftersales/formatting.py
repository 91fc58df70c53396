"""Dates, durations, amounts and lists as a shop assistant writes them; every process that tells a customer something uses this."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal


def day(at: datetime, tz: tzinfo) -> str:
    """11月22日"""
    local = at.astimezone(tz)
    return f"{local.month}月{local.day}日"


def moment(at: datetime, tz: tzinfo) -> str:
    """11月22日 14:30"""
    return f"{day(at, tz)} {at.astimezone(tz):%H:%M}"


def lasting(span: timedelta) -> str:
    """How long: 40分钟, 6小时, 3天 (rounded down, at least one minute)."""
    minutes = max(1, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}分钟"
    if minutes < 48 * 60:
        return f"{minutes // 60}小时"
    return f"{minutes // (24 * 60)}天"


def yuan(amount: Decimal) -> str:
    """399元, 19.90元"""
    return f"{amount:.0f}元" if amount == amount.to_integral_value() else f"{amount:.2f}元"


def listed(names: Iterable[str]) -> str:
    """羽绒服、运动鞋"""
    return "、".join(names)
