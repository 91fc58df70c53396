"""Find the product a customer means in what they typed, and what its listing says of what is asked (H34)."""

import re
from collections.abc import Iterable
from decimal import Decimal

from aftersales.order_system.port import Product

#: Share of a name's character pairs that must occur before it counts as meant.
_ENOUGH = 0.5
#: Hours of a day.
_DAY = 24
#: So many characters in a row that a question shares with the listing make it the same thing (洗碗机).
_SHARED = 3


def rank_products(products: Iterable[Product], search: str, *, limit: int) -> list[Product]:
    """Products that fit `search` (words or a whole sentence), best first; empty when nothing fits. An empty search: all of
    them."""
    if not search:
        return sorted(products, key=lambda one: one.sku)[:limit]
    wanted = _plain(search)
    if not wanted:
        return []
    scored = [(_score(product, wanted), product) for product in products]
    fitting = sorted((one for one in scored if one[0] > 0), key=lambda one: (-one[0], one[1].sku))
    return [product for _, product in fitting[:limit]]


def likeness(product: Product, words: str) -> float:
    """How much of one of its names the words share, from 0; 1 and more where one is named outright."""
    wanted = _plain(words)
    return _score(product, wanted) if wanted else 0.0


def clause_about(product: Product, words: str) -> str:
    """The part of the listing that has a word of the question beside the name (能进洗碗机吗); empty where none has."""
    asked = words
    for name in sorted((product.name, *product.aliases), key=len, reverse=True):
        asked = asked.replace(name, "\n")
    for part in re.split(r"[，；。;,]", f"{product.usage}，{product.spec}，{product.size_advice}"):
        if any(part[at : at + _SHARED] in asked for at in range(len(part) - _SHARED + 1)):
            return part
    return ""


def named_in(words: str, products: Iterable[Product]) -> list[Product]:
    """The products whose name or alias stands in the words, each once; a name inside another's counts less."""
    said = words.casefold()
    named: list[tuple[str, Product]] = []
    for product in products:
        found = [one for one in (product.name, *product.aliases) if one.casefold() in said]
        if found:
            named.append((max(found, key=len), product))
    return [
        product for name, product in named if not any(name != other and name in other for other, _ in named)
    ]


def names_one(words: str, listed: str) -> bool:
    """Does the sentence hold one of these words (a list with 、 between them)?"""
    return any(one in words for one in listed.split("、"))


def figures_in(words: str) -> list[Decimal]:
    """The figures of a sentence (599减20 是579吧), in its order."""
    return [Decimal(one) for one in re.findall(r"\d+(?:\.\d+)?", words)]


def hours_of(fact: str) -> int:
    """制作时间 48 小时, 2 天: in hours; 0 where it tells no length of time."""
    found = re.search(r"(\d+)\s*(小时|天)", fact)
    return int(found[1]) * (_DAY if found[2] == "天" else 1) if found else 0


def _score(product: Product, wanted: str) -> float:
    """A name inside the sentence counts most, the longer the surer; then the search inside a name; then shared pairs."""
    best = 0.0
    for name in (product.name, *product.aliases):
        plain = _plain(name)
        if not plain:
            continue
        if plain in wanted:
            best = max(best, 2.0 + len(plain) / 100)
        elif len(wanted) > 1 and wanted in plain:
            best = max(best, 1.0 + len(wanted) / len(plain))
        elif len(plain) > 2:
            pairs = {plain[at : at + 2] for at in range(len(plain) - 1)}
            share = sum(pair in wanted for pair in pairs) / len(pairs)
            best = max(best, share if share >= _ENOUGH else 0.0)
    return best


def _plain(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())
