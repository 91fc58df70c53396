"""Questions in passing about a repair (data/knowledge): does somebody come, what does it cost outside the warranty (H18, H27)."""

from aftersales.catalogue import names_one
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import open_request
from aftersales.eligibility import warranty_days
from aftersales.formatting import listed, moment
from aftersales.order_system.port import OrderItem
from aftersales.repair_quote import quote_for
from aftersales.visits import visited_at_home


def _goods(inputs: Inputs) -> tuple[str, str]:
    """Name and kind of what the question is about: the product that is named, else the line in hand, else the order's only kind."""
    order, named = inputs.order, inputs.products[0] if inputs.products else None
    if named is not None:
        return named.name, named.kind
    item = inputs.item
    if item is not None:
        return item.name, item.kind
    kinds = {one.kind for one in order.items} if order is not None else set()
    if order is not None and len(kinds) == 1:
        return listed(one.name for one in order.items), kinds.pop()
    return "", ""


@decision(
    "visit_fee",
    outcomes=("with_days", "rule"),
    needs=("order", "item", "products", "product"),
    values=("goods", "days"),
)
def visit_fee(inputs: Inputs) -> Decision:
    """保多久 上门修要钱不: with the length of the warranty where that is asked as well and the goods are known."""
    asked = names_one(inputs.words, inputs.name("repair_asks", "days"))
    product = next(iter(inputs.products), inputs.product)
    if asked and product is not None and product.warranty_days:
        return Decision("with_days", {"goods": product.name, "days": str(product.warranty_days)})
    if asked and inputs.item is not None:
        days = str(warranty_days(inputs.policy, inputs.item))
        return Decision("with_days", {"goods": inputs.item.name, "days": days})
    return Decision("rule", {"goods": "", "days": ""})


@decision(
    "repair_way",
    outcomes=("at_home", "sent", "rule"),
    needs=("order", "item", "products"),
    values=("goods",),
)
def repair_way(inputs: Inputs) -> Decision:
    """Does a technician come for these goods, or are they sent in? `rule`: it is not known which goods."""
    name, kind = _goods(inputs)
    if not kind:
        return Decision("rule", {"goods": ""})
    at_home = visited_at_home(inputs.policy.repairs.visits, kind)
    return Decision("at_home" if at_home else "sent", {"goods": name})


@decision(
    "repair_price",
    outcomes=("quoted", "not_repaired", "rule"),
    needs=("order", "item"),
    values=("goods", "quote"),
)
def repair_price(inputs: Inputs) -> Decision:
    """What a repair for money usually costs for the goods in hand. `not_repaired`: this kind is not repaired, or it would cost more than
    it is worth; `rule`: it is not known which goods."""
    item = _line(inputs)
    if item is None:
        return Decision("rule", {"goods": "", "quote": ""})
    quote = quote_for(inputs.policy, item)
    values = {"goods": item.name, "quote": quote.text if quote else ""}
    return Decision("quoted" if quote else "not_repaired", values)


def _line(inputs: Inputs) -> OrderItem | None:
    if inputs.item is not None or inputs.order is None or len(inputs.order.items) != 1:
        return inputs.item
    return inputs.order.items[0]


@decision(
    "repair_stands",
    outcomes=("new", "under_way", "none", "rule"),
    needs=("order", "requests"),
    values=("item", "request_no", "due", "next"),
)
def repair_stands(inputs: Inputs) -> Decision:
    """How far is the repair? `new`: somebody is about to call; `under_way`: that is behind; `none`: nothing was reported."""
    values = dict.fromkeys(("item", "request_no", "due", "next"), "")
    if inputs.order is None:
        return Decision("rule", values)
    values["item"] = listed(one.name for one in inputs.order.items)
    made = open_request(inputs, "repair")
    if made is None:
        return Decision("none", values)
    due = moment(made.due, inputs.tz) if made.due else ""
    values |= {
        "item": made.item or values["item"],
        "request_no": made.request_no,
        "due": due,
        "next": made.next,
    }
    return Decision("new" if made.state == "submitted" and due else "under_way", values)
