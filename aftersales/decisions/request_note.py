"""A wish that comes after the request was submitted (星期五下午来取): written beside the request for the colleague (H25, H27)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import sentence
from aftersales.decisions.return_case import ITEM_KINDS
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest
from aftersales.visits import visited_at_home

#: Kinds of requests that a time can be wished for.
_KINDS = (*ITEM_KINDS, "claim")
_VALUES = ("request_no", "kind", "wished_time")


@decision(
    "request_note_case",
    outcomes=("possible", "visit", "none"),
    needs=("order", "item", "requests"),
    values=_VALUES,
    slots=("request_no",),
)
def request_note_case(inputs: Inputs) -> Decision:
    """Is there a request under way that the wish can be written to? `visit`: a technician's visit is booked by its time."""
    made = next(
        (one for one in inputs.requests if one.kind in _KINDS and one.state not in CLOSED_REQUEST_STATES),
        None,
    )
    wished = str(inputs.slots.get("wished_time") or "")
    if made is None or not wished:
        return Decision("none", dict.fromkeys(_VALUES, ""))
    values = {
        "request_no": made.request_no,
        "kind": inputs.policy.requests.names[made.kind],
        "wished_time": wished,
    }
    slots = {"request_no": made.request_no}
    kind = inputs.item.kind if inputs.item is not None else ""
    if made.kind == "repair" and visited_at_home(inputs.policy.repairs.visits, kind):
        return Decision("visit", values, slots=slots)
    return Decision("possible", values, slots=slots)


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    return {"request_no": str(inputs.slots["request_no"]), "kind": "note", "text": _text(inputs)}


def _text(inputs: Inputs) -> str:
    return sentence(inputs, "return_note", "wished_time", value=str(inputs.slots["wished_time"]))


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    told = str(inputs.slots["wished_time"])
    return Decision(
        "done",
        {
            "request_no": made.request_no,
            "kind": inputs.policy.requests.names[made.kind],
            "wished_time": told,
        },
    )


write(
    WriteSpec(
        name="note_wish",
        method="attach_note",
        effect="request_noted",
        needs=frozenset({"order"}),
        draft=_draft,
        done=_done,
        summary=lambda inputs, made: f"{made.request_no}：{_text(inputs)}",
        outcomes=("done", "refused"),
        values=_VALUES,
    )
)
