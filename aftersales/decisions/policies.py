"""Rules of return, freight and warranty, with the customer's own dates once verified (H16-H18, H35)."""

from dataclasses import replace

from aftersales.catalogue import names_one
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import goods, judged
from aftersales.decisions.return_case import answer_so_far, told_reasons
from aftersales.eligibility import Eligibility, warranty_days
from aftersales.formatting import day, listed, yuan
from aftersales.order_system.port import Order, OrderItem
from aftersales.policy.returns import Condition, Kind
from aftersales.windows import window_of

#: What is asked without a reason is asked about a return without one.
_NO_REASON = "no_reason"
#: State of an order of which nothing has arrived -> what is said of the freight back.
_NOT_ARRIVED = {"unpaid": "before_dispatch", "paid": "before_dispatch", "shipped": "on_the_way"}


#: How goods of a kind stand to a return without a reason, by their state: outcomes that need no order.
_BY_STATE = ("opened_yes", "opened_no", "opened_general", "tried", "used_no", "never")
_RULE_VALUES = ("goods", "reasons", "days", "quality_days", "freight", "name", "why", "kinds", "never")


@decision(
    "return_rule",
    outcomes=("not_asked", "own", "kind", *_BY_STATE, "general", "general_known"),
    needs=("order", "item", "orders", "products"),
    values=_RULE_VALUES,
)
def return_rule(inputs: Inputs) -> Decision:
    """May it go back? `own`: the customer's goods on their dates; `kind`: the rule and its exception for the goods named;
    `opened_…`, `tried`, `used_no`, `never`: the state that was told, for goods of that kind (`opened_general`: of no kind that is known);
    `not_asked`: only the freight was asked for. `general_known`: the customer is verified, nothing needs to be given."""
    rules = inputs.policy.returns
    values = _rule_values(inputs)
    if inputs.slots.get("freight") and not inputs.slots.get("may"):
        return Decision("not_asked", values)
    if (own := _own_line(inputs)) is not None and (by_state := _once_arrived(inputs, *own)):
        kind = rules.kinds.get(own[1].kind)
        values |= {"goods": own[1].name, "why": (kind.why or "") if kind else ""}
        return Decision(by_state, values)
    if own is not None and not _asks_ahead(inputs, own[0]):
        answer = _own_answer(inputs, *own)
        kind = rules.kinds.get(own[1].kind)
        why = (
            kind.why or "" if kind is not None and own[0].state == "shipped" else ""
        )  # what counts once it has arrived
        reasons = told_reasons(inputs, answer) + why + (answer.freight or "")
        values |= {"goods": own[1].name, "reasons": reasons}
        return Decision("own", values, judged(answer))
    known = inputs.verified or inputs.facts.get("not_bought")  # nothing to give, or nothing bought
    product = inputs.products[0] if inputs.products else None
    kind = kind_named(inputs) or (rules.kinds.get(product.kind) if product else None)
    if own is not None:
        product, kind, known = None, rules.kinds.get(own[1].kind), True
    if product is not None or kind is not None:
        values["goods"] = product.name if product is not None else kind.name if kind is not None else ""
    told = rules.conditions.get(str(inputs.slots.get("condition")))
    if (by_state := _by_state(kind, told)) and _is_without_fault(inputs):
        return Decision(by_state, values | ({"name": kind.name, "why": kind.why or ""} if kind else {}))
    if kind is not None and kind.no_reason == "never" and _is_without_fault(inputs):
        return Decision("never", values | {"name": kind.name, "why": kind.why or ""})
    if kind is not None and kind.why:
        return Decision("kind", values | {"name": kind.name, "why": kind.why})
    return Decision("general_known" if known else "general", values)


@decision(
    "worn_goods", outcomes=("clothes", *_BY_STATE), needs=("order", "item", "products"), values=_RULE_VALUES
)
def worn_goods(inputs: Inputs) -> Decision:
    """穿过、戴过、拆封了算不算完好: `clothes` may be tried on; other goods by their kind, opened ones that were not used too."""
    item, product = inputs.item, inputs.products[0] if inputs.products else None
    name, code = (product.name, product.kind) if product else (item.name, item.kind) if item else ("", "")
    kind = inputs.policy.returns.kinds.get(code)
    values = _rule_values(inputs) | {"goods": name}
    if kind is None or kind.tried == "unused":
        return Decision("clothes", values)
    conditions = inputs.policy.returns.conditions
    opened = next((one for one in conditions.values() if one.opened and one.intact), None)
    outcome = _by_state(kind, opened)
    outcome = (
        "used_no" if outcome == "opened_yes" else outcome
    )  # both are told: opened may go back, used may not
    return Decision(outcome or "clothes", values | {"name": kind.name, "why": kind.why or ""})


@decision(
    "signed_anyway",
    outcomes=("always", "unopened", "never", "rule"),
    needs=("order", "item"),
    values=("item", "days", "why"),
)
def signed_anyway(inputs: Inputs) -> Decision:
    """我妈签收了还能退不, of a parcel that is not wanted: by the kind of the goods, what must not be done with them till then."""
    values = {"item": "", "days": str(inputs.policy.returns.no_reason.window_days), "why": ""}
    item = inputs.item or (inputs.order.items[0] if inputs.order else None)
    if item is None:
        return Decision("rule", values)
    kind = inputs.policy.returns.kinds.get(item.kind)
    values |= {"item": item.name, "why": (kind.why or "") if kind else ""}
    return Decision(kind.no_reason if kind is not None else "always", values)


@decision(
    "return_days",
    outcomes=("open", "over", "not_signed", "unopened", "never", "exchanged", "rule"),
    needs=("order", "item", "requests"),
    values=("item", "signed", "first", "last", "quality_last", "why"),
)
def return_days(inputs: Inputs) -> Decision:
    """From which day on are the days of a return without a reason counted, and to which? By the goods in hand: `unopened`, `never`: their kind
    only goes back unopened, or not at all without a fault; `not_signed`: the days have not begun; `exchanged`: they are those of what came instead; `rule`: no order is known."""
    values = dict.fromkeys(("item", "signed", "first", "last", "quality_last", "why"), "")
    order, rules = inputs.order, inputs.policy.returns
    if order is None:
        return Decision("rule", values)
    item = inputs.item or order.items[0]
    kind = rules.kinds.get(item.kind)
    values |= {"item": item.name if inputs.item else goods(order), "why": (kind.why or "") if kind else ""}
    if order.signed_at is None:
        return Decision("not_signed", values)
    if any(one.kind == "exchange" and one.state == "done" for one in inputs.requests):
        return Decision("exchanged", values)
    window = window_of(order.signed_at, rules.no_reason.window_days, inputs.now, inputs.tz)
    quality = window_of(order.signed_at, rules.quality.window_days, inputs.now, inputs.tz)
    values |= {
        "signed": day(order.signed_at, inputs.tz),
        "first": window_of(order.signed_at, 1, inputs.now, inputs.tz).last_told,
        "last": window.last_told,
        "quality_last": quality.last_told,
    }
    if kind is not None and kind.no_reason == "never":
        return Decision("never", values)
    if not window.inside:
        return Decision("over", values)
    return Decision("unopened" if kind is not None and kind.no_reason == "unopened" else "open", values)


def _rule_values(inputs: Inputs) -> dict[str, str]:
    rules = inputs.policy.returns
    return dict.fromkeys(_RULE_VALUES, "") | {
        "days": str(rules.no_reason.window_days),
        "quality_days": str(rules.quality.window_days),
        "freight": inputs.name("return_freight", rules.no_reason.freight),
        "kinds": listed(one.name for one in rules.kinds.values() if one.no_reason == "unopened"),
        "never": listed(one.name for one in rules.kinds.values() if one.no_reason == "never"),
    }


def kind_named(inputs: Inputs) -> Kind | None:
    """The kind whose own words (labels.yml, kind_words) are said of the goods (定制的衣服), whatever the catalogue sells."""
    kinds = inputs.policy.returns.kinds
    named = inputs.labels.get("kind_words", {})
    found = (code for code, said in named.items() if names_one(inputs.words, said))
    return next((kinds[code] for code in found if code in kinds), None)


def _once_arrived(inputs: Inputs, order: Order, item: OrderItem) -> str:
    """激活了就不能退了呗, while it is on the way: the outcome for that state once it has arrived; empty for any other order or question."""
    rules = inputs.policy.returns
    told = rules.conditions.get(str(inputs.slots.get("condition")))
    early = order.state in _NOT_ARRIVED and order.state != "unpaid"
    return _by_state(rules.kinds.get(item.kind), told) if early and _is_without_fault(inputs) else ""


def _asks_ahead(inputs: Inputs, order: Order) -> bool:
    """换XL的话不合适还能退吧, before anything was sent: what counts once the goods have arrived is asked for, by a reason that
    only goods in hand can give."""
    reason = inputs.slots.get("reason")
    return order.state in _NOT_ARRIVED and order.state != "unpaid" and reason not in (None, _NO_REASON)


def _is_without_fault(inputs: Inputs) -> bool:
    """Is a return asked for that nobody is to blame for? A defect is covered whatever state the goods are in."""
    reason = inputs.policy.returns.reasons.get(str(inputs.slots.get("reason")))
    return reason is None or reason.fault == "none"


def _by_state(kind: Kind | None, told: Condition | None) -> str:
    """The outcome for goods of this kind in this state; empty where no state was told, or nothing of it decides."""
    if told is None or not told.opened or told.misuse:
        return ""
    if kind is not None and kind.no_reason != "always":
        return "never" if kind.no_reason == "never" else "opened_no"
    if not told.intact:
        return "used_no"
    if told.review and (kind is None or kind.tried == "asked"):
        return "tried"
    return "opened_yes" if kind is not None else "opened_general"


@decision(
    "return_freight",
    outcomes=("not_asked", "own", "general", "before_dispatch", "on_the_way"),
    needs=("order", "item", "orders", "products"),
    values=("reason", "freight", "estimate", "insurance", "goods"),
)
def return_freight(inputs: Inputs) -> Decision:
    """Who pays when goods go back (H16, H17)? `own`: for the reason that is known; `not_asked`: or just told with the rule;
    `before_dispatch`, `on_the_way`: nothing has arrived that could go back."""
    freight = inputs.policy.store.freight
    values = {
        "goods": "",
        "reason": "",
        "freight": "",
        "estimate": yuan(freight.return_fee_estimate),
        "insurance": yuan(freight.insurance_covers),
    }
    own, code = _own_line(inputs), _reason_code(inputs)
    answer = _own_answer(inputs, *own) if own is not None else None
    told = bool(inputs.slots.get("may")) and (answer is None or answer.freight is not None)
    if not inputs.slots.get("freight") or told:
        return Decision("not_asked", values)
    if own is not None and own[0].state in _NOT_ARRIVED:
        return Decision(_NOT_ARRIVED[own[0].state], values | {"goods": own[1].name})
    if answer is not None and answer.freight is not None and code is not None:
        values |= {"reason": inputs.policy.returns.reasons[code].name, "freight": answer.freight}
        return Decision("own", values)
    return Decision("general", values)


@decision(
    "freight_insurance",
    outcomes=("insured", "insured_over", "not_insured", "rule"),
    needs=("order",),
    values=("item", "insurance", "last"),
)
def freight_insurance(inputs: Inputs) -> Decision:
    """Does the order in hand carry freight insurance? `insured_over`: it does, and the days for a return without a reason, which it
    is for, are over; `rule`: no order is known."""
    order = inputs.order
    values = {"item": "", "last": "", "insurance": yuan(inputs.policy.store.freight.insurance_covers)}
    if order is None:
        return Decision("rule", values)
    values["item"] = goods(order)
    if not order.freight_insurance:
        return Decision("not_insured", values)
    if order.signed_at is None:
        return Decision("insured", values)
    days = inputs.policy.returns.no_reason.window_days
    window = window_of(order.signed_at, days, inputs.now, inputs.tz)
    return Decision("insured" if window.inside else "insured_over", values | {"last": window.last_told})


@decision(
    "return_steps",
    outcomes=("address", "pickup", "review", "inspect", "all"),
    values=("steps", "address", "review_hours", "pickup_hours", "inspect_days"),
)
def return_steps(inputs: Inputs) -> Decision:
    """How goods go back (H24-H26): the part that was asked for, else every step."""
    flow = inputs.policy.returns.flow
    part = inputs.slots.get("part")
    return Decision(
        str(part) if part in ("address", "pickup", "review", "inspect") else "all",
        {
            "steps": "".join(f"\n{place}. {one}" for place, one in enumerate(flow.steps(), 1)),
            "address": inputs.policy.return_address(),
            "review_hours": str(flow.review_hours),
            "pickup_hours": str(flow.pickup_hours),
            "inspect_days": str(flow.inspect_days),
        },
    )


@decision(
    "warranty",
    outcomes=("misuse", "inside", "over", "none", "product", "general"),
    needs=("order", "item", "orders", "products"),
    values=("goods", "days", "last", "misuse"),
)
def warranty(inputs: Inputs) -> Decision:
    """How long is it repaired free of charge (H18)? The customer's own goods, else a product named, else the rule."""
    rule, condition = inputs.policy.returns.warranty, str(inputs.slots.get("condition"))
    values = {"goods": "", "days": str(rule.default_days), "last": "", "misuse": rule.misuse_text}
    told = inputs.policy.returns.conditions.get(condition)
    if told is not None and told.misuse:
        return Decision("misuse", values)
    own = _own_line(inputs)
    if own is None or own[0].signed_at is None:
        if inputs.products and inputs.products[0].warranty_days:
            product = inputs.products[0]
            return Decision("product", values | {"goods": product.name, "days": str(product.warranty_days)})
        return Decision("general", values)
    days = warranty_days(inputs.policy, own[1])
    window = window_of(own[0].signed_at, days, inputs.now, inputs.tz)
    values |= {"goods": own[1].name, "days": str(days), "last": window.last_told}
    if days == 0:
        return Decision("none", values)
    return Decision("inside" if window.inside else "over", values)


def _own_line(inputs: Inputs) -> tuple[Order, OrderItem] | None:
    """The customer's goods that the question is about: those named, those in hand, else the only ones that fit."""
    orders = [*([inputs.order] if inputs.order else []), *inputs.orders]
    named = inputs.products[0] if inputs.products else None
    if named is not None:
        for order in orders:
            for item in order.items:
                if item.sku == named.sku:
                    return order, item
        if named.name in inputs.words:
            return None
    if inputs.order is not None:
        return inputs.order, inputs.item or inputs.order.items[0]
    signed = [one for one in orders if one.state == "signed"]
    only = orders if len(orders) == 1 else signed if len(signed) == 1 else []
    return (only[0], only[0].items[0]) if only else None


def _reason_code(inputs: Inputs) -> str | None:
    """The reason told here, else the one that the category of the case stands for, else None."""
    reasons, told = inputs.policy.returns.reasons, inputs.slots.get("reason")
    if told in reasons:
        return str(told)
    category = inputs.facts.get("category")
    return next((code for code, one in reasons.items() if category and one.category == category), None)


def _own_answer(inputs: Inputs, order: Order, item: OrderItem) -> Eligibility:
    slots = {
        "reason": _reason_code(inputs) or _NO_REASON,
        "condition": inputs.slots.get("condition"),
    }
    return answer_so_far(replace(inputs, order=order, item=item, slots=slots))
