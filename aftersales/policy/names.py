"""Chinese names of codes that the policy holds: how data/dialogue/labels.yml is completed, so that a name has one home."""

from collections.abc import Mapping

from aftersales.policy.model import Policy


def policy_names(policy: Policy) -> Mapping[str, Mapping[str, str]]:
    """Group -> code -> name: the slots of a return (reason, condition, solution), requests and their states,
    deadlines, payment."""
    rules, requests = policy.returns, policy.requests
    return {
        "reason": {code: one.name for code, one in rules.reasons.items()},
        "condition": {code: one.name for code, one in rules.conditions.items()},
        "solution": policy.solution_names(),
        "request_kind": {str(code): name for code, name in requests.names.items()},
        "request_state": {str(code): name for code, name in requests.states.items()},
        "deadline": {str(code): name for code, name in policy.followups.deadlines.items()},
        "payment": {str(code): one.name for code, one in policy.store.refunds.items()},
    }
