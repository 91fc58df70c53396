"""What a repair outside the free ones costs: misuse, or the warranty is over (H18, H22). Pure; data/policy/repairs.yml."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from aftersales.formatting import yuan
from aftersales.order_system.port import OrderItem
from aftersales.policy.model import Policy

_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class RepairQuote:
    """Yuan. `fee`: of the inspection, part of the repair's price when it is repaired; `text`: for the customer."""

    fee: Decimal
    least: Decimal
    most: Decimal
    text: str


def quote_for(policy: Policy, item: OrderItem) -> RepairQuote | None:
    """What repairing one piece of this line usually costs. None where the store does not repair this kind, or where even
    the smallest repair would cost more than the policy's share of the price."""
    rules = policy.repairs
    usual = rules.kinds.get(item.kind)
    if usual is None:
        return None
    limit = (item.price * rules.most_percent / 100).quantize(_WHOLE, ROUND_HALF_UP)
    most = min(usual.most, limit)
    if most < usual.least:
        return None
    name = policy.returns.kinds[item.kind].name
    text = rules.says.quote.format(
        kind=name, fee=yuan(rules.inspection_fee), least=yuan(usual.least), most=yuan(most)
    )
    return RepairQuote(rules.inspection_fee, usual.least, most, text)
