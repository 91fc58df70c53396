"""The write of a confirmed return, exchange, repair or refund without return (H23, H28)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, write
from aftersales.decisions.exchange import pieces
from aftersales.decisions.in_hand import order_of, sentence
from aftersales.decisions.return_case import (
    NO_EVIDENCE,
    answer_so_far,
    condition_name,
    faults_told,
    requested,
    sends_part,
    solution_names,
    the_item,
    the_part,
    the_reason,
    uploads,
    wished,
    wished_time,
)
from aftersales.decisions.returns import return_details
from aftersales.order_system.port import AfterSalesRequest


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    """The arguments of port.ReturnDraft. Without evidence where some is asked for, or where the policy is not sure, a
    person reviews it before approval."""
    slots, answer = inputs.slots, answer_so_far(inputs)
    words = [*_notes(inputs), str(inputs.facts.get("description") or ""), *return_details(inputs)]
    return {
        "order_no": order_of(inputs).order_no,
        "item_id": the_item(inputs).item_id,
        "reason": str(slots.get("reason")),
        "solution": _kind(inputs),
        "condition": slots.get("condition"),
        "description": "；".join(one for one in words if one) or None,
        "evidence": uploads(inputs),
        "review": answer.result != "eligible" or slots.get("evidence") == NO_EVIDENCE,
        "freight_payer": answer.freight_payer,
        "quantity": pieces(inputs, the_item(inputs)) if slots.get("quantity") is not None else None,
        **({name: slots.get(name) for name in ("colour", "size")} if wished(inputs) == "exchange" else {}),
    }


def _notes(inputs: Inputs) -> list[str]:
    """What the colleague has to see first: what is wrong, which parts are to be sent, when it suits (labels.yml, return_note)."""
    told = {
        "fault": faults_told(inputs),
        "condition": condition_name(inputs) if inputs.slots.get("traces") else "",
        "part": the_part(inputs),
        "wished_time": wished_time(inputs),
    }
    return [sentence(inputs, "return_note", name, value=value) for name, value in told.items() if value]


def _kind(inputs: Inputs) -> str:
    """The kind of the request: an exchange of what only lacks a part is sent after."""
    wish = wished(inputs) or "return"
    return "resend" if wish == "exchange" and sends_part(inputs) else wish


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    wish = wished(inputs)
    return requested(inputs, made, _kind(inputs), solution_names(inputs).get(wish or "", ""))


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    reason, named = the_reason(inputs), solution_names(inputs).get(str(inputs.slots.get("solution")), "")
    return f"{made.item or the_item(inputs).name}：{reason.name if reason else ''}，{named}"


write(
    WriteSpec(
        name="request_return",
        method="request_return",
        effect="return_requested",
        needs=frozenset({"order", "item"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "other_open", "no_stock", "refused"),
        values=("solution", "request_no", "request_state", "next"),
        unchanged=("other_open",),
    )
)
