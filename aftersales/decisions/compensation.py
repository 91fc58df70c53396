"""A customer who complains asks for compensation: what may the bot promise by itself (H39)?"""

from aftersales.compensation import most_by_bot
from aftersales.decisions.api import Decision, Inputs, decision
from aftersales.decisions.in_hand import sentence
from aftersales.formatting import yuan
from aftersales.policy.desk import Level

_WISH = "compensation"


@decision("complaint_compensation", outcomes=("none", "offered"), values=("amount",))
def complaint_compensation(inputs: Inputs) -> Decision:
    """`offered`: compensation is asked for, and the policy lets the bot promise {amount} at most; the promise goes into the
    record for the agent to keep. `none`: not asked for, or only a person may decide."""
    amount = most_by_bot(inputs.policy, _level(inputs))
    if inputs.slots.get("demand") != _WISH or not amount:
        return Decision("none", {"amount": ""})
    shown = yuan(amount)
    promise = sentence(inputs, "promise", "compensation", amount=shown)
    known = [str(one) for one in inputs.facts.get("promises") or []]
    promises = known if promise in known else [*known, promise]
    return Decision("offered", {"amount": shown}, {"promises": promises})


def _level(inputs: Inputs) -> Level:
    """The level of the case by its category; a threat to life makes it III."""
    if inputs.facts.get("safety") is True:
        return "III"
    rule = inputs.policy.service.categories.get(str(inputs.facts.get("category")))
    return rule.level if rule is not None else "I"
