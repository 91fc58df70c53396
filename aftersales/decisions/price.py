"""Price protection: the policy's answer with the customer's own dates (H21)."""

from decimal import Decimal

from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import judged, order_of, sentence
from aftersales.formatting import day, listed, yuan
from aftersales.order_rules import check_price_protection
from aftersales.order_system.port import OVER
from aftersales.variants import bought, variant_of
from aftersales.windows import window_of

_PROTECTION = (
    *("paid", "last", "days", "rule", "reasons", "figures", "goods", "current", "paid_price", "coupon"),
)


@decision(
    "price_protection",
    outcomes=("over", "unpaid", "same", "expired", "promotion", "inside"),
    needs=("order", "item", "catalogue"),
    values=_PROTECTION,
)
def price_protection(inputs: Inputs) -> Decision:
    """`same`: today's price is no less than what was paid for the goods in hand, coupons counted: there is no difference. (A lower
    price that the customer names is a person's to compare.)
    `inside` the window: a person compares the prices; `promotion`: inside, but a coupon was used (policy
    promotion_excluded); `expired`: out of policy; `unpaid`: it is bought at today's price; `over`: cancelled or refunded."""
    order, rule, tz = order_of(inputs), inputs.policy.store.price_protection, inputs.tz
    answer = check_price_protection(inputs.policy, order, now=inputs.now, tz=tz)
    window = window_of(order.paid_at, rule.window_days, inputs.now, tz) if order.paid_at else None
    values = {
        "paid": day(order.paid_at, tz) if order.paid_at else "",
        "last": window.last_told if window else "",
        "days": str(rule.window_days),
        "rule": rule.told(),
        "reasons": answer.text,
        "figures": "",
        **dict.fromkeys(("goods", "current", "paid_price", "coupon"), ""),
    }
    if order.state in OVER:
        return Decision("over", values)
    if order.paid_at is not None and (prices := _prices(inputs)) is not None:
        current, paid = prices
        used = listed(one.name for one in order.promotions if one.off)
        values |= {
            "goods": inputs.item.name if inputs.item else "",
            "current": yuan(current),
            "paid_price": yuan(paid),
            "coupon": sentence(inputs, "price_compared", "coupon", name=used) if used else "",
        }
        if current >= paid and not inputs.amounts:
            return Decision("same", values)
        if current < paid:
            values["figures"] = sentence(
                inputs,
                "price_compared",
                "figures",
                current=values["current"],
                paid=values["paid_price"],
                difference=yuan(paid - current),
            )
    outcome = {
        "eligible": "inside",
        "needs_review": "promotion",
        "not_eligible": "expired",
        "unknown": "unpaid",
    }
    return Decision(outcome[answer.result], values, judged(answer))


@decision(
    "difference_when",
    outcomes=("rule", "same", "expired", "unpaid", "over", "promotion", "inside"),
    needs=("order", "item", "catalogue"),
    values=_PROTECTION,
)
def difference_when(inputs: Inputs) -> Decision:
    """How and when the difference comes back, first of all whether there is one (price_protection); `rule`: no order is known."""
    if inputs.order is None:
        return Decision("rule", dict.fromkeys(_PROTECTION, ""))
    found = price_protection(inputs)
    return Decision(found.outcome, found.values)


def _prices(inputs: Inputs) -> tuple[Decimal, Decimal] | None:
    """Today's price of the goods in hand and what was paid for one piece of them, its share of what the order was made cheaper by
    counted; None where the catalogue does not have them."""
    order, item, product = order_of(inputs), inputs.item, inputs.catalogue
    if item is None or product is None:
        return None
    together = sum((one.price * one.qty for one in order.items), Decimal(0))
    paid = item.price * (order.total - order.freight) / together if together else item.price
    current = variant_of(product, *bought(product, item.spec)).price or product.price
    return current, min(paid, item.price).quantize(Decimal("0.01"))


@decision("price_rule", outcomes=("told",), values=("days", "rule"))
def price_rule(inputs: Inputs) -> Decision:
    """The rule of price protection, for who has not bought yet or only asks."""
    rule = inputs.policy.store.price_protection
    return Decision("told", {"days": str(rule.window_days), "rule": rule.told()})
