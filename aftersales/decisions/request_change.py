"""Another solution, colour, size or quantity of a request that was submitted already (H23, H28)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.exchange import exchange_target
from aftersales.decisions.in_hand import judged
from aftersales.decisions.return_case import (
    ALL,
    answer_on,
    open_return,
    request_values,
    solution_names,
    the_item,
    the_reason,
    told_reasons,
    wished,
)
from aftersales.decisions.returns import instead_of, return_details
from aftersales.order_system.port import AfterSalesRequest

_VALUES = (
    "solution",
    "request_no",
    "request_state",
    "next",
    "kind",
    "changes",
    "reasons",
    "options",
    "wanted",
)


@decision(
    "request_change",
    outcomes=("possible", "not_eligible", "no_stock", "too_late", "unclear"),
    needs=("order", "item", "requests", "catalogue"),
    values=_VALUES,
    slots=("request_no", "reason", "solution", "colour", "size", "quantity"),
)
def request_change(inputs: Inputs) -> Decision:
    """May the open request become what is wanted now? `too_late`: it is past the state in which customers change it;
    `not_eligible`: the policy does not give that; `unclear`: what should change is not told."""
    made = open_return(inputs)
    if made is None:
        return Decision("unclear", dict.fromkeys(_VALUES, ""))
    wish = instead_of(inputs, made) or (made.kind if made.kind != "resend" else "exchange")
    slots: dict[str, Any] = {"request_no": made.request_no, "solution": wish}
    reasons, told = inputs.policy.returns.reasons, the_reason(inputs)
    was = reasons.get(made.reason or "")
    if was is not None and (told is None or (told.fault == "none" and was.fault != "none")):
        slots["reason"] = made.reason  # 又后悔了 还是换吧: the fault of the goods is still one
    if the_item(inputs).qty == 1 and inputs.slots.get("quantity"):
        slots["quantity"] = None  # 退那两个碗的钱, of one set: no pieces of the line
        inputs = replace(inputs, slots={**inputs.slots, "quantity": None})
    case = _with(inputs, slots)
    values = {
        **dict.fromkeys(_VALUES, ""),
        **request_values(inputs, made),
        "kind": solution_names(case).get(wish, ""),
    }
    if made.state not in inputs.policy.requests.open_until:
        return Decision("too_late", values, {}, slots)
    if wish != made.kind:
        answer = answer_on(case, wish)  # type: ignore[arg-type]
        values["reasons"] = told_reasons(case, answer)
        if answer.result == "not_eligible":
            return Decision("not_eligible", values, judged(answer), {**slots, "solution": None})
    if wish == "exchange":
        target = exchange_target(case)
        values |= {name: target.values[name] for name in ("options", "wanted")}
        target_slots = {name: one for name, one in target.slots.items() if name != "pick"}
        if target.outcome in ("not_offered", "out_of_stock", "nothing"):
            return Decision("no_stock", values, {}, {**slots, **target_slots})
        slots |= target_slots
        case = _with(case, slots)
        values["changes"] = "，".join([*return_details(case), *filter(None, [target.values["difference"]])])
    else:
        values["changes"] = "，".join(return_details(case))
    if wish == made.kind and not values["changes"]:
        return Decision("unclear", values, {}, slots)
    return Decision("possible", values, {"demand": values["kind"]}, slots)


def _with(inputs: Inputs, slots: Mapping[str, Any]) -> Inputs:
    """The same case with these slots."""
    return replace(
        inputs, slots={**inputs.slots, **{name: one for name, one in slots.items() if one is not None}}
    )


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    slots, told = inputs.slots, inputs.slots.get("quantity")
    return {
        "request_no": str(slots["request_no"]),
        "solution": wished(inputs),
        "quantity": the_item(inputs).qty if told == ALL else int(told) if told is not None else None,
        "colour": slots.get("colour"),
        "size": slots.get("size"),
    }


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    values = {**dict.fromkeys(_VALUES, ""), **request_values(inputs, made)}
    return Decision("done", values, slots={"request_no": made.request_no})


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    named = solution_names(inputs).get(str(inputs.slots.get("solution")), "")
    return "，".join([f"{made.item or the_item(inputs).name}：{named}", *return_details(inputs)])


write(
    WriteSpec(
        name="change_request",
        method="change_request",
        effect="request_changed",
        needs=frozenset({"order", "item"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "no_stock", "request_in_progress", "already_over", "refused"),
        values=_VALUES,
    )
)
