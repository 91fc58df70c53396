"""Chinese numerals as they are read aloud: "幺三八…" digit by digit, "一百二十块五" as an amount. Pure."""

from __future__ import annotations

import re

CHINESE_DIGITS = "零〇一二三四五六七八九幺两"
TWO_OR_THREE = "俩仨"
"""Two or three of something, as spoken: 俩月, 仨礼拜. Never a digit of a number."""
CHINESE_NUMBER = "零〇一二三四五六七八九两十百千万"
_DIGIT = {c: str(d) for c, d in zip(CHINESE_DIGITS, (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2), strict=False)}
_UNIT = {"十": 10, "百": 100, "千": 1000}


def to_digits(text: str) -> str:
    """Chinese digits replaced one by one: 幺三八 -> 138."""
    return "".join(_DIGIT.get(c, c) for c in text)


def to_number(text: str) -> int | None:
    """一百二十 -> 120, 两千三 -> 2300, 十五 -> 15, 三五 -> 35; None when it is not a number."""
    if not text or any(c not in CHINESE_NUMBER for c in text):
        return None
    if all(c in _DIGIT for c in text):
        return int(to_digits(text))
    total, section, digit, unit = 0, 0, 0, 1
    for c in text:
        if c in _DIGIT:
            digit = int(_DIGIT[c])
            if c in "零〇":
                unit = 10
        elif c == "万":
            total = (total + section + digit) * 10000
            section, digit, unit = 0, 0, 10000
        else:
            unit = _UNIT[c]
            section += (digit or 1) * unit
            digit = 0
    # A last digit without its unit is a tenth of the unit before: 两千三 is 2300, 一百零五 is 105.
    return total + section + (digit * unit // 10 if digit and unit > 10 else digit)


_PARTS = re.compile(
    rf"(\d+(?:\.\d+)?|[{CHINESE_NUMBER}]+)\s*([万千百])?\s*(块钱|元钱|块|元|rmb|圆|毛钱|角钱|毛)?(?:([\d{CHINESE_DIGITS}])毛?)?"
)


def amount(text: str) -> str | None:
    """Yuan as a decimal number without trailing zeros: "59块9" -> 59.9, "一百二" with 块 -> 120; None if unreadable."""
    match = _PARTS.search(text.lstrip("¥￥$ "))
    if match is None:
        return None
    number, scale, word, tenth = match.groups()
    value = float(number) if number[0].isdigit() else to_number(number)
    if value is None:
        return None
    value = float(value) * {"万": 10000, "千": 1000, "百": 100}.get(scale or "", 1)
    if word in ("毛钱", "角钱", "毛"):
        value /= 10
    elif tenth is not None:
        value += int(to_digits(tenth)) / 10
    return f"{value:.2f}".rstrip("0").rstrip(".")
