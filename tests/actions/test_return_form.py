"""The return form (H23): order of questions, digressions, corrections, cancel word, exactly one request (H28)."""

import pytest

from actions.store import Store
from tests.actions.conftest import Talk


async def _to_confirmation(talk: Talk, order: str = "202611010003 5678") -> None:
    await talk.say("return_request", f"{order} 我要退货")
    await talk.press("inform_reason", reason="no_reason")
    said = await talk.press("inform_condition", condition="unopened")
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
    draft = talk.slots["form"]["draft"]
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
    assert talk.slots["form"]["reason"] == reason
    assert talk.slots["facts"]["category"] == category
    assert said.responses[-1] == "utter_ask_condition"


async def test_evidence_can_be_skipped_and_is_then_reviewed(talk: Talk, store: Store) -> None:
    await talk.say("quality_fault", "202611010003 5678 坏了")
    assert (await talk.press("inform_condition", condition="used")).responses == ["utter_ask_evidence"]
    said = await talk.say("deny", "没有照片")
    assert said.responses[0] == "utter_evidence_skipped"
    await talk.press("inform_solution", solution="exchange")
    await talk.press("affirm")
    (made,) = await store.orders.requests_of("202611010003")
    assert made.kind == "exchange"
    assert made.review


async def test_pictures_sent_earlier_count_as_evidence(talk: Talk) -> None:
    await talk.picture("u_1")
    await talk.say("quality_fault", "202611010003 5678 坏了")
    said = await talk.press("inform_condition", condition="used")
    assert said.responses[-1] == "utter_ask_solution"
    assert talk.slots["form"]["evidence"] == ["u_1"]


async def test_digressions_are_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("return_request", "202611010003 5678 我要退货")
    said = await talk.say("greet", "在吗")
    assert said.responses == ["utter_here", "utter_back_to_it", "utter_ask_reason"]
    said = await talk.say("ship_fee", "运费谁出")
    assert said.responses[0] == "utter_policy_freight"
    assert said.responses[-1] == "utter_ask_reason"
    said = await talk.say("track_parcel", "到哪了")
    assert said.cards[0]["card"] == "logistics"
    assert said.responses[-1] == "utter_ask_reason"
    assert talk.slots["facts"]["category"] == "return.request"


async def test_a_correction_changes_only_its_part(talk: Talk) -> None:
    await _to_confirmation(talk)
    said = await talk.say("quality_defect", "不对，是质量问题")
    assert said.responses[0] == "utter_corrected_reason"
    assert talk.slots["form"]["reason"] == "quality"
    assert talk.slots["form"]["condition"] == "unopened"
    assert said.responses[-1] == "utter_ask_evidence"


async def test_the_cancel_word_writes_nothing(talk: Talk, store: Store) -> None:
    await _to_confirmation(talk)
    said = await talk.say("stop_form", "算了不退了")
    assert said.responses == ["utter_form_stopped"]
    assert talk.slots["form"] is None
    assert (await talk.say("affirm", "好的")).effects == []
    assert await store.orders.requests_of("202611010003") == []


async def test_three_answers_that_do_not_fit_bring_a_person(talk: Talk) -> None:
    await talk.say("return_request", "202611010003 5678 我要退货")
    assert (await talk.say("fragment", "这个")).handed() is None
    assert (await talk.say("fragment", "那个")).handed() is None
    assert (await talk.say("fragment", "嗯哪个")).handed() == "no_progress"


@pytest.mark.parametrize(
    ("text", "first"),
    [("202611010001 1234", "utter_eligibility"), ("202611010002 1234", "utter_eligibility")],
)
async def test_goods_not_signed_for_get_the_honest_alternative(talk: Talk, text: str, first: str) -> None:
    said = await talk.say("return_request", f"{text} 我要退货")
    assert said.responses[0] == first
    assert talk.slots["form"] is None


async def test_out_of_policy_offers_a_person_and_hands_over_when_insisted(talk: Talk) -> None:
    said = await talk.say("return_request", "202611010004 5678 不想要了")
    assert said.responses == ["utter_eligibility", "utter_return_not_possible"]
    assert talk.slots["facts"]["policy"]["result"] == "not_eligible"
    said = await talk.say("return_policy", "凭什么不给退")
    assert said.handed() == "out_of_policy"


async def test_made_up_button_values_are_ignored(talk: Talk) -> None:
    await talk.say("return_request", "202611010003 5678 我要退货")
    said = await talk.press("inform_reason", reason="free_money")
    assert talk.slots["form"].get("reason") is None
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
