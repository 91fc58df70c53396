"""What may still be done to an order: cancel, change, price protection (H19-H21). Sentences are data/policy/store.yml `says`."""

from datetime import datetime
from zoneinfo import ZoneInfo

from aftersales.eligibility import Eligibility
from aftersales.order_system.port import Order
from aftersales.policy.model import Policy
from aftersales.windows import window_of


def check_cancel(policy: Policy, order: Order) -> Eligibility:
    """H19: before dispatch. After it: refuse on delivery, or return."""
    says = policy.store.says
    if order.state in ("cancelled", "refunded"):
        return Eligibility("not_eligible", (says.cancelled_already,))
    if order.state in ("unpaid", "paid"):
        return Eligibility("eligible", (says.cancel_ok,))
    return Eligibility(
        "not_eligible", (says.cancel_signed if order.state == "signed" else says.cancel_shipped,)
    )


def check_change(policy: Policy, order: Order) -> Eligibility:
    """H20: before dispatch, unless something in it is made to order."""
    says = policy.store.says
    if order.state in ("cancelled", "refunded"):
        return Eligibility("not_eligible", (says.cancelled_already,))
    if order.state not in ("unpaid", "paid"):
        return Eligibility("not_eligible", (says.change_shipped,))
    kinds = [policy.returns.kinds.get(item.kind) for item in order.items]
    if order.state == "paid" and any(kind is not None and not kind.change_after_payment for kind in kinds):
        return Eligibility("needs_review", (says.change_custom,))
    return Eligibility("eligible", (says.change_ok,))


def promotion_counts(policy: Policy, order: Order) -> bool:
    """H21: was it bought with a coupon or promotion, and does the store look at such orders itself?"""
    rule = policy.store.price_protection
    return bool(rule.promotion_excluded and order.promotions)


def check_price_protection(policy: Policy, order: Order, *, now: datetime, tz: ZoneInfo) -> Eligibility:
    """H21: within days after payment; a coupon or promotion on the order needs a person's look."""
    says, rule = policy.store.says, policy.store.price_protection
    if order.state in ("cancelled", "refunded"):
        return Eligibility("not_eligible", (says.cancelled_already,))
    if order.paid_at is None:
        return Eligibility("unknown", (says.protect_unpaid,))
    window = window_of(order.paid_at, rule.window_days, now, tz)
    if not window.inside:
        sentence = says.protect_over.format(**window.values())
        return Eligibility("not_eligible", (sentence,), last_day=window.last)
    sentence = says.protect_ok.format(**window.values())
    if promotion_counts(policy, order):
        return Eligibility("needs_review", (sentence, says.protect_promotion), last_day=window.last)
    return Eligibility("eligible", (sentence,), last_day=window.last)
