"""How much may be offered for a case, and by whom (H39). Amounts are data/policy/store.yml `compensation`."""

from decimal import Decimal

from aftersales.policy.desk import Level
from aftersales.policy.model import Policy


def most_by_agent(policy: Policy, level: Level) -> Decimal | None:
    """Yuan that an agent may grant alone: a coupon at level I, a partial refund at level II. None at level III: a
    supervisor and the special team decide."""
    rule = policy.store.compensation
    return {"I": rule.level_1_coupon, "II": rule.level_2_max}.get(level)


def most_by_bot(policy: Policy, level: Level) -> Decimal:
    """Yuan that the bot may promise alone: never more than an agent may, nothing at level III."""
    agent = most_by_agent(policy, level)
    return Decimal(0) if agent is None else min(policy.store.compensation.bot_max, agent)
