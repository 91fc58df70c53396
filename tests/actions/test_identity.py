"""Verification (H6, H8): nothing before it, no hint which half is wrong, refused after the fifth wrong attempt."""

import json

from tests.actions.conftest import Said, Talk


def _leaks(said: Said) -> str:
    shown = [one["custom"] for one in said.values.values()]
    return json.dumps(
        [said.cards, shown, [list(map(str, one.values())) for one in said.values.values()]],
        ensure_ascii=False,
    )


async def test_nothing_is_shown_before_verification(talk: Talk) -> None:
    said = await talk.say("track_parcel", "202611010002到哪了")
    assert said.responses == ["utter_ask_phone_tail"]
    assert not said.cards
    assert "手机" not in [str(one) for one in said.values["utter_ask_phone_tail"].values()]


async def test_question_is_answered_after_verification_without_being_asked_again(talk: Talk) -> None:
    await talk.say("track_parcel", "快递到哪了")
    await talk.say("give_order_no", "202611010002")
    said = await talk.say("give_contact", "1234")
    assert [card["card"] for card in said.cards] == ["logistics"]
    assert {
        "command": "identified",
        "method": "order_phone",
        "phone": "13800001234",
        "name": "王小明",
    } in said.commands


async def test_wrong_and_unknown_orders_answer_alike(talk: Talk) -> None:
    wrong = await talk.say("give_order_no", "202611010001 9999")
    unknown = await talk.say("give_order_no", "299900000000 9999")
    assert wrong.responses == unknown.responses == ["utter_verify_wrong"]


async def test_the_sixth_attempt_is_refused_even_if_right(talk: Talk) -> None:
    for attempt in range(5):
        said = await talk.say("give_order_no", f"20261101000{attempt + 1} 0000")
        assert said.responses == ["utter_verify_wrong"]
    said = await talk.say("give_order_no", "202611010001 1234")
    assert said.responses == ["utter_verify_locked"]
    assert not said.cards
    assert (await talk.say("affirm", "好的转吧")).handed() == "requested"


async def test_another_customers_order_needs_its_own_proof(talk: Talk) -> None:
    await talk.say("give_order_no", "202611010001 1234")
    said = await talk.say("order_query", "查一下202611010003")
    assert said.responses == ["utter_ask_phone_tail"]
    assert not said.cards
    said = await talk.say("give_contact", "5678")
    assert said.cards[0]["order_no"] == "202611010003"


async def test_one_verification_covers_the_phones_other_orders(talk: Talk) -> None:
    await talk.say("give_order_no", "202611010003 5678")
    said = await talk.say("order_query", "202611010004什么情况")
    assert said.cards[0]["order_no"] == "202611010004"


async def test_store_login_identifies_once(talk: Talk) -> None:
    talk.identity = {"sub": "u1", "name": "王小明", "phone": "13800001234"}
    said = await talk.say("greet", "在吗")
    assert said.commands[0]["method"] == "token"
    said = await talk.say("track_parcel", "快递到哪了")
    assert said.cards[0]["order_no"] == "202611010002"
    assert not [one for one in said.commands if one["command"] == "identified"]


async def test_cards_never_carry_contact_data(talk: Talk) -> None:
    said = await talk.say("order_query", "202611010001 1234")
    assert "13800001234" not in _leaks(said)
    assert "王小明" not in _leaks(said)


async def test_order_is_chosen_by_the_product_named(talk: Talk) -> None:
    await talk.say("give_order_no", "202611010001 1234")
    assert (await talk.say("track_parcel", "手机到哪了")).cards[0]["order_no"] == "202611010002"
    said = await talk.say("urge_dispatch", "那另一个什么时候发")
    assert said.responses[0] == "utter_not_dispatched"
    assert said.values["utter_not_dispatched"]["item"] == "羽绒服"
