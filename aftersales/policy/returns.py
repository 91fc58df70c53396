"""data/policy/returns.yml: windows of return, exchange and warranty, product kinds, reasons and conditions (H16-H20)."""

from typing import Annotated, Literal, get_args

from pydantic import Field, StrictBool

from aftersales.policy.section import AsTuple, PositiveInt, Section, Text, Texts, WholeNumber

Solution = Literal["return", "exchange", "repair", "refund_only"]
SOLUTIONS: tuple[Solution, ...] = get_args(Solution)
Freight = Literal["seller", "buyer"]
#: The numbers that the sentences of `flow.how` may name.
HOW_PLACEHOLDERS = frozenset({"review_hours", "pickup_hours", "inspect_days"})


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
    """A product kind. `no_reason`: always, only while unopened, or never (then `why` tells the customer). `tried`: what was tried
    once is as unused (put on at home), or it is asked whether that left traces (an appliance that ran)."""

    name: Text
    no_reason: Literal["always", "unopened", "never"] = "always"
    tried: Literal["unused", "asked"] = "asked"
    why: Text | None = None
    warranty_days: WholeNumber | None = None
    change_after_payment: StrictBool = True


class Reason(Section):
    """Why something is returned. `fault`: who caused it as far as the reason tells; `category`: of the case, None: as asked.
    `asks_target`: an exchange asks which colour or size the new one has; `sends_part`: its exchange only sends what is missing;
    `resends_part`: where the customer wants only some parts of the goods again, those are sent instead of an exchange."""

    name: Text
    fault: Literal["none", "seller", "carrier"]
    evidence: StrictBool
    solutions: Annotated[tuple[Solution, ...], AsTuple, Field(min_length=1)]
    window: Literal["no_reason", "quality"]
    category: Text | None = None
    asks_target: StrictBool = False
    sends_part: StrictBool = False
    resends_part: StrictBool = False


class Condition(Section):
    """State of the item as the customer describes it. `review`: a return without a reason is reviewed by a person."""

    name: Text
    intact: StrictBool
    opened: StrictBool
    misuse: StrictBool = False
    review: StrictBool = False


class Flow(Section):
    """What a customer must do after approval (H24, H25)."""

    review_hours: PositiveInt
    pickup_hours: PositiveInt
    inspect_days: PositiveInt
    return_address: Text
    how: Texts

    def steps(self) -> list[str]:
        """The sentences of `how`, their hours and days filled in."""
        filled = {name: str(getattr(self, name)) for name in sorted(HOW_PLACEHOLDERS)}
        return [one.format(**filled) for one in self.how]


class Says(Section):
    """Sentences of `aftersales.eligibility`; PLACEHOLDERS lists what each may use."""

    unpaid: Text
    before_dispatch: Text
    on_the_way: Text
    over_already: Text
    no_signing: Text
    need_reason: Text
    need_condition: Text
    no_reason_ok: Text
    no_reason_today: Text
    no_reason_over: Text
    excluded: Text
    not_intact: Text
    tried_review: Text
    quality_ok: Text
    quality_today: Text
    quality_over: Text
    repair_ok: Text
    repair_over: Text
    no_warranty: Text
    no_evidence: Text
    wrong_solution: Text
    options: Text
    quality_hint: Text
    warranty_hint: Text
    freight_buyer: Text
    freight_seller: Text
    freight_part: Text
    repair_home: Text
    freight_insurance: Text
    person: Text


_WINDOW = frozenset({"day", "days", "last"})
#: The placeholders each sentence of `says` may use.
PLACEHOLDERS: dict[str, frozenset[str]] = {
    "need_condition": frozenset({"why"}),
    "excluded": frozenset({"why"}),
    "no_reason_ok": _WINDOW,
    "no_reason_today": _WINDOW,
    "no_reason_over": _WINDOW,
    "quality_ok": _WINDOW,
    "quality_today": _WINDOW,
    "quality_over": _WINDOW,
    "repair_ok": _WINDOW,
    "repair_over": _WINDOW,
    "wrong_solution": frozenset({"solution"}),
    "options": frozenset({"options"}),
    "quality_hint": _WINDOW,
    "warranty_hint": _WINDOW,
    "freight_buyer": frozenset({"amount"}),
    "freight_insurance": frozenset({"amount"}),
}


class Returns(Section):
    """data/policy/returns.yml"""

    no_reason: NoReason
    quality: QualityExchange
    warranty: Warranty
    kinds: dict[str, Kind]
    reasons: dict[str, Reason]
    conditions: dict[str, Condition]
    flow: Flow
    says: Says
