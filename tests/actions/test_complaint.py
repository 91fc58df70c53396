"""Complaints: written down with at most two questions, read back, then handed over (H36, H37)."""

from typing import Any

import pytest

from tests.actions.conftest import Said, Talk


def handoff(said: Said) -> dict[str, Any]:
    return next(one for one in said.commands if one["command"] == "handoff")


async def test_a_bare_complaint_is_asked_about_read_back_and_handed_over(talk: Talk) -> None:
    said = await talk.say("complain_attitude", "我要投诉", confidence=0.8)
    assert said.responses == ["utter_complaint_what"]
    assert said.handed() is None
    said = await talk.say("refund_request", "客服答应退我运费一直没退 再给我道个歉", confidence=0.9)
    assert said.responses == ["utter_complaint_confirm"]
    read_back = said.values["utter_complaint_confirm"]
    assert "答应退我运费" in read_back["cause"]
    assert "我要投诉" not in read_back["cause"]
    assert "道歉" in read_back["demand"]
    said = await talk.press("affirm", "对，转给专员")
    assert said.handed() == "complaint"
    facts = handoff(said)["facts"]
    assert facts["category"] == "complaint.service"
    assert "道歉" in facts["demand"]
    assert "答应退我运费" in facts["description"]


async def test_a_complaint_with_its_cause_is_only_asked_for_the_wish(talk: Talk) -> None:
    said = await talk.say("complain_slow_reply", "202611010007 1357 我找你们客服三次了都没人回")
    assert said.responses == ["utter_complaint_want"]
    said = await talk.choose("demand", "compensation", "补偿")
    assert said.responses == ["utter_complaint_confirm"]
    read_back = said.values["utter_complaint_confirm"]
    assert "202611010007" in read_back["order"]
    assert "1357" not in read_back["cause"]
    assert talk.facts["demand"] == "补偿"


async def test_a_complaint_with_cause_and_wish_is_read_back_at_once(talk: Talk) -> None:
    said = await talk.say("complain_result", "上次的处理结果我不接受 必须给我补偿")
    assert said.responses == ["utter_complaint_confirm"]
    assert talk.facts["complaint_kind"] == "result"


async def test_a_supplement_is_written_down_without_a_third_question(talk: Talk) -> None:
    await talk.say("complain_attitude", "客服态度太差 给我道歉")
    said = await talk.say("affirm", "我补充一下", confidence=0.4)
    assert said.responses == ["utter_complaint_more"]
    said = await talk.say("nlu_fallback", "前天还把我电话挂了", confidence=0.2)
    assert said.handed() == "complaint"
    assert "挂了" in handoff(said)["facts"]["description"]


@pytest.mark.parametrize(
    ("intent", "text", "understood", "reason"),
    [
        ("complain_attitude", "骗子 滚", {"emotion": "angry", "emotion_score": 0.95}, "anger"),
        ("threaten", "不处理我打12315", {}, "threat"),
        ("safety_hazard", "插座冒烟了", {}, "safety"),
        ("ask_human", "直接转人工", {}, "requested"),
    ],
)
async def test_anger_level_three_and_impatience_leave_it_at_once(
    talk: Talk, intent: str, text: str, understood: dict[str, Any], reason: str
) -> None:
    await talk.say("complain_attitude", "我要投诉")
    said = await talk.say(intent, text, **understood)
    assert said.handed() == reason


async def test_a_look_up_in_between_is_answered_and_the_complaint_goes_on(talk: Talk) -> None:
    await talk.say("give_order_no", "202611010002 1234")
    await talk.say("complain_attitude", "客服态度太差 给我道歉")
    said = await talk.say("track_parcel", "我的快递到哪了")
    assert said.cards[0]["card"] == "logistics"
    assert said.responses[-1] == "utter_read_back_again"


async def test_the_cancel_word_ends_it_and_an_open_return_goes_on(talk: Talk) -> None:
    await talk.say("return_request", "202611010003 5678 我要退货")
    await talk.say("complain_attitude", "你们客服态度太敷衍了")
    assert (talk.form or {})["name"] == "complaint"
    said = await talk.say("stop_form", "算了")
    assert said.handed() is None
    assert (talk.form or {})["name"] == "return"


@pytest.mark.parametrize("text", ["又来了", "每次都这样", "又是这样", "快点回啊"])
async def test_a_sigh_is_no_complaint(talk: Talk, text: str) -> None:
    said = await talk.say("complain_repeat", text, confidence=0.9, emotion="displeased")
    assert said.handed() is None
    assert said.responses == ["utter_sigh"]
    assert "category" not in talk.facts


async def test_a_sigh_about_a_known_matter_offers_a_person(talk: Talk) -> None:
    await talk.say("track_parcel", "202611010002 1234到哪了")
    said = await talk.say("complain_repeat", "又来了", confidence=0.9, emotion="displeased")
    assert said.responses == ["utter_sigh_matter"]
    assert talk.facts["category"] == "logistics.track"
    assert (await talk.say("affirm", "好的")).handed() == "no_progress"


async def test_an_apology_names_the_problem(talk: Talk) -> None:
    await talk.say("track_parcel", "202611010002 1234到哪了")
    said = await talk.say("nlu_fallback", "气死我了", emotion="angry", emotion_score=0.95)
    assert said.values["utter_handoff_anger"]["trouble"] == "包裹迟迟没到"


@pytest.mark.parametrize(
    ("intent", "text", "confidence"),
    [
        ("ask_human", "上门回收的人几点来", 0.49),
        ("safety_hazard", "我券被吞了", 0.45),
        ("threaten", "给过差评 现在想改成好评", 0.55),
        ("complain_repeat", "前天也说明天", 0.43),
    ],
)
async def test_what_the_model_only_half_believes_brings_nobody(
    talk: Talk, intent: str, text: str, confidence: float
) -> None:
    assert (await talk.say(intent, text, confidence=confidence)).handed() is None


@pytest.mark.parametrize("text", ["让你们主管来跟我说", "叫个人来", "我要见你们老板", "人在急诊缝针呢"])
async def test_words_that_always_bring_a_person(talk: Talk, text: str) -> None:
    assert (await talk.say("nlu_fallback", text, confidence=0.2)).handed() in {"requested", "safety"}


async def test_a_displeased_sentence_that_is_not_understood_is_no_puzzle(talk: Talk) -> None:
    said = await talk.say("nlu_fallback", "唉 每次都这么慢", confidence=0.2, emotion="displeased")
    assert said.responses == ["utter_sigh"]


async def test_a_complaint_that_the_model_did_not_know_is_one_by_its_words(talk: Talk) -> None:
    said = await talk.say("nlu_fallback", "我要投诉快递员", confidence=0.2)
    assert said.responses == ["utter_complaint_want"]
    assert talk.facts["category"] == "complaint.service"
