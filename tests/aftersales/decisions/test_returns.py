"""The flow of returns, decision by decision: what is asked, what is possible, what is read back and written (H16-H23, H28)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from aftersales.decisions import CHOICES, DECISIONS, WRITES, Inputs
from aftersales.order_system.port import Order, OrderItem, ReturnDraft
from aftersales.policy.followups import DeadlineName
from aftersales.policy.names import policy_names
from aftersales.policy.returns import SOLUTIONS
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import (
    LABELS,
    POLICY,
    SHIRT,
    case,
    decide,
    order,
    request,
    written,
)

ROBOT = OrderItem("1", "扫地机器人", "SDJ-R2", 1, Decimal("1499.00"), "small_appliance", spec="白色")
PHONE = OrderItem("1", "手机", "SJ-A1", 1, Decimal("2699.00"), "phone")


def signed(item: OrderItem = ROBOT, *, days: int = 3, **more: Any) -> Order:
    return order("signed", items=[item], signed_at=START - timedelta(days=days), **more)


def told(of: Order | None = None, *, item: OrderItem | None = None, **slots: Any) -> Inputs:
    """A return of the first line, with these answers."""
    bought = of or signed()
    facts = slots.pop("facts", {})
    requests = slots.pop("requests", ())
    words = slots.pop("words", "")
    return case(
        bought, item=item or bought.items[0], slots=slots, facts=facts, requests=requests, words=words
    )


SHIRT_SIGNED = signed(OrderItem("1", "T恤", "TX-1", 1, Decimal("99.00"), "apparel"))
GOODS_STATES: list[tuple[Inputs, str, dict[str, str]]] = [
    (told(reason="no_reason", condition="opened"), "settled", {}),
    (told(reason="no_reason", condition="tried"), "traces", {}),
    (told(reason="no_reason", condition="tried", traces="none"), "settled", {}),
    (told(reason="no_reason", condition="tried", traces="some"), "settled", {"condition": "used"}),
    (told(reason="no_reason", condition="used", traces="none"), "settled", {"condition": "tried"}),
    (told(SHIRT_SIGNED, reason="no_reason", condition="tried"), "settled", {"condition": "opened"}),
    (told(reason="quality", condition="tried"), "settled", {"condition": "used"}),
    (told(signed(PHONE), item=PHONE, reason="no_reason", condition="tried"), "settled", {}),
]


@pytest.mark.parametrize(("inputs", "outcome", "slots"), GOODS_STATES)
def test_what_was_tried_once_is_judged_by_its_kind_and_its_traces(
    inputs: Inputs, outcome: str, slots: dict[str, str]
) -> None:
    found = decide("goods_state", inputs)
    assert found.outcome == outcome
    assert dict(found.slots) == slots


def test_what_was_tried_without_traces_goes_back_after_a_review() -> None:
    inputs = told(reason="no_reason", condition="tried", traces="none", solution="return")
    found = decide("return_summary", inputs)
    assert "试用过，没有使用痕迹" in found.values["condition_told"]
    draft = WRITES["request_return"].draft(inputs)
    assert draft["review"] is True
    assert "试用过，没有使用痕迹" in draft["description"]


def test_what_lacks_is_sent_after_part_by_part() -> None:
    known = {"reason": "missing", "solution": "exchange", "pieces": "一个盖子、一只碗", "evidence": "none"}
    assert decide("return_summary", told(**known)).values["solution"].endswith("一个盖子、一只碗")
    refund = decide("return_summary", told(**{**known, "solution": "refund_only"}))
    assert "盖子" not in refund.values["solution"]


STARTS: list[tuple[Inputs, str]] = [
    (told(requests=[request("exchange", item_id="1")]), "open"),
    (told(requests=[request("exchange", item_id="1")], solution="return"), "change"),
    (told(requests=[request("repair", item_id="1")], facts={"category": "return.request"}), "change"),
    (told(requests=[request("return", item_id="1")], solution="refund_only"), "open"),
    (told(requests=[request("claim")]), "claimed"),
    (told(requests=[request("claim")], reason="quality"), "signed"),
    (told(), "signed"),
    (told(order("paid"), solution="exchange"), "early_change"),
    (told(order("paid"), solution="exchange", size="28寸"), "early_change"),
    (told(order("paid"), solution="exchange", colour="黑色"), "early_change"),
    (told(order("paid"), solution="repair", size="28寸"), "early_wish"),
    (told(order("paid"), solution="exchange", size="28寸", reason="quality"), "early_wish"),
    (told(order("shipped"), solution="exchange", size="28寸"), "early_shipped"),
    (told(order("shipped"), solution="exchange", reason="quality"), "early_wish"),
    (told(order("shipped"), solution="repair"), "early_wish"),
    (told(order("paid")), "not_dispatched"),
    (told(order("unpaid"), solution="return"), "not_dispatched"),
    (told(order("unpaid"), solution="exchange"), "not_in_hand"),
    (told(order("shipped")), "on_the_way"),
    (told(order("cancelled"), solution="exchange"), "over"),
    (told(order("refunded")), "over"),
]


@pytest.mark.parametrize(("inputs", "outcome"), STARTS)
def test_how_it_begins(inputs: Inputs, outcome: str) -> None:
    assert decide("return_start", inputs).outcome == outcome


def test_every_beginning_occurs() -> None:
    assert {outcome for _, outcome in STARTS} == set(DECISIONS["return_start"].outcomes)


@pytest.mark.parametrize(
    "made",
    [
        request("return", "done", item_id="1"),
        request("return", "withdrawn", item_id="1"),
        request("return", item_id="2"),
        request("cancel", item_id="1"),
        request("urge", item_id="1"),
    ],
)
def test_only_an_open_request_for_this_item_answers(made: Any) -> None:
    assert decide("return_start", told(requests=[made])).outcome == "signed"


def test_the_open_request_is_named() -> None:
    made = request("exchange", "approved", item_id="1", item="扫地机器人")
    found = decide("return_start", told(requests=[made]))
    assert found.slots == {"request_no": made.request_no}
    assert found.values["solution"] == "换货"
    assert found.values["request_state"] == "已通过"
    assert found.values["next"] == made.next


def test_before_signing_the_wish_is_noted_for_a_person() -> None:
    found = decide(
        "return_start", told(order("shipped"), solution="exchange", reason="quality", words="想换大一码的")
    )
    assert found.values["kind"] == "换货"
    assert found.values["noted"] == "想换大一码的"
    assert found.facts["demand"] == "换货"


@pytest.mark.parametrize(("state", "hint"), [("paid", "取消"), ("unpaid", "没有付款"), ("shipped", "拒收")])
def test_before_signing_the_other_way_is_told(state: str, hint: str) -> None:
    found = decide("return_start", told(order(state)))
    assert hint in found.values["reasons"]
    assert "专员" not in found.values["reasons"]
    assert found.facts["policy"]["result"] == "not_eligible"


@pytest.mark.parametrize(
    ("reason", "category", "responsibility"),
    [
        ("quality", "product.quality", "product"),
        ("wrong", "product.wrong", "product"),
        ("missing", "product.wrong", "product"),
        ("damaged", "logistics.damaged", "logistics"),
        ("mismatch", "product.mismatch", "product"),
        ("no_reason", "return.request", None),
        ("size", "return.request", None),
    ],
)
def test_the_reason_decides_the_category(reason: str, category: str, responsibility: str | None) -> None:
    found = decide("return_reason", told(reason=reason, facts={"category": "return.request"}))
    assert found.facts["category"] == category
    assert found.facts.get("responsibility") == responsibility
    assert found.outcome == ("free" if responsibility is None else "fault")
    assert bool(found.values["fault"]) == (responsibility is not None)


@pytest.mark.parametrize(
    ("before", "reason", "category"),
    [
        ("exchange.request", "size", "exchange.request"),
        ("exchange.request", "no_reason", "exchange.request"),
        ("exchange.request", "quality", "product.quality"),
        ("repair.request", "quality", "repair.request"),
        ("repair.request", "damaged", "logistics.damaged"),
        ("order.invoice", "size", "return.request"),
    ],
)
def test_a_wished_exchange_or_repair_keeps_its_category(before: str, reason: str, category: str) -> None:
    assert (
        decide("return_reason", told(reason=reason, facts={"category": before})).facts["category"] == category
    )


@pytest.mark.parametrize(
    ("item", "days", "reason", "hint"),
    [
        (ROBOT, 10, "no_reason", "质量问题"),
        (SHIRT, 2, "no_reason", "定制"),
        (SHIRT, 2, "size", "定制"),
        (ROBOT, 30, "damaged", "15 天"),
    ],
)
def test_out_of_policy_is_told_at_once(item: OrderItem, days: int, reason: str, hint: str) -> None:
    found = decide("return_reason", told(signed(item, days=days), reason=reason))
    assert found.outcome == "impossible"
    assert hint in found.values["reasons"]
    assert POLICY.returns.says.person not in found.values["reasons"]
    assert found.facts["policy"]["result"] == "not_eligible"


@pytest.mark.parametrize(
    ("reason", "question", "shown"),
    [
        ("quality", "quality", ["used", "opened", "misuse"]),
        ("damaged", "arrived", ["opened", "used", "unopened"]),
        ("no_reason", "plain", ["unopened", "opened", "tried", "used", "misuse"]),
        ("size", "plain", ["unopened", "opened", "tried", "used", "misuse"]),
    ],
)
def test_the_question_about_the_state_fits_the_reason(reason: str, question: str, shown: list[str]) -> None:
    inputs = told(reason=reason)
    assert decide("return_reason", inputs).slots["condition_question"] == question
    assert list(CHOICES["return_conditions"].run(inputs)) == shown


@pytest.mark.parametrize(
    ("before", "condition", "cleared"),
    [
        ("plain", "unopened", True),  # whether it was unpacked says nothing about how it was used
        ("plain", "opened", False),
        ("quality", "unopened", False),  # said in the customer's own words to this very question
        (None, "unopened", False),
    ],
)
def test_a_changed_reason_forgets_a_state_that_its_question_does_not_know(
    before: str | None, condition: str, cleared: bool
) -> None:
    found = decide("return_reason", told(reason="quality", condition=condition, condition_question=before))
    assert ("condition" in found.slots) is cleared


@pytest.mark.parametrize(
    ("inputs", "outcome"),
    [
        (told(reason="quality", condition="used"), "needed"),
        (told(reason="no_reason", condition="unopened"), "not_needed"),
        (told(reason="no_reason", condition="used"), "impossible"),
        (told(signed(PHONE), reason="no_reason", condition="opened"), "impossible"),
        (told(signed(PHONE), reason="no_reason", condition="unopened"), "not_needed"),
        (told(reason="quality", condition="misuse"), "paid"),
    ],
)
def test_evidence_is_asked_for_where_the_policy_wants_it(inputs: Inputs, outcome: str) -> None:
    assert decide("return_evidence", inputs).outcome == outcome


@pytest.mark.parametrize(
    ("inputs", "outcome"),
    [
        (told(reason="quality", condition="used"), "open"),
        (told(reason="quality", condition="used", solution="repair"), "open"),
        (told(reason="no_reason", condition="unopened", solution="exchange"), "refused"),
        (told(signed(days=30), reason="quality", condition="used", solution="exchange"), "refused"),
        (told(reason="no_reason", condition="used", solution="return"), "impossible"),
    ],
)
def test_a_wish_is_kept_or_refused_with_what_is_possible(inputs: Inputs, outcome: str) -> None:
    found = decide("return_wish", inputs)
    assert found.outcome == outcome
    assert found.slots == ({"solution": None} if outcome == "refused" else {})
    assert bool(found.values["reasons"]) == (outcome != "open")
    if outcome == "refused":
        assert "现在可以为您办理" in found.values["reasons"]


def test_several_solutions_are_asked_and_the_only_one_is_taken() -> None:
    several = told(reason="quality", condition="used", evidence=["u_1"])
    assert decide("return_solution", several).outcome == "several"
    assert CHOICES["return_solutions"].run(several) == {
        "exchange": "换货",
        "return": "退货退款",
        "repair": "维修",
    }
    only = decide("return_solution", told(reason="no_reason", condition="unopened"))
    assert (only.outcome, only.slots, only.facts["demand"]) == ("decided", {"solution": "return"}, "退货退款")
    late = told(signed(days=200), reason="quality", condition="used", evidence="none")
    found = decide("return_solution", late)
    assert found.slots == {"solution": "repair"}
    assert "保修 365 天" in found.values["reasons"]


def test_the_only_way_left_does_not_stand_for_what_the_customer_asked() -> None:
    asked = {"demand": "换货"}
    late = told(signed(days=20), facts=asked, reason="quality", condition="used", evidence="none")
    found = decide("return_solution", late)
    assert (found.slots, found.facts.get("demand")) == ({"solution": "repair"}, None)


def test_the_reasons_leave_the_freight_to_the_read_back() -> None:
    inputs = told(signed(freight_insurance=True), reason="no_reason", condition="unopened", solution="return")
    assert "运费" not in decide("return_solution", inputs).values["reasons"]
    read_back = decide("return_summary", inputs).values
    assert "运费" not in read_back["reasons"]
    assert "运费险" in read_back["freight"]
    seller = told(reason="quality", condition="used", evidence=["u_1"], solution="return")
    assert "我们承担" in decide("return_summary", seller).values["freight"]
    nothing_sent = told(reason="missing", condition="opened", evidence=["u_1"], solution="refund_only")
    assert decide("return_summary", nothing_sent).values["freight"] == ""


def test_the_read_back_names_everything() -> None:
    inputs = told(
        order("signed", items=[SHIRT]),
        reason="quality",
        condition="used",
        evidence=["a", "b"],
        solution="exchange",
        quantity=1,
        colour="黑色",
        size="XL",
    )
    assert decide("return_summary", inputs).values == {
        "goods": "定制T恤",
        "reasons": "您今天刚签收，在质量问题 15 天包退换期限内（到12月7日）。",
        "reason": "质量问题",
        "fault_told": "",
        "condition_told": "，用过了，正常使用",
        "solution": "换货",
        "photos": "2 份",
        "freight": "\n来回运费由我们承担。",
        "details": "（1 件，要黑色，要XL）",
        "wished": "",
    }


def test_the_fault_and_the_wish_stand_in_the_read_back_and_the_request() -> None:
    inputs = replace(
        told(
            order("signed", items=[SHIRT]),
            reason="quality",
            condition="opened",
            evidence="none",
            solution="exchange",
            wished_time="12月8日（星期二）前",
        ),
        faults=("福字印歪了", "两件都歪"),
    )
    read_back = decide("return_summary", inputs).values
    assert read_back["fault_told"] == "（福字印歪了、两件都歪）"
    assert "12月8日（星期二）前" in read_back["wished"]
    written = WRITES["request_return"].draft(inputs)["description"]
    assert "福字印歪了、两件都歪" in written
    assert "12月8日（星期二）前" in written


def test_what_nobody_is_to_blame_for_has_no_fault() -> None:
    inputs = replace(told(reason="no_reason", condition="unopened", solution="return"), faults=("不喜欢",))
    assert decide("return_summary", inputs).values["fault_told"] == ""


def test_only_a_part_is_sent_where_the_policy_says_so() -> None:
    damaged = told(reason="damaged", condition="opened", evidence="none", part="两个碗")
    found = decide("return_part", damaged)
    assert (found.outcome, found.slots) == ("resent", {"solution": "exchange"})
    wished = told(reason="damaged", condition="opened", evidence="none", part="两个碗", solution="exchange")
    read_back = decide("return_summary", wished).values
    assert read_back["solution"] == "补发两个碗"
    assert "不用寄回" in read_back["freight"]
    draft = WRITES["request_return"].draft(wished)
    assert draft["solution"] == "resend"
    assert draft["quantity"] is None
    assert "两个碗" in draft["description"]


def test_a_part_is_dropped_for_another_wish_and_refused_where_none_is_sent() -> None:
    money = told(reason="damaged", condition="opened", evidence="none", part="两个碗", solution="return")
    assert decide("return_part", money).slots == {"part": None}
    assert decide("return_summary", money).values["solution"] == "退货退款"
    differs = told(reason="mismatch", condition="opened", evidence="none", part="两个碗", solution="exchange")
    refused = decide("return_part", differs)
    assert (refused.outcome, refused.slots) == ("not_resent", {"part": None, "solution": None})
    assert "换货" in refused.values["options"]


def test_what_never_arrived_has_no_state() -> None:
    inputs = told(order("signed", items=[SHIRT]), reason="missing", evidence=["a"], solution="exchange")
    assert decide("return_summary", inputs).values["condition_told"] == ""


def test_a_colour_in_a_return_is_no_wish() -> None:
    inputs = told(reason="no_reason", condition="unopened", solution="return", colour="白色", quantity="all")
    assert decide("return_summary", inputs).values["details"] == "（1 件）"


@pytest.mark.parametrize(
    ("reason", "evidence", "named"),
    [("quality", "none", "暂无，人工审核"), ("no_reason", None, "不需要"), ("no_reason", ["u"], "1 份")],
)
def test_how_evidence_is_named(reason: str, evidence: Any, named: str) -> None:
    inputs = told(reason=reason, condition="opened", evidence=evidence, solution="return")
    assert decide("return_summary", inputs).values["photos"] == named


def test_what_is_missing_is_sent_not_exchanged() -> None:
    inputs = told(reason="missing", condition="opened", evidence="none", solution="exchange")
    assert decide("return_summary", inputs).values["solution"] == "补发"
    assert CHOICES["return_solutions"].run(inputs)["exchange"] == "补发"


@pytest.mark.parametrize(
    ("evidence", "reason", "review"),
    [("none", "quality", True), (["u_1"], "quality", False), (None, "no_reason", False)],
)
def test_what_is_written(evidence: Any, reason: str, review: bool) -> None:
    inputs = told(
        reason=reason,
        condition="opened",
        evidence=evidence,
        solution="return",
        facts={"description": "左边不动了"},
        quantity=1,
    )
    draft = ReturnDraft(**WRITES["request_return"].draft(inputs))
    assert draft.review is review
    assert draft.evidence == (("u_1",) if isinstance(evidence, list) else ())
    assert draft.description == "左边不动了；1 件"
    assert draft.freight_payer == ("seller" if reason == "quality" else "buyer")
    assert (draft.order_no, draft.item_id, draft.solution) == ("202611010007", "1", "return")


def test_what_is_said_after_the_write() -> None:
    inputs = told(reason="missing", condition="opened", evidence="none", solution="exchange")
    made = request("resend", item_id="1", item="扫地机器人")
    found = written("request_return", inputs, made)
    assert (found.outcome, found.values["solution"], found.facts) == ("done", "补发", {"demand": "补发"})
    assert WRITES["request_return"].summary(inputs, made) == "扫地机器人：少件漏发，补发"


def test_another_open_request_is_the_answer_then() -> None:
    inputs = told(reason="quality", condition="used", evidence="none", solution="exchange")
    found = written("request_return", inputs, request("repair", item_id="1", repeated=True))
    assert (found.outcome, found.values["solution"]) == ("other_open", "维修")


@pytest.mark.parametrize("reason", [None, *POLICY.returns.reasons, "nonsense"])
@pytest.mark.parametrize("condition", [None, *POLICY.returns.conditions])
@pytest.mark.parametrize("kind", ["phone", "custom", "shoes", "a kind nobody knows"])
def test_every_answer_is_whole(reason: str | None, condition: str | None, kind: str) -> None:
    item = OrderItem("1", "商品", "X", 1, Decimal("9.00"), kind)
    for days in (0, 7, 8, 15, 16, 400):
        for wish in (None, *SOLUTIONS):
            inputs = told(signed(item, days=days), reason=reason, condition=condition, solution=wish)
            for name in (
                "return_start",
                "return_reason",
                "return_evidence",
                "return_wish",
                "return_solution",
            ):
                decide(name, inputs)
            decide("return_summary", inputs)


def test_the_names_of_all_choices() -> None:
    names = policy_names(POLICY)
    assert names["reason"] == CHOICES["return_reasons"].run(told())
    assert names["solution"]["return"] == "退货退款"
    assert set(names["condition"]) == set(POLICY.returns.conditions)
    assert set(LABELS["condition_quality"]) <= set(names["condition"])
    assert set(names["deadline"]) == set(get_args(DeadlineName))
    assert names["deadline"]["first_response"] == "首次回复"
