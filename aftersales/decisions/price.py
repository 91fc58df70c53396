"""Price protection: the policy's answer with the customer's own dates (H21)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import goods, judged, open_request, order_of, sentence
from aftersales.formatting import day, listed, moment, yuan
from aftersales.order_rules import check_price_protection
from aftersales.order_system.port import OVER, AfterSalesRequest
from aftersales.variants import bought, variant_of
from aftersales.windows import window_of

_PROTECTION = (
    *("paid", "last", "days", "rule", "reasons", "figures", "goods", "current", "paid_price", "coupon"),
    *("request_no", "due"),
)
#: Answers of the policy before the window is over.
_INSIDE = frozenset({"eligible", "needs_review"})
#: The flow that asks a colleague to compare the prices; the customer's last messages that go with it, and how long they may be.
_CHECK, _LAST_SAID, _NOTED = "price_check", 4, 400
_CATEGORY = "order.price"
_CHECKED = ("request_no", "due", "item", "shots")


@decision(
    "price_protection",
    outcomes=("over", "unpaid", "checking", "same", "claimed", "expired", "promotion", "inside"),
    needs=("order", "item", "catalogue", "requests"),
    values=_PROTECTION,
)
def price_protection(inputs: Inputs) -> Decision:
    """`same`: today's price is no less than what was paid for the goods in hand, coupons counted: there is no difference; `claimed`: so it is, and the
    customer names another price: it is a colleague's to compare. `checking`: that was asked for in this conversation.
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
        **dict.fromkeys(("goods", "current", "paid_price", "coupon", "request_no", "due"), ""),
    }
    if order.state in OVER:
        return Decision("over", values)
    if (asked := _asked(inputs)) is not None:
        due = moment(asked.due, tz) if asked.due else ""
        return Decision("checking", values | {"request_no": asked.request_no, "due": due})
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
        if current >= paid and answer.result in _INSIDE:
            return Decision("claimed", values, judged(answer))
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
    outcomes=("rule", "checking", "same", "claimed", "expired", "unpaid", "over", "promotion", "inside"),
    needs=("order", "item", "catalogue", "requests"),
    values=_PROTECTION,
)
def difference_when(inputs: Inputs) -> Decision:
    """How and when the difference comes back, first of all whether there is one (price_protection); `rule`: no order is known."""
    if inputs.order is None:
        return Decision("rule", dict.fromkeys(_PROTECTION, ""))
    found = price_protection(inputs)
    return Decision(found.outcome, found.values)


@decision(
    "price_check_case",
    outcomes=("checking", "possible", "expired", "unpaid", "over"),
    needs=("order", "item", "catalogue", "requests"),
    values=_PROTECTION,
)
def price_check_case(inputs: Inputs) -> Decision:
    """May a colleague be asked to compare the prices, by what the customer says or shows? Whatever today's price is here, within the
    window they may."""
    found = price_protection(inputs)
    known = found.outcome in ("checking", "expired", "unpaid", "over")
    within = (
        found.outcome != "same"
        or check_price_protection(inputs.policy, order_of(inputs), now=inputs.now, tz=inputs.tz).result
        in _INSIDE
    )
    return Decision(
        found.outcome if known else "possible" if within else "expired", found.values, found.facts
    )


def _asked(inputs: Inputs) -> AfterSalesRequest | None:
    """The request for that comparison which this conversation wrote and which is not over."""
    return open_request(inputs, "ticket") if _CHECK in inputs.written else None


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    order, found = order_of(inputs), price_protection(inputs).values
    told = "；".join(inputs.said[-_LAST_SAID:])[-_NOTED:]
    text = sentence(
        inputs,
        "price_compared",
        "check",
        item=goods(order),
        current=found["current"],
        paid=found["paid_price"],
        count=str(len(_shots(inputs))),
        words=told,
    )
    return {"order_no": order.order_no, "category": _CATEGORY, "description": text}


def _shots(inputs: Inputs) -> list[str]:
    """The pictures that were sent."""
    given = inputs.slots.get("evidence")
    return list(given if isinstance(given, list) else inputs.facts.get("evidence") or ())


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    return Decision(
        "done",
        {
            "request_no": made.request_no,
            "due": moment(made.due, inputs.tz) if made.due else "",
            "item": goods(order_of(inputs)),
            "shots": sentence(inputs, "price_compared", "shots" if _shots(inputs) else "no_shots"),
        },
    )


write(
    WriteSpec(
        name="price_check",
        method="leave_ticket",
        effect="price_check_asked",
        needs=frozenset({"order", "item", "catalogue", "requests"}),
        draft=_draft,
        done=_done,
        summary=lambda inputs, made: sentence(inputs, "effect", "price_check", item=goods(order_of(inputs))),
        outcomes=("done", "refused"),
        values=_CHECKED,
    )
)


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
