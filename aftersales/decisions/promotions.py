"""Prices, coupons and activities, from the catalogue and what is running (H34)."""

from collections.abc import Sequence
from decimal import Decimal

from aftersales.catalogue import figures_in, names_one
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.formatting import yuan
from aftersales.order_system.port import Product, Promotion
from aftersales.variants import sizes_named

#: A sum is worked out of so many figures at least.
_FIGURES = 2
#: As many promotions are told in one answer.
_TOLD = 3


@decision(
    "product_price",
    outcomes=("known", "unknown"),
    needs=("product", "promotions"),
    values=("goods", "price", "promotions"),
)
def product_price(inputs: Inputs) -> Decision:
    """What a product costs, and what is taken off it now."""
    saving = _told(_usable(inputs, _saving(inputs.promotions)))
    if inputs.product is None:
        return Decision("unknown", {"goods": "", "price": "", "promotions": saving})
    goods, price = _priced(inputs.product, inputs.words)
    return Decision("known", {"goods": goods, "price": price, "promotions": saving})


def _priced(product: Product, words: str) -> tuple[str, str]:
    """The goods and their price; where sizes differ in price, of the size that is named (256G), else of each."""
    listed = {one.size: one.price for one in product.variants if one.price is not None}
    prices = {size: listed.get(size, product.price) for size in product.sizes}
    if len(set(prices.values())) < _FIGURES:
        return product.name, yuan(product.price)
    named = [product.sizes[at] for at in sizes_named(words, product)]
    if len(named) == 1:
        return f"{product.name} {named[0]} ", yuan(prices[named[0]])
    told = (f"{size} {yuan(prices[size])}" for size in product.sizes)
    return product.name, "、".join(told)


def _usable(inputs: Inputs, running: Sequence[Promotion]) -> list[Promotion]:
    """Without those for who buys for the first time, where the customer said that they bought here before."""
    before = any(names_one(one, inputs.name("promotion_for", "bought_before")) for one in inputs.said)
    first = inputs.name("promotion_for", "first_time")
    return [one for one in running if not (before and names_one(f"{one.name}{one.text}", first))]


@decision(
    "running_promotions",
    outcomes=("goods", "goods_free", "some", "none"),
    needs=("product", "products", "promotions"),
    values=("promotions", "goods", "price", "after"),
)
def running_promotions(inputs: Inputs) -> Decision:
    """What a customer can use now: what takes something off comes first. `goods`: for the goods talked about, the one that takes most off and what is left to pay
    (`goods_free`: they are sent free of charge besides)."""
    product = next(iter(inputs.products), inputs.product)
    fitting = [one for one in inputs.promotions if product and one.off > 0 and product.price >= one.threshold]
    if product is not None and fitting:
        best = max(fitting, key=lambda one: one.off)
        after = product.price - best.off
        free = after >= inputs.policy.store.freight.free_over
        values = {"promotions": _told([best]), "goods": product.name}
        values |= {"price": yuan(product.price), "after": yuan(after)}
        return Decision("goods_free" if free else "goods", values)
    saving = _saving(inputs.promotions)
    others = [one for one in inputs.promotions if one not in saving]
    values = {"promotions": _told([*saving, *others]), "goods": "", "price": "", "after": ""}
    return Decision("some" if inputs.promotions else "none", values)


def _sum_of(inputs: Inputs, values: dict[str, str]) -> Decision:
    """那两个一起买能便宜点不: the goods in one order, and the one coupon that takes most off the sum."""
    total = sum((one.price for one in inputs.together), Decimal())
    goods = "、".join(f"{one.name} {yuan(one.price)}" for one in inputs.together)
    values |= {"goods": goods, "price": yuan(total)}
    fitting = [one for one in inputs.promotions if one.off > 0 and total >= one.threshold]
    if not fitting:
        return Decision("together_little", values)
    best = max(fitting, key=lambda one: one.off)
    values |= {"after": yuan(total - best.off), "terms": f"{best.text.rstrip('。')}。"}
    return Decision("together", values)


def _saving(running: Sequence[Promotion]) -> list[Promotion]:
    """Those that take something off; all of them where none does."""
    return [one for one in running if one.off > 0] or list(running)


def _told(promotions: Sequence[Promotion]) -> str:
    return "".join(f"{one.text.rstrip('。')}。" for one in promotions[:_TOLD])


@decision(
    "coupon_sum",
    outcomes=(
        *("right", "plain", "wrong", "other_price", "too_little", "none", "open"),
        *("together", "together_little"),
    ),
    needs=("product", "promotions", "together"),
    values=("goods", "price", "after", "terms", "named"),
)
def coupon_sum(inputs: Inputs) -> Decision:
    """599满199减20 那就是579呗: what the goods being talked about cost with the running coupon that takes most off. `wrong`: the sum
    that was named is another; `other_price`: it starts from a price that these goods do not have; `plain`: without a coupon, which is
    said to be out of the question; `too_little`: the goods are too cheap for any coupon; `open`: no goods are known."""
    product, saving = inputs.product, [one for one in inputs.promotions if one.off > 0]
    values = dict.fromkeys(("goods", "price", "after", "terms", "named"), "")
    if len(inputs.together) > 1:
        return _sum_of(inputs, values)
    if product is None or inputs.together:  # 两个加起来: only one of them is known
        return Decision("open", values)
    values |= {"goods": product.name, "price": yuan(product.price)}
    fitting = [one for one in saving if product.price >= one.threshold]
    if not fitting:
        return Decision("too_little" if saving else "none", values)
    best = max(fitting, key=lambda one: one.off)
    after = product.price - best.off
    values |= {"after": yuan(after), "terms": f"{best.text.rstrip('。')}。"}
    numbers = figures_in(inputs.words)
    if product.price in numbers and names_one(inputs.words, inputs.name("promotion_for", "none")):
        return Decision("plain", values)
    if after in numbers or len(numbers) < _FIGURES:
        return Decision("right", values)
    return Decision("wrong" if product.price in numbers else "other_price", values)
