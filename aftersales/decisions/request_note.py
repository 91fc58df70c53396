"""A wish that comes after the request was submitted (星期五下午来取): written beside the request for the colleague (H25, H27)."""

from collections.abc import Mapping
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import open_request, sentence
from aftersales.decisions.parcel_questions import lost_when
from aftersales.decisions.return_case import ITEM_KINDS
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest, RequestKind
from aftersales.visits import visited_at_home

#: Kinds of requests that a time can be wished for.
_KINDS = (*ITEM_KINDS, "claim")
_VALUES = ("request_no", "kind", "wished_time")
#: What may be open about a parcel that is on its way, in the order in which a colleague looks.
_ABOUT_PARCEL: tuple[RequestKind, ...] = ("claim", "intercept", "urge")
_LOSS_VALUES = ("request_no", "kind", "item", "ago", "lost_on", "lost_days")


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


@decision(
    "loss_wish_case",
    outcomes=("possible", "stalled", "moving", "lost", "other"),
    needs=("order", "parcel", "requests"),
    values=_LOSS_VALUES,
    slots=("request_no",),
)
def loss_wish_case(inputs: Inputs) -> Decision:
    """Where can be written what the customer wants if the parcel is lost? `possible`: beside what is open about the parcel;
    `stalled`, `moving`: nothing is, it stands still or goes on; `lost`: it counts as lost already; `other`: it is not on its way."""
    stands = lost_when(inputs)
    values = dict.fromkeys(_LOSS_VALUES, "") | {
        name: stands.values[name] for name in ("item", "ago", "lost_on", "lost_days")
    }
    if stands.outcome not in ("stalled", "moving"):
        return Decision("lost" if stands.outcome == "lost" else "other", values)
    made = next((one for kind in _ABOUT_PARCEL if (one := open_request(inputs, kind)) is not None), None)
    if made is None:
        return Decision(stands.outcome, values)
    values |= {"request_no": made.request_no, "kind": inputs.policy.requests.names[made.kind]}
    return Decision("possible", values, slots={"request_no": made.request_no})


def _loss_draft(inputs: Inputs) -> Mapping[str, Any]:
    return {"request_no": str(inputs.slots["request_no"]), "kind": "note", "text": _loss_text(inputs)}


def _loss_text(inputs: Inputs) -> str:
    wish = inputs.name("claim_wish", str(inputs.slots["wish"]))
    return sentence(inputs, "return_note", "loss_wish", value=wish)


def _loss_done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    found = loss_wish_case(inputs)
    kind = inputs.policy.requests.names[made.kind]
    return Decision("done", {**found.values, "request_no": made.request_no, "kind": kind})


write(
    WriteSpec(
        name="note_loss_wish",
        method="attach_note",
        effect="request_noted",
        needs=frozenset({"order", "parcel", "requests"}),
        draft=_loss_draft,
        done=_loss_done,
        summary=lambda inputs, made: f"{made.request_no}：{_loss_text(inputs)}",
        outcomes=("done", "refused"),
        values=_LOSS_VALUES,
    )
)


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
