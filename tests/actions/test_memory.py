"""Other matters of one message: nothing is lost, nothing is asked twice, and a person sees them too."""

from typing import Any

import pytest

from tests.actions.conftest import Said, Talk

PAID, SIGNED = "202611010001 1234", "202611010003 5678"


def two(own: str, intent: str, words: str) -> dict[str, Any]:
    return {"own": own, "also": [{"intent": intent, "text": words}]}


def other_issues(said: Said) -> list[str] | None:
    told = [one["facts"].get("other_issues") for one in said.commands if one.get("facts")]
    return next((one for one in reversed(told) if one is not None), None)


async def test_both_are_answered_in_one_turn_without_naming_the_second(talk: Talk) -> None:
    await talk.say("order_query", f"{SIGNED} 查订单")
    said = await talk.say(
        "return_policy", "能退吗 发票开了没", **two("能退吗", "invoice_progress", "发票开了没")
    )
    assert said.responses == ["utter_policy_return_own", "utter_invoice_state_none"]
    assert not other_issues(said), "nothing waits any more"


async def test_a_question_of_ours_comes_last_and_the_rest_is_acknowledged(talk: Talk) -> None:
    said = await talk.say(
        "track_parcel", "到哪了 发票怎么开", **two("到哪了", "invoice_request", "发票怎么开")
    )
    assert said.responses == ["utter_other_noted", "utter_ask_order_no"]
    assert said.values["utter_other_noted"]["matter"] == "开发票"
    said = await talk.say("give_order_no", "202611010002 1234")
    assert said.responses[-2:] == ["utter_other_issue", "utter_ask_invoice_title"]


async def test_numbers_of_the_message_hold_for_all_its_matters(talk: Talk) -> None:
    said = await talk.say(
        "ship_fee", f"{SIGNED} 包邮吗 发票开了没", **two("包邮吗", "invoice_progress", "发票开了没")
    )
    assert said.responses == ["utter_ship_fee", "utter_invoice_state_none"]


async def test_given_up_the_form_the_other_is_taken_up(talk: Talk) -> None:
    await talk.say(
        "return_request", f"{SIGNED} 我要退货 发票开了没", **two("我要退货", "invoice_progress", "发票开了没")
    )
    said = await talk.say("stop_form", "算了不退了")
    assert said.responses == ["utter_form_stopped", "utter_other_issue", "utter_invoice_state_none"]


async def test_what_belonged_to_the_matter_given_up_is_not_asked(talk: Talk) -> None:
    await talk.say(
        "return_request", f"{SIGNED} 我要退货 运费谁出", **two("我要退货", "return_policy", "运费谁出")
    )
    assert (await talk.say("stop_form", "算了不退了")).responses == ["utter_form_stopped"]


async def test_asked_for_by_the_customer_it_is_not_taken_up_again(talk: Talk) -> None:
    await talk.say(
        "return_request", f"{SIGNED} 我要退货 发票开了没", **two("我要退货", "invoice_progress", "发票开了没")
    )
    said = await talk.say("invoice_progress", "我那张发票开了没有")
    assert said.responses.count("utter_invoice_state_none") == 1
    assert not other_issues(said)
    said = await talk.say("stop_form", "算了")
    assert "utter_other_issue" not in said.responses


@pytest.mark.parametrize("words", ["转人工", "找个真人"])
async def test_a_person_gets_what_waits(talk: Talk, words: str) -> None:
    await talk.say(
        "return_request", f"{SIGNED} 我要退货 发票开了没", **two("我要退货", "invoice_progress", "发票开了没")
    )
    said = await talk.say("ask_human", words)
    assert said.handed() == "requested"
    assert other_issues(said) == ["发票开了没"]
    assert (await talk.given_back("solved")).responses[-1] == "utter_given_back"
    assert "utter_other_issue" not in (await talk.say("thanks", "谢谢")).responses


async def test_handed_over_at_once_the_record_has_both(talk: Talk) -> None:
    said = await talk.say(
        "safety_hazard",
        "插座冒烟了 发票也没给我开",
        **two("插座冒烟了", "invoice_progress", "发票也没给我开"),
    )
    assert said.handed() == "safety"
    assert other_issues(said) == ["发票也没给我开"]


async def test_a_product_named_once_is_meant_in_every_part(talk: Talk) -> None:
    await talk.say("order_query", f"{SIGNED} 查订单")
    talk.state["order_no"] = None
    said = await talk.say(
        "usage_howto", "电饭煲怎么用 保修多久", **two("电饭煲怎么用", "warranty_policy", "保修多久")
    )
    assert said.responses[-1] == "utter_policy_warranty_inside"
    assert said.values["utter_policy_warranty_inside"]["goods"] == "电饭煲"


async def test_two_questions_before_buying_have_two_answers(talk: Talk) -> None:
    said = await talk.say(
        "presale_stock", "羽绒服有货吗 我穿什么码", **two("羽绒服有货吗", "presale_size", "我穿什么码")
    )
    assert said.responses == ["utter_product_stock_colours", "utter_product_size"]


async def test_may_i_return_it_and_who_pays_is_one_answer(talk: Talk) -> None:
    await talk.say("order_query", f"{SIGNED} 查订单")
    said = await talk.say("return_policy", "这个能退吗 退的话运费谁出")
    assert said.responses == ["utter_policy_return_own"]
    assert "运费" in said.values["utter_policy_return_own"]["reasons"]


async def test_a_form_is_begun_after_the_answer(talk: Talk) -> None:
    await talk.say("order_query", f"{SIGNED} 查订单")
    said = await talk.say(
        "invoice_request", "发票能开吗 保修多久", **two("发票能开吗", "warranty_policy", "保修多久")
    )
    assert said.responses == ["utter_policy_warranty_inside", "utter_ask_invoice_title"]


async def test_what_was_put_off_stands_for_itself(talk: Talk) -> None:
    """鞋子到哪了 after a word about a refund is the parcel of the shoes."""
    await talk.say("refund_progress", "202611010008 1357 退款到哪了")
    said = await talk.say(
        "refund_progress", "耳机的钱退了没 鞋子到哪了", **two("耳机的钱退了没", "track_parcel", "鞋子到哪了")
    )
    assert said.responses[-2:] == ["utter_logistics_stalled", "utter_urge_offer_delivery"]
