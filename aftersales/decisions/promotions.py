"""Prices, coupons and activities, from the catalogue and what is running (H34)."""

from collections.abc import Sequence
from decimal import Decimal

from aftersales.catalogue import figures_in
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.formatting import yuan
from aftersales.order_system.port import Promotion

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
    saving = _told(_saving(inputs.promotions))
    if inputs.product is None:
        return Decision("unknown", {"goods": "", "price": "", "promotions": saving})
    goods, price = inputs.product.name, yuan(inputs.product.price)
    return Decision("known", {"goods": goods, "price": price, "promotions": saving})


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
        *("right", "wrong", "other_price", "too_little", "none", "open"),
        *("together", "together_little"),
    ),
    needs=("product", "promotions", "together"),
    values=("goods", "price", "after", "terms", "named"),
)
def coupon_sum(inputs: Inputs) -> Decision:
    """599满199减20 那就是579呗: what the goods being talked about cost with the running coupon that takes most off. `wrong`: the sum
    that was named is another; `other_price`: it starts from a price that these goods do not have; `too_little`: the goods are too cheap for any coupon; `open`: no goods are known."""
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
    if after in numbers or len(numbers) < _FIGURES:
        return Decision("right", values)
    return Decision("wrong" if product.price in numbers else "other_price", values)
