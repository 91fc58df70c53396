"""A repair for money, where nothing free is left: what it costs, and the write of a confirmed one (H18, H22, H28)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import judged, order_of, sentence
from aftersales.decisions.return_case import (
    answer_on,
    paid_repair,
    requested,
    the_item,
    the_reason,
    told_reasons,
    uploads,
)
from aftersales.order_system.port import AfterSalesRequest

#: Labels of the words that name it: to the agent, in the record and in the request.
_GROUP = "paid_repair"


@decision(
    "paid_repair",
    outcomes=("quoted", "not_repaired"),
    needs=("order", "item"),
    values=("reasons", "quote"),
)
def quoted(inputs: Inputs) -> Decision:
    """Why it is not free, and what it costs. A customer's own damage is the customer's responsibility (H15)."""
    quote, answer = paid_repair(inputs), answer_on(inputs, "repair")
    values = {"reasons": told_reasons(inputs, answer), "quote": quote.text if quote else ""}
    condition = inputs.policy.returns.conditions.get(str(inputs.slots.get("condition")))
    facts: dict[str, Any] = dict(judged(answer))
    if condition is not None and condition.misuse:
        facts["responsibility"] = "usage"
    return Decision("quoted" if quote else "not_repaired", values, facts)


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    """The arguments of port.ReturnDraft: a repair that a person looks at first, with the quote that the customer heard."""
    quote = paid_repair(inputs)
    told = sentence(inputs, _GROUP, "agreed", quote=quote.text if quote else "")
    words = [str(inputs.facts.get("description") or ""), told]
    return {
        "order_no": order_of(inputs).order_no,
        "item_id": the_item(inputs).item_id,
        "reason": str(inputs.slots.get("reason")),
        "solution": "repair",
        "condition": inputs.slots.get("condition"),
        "description": "；".join(one for one in words if one),
        "evidence": uploads(inputs),
        "review": True,
        "freight_payer": "buyer",
    }


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    return requested(inputs, made, "repair", inputs.name(_GROUP, "name"))


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    reason = the_reason(inputs)
    return f"{made.item or the_item(inputs).name}：{reason.name if reason else ''}，{inputs.name(_GROUP, 'name')}"


write(
    WriteSpec(
        name="request_paid_repair",
        method="request_return",
        effect="return_requested",
        needs=frozenset({"order", "item"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "other_open", "refused"),
        values=("solution", "request_no", "request_state", "next"),
        unchanged=("other_open",),
    )
)
