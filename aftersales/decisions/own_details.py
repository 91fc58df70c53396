"""What the customer's own order says of itself: colour, size, pieces, what is in the box, when it was placed and paid (H29)."""

from collections.abc import Sequence

from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import order_of, sentence
from aftersales.formatting import moment, yuan
from aftersales.order_system.port import OrderItem
from aftersales.variants import fits_size, same_colour

_VALUES = ("lines", "created", "paid_at", "price")


@decision(
    "order_details",
    outcomes=("spec", "spec_yes", "spec_no", "when", "when_unpaid", "price"),
    needs=("order", "item", "products"),
    values=_VALUES,
)
def order_details(inputs: Inputs) -> Decision:
    """What was bought (`spec`: with its pieces; `spec_yes`, `spec_no`: is it the colour and size that are named), when it was placed and
    paid, what was paid: slot `detail`."""
    order, lines = order_of(inputs), _lines(inputs)
    values = {
        "lines": "；".join(_line(inputs, one) for one in lines),
        "created": moment(order.created_at, inputs.tz),
        "paid_at": moment(order.paid_at, inputs.tz) if order.paid_at else "",
        "price": yuan(sum((one.price * one.qty for one in lines), start=type(order.total)(0))),
    }
    detail = str(inputs.slots.get("detail") or "spec")
    if detail == "when":
        return Decision("when" if order.paid_at else "when_unpaid", values)
    if detail == "price":
        return Decision("price", values)
    asked = [str(one) for name in ("colour", "size") if (one := inputs.slots.get(name))]
    if asked and len(lines) == 1:
        own = lines[0].spec.split()
        fits = all(any(same_colour(one, two) or fits_size(one, two) for two in own) for one in asked)
        return Decision("spec_yes" if fits else "spec_no", values)
    return Decision("spec", values)


@decision(
    "contents",
    outcomes=("own", "product", "unknown"),
    needs=("order", "item", "products", "product", "catalogue"),
    values=("lines", "goods", "sizes", "spec"),
)
def contents(inputs: Inputs) -> Decision:
    """How many pieces are in it: of the customer's own goods by their order and the catalogue, else of the goods talked about."""
    product = inputs.catalogue or next(iter(inputs.products), inputs.product)
    values = {
        "lines": "",
        "goods": product.name if product else "",
        "sizes": "、".join(product.sizes) if product else "",
        "spec": product.spec if product else "",
    }
    bought = inputs.order is not None and (
        product is None or any(one.sku == product.sku for one in inputs.order.items)
    )
    if bought and product is not None:
        lines = "；".join(_line(inputs, one) for one in _lines(inputs))
        return Decision("own", values | {"lines": lines})
    return Decision("product" if product is not None else "unknown", values)


def _lines(inputs: Inputs) -> Sequence[OrderItem]:
    """The lines that are meant: those whose goods the words name, the one in hand, else all of them."""
    order = order_of(inputs)
    if inputs.item is not None:
        return [inputs.item]
    named = {one.sku for one in inputs.products}
    return [one for one in order.items if one.sku in named] or order.items


def _line(inputs: Inputs, item: OrderItem) -> str:
    told = sentence(inputs, "order_detail", "line", item=item.name, spec=item.spec, qty=str(item.qty))
    return " ".join(told.split())
