"""Entities that are said in a phrase: parts of an address, an invoice title. Pure; works on normalised text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.entities.patterns import EntityMatch

_PROVINCES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_NAME = r"[一-鿿]"
PROVINCE = re.compile(rf"(?:{_PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?")
CITY = re.compile(rf"(?:{_NAME}{{2,6}}?(?:市|自治州|地区|盟))")
DISTRICT = re.compile(rf"(?:{_NAME}{{1,6}}?(?:区(?!别)|县|旗))")
# Names inside an address never carry these: what follows a house number is speech again ("18号 快递送到小区").
_PLACE = r"(?:(?![的了我你请要送到打不在给是和跟快这那帮别])[一-鿿0-9])"
_PLACE_END = r"(?:小区|社区|花园|公寓|大厦|大楼|广场|家园|中心|学校|大学|学院|中学|小学|医院|驿站|[^\W\d]园|苑|村|新城|名城|华府|公馆|山庄|雅居|市场|商场|基地|大院|宿舍)"
STREET = re.compile(
    rf"(?:{_NAME}{{1,8}}?(?:街道|镇|乡))?"
    rf"(?:{_NAME}{{1,10}}?(?:路|大街|街|大道|巷|胡同|弄)(?:[东西南北中]段|[东西南北]路|[一二三四五六七八九十]{{1,2}}[段巷弄]|支路)?)?"
    rf"(?:\d{{1,5}}[弄巷])?(?:\d{{1,5}}号?(?:院|楼)?)?(?:{_PLACE}{{1,14}}?{_PLACE_END}(?:[一二三四五六七八九\d]{{1,2}}期)?)?(?:\d{{1,5}}号(?!楼))?"
    rf"(?:[a-z0-9一二三四五六七八九十]{{1,4}}(?:号楼|栋|幢|座))?(?:[\d一二三四五六七八九]{{1,2}}单元)?(?:[\d一二三四五六七八九十]{{1,3}}[层楼])?(?:[a-z]?\d{{1,5}}(?:室|号|户)?)?"
)
_ADDRESS_LEAD = re.compile(
    r"(?:寄到|送到|发到|地址(?:改到|改成|换成|改为|是|为|改|:)?|改到|改成|换成|改为)\s*:?\s*"
)
_TITLE_LEAD = re.compile(
    r"(?:发票)?(?:抬头|单位名称|公司名称?|开票名称)\s*(?:就)?(?:应该是|是|为|写|改成|改为|换成|开|[:：])?\s*[:：]?\s*"
)
_TITLE = re.compile(
    r"[一-鿿a-z0-9()（）]{2,40}?(?:有限责任公司|股份有限公司|有限公司|公司(?!名)|集团(?!有限)|事务所|合作社|商行|经营部|服务部|工作室|学校|中学|小学|幼儿园|医院|卫生院|诊所|大学|学院|研究[院所]|设计院|中心|厂|店|酒店|超市|药房|协会|商会|学会|基金会|委员会|银行|支行|分行|[局部社馆院](?=$|[ ,，。;；]|税号)|个人)"
)
_COMPANY = re.compile(r"[一-鿿()（）]{2,30}?(?:有限责任公司|股份有限公司|有限公司)(?:[一-鿿]{2,6}?分公司)?")
_BEFORE_COMPANY = re.compile(
    r".*(?:发票|专票|普票|抬头|名称|开给|开成|开个|开张|开到|改成|换成|改为|写成|单位是|公司是|公司叫|票给|票开|我们是|我是|我司是)"
)


def phrase_matches(text: str, taken: Iterable[tuple[int, int]]) -> Iterator[EntityMatch]:
    """Address parts and the invoice title, outside what was taken."""
    blocked = list(taken)
    for found in (*_titles(text), *_address(text)):
        if not any(found.start < e and s < found.end for s, e in blocked):
            yield found


def _titles(text: str) -> Iterator[EntityMatch]:
    """Behind a word that announces it (抬头, 公司名称); else a company's full name, without the words before it."""
    led = False
    for lead in _TITLE_LEAD.finditer(text):
        title = _TITLE.match(text, lead.end())
        if title is not None:
            led = True
            yield EntityMatch("invoice_title", title.group(), *title.span())
    if led:
        return
    for match in _COMPANY.finditer(text):
        before = _BEFORE_COMPANY.match(match.group())
        start = match.start() + (before.end() if before else 0)
        if match.end() - start >= 6:
            yield EntityMatch("invoice_title", text[start : match.end()], start, match.end())


def _address(text: str) -> Iterator[EntityMatch]:
    """The whole `address` and its parts: province, city, district, then what is behind them, in this order."""
    province = PROVINCE.search(text)
    if province is not None:
        parts = [EntityMatch("province", province.group(), *province.span()), *_below(text, province.end())]
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


def _whole(text: str, parts: list[EntityMatch]) -> EntityMatch:
    start, end = parts[0].start, parts[-1].end
    return EntityMatch("address", text[start:end].replace(" ", ""), start, end)


def _below(text: str, at: int) -> Iterator[EntityMatch]:
    for entity, pattern in (("city", CITY), ("district", DISTRICT)):
        match = pattern.match(text, at)
        if match is not None:
            yield EntityMatch(entity, match.group(), *match.span())
            at = match.end()
    street = STREET.match(text, at)
    if street is not None and street.end() - street.start() >= 3:
        yield EntityMatch("address_detail", street.group(), *street.span())
