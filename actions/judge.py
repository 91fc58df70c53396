"""Asks the policy whether the open return form can be granted, with the customer's own dates (H16-H18, H35)."""

from collections.abc import Mapping
from typing import Any

from actions.turn import Turn
from aftersales.eligibility import Eligibility, check_solution
from aftersales.order_system.port import Order, OrderItem
from aftersales.policy.returns import Solution


def judge(turn: Turn, order: Order, item: OrderItem, form: Mapping[str, Any]) -> Eligibility:
    """The policy's answer for what the form knows so far; noted among the facts of the case."""
    solution = form.get("solution")
    options = solutions(turn, order, item, form)
    if solution is None:
        reason = turn.store.policy.returns.reasons.get(str(form.get("reason")))
        solution = options[0] if options else reason.solutions[0] if reason else "return"
    found = _check(turn, order, item, form, solution)
    turn.learn(policy=dict(found.as_policy()))
    return found


def solutions(turn: Turn, order: Order, item: OrderItem, form: Mapping[str, Any]) -> list[Solution]:
    """What the policy lets this customer have (or may, once more is known), in the reason's order."""
    reason = turn.store.policy.returns.reasons.get(str(form.get("reason")))
    if reason is None:
        return []
    wanted: list[Solution] = list(reason.solutions)
    return [one for one in wanted if _check(turn, order, item, form, one).result != "not_eligible"]


def said(turn: Turn, found: Eligibility, *, freight: bool = True) -> str:
    """The reasons as one text; the offer of a person is left to the question that follows."""
    sentences = found.sentences if freight else found.reasons
    return "".join(one for one in sentences if one != turn.store.policy.returns.says.person)


def _check(
    turn: Turn, order: Order, item: OrderItem, form: Mapping[str, Any], solution: Solution
) -> Eligibility:
    has_evidence = True if form.get("evidence") else False if form.get("no_evidence") else None
    return check_solution(
        turn.store.policy,
        order,
        item,
        solution=solution,
        reason=form.get("reason"),
        now=turn.now,
        tz=turn.store.tz,
        condition=form.get("condition"),
        has_evidence=has_evidence,
    )
