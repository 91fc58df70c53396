"""The customer sent the goods back: the carrier's number goes into the open request (H25)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import sentence
from aftersales.order_system.port import AfterSalesRequest

_SENT_BACK = frozenset({"return", "exchange", "repair"})
#: States in which the store still waits for the parcel.
_WAITING = frozenset({"submitted", "approved", "sent_back"})


@decision(
    "sent_back",
    outcomes=("waiting", "none"),
    needs=("order", "requests"),
    values=("request_no",),
    slots=("request_no",),
)
def sent_back(inputs: Inputs) -> Decision:
    """Is there a request of this order that waits for a parcel? {request_no} is the newest one."""
    made = _waiting(inputs)
    number = made.request_no if made else ""
    return Decision(
        "waiting" if made else "none", {"request_no": number}, slots={"request_no": number or None}
    )


def _waiting(inputs: Inputs) -> AfterSalesRequest | None:
    made = next((one for one in inputs.requests if one.kind in _SENT_BACK), None)
    return made if made is not None and made.state in _WAITING else None


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    made = _waiting(inputs)
    return {
        "request_no": made.request_no if made else None,
        "kind": "tracking_no",
        "text": str(inputs.slots["tracking_no"]),
    }


def _done(inputs: Inputs, noted: AfterSalesRequest) -> Decision:
    return Decision("done", {"request_no": noted.request_no, "next": noted.next})


def _summary(inputs: Inputs, noted: AfterSalesRequest) -> str:
    return sentence(inputs, "effect", "tracking_no_given", tracking_no=str(inputs.slots["tracking_no"]))


write(
    WriteSpec(
        name="tracking_no",
        method="attach_note",
        effect="tracking_no_given",
        needs=frozenset({"order", "requests"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "refused"),
        values=("request_no", "next"),
    )
)
