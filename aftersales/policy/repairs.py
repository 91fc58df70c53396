"""data/policy/repairs.yml: what a repair that is not free costs (H18, H22)."""

from typing import Annotated

from pydantic import Field

from aftersales.policy.section import Money, PositiveInt, Section, Text


class UsualPrice(Section):
    """What repairs of a product kind usually cost, in yuan."""

    least: Money
    most: Money


class RepairSays(Section):
    """Sentences for the customer; PLACEHOLDERS lists what each may use."""

    quote: Text


PLACEHOLDERS: dict[str, frozenset[str]] = {"quote": frozenset({"kind", "fee", "least", "most"})}


class Repairs(Section):
    """Paid repairs. `most_percent`: a repair never costs more than this share of the price paid; `kinds`: of returns.yml,
    a kind that is left out is not repaired for money."""

    inspection_fee: Money
    most_percent: Annotated[PositiveInt, Field(le=100)]
    kinds: dict[str, UsualPrice]
    says: RepairSays
