"""Returns, policies, presale and complaint as flows, command by command: what is said, shown, written and offered."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from aftersales.order_system.port import Order, OrderItem, Product, Refused
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import POLICY, SHIRT, order, request
from tests.aftersales.decisions.goods import COAT, COOKER, COUPON
from tests.dialogue.order_stage import OneOrder, Stage

ROBOT = OrderItem("1", "扫地机器人", "SDJ-R2", 1, Decimal("1499.00"), "small_appliance", spec="白色")


@dataclass
class Shop(OneOrder):
    """An order and a catalogue of one product."""

    catalogue: tuple[Product, ...] = ()

    def get(self, what: str, *arguments: Any) -> Any:
        if what == "products":
            return list(self.catalogue)
        if what == "product":
            return next((one for one in self.catalogue if one.sku == arguments[0]), None)
        return [COUPON] if what == "promotions" else super().get(what, *arguments)


def stage(of: Order | None = None, **outside: Any) -> Stage:
    return Stage(Shop(order_=of or signed(), **outside))


def signed(item: OrderItem = ROBOT, days: int = 3, **more: Any) -> Order:
    return order("signed", items=[item], signed_at=START - timedelta(days=days), **more)


def value(on: Stage, name: str) -> str:
    """What filled a placeholder of the last sentence that has it."""
    return next(one.values[name] for one in reversed(on.said) if name in one.values)


def shown(on: Stage) -> list[str]:
    """The choices under the last sentence."""
    return [one.title for one in on.said[-1].buttons]


# -- return -----------------------------------------------------------------------------------------------------------
def test_a_return_without_a_reason_goes_all_the_way() -> None:
    on = stage(signed(freight_insurance=True), answer=request("return", item_id="1", item="扫地机器人"))
    assert on.play("start(return)", "return_request") == ["utter_ask_reason"]
    assert "质量问题" in shown(on)
    assert on.play("set(reason=no_reason)") == ["utter_ask_condition"]
    assert on.play("set(condition=unopened)") == ["utter_eligibility", "utter_return_confirm"]
    assert "第 3 天" in on.said[0].values["reasons"]
    assert "运费" not in on.said[0].values["reasons"]
    assert "运费险" in value(on, "freight")
    draft = on.state.frames[0].draft
    assert on.play("set(ok=yes)") == ["effect:return_requested", "card:request", "utter_return_submitted"]
    name, key, written = on.outside.writes[0]
    assert (name, key) == ("request_return", draft)
    assert (written["reason"], written["solution"], written["freight_payer"]) == (
        "no_reason",
        "return",
        "insurance",
    )
    assert on.state.frames == []


def test_a_fault_asks_for_its_state_evidence_and_solution() -> None:
    on = stage(answer=request("exchange", item_id="1"))
    told = on.play("start(return, reason=quality)", "quality_fault")
    assert told == ["utter_return_sorry", "utter_ask_condition_quality"]
    assert on.state.facts["category"] == "product.quality"
    assert on.play("set(condition=used)") == ["utter_ask_evidence"]
    assert on.play("set(evidence=u_1)")[-2:] == ["utter_eligibility", "utter_ask_solution"]
    assert shown(on) == ["换货", "退货退款", "维修"]
    assert on.play("set(solution=exchange)") == ["utter_return_confirm"]
    assert value(on, "photos") == "1 份"
    assert on.state.facts["demand"] == "换货"
    on.play("set(ok=yes)")
    assert on.outside.writes[0][2]["evidence"] == ("u_1",)
    assert on.outside.writes[0][2]["review"] is False


def test_without_a_picture_a_person_reviews() -> None:
    on = stage(answer=request("exchange", item_id="1"))
    on.play("start(return, reason=damaged, solution=exchange)", "parcel_damaged")
    assert on.play("set(condition=opened)") == ["utter_ask_evidence"]
    told = on.play("skip(evidence)")
    assert told == ["utter_evidence_skipped", "utter_eligibility", "utter_return_confirm"]
    assert "人工审核" in value(on, "reasons")
    on.play("set(ok=yes)")
    assert on.outside.writes[0][2]["review"] is True


def test_an_open_request_answers_with_its_card() -> None:
    on = stage(requests_=[request("exchange", item_id="1", item="扫地机器人")])
    assert on.play("start(return)", "exchange_request") == ["card:request", "utter_request_open"]
    assert value(on, "request_state") == POLICY.requests.states["submitted"]
    assert on.state.frames == []


def test_something_else_than_the_open_request_changes_it_after_a_yes() -> None:
    changed = request("return", item_id="1", item="扫地机器人")
    on = stage(
        requests_=[request("exchange", item_id="1", item="扫地机器人", reason="quality")], answer=changed
    )
    assert on.play("start(return)", "return_request") == ["utter_request_change_confirm"]
    assert value(on, "kind") == "退货退款"
    assert on.play("set(swap=yes)") == ["effect:request_changed", "card:request", "utter_request_changed"]
    ((name, _, draft),) = on.outside.writes
    assert (name, draft["solution"], draft["request_no"]) == ("change_request", "return", "EX261122000001")


def test_a_change_that_comes_too_late_is_for_a_person() -> None:
    received = request("exchange", "received", item_id="1", item="扫地机器人", reason="quality")
    on = stage(requests_=[received])
    assert on.play("start(return)", "return_request") == ["card:request", "utter_request_change_late"]
    assert on.play("set(ok=yes)") == ["utter_handoff_requested", "handoff:requested"]


def test_not_returning_after_all_takes_the_request_back_after_a_yes() -> None:
    made = request("return", item_id="1", item="扫地机器人", reason="quality")
    on = stage(requests_=[made], answer=request("return", "withdrawn", item_id="1", item="扫地机器人"))
    assert on.play("start(return, undo=yes)", "stop_form") == ["utter_withdraw_confirm"]
    assert on.play("set(ok=yes)") == ["effect:request_withdrawn", "card:request", "utter_withdrawn"]
    assert [(name, draft["request_no"]) for name, _, draft in on.outside.writes] == [
        ("withdraw", made.request_no)
    ]
    late = stage(requests_=[request("return", "received", item_id="1", item="扫地机器人")])
    assert late.play("start(withdraw)") == ["card:request", "utter_withdraw_too_late"]
    assert stage().play("start(return, undo=yes)", "stop_form") == ["utter_ok_not_done"]


@pytest.mark.parametrize(
    ("state", "commands", "told", "flow"),
    [
        ("paid", "start(return)", ["utter_eligibility", "utter_return_before_dispatch"], "offer"),
        ("shipped", "start(return)", ["utter_eligibility"], ""),
        ("shipped", "start(return, solution=exchange)", ["utter_context_exchange_shipped"], ""),
        ("shipped", "start(return, solution=repair)", ["utter_exchange_person"], "offer"),
        ("cancelled", "start(return, solution=exchange)", ["utter_eligibility"], ""),
    ],
)
def test_before_signing(state: str, commands: str, told: list[str], flow: str) -> None:
    on = stage(order(state))
    assert on.play(commands, "return_request") == told
    assert [one.flow for one in on.state.frames] == ([flow] if flow else [])


def test_not_dispatched_a_yes_begins_the_cancellation() -> None:
    on = stage(order("paid"))
    on.play("start(return)", "return_request")
    assert on.play("set(ok=yes)")[-1] == "utter_cancel_confirm"


def test_out_of_policy_offers_a_person() -> None:
    for of, commands in (
        (signed(days=10), "start(return, reason=no_reason)"),
        (signed(SHIRT), "start(return, reason=size, solution=exchange)"),
    ):
        on = stage(of)
        assert on.play(commands, "return_request") == ["utter_eligibility", "utter_return_not_possible"]
        assert on.play("set(ok=yes)")[-1] == "handoff:out_of_policy"


def test_opened_is_out_of_policy_once_it_is_known() -> None:
    on = stage(signed(replace(ROBOT, kind="phone")))
    on.play("start(return, reason=no_reason)", "return_request")
    assert on.play("set(condition=opened)") == ["utter_eligibility", "utter_return_not_possible"]


def test_out_of_the_window_only_the_repair_is_left_and_taken() -> None:
    on = stage(signed(days=200), answer=request("repair", item_id="1"))
    on.play("start(return, reason=quality)", "quality_fault")
    on.play("set(condition=used)")
    assert on.play("skip(evidence)")[-2:] == ["utter_eligibility", "utter_return_confirm"]
    assert value(on, "solution") == "维修"
    on.play("set(ok=yes)")
    assert on.outside.writes[0][2]["solution"] == "repair"


def test_who_asks_for_a_repair_is_not_asked_why() -> None:
    on = stage()
    told = on.play("start(return, solution=repair)", "repair_request")
    assert told == [
        "utter_ask_symptom"
    ]  # what is wrong, not why it is to be repaired: a simple fault is tried first
    told = on.play("set(symptom=other)")
    assert told[-1] == "utter_ask_condition_quality"
    assert on.state.facts["category"] == "repair.request"


# -- troubleshooting --------------------------------------------------------------------------------------------------
def faulty(**more: Any) -> Stage:
    """The robot does not charge any more, by the words that open the return."""
    on = stage(**more)
    on.state.told["symptoms"] = [{"code": "no_charge", "words": "start(return"}]
    assert on.play("start(return, reason=quality)", "quality_fault") == ["utter_ask_trouble"]
    assert (
        on.state.facts["policy"]["result"] == "eligible"
    )  # whoever asks for a person now is told of with all of it
    return on


def test_three_steps_at_most_then_the_return_goes_on() -> None:
    on = faulty()
    assert on.play("set(trouble=try)") == ["utter_ask_first"]
    assert shown(on) == ["好了", "还是不行", "这个试过了", "做不了"]
    assert on.play("set(first=still)") == ["utter_ask_second"]
    assert "触点脏" in value(on, "after")
    assert on.play("set(second=tried)") == ["utter_ask_third"]
    told = on.play("set(third=cannot)")
    assert told == ["utter_trouble_failed", "utter_return_sorry", "utter_ask_condition_quality"]
    assert len(on.state.facts["tried"]) == 3
    assert on.play("set(condition=used)") == ["utter_ask_evidence"]


def test_what_is_solved_is_over_and_nothing_is_written() -> None:
    on = faulty()
    on.play("set(trouble=try)")
    assert on.play("set(first=solved)") == ["utter_trouble_solved"]
    assert on.state.frames == []
    assert on.outside.writes == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("set(trouble=no)", ["utter_return_sorry", "utter_ask_condition_quality"]),
        (
            "set(trouble=tried)",
            ["utter_trouble_skipped", "utter_return_sorry", "utter_ask_condition_quality"],
        ),
        ("set(solution=return)", ["utter_noted_beside", "utter_return_sorry", "utter_ask_condition_quality"]),
        ("set(condition=used)", ["utter_noted_beside", "utter_return_sorry", "utter_ask_evidence"]),
    ],
)
def test_nobody_has_to_try(command: str, said: list[str]) -> None:
    assert faulty().play(command) == said


def test_undoing_an_answer_asks_that_step_again() -> None:
    on = faulty()
    on.play("set(trouble=try)")
    on.play("set(first=still)")
    assert on.play("undo") == ["utter_undone", "utter_ask_first"]


def test_misuse_is_quoted_and_the_confirmed_repair_is_written_once() -> None:
    on = faulty(answer=request("repair", item_id="1"))
    for command in ("set(trouble=try)", "set(first=still)", "set(second=still)"):
        on.play(command)
    assert shown(on)[0] == "有水渍或发绿"
    told = on.play("set(third=found)")
    assert told == ["utter_trouble_misuse", "utter_eligibility", "utter_ask_paid_repair"]
    assert "检测费 30元" in value(on, "quote")
    draft = on.state.frames[0].draft
    assert on.play("set(ok=yes)") == ["effect:return_requested", "card:request", "utter_return_submitted"]
    (name, key, written), *more = on.outside.writes
    assert (name, key, written["solution"], more) == ("request_paid_repair", draft, "repair", [])


def test_who_declines_the_quote_may_have_a_person() -> None:
    on = stage()
    on.play("start(return, reason=quality, condition=misuse)", "quality_fault")
    assert on.play("set(ok=no)") == ["utter_return_not_possible"]
    assert on.outside.writes == []
    assert on.play("set(ok=yes)")[-1] == "handoff:out_of_policy"


def test_a_refused_wish_is_told_with_what_is_possible() -> None:
    on = stage()
    on.play("start(return, solution=exchange)", "exchange_request")
    on.play("set(reason=no_reason)")
    told = on.play("set(condition=unopened)")
    assert told == ["utter_eligibility", "utter_eligibility", "utter_return_confirm"]
    assert "不能直接办换货" in on.said[0].values["reasons"]
    assert value(on, "solution") == "退货退款"


def test_a_changed_reason_asks_again_only_what_depends_on_it() -> None:
    on = stage()
    on.play("start(return)", "return_request")
    on.play("set(reason=no_reason)")
    on.play("set(condition=opened)")
    told = on.play("correct(reason=quality)")
    assert told == ["utter_corrected_reason", "utter_return_sorry", "utter_ask_evidence"]
    assert value(on, "fault") == "出了质量问题"
    assert on.play("skip(evidence)")[-1] == "utter_ask_solution"


def test_a_no_asks_which_part_is_wrong_and_asks_only_that_again() -> None:
    on = stage(answer=request("return", item_id="1"))
    on.play("start(return, reason=no_reason)", "return_request")
    on.play("set(condition=unopened)")
    assert on.play("set(ok=no)") == ["utter_which_part_wrong"]
    assert shown(on) == ["原因", "商品状态", "处理方式", "照片", "都没错"]
    assert on.play("set(wrong_part=condition)") == ["utter_ask_condition"]
    assert on.play("set(condition=opened)") == ["utter_return_confirm"]
    on.play("set(ok=no)")
    assert on.play("set(wrong_part=evidence)") == ["utter_ask_evidence"]
    assert on.play("set(evidence=u_9)")[-1] == "utter_return_confirm"
    on.play("set(ok=no)")
    assert on.play("set(wrong_part=none)") == ["utter_return_confirm"]
    on.play("set(ok=no)")
    told = on.play("correct(reason=mismatch)")
    assert told[0] == "utter_corrected_reason"
    assert told[-1] == "utter_ask_solution"
    assert on.outside.writes == []


def test_a_new_wish_at_the_read_back_is_read_back_again() -> None:
    on = stage(answer=request("exchange", item_id="1"))
    on.play("start(return, reason=quality, solution=exchange)", "exchange_request")
    on.play("set(condition=used)")
    on.play("skip(evidence)")
    told = on.play("correct(solution=return)")
    assert told == ["utter_corrected_solution", "utter_return_confirm"]
    assert on.state.facts["demand"] == "退货退款"


def test_what_the_order_system_refuses_goes_to_a_person() -> None:
    on = stage(answer=Refused("not_signed", "这笔订单还没有签收。"))
    on.play("start(return, reason=no_reason)", "return_request")
    on.play("set(condition=unopened)")
    assert on.play("set(ok=yes)") == ["utter_refused", "utter_refused_person"]
    assert on.play("set(ok=yes)")[-1] == "handoff:out_of_policy"


def test_the_same_thing_under_way_as_something_else_is_shown() -> None:
    on = stage(answer=request("repair", item_id="1", repeated=True))
    on.play("start(return, reason=no_reason)", "return_request")
    on.play("set(condition=unopened)")
    assert on.play("set(ok=yes)")[-2:] == ["card:request", "utter_request_open"]


def test_doubts_about_genuineness_go_to_a_person() -> None:
    on = stage()
    assert on.play("start(fake)", "doubt_fake") == ["utter_fake_person"]
    assert on.play("set(ok=yes)")[-1] == "handoff:requested"
    assert on.state.facts["demand"] == "核实真伪"


# -- policies ---------------------------------------------------------------------------------------------------------
def test_rules_for_the_own_goods() -> None:
    on = stage()
    assert on.play("answer(return_policy)", "return_policy") == ["utter_policy_return_own"]
    assert on.play("answer(return_policy, freight=yes)", "return_policy") == ["utter_policy_freight"]
    told = on.play("answer(return_policy, freight=yes, reason=quality)", "return_policy")
    assert told == ["utter_policy_freight_own"]
    assert on.play("answer(warranty)", "warranty_policy") == ["utter_policy_warranty_inside"]
    assert on.play("answer(return_howto, part=address)", "return_howto") == ["utter_return_address"]
    told = on.play("answer(return_howto)", "return_howto")
    assert told == ["utter_return_howto", "utter_return_howto_offer"]
    assert on.play("set(ok=yes)") == ["utter_ask_reason"]


def test_freight_in_the_middle_of_a_return_is_that_of_its_reason() -> None:
    on = stage()
    on.play("start(return, reason=quality)", "quality_fault")
    told = on.play("answer(return_policy, freight=yes)", "return_policy")
    assert told == ["utter_policy_freight_own", "utter_ask_condition_quality"]
    assert "我们承担" in on.said[0].values["freight"]


# -- before buying ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("product", "commands", "intent", "told"),
    [
        (COAT, "answer(product_size, product=YRF)", "presale_size", ["utter_product_size"]),
        (COAT, "answer(product_spec, product=YRF)", "presale_spec", ["utter_product_spec"]),
        (
            COAT,
            "answer(product_spec, product=YRF, aspect=unlisted)",
            "presale_spec",
            ["utter_presale_unsure"],
        ),
        (COAT, "answer(product_stock, product=YRF)", "presale_stock", ["utter_product_stock_colours"]),
        (COAT, "answer(product_authentic, product=YRF)", "presale_authentic", ["utter_product_authentic"]),
        (COAT, "answer(recommend)", "presale_recommend", ["utter_product_only"]),
        (COAT, "answer(price_query)", "promo_price", ["utter_promo_price"]),
        (COAT, "answer(price_query, bargain=yes)", "promo_price", ["utter_promo_no_bargain"]),
        (COAT, "answer(coupons)", "promo_coupon", ["utter_promo_running"]),
        (COAT, "answer(gifts)", "promo_gift", ["utter_promo_gift"]),
        (COAT, "answer(shipping, about=fee)", "ship_fee", ["utter_ship_fee"]),
        (COAT, "answer(usage, product=YRF)", "usage_howto", ["utter_usage"]),
        (COOKER, "answer(usage, product=DFB)", "usage_howto", ["utter_usage_unsure"]),
    ],
)
def test_questions_before_buying(product: Product, commands: str, intent: str, told: list[str]) -> None:
    assert stage(catalogue=(product,)).play(commands, intent) == told


def test_a_product_that_was_not_named_is_asked_for() -> None:
    assert stage().play("answer(product_size)", "presale_size") == ["utter_ask_product"]


# -- complaint ----------------------------------------------------------------------------------------------------------
def test_a_bare_complaint_is_asked_about_read_back_and_handed_over() -> None:
    on = stage()
    told = on.play("start(complaint, kind=service, announced=yes)", "complain_attitude")
    assert told[-1] == "utter_complaint_what"
    assert on.play("set(what=答应退我运费一直没退)")[-1] == "utter_complaint_want"
    assert on.play("set(demand=freight)")[-1] == "utter_complaint_confirm"
    assert value(on, "cause") == "答应退我运费一直没退"
    assert on.play("set(ok=yes)") == ["utter_complaint_handed", "handoff:complaint"]
    assert on.state.facts["complaint_kind"] == "service"


def test_a_complaint_with_its_cause_is_asked_for_the_wish_only() -> None:
    on = stage()
    assert on.play("start(complaint, kind=repeat)", "complain_repeat")[-1] == "utter_complaint_want"
    assert "道歉和说法" in shown(on)
    assert on.play("set(demand=apology)") == ["utter_complaint_confirm"]
    assert value(on, "demand") == "道歉和说法"


def test_a_supplement_is_written_down_without_a_further_question() -> None:
    on = stage()
    on.play("start(complaint, kind=service, demand=apology)", "complain_attitude")
    assert on.play("set(ok=no)") == ["utter_complaint_more"]
    assert on.play("set(more=还挂我电话)") == ["utter_complaint_added", "handoff:complaint"]
    assert "还挂我电话" in on.state.facts["description"]
    on = stage()
    on.play("start(complaint, kind=service, demand=apology)", "complain_attitude")
    assert on.play("set(more=还挂我电话)") == ["utter_complaint_added", "handoff:complaint"]
    on = stage()
    on.play("start(complaint, kind=service, demand=apology)", "complain_attitude")
    on.play("set(ok=no)")
    assert on.play("skip(more)") == ["utter_complaint_handed", "handoff:complaint"]


def test_a_look_up_in_between_is_answered() -> None:
    on = stage()
    on.play("start(complaint, kind=service, demand=apology)", "complain_attitude")
    told = on.play("answer(warranty)", "warranty_policy")
    assert told == ["utter_policy_warranty_inside", "utter_read_back_again"]
