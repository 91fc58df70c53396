"""Questions in passing about money (data/knowledge, data/flows/price.yml): where and when it comes back, whether the price of an
activity outlives a change, what another colour or size costs (H19-H21, H31)."""

from aftersales.arrival import is_late
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.exchange import size_meant
from aftersales.decisions.in_hand import goods, sentence
from aftersales.decisions.parcel_questions import parcel_known
from aftersales.decisions.return_case import the_item
from aftersales.formatting import day, listed, yuan
from aftersales.order_system.port import PaymentMethod, Product
from aftersales.variants import bought, colour_named, dearer_by, variant_of

#: Ways to pay that hold money themselves and cards as well.
_WALLETS: frozenset[PaymentMethod] = frozenset({"wechat", "alipay"})
#: What happens to an order -> outcome: no money has been moved yet.
_BEFORE = {"paid": "cancel", "shipped": "refuse", "signed": "return"}

#: What is told of a parcel and of money that are late.
_OF_PARCEL = ("signed", "carrier", "tracking_no", "at", "scan", "ago", "hours", "ship_by")
_OF_MONEY = ("item", "amount", "method", "expected")


@decision(
    "refund_account",
    outcomes=("rule", "wallet", "card", "unpaid"),
    needs=("order",),
    values=("item", "method"),
)
def refund_account(inputs: Inputs) -> Decision:
    """Does the money go back to the wallet or to a card? `wallet`: paid in an app that has both, the money goes to the one that
    was used inside it, which the store does not see."""
    order = inputs.order
    if order is None:
        return Decision("rule", {"item": "", "method": ""})
    way = inputs.policy.store.refunds[order.payment_method]
    values = {"item": goods(order), "method": way.name}
    if order.paid_at is None:
        return Decision("unpaid", values)
    return Decision("wallet" if order.payment_method in _WALLETS else "card", values)


@decision(
    "refund_soon",
    outcomes=("rule", "unpaid", "processing", "late", "arrived", "under_way", "cancel", "refuse", "return"),
    needs=("order", "refunds", "requests"),
    values=("item", "amount", "method", "expected", "min_days", "max_days", "next", "inspect_days"),
)
def refund_soon(inputs: Inputs) -> Decision:
    """Does the money arrive today, or by a day that was named? `under_way`: a request that is not paid back yet; `cancel`, `refuse`, `return`: nothing is asked for
    yet, and how it would go."""
    order, flow = inputs.order, inputs.policy.returns.flow
    names = ("item", "amount", "method", "expected", "min_days", "max_days", "next")
    values = dict.fromkeys(names, "") | {"inspect_days": str(flow.inspect_days)}
    if order is None:
        return Decision("rule", values)
    refund = inputs.refunds[0] if inputs.refunds else None
    way = inputs.policy.store.refunds[refund.method if refund is not None else order.payment_method]
    values |= {
        "item": goods(order),
        "amount": yuan(refund.amount if refund is not None else order.total),
        "method": way.name,
        "min_days": str(way.min_days),
        "max_days": str(way.max_days),
    }
    if refund is not None:
        values["expected"] = day(refund.arrived_at or refund.expected_at, inputs.tz)
        if refund.arrived_at is not None:
            return Decision("arrived", values)
        return Decision("late" if is_late(refund.expected_at, inputs.now) else "processing", values)
    if order.paid_at is None:
        return Decision("unpaid", values)
    open_until = inputs.policy.requests.open_until
    made = next((one for one in inputs.requests if one.state in open_until and one.kind != "urge"), None)
    if made is not None:
        return Decision("under_way", values | {"next": made.next})
    return Decision(_BEFORE.get(order.state, "rule"), values)


@decision(
    "overdue_what",
    outcomes=(*("processing", "late", "arrived", "signed", "stalled", "waiting", "on_the_way", "rule"),),
    needs=("order", "parcel", "refunds", "requests"),
    values=(
        "item",
        "amount",
        "method",
        "expected",
        "signed",
        "carrier",
        "tracking_no",
        "at",
        "scan",
        "ago",
        "hours",
        "ship_by",
    ),
)
def overdue_what(inputs: Inputs) -> Decision:
    """要是2号还没到咋办: of the money that is on its way back where there is any, else of the parcel. `arrived`: the money has; `signed`: the parcel has."""
    money, known = refund_soon(inputs), parcel_known(inputs)
    values = {
        **{name: known.values[name] for name in _OF_PARCEL},
        **{name: money.values[name] for name in _OF_MONEY},
    }
    values["item"] = values["item"] or known.values["item"]
    if money.outcome in {"processing", "late", "arrived"}:
        return Decision(money.outcome, values)
    by_parcel = {"arrived": "signed", "stalled": "stalled", "waiting": "waiting"}
    on_the_way = {"moving", "moving_eta", "delivering"}
    return Decision(
        "on_the_way" if known.outcome in on_the_way else by_parcel.get(known.outcome, "rule"), values
    )


@decision(
    "promotion_after",
    outcomes=("rule", "promotion", "plain", "over"),
    needs=("order",),
    values=("item", "promotion", "total"),
)
def promotion_after(inputs: Inputs) -> Decision:
    """Does the price of an activity outlive a change or a cancelling? `plain`: the order has none; `over`: it is dispatched or over,
    nothing about it changes any more."""
    order = inputs.order
    if order is None:
        return Decision("rule", {"item": "", "promotion": "", "total": ""})
    used = listed(one.name for one in order.promotions)
    values = {"item": goods(order), "promotion": used, "total": yuan(order.total)}
    if order.state not in {"unpaid", "paid"}:
        return Decision("over", values)
    return Decision("promotion" if order.promotions else "plain", values)


_DIFFERENCE = ("item", "wanted", "having", "options", "difference")


@decision(
    "variant_difference",
    outcomes=("dearer", "cheaper", "same", "not_offered", "out_of_stock", "open", "unknown"),
    needs=("order", "item", "catalogue"),
    values=_DIFFERENCE,
)
def variant_difference(inputs: Inputs) -> Decision:
    """What another colour or size (slots) costs more than the one bought. `not_offered`: none such is in the catalogue; `open`: none was named;
    `unknown`: the goods are not in the catalogue."""
    product, item = inputs.catalogue, the_item(inputs)
    values = dict.fromkeys(_DIFFERENCE, "") | {"item": item.name}
    if product is None:
        return Decision("unknown", values)
    before = bought(product, item.spec)
    told = {name: str(inputs.slots[name]) for name in ("colour", "size") if inputs.slots.get(name)}
    colour = colour_named(product, told["colour"]) if "colour" in told else before[0]
    size = size_meant(inputs, product, told["size"], before[1]) if "size" in told else before[1]
    values |= {
        "wanted": " ".join(told.values()),
        "having": item.spec,
        "options": _options(inputs, product, before),
    }
    if not told:
        return Decision("open", values)
    if ("colour" in told and colour is None) or ("size" in told and size is None):
        return Decision("not_offered", values)
    wanted = variant_of(product, colour, size)
    more = dearer_by(product, before, wanted)
    values |= {
        "wanted": " ".join(one for one in (colour, size) if one),
        "difference": yuan(abs(more)) if more else "",
    }
    if wanted.stock < 1:
        return Decision("out_of_stock", values)
    return Decision("dearer" if more > 0 else "cheaper" if more < 0 else "same", values)


def _options(inputs: Inputs, product: Product, before: tuple[str | None, str | None]) -> str:
    """Every other colour of the size bought and size of the colour bought that is in stock, with its difference."""
    others = [variant_of(product, colour, before[1]) for colour in product.colours if colour != before[0]]
    others += [variant_of(product, before[0], size) for size in product.sizes if size != before[1]]
    named = [
        sentence(
            inputs,
            "price_difference",
            "option" if (more := dearer_by(product, before, one)) else "option_same",
            name=str(one.colour if one.colour != before[0] else one.size),
            difference=sentence(
                inputs, "price_difference", "more" if more > 0 else "less", amount=yuan(abs(more))
            ),
        )
        for one in others
        if one.stock > 0
    ]
    return listed(named) or sentence(inputs, "price_difference", "none")
