"""Stretches of a message that say "here is an order / a link / a picture" in too many ways. Pure.

Real logs are de-identified: numbers and names became `[数字x]`, `#E-s[数字x]`, `ORDERID_123`; customers paste whole order
cards and share links. For the models each becomes one sign from Unicode's private area, so that neither the digits nor
the brackets are learned. Order numbers that are typed out stay: the entity patterns need them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

NUMBER, ORDER, LINK, PICTURE, PERSON, PLACE, PHONE, MONEY, GOODS, EMOTE, TIME = (
    chr(0xE000 + i) for i in range(11)
)

PLACEHOLDER_NAMES = {
    NUMBER: "数字",
    ORDER: "订单号",
    LINK: "链接",
    PICTURE: "图片",
    PERSON: "姓名",
    PLACE: "地址",
    PHONE: "电话",
    MONEY: "金额",
    GOODS: "商品",
    EMOTE: "表情",
    TIME: "时间",
}

_RULES: tuple[tuple[str, str], ...] = (
    (r"(?:https?://|www\.|m\.tb\.cn/|item\.[a-z]+\.com)[^\s一-鿿]*", LINK),
    (r"[\[<{(【]*\s*(?:链接|url|网址|商品链接)\s*[x\d]*\s*[\]>})】]+", LINK),
    (r"\[?(?:商品|订单)卡片\]?", GOODS),
    (r"\[?orderid_?\[?(?:数字)?[x\d]+\]?", ORDER),
    (r"[\[<{【]\s*(?:订单编号|订单号|订单|运单号|快递单号|物流单号|单号)\s*[x\d]*\s*[\]>}】]", ORDER),
    (r"[\[<{【]\s*表情\s*[x\d]*\s*[\]>}】]", EMOTE),
    (r"#e-[a-z]?\s*\[?(?:数字)?[x\d]*\]?", EMOTE),
    (r"(?<![a-z])[a-z]{2}\s?\[数字x\]", ORDER),
    (r"[\[<{【]\s*(?:图片|照片|截图|视频|语音|文件)\s*[x\d]*\s*[\]>}】]", PICTURE),
    (r"[\[<{【]\s*(?:姓名|人名|昵称|用户名|旺旺|组织机构|公司)\s*[x\d]*\s*[\]>}】]", PERSON),
    (r"[\[<{【]\s*(?:地址|地点|地名|省市|城市|站点)\s*[x\d]*\s*[\]>}】]", PLACE),
    (r"[\[<{【]\s*(?:电话|手机号?|手机号码|联系方式|邮箱)\s*[x\d]*\s*[\]>}】]", PHONE),
    (r"[\[<{【]\s*(?:金额|价格|money)\s*[x\d]*\s*[\]>}】]", MONEY),
    (r"[\[<{【]\s*(?:商品名?称?|产品|品名|快捷短语)\s*[x\d]*\s*[\]>}】]", GOODS),
    (r"[\[<{【]\s*(?:日期|时间|date|time)\s*[x\d]*\s*[\]>}】]", TIME),
    (r"[\[<{【]\s*(?:数字|number|num)\s*[x\d]*\s*[\]>}】]|\d\*{2,}\d*", NUMBER),
)
_ALL = re.compile("|".join(f"(?P<r{i}>{pattern})" for i, (pattern, _) in enumerate(_RULES)))

_MASK = r"(?:[\[<{【]\s*[一-鿿]{2,4}x?\s*[\]>}】]|\d\*{2,}\d*)"
_DATE = r"\d{4}-\d\d?-\d\d?(?:\s\d\d?:\d\d(?::\d\d)?)?"
_CARD = re.compile(
    r"\[?(?:咨询|查询)?(?:订单编号|订单号|交易编号)\s*[:：]?\s*(?=\d|\[)|"
    rf"[,\s]*(?:订单金额|下单时间|商品id|商品号|商品编号)\s*:\s*(?:¥?{_MASK}(?:\s*{_MASK})?|(?<=时间:){_DATE}|(?<!金额:)\d{{5,}}|(?=[,\]]|$))(?:\s*\])?|"
    r"共\d+件商品[^\n]{0,4}合计[^\n]{0,20}|交易时间[:：]?[\d\-: /]+|"
    r"(?:顾客|买家)通过点击[^:\n]{0,20}发送:|请选择咨询订单|"
    r"我要咨询这个(?:订单|商品)[:：]?|\[?(?:咨询|当前)(?:订单|商品)(?:信息)?\]?[:：]"
)
"""Headings and fields of a pasted order card: they vanish, but for the order number itself."""


def placeholders(text: str) -> Iterator[tuple[int, int, str]]:
    """Stretches (start, end, sign) in order, not overlapping. Card headings vanish: their sign is empty."""
    found: list[tuple[int, int, str]] = []
    for match in _ALL.finditer(text):
        assert match.lastgroup is not None
        found.append((match.start(), match.end(), _RULES[int(match.lastgroup[1:])][1]))
    found += [(match.start(), match.end(), "") for match in _CARD.finditer(text)]
    at = 0
    for start, end, sign in sorted(found):
        if start >= at and end > start:
            yield start, end, sign
            at = end
