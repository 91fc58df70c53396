"""Return, exchange, repair, refund without return: what the flow `return` decides, step by step (H16-H18, H22, H23)."""

from collections.abc import Mapping
from typing import Any

from aftersales.catalogue import names_one
from aftersales.decisions.api import Decision, Inputs, choices, decision
from aftersales.decisions.in_hand import judged, open_request, order_of, sentence
from aftersales.decisions.return_case import (
    ALL,
    answer_on,
    answer_so_far,
    condition_name,
    condition_question,
    faults_told,
    open_return,
    paid_repair,
    possible_solutions,
    request_values,
    sends_part,
    shown_conditions,
    solution_names,
    the_item,
    the_part,
    the_reason,
    told_reasons,
    uploads,
    wished,
    wished_time,
)
from aftersales.decisions.sent_instead import latest_told
from aftersales.formatting import yuan
from aftersales.order_system.port import OVER, AfterSalesRequest, OrderItem
from aftersales.policy.returns import SOLUTIONS, Solution
from aftersales.variants import fits_size, same_colour
from aftersales.visits import visited_at_home

#: Who is responsible (H15), by whose fault the reason is.
_RESPONSIBLE = {"seller": "product", "carrier": "logistics"}
#: An issue of its own that the reason leaves as it is: a reason without a category leaves both, a fault only the repair.
_EXCHANGE, _REPAIR, _RETURN = "exchange.request", "repair.request", "return.request"
#: Solutions that give the money back.
_MONEY = ("return", "refund_only")
#: How long it lasts, by the solution.
_LASTS = {"exchange": "exchanged", "repair": "repaired", "return": "paid_back"}
#: States of the goods.
_OPENED, _TRIED, _USED = "opened", "tried", "used"
#: Reasons for which another colour or size is what is wanted.
_CHOSEN_ANEW = (None, "size", "no_reason")
#: Longest part of the customer's words that an offer repeats, in characters.
_NOTED = 40


@decision(
    "return_start",
    outcomes=(
        "open",
        "change",
        "claimed",
        "signed",
        "not_in_hand",
        "early_wish",
        "early_change",
        "early_shipped",
        "not_dispatched",
        "on_the_way",
        "over",
    ),
    needs=("order", "item", "requests"),
    values=("solution", "request_no", "request_state", "next", "reasons", "kind", "noted"),
    slots=("request_no",),
)
def return_start(inputs: Inputs) -> Decision:
    """Can a request be begun? `open`: one for this item is under way (H28); `change`: and something else is
    wanted now; `claimed`: the parcel is being looked for, there is nothing to send back. Before signing the policy's answer is told;
    `not_in_hand`: nothing of an unpaid order can be broken or exchanged, another order is meant; `early_wish`: an exchange or repair then, which only a person can arrange;
    `early_change`: another colour, size or product than what is not dispatched yet: the order is changed;
    `early_shipped`: the same of what is on its way, which can be exchanged when it has arrived."""
    order, made, wish = order_of(inputs), open_return(inputs), wished(inputs)
    if made is not None:
        instead = instead_of(inputs, made) or (str(made.kind) if _other_target(inputs, made) else "")
        values = _values(**request_values(inputs, made), kind=solution_names(inputs).get(instead, ""))
        return Decision("change" if instead else "open", values, slots={"request_no": made.request_no})
    claim = open_request(inputs, "claim")
    if claim is not None and the_reason(inputs) is None and wish != "repair":
        return Decision("claimed", _values(), slots={"request_no": claim.request_no})
    answer = answer_so_far(inputs)
    kind = solution_names(inputs)[wish] if wish else ""
    values = _values(reasons=told_reasons(inputs, answer), kind=kind)
    if order.state == "signed":
        return Decision("signed", values, _demand(inputs, wish))
    if order.state in OVER:
        return Decision("over", values, judged(answer))
    reason = the_reason(inputs)
    faulty = reason is not None and reason.fault in _RESPONSIBLE
    if order.state == "unpaid" and (faulty or wish in ("exchange", "repair")):
        return Decision("not_in_hand", values, judged(answer))
    if order.state == "paid" and wish == "exchange" and not faulty:
        return Decision("early_change", values, judged(answer))
    if order.state == "shipped" and wish == "exchange" and not faulty:
        return Decision("early_shipped", values, judged(answer))
    if wish in ("exchange", "repair"):
        values["noted"] = inputs.words[:_NOTED] or kind
        return Decision("early_wish", values, _demand(inputs, wish))
    on_the_way = order.state == "shipped"
    return Decision("on_the_way" if on_the_way else "not_dispatched", values, judged(answer))


def instead_of(inputs: Inputs, made: AfterSalesRequest) -> str:
    """The solution that is wanted in place of an open request; empty when it is the same or not told."""
    kind = "exchange" if made.kind == "resend" else made.kind
    wish = wished(inputs) or (_MONEY[0] if inputs.facts.get("category") == _RETURN else None)
    same = wish is None or wish == kind or {wish, kind} <= {*_MONEY}
    reason = inputs.policy.returns.reasons.get(made.reason or "")
    if made.kind == "resend" and wish in _MONEY and reason is not None and "refund_only" in reason.solutions:
        return "refund_only"  # 不补了 退那两个碗的钱: the rest is kept
    return "" if same else str(wish)


def _other_target(inputs: Inputs, made: AfterSalesRequest) -> bool:
    """Is another colour, size or number of pieces told than the open request has?"""
    told = {name: inputs.slots.get(name) for name in ("quantity", "colour", "size")}
    if made.kind != "exchange":
        told = {"quantity": told["quantity"]}
    return any(value is not None and str(value) != str(getattr(made, name)) for name, value in told.items())


@decision(
    "return_reason",
    outcomes=("fault", "free", "paid", "impossible"),
    needs=("order", "item"),
    values=("fault", "reasons"),
    slots=("condition", "condition_question"),
)
def return_reason(inputs: Inputs) -> Decision:
    """What the told reason means: whose fault, the category of the case, which question about the item's state follows.
    `paid`: only a repair for money is open to this customer, whatever else they tell; `impossible`: nothing is.

    A state that was told is forgotten when the reason changed and its question does not know that state."""
    reason, question = the_reason(inputs), condition_question(inputs)
    slots: dict[str, Any] = {"condition_question": question}
    before, condition = inputs.slots.get("condition_question"), inputs.slots.get("condition")
    if before not in (None, question) and condition is not None and condition not in shown_conditions(inputs):
        slots["condition"] = None
    answer = answer_so_far(inputs)
    facts: dict[str, Any] = {"category": _category(inputs), **judged(answer)}
    fault = reason is not None and reason.fault != "none"
    if reason is not None and reason.fault in _RESPONSIBLE:
        facts["responsibility"] = _RESPONSIBLE[reason.fault]
    values = {
        "fault": inputs.name("trouble_reason", str(inputs.slots.get("reason"))) if fault else "",
        "reasons": told_reasons(inputs, answer),
    }
    if not possible_solutions(inputs):
        return Decision(_nothing_free(inputs), values, facts, slots)
    return Decision("fault" if fault else "free", values, facts, slots)


@decision(
    "goods_state",
    outcomes=("settled", "traces"),
    needs=("order", "item"),
    slots=("condition", "traces"),
)
def goods_state(inputs: Inputs) -> Decision:
    """What was tried once is neither unused nor worn by itself: as the kind of the goods has it, as used where they are faulty, and
    else by whether it left traces, which is asked once (`traces`). 用过 without traces is judged as tried."""
    told, traces = inputs.slots.get("condition"), inputs.slots.get("traces")
    kind, reason = inputs.policy.returns.kinds.get(the_item(inputs).kind), the_reason(inputs)
    if told == _USED and traces == "none":
        return Decision("settled", slots={"condition": _TRIED})
    if told != _TRIED:
        return Decision("settled")
    if kind is not None and kind.tried == "unused":
        return Decision("settled", slots={"condition": _OPENED})
    if reason is not None and reason.window != "no_reason":
        return Decision("settled", slots={"condition": _USED})
    if traces == "some":
        return Decision("settled", slots={"condition": _USED})
    return Decision("settled" if traces or not possible_solutions(inputs) else "traces")


@decision(
    "return_evidence",
    outcomes=("needed", "not_needed", "paid", "impossible"),
    needs=("order", "item"),
    values=("reasons", "photos"),
)
def return_evidence(inputs: Inputs) -> Decision:
    """With the item's state known: is a picture asked for (H23), or is nothing free possible any more?"""
    reason, answer = the_reason(inputs), answer_so_far(inputs)
    values = {"reasons": told_reasons(inputs, answer), "photos": _photos(inputs)}
    if not possible_solutions(inputs):
        return Decision(_nothing_free(inputs), values, judged(answer))
    return Decision("needed" if reason is not None and reason.evidence else "not_needed", values)


@decision(
    "return_wish",
    outcomes=("open", "refused", "paid", "impossible"),
    needs=("order", "item"),
    values=("reasons",),
    slots=("solution",),
)
def return_wish(inputs: Inputs) -> Decision:
    """Is what the customer asked for possible? `refused`: it is not, told with what is; the wish is dropped (H22)."""
    options, wish = possible_solutions(inputs), wished(inputs)
    if not options:
        answer = answer_so_far(inputs)
        return Decision(_nothing_free(inputs), {"reasons": told_reasons(inputs, answer)}, judged(answer))
    if wish is None or wish in options:
        return Decision("open", {"reasons": ""})
    answer = answer_on(inputs, wish)
    return Decision(
        "refused", {"reasons": told_reasons(inputs, answer)}, judged(answer), slots={"solution": None}
    )


@decision(
    "return_solution",
    outcomes=("several", "decided"),
    needs=("order", "item"),
    values=("reasons",),
    slots=("solution",),
)
def return_solution(inputs: Inputs) -> Decision:
    """The policy's answer with its reason; the only possible solution is taken without a question."""
    options, wish = possible_solutions(inputs), wished(inputs)
    chosen = wish or (options[0] if len(options) == 1 else None)
    answer = answer_on(inputs, chosen) if chosen else answer_so_far(inputs)
    values = {"reasons": told_reasons(inputs, answer)}
    if chosen is None:
        return Decision("several", values, judged(answer))
    known = not wish and inputs.facts.get("demand")  # the only way left is not what the customer asked for
    wanted = {} if known else _demand(inputs, chosen)
    return Decision("decided", values, {**judged(answer), **wanted}, slots={"solution": chosen})


@decision(
    "return_possible",
    outcomes=("several", "one", "can", "cannot", "unknown"),
    needs=("order", "item"),
    values=("options", "wish", "why"),
    slots=("weighs", "wondered", "solution"),
)
def return_possible(inputs: Inputs) -> Decision:
    """修还是换, 能换新的不: what can be had, as far as the case is known; the question is answered once. What is asked for
    alone and can be had is the wish from then on: it is read back before anything is submitted."""
    options, names = possible_solutions(inputs), solution_names(inputs)
    values = {"options": "、".join(names[one] for one in options), "wish": "", "why": ""}
    if inputs.slots.get("weighs") is not None:
        done = {"weighs": None}
        if not options:
            return Decision("unknown", values, slots=done)
        return Decision("several" if len(options) > 1 else "one", values, slots=done)
    wish = str(inputs.slots.get("wondered"))
    values["wish"] = names.get(wish, wish)
    if wish not in options:
        values["why"] = next((answer_on(inputs, one).reasons[0] for one in SOLUTIONS if one == wish), "")
        return Decision("cannot" if options else "unknown", values, slots={"wondered": None})
    return Decision("can", values, slots={"wondered": None, "solution": wish})


@decision(
    "return_aside",
    outcomes=(
        *("fetched", "at_home", "not_sent", "only", "partly", "faster", "unknown"),
        *("exchanged", "repaired", "visited", "paid_back", "sent"),
    ),
    needs=("order", "item"),
    values=("goods", "pickup_hours", "inspect_days", "paid", "exchange_by", "resend_by"),
    slots=("aside",),
)
def return_aside(inputs: Inputs) -> Decision:
    """要我自己寄吗, 只换这一样吧, 换要几天: answered once, for the solution that is in hand. `only`: nothing but these goods
    is meant; `partly`: how much comes back where a part is wrong; `faster`: which way takes less time; `unknown`: the solution is not chosen yet, and the answer would depend on it."""
    item, flow, asked = the_item(inputs), inputs.policy.returns.flow, inputs.slots.get("aside")
    values = {
        "goods": the_part(inputs) or item.name,
        "pickup_hours": str(flow.pickup_hours),
        "inspect_days": str(flow.inspect_days),
        "paid": yuan(item.price * item.qty),
        "exchange_by": latest_told(inputs, "exchange"),
        "resend_by": latest_told(inputs, "resend"),
    }
    return Decision(_aside(inputs, str(asked), item), values, slots={"aside": None})


def _asked_for(inputs: Inputs) -> Solution | None:
    """The solution that a question beside it is about: the only one that it names (维修要多久), else the wish; what cannot be
    had is none of them, and where one way alone is left it is that one."""
    options = possible_solutions(inputs)
    named = [one for one in options if names_one(inputs.message, inputs.name("solution_words", one))]
    wish = named[0] if len(named) == 1 else wished(inputs)
    return options[0] if wish not in options and len(options) == 1 else wish


def _aside(inputs: Inputs, asked: str, item: OrderItem) -> str:
    wish = _asked_for(inputs)
    at_home = wish == "repair" and visited_at_home(inputs.policy.repairs.visits, item.kind)
    missing = wish in ("exchange", None) and sends_part(inputs)  # nothing goes back
    if asked in ("only", "partly", "faster"):
        return asked
    if asked == "handing":
        if wish is None and visited_at_home(inputs.policy.repairs.visits, item.kind):
            return "unknown"
        if at_home:
            return "at_home"
        return "not_sent" if missing or wish == "refund_only" else "fetched"
    if at_home:
        return "visited"
    return "sent" if missing else _LASTS.get(str(wish), "unknown")


@decision(
    "return_part",
    outcomes=("resent", "not_resent", "dropped"),
    needs=("order", "item"),
    values=("part", "options"),
    slots=("part", "solution"),
)
def return_part(inputs: Inputs) -> Decision:
    """Only some parts of the goods are wanted again: are they sent for this reason (data/policy/returns.yml)? `not_resent`:
    they are not, what can be had is told; `dropped`: something else is wanted meanwhile."""
    part, names = str(inputs.slots.get("part")), solution_names(inputs)
    if wished(inputs) not in (None, "exchange"):
        return Decision("dropped", {"part": part, "options": ""}, slots={"part": None})
    if the_part(inputs) and "exchange" in possible_solutions(inputs):
        return Decision("resent", {"part": part, "options": ""}, slots={"solution": "exchange"})
    options = "、".join(names[one] for one in possible_solutions(inputs))
    return Decision("not_resent", {"part": part, "options": options}, slots={"part": None, "solution": None})


@decision(
    "return_summary",
    outcomes=("ready",),
    needs=("order", "item"),
    values=(
        *("goods", "reasons", "reason", "fault_told", "condition_told", "solution", "photos", "freight"),
        *("details", "wished"),
    ),
)
def return_summary(inputs: Inputs) -> Decision:
    """Everything that is read back before the confirmation; `condition_told`, `fault_told`, `freight`, `details` and `wished`
    are whole pieces or empty: of what was never received no state is known."""
    item, answer, reason = the_item(inputs), answer_so_far(inputs), the_reason(inputs)
    details, state = "，".join(return_details(inputs)), condition_name(inputs)
    sent_alone = sends_part(inputs) and inputs.slots.get("solution") == "exchange"
    freight = inputs.policy.returns.says.freight_part if sent_alone else answer.freight
    fault, suits = faults_told(inputs), wished_time(inputs)
    return Decision(
        "ready",
        {
            "goods": f"{item.name} {item.spec}".strip(),
            "reasons": told_reasons(inputs, answer),
            "reason": reason.name if reason else "",
            "condition_told": sentence(inputs, "return_state", "told", value=state) if state else "",
            "solution": solution_names(inputs).get(str(inputs.slots.get("solution")), ""),
            "photos": _photos(inputs),
            "freight": f"\n{freight}" if freight else "",
            "details": f"（{details}）" if details else "",
            "fault_told": sentence(inputs, "return_told", "fault", value=fault) if fault else "",
            "wished": sentence(inputs, "return_told", "wished_time", value=suits) if suits else "",
        },
        {**judged(answer), **_demand(inputs, wished(inputs))},
    )


@choices("return_reasons")
def return_reasons(inputs: Inputs) -> Mapping[str, str]:
    """Why something goes back."""
    return {code: one.name for code, one in inputs.policy.returns.reasons.items()}


@choices("return_conditions", needs=("order", "item"))
def return_conditions(inputs: Inputs) -> Mapping[str, str]:
    """States of the item, as the question for this reason words them."""
    return shown_conditions(inputs)


@choices("return_solutions", needs=("order", "item"))
def return_solutions(inputs: Inputs) -> Mapping[str, str]:
    """What the policy lets this customer choose between; everything while the order is not known."""
    names = solution_names(inputs)
    if inputs.order is None:
        return names
    return {code: names[code] for code in possible_solutions(inputs)}


@choices("return_wrong_parts", needs=("order", "item"))
def return_wrong_parts(inputs: Inputs) -> Mapping[str, str]:
    """What the read-back shows and may be wrong, and that nothing is (labels.yml, wrong_part)."""
    told = inputs.slots
    shown = {
        "condition": told.get("condition") is not None,
        "part": bool(the_part(inputs)),
        "quantity": told.get("quantity") is not None,
        "target": wished(inputs) == "exchange" and any(told.get(one) for one in ("colour", "size")),
        "wished_time": bool(wished_time(inputs)),
    }
    parts = (
        "reason",
        "condition",
        "solution",
        "part",
        "quantity",
        "target",
        "evidence",
        "wished_time",
        "none",
    )
    return {
        one: inputs.name("wrong_part", one) for one in parts if inputs.order is None or shown.get(one, True)
    }


def return_details(inputs: Inputs) -> list[str]:
    """How many go back, and which colour and size an exchange is for (labels.yml, return_detail)."""
    told = dict(inputs.slots)
    if told.get("quantity") == ALL:
        told["quantity"] = the_item(inputs).qty
    names = ("quantity", "colour", "size") if wished(inputs) == "exchange" else ("quantity",)
    return [
        sentence(inputs, "return_detail", name, value=str(told[name]))
        for name in names
        if told.get(name) is not None and not (name != "quantity" and _is_own(inputs, str(told[name])))
    ]


def _is_own(inputs: Inputs, value: str) -> bool:
    """换一样的 白色4L, for what came broken: the colour or size that was bought, which stands in the line already."""
    own = the_item(inputs).spec.split()
    faulty = inputs.slots.get("reason") not in _CHOSEN_ANEW
    return faulty and any(same_colour(value, one) or fits_size(value, one) for one in own)


def _nothing_free(inputs: Inputs) -> str:
    """What is left where the policy gives nothing: a repair for money, or only what a person decides."""
    return "impossible" if paid_repair(inputs) is None else "paid"


def _photos(inputs: Inputs) -> str:
    """How the read-back names the evidence."""
    if shown := uploads(inputs):
        return sentence(inputs, "return_photos", "some", count=str(len(shown)))
    reason = the_reason(inputs)
    return sentence(
        inputs, "return_photos", "none" if reason is not None and reason.evidence else "not_needed"
    )


def _demand(inputs: Inputs, wish: str | None) -> dict[str, Any]:
    return {"demand": solution_names(inputs)[wish]} if wish else {}


def _category(inputs: Inputs) -> str:
    """The category of the case by its reason; a wished exchange or repair keeps its own as far as the reason fits."""
    code, reason, before = str(inputs.slots.get("reason")), the_reason(inputs), inputs.facts.get("category")
    own = reason.category if reason else None
    if before == _REPAIR and reason is not None and "repair" in reason.solutions:
        return _REPAIR
    if before == _EXCHANGE and own is None and code in inputs.policy.returns.reasons:
        return _EXCHANGE
    return own or _RETURN


def _values(**told: str) -> dict[str, str]:
    """Every value that return_start declares, empty where it says nothing."""
    named = ("solution", "request_no", "request_state", "next", "reasons", "kind", "noted")
    return {name: told.get(name, "") for name in named}
