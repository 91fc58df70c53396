"""The numbers and names in the advice to agents (data/policy/steps.yml): each is the policy's own, so none is told wrong."""

from aftersales.compensation import most_by_agent
from aftersales.formatting import yuan
from aftersales.policy.desk import OTHER_CHANNEL, Level
from aftersales.policy.model import Policy

_MINUTES = 60


def advice_values(policy: Policy, *, level: Level, others: str, threat_channel: str) -> dict[str, str]:
    """What fills the placeholders of steps.yml. `others`: further matters in the customer's words; `threat_channel`: the
    fact of the case, empty when there is none."""
    deadline, repair = policy.service.deadlines.levels[level], policy.requests.step("repair", "submitted")
    channels = policy.service.threat_channels
    return {
        "others": others,
        "threat_channel": channels.get(threat_channel) or channels[OTHER_CHANNEL],
        "stalled_hours": str(policy.store.logistics.stalled_hours),
        "quality_days": str(policy.returns.quality.window_days),
        "answer_minutes": str(deadline.first_response_minutes),
        "plan_hours": f"{deadline.plan_minutes / _MINUTES:g}",
        "solve_hours": str(deadline.resolve_hours),
        "diagnose_hours": str(repair.hours or deadline.resolve_hours),
        "delete_hours": str(policy.followups.privacy.delete_after_hours),
        "compensation": compensation_told(policy, level),
    }


def compensation_told(policy: Policy, level: Level) -> str:
    """What an agent may grant at this level, in the words of steps.yml."""
    amount = most_by_agent(policy, level)
    return policy.steps.compensation[level].format(amount="" if amount is None else yuan(amount))
