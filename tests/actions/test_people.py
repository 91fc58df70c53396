"""What brings a person, with which reason, and what they are told (H12, H36, H43, H45, H47)."""

from typing import Any

import pytest

from tests.actions.conftest import Talk


@pytest.mark.parametrize(
    ("intent", "text", "understood", "reason"),
    [
        ("ask_human", "转人工", {}, "requested"),
        ("nlu_fallback", "别用机器人糊弄我，转人工", {}, "requested"),
        ("return_request", "给我退钱你们这群骗子", {"emotion": "angry", "emotion_score": 0.95}, "anger"),
        ("complain_attitude", "滚", {"emotion": "angry", "emotion_score": 0.95}, "anger"),
        ("threaten", "我要曝光你们", {"emotion": "angry", "emotion_score": 0.9}, "threat"),
        ("refund_request", "不退款我就打12315", {}, "threat"),
        ("safety_hazard", "充电的时候着火了", {}, "safety"),
        ("quality_fault", "插上就冒烟", {}, "safety"),
        ("out_of_scope", "把我的个人信息删除掉", {}, "privacy"),
    ],
)
async def test_triggers(talk: Talk, intent: str, text: str, understood: dict[str, Any], reason: str) -> None:
    assert (await talk.say(intent, text, **understood)).handed() == reason


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("presale_spec", "这个插座有漏电保护吗"),
        ("presale_spec", "相机有曝光补偿吗"),
        ("usage_howto", "怎么防止短路"),
    ],
)
async def test_words_of_danger_before_buying_are_questions(talk: Talk, intent: str, text: str) -> None:
    assert (await talk.say(intent, text)).handed() is None


async def test_numbers_that_contain_a_hotline_are_no_threat(talk: Talk) -> None:
    assert (await talk.say("give_order_no", "单号202612315345")).handed() is None


async def test_safety_says_stop_using_it_first(talk: Talk) -> None:
    said = await talk.say("safety_hazard", "电饭煲冒烟了")
    assert said.responses == ["utter_safety_advice", "utter_handoff_safety"]
    (handoff,) = [one for one in said.commands if one["command"] == "handoff"]
    assert handoff["facts"]["safety"] is True


async def test_handoff_carries_everything_known(talk: Talk) -> None:
    await talk.picture("u_7")
    await talk.say("quality_fault", "202611010003 5678 扫地机器人不动了")
    said = await talk.say("ask_human", "转人工")
    facts = next(one for one in said.commands if one["command"] == "handoff")["facts"]
    assert facts["category"] == "product.quality"
    assert facts["order_no"] == "202611010003"
    assert facts["item"] == "扫地机器人"
    assert facts["evidence"] == ["u_7"]
    assert "不动了" in facts["description"]
    assert facts["policy"]["result"] == "eligible"


async def test_facts_are_told_as_they_come_so_that_the_entry_button_loses_nothing(talk: Talk) -> None:
    said = await talk.say("track_parcel", "快递到哪了")
    (case,) = [one for one in said.commands if one["command"] == "case"]
    assert case["facts"]["category"] == "logistics.track"
    said = await talk.say("give_order_no", "202611010002 1234")
    (case,) = [one for one in said.commands if one["command"] == "case"]
    assert case["facts"]["order_no"] == "202611010002"
    assert "category" not in case["facts"]


async def test_two_misunderstandings_in_a_row(talk: Talk) -> None:
    assert (await talk.say("nlu_fallback", "嘟嘟囔囔")).handed() is None
    assert (await talk.say("out_of_scope", "帮我写首诗")).handed() == "misunderstood"


async def test_something_understood_in_between_starts_the_count_anew(talk: Talk) -> None:
    await talk.say("nlu_fallback", "嘟嘟囔囔")
    await talk.say("ship_fee", "包邮吗")
    assert (await talk.say("nlu_fallback", "叽叽喳喳")).handed() is None


@pytest.mark.parametrize("text", ["。", "？？？", "😂😂", "…"])
async def test_marks_alone_never_count(talk: Talk, text: str) -> None:
    for _ in range(3):
        assert (await talk.say("out_of_scope", text)).handed() is None


async def test_given_back_names_resolution_and_note_and_is_remembered(talk: Talk) -> None:
    said = await talk.given_back("solved", "已补发，两天内送到")
    assert said.responses == ["utter_given_back_note"]
    assert said.values["utter_given_back_note"]["note"] == "已补发，两天内送到"
    said = await talk.say("fragment", "刚才说的怎么样了")
    assert said.responses == ["utter_told_before"]
    assert "已补发" in said.values["utter_told_before"]["note"]


async def test_the_same_question_again_and_again(talk: Talk) -> None:
    await talk.say("order_query", "202611010001 1234 什么状态")
    assert (await talk.say("order_query", "什么状态")).responses[0] == "utter_asked_before"
    assert (await talk.say("order_query", "到底什么状态")).handed() == "repeat"


async def test_two_close_intents_are_asked_about(talk: Talk) -> None:
    close = [{"intent": "return_request", "confidence": 0.3}, {"intent": "cancel_order", "confidence": 0.28}]
    said = await talk.say("nlu_fallback", "这个我不要了", fallback="ambiguous", candidates=close)
    assert said.responses == ["utter_clarify"]
    assert [one for one in said.payloads if one == "取消订单"]
    said = await talk.choose("chosen", "cancel_order", "取消订单")
    assert said.responses == ["utter_ask_order_no"]
    assert talk.facts["category"] == "order.cancel"


async def test_an_impatient_customer_is_soothed_once(talk: Talk) -> None:
    said = await talk.say("track_parcel", "都几天了快递呢", emotion="displeased")
    assert said.responses[0] == "utter_soothe_trouble"
    assert said.values["utter_soothe_trouble"]["trouble"] == "包裹迟迟没到"
    said = await talk.say("track_parcel", "快点查啊", emotion="displeased")
    assert "utter_soothe_trouble" not in said.responses


async def test_a_second_issue_is_taken_up_afterwards(talk: Talk) -> None:
    await talk.say("urge_delivery", "202611010007 1357 催一下快递 还有发票怎么开")
    said = await talk.again()
    assert said.responses[-1] == "utter_ask_invoice_title"


async def test_goodbye_closes_with_a_rating(talk: Talk) -> None:
    said = await talk.say("bye", "拜拜")
    assert {"command": "close"} in said.commands


async def test_a_ticket_instead_of_waiting(talk: Talk) -> None:
    await talk.say("track_parcel", "快递到哪了")
    said = await talk.say("nlu_fallback", "我留个言吧，晚点联系我")
    (ticket,) = [one for one in said.commands if one["command"] == "ticket"]
    assert ticket["facts"]["category"] == "logistics.track"
    assert said.handed() is None


async def test_a_new_episode_starts_a_new_case_but_knows_the_customer(talk: Talk) -> None:
    await talk.say("quality_fault", "202611010003 5678 扫地机器人不动了")
    talk.episode = 2
    said = await talk.say("promo_coupon", "现在有什么优惠")
    (case,) = [one for one in said.commands if one["command"] == "case"]
    assert case["facts"]["category"] == "presale.promo"
    assert case["facts"]["order_no"] is None
    assert talk.form is None
    assert (await talk.say("order_query", "202611010004什么状态")).cards


async def test_what_the_customer_tried_is_noted(talk: Talk) -> None:
    await talk.say("quality_fault", "202611010003 5678 扫地机器人不动了，重启过还是不行")
    assert talk.facts["tried"] == ["重启过"]


async def test_swearing_keeps_the_issue_and_hands_over_the_policys_evidence(talk: Talk) -> None:
    await talk.say("quality_fault", "202611010003 5678 扫地机器人不动了")
    said = await talk.say(
        "complain_attitude", "什么破玩意", emotion="angry", emotion_score=0.95, confidence=0.5
    )
    handoff = next(one for one in said.commands if one["command"] == "handoff")
    assert handoff["facts"]["category"] == "product.quality"
    assert handoff["evidence"] == ["什么破玩意"]


async def test_a_real_complaint_about_us_changes_the_issue(talk: Talk) -> None:
    await talk.say("quality_fault", "202611010003 5678 扫地机器人不动了")
    said = await talk.say("complain_attitude", "你们客服态度太敷衍了", confidence=0.9)
    assert said.responses == ["utter_complaint_want"]
    assert talk.facts["category"] == "complaint.service"


async def test_the_same_refusal_is_not_told_three_times(talk: Talk) -> None:
    """What was offered is offered once more; then a person comes."""
    await talk.say("return_request", "202611010002 1234 我想退货")
    assert (await talk.say("return_request", "就是想退")).responses == ["utter_intercept_confirm"]
    assert (await talk.say("return_request", "还是想退货")).handed() == "repeat"


async def test_two_readings_that_open_the_same_form_are_not_asked_about(talk: Talk) -> None:
    close = [{"intent": "repair_request", "confidence": 0.45}, {"intent": "quality_fault", "confidence": 0.4}]
    said = await talk.say(
        "nlu_fallback",
        "202611010005 2468 冰箱不制冷了",
        fallback="ambiguous",
        candidates=close,
        confidence=0.45,
    )
    assert "utter_clarify" not in said.responses
    assert (talk.form or {})["reason"] == "quality"
