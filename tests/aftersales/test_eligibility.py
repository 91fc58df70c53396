"""What the policy allows, on the day it matters (H16-H18, H22)."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.eligibility import Eligibility, check_solution, warranty_days
from aftersales.order_system.port import Order, OrderItem
from aftersales.policy import Policy, load_policy
from aftersales.policy.returns import SOLUTIONS, Solution
from tests.aftersales.conftest import ROOT, START, TZ

POLICY = load_policy(ROOT / "data" / "policy")
ITEM = OrderItem("1", "扫地机器人", "R2", 1, Decimal("1499.00"), "small_appliance", warranty_days=365)


def order(signed_at: datetime | None = START, item: OrderItem = ITEM, **more: object) -> Order:
    fields: dict[str, object] = {"state": "signed", "signed_at": signed_at, **more}
    return Order(
        order_no="1",
        phone="13900005678",
        name="李静怡",
        address="上海市",
        total=Decimal("1499.00"),
        payment_method="wechat",
        items=(item,),
        created_at=START,
        **fields,  # type: ignore[arg-type]
    )


def local(year: int, month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=TZ).astimezone(timezone.utc)


def ask(
    now: datetime,
    *,
    solution: Solution = "return",
    reason: str | None = "no_reason",
    condition: str | None = None,
    has_evidence: bool | None = None,
    of: Order | None = None,
) -> Eligibility:
    asked = of or order()
    return check_solution(
        POLICY,
        asked,
        asked.items[0],
        solution=solution,
        reason=reason,
        now=now,
        tz=TZ,
        condition=condition,
        has_evidence=has_evidence,
    )


@pytest.mark.parametrize("signed_hour", [0, 12, 23])
@pytest.mark.parametrize(
    ("solution", "reason", "days"),
    [("return", "no_reason", 7), ("exchange", "quality", 15), ("repair", "quality", 365)],
)
def test_the_last_day_counts_whole_in_store_time(
    solution: Solution, reason: str, days: int, signed_hour: int
) -> None:
    signed = local(2026, 11, 1, signed_hour, 30)
    last = date(2026, 11, 1) + timedelta(days=days)
    bought = order(signed)
    in_time = ask(
        local(last.year, last.month, last.day, 23, 59, 59), solution=solution, reason=reason, of=bought
    )
    too_late = ask(
        local(last.year, last.month, last.day, 23, 59, 59) + timedelta(seconds=1),
        solution=solution,
        reason=reason,
        of=bought,
    )
    assert (in_time.result, in_time.last_day) == ("eligible", last)
    assert too_late.result == "not_eligible"
    assert f"{last.month}月{last.day}日" in too_late.text


def test_the_day_is_the_store_s_not_the_machine_s() -> None:
    signed = datetime(2026, 11, 1, 16, 30, tzinfo=timezone.utc)  # the 2nd in the store
    assert ask(datetime(2026, 11, 9, 15, 59, tzinfo=timezone.utc), of=order(signed)).result == "eligible"
    assert ask(datetime(2026, 11, 9, 16, 0, tzinfo=timezone.utc), of=order(signed)).result == "not_eligible"


@pytest.mark.parametrize(
    ("kind", "condition", "result"),
    [
        ("custom", None, "not_eligible"),
        ("custom", "unopened", "not_eligible"),
        ("fresh", "unopened", "not_eligible"),
        ("phone", None, "unknown"),
        ("phone", "unopened", "eligible"),
        ("phone", "opened", "not_eligible"),
        ("underwear", "opened", "not_eligible"),
        ("apparel", "opened", "eligible"),
        ("apparel", "used", "not_eligible"),
        ("apparel", "misuse", "not_eligible"),
        ("a kind nobody knows", "opened", "eligible"),
    ],
)
def test_excluded_kinds_and_the_item_s_state(kind: str, condition: str | None, result: str) -> None:
    answer = ask(START, condition=condition, of=order(item=replace(ITEM, kind=kind)))
    assert answer.result == result
    if result == "not_eligible":
        assert "质量问题" in answer.text
        assert "专员" in answer.text


@pytest.mark.parametrize(
    ("state", "hint"),
    [("unpaid", "没有付款"), ("paid", "取消"), ("shipped", "拒收"), ("cancelled", "已经取消")],
)
def test_before_signing_another_way_is_told(state: str, hint: str) -> None:
    answer = ask(START, of=order(None, state=state))
    assert answer.result == "not_eligible"
    assert hint in answer.text


def test_what_is_not_known_is_unknown() -> None:
    assert ask(START, reason=None).result == "unknown"
    assert ask(START, reason="nonsense").result == "unknown"
    assert ask(START, of=order(None)).result == "unknown"


def test_who_pays_the_freight() -> None:
    insured = order(freight_insurance=True)
    assert ask(START).freight_payer == "buyer"
    assert ask(START, of=insured).freight_payer == "insurance"
    assert ask(START, solution="exchange", reason="size", of=insured).freight_payer == "buyer"
    for reason in ("quality", "wrong", "mismatch", "damaged"):
        assert ask(START, reason=reason, of=insured).freight_payer == "seller"
    assert ask(START, solution="refund_only", reason="missing").freight_payer is None


def test_the_freight_is_a_sentence_of_its_own() -> None:
    for answer in (ask(START), ask(START, reason="quality"), ask(START, reason="quality", solution="repair")):
        assert answer.freight is not None
        assert "运费" in answer.freight
        assert not any("运费" in one for one in answer.reasons)
        assert answer.text == "".join(answer.reasons) + answer.freight
    assert ask(START, solution="refund_only", reason="missing").freight is None
    assert ask(START + timedelta(days=8)).freight is None


@pytest.mark.parametrize("reason", ["quality", "wrong", "missing", "damaged", "mismatch"])
def test_without_evidence_a_person_reviews(reason: str) -> None:
    assert ask(START, reason=reason).evidence_needed
    assert ask(START, reason=reason, has_evidence=True).result == "eligible"
    answer = ask(START, reason=reason, has_evidence=False)
    assert answer.result == "needs_review"
    assert "人工审核" in answer.text


def test_out_of_the_exchange_window_the_repair_is_offered() -> None:
    fridge = order(START - timedelta(days=200))
    answer = ask(START, solution="exchange", reason="quality", of=fridge)
    assert (answer.result, answer.possible) == ("not_eligible", ("repair",))
    assert "维修" in answer.text
    assert "公司规定" not in answer.text
    assert ask(START, solution="repair", reason="quality", of=fridge).freight_payer == "seller"


def test_misuse_is_repaired_for_money() -> None:
    for solution in ("return", "exchange", "repair"):
        answer = ask(START, solution=solution, reason="quality", condition="misuse")  # type: ignore[arg-type]
        assert answer.result == "not_eligible"
        assert "付费维修" in answer.text


def test_a_solution_that_does_not_fit_names_those_that_do() -> None:
    answer = ask(START, solution="refund_only", reason="quality")
    assert answer.result == "not_eligible"
    assert answer.possible == ("exchange", "return", "repair")
    assert "换货、退货退款、维修" in answer.text


def test_warranty_is_the_item_s_then_the_kind_s_then_the_store_s(policy: Policy) -> None:
    assert warranty_days(policy, ITEM) == 365
    assert warranty_days(policy, replace(ITEM, warranty_days=None, kind="tableware")) == 30
    assert warranty_days(policy, replace(ITEM, warranty_days=None, kind="?")) == 365
    assert "没有免费保修" in ask(START, solution="repair", of=order(item=replace(ITEM, warranty_days=0))).text


@given(
    age=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=800)),
    reason=st.sampled_from([None, *POLICY.returns.reasons]),
    solution=st.sampled_from(SOLUTIONS),
    condition=st.sampled_from([None, *POLICY.returns.conditions]),
    kind=st.sampled_from(list(POLICY.returns.kinds)),
    evidence=st.sampled_from([None, True, False]),
)
def test_every_answer_is_whole(
    age: timedelta,
    reason: str | None,
    solution: Solution,
    condition: str | None,
    kind: str,
    evidence: bool | None,
) -> None:
    bought = order(START - age, item=replace(ITEM, kind=kind, warranty_days=None))
    answer = ask(
        START, solution=solution, reason=reason, condition=condition, has_evidence=evidence, of=bought
    )
    assert answer.reasons
    assert all(one and "{" not in one for one in answer.reasons)
    if answer.result in ("eligible", "needs_review"):
        assert answer.possible == (solution,)
        assert answer.last_day is not None
        assert answer.last_day >= START.astimezone(TZ).date()
    else:
        assert answer.freight_payer is None
        assert solution not in answer.possible
    for other in answer.possible:
        again = ask(
            START, solution=other, reason=reason, condition=condition, has_evidence=evidence, of=bought
        )
        assert again.result in ("eligible", "needs_review")
    assert answer.as_policy() == {"result": answer.result, "reasons": list(answer.sentences)}


@given(
    early=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)),
    more=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)),
    reason=st.sampled_from(["no_reason", "quality"]),
)
def test_waiting_never_makes_it_eligible_again(early: timedelta, more: timedelta, reason: str) -> None:
    if ask(START + early, reason=reason).result == "not_eligible":
        assert ask(START + early + more, reason=reason).result == "not_eligible"
