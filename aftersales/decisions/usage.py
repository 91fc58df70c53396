"""How to install and use, from the catalogue; anything deeper goes to technical support (H27)."""

from aftersales.decisions.api import Decision, Inputs, decision


@decision("usage", outcomes=("told", "unknown"), needs=("product",), values=("goods", "usage"))
def usage(inputs: Inputs) -> Decision:
    """What the catalogue says on using it; `unknown`: nothing."""
    product = inputs.product
    if product is None or not product.usage:
        return Decision("unknown", {"goods": product.name if product else "", "usage": ""})
    return Decision("told", {"goods": product.name, "usage": product.usage})
