"""The return form (H23): order of questions, digressions, corrections, cancel word, exactly one request (H28)."""

import pytest

from actions.store import Store
from tests.actions.conftest import Talk


async def _to_confirmation(talk: Talk, order: str = "202611010003 5678") -> None:
    await talk.say("return_request", f"{order} 我要退货")
    await talk.choose("reason", "no_reason")
    said = await talk.choose("condition", "unopened")
    assert said.responses[-1] == "utter_return_confirm"


async def test_the_whole_form_makes_one_request(talk: Talk, store: Store) -> None:
    await _to_confirmation(talk)
    said = await talk.press("affirm")
    assert said.effects[0]["effect"] == "return_requested"
    assert said.effects[0]["request_no"].startswith("RT")
    assert said.cards[0]["card"] == "request"
    assert len(await store.orders.requests_of("202611010003")) == 1


async def test_a_confirmation_run_again_reports_the_same_number(talk: Talk, store: Store) -> None:
    await _to_confirmation(talk)
    first = await talk.press("affirm")
    again = await talk.again()
    assert first.effects[0]["request_no"] == again.effects[0]["request_no"]
    assert first.effects[0]["key"] == again.effects[0]["key"]
    assert len(await store.orders.requests_of("202611010003")) == 1


async def test_the_draft_is_older_than_the_confirmation(talk: Talk) -> None:
    await _to_confirmation(talk)
    draft = (talk.form or {})["draft"]
    said = await talk.press("affirm")
    assert said.effects[0]["key"] == draft


async def test_the_same_item_again_answers_with_the_open_request(talk: Talk, store: Store) -> None:
    await _to_confirmation(talk)
    number = (await talk.press("affirm")).effects[0]["request_no"]
    said = await talk.say("return_request", "我要退货")
    assert said.responses == ["utter_request_open"]
    assert said.cards[0]["request_no"] == number
    other = Talk()
    said = await other.say("quality_fault", "202611010003 5678 坏了")
    assert said.cards[0]["request_no"] == number
    assert len(await store.orders.requests_of("202611010003")) == 1


@pytest.mark.parametrize(
    ("intent", "text", "reason", "category"),
    [
        ("quality_fault", "扫地机器人不动了", "quality", "product.quality"),
        ("wrong_item", "发错颜色了", "wrong", "product.wrong"),
        ("missing_item", "少了充电线", "missing", "product.wrong"),
        ("parcel_damaged", "收到盒子压烂了里面也碎了", "damaged", "logistics.damaged"),
        ("mismatch_desc", "跟图片不一样", "mismatch", "product.mismatch"),
    ],
)
async def test_issues_start_the_form_with_their_reason(
    talk: Talk, intent: str, text: str, reason: str, category: str
) -> None:
    said = await talk.say(intent, f"202611010003 5678 {text}")
    assert (talk.form or {})["reason"] == reason
    assert talk.facts["category"] == category
    # who tells what is wrong with a thing is first asked whether to try something; what never arrived has no state
    first = {"quality": "utter_ask_trouble", "missing": "utter_ask_evidence"}
    assert said.responses[-1] == first.get(reason, "utter_ask_condition_arrived")


async def test_evidence_can_be_skipped_and_is_then_reviewed(talk: Talk, store: Store) -> None:
    await talk.say("quality_fault", "202611010003 5678 坏了")
    assert (await talk.choose("condition", "used")).responses == ["utter_ask_evidence"]
    said = await talk.say("deny", "没有照片")
    assert said.responses[0] == "utter_evidence_skipped"
    await talk.choose("solution", "exchange")
    await talk.press("affirm")
    (made,) = await store.orders.requests_of("202611010003")
    assert made.kind == "exchange"
    assert made.review


async def test_pictures_sent_earlier_count_as_evidence(talk: Talk) -> None:
    await talk.picture("u_1")
    await talk.say("quality_fault", "202611010003 5678 坏了")
    said = await talk.choose("condition", "used")
    assert said.responses[-1] == "utter_ask_solution"
    assert (talk.form or {})["evidence"] == ["u_1"]


async def test_digressions_are_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("return_request", "202611010003 5678 我要退货")
    said = await talk.say("greet", "在吗")
    assert said.responses == ["utter_here", "utter_ask_reason"]
    said = await talk.say("ship_fee", "运费谁出")
    assert said.responses[0] == "utter_know_return_freight_mine"
    assert said.responses[-1] == "utter_ask_reason"
    said = await talk.say("track_parcel", "到哪了")
    assert said.cards[0]["card"] == "logistics"
    assert said.responses[-1] == "utter_ask_reason"
    assert talk.facts["category"] == "return.request"


async def test_a_correction_changes_only_its_part(talk: Talk) -> None:
    await _to_confirmation(talk)
    said = await talk.say("quality_defect", "不对，是质量问题")
    assert said.responses[0] == "utter_corrected_reason"
    assert (talk.form or {})["reason"] == "quality"
    assert said.responses[-1] == "utter_ask_condition_quality"


async def test_the_cancel_word_writes_nothing(talk: Talk, store: Store) -> None:
    await _to_confirmation(talk)
    said = await talk.say("stop_form", "算了不退了")
    assert said.responses == ["utter_form_stopped"]
    assert talk.form is None
    assert (await talk.say("affirm", "好的")).effects == []
    assert await store.orders.requests_of("202611010003") == []


async def test_three_answers_that_do_not_fit_bring_a_person(talk: Talk) -> None:
    await talk.say("return_request", "202611010003 5678 我要退货")
    assert (await talk.say("fragment", "这个")).handed() is None
    assert (await talk.say("fragment", "那个")).handed() is None
    assert (await talk.say("fragment", "嗯那个")).handed() == "no_progress"


@pytest.mark.parametrize(
    ("text", "first"),
    [("202611010001 1234", "utter_eligibility"), ("202611010002 1234", "utter_intercept_confirm")],
)
async def test_goods_not_signed_for_get_the_honest_alternative(talk: Talk, text: str, first: str) -> None:
    said = await talk.say("return_request", f"{text} 我要退货")
    assert said.responses[0] == first
    assert talk.form is None


async def test_out_of_policy_offers_a_person_and_hands_over_when_insisted(talk: Talk) -> None:
    said = await talk.say("return_request", "202611010004 5678 不想要了")
    assert said.responses == ["utter_eligibility", "utter_return_not_possible"]
    assert talk.facts["policy"]["result"] == "not_eligible"
    said = await talk.say("return_policy", "凭什么不给退")
    assert said.handed() == "out_of_policy"


async def test_made_up_button_values_are_ignored(talk: Talk) -> None:
    await talk.say("return_request", "202611010003 5678 我要退货")
    said = await talk.choose("reason", "free_money")
    assert (talk.form or {}).get("reason") is None
    assert said.responses[-1] == "utter_ask_reason"


async def test_the_tracking_number_of_the_parcel_sent_back_goes_into_the_request(
    talk: Talk, store: Store
) -> None:
    await _to_confirmation(talk)
    number = (await talk.press("affirm")).effects[0]["request_no"]
    said = await talk.say("give_order_no", "寄回去了 SF1234567890123")
    assert said.effects[0]["request_no"] == number
    made = await store.orders.request(number)
    assert made is not None
    assert made.tracking_no == "SF1234567890123"


async def test_nobody_asks_a_dead_fridge_whether_it_was_unpacked(talk: Talk) -> None:
    await talk.say("quality_fault", "202611010005 2468 冰箱不制冷了")
    said = await talk.choose("trouble", "no")
    assert list(said.payloads) == ["用过了，正常使用", "刚拆封就有问题", "摔过、进过水或自己拆修过"]


async def test_when_it_began_is_taken_in_the_middle_of_the_form(talk: Talk) -> None:
    await talk.say("quality_fault", "202611010005 2468 冰箱不制冷了")
    await talk.choose("trouble", "no")
    said = await talk.say("fragment", "昨天开始的", confidence=0.55)
    assert said.responses == ["utter_remark_noted", "utter_ask_condition_quality"]
    assert talk.facts["began_at"]


@pytest.mark.parametrize(
    ("text", "condition"),
    [("没摔 就正常用的", "used"), ("没进水", "used"), ("刚拆开就这样", "opened")],
)
async def test_conditions_in_the_customers_own_words(talk: Talk, text: str, condition: str) -> None:
    await talk.say("quality_fault", "202611010003 5678 扫地机器人不动了")
    await talk.say("nlu_fallback", text, confidence=0.3)
    assert (talk.form or {})["condition"] == condition


async def test_freight_is_said_once(talk: Talk) -> None:
    await talk.say("return_request", "202611010003 5678 我要退货")
    await talk.choose("reason", "no_reason")
    said = await talk.choose("condition", "unopened")
    assert "运费" not in said.values["utter_eligibility"]["reasons"]
    assert "运费险" in said.values["utter_return_confirm"]["freight"]


async def test_a_change_of_mind_changes_the_form_and_does_not_end_it(talk: Talk) -> None:
    await talk.say("quality_fault", "202611010003 5678 扫地机器人不动了")
    said = await talk.say("exchange_request", "算了换货吧", confidence=0.95)
    assert said.responses[0] == "utter_noted_beside"
    assert (talk.form or {})["solution"] == "exchange"
    said = await talk.say("return_request", "还是退吧")
    assert said.responses[0] == "utter_corrected_solution"
    assert (talk.form or {})["solution"] == "return"
    assert talk.facts["category"] == "product.quality"


async def test_a_product_that_no_order_has_is_asked_about(talk: Talk) -> None:
    await talk.say("give_order_no", "202611010010 9753")
    said = await talk.say("quality_defect", "这鞋起球了")
    assert said.responses == ["utter_product_elsewhere"]
    assert said.values["utter_product_elsewhere"]["word"] == "鞋"
    assert talk.state["frames"][-1]["flow"] == "which_order"


async def test_the_product_named_picks_its_order(talk: Talk) -> None:
    await talk.say("give_order_no", "202611010008 1357")
    await talk.say("quality_defect", "那双鞋开胶了")
    assert talk.state["order_no"] == "202611010007"


async def test_a_picture_is_no_wrong_answer(talk: Talk) -> None:
    await talk.say("return_request", "202611010003 5678 我要退货")
    for number in range(3):
        said = await talk.picture(f"u_{number}")
        assert said.handed() is None
    assert talk.facts["evidence"] == ["u_0", "u_1", "u_2"]
