"""What the decisions of a return share: the case as told so far, judged by aftersales/eligibility.py, and how it is named.

The codes are those of data/policy/returns.yml; an unknown code counts as not told.
"""

from collections.abc import Mapping

from aftersales.decisions.api import Decision, Inputs
from aftersales.decisions.in_hand import order_of
from aftersales.eligibility import Eligibility, check_solution
from aftersales.order_system.port import CLOSED_REQUEST_STATES, AfterSalesRequest, OrderItem
from aftersales.policy.returns import SOLUTIONS, Reason, Solution
from aftersales.repair_quote import RepairQuote, quote_for
from aftersales.visits import is_limit

#: What the slot `evidence` holds when the customer has none; otherwise it is a list of upload ids.
NO_EVIDENCE = "none"
#: What the slot `quantity` holds when everything of that line is meant.
ALL = "all"
#: Longest list of what is wrong that is read back, in characters.
_FAULTS_SHOWN = 36
#: Kinds of requests that an item has one open of at a time.
ITEM_KINDS = (*SOLUTIONS, "resend")


def the_item(inputs: Inputs) -> OrderItem:
    """The line of the order in hand that is meant: the chosen one, else the first. Raises ValueError without an order."""
    return inputs.item or order_of(inputs).items[0]


def the_reason(inputs: Inputs) -> Reason | None:
    """The policy's rule for the reason that was told, or None."""
    return inputs.policy.returns.reasons.get(str(inputs.slots.get("reason")))


def the_part(inputs: Inputs) -> str:
    """The parts of the goods that alone are to be sent again (两个碗), else those that lack, where what lacks is sent after; empty
    where the policy does not send parts for the reason, or something else than an exchange is wanted."""
    reason, part = the_reason(inputs), inputs.slots.get("part")
    if (
        part is None
        and reason is not None
        and reason.sends_part
        and inputs.slots.get("solution") == "exchange"
    ):
        part = inputs.slots.get("pieces")
    asked = part is not None and inputs.slots.get("solution") in (None, "exchange")
    return str(part) if asked and reason is not None and reason.resends_part else ""


def sends_part(inputs: Inputs) -> bool:
    """Is the exchange of this case only a part sent after: what is missing, or what alone is wanted?"""
    reason = the_reason(inputs)
    return reason is not None and (reason.sends_part or bool(the_part(inputs)))


def wished_time(inputs: Inputs) -> str:
    """When it suits, or by when it is needed; the latter says nothing where the money comes back."""
    told = str(inputs.slots.get("wished_time") or "")
    money = inputs.slots.get("solution") in ("return", "refund_only")
    return "" if money and is_limit(told) else told


def uploads(inputs: Inputs) -> tuple[str, ...]:
    """Ids of the pictures and videos told in this case."""
    told = inputs.slots.get("evidence")
    if told is None or told == NO_EVIDENCE:
        return ()
    return (told,) if isinstance(told, str) else tuple(str(one) for one in told)


def has_evidence(inputs: Inputs) -> bool | None:
    """True with a picture, False when the customer has none, None while not asked."""
    if uploads(inputs):
        return True
    return False if inputs.slots.get("evidence") == NO_EVIDENCE else None


def answer_on(inputs: Inputs, solution: Solution) -> Eligibility:
    """The policy's answer on this solution, with what is known so far."""
    return check_solution(
        inputs.policy,
        order_of(inputs),
        the_item(inputs),
        solution=solution,
        reason=_told(inputs, "reason"),
        now=inputs.now,
        tz=inputs.tz,
        condition=_told(inputs, "condition"),
        has_evidence=has_evidence(inputs),
    )


def possible_solutions(inputs: Inputs) -> list[Solution]:
    """What the policy lets this customer have, or may once more is known, in the reason's order."""
    reason = the_reason(inputs)
    if reason is None:
        return []
    return [one for one in reason.solutions if answer_on(inputs, one).result != "not_eligible"]


def paid_repair(inputs: Inputs) -> RepairQuote | None:
    """What a repair for money costs, where nothing free is left of a reason that is repaired; None otherwise."""
    reason = the_reason(inputs)
    if reason is None or "repair" not in reason.solutions or possible_solutions(inputs):
        return None
    return quote_for(inputs.policy, the_item(inputs))


def wished(inputs: Inputs) -> Solution | None:
    """The solution that the customer asked for, or None."""
    told = inputs.slots.get("solution")
    return next((code for code in SOLUTIONS if code == told), None)


def answer_so_far(inputs: Inputs) -> Eligibility:
    """The answer on the wish; without one on the best possible solution, or on the reason's first."""
    reason = the_reason(inputs)
    solution = wished(inputs)
    if solution is None:
        options = possible_solutions(inputs)
        solution = options[0] if options else reason.solutions[0] if reason else "return"
    return answer_on(inputs, solution)


def faults_told(inputs: Inputs) -> str:
    """What is wrong, in the customer's words, as many of them as can be read at a glance; empty where nobody is to blame."""
    reason, told = the_reason(inputs), ""
    name = the_item(inputs).name if inputs.order is not None else ""
    for said in inputs.faults if reason is not None and reason.fault != "none" else ():
        words = said.removeprefix(name) or said  # the goods stand beside it
        longer = f"{told}、{words}" if told else words
        if len(longer) > _FAULTS_SHOWN:
            break
        told = longer
    return told


def told_reasons(inputs: Inputs, found: Eligibility) -> str:
    """The reasons for the customer; who pays is told apart, a person is offered by the question that follows."""
    return "".join(one for one in found.reasons if one != inputs.policy.returns.says.person)


def solution_names(inputs: Inputs) -> dict[str, str]:
    """Every solution's name as it fits the case: what is missing, or what alone is wanted, is sent, not exchanged."""
    names = inputs.policy.solution_names() | dict(
        inputs.labels.get(f"solution_{inputs.slots.get('reason')}") or {}
    )
    if part := the_part(inputs):
        names["exchange"] = f"{inputs.policy.requests.names['resend']}{part}"
    return names


def condition_question(inputs: Inputs) -> str:
    """Which question about the item's state fits the reason: quality, plain (nobody's fault) or arrived.

    A reason with choices of its own (labels.yml, condition_REASON) has its own question."""
    code, reason = str(inputs.slots.get("reason")), the_reason(inputs)
    if f"condition_{code}" in inputs.labels:
        return code
    return "plain" if reason is None or reason.fault == "none" else "arrived"


def shown_conditions(inputs: Inputs) -> Mapping[str, str]:
    """The states that the question about the item shows: code -> name."""
    named = inputs.labels.get(f"condition_{condition_question(inputs)}")
    return named or {code: one.name for code, one in inputs.policy.returns.conditions.items()}


def condition_name(inputs: Inputs) -> str:
    """The told state as its question words it, with what was said of traces where that counts."""
    code = str(inputs.slots.get("condition"))
    rule = inputs.policy.returns.conditions.get(code)
    named = shown_conditions(inputs).get(code) or (rule.name if rule else "")
    traces = inputs.slots.get("traces") if rule is not None and rule.review else None
    return f"{named}，{inputs.name('traces', str(traces))}" if traces else named


def open_return(inputs: Inputs) -> AfterSalesRequest | None:
    """The newest return, exchange, repair or refund of the item that is not over, or None (H28)."""
    item = the_item(inputs)
    return next(
        (
            one
            for one in inputs.requests
            if one.item_id == item.item_id
            and one.kind in ITEM_KINDS
            and one.state not in CLOSED_REQUEST_STATES
        ),
        None,
    )


def request_values(inputs: Inputs, made: AfterSalesRequest) -> dict[str, str]:
    """What responses name of a request."""
    return {
        "solution": inputs.policy.requests.names[made.kind],
        "request_no": made.request_no,
        "request_state": inputs.policy.requests.states[made.state],
        "next": made.next,
    }


def requested(inputs: Inputs, made: AfterSalesRequest, wish: str | None, named: str) -> Decision:
    """What a written request comes to: `done`, or `other_open` where the item had an open request for something else."""
    values, slots = request_values(inputs, made), {"request_no": made.request_no}
    if made.kind != wish:
        return Decision("other_open", values, slots=slots)
    return Decision("done", {**values, "solution": named}, {"demand": named}, slots)


def _told(inputs: Inputs, slot: str) -> str | None:
    value = inputs.slots.get(slot)
    return str(value) if value is not None else None
