"""A parcel that is lost, or was not received though it reads signed: the search for it, with a number and a date (H30)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import goods, open_request, order_of, sentence
from aftersales.formatting import moment
from aftersales.order_system.port import AfterSalesRequest
from aftersales.variants import bought, variant_of

_VALUES = ("request_no", "next", "due")


@decision(
    "claim_case",
    outcomes=("open", "none"),
    needs=("order", "requests"),
    values=_VALUES,
    slots=("request_no",),
)
def claim_case(inputs: Inputs) -> Decision:
    """Is the parcel being looked for already?"""
    made = open_request(inputs, "claim")
    if made is None:
        return Decision("none", dict.fromkeys(_VALUES, ""))
    return Decision("open", _told(inputs, made), slots={"request_no": made.request_no})


@decision(
    "claim_aside",
    outcomes=("lasts", "stock", "no_stock", "unknown"),
    needs=("order", "item", "catalogue"),
    values=("hours",),
    slots=("aside",),
)
def claim_aside(inputs: Inputs) -> Decision:
    """多久有结果, 补发有货没, while the search is being registered: answered once."""
    hours = inputs.policy.requests.step("claim", "submitted").hours
    values, done = {"hours": str(hours or "")}, {"aside": None}
    asked, product = inputs.slots.get("aside"), inputs.catalogue
    if asked == "lasts" and hours:
        return Decision("lasts", values, slots=done)
    if asked == "stock" and product is not None and inputs.item is not None:
        left = variant_of(product, *bought(product, inputs.item.spec)).stock >= inputs.item.qty
        return Decision("stock" if left else "no_stock", values, slots=done)
    return Decision("unknown", values, slots=done)


def _told(inputs: Inputs, made: AfterSalesRequest) -> dict[str, str]:
    due = moment(made.due, inputs.tz) if made.due else ""
    return {"request_no": made.request_no, "next": made.next, "due": due}


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    return {
        "order_no": order_of(inputs).order_no,
        "wish": str(inputs.slots["wish"]),
        "description": str(inputs.facts.get("description") or inputs.words)[:500],
    }


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    return Decision("done", _told(inputs, made))


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    wish = inputs.name("claim_wish", str(inputs.slots["wish"]))
    return sentence(inputs, "effect", "claimed", item=goods(order_of(inputs)), wish=wish)


write(
    WriteSpec(
        name="claim",
        method="claim",
        effect="parcel_claimed",
        needs=frozenset({"order"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "refused"),
        values=_VALUES,
    )
)
