"""How to install and use, from the catalogue; anything deeper goes to technical support (H27)."""

from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.goods_facts import told_alone


@decision(
    "usage", outcomes=("fact", "told", "unknown"), needs=("product",), values=("goods", "usage", "value")
)
def usage(inputs: Inputs) -> Decision:
    """What the catalogue says on using it; `fact`: the one thing of it that is asked for (滤网多久换); `unknown`: nothing."""
    product = inputs.product
    values = {"goods": product.name if product else "", "usage": "", "value": ""}
    if product is not None and (value := told_alone(inputs, product)):
        return Decision("fact", values | {"value": value})
    if product is None or not product.usage:
        return Decision("unknown", values)
    return Decision("told", values | {"usage": product.usage})
