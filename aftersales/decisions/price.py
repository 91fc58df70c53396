"""Price protection: the policy's answer with the customer's own dates (H21)."""

from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import judged, order_of
from aftersales.formatting import day
from aftersales.order_rules import check_price_protection
from aftersales.order_system.port import OVER
from aftersales.windows import window_of


@decision(
    "price_protection",
    outcomes=("over", "unpaid", "expired", "promotion", "inside"),
    needs=("order",),
    values=("paid", "last", "days", "rule", "reasons"),
)
def price_protection(inputs: Inputs) -> Decision:
    """`inside` the window: a person compares the prices; `promotion`: inside, but a coupon was used (policy
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
    }
    if order.state in OVER:
        return Decision("over", values)
    outcome = {
        "eligible": "inside",
        "needs_review": "promotion",
        "not_eligible": "expired",
        "unknown": "unpaid",
    }
    return Decision(outcome[answer.result], values, judged(answer))


@decision("price_rule", outcomes=("told",), values=("days", "rule"))
def price_rule(inputs: Inputs) -> Decision:
    """The rule of price protection, for who has not bought yet or only asks."""
    rule = inputs.policy.store.price_protection
    return Decision("told", {"days": str(rule.window_days), "rule": rule.told()})
