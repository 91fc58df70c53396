"""Entities that have a shape: numbers, e-mails, amounts, dates, durations. Pure; works on normalised text.

Order matters: what is found first keeps its characters, so the unmistakable shapes come first (an e-mail before the
digits in it, a phone before an order number).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.entities import numerals, taxno


@dataclass(frozen=True)
class EntityMatch:
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
LONE_TAIL = re.compile(
    r"(?<!不是)(?<![\d.:/a-z+买花付卖价收才-])(\d{4})(?![\d.:/a-z-]|\s*[年月日号元块度瓦毫克斤米寸码件个分点w])"
)
SPOKEN_TAIL = re.compile(rf"^[^{_D}]{{0,6}}([{_D}]{{4}})[^{_D}]{{0,3}}$")
_PIECE = r"(?:儿|电池|屏|板|毛巾|手表|布|玻璃|肉|地[毯垫板]|香皂|肥皂|巧克力|蛋糕|面|砖|瓷砖|硬盘|表|抹布|牛排|内存|木|拼图|饼|铁|海绵|污|黑|黄|白|红|凸|凹)"
_PAID = r"(?:[补赔]偿我|[退赔补差给返]我|[退赔补差降涨]了?|便宜|便宜了|补偿|赔偿|花了?|多付了|多收了|少退了|少付了)"
_SUM_ENDS = r"$|[ ,，。!！?？;；~]|吧|就|行|得了|呢|吗|可以|好吧|多|左右"
# A sum without its unit after a verb of money: 补偿我两百, 退50吧.
BARE_AMOUNT = re.compile(
    rf"(?:{_PAID})(\d{{1,5}}(?:\.\d{{1,2}})?|[{_N}]*[百千万][{_N}]*|[二三四五六七八九]十[{_D}]?)(?={_SUM_ENDS})"
)
AMOUNT = re.compile(
    rf"(?:[¥￥$]\s*(\d+(?:\.\d{{1,2}})?))|"
    rf"((?:\d+(?:\.\d{{1,2}})?|[{_N}]+)\s*(?:万|千|百)?)\s*(?:块钱|元钱|元(?!旦|素|宵)|rmb|圆(?![形的桌领通]))(?:([\d{_D}])毛?(?![\d{_D}件个天]))?|"
    # 块 also counts pieces: 塌了一块, 两块电池.
    rf"(?<![了有少缺掉破烂碎坏大小这那在是{_N}])((?:\d+(?:\.\d{{1,2}})?|[{_N}]+)\s*(?:万|千|百)?)\s*块(?!{_PIECE})(?:([\d{_D}])毛?(?![\d{_D}件个天]))?|"
    rf"(?<=[了有少缺掉])((?:\d+(?:\.\d{{1,2}})?|[{_N}]{{2,}})\s*(?:万|千|百)?)\s*块(?!{_PIECE})(?:([\d{_D}])毛?(?![\d{_D}件个天]))?|"
    rf"((?:\d+(?:\.\d)?|[{_N}]+))\s*(?:毛钱|角钱|毛)(?![巾衣线绒])"
)
DATE = re.compile(
    r"(?:(?:20)?\d{2}[年/.-])?(?:1[0-2]|0?[1-9])[月/](?:3[01]|[12]\d|0?[1-9])[日号]?(?!\d)|"
    # 9.28拍的, 11.2签收: with a point only beside what happens on a day; 9.9买的 is rather a price.
    r"(?<![\d.¥￥])(?:(?:1[0-2]|0?[1-9])\.(?:3[01]|[12]\d|0[1-9])|1[0-2]\.[1-9])(?=号|日|那天|[上下]午|晚上|早上|之?前|以前|以后|之后|[就才]?(?:买|拍|下的?单|付|签收|收|到|发|寄|退|申请))(?:[号日])?|"
    r"(?<![\d.¥￥])[1-9]\.[1-9](?=号|日|那天|[就才]?(?:下的?单|签收|收到|收的|到的|到货|发货|发的|寄|申请))(?:[号日])?|"
    r"20\d{2}-(?:1[0-2]|0?[1-9])-(?:3[01]|[12]\d|0?[1-9])(?!\d)|"
    r"(?:十[一二]?|[一二三四五六七八九])月(?:份|初|中旬?|底|末|(?:[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]?)|"
    r"(?:1[0-2]|[1-9])月(?:份|初|中旬?|底|末)|(?<![\d期弄路街道巷园])(?:3[01]|[12]\d|[1-9])[日号](?![楼线店码院色机])|"
    r"大前天|前[几两]天|前天|昨天|昨晚|昨日|今天|今早|今晚|今日|明天|明日|后天|大后天|上上?个?(?:周|星期|礼拜)[一二三四五六日天末]?|"
    r"[这本下]个?(?:周|星期|礼拜)[一二三四五六日天末]?|(?<![每一二两三四五六七八九十几\d])(?:周|星期|礼拜)[一二三四五六日天末]|上个?月|这个月|本月|下个?月|去年|前年|今年|"
    r"双(?:11|12|十一|十二)|618|国庆|元旦|春节|中秋|五一"
)
# 几天 asks unless something has lasted so long (等了几天, 好几天); 这两天 is no length, 三天两头 means often.
_SO_LONG = rf"(?:\d+(?:\.\d)?|[{_N}半{numerals.TWO_OR_THREE}][{_N}几半]*|(?<=[好了有])几)"
DURATION = re.compile(
    rf"(?<![这那头前上下])(?<![{_N}]){_SO_LONG}\s*(?:多|来)?\s*(?:个)?(?:半)?\s*"
    r"(?:工作日|小时|钟头|分钟|天(?!两头|猫|然|气|[一二三四五六七八九]夜[^里])|日内|星期|礼拜|周(?!年|[一二三四五六日末])|个?月|年(?!级|货|龄))(?:多|半|左右)?(?![月初底])"
)
SIZE = re.compile(
    r"(?<![0-9a-z])(?:x{0,4}[sl]|m|[2-9]xl|均码)(?:码|号)?(?![0-9a-z])|(?<![\d.])(?:3[3-9]|4[0-8]|2[0-9]|1[0-9]{2})(?:\.5)?\s*(?:码|号(?!楼|线|店))|"
    r"(?<![\d.])(?:[468]|1[268]|24)\s*\+\s*(?:64|128|256|512|1024|1t)(?:gb?)?(?![\da-z])|(?<![\d.])(?:均码|加大码|大一码|小一码|大一号|小一号)|(?<![\d.])(?:\d+\s*\+\s*)?(?:16|32|64|128|256|512)\s*gb?(?![a-z])|(?<![\d.])[12]\s*tb?(?![a-z])|(?<![\d.])\d{2,3}\s*(?:寸|英寸)"
)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", numerals.to_digits(text))


Value = Callable[[re.Match[str]], "str | None"]


def own_order_no(environment: Mapping[str, str]) -> re.Pattern[str]:
    """The store's own order numbers (the setting ORDER_NO_PATTERN, which the launcher has checked); nothing without it."""
    pattern = environment.get("ORDER_NO_PATTERN", "")
    return re.compile(rf"(?<![0-9a-z])(?:{pattern})(?![0-9a-z])" if pattern else r"(?!)", re.IGNORECASE)


_SHAPES: tuple[tuple[str, re.Pattern[str], int, Value], ...] = (
    ("email", EMAIL, 0, lambda m: m.group()),
    ("order_no", own_order_no(os.environ), 0, lambda m: m.group().upper()),
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
    ("amount", BARE_AMOUNT, 1, lambda m: numerals.amount(m.group(1))),
    ("date", DATE, 0, lambda m: m.group().replace(" ", "")),
    ("duration", DURATION, 0, lambda m: m.group().replace(" ", "")),
    ("size", SIZE, 0, lambda m: m.group().replace(" ", "").upper()),
    ("phone_tail", LONE_TAIL, 1, lambda m: m.group(1) if not m.group(1).startswith(("19", "20")) else None),
    ("phone_tail", SPOKEN_TAIL, 1, lambda m: _digits(m.group(1))),
)


def pattern_matches(text: str) -> Iterator[EntityMatch]:
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
                yield EntityMatch(entity, value, start, end)
