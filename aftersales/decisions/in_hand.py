"""What decisions share: the order in hand, its goods by name, the request that already answers, the facts of a judgement."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Inputs
from aftersales.eligibility import Eligibility
from aftersales.formatting import listed, moment
from aftersales.order_system.port import CLOSED_REQUEST_STATES, OVER, AfterSalesRequest, Order, RequestKind

#: Digits of an order's number that name it among several.
TAIL = 4


def order_of(inputs: Inputs) -> Order:
    """The order in hand. Raises ValueError where the flow declared no need for one."""
    if inputs.order is None:
        raise ValueError("this decision is about an order: the flow needs one")
    return inputs.order


def goods(order: Order) -> str:
    """All goods of the order by name: 羽绒服、运动鞋."""
    return listed(one.name for one in order.items)


def same_goods(inputs: Inputs) -> Order | None:
    """The newest other order with the same goods that is not over (拍重了), or None."""
    order = order_of(inputs)
    names = {one.name for one in order.items}
    found = [
        one
        for one in inputs.orders
        if one.order_no != order.order_no
        and one.state not in OVER
        and {item.name for item in one.items} == names
    ]
    return max(found, key=lambda one: (one.created_at, one.order_no), default=None)


def told_apart(inputs: Inputs, order: Order) -> str:
    """An order as it is told from another one with the same goods: 尾号 0014，11月30日 10:05 下单，已付款，待发货."""
    tail = sentence(inputs, "identity", "tail", tail=order.order_no[-TAIL:])
    made = sentence(inputs, "identity", "placed", at=moment(order.created_at, inputs.tz))
    return f"{tail}，{made}，{inputs.name('order_state', order.state)}"


def open_request(inputs: Inputs, kind: RequestKind) -> AfterSalesRequest | None:
    """The newest request of this kind that is not over, or None."""
    return next(
        (one for one in inputs.requests if one.kind == kind and one.state not in CLOSED_REQUEST_STATES), None
    )


def judged(answer: Eligibility) -> Mapping[str, Any]:
    """The fact `policy` of the case: what the policy says and why (H45)."""
    return {"policy": answer.as_policy()}


def sentence(inputs: Inputs, group: str, code: str, **values: str) -> str:
    """A sentence of data/dialogue/labels.yml with its {placeholders} filled."""
    return inputs.name(group, code).format(**values)
