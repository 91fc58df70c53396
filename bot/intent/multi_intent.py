"""Multi-intent messages: several issues in one turn; the other ones are noticed and kept for after the main one. Pure.

A turn may carry up to five messages and people put two matters into one, mostly without a comma ("什么时候发货啊 发票能开吗").
The text is cut wherever one matter could end; the model judges each piece; pieces that surely carry an issue of their own
are gathered. A blank more often divides the halves of ONE matter ("昨天买的 今天降价了", "红色 XL", an address), so a piece
counts only when it asks, demands or reports by itself, and a reported cause goes with the demand that it explains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.intent.ranking import Ranking

_LINKS = r"然后|还有|另外|顺便|再就是|以及|同时|(?<!不)对了(?![吗吧么])|再(?=帮|给|问|查|把|说|麻烦)"
_BREAK = re.compile(
    rf"[\n。！？!?；;~…\s]+|(?<!\d)[,，]+|[,，]+(?!\d)|(?={_LINKS})|(?<=[啊呀呢吗呗吧嘛])(?=[^\W啊呀呢吗呗吧嘛])"
)
_LINKED = re.compile(rf"^[\W_]*(?:{_LINKS})")
_CONTRAST = re.compile(
    r"^\w{1,8}也(?!可以|行|好)|另|上次|上回|上礼拜|上周|之前那|前面那|后面那|那[单双箱条台款]|你家那|[再还]想?[买拍]"
)
_LEAD = re.compile(rf"^(?:[\W_]|{_LINKS}|(?:也|就|我)?(?:想|要)?(?:再)?问一?下?(?=\S{{3}})|呢)*")
_TAIL = re.compile(rf"(?:[\W_]|{_LINKS})+$")
_OTHERWISE = re.compile(
    r"^(?:要是|如果|实在)?(?:不行|不能|改不了|来不及|没有)(?:的话|(?:了|我)?(?:就|，|,|那))"
)
_ASKS = re.compile(
    r"[吗么嘛没呗不]$|(\w)不\1|^(?!.*[没还未着在]).*呢$|怎么|咋|如何|多久|多少|几[天个点号]|啥|什么|哪|谁|何时|有没有|是不是|能|可以|可不|行不|帮|麻烦|请|"
    r"要|想|催|查|(?:取消|退|换|修)(?!了(?!吧)|过|[一二两三四五六七八九十几\d]+天)|开[个张一给票专]|改|给[我一]|问|[发给]我|发一?下|告诉"
)
_PARTICLES = re.compile(r"[\W_啊呀呗吧嘛哦哈的亲]+$")
_MISSES = re.compile(r"(?:快递|物流|包裹|货|发票|退款|钱).*[没未不]")
_BOUGHT = re.compile(r"还没|还不|怎么还|催|我的|我那|那单|拍的|买的|下的单|付款|付了")
_NAMES_US = re.compile(r"你们|客服|态度|服务|商家|店家|投诉|卖家")

SHORTEST = 3
"""Characters a piece needs to be judged."""
SURE, SURE_LINKED, SURE_ALONE = 0.6, 0.3, 0.8
"""How sure the model must be of a piece that asks, that begins with 还有/另外…, that only tells."""
SURE_TO_LEAD, CERTAIN = 0.9, 0.97
"""... of a piece that shall be the main matter where the whole text sounds like another one."""
DOUBTED_WHOLE, BELIEVED_WHOLE = 0.5, 0.6
"""Below the first, the one piece that surely carries an issue outranks the whole text; from the second on, only a
piece that is certain outweighs it."""
MOST_SEGMENTS = 10
MOST = 3
WEIGHTS = ("service", "presale", "insale", "aftersale", "complaint")
"""Stages from the lightest to the weightiest (labelling guide, rule 2)."""

CAUSES = frozenset(
    {
        "product.quality",
        "product.wrong",
        "product.mismatch",
        "logistics.damaged",
        "logistics.lost",
        "product.usage",
    }
)
"""A report of one of these explains what is asked about the product in the next breath; matters of the order are others."""
ABOUT_PRODUCT = frozenset(
    {"return.request", "exchange.request", "repair.request", "product.usage", "presale.product", *CAUSES}
)
BUYING_MORE = frozenset({"presale_stock", "presale_recommend", "presale_authentic"})
WANTS = frozenset({"return.request", "exchange.request", "order.cancel", "order.modify", "refund.progress"})
ORDERS = WANTS | {"order.invoice", "order.price"}
"""Told without asking, these are demands all the same (那单撤掉)."""
ONE_MATTER = (
    frozenset({"logistics.track", "logistics.urge", "logistics.lost", "order.status"}),
    frozenset({"order.price", "presale.promo"}),
    frozenset({"order.price", "order.modify", "exchange.request", "presale.product"}),
    frozenset({"presale.product", "product.usage", "product.quality", "product.mismatch"}),
    frozenset({"return.request", "refund.progress", "order.cancel"}),
    frozenset({"return.request", "exchange.request"}),
)
"""Categories that are one matter when told in two pieces without a link word."""
BY_INTENT = ("presale.product", "presale.promo", "presale.shipping", "order.modify")
"""Two questions of one of these categories have two answers (有货吗 / 什么码)."""


@dataclass(frozen=True)
class MultiIntent:
    """`ranking` of the main issue; where its words are (None: the whole text); the others: (intent, start, end)."""

    ranking: Ranking
    own: tuple[int, int] | None = None
    others: tuple[tuple[str, int, int], ...] = ()


@dataclass
class _Issue:
    intent: str
    category: str
    sure: float
    start: int
    end: int
    asks: bool
    tells: bool
    """Neither asks nor reports a fault."""
    linked: bool
    """Begins with 还有, 顺便…"""
    apart: bool
    """Said to be another matter: 还有…, 那单…, …也…"""
    otherwise: bool
    said: str
    """Its category by its words alone."""
    categories: frozenset[str]
    """Its own and those of the pieces that belong to the same matter."""


def segments(text: str) -> list[tuple[int, int]]:
    """(start, end) of the pieces of a normalised text that could be matters of their own; empty when there is only one."""
    found: list[tuple[int, int]] = []
    at = 0
    for start, end in [
        *((match.start(), match.end()) for match in _BREAK.finditer(text)),
        (len(text), len(text)),
    ]:
        if sum(char.isalnum() for char in text[at:start]) >= SHORTEST:
            found.append((at, start))
        elif start == end and start < len(text):
            continue
        at = end
    return found[:MOST_SEGMENTS] if len(found) > 1 else []


def split_intents(
    text: str,
    whole: Ranking,
    ranked_segments: Sequence[tuple[int, int, Ranking]],
    category_of: Callable[[str], str],
    stage_of: Callable[[str], str],
) -> MultiIntent:
    """What the turn is mainly about and what else it asks.

    The weightier matter is the main one ("我想退货 还有发票没开" is about the return); of equal ones that which the whole text
    is about, unless it is only a way out (不行我就取消).
    """
    found = _gathered(_before_buying(text, [_issue(text, *one, category_of) for one in ranked_segments]))
    if not found:
        return MultiIntent(whole)
    top, sure = whole[0]
    about = category_of(top)
    if len(found) == 1:
        only = found[0]
        doubted = sure < DOUBTED_WHOLE or about in ("service.social", "service.other")
        if about not in only.categories and doubted and only.sure >= SURE_ALONE:
            return MultiIntent(_led_by(only, whole, category_of))
        return MultiIntent(whole)
    linked = any(one.linked for one in found)
    known = {each for one in found for each in one.categories} | {one.said for one in found}
    if about not in known and not linked:
        return MultiIntent(whole)

    def importance(one: _Issue) -> tuple[bool, int, bool, bool, int]:
        believed = about in one.categories or (one.sure >= SURE_TO_LEAD and one.asks)
        heaviest = max(WEIGHTS.index(stage_of(each)) for each in one.categories) if believed else 0
        counts = linked or sure < BELIEVED_WHOLE or one.sure >= CERTAIN or about in one.categories
        weight = heaviest if counts else 0
        leads = about in one.categories or (one.asks and one.sure >= SURE_TO_LEAD)
        return (not one.otherwise, weight, not one.linked, leads, -one.start)

    main = max(found, key=importance)
    ranking = whole if about in main.categories else _led_by(main, whole, category_of)
    others = [one for one in found if one is not main][:MOST]
    before = max((one.end for one in others if one.start < main.start), default=0)
    after = min((one.start for one in others if one.start > main.start), default=len(text))
    own = _trimmed(text, min(before, main.start), max(after, main.end))
    return MultiIntent(ranking, own, tuple((one.intent, *_words(text, one)) for one in others))


def _led_by(issue: _Issue, whole: Ranking, category_of: Callable[[str], str]) -> Ranking:
    return [(issue.intent, issue.sure), *(r for r in whole if category_of(r[0]) != issue.category)]


def _issue(
    text: str, start: int, end: int, ranking: Ranking, category_of: Callable[[str], str]
) -> _Issue | None:
    """The issue that this piece surely carries by itself, or None."""
    words = text[start:end]
    intent, sure = ranking[0]
    category = category_of(intent)
    if category.startswith("service."):
        return None
    linked, leads_to_link = _LINKED.match(words) is not None, _LINKED.match(text[end:].lstrip()) is not None
    asks = _ASKS.search(words) is not None or _ASKS.search(_PARTICLES.sub("", words)) is not None
    reports = category in CAUSES - {"logistics.lost"} or _MISSES.search(words) is not None
    otherwise = _OTHERWISE.match(words) is not None
    if otherwise and category not in WANTS:
        return None
    if not asks and len(words) <= SHORTEST:
        return None
    if category.startswith("complaint."):
        asks, reports = False, intent == "threaten" or _NAMES_US.search(words) is not None
    needed = SURE_LINKED if linked or leads_to_link else SURE if asks else SURE_ALONE
    tells = not (asks or reports or linked or leads_to_link)
    if sure < needed or (tells and (category not in ORDERS or sure < SURE_TO_LEAD)):
        return None
    apart = linked or _CONTRAST.search(words) is not None
    return _Issue(
        intent,
        category,
        sure,
        start,
        end,
        asks,
        tells,
        linked,
        apart,
        otherwise,
        category,
        frozenset({category}),
    )


def _before_buying(text: str, issues: Sequence[_Issue | None]) -> list[_Issue]:
    """有货吗 什么时候能发货: asked beside questions before buying, dispatch and arrival are asked before buying too."""
    found = [one for one in issues if one is not None]
    rest = [one for one in found if not one.category.startswith("presale.")]
    if len(rest) == len(found) or any(one.intent not in ("urge_dispatch", "track_eta") for one in rest):
        return found
    for one in rest:
        if _BOUGHT.search(text[one.start : one.end]) is None:
            one.intent = "ship_time" if one.intent == "urge_dispatch" else "ship_area"
            one.category, one.categories = "presale.shipping", frozenset({"presale.shipping"})
    return found


def _gathered(issues: Sequence[_Issue]) -> list[_Issue]:
    """Different matters in the order of the text; a piece that goes with an earlier one is put to it."""
    found: list[_Issue] = []
    for issue in issues:
        same = next((one for one in reversed(found) if _one_matter(one, issue)), None)
        if same is None:
            found.append(issue)
            continue
        if same is found[-1]:
            same.end = issue.end
        if same.category == issue.category:
            same.sure = max(same.sure, issue.sure)
        elif issue.asks and not same.asks:
            same.intent, same.category, same.sure, same.asks = issue.intent, issue.category, issue.sure, True
        same.categories |= issue.categories
    return found


def _one_matter(one: _Issue, other: _Issue) -> bool:
    if other.category in one.categories:
        return one.intent == other.intent or other.category not in BY_INTENT
    if one.apart or other.apart:
        return False
    if "complaint.result" in {one.category, other.category}:
        return True
    return (
        _explains(one, other)
        or _explains(other, one)
        or any({one.category, other.category} <= group for group in ONE_MATTER)
    )


def _explains(cause: _Issue, wish: _Issue) -> bool:
    """坏了，能修吗 / 还没发货，取消吧: what is told explains what is asked."""
    if cause.category in CAUSES and cause.category != "product.usage":
        return wish.category in ABOUT_PRODUCT and wish.intent not in BUYING_MORE
    return not cause.asks and wish.category in WANTS and cause.category in ("logistics.urge", "product.usage")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blanks, marks and link words at either end: half sentences beside the main matter are told with it."""
    tail = _TAIL.search(text[start:end])
    end = start + tail.start() if tail else end
    words = text[start:end]
    return start + len(words) - len(words.lstrip(" \n,，。;；!！")), end


def _words(text: str, issue: _Issue) -> tuple[int, int]:
    """Where the customer's own words of an issue are, without 还有 / 顺便问下 in front."""
    words = text[issue.start : issue.end]
    lead = _LEAD.match(words)
    tail = _TAIL.search(words)
    start = issue.start + (lead.end() if lead else 0)
    end = issue.start + (tail.start() if tail else len(words))
    return (start, end) if end - start >= SHORTEST else (issue.start, issue.end)
