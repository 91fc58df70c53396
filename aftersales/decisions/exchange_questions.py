"""Questions in passing about another size or colour, about parts alone, and about goods that are broken (data/knowledge): may these
goods be exchanged, can the part alone be sent, may what is broken be thrown away (H16, H17, H23)."""

from __future__ import annotations

from dataclasses import replace

from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.goods_facts import goods_meant, of_topic, plain
from aftersales.decisions.in_hand import goods, sentence
from aftersales.decisions.policies import kind_named
from aftersales.decisions.return_case import ITEM_KINDS, answer_so_far, sends_part, the_item
from aftersales.eligibility import warranty_days
from aftersales.formatting import moment
from aftersales.order_system.port import AfterSalesRequest, Order, OrderItem
from aftersales.policy.returns import Kind
from aftersales.visits import visited_at_home
from aftersales.windows import window_of

_MAY = (
    "goods",
    "why",
    "days",
    "last",
    "quality_last",
    "quality_days",
    "freight",
    "day",
    "ship_by",
    "request_no",
)
#: A size or colour that does not suit, and what is wanted then.
_SIZE = "size"
_EXCHANGE = "exchange"
_GIVEN_UP = frozenset({"refused", "withdrawn"})
_NOTHING_SENT = frozenset({"refund_only", "resend"})
#: The goods are with the store or on their way there.
_SENT = frozenset({"sent_back", "received", "refunding"})


@decision(
    "exchange_may",
    outcomes=(
        "faulty",
        "never",
        "unopened",
        "before_dispatch",
        "on_the_way",
        "inside",
        "over",
        "under_way",
        "rule",
    ),
    needs=("order", "item", "requests", "catalogue", "product", "products"),
    values=_MAY,
)
def exchange_may(inputs: Inputs) -> Decision:
    """能换大一码吗: by the kind of the goods even before any order is known, then by how the order stands. `never`, `unopened`: kinds that do
    not go back, or only sealed; `faulty`: something is wrong with them, which is another rule;
    `under_way`: an exchange was asked for already; `rule`: nothing is known of the goods."""
    rules, order = inputs.policy.returns, inputs.order
    named = kind_named(inputs)
    product = goods_meant(inputs)
    item = the_item(inputs) if order is not None else None
    if item is not None and product is not None and product.sku != item.sku:
        item, order = None, None  # 定制的T恤能换吗, asked beside an order of something else
    kind = named or rules.kinds.get(item.kind if item else product.kind if product else "")
    values = dict.fromkeys(_MAY, "") | {
        "goods": item.name if item else product.name if product else named.name if named else "",
        "why": (kind.why or "") if kind else "",
        "days": str(rules.no_reason.window_days),
        "quality_days": str(rules.quality.window_days),
    }
    if inputs.faults or (inputs.slots.get("reason") or _SIZE) != _SIZE:
        last = _last(inputs, order) if order is not None else ""
        return Decision("faulty", values | {"quality_last": last})
    if order is None or item is None:
        return Decision(_by_kind(kind) or "rule", values)
    return _of_order(inputs, order, item, kind, values)


def _of_order(
    inputs: Inputs, order: Order, item: OrderItem, kind: Kind | None, values: dict[str, str]
) -> Decision:
    rules = inputs.policy.returns
    made = next(
        (one for one in inputs.requests if one.kind == _EXCHANGE and one.state not in _GIVEN_UP), None
    )
    if made is not None and made.state != "done":
        return Decision("under_way", values | {"request_no": made.request_no})
    if _by_kind(kind) == "never":
        return Decision("never", values | {"quality_last": _last(inputs, order)})
    if order.signed_at is None:
        ship_by = moment(order.ship_by, inputs.tz) if order.ship_by else ""
        early = "before_dispatch" if order.state in {"paid", "unpaid"} else "on_the_way"
        return Decision(
            early if order.state in {"paid", "unpaid", "shipped"} else "rule", values | {"ship_by": ship_by}
        )
    if _by_kind(kind) == "unopened":
        return Decision("unopened", values | {"quality_last": _last(inputs, order)})
    window = window_of(order.signed_at, rules.no_reason.window_days, inputs.now, inputs.tz)
    slots = {"reason": _SIZE, "solution": _EXCHANGE, "condition": "opened"}
    answer = answer_so_far(replace(inputs, order=order, item=item, slots=slots))
    values |= {
        "last": window.last_told,
        "day": str(window.day),
        "quality_last": _last(inputs, order),
        "freight": answer.freight or "",
    }
    return Decision("inside" if window.inside else "over", values)


def _by_kind(kind: Kind | None) -> str:
    return kind.no_reason if kind is not None and kind.no_reason != "always" else ""


def _last(inputs: Inputs, order: Order) -> str:
    if order.signed_at is None:
        return ""
    window = window_of(order.signed_at, inputs.policy.returns.quality.window_days, inputs.now, inputs.tz)
    return window.last_told if window.inside else ""


@decision(
    "part_only",
    outcomes=("inside", "warranty", "over", "not_arrived", "under_way", "rule"),
    needs=("order", "item", "requests", "catalogue", "product", "products"),
    values=("goods", "last", "parts", "request_no", "kind"),
)
def part_only(inputs: Inputs) -> Decision:
    """能不能光寄个内胆来, 就补那两个碗: the part alone. `inside` the days for a fault it is sent free of charge; `warranty`: it is repaired free of charge;
    `over`: it is bought; `under_way`: a request for these goods is open, which is told; `rule`: no order is known."""
    order, product = inputs.order, goods_meant(inputs)
    values = dict.fromkeys(("goods", "last", "parts", "request_no", "kind"), "")
    if product is not None:
        values |= {"goods": product.name, "parts": plain(of_topic(inputs, product, "parts"))}
    if order is None:
        return Decision("rule", values)
    item = the_item(inputs)
    values["goods"] = item.name
    if order.signed_at is None:
        return Decision("not_arrived", values)
    made = _newest(inputs)
    if made is not None and made.state not in {*_GIVEN_UP, "done"}:
        named = inputs.policy.requests.names[made.kind]
        return Decision("under_way", values | {"request_no": made.request_no, "kind": named})
    if last := _last(inputs, order):
        return Decision("inside", values | {"last": last})
    window = window_of(order.signed_at, warranty_days(inputs.policy, item), inputs.now, inputs.tz)
    return Decision("warranty" if window.inside else "over", values | {"last": window.last_told})


@decision(
    "discard",
    outcomes=("not_sent", "not_sent_yet", "must_send", "sent", "repair", "over", "before", "rule"),
    needs=("order", "item", "requests"),
    values=("item", "request_no", "due_told", "kind"),
)
def discard(inputs: Inputs) -> Decision:
    """碎的能扔了不, 坏的还要寄吗: by the request that was made, else by what the open form asks for. `not_sent_yet`: nothing goes back, and nobody
    has looked at it yet; `before`: nothing is asked for yet; `over`: the matter is done; `rule`: no order is known."""
    order = inputs.order
    values = dict.fromkeys(("item", "request_no", "due_told", "kind"), "")
    if order is None:
        return Decision("rule", values)
    values["item"] = goods(order)
    made = _newest(inputs)
    if made is None:
        values["kind"] = inputs.policy.solution_names().get(str(inputs.slots.get("solution")), "")
        kind, part = str(inputs.slots.get("solution") or ""), inputs.slots.get("part")
        if kind in _NOTHING_SENT or (part and kind in {"", _EXCHANGE}):
            return Decision("not_sent_yet", values)
        return Decision("must_send" if kind in {"return", _EXCHANGE} else "before", values)
    values |= {
        "item": made.item or values["item"],
        "request_no": made.request_no,
        "kind": inputs.policy.requests.names[made.kind],
        "due_told": sentence(inputs, "open_request", "by", due=moment(made.due, inputs.tz))
        if made.due
        else "",
    }
    if made.state == "done":
        return Decision("over", values)
    if made.kind in _NOTHING_SENT:
        return Decision("not_sent_yet" if made.state == "submitted" else "not_sent", values)
    if made.kind == "repair":
        return Decision("repair", values)
    return Decision("sent" if made.state in _SENT or made.tracking_no else "must_send", values)


@decision(
    "send_along",
    outcomes=("return", "exchange", "repair", "at_home", "not_sent", "rule"),
    needs=("order", "item", "requests"),
    values=("item",),
)
def send_along(inputs: Inputs) -> Decision:
    """量杯要一起寄吗: what else goes back with the goods, by the request that was made, else by what the open form asks for; `rule`: neither is known."""
    order = inputs.order
    if order is None:
        return Decision("rule", {"item": ""})
    made = _newest(inputs)
    item = order.item(made.item_id) if made is not None and made.item_id else None
    item = item or the_item(inputs)
    values = {"item": item.name}
    kind = made.kind if made is not None else str(inputs.slots.get("solution") or "")
    if kind in _NOTHING_SENT or (made is None and kind in {"", _EXCHANGE} and sends_part(inputs)):
        return Decision("not_sent", values)
    if kind == "repair" and visited_at_home(inputs.policy.repairs.visits, item.kind):
        return Decision("at_home", values)
    return Decision(kind if kind in {"return", _EXCHANGE, "repair"} else "rule", values)


def _newest(inputs: Inputs) -> AfterSalesRequest | None:
    """The newest request about the goods that was not given up."""
    return next(
        (one for one in inputs.requests if one.kind in ITEM_KINDS and one.state not in _GIVEN_UP), None
    )
