"""What is really under way for the order in hand: what is told of tasks, requests and promises goes by this (H26, H30)."""

from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import goods, open_request, sentence
from aftersales.formatting import listed, moment
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest, RequestKind

_TASK_VALUES = ("item", "request_no", "due", "next", "hours", "lost_days")


@decision(
    "open_requests",
    outcomes=("some", "over", "none", "rule"),
    needs=("order", "requests"),
    values=("item", "lines", "over"),
)
def open_requests(inputs: Inputs) -> Decision:
    """Every request of the order: those under way with their kind, number and when they are answered, and those that are over
    with what became of them. `over`: there are only such; `rule`: no order is known."""
    if inputs.order is None:
        return Decision("rule", {"item": "", "lines": "", "over": ""})
    made = [one for one in inputs.requests if one.state not in CLOSED_REQUEST_STATES]
    over = [one for one in inputs.requests if one.state in CLOSED_REQUEST_STATES]
    ended = listed(_ended(inputs, one) for one in over)
    values = {
        "item": goods(inputs.order),
        "lines": listed(_line(inputs, one) for one in made),
        "over": ended if not made or not over else sentence(inputs, "open_request", "besides", over=ended),
    }
    return Decision("some" if made else "over" if over else "none", values)


@decision("urge_task", outcomes=("open", "none", "rule"), needs=("order", "requests"), values=_TASK_VALUES)
def urge_task(inputs: Inputs) -> Decision:
    """Is a task to hurry the order open? Only then is an answer promised."""
    return _task(inputs, "urge")


@decision("claim_task", outcomes=("open", "none", "rule"), needs=("order", "requests"), values=_TASK_VALUES)
def claim_task(inputs: Inputs) -> Decision:
    """Is the parcel being looked for?"""
    return _task(inputs, "claim")


@decision("change_task", outcomes=("open", "none", "rule"), needs=("order", "requests"), values=_TASK_VALUES)
def change_task(inputs: Inputs) -> Decision:
    """Does a change of the order wait for its difference?"""
    return _task(inputs, "change")


@decision("repair_task", outcomes=("open", "none", "rule"), needs=("order", "requests"), values=_TASK_VALUES)
def repair_task(inputs: Inputs) -> Decision:
    """Is a repair under way?"""
    return _task(inputs, "repair")


def _task(inputs: Inputs, kind: RequestKind) -> Decision:
    logistics = inputs.policy.store.logistics
    values = dict.fromkeys(_TASK_VALUES, "") | {
        "hours": str(logistics.urge_due_hours),
        "lost_days": str(logistics.lost_after_days),
    }
    if inputs.order is None:
        return Decision("rule", values)
    values["item"] = goods(inputs.order)
    made = open_request(inputs, kind)
    if made is None:
        return Decision("none", values)
    due = moment(made.due, inputs.tz) if made.due else ""
    return Decision("open", values | {"request_no": made.request_no, "due": due, "next": made.next})


def _ended(inputs: Inputs, made: AfterSalesRequest) -> str:
    kind, state = inputs.name("request_kind", made.kind), inputs.policy.requests.states[made.state]
    return sentence(inputs, "open_request", "over", kind=kind, request_no=made.request_no, state=state)


def _line(inputs: Inputs, made: AfterSalesRequest) -> str:
    kind = inputs.name("request_kind", made.kind)
    if made.due is None:
        return sentence(inputs, "open_request", "plain", kind=kind, request_no=made.request_no)
    due = moment(made.due, inputs.tz)
    return sentence(inputs, "open_request", "due", kind=kind, request_no=made.request_no, due=due)
