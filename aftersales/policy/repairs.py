"""data/policy/repairs.yml: what a repair that is not free costs (H18, H22)."""

from typing import Annotated

from pydantic import Field

from aftersales.policy.section import AsTuple, Money, PositiveInt, Section, Text

#: A part of a day, 09:00-12:00.
Hours = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]


class UsualPrice(Section):
    """What repairs of a product kind usually cost, in yuan."""

    least: Money
    most: Money


class Visits(Section):
    """A technician's visits at home (H27). `hours`: HH:MM-HH:MM in the store's zone; `first_day`: days from today."""

    kinds: Annotated[tuple[Text, ...], AsTuple]
    first_day: PositiveInt
    days: PositiveInt
    hours: Annotated[tuple[Hours, ...], AsTuple, Field(min_length=1)]
    per_slot: PositiveInt


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
    visits: Visits
    says: RepairSays
