"""data/policy/returns.yml: windows of return, exchange and warranty, product kinds, reasons and conditions (H16-H20)."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from aftersales.policy.section import AsTuple, PositiveInt, Section, Text, Texts, WholeNumber

Solution = Literal["return", "exchange", "repair", "refund_only"]
Freight = Literal["seller", "buyer"]


class NoReason(Section):
    """H16: return without giving a reason."""

    window_days: PositiveInt
    freight: Freight


class QualityExchange(Section):
    """H17: quality defect soon after signing: exchange or refund, the seller pays."""

    window_days: PositiveInt
    freight: Freight


class Warranty(Section):
    """H18: free repair; `default_days` where neither the item nor its kind says otherwise."""

    default_days: WholeNumber
    misuse_text: Text


class Kind(Section):
    """A product kind. `no_reason`: always, only while unopened, or never (then `why` tells the customer)."""

    name: Text
    no_reason: Literal["yes", "unopened", "no"] = "yes"
    why: Text | None = None
    warranty_days: WholeNumber | None = None
    change_after_payment: StrictBool = True


class Reason(Section):
    """Why something is returned. `fault`: who caused it as far as the reason tells."""

    name: Text
    fault: Literal["none", "seller", "carrier"]
    evidence: StrictBool
    solutions: Annotated[tuple[Solution, ...], AsTuple, Field(min_length=1)]
    window: Literal["no_reason", "quality"]


class Condition(Section):
    """State of the item as the customer describes it."""

    name: Text
    intact: StrictBool
    opened: StrictBool
    misuse: StrictBool = False


class Steps(Section):
    """What a customer must do after approval (H24, H25)."""

    review_hours: PositiveInt
    pickup_hours: PositiveInt
    inspect_days: PositiveInt
    return_address: Text
    how: Texts


class Returns(Section):
    no_reason: NoReason
    quality: QualityExchange
    warranty: Warranty
    kinds: dict[str, Kind]
    reasons: dict[str, Reason]
    conditions: dict[str, Condition]
    solutions: dict[Solution, Text]
    flow: Steps
