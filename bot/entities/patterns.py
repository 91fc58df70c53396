"""Entities that have a shape: numbers, e-mails, amounts, dates, durations. Pure; works on normalised text.

Order matters: what is found first keeps its characters, so the unmistakable shapes come first (an e-mail before the
digits in it, a phone before an order number).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.entities import numerals, taxno


@dataclass(frozen=True)
class Found:
    """An entity in normalised text: what, its value, where (end exclusive)."""

    entity: str
    value: str
    start: int
    end: int


_D = numerals.CHINESE_DIGITS
_N = numerals.CHINESE_NUMBER

EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
TAX_NO = re.compile(
    r"(?<![0-9a-z])[0-9a-hj-npqrtuwxy]{2}\d{6}[0-9a-hj-npqrtuwxy]{9}[0-9a-hj-npqrtuwxy](?![0-9a-z])"
)
PHONE = re.compile(r"(?<![\da-z])(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)")
LANDLINE = re.compile(r"(?<![\da-z])(0\d{2,3}-\d{7,8}|400-?\d{3}-?\d{4})(?!\d)")
SPOKEN_PHONE = re.compile(rf"(?<![{_D}])[一幺1][三四五六七八九][{_D}]{{9}}(?![{_D}])")
TRACKING_NO = re.compile(
    r"(?<![0-9a-z])(?:sf|jd[a-z]{0,2}|yt|zto?|sto?|yd|jt|db[a-z]?|ems|ky|dpk|e[a-z])\d{9,15}(?:cn)?(?![0-9a-z])"
)
DATE_LIKE_ORDER = re.compile(r"(?<![\da-z])(?:19|20)\d{2}[ -]?[01]\d[0-3]\d[ -]?\d{4,12}(?![\d])")
ORDER_NO = re.compile(r"(?<![\d.a-z])\d{10,24}(?![\d.]\d)(?!\d)")
SPACED_ORDER_NO = re.compile(r"(?<![\d])\d{4}[ -]\d{4}[ -]\d{4}(?!\d)")
SPOKEN_ORDER_NO = re.compile(rf"(?<![{_D}])[{_D}]{{10,24}}(?![{_D}])")
_TAIL_WORDS = r"(?:尾号|末尾|后四位|后4位|最后四位|末四位|手机尾|电话尾|尾数)[是为:： ]{0,3}"
PHONE_TAIL = re.compile(rf"{_TAIL_WORDS}(\d{{4}}|[{_D}]{{4}})(?![\d{_D}])")
LONE_TAIL = re.compile(r"(?<![\d.:/a-z-])(\d{4})(?![\d.:/a-z-]|\s*[年月日号元块度瓦毫克斤米寸码件个分点w])")
SPOKEN_TAIL = re.compile(rf"^[^{_D}]{{0,6}}([{_D}]{{4}})[^{_D}]{{0,3}}$")
AMOUNT = re.compile(
    rf"(?:[¥￥$]\s*(\d+(?:\.\d{{1,2}})?))|"
    rf"((?:\d+(?:\.\d{{1,2}})?|[{_N}]+)\s*(?:万|千|百)?)\s*(?:块钱|元钱|块|元|rmb|圆)(?:([\d{_D}])毛?(?![\d{_D}件个天]))?|"
    rf"((?:\d+(?:\.\d)?|[{_N}]+))\s*(?:毛钱|角钱|毛)(?![巾衣线绒])"
)
DATE = re.compile(
    r"(?:(?:20)?\d{2}[年/.-])?(?:1[0-2]|0?[1-9])[月/](?:3[01]|[12]\d|0?[1-9])[日号]?(?!\d)|"
    r"20\d{2}-(?:1[0-2]|0?[1-9])-(?:3[01]|[12]\d|0?[1-9])(?!\d)|"
    r"(?:十[一二]?|[一二三四五六七八九])月(?:份|初|中旬?|底|末|(?:[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]?)|"
    r"(?:1[0-2]|[1-9])月(?:份|初|中旬?|底|末)|(?<!\d)(?:3[01]|[12]\d|[1-9])[日号](?![楼线店码])|"
    r"大前天|前天|昨天|昨晚|昨日|今天|今早|今晚|今日|明天|明日|后天|大后天|上上?个?(?:周|星期|礼拜)[一二三四五六日天末]?|"
    r"[这本下]个?(?:周|星期|礼拜)[一二三四五六日天末]?|(?<![每一二两三四五六七八九十几\d])(?:周|星期|礼拜)[一二三四五六日天末]|上个?月|这个月|本月|下个?月|去年|前年|今年|"
    r"双(?:11|12|十一|十二)|618|国庆|元旦|春节|中秋|五一"
)
DURATION = re.compile(
    rf"(?:\d+(?:\.\d)?|[{_N}几半]+)\s*(?:多|来)?\s*(?:个)?(?:半)?\s*(?:工作日|小时|钟头|分钟|天|日内|星期|礼拜|周(?!年|[一二三四五六日末])|个?月|年)(?:多|半|左右)?(?![月初底])"
)
SIZE = re.compile(
    r"(?<![0-9a-z])(?:x{0,4}[sl]|m|[2-9]xl|均码)(?:码|号)?(?![0-9a-z])|(?<![\d.])(?:3[3-9]|4[0-8]|2[0-9]|1[0-9]{2})(?:\.5)?\s*(?:码|号(?!楼|线|店))|"
    r"(?<![\d.])(?:均码|加大码|大一码|小一码|大一号|小一号)|(?<![\d.])(?:\d+\s*\+\s*)?(?:16|32|64|128|256|512)\s*gb?(?![a-z])|(?<![\d.])[12]\s*tb?(?![a-z])|(?<![\d.])\d{2,3}\s*(?:寸|英寸)"
)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", numerals.to_digits(text))


Value = Callable[[re.Match[str]], "str | None"]

_SHAPES: tuple[tuple[str, re.Pattern[str], int, Value], ...] = (
    ("email", EMAIL, 0, lambda m: m.group()),
    ("tax_no", TAX_NO, 0, lambda m: m.group().upper() if taxno.is_valid(m.group().upper()) else None),
    ("phone", PHONE, 1, lambda m: _digits(m.group(1))),
    ("phone", LANDLINE, 1, lambda m: m.group(1)),
    ("phone", SPOKEN_PHONE, 0, lambda m: _digits(m.group())),
    ("tracking_no", TRACKING_NO, 0, lambda m: m.group().upper()),
    ("order_no", DATE_LIKE_ORDER, 0, lambda m: _digits(m.group())),
    ("order_no", ORDER_NO, 0, lambda m: m.group()),
    ("order_no", SPACED_ORDER_NO, 0, lambda m: _digits(m.group())),
    ("order_no", SPOKEN_ORDER_NO, 0, lambda m: _digits(m.group())),
    ("phone_tail", PHONE_TAIL, 1, lambda m: _digits(m.group(1))),
    ("amount", AMOUNT, 0, lambda m: numerals.amount(m.group())),
    ("date", DATE, 0, lambda m: m.group().replace(" ", "")),
    ("duration", DURATION, 0, lambda m: m.group().replace(" ", "")),
    ("size", SIZE, 0, lambda m: m.group().replace(" ", "").upper()),
    ("phone_tail", LONE_TAIL, 1, lambda m: m.group(1) if not m.group(1).startswith(("19", "20")) else None),
    ("phone_tail", SPOKEN_TAIL, 1, lambda m: _digits(m.group(1))),
)


def shaped(text: str) -> Iterator[Found]:
    """Entities found by shape, the surest first; they never overlap."""
    taken: list[tuple[int, int]] = []
    for entity, pattern, group, value_of in _SHAPES:
        for match in pattern.finditer(text):
            start, end = match.span(group)
            while end > start and text[end - 1] == " ":
                end -= 1
            if start == end or any(start < e and s < end for s, e in taken):
                continue
            value = value_of(match)
            if value:
                taken.append((start, end))
                yield Found(entity, value, start, end)
