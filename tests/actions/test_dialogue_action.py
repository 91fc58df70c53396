"""Between Rasa's tracker and the dialogue: what comes in is the message and its circumstances, what goes out are items."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import dialogue_action
from actions.dialogue_action import circumstances_of, message_of, send
from actions.store import Store
from dialogue.outcome import Button, Effect, Gateway, Say
from tests.actions.conftest import Talk


def latest(text: str, intent: str = "return_request", entities: Any = ()) -> dict[str, Any]:
    return {"text": text, "intent": {"name": intent}, "entities": list(entities)}


def told(content: dict[str, Any], **understood: Any) -> dict[str, Any]:
    return {"input": content, "understanding": understood}


# -- what comes in ------------------------------------------------------------------------------------------------------
def test_typed_words() -> None:
    understood = {
        "confidence": 0.9,
        "candidates": [{"intent": "return_request", "confidence": 0.9}],
        "emotion": "displeased",
        "emotion_score": 0.4,
        "own": "我要退货",
        "also": [{"text": "发票呢", "intent": "invoice_request"}],
        "fallback": "ambiguous",
    }
    entity = {"entity": "order_no", "value": "202611010003", "start": 0, "end": 12}
    text = "２０２６１１０１０００３ 我要退货 发票呢"
    message = message_of(latest(text, entities=[entity]), told({"kind": "text"}, **understood), None)
    assert message.text == "202611010003 我要退货 发票呢"
    assert (message.kind, message.intent, message.confidence) == ("text", "return_request", 0.9)
    assert message.candidates == (("return_request", 0.9),)
    assert message.entity("order_no") == "202611010003"
    assert [(one.text, one.intent) for one in message.also] == [("发票呢", "invoice_request")]
    assert (message.emotion, message.fallback, message.own) == ("displeased", "ambiguous", "我要退货")


def test_a_button_is_its_label_and_its_payload() -> None:
    content = {"kind": "button", "label": "质量问题", "payload": '/choose{"slot":"reason","value":"quality"}'}
    entities = [{"entity": "slot", "value": "reason"}, {"entity": "value", "value": "quality"}]
    message = message_of(latest(str(content["payload"]), "choose", entities), told(content), None)
    assert message.is_button
    assert message.text == "质量问题"
    assert message.payload == {"slot": "reason", "value": "quality"}


def test_a_slash_that_a_customer_types_is_no_button() -> None:
    message = message_of(latest("／return_request", "nlu_fallback"), told({"kind": "text"}), None)
    assert not message.is_button


def test_a_picture_with_and_without_words() -> None:
    bare = message_of(latest("[图片]", "send_media"), told({"kind": "image", "upload_id": "u_1"}), None)
    assert (bare.kind, bare.text, bare.uploads) == ("media", "", ("u_1",))
    content = {"kind": "image", "upload_id": "u_1", "text": "这里裂了"}
    spoken = message_of(latest("这里裂了", "quality_defect"), told(content), None)
    assert (spoken.kind, spoken.text, spoken.uploads) == ("text", "这里裂了", ("u_1",))


def test_given_back_carries_what_was_agreed() -> None:
    content = {"kind": "event", "event": "given_back", "resolution": "solved", "note": "同意换货"}
    message = message_of(latest("[given_back]", "given_back"), told(content), None)
    assert (message.kind, message.text) == ("event", "")
    assert message.payload["resolution"] == "solved"
    assert message.payload["note"] == "同意换货"


def test_without_the_gateways_words_it_is_a_plain_rasa_project() -> None:
    message = message_of(latest("我要退货"), {}, None)
    assert (message.kind, message.text, message.confidence) == ("text", "我要退货", 1.0)


def test_circumstances_are_the_gateways() -> None:
    context = {
        "now": "2026-11-29T08:00:00Z",
        "address": "10.0.0.9",
        "identity": {"sub": "u1", "phone": "13800001234"},
        "episode": 3,
        "page": {"sku": "SDJ-R2"},
    }
    at = circumstances_of({"turn_id": "t_9", "conversation_id": "c_9", "context": context}, "sender", "m_1")
    assert (at.turn_id, at.conversation_id, at.address, at.episode) == ("t_9", "c_9", "10.0.0.9", 3)
    assert at.now == datetime(2026, 11, 29, 8, tzinfo=UTC)
    assert at.identity["phone"] == "13800001234"
    assert at.page == {"sku": "SDJ-R2"}


def test_without_them_the_message_is_the_turn() -> None:
    at = circumstances_of({"context": {"now": "yesterday"}}, "sender", "m_1")
    assert (at.turn_id, at.conversation_id, at.episode) == ("m_1", "sender", 1)
    assert at.now.tzinfo is not None


# -- what goes out ------------------------------------------------------------------------------------------------------
def test_a_sentence_goes_out_by_name_with_its_values_and_buttons(store: Store) -> None:
    dispatcher = CollectingDispatcher()
    button = Button("质量问题", '/choose{"slot":"reason","value":"quality"}')
    send(dispatcher, Say("utter_ask_reason", {"item": "扫地机器人"}, (button,), "reason"), store)
    (message,) = dispatcher.messages
    assert message["response"] == "utter_ask_reason"
    assert message["item"] == "扫地机器人"
    assert message["buttons"] == [{"title": button.title, "payload": button.payload}]
    assert message["custom"] == {"expects": "reason"}


def test_commands_and_effects_go_to_the_channel(store: Store) -> None:
    dispatcher = CollectingDispatcher()
    send(dispatcher, Gateway("handoff", {"reason": "anger", "facts": {}}), store)
    send(dispatcher, Effect("urged", "urge:c:t", "TK261129000001", "202611010007", "已加急"), store)
    command, effect = (one["custom"] for one in dispatcher.messages)
    assert command == {"anke": "command", "command": {"command": "handoff", "reason": "anger", "facts": {}}}
    assert effect["anke"] == "effect"
    assert effect["effect"]["request_no"] == "TK261129000001"


async def test_the_state_is_one_slot_and_the_trace_comes_with_every_turn(talk: Talk) -> None:
    said = await talk.say("return_request", "202611010003 5678 我要退货")
    assert said.responses[-1] == "utter_ask_reason"
    assert talk.state["version"] == 1
    assert talk.state["customer"]["phone"] == "13900005678"
    assert said.trace["commands"] == ["set(order_no=202611010003, proof=5678)", "start(return)"]
    assert said.trace["frames"] == ["return:reason"]


async def test_a_missed_deadline_fails_the_whole_turn(
    talk: Talk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: object, **__: object) -> None:
        await asyncio.sleep(5)

    monkeypatch.setattr(dialogue_action, "ACTION_DEADLINE", 0.05)
    monkeypatch.setattr(type(store.orders), "verify", slow)
    with pytest.raises(TimeoutError):
        await talk.say("track_parcel", "202611010002 1234 到哪了")
