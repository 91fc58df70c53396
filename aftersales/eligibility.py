"""May this item go back, be exchanged or repaired, and who pays the freight (H16-H18, H22).

Pure. Day 1 is the day after signing, in the store's time zone: signed on the 1st, a window of 7 days ends with the 8th.
An answer never stops at "no": it says what is possible instead, and that a person may decide more (H22). Windows, kinds,
reasons and all sentences are data/policy/returns.yml.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from aftersales.order_system.port import Order, OrderItem
from aftersales.policy.model import Policy
from aftersales.policy.returns import Condition, Kind, Reason, Solution
from aftersales.visits import visited_at_home
from aftersales.windows import Window, window_of

Result = Literal["eligible", "not_eligible", "needs_review", "unknown"]
Payer = Literal["seller", "buyer", "insurance"]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """An answer of the policy.

    reasons: Chinese sentences for the customer, the deciding one first. possible: solutions open to this customer now, best
    first (empty: only a person can decide more). freight_payer: of sending it back; None when nothing is sent.
    last_day: of the window that decided, a local date. freight: the sentence on who pays, apart from the reasons, so that
    it can be said once; None when nothing is sent.
    """

    result: Result
    reasons: tuple[str, ...]
    possible: tuple[Solution, ...] = ()
    freight_payer: Payer | None = None
    evidence_needed: bool = False
    last_day: date | None = None
    freight: str | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """The reasons, and who pays the freight."""
        return (*self.reasons, self.freight) if self.freight else self.reasons

    @property
    def text(self) -> str:
        """All sentences as one paragraph."""
        return "".join(self.sentences)

    def as_policy(self) -> dict[str, object]:
        """The `policy` of facts and record: {result, reasons[]}."""
        return {"result": self.result, "reasons": list(self.sentences)}


@dataclass(frozen=True, slots=True)
class _Case:
    policy: Policy
    order: Order
    item: OrderItem
    kind: Kind
    condition: Condition | None
    has_evidence: bool | None
    no_reason: Window
    quality: Window
    warranty: Window

    def say(self, name: str, window: Window | None = None, /, **values: str) -> str:
        sentence: str = getattr(self.policy.returns.says, name)
        return sentence.format(**{**(window.values() if window else {}), **values})


def check_solution(
    policy: Policy,
    order: Order,
    item: OrderItem,
    *,
    solution: Solution,
    reason: str | None,
    now: datetime,
    tz: ZoneInfo,
    condition: str | None = None,
    has_evidence: bool | None = None,
) -> Eligibility:
    """May `item` of `order` be returned / exchanged / repaired / refunded for that reason?

    reason, condition: codes of data/policy/returns.yml; None or an unknown code: not told yet. has_evidence: None while not
    asked; False when the customer has none, then a person reviews it.
    """
    told = policy.returns.reasons.get(reason or "")
    if not_yet := _order_says(policy, order):
        return not_yet
    if order.signed_at is None:
        return Eligibility("unknown", (policy.returns.says.no_signing,))
    if told is None and solution != "repair":
        return Eligibility("unknown", (policy.returns.says.need_reason,))
    case = _Case(
        policy,
        order,
        item,
        policy.returns.kinds.get(item.kind) or Kind(name=item.kind),
        policy.returns.conditions.get(condition or ""),
        has_evidence,
        window_of(order.signed_at, policy.returns.no_reason.window_days, now, tz),
        window_of(order.signed_at, policy.returns.quality.window_days, now, tz),
        window_of(order.signed_at, warranty_days(policy, item), now, tz),
    )
    answer = _answer(case, told, solution)
    if answer.result in ("eligible", "needs_review"):
        return answer
    possible = _possible(case, told, solution)
    more: list[str] = []
    if possible:
        more.append(case.say("options", options="、".join(policy.solution_names()[one] for one in possible)))
    elif answer.result == "not_eligible" and told is not None and told.window == "no_reason":
        more += _if_it_were_faulty(case)
    if answer.result == "not_eligible":
        more.append(policy.returns.says.person)
    return Eligibility(
        answer.result,
        (*answer.reasons, *more),
        possible,
        None,
        bool(told and told.evidence),
        answer.last_day,
    )


def warranty_days(policy: Policy, item: OrderItem) -> int:
    """Days of free repair: the item's own promise, else its kind's, else the store's."""
    kind = policy.returns.kinds.get(item.kind)
    if item.warranty_days is not None:
        return item.warranty_days
    if kind is not None and kind.warranty_days is not None:
        return kind.warranty_days
    return policy.returns.warranty.default_days


def reasons_needing_evidence(policy: Policy) -> Sequence[str]:
    """Codes of the reasons where photos or a video are asked for (H23)."""
    return [code for code, one in policy.returns.reasons.items() if one.evidence]


def _order_says(policy: Policy, order: Order) -> Eligibility | None:
    """What the state of the order already answers (H19); None when it was signed."""
    says = policy.returns.says
    if order.state == "unpaid":
        return Eligibility("not_eligible", (says.unpaid,))
    if order.state == "paid":
        return Eligibility("not_eligible", (says.before_dispatch,))
    if order.state == "shipped":
        return Eligibility("not_eligible", (says.on_the_way,))
    if order.state in ("cancelled", "refunded"):
        return Eligibility("not_eligible", (says.over_already,))
    return None


def _answer(case: _Case, reason: Reason | None, solution: Solution) -> Eligibility:
    """The policy on exactly this solution, without what else would be possible."""
    misuse = case.condition is not None and case.condition.misuse
    if solution == "repair":
        return _repair(case, reason, misuse)
    assert reason is not None
    if solution not in reason.solutions:
        name = case.policy.solution_names()[solution]
        return Eligibility("not_eligible", (case.say("wrong_solution", solution=name),))
    if reason.window == "no_reason":
        return _no_reason(case, solution)
    window = case.quality
    if misuse and reason.fault == "seller":
        return Eligibility("not_eligible", (case.policy.returns.warranty.misuse_text,), last_day=window.last)
    if not window.inside:
        return Eligibility("not_eligible", (case.say("quality_over", window),), last_day=window.last)
    payer: Payer | None = None if solution == "refund_only" else case.policy.returns.quality.freight
    ok = case.say("quality_today" if window.day == 0 else "quality_ok", window)
    if reason.evidence and case.has_evidence is False:
        review = (case.policy.returns.says.no_evidence, ok)
        return Eligibility(
            "needs_review", review, (solution,), payer, True, window.last, _freight(case, payer)
        )
    return Eligibility(
        "eligible", (ok,), (solution,), payer, reason.evidence, window.last, _freight(case, payer)
    )


def _no_reason(case: _Case, solution: Solution) -> Eligibility:
    """H16"""
    window, kind = case.no_reason, case.kind
    why = kind.why or ""
    if kind.no_reason == "never":
        return Eligibility("not_eligible", (case.say("excluded", why=why),))
    if not window.inside:
        return Eligibility("not_eligible", (case.say("no_reason_over", window),), last_day=window.last)
    if kind.no_reason == "unopened":
        if case.condition is None:
            return Eligibility("unknown", (case.say("need_condition", why=why),), last_day=window.last)
        if case.condition.opened:
            return Eligibility("not_eligible", (case.say("excluded", why=why),), last_day=window.last)
    if case.condition is not None and not case.condition.intact:
        return Eligibility("not_eligible", (case.policy.returns.says.not_intact,), last_day=window.last)
    payer: Payer = case.policy.returns.no_reason.freight
    if payer == "buyer" and case.order.freight_insurance and solution == "return":
        payer = "insurance"
    sentence = case.say("no_reason_today" if window.day == 0 else "no_reason_ok", window)
    freight = _freight(case, payer)
    if case.condition is not None and case.condition.review:
        review = (sentence, case.policy.returns.says.tried_review)
        return Eligibility("needs_review", review, (solution,), payer, False, window.last, freight)
    return Eligibility("eligible", (sentence,), (solution,), payer, False, window.last, freight)


def _freight(case: _Case, payer: Payer | None) -> str | None:
    """Who pays, as a sentence; None when nothing is sent."""
    rule = case.policy.store.freight
    if payer is None:
        return None
    if payer == "insurance":
        return case.say("freight_insurance", amount=f"{rule.insurance_covers:f}")
    if payer == "buyer":
        return case.say("freight_buyer", amount=f"{rule.return_fee_estimate:f}")
    return case.say("freight_seller")


def _if_it_were_faulty(case: _Case) -> list[str]:
    """H22: no return without a reason, but a defect would still be covered."""
    if case.quality.inside:
        return [case.say("quality_hint", case.quality)]
    if case.warranty.days and case.warranty.inside:
        return [case.say("warranty_hint", case.warranty)]
    return []


def _repair(case: _Case, reason: Reason | None, misuse: bool) -> Eligibility:
    """H18: free inside the warranty, offered for money outside; misuse is never free."""
    days, window = case.warranty.days, case.warranty
    if misuse:
        return Eligibility("not_eligible", (case.policy.returns.warranty.misuse_text,), last_day=window.last)
    if days == 0:
        return Eligibility("not_eligible", (case.policy.returns.says.no_warranty,))
    if not window.inside:
        return Eligibility("not_eligible", (case.say("repair_over", window),), last_day=window.last)
    evidence = reason is not None and reason.evidence
    at_home = visited_at_home(
        case.policy.repairs.visits, case.item.kind
    )  # nothing is sent, nothing is fetched
    freight = case.say("repair_home") if at_home else _freight(case, "seller")
    ok = case.say("repair_ok", window)
    return Eligibility("eligible", (ok,), ("repair",), "seller", evidence, window.last, freight)


def _possible(case: _Case, reason: Reason | None, asked: Solution) -> tuple[Solution, ...]:
    """Other solutions that the policy lets this customer have now, in the reason's order."""
    if reason is None:
        return ()
    candidates = [one for one in reason.solutions if one != asked]
    return tuple(
        one for one in candidates if _answer(case, reason, one).result in ("eligible", "needs_review")
    )
