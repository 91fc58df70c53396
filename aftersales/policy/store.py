"""data/policy/store.yml: money, parcels, invoices and price rules a customer asks about (H19-H21, H29-H35)."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictStr

from aftersales.policy.section import AsTuple, Money, PositiveInt, Section, Text, WholeNumber

PaymentMethod = Literal["wechat", "alipay", "bank_card"]


class Arrival(Section):
    """Refund arrival in days after it was started, by payment method (H19, H26)."""

    name: Text
    min_days: WholeNumber
    max_days: PositiveInt


class Dispatch(Section):
    promise_hours: PositiveInt
    areas: Text
    excluded_areas: Text


class Carrier(Section):
    name: Text
    phone: Text
    tracking_pattern: StrictStr
    days: Text


class Freight(Section):
    fee: Money
    free_over: Money
    return_fee_estimate: Money
    insurance_covers: Money


class Logistics(Section):
    stalled_hours: PositiveInt
    lost_after_days: PositiveInt
    urge_due_hours: PositiveInt


class PriceProtection(Section):
    window_days: WholeNumber
    promotion_excluded: StrictBool
    text: Text

    def told(self) -> str:
        """The rule as customers read it, its days filled in."""
        return self.text.format(days=self.window_days)


class Invoices(Section):
    issue_days: PositiveInt
    kinds: Annotated[tuple[Text, ...], AsTuple]
    reissue_days: PositiveInt


class Change(Section):
    """H20: what may be changed and until when."""

    before_dispatch: Annotated[tuple[Literal["address", "item", "quantity", "note"], ...], AsTuple]
    promotions_kept: Annotated[tuple[Text, ...], AsTuple]
    due_hours: PositiveInt


class Compensation(Section):
    """H39: what may be offered by level, without a person of higher authority."""

    level_1_coupon: Money
    level_2_max: Money
    bot_max: Money


class Says(Section):
    """Sentences of `aftersales.order_rules`."""

    cancel_ok: Text
    cancel_shipped: Text
    cancel_signed: Text
    cancelled_already: Text
    change_ok: Text
    change_shipped: Text
    change_custom: Text
    protect_ok: Text
    protect_over: Text
    protect_unpaid: Text
    protect_promotion: Text


_WINDOW = frozenset({"day", "days", "last"})
#: The placeholders each sentence of `says` may use.
PLACEHOLDERS: dict[str, frozenset[str]] = {"protect_ok": _WINDOW, "protect_over": _WINDOW}


class Store(Section):
    """data/policy/store.yml"""

    name: Text
    refunds: dict[PaymentMethod, Arrival]
    dispatch: Dispatch
    carriers: Annotated[tuple[Carrier, ...], AsTuple, Field(min_length=1)]
    freight: Freight
    logistics: Logistics
    price_protection: PriceProtection
    invoices: Invoices
    change: Change
    compensation: Compensation
    says: Says

    def carrier(self, name: str) -> Carrier | None:
        """The carrier whose name is or contains `name` (顺丰 finds 顺丰速运)."""
        return next((one for one in self.carriers if name and (name in one.name or one.name in name)), None)
