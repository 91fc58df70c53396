"""What becomes of a request that was made: when its result is there and how it is told, whether the goods go back, who fetches
them, where they are sent, who pays the freight, when what is sent instead arrives (H24, H25, H27)."""

from dataclasses import replace

from aftersales.asked_request import SENDS, TASKS, asked_about, request_number_in
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import goods, order_of
from aftersales.decisions.return_case import answer_so_far
from aftersales.decisions.sent_instead import latest_told
from aftersales.formatting import day, moment
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest, OrderItem
from aftersales.visits import visited_at_home

#: Requests for which nothing is sent back.
_NOTHING_SENT = frozenset({"refund_only", "resend"})
#: The review is not over yet; the customer sent it; the warehouse has it.
_SUBMITTED, _SENT, _ARRIVED = "submitted", "sent_back", frozenset({"received", "refunding"})
#: The state of goods for which every request that was made is possible.
_ACCEPTED = "unopened"
_VALUES = (
    *("item", "kind", "request_no", "due", "pickup_hours", "inspect_days", "address", "visit", "freight"),
    *("next", "until", "latest"),
)


@decision(
    "request_handling",
    outcomes=(
        *(
            "fetched",
            "fetched_approved",
            "address",
            "address_approved",
            "sent_back",
            "freight",
            "freight_unknown",
        ),
        *("result", "result_resend", "result_contact", "result_later", "result_task", "result_task_later"),
        *("arrives_exchange", "arrives_resend", "arrives_repair", "arrives_later", "back"),
        *("at_home", "at_home_booked", "at_home_freight", "not_sent", "received", "none"),
    ),
    needs=("order", "item", "requests"),
    values=_VALUES,
    slots=("request_no",),
)
def request_handling(inputs: Inputs) -> Decision:
    """By the newest open request of the order in hand, and slot `part` (result: when and how it is told; arrives: when what is sent is there; back: do
    the goods go back; address, freight; else who fetches and when). `…_approved`, `…_later`: the review is over; `result_task`: no form for goods (TASKS); `sent_back`: the goods are on their way already; `received`: the warehouse has them; `at_home_booked`: a technician's time is fixed; `none`: no request is open."""
    order, flow = order_of(inputs), inputs.policy.returns.flow
    made = asked_about(inputs.requests, inputs.slots.get("part"), inputs.item)
    values = dict.fromkeys(_VALUES, "") | {
        "item": goods(order),
        "pickup_hours": str(flow.pickup_hours),
        "inspect_days": str(flow.inspect_days),
        "address": inputs.policy.return_address(),
    }
    if made is None:
        return Decision("none", values, slots={"request_no": None})
    item = order.item(made.item_id) if made.item_id else None
    item = item or order.items[0]
    values |= {
        "item": made.item or item.name,
        "kind": inputs.name("request_kind", made.kind),
        "request_no": made.request_no,
        "due": moment(made.due, inputs.tz) if made.due else "",
        "next": made.next,
        "until": inputs.name("open_request", "until").format(due=moment(made.due, inputs.tz))
        if made.due
        else "",
        "visit": _visit(inputs, made),
        "latest": latest_told(inputs, made.kind, made),
        "freight": _freight(inputs, made, item) or "",
    }
    return Decision(_outcome(inputs, made, item, values), values, slots={"request_no": made.request_no})


@decision(
    "request_named",
    outcomes=("open", "done", "given_up", "not_found", "none"),
    needs=("order", "requests"),
    values=("item", "kind", "request_no", "state", "next", "until"),
)
def request_named(inputs: Inputs) -> Decision:
    """TK2611…这个是啥, 到底申请了没有: the request with the number that is named, else the newest of the order. `not_found`: the number is of none
    of this order; `none`: nothing was asked for."""
    number = request_number_in(inputs.message or inputs.words)
    values = dict.fromkeys(("item", "kind", "request_no", "state", "next", "until"), "") | {
        "item": goods(inputs.order) if inputs.order is not None else "",
        "request_no": number,
    }
    made = next((one for one in inputs.requests if number in ("", one.request_no)), None)
    if made is None:
        return Decision("not_found" if number else "none", values)
    due = moment(made.due, inputs.tz) if made.due else ""
    values |= {
        "item": made.item or values["item"],
        "kind": inputs.policy.requests.names[made.kind],
        "request_no": made.request_no,
        "state": inputs.policy.requests.states.get(made.state, made.state),
        "next": made.next,
        "until": inputs.name("open_request", "until").format(due=due) if due else "",
    }
    if made.state in CLOSED_REQUEST_STATES:
        return Decision("done" if made.state == "done" else "given_up", values)
    return Decision("open", values)


def _outcome(inputs: Inputs, made: AfterSalesRequest, item: OrderItem, values: dict[str, str]) -> str:
    part, reviewed = inputs.slots.get("part"), made.state != _SUBMITTED or not made.due
    if made.kind in TASKS:
        return "result_task" if made.due and made.kind != "invoice" else "result_task_later"
    if part == "result":
        by_kind = {"resend": "result_resend", "repair": "result_contact"}
        return "result_later" if reviewed else by_kind.get(made.kind, "result")
    if part == "arrives" and made.kind in SENDS and not values["visit"]:
        return "arrives_later" if reviewed and made.kind == "resend" else f"arrives_{made.kind}"
    if made.kind in _NOTHING_SENT:
        return "not_sent"
    if made.kind == "repair" and visited_at_home(inputs.policy.repairs.visits, item.kind):
        return "at_home_freight" if part == "freight" else "at_home_booked" if values["visit"] else "at_home"
    if part == "freight":
        return "freight" if values["freight"] else "freight_unknown"
    if made.state in _ARRIVED:
        return "received"
    if made.tracking_no or made.state == _SENT:
        return "sent_back"
    if part == "back" and not reviewed:
        return "back"
    name = "address" if part == "address" else "fetched"
    return name if made.state == _SUBMITTED else f"{name}_approved"


def _freight(inputs: Inputs, made: AfterSalesRequest, item: OrderItem) -> str | None:
    """Who pays, by the rule of the day when the request was made."""
    slots = {"reason": made.reason, "condition": _ACCEPTED, "solution": made.kind}
    return answer_so_far(replace(inputs, item=item, slots=slots, now=made.created_at)).freight


def _visit(inputs: Inputs, made: AfterSalesRequest) -> str:
    if made.visit is None:
        return ""
    begins, ends = made.visit.begins.astimezone(inputs.tz), made.visit.ends.astimezone(inputs.tz)
    return f"{day(made.visit.begins, inputs.tz)} {begins:%H:%M}-{ends:%H:%M}"
