"""What the agent is advised to do next, and what the policy says about the case (H22, H45); wording in data/policy/steps.yml."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aftersales.advice import advice_values
from aftersales.eligibility import check_solution
from aftersales.grading import Grade
from aftersales.masking import mask_text
from aftersales.order_system.port import CLOSED_REQUEST_STATES
from aftersales.policy.returns import Solution
from handoff.case_record.material import CaseMaterial
from handoff.case_record.order_part import chosen_item
from handoff.store_rules import StoreRules

_POLICY_RESULTS = ("eligible", "not_eligible", "needs_review", "unknown")
_NEEDS_EVIDENCE = frozenset({"product.quality", "product.wrong", "product.mismatch", "logistics.damaged"})


# What a category asks of the policy: (solution, reason code). None: the reason is not told by the category.
_ASKED: dict[str, tuple[Solution, str | None]] = {
    "product.quality": ("exchange", "quality"),
    "product.wrong": ("exchange", "wrong"),
    "product.mismatch": ("return", "mismatch"),
    "logistics.damaged": ("exchange", "damaged"),
    "return.request": ("return", "no_reason"),
    "exchange.request": ("exchange", None),
    "repair.request": ("repair", None),
}


def policy_part(case: CaseMaterial, rules: StoreRules, now: datetime) -> dict[str, Any]:
    """`policy{result,reasons[]}` as the bot found it, else what the rules say of the order (H16-H20), else `unknown`."""
    told = case.facts.get("policy")
    if isinstance(told, Mapping) and told.get("result") in _POLICY_RESULTS:
        reasons = told.get("reasons")
        return {
            "result": told["result"],
            "reasons": [mask_text(str(one)) for one in reasons] if isinstance(reasons, list | tuple) else [],
        }
    order, category = case.order_data.order, str(case.facts.get("category"))
    item = chosen_item(case.facts, order)
    if order is None or item is None or category not in _ASKED:
        return {"result": "unknown", "reasons": []}
    solution, reason = _ASKED[category]
    found = check_solution(
        rules.policy,
        order,
        item,
        solution=solution,
        reason=reason,
        now=now,
        tz=rules.tz,
        has_evidence=True if case.uploads else None,
    )
    return found.as_policy()


def other_issues(case: CaseMaterial) -> list[str]:
    """Further matters of the customer's messages that nobody has answered yet, in the customer's words, masked (H7)."""
    told = case.facts.get("other_issues")
    return [mask_text(str(one)) for one in told if str(one).strip()] if isinstance(told, list | tuple) else []


def suggested_steps(
    case: CaseMaterial, rules: StoreRules, graded: Grade, policy: Mapping[str, Any]
) -> list[str]:
    """Chinese advice, the most pressing first, at most as many as the policy file wants."""
    steps = rules.policy.steps
    holds = {
        "safety": case.facts.get("safety") is True or case.reason == "safety",
        "threat": graded.complaint_kind == "publicity" or case.reason == "threat",
        "angry": case.reason == "anger" or bool(case.emotions and case.emotions[-1].emotion == "angry"),
        "repeat": case.reason == "repeat" or graded.complaint_kind == "repeat",
        "promised": bool(case.facts.get("promises")),
        "unusable": case.facts.get("usable") is False,
        "privacy": case.reason == "privacy",
        "misunderstood": case.reason in ("misunderstood", "no_progress"),
        "not_verified": graded.stage not in ("presale", "service") and not case.customer.get("verified"),
        "no_order": graded.stage in ("insale", "aftersale") and not case.facts.get("order_no"),
        "request_open": any(one.state not in CLOSED_REQUEST_STATES for one in case.order_data.requests),
        "no_evidence": graded.category in _NEEDS_EVIDENCE and not case.uploads,
        "needs_review": policy["result"] == "needs_review",
        "not_eligible": policy["result"] == "not_eligible",
        "other_issues": bool(other_issues(case)),
    }
    order = case.order_data.order
    instead = (
        steps.by_order_state.get(order.state)
        if order is not None and holds["not_eligible"] and graded.category in _ASKED
        else None
    )
    holds["not_eligible"] = holds["not_eligible"] and not instead
    holds["eligible"] = policy["result"] == "eligible" and not holds["request_open"]
    advice = [text for sign, texts in steps.facts.items() if holds.get(sign) for text in texts]
    own = steps.categories.get(graded.category, ())
    if holds["request_open"]:
        own = steps.with_request.get(graded.category, own)
    elif instead:
        own = instead
    advice += own
    values = advice_values(
        rules.policy,
        level=graded.level,
        others="、".join(f"“{words}”" for words in other_issues(case)),
        threat_channel=str(case.facts.get("threat_channel") or ""),
    )
    return [text.format(**values) for text in advice[: steps.most] or steps.otherwise]
