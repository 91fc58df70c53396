"""Chinese names of the policy's codes, by the slot of a flow that holds such a code (reason, condition, solution)."""

from collections.abc import Mapping

from aftersales.policy.model import Policy


def policy_names(policy: Policy) -> Mapping[str, Mapping[str, str]]:
    """Slot -> code -> name, in the form of data/dialogue/labels.yml: what a corrected reason is called to the customer."""
    rules = policy.returns
    return {
        "reason": {code: one.name for code, one in rules.reasons.items()},
        "condition": {code: one.name for code, one in rules.conditions.items()},
        "solution": {str(code): name for code, name in rules.solutions.items()},
    }
