"""Entities that are said in a phrase: parts of an address, an invoice title. Pure; works on normalised text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.entities.patterns import Found

_PROVINCES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_NAME = r"[一-鿿]"
PROVINCE = re.compile(rf"(?:{_PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?")
CITY = re.compile(rf"(?:{_NAME}{{2,6}}?(?:市|自治州|地区|盟))")
DISTRICT = re.compile(rf"(?:{_NAME}{{1,6}}?(?:区(?!别)|县|旗))")
STREET = re.compile(
    rf"(?:{_NAME}{{1,8}}?(?:街道|镇|乡))?(?:{_NAME}{{1,10}}?(?:路|街|大道|巷|胡同|弄))?"
    rf"(?:\d{{1,5}}号?(?:院|楼)?)?(?:[一-鿿0-9]{{1,14}}?(?:小区|花园|公寓|大厦|广场|家园|苑|村|中心|学校|大学|学院|驿站|产业园|工业园))?"
    rf"(?:[a-z0-9一二三四五六七八九十]{{1,4}}(?:号楼|栋|幢|座))?(?:\d{{1,2}}单元)?(?:\d{{1,5}}(?:室|号|户)?)?"
)
_ADDRESS_LEAD = re.compile(
    r"(?:寄到|送到|发到|地址(?:改到|改成|换成|改为|是|为|改|:)?|改到|改成|换成|改为)\s*:?\s*"
)
_TITLE_LEAD = re.compile(
    r"(?:发票)?(?:抬头|单位名称|公司名称?|开票名称)\s*(?:是|为|写|改成|换成|[:：])?\s*[:：]?\s*"
)
_TITLE = re.compile(
    r"[一-鿿a-z0-9()（）]{2,40}?(?:有限责任公司|股份有限公司|有限公司|公司|集团|事务所|合作社|商行|经营部|工作室|学校|医院|大学|中心|厂|店|个人)"
)


def phrased(text: str, taken: Iterable[tuple[int, int]]) -> Iterator[Found]:
    """Address parts and the invoice title, outside what was taken."""
    blocked = list(taken)
    for found in (*_titles(text), *_address(text)):
        if not any(found.start < e and s < found.end for s, e in blocked):
            yield found


def _titles(text: str) -> Iterator[Found]:
    for lead in _TITLE_LEAD.finditer(text):
        title = _TITLE.match(text, lead.end())
        if title is not None:
            yield Found("invoice_title", title.group(), *title.span())
    if "抬头" not in text:
        for match in re.finditer(r"[一-鿿()（）]{2,30}?(?:有限责任公司|股份有限公司|有限公司)", text):
            yield Found("invoice_title", match.group(), *match.span())


def _address(text: str) -> Iterator[Found]:
    """The whole `address` and its parts: province, city, district, then what is behind them, in this order."""
    province = PROVINCE.search(text)
    if province is not None:
        parts = [Found("province", province.group(), *province.span()), *_below(text, province.end())]
        if len(parts) > 1:
            yield _whole(text, parts)
        yield from parts
        return
    start = _ADDRESS_LEAD.search(text)
    if start is not None:
        parts = list(_below(text, start.end()))
        if parts:
            yield _whole(text, parts)
        yield from parts


def _whole(text: str, parts: list[Found]) -> Found:
    start, end = parts[0].start, parts[-1].end
    return Found("address", text[start:end].replace(" ", ""), start, end)


def _below(text: str, at: int) -> Iterator[Found]:
    for entity, pattern in (("city", CITY), ("district", DISTRICT)):
        match = pattern.match(text, at)
        if match is not None:
            yield Found(entity, match.group(), *match.span())
            at = match.end()
    street = STREET.match(text, at)
    if street is not None and street.end() - street.start() >= 3:
        yield Found("address_detail", street.group(), *street.span())
