"""The store's numbers as a shop assistant says them: what answers of data/knowledge may name of the policy (H35)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aftersales.formatting import listed, yuan
from aftersales.order_system.port import RequestKind
from aftersales.policy import Policy

#: The placeholders that `policy_values` fills.
POLICY_VALUES = frozenset(
    {
        *("no_reason_days", "quality_days", "warranty_days", "review_hours", "pickup_hours", "inspect_days"),
        *("return_address", "protect_days", "invoice_days", "reissue_days", "dispatch_hours", "areas"),
        *("excluded_areas", "carriers", "urge_hours", "lost_days", "stalled_hours", "change_hours"),
        *("free_over", "freight_fee", "return_fee", "insurance", "refund_times", "emergency"),
        *("response_minutes", "ticket_hours", "service_hours", "road_days", "road_range"),
        *("lock_minutes", "privacy_days", "delete_hours", "inspection_fee", "repair_contact_hours"),
        *("claim_hours", "visited_kinds", "wait_minutes"),
    }
)


def policy_values(policy: Policy) -> Mapping[str, str]:
    """Placeholder -> words. Days and hours are bare numbers, money ends in 元, lists are joined by 、."""
    returns, store, service = policy.returns, policy.store, policy.service
    return {
        "no_reason_days": str(returns.no_reason.window_days),
        "quality_days": str(returns.quality.window_days),
        "warranty_days": str(returns.warranty.default_days),
        "review_hours": str(returns.flow.review_hours),
        "pickup_hours": str(returns.flow.pickup_hours),
        "inspect_days": str(returns.flow.inspect_days),
        "return_address": policy.return_address(),
        "protect_days": str(store.price_protection.window_days),
        "invoice_days": str(store.invoices.issue_days),
        "reissue_days": str(store.invoices.reissue_days),
        "dispatch_hours": str(store.dispatch.promise_hours),
        "areas": store.dispatch.areas,
        "excluded_areas": store.dispatch.excluded_areas,
        "carriers": listed(one.name for one in store.carriers),
        "road_days": _road_days(policy),
        "road_range": _road_range(policy),
        "urge_hours": str(store.logistics.urge_due_hours),
        "lost_days": str(store.logistics.lost_after_days),
        "stalled_hours": str(store.logistics.stalled_hours),
        "change_hours": str(store.change.due_hours),
        "free_over": yuan(store.freight.free_over),
        "freight_fee": yuan(store.freight.fee),
        "return_fee": yuan(store.freight.return_fee_estimate),
        "insurance": yuan(store.freight.insurance_covers),
        "refund_times": _refund_times(policy),
        "emergency": policy.hours.emergency_contact,
        "service_hours": policy.hours.told(),
        "response_minutes": str(service.deadlines.chat_first_response_minutes),
        "lock_minutes": str(policy.limits.verification.lock_minutes),
        "wait_minutes": str(policy.limits.waiting.limit_minutes),
        "privacy_days": str(policy.followups.privacy.answer_days),
        "delete_hours": str(policy.followups.privacy.delete_after_hours),
        "inspection_fee": yuan(policy.repairs.inspection_fee),
        "repair_contact_hours": _first_hours(policy, "repair"),
        "claim_hours": _first_hours(policy, "claim"),
        "visited_kinds": listed(returns.kinds[one].name for one in policy.repairs.visits.kinds),
        "ticket_hours": str(max(1, round(service.deadlines.ticket_first_response_minutes / 60))),
    }


def _first_hours(policy: Policy, kind: RequestKind) -> str:
    """Within how many hours a new request of this kind is answered; a day where the policy has no deadline."""
    return str(policy.requests.step(kind, "submitted").hours or 24)


def _refund_times(policy: Policy) -> str:
    """微信支付、支付宝 1-3 天，银行卡 3-7 天"""
    by_days: dict[tuple[int, int], list[str]] = {}
    for way in policy.store.refunds.values():
        by_days.setdefault((way.min_days, way.max_days), []).append(way.name)
    return "，".join(f"{listed(names)} {least}-{most} 天" for (least, most), names in by_days.items())


def _road_range(policy: Policy) -> str:
    """1-6 天: from the fastest carrier's least to the slowest one's most; each carrier's own where they are told otherwise."""
    days = [re.fullmatch(r"(\d+)-(\d+) ?天", one.days) for one in policy.store.carriers]
    if not all(days):
        return _road_days(policy)
    least, most = min(int(one[1]) for one in days if one), max(int(one[2]) for one in days if one)
    return f"{least}-{most} 天"


def _road_days(policy: Policy) -> str:
    """顺丰速运、京东快递 1-3 天，邮政EMS 3-6 天"""
    by_days: dict[str, list[str]] = {}
    for one in policy.store.carriers:
        by_days.setdefault(one.days, []).append(one.name)
    return "，".join(f"{listed(names)} {days}" for days, names in by_days.items())
