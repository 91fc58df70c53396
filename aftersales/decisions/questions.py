"""Questions in passing (data/knowledge) whose answer is a figure: of the customer's own order, or of an amount they named."""

from collections.abc import Sequence
from decimal import Decimal

from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import goods
from aftersales.formatting import listed, yuan
from aftersales.order_rules import promotion_counts
from aftersales.order_system.port import Order, Promotion

_COUPON = ("coupon", "off", "threshold", "amount", "lacking", "then", "left")


@decision(
    "coupon_fits",
    outcomes=("rule", "short", "then_enough", "enough", "none"),
    needs=("promotions", "product"),
    values=_COUPON,
)
def coupon_fits(inputs: Inputs) -> Decision:
    """Is the amount that was named (slot `amounts`), or the price of the goods talked about, enough for the coupon that is running? `then_enough`:
    one amount is not, a second one is; `rule`: no amount is known; `none`: no coupon is running."""
    coupon = max((one for one in inputs.promotions if one.off > 0), key=lambda one: one.off, default=None)
    values = dict.fromkeys(_COUPON, "")
    if coupon is None:
        return Decision("none", values)
    values |= {
        "coupon": coupon.text.rstrip("。"),
        "off": yuan(coupon.off),
        "threshold": yuan(coupon.threshold),
    }
    amounts = _amounts(inputs.slots.get("amounts") or (), coupon)
    if not amounts and inputs.product is not None:
        amounts = [inputs.product.price]
    if len(amounts) == 1:  # 119的 买俩
        amounts = [amounts[0] * int(inputs.slots.get("pieces") or 1)]
    if not amounts:
        return Decision("rule", values)
    least, most = min(amounts), max(amounts)
    lacking = max(Decimal(0), coupon.threshold - least)
    values |= {
        "amount": yuan(least),
        "lacking": yuan(lacking),
        "then": yuan(most),
        "left": yuan(most - coupon.off),
    }
    if least >= coupon.threshold:
        return Decision("enough", values)
    return Decision("then_enough" if most >= coupon.threshold else "short", values)


@decision(
    "flash_protection",
    outcomes=("rule", "promotion", "plain"),
    needs=("order",),
    values=("item", "promotion", "days"),
)
def flash_protection(inputs: Inputs) -> Decision:
    """Do prices of an activity count for price protection? For the order in hand: was it bought with one (`promotion`), or not."""
    order = inputs.order
    days = {"days": str(inputs.policy.store.price_protection.window_days)}
    if order is None:
        return Decision("rule", {"item": "", "promotion": "", **days})
    used = listed(one.name for one in order.promotions)
    return Decision(
        "promotion" if promotion_counts(inputs.policy, order) else "plain",
        {"item": goods(order), "promotion": used, **days},
    )


@decision(
    "refund_whole",
    outcomes=("rule", "whole", "whole_coupon", "part", "none"),
    needs=("order", "refunds"),
    values=("item", "amount", "total", "coupon", "lacking"),
)
def refund_whole(inputs: Inputs) -> Decision:
    """Is the refund all that was paid? `whole_coupon`: all that was paid, after a coupon; `none`: nothing is being refunded."""
    order = inputs.order
    if order is None:
        return Decision("rule", dict.fromkeys(("item", "amount", "total", "coupon", "lacking"), ""))
    refund = inputs.refunds[0] if inputs.refunds else None
    amount = refund.amount if refund is not None else order.total
    off = _taken_off(order)
    values = {
        "item": goods(order),
        "amount": yuan(amount),
        "total": yuan(order.total),
        "coupon": yuan(off),
        "lacking": yuan(max(Decimal(0), order.total - amount)),
    }
    if refund is None:
        return Decision("none", values)
    if amount < order.total:
        return Decision("part", values)
    return Decision("whole_coupon" if off else "whole", values)


@decision(
    "coupon_back",
    outcomes=("rule", "none_used", "whole", "part", "would"),
    needs=("order", "refunds"),
    values=("item", "coupon", "off", "total"),
)
def coupon_back(inputs: Inputs) -> Decision:
    """Does the coupon of this order come back? `none_used`: it had none; `whole`, `part`: of what is paid back; `would`: nothing is paid back
    yet; `rule`: no order is known."""
    order = inputs.order
    values = dict.fromkeys(("item", "coupon", "off", "total"), "")
    if order is None:
        return Decision("rule", values)
    used = [one for one in order.promotions if one.off]
    values |= {
        "item": goods(order),
        "coupon": listed(one.name for one in used),
        "off": yuan(_taken_off(order)),
        "total": yuan(order.total),
    }
    if not used:
        return Decision("none_used", values)
    if not inputs.refunds:
        return Decision("would", values)
    paid_back = sum((one.amount for one in inputs.refunds), Decimal(0))
    return Decision("whole" if paid_back >= order.total else "part", values)


@decision(
    "coupon_for_me",
    outcomes=("bought_before", "new", "said_so", "rule"),
    needs=("orders", "promotions"),
    values=("coupon", "off", "threshold"),
)
def coupon_for_me(inputs: Inputs) -> Decision:
    """Can this customer have the coupon that is for the first purchase? `bought_before`: their orders tell no; `new`, `said_so`: their own words
    tell that nothing was bought, or something was (slots `new`, `bought`); `rule`: neither does."""
    coupon = max((one for one in inputs.promotions if one.off > 0), key=lambda one: one.off, default=None)
    values = {
        "coupon": coupon.name if coupon else "",
        "off": yuan(coupon.off) if coupon else "",
        "threshold": yuan(coupon.threshold) if coupon else "",
    }
    if any(one.paid_at is not None for one in inputs.orders):
        return Decision("bought_before", values)
    if coupon is not None and inputs.slots.get("new"):
        return Decision("new", values)
    return Decision("said_so" if inputs.slots.get("bought") else "rule", values)


def _taken_off(order: Order) -> Decimal:
    return sum((one.off for one in order.promotions), Decimal(0))


def _amounts(amounts: Sequence[str], coupon: Promotion) -> Sequence[Decimal]:
    """The amounts that were named, but for what the coupon takes off (满199减20 我买189)."""
    return [one for one in map(Decimal, amounts) if one != coupon.off]
