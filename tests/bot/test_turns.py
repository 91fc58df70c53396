"""The turn protocol, from outside: a real bot process with a small model."""

from __future__ import annotations

import itertools
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from tests.bot.conftest import ROOT, SECRET, Actions, Bot, turn_request

ANSWER = Draft202012Validator(json.loads((ROOT / "contracts" / "turn-response.schema.json").read_text()))


def answered(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    ANSWER.validate(body)
    return body


def texts(answer: dict[str, Any]) -> list[str]:
    return [reply["text"] for reply in answer["replies"] if reply["kind"] == "text"]


def test_a_greeting_is_answered_with_state_and_understanding(bot: Bot, actions: Actions) -> None:
    answer = answered(bot.turn("你好"))
    assert answer["turn_id"] == "t_1"
    assert len(texts(answer)) == 1
    assert answer["understanding"]["intent"] == "greet"
    assert answer["understanding"]["category"] == "service.social"
    assert answer["state"]["format"] == 1
    assert answer["model"] == answer["state"]["model"] == "small-a"


def test_readiness_names_the_model(bot: Bot) -> None:
    response = bot.client.get("/webhooks/anke/ready")
    assert response.json() == {"ready": True, "model": "small-a", "encoder": "ok"}


@pytest.mark.parametrize(("named", "told"), [("off", "ANKE_ENCODER=off"), ("no/such/folder", "缺少文件")])
def test_without_the_encoder_the_bot_works_and_readiness_says_why(
    model: Path, action_server: Any, tmp_path: Path, named: str, told: str
) -> None:
    alone = Bot(model, action_server.url, tmp_path / "bot.log", ANKE_ENCODER=named).wait_ready()
    try:
        assert told in alone.client.get("/webhooks/anke/ready").json()["encoder"]
        answer = answered(alone.turn("你好"))
        assert answer["understanding"]["intent"] == "greet"
        assert "watch" not in answer["understanding"]
    finally:
        alone.stop()


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x"])
def test_without_the_secret_nothing_is_answered(bot: Bot, secret: str) -> None:
    response = bot.post(turn_request("你好"), secret=secret)
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "unauthorized"


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {},
        turn_request({"kind": "sticker"}),
        turn_request({"kind": "text"}),
        {**turn_request("你好"), "protocol": 2},
        {**turn_request("你好"), "state": "x"},
    ],
)
def test_a_malformed_request_is_refused_with_a_reason(bot: Bot, wrong: Any) -> None:
    response = bot.post(wrong)
    assert response.status_code == 422
    assert response.json()["error"]["message"]


@pytest.mark.parametrize("typed", ["/greet", '/ask_human{"a":1}', "  /restart", "\n/greet", "　/greet"])
def test_a_customer_cannot_type_an_intent(bot: Bot, actions: Actions, typed: str) -> None:
    """Rasa would take "/greet" for an intent with full confidence and skip understanding."""
    answer = answered(bot.turn(typed))
    assert answer["understanding"]["confidence"] < 1.0
    assert all(not event.get("text", "").startswith("/") for event in answer["state"]["events"])


def test_a_button_is_the_intent_it_was_issued_for(bot: Bot, actions: Actions) -> None:
    answer = answered(bot.turn({"kind": "button", "label": "转人工", "payload": '/ask_human{"note":"x"}'}))
    assert answer["understanding"]["intent"] == "ask_human"
    assert answer["understanding"]["confidence"] == 1.0
    assert {"entity": "note", "value": "x"}.items() <= answer["understanding"]["entities"][0].items()


def test_a_picture_without_text_is_send_media(bot: Bot, actions: Actions) -> None:
    answer = answered(bot.turn({"kind": "image", "upload_id": "u_1"}))
    assert answer["understanding"]["intent"] == "send_media"
    assert ("upload_id", "u_1") in [(e["entity"], e["value"]) for e in answer["understanding"]["entities"]]


def test_a_picture_with_text_is_understood_by_its_text(bot: Bot, actions: Actions) -> None:
    answer = answered(bot.turn({"kind": "image", "upload_id": "u_2", "text": "帮我查物流到哪里了"}))
    assert answer["understanding"]["intent"] == "track_parcel"
    assert ("upload_id", "u_2") in [(e["entity"], e["value"]) for e in answer["understanding"]["entities"]]


def test_a_button_chooses_an_answer(bot: Bot, actions: Actions) -> None:
    actions.says({"response": "utter_ask_reason", "item": "电饭煲"})
    asked = answered(bot.turn("我要退货"))
    (button,) = asked["replies"][0]["buttons"]
    assert button["payload"] == '/choose{"slot":"reason","value":"quality"}'
    answer = answered(bot.turn({"kind": "button", **button}, asked["state"]))
    told = {one["entity"]: one["value"] for one in answer["understanding"]["entities"]}
    assert (answer["understanding"]["intent"], told) == ("choose", {"slot": "reason", "value": "quality"})


def test_a_button_of_an_older_model_says_its_label(bot: Bot, actions: Actions) -> None:
    """What it stood for is gone; the customer must not run into nothing."""
    old = {"kind": "button", "label": "帮我办退货", "payload": '/pick_item{"item":"1"}'}
    understood = answered(bot.turn(old))["understanding"]
    assert understood["intent"] == "return_request"
    assert understood["confidence"] < 1.0


def test_given_back_tells_the_action_what_was_agreed(bot: Bot, actions: Actions) -> None:
    given = {"kind": "event", "event": "given_back", "resolution": "solved", "note": "补发了", "epoch": 3}
    answer = answered(bot.turn(given))
    assert answer["understanding"]["intent"] == "given_back"
    latest = actions.calls[-1]["tracker"]["latest_message"]
    assert latest["metadata"]["anke"]["input"] == given


def test_actions_are_told_the_turn_and_what_was_understood(bot: Bot, actions: Actions) -> None:
    answered(bot.turn("查下快递202611010002"))
    told = actions.calls[-1]["tracker"]["latest_message"]["metadata"]["anke"]
    assert told["turn_id"] == "t_1"
    assert told["context"]["address"] == "127.0.0.1"
    assert told["understanding"]["intent"] == "track_parcel"
    assert told["understanding"]["entities"] == [
        {"entity": "order_no", "value": "202611010002", "start": 4, "end": 16}
    ]


def test_the_action_sees_this_turns_verdict_and_moods(bot: Bot, actions: Actions) -> None:
    state = answered(bot.turn("到哪了"))["state"]
    answered(bot.turn("到哪了", state))
    slots = actions.calls[-1]["tracker"]["slots"]
    assert set(slots["handoff"]) == {"score", "reason", "evidence"}
    assert len(slots["moods"]) == 2
    state = answered(bot.turn({"kind": "button", "label": "转人工", "payload": "/ask_human"}, state))["state"]
    assert actions.calls[-1]["tracker"]["slots"]["handoff"]["score"] == 0


def test_text_buttons_and_expects_stay_one_reply_and_cards_follow(bot: Bot, actions: Actions) -> None:
    actions.says(
        {
            "text": "是这一件吗？",
            "buttons": [{"title": "是", "payload": "/affirm"}],
            "custom": {"expects": "confirm"},
        },
        {"custom": {"anke": "card", "card": {"card": "order", "order_no": "1"}}},
        {"custom": {"anke": "command", "command": {"command": "case", "facts": {"order_no": "1"}}}},
        {"custom": {"anke": "effect", "effect": {"effect": "urged", "key": "k"}}},
        {"custom": {"anke": "trace", "trace": {"chosen": ["start(logistics)"]}}},
    )
    answer = answered(bot.turn("到哪了"))
    assert answer["replies"] == [
        {
            "kind": "text",
            "text": "是这一件吗？",
            "buttons": [{"label": "是", "payload": "/affirm"}],
            "expects": "confirm",
        },
        {"kind": "card", "card": {"card": "order", "order_no": "1"}},
    ]
    assert answer["commands"] == [{"command": "case", "facts": {"order_no": "1"}}]
    assert answer["effects"] == [{"effect": "urged", "key": "k"}]
    assert answer["trace"] == {"chosen": ["start(logistics)"]}


def test_a_trace_alone_is_no_answer(bot: Bot, actions: Actions) -> None:
    actions.says({"custom": {"anke": "trace", "trace": {}}})
    assert bot.turn("到哪了").json()["error"]["code"] == "empty_turn"


@pytest.mark.parametrize(
    "script",
    [
        lambda body: (500, {"error": "boom"}),
        lambda body: (200, {"events": "not a list"}),
        lambda body: (404, {}),
    ],
)
def test_a_failing_action_fails_the_turn(bot: Bot, actions: Actions, script: Any) -> None:
    """Rasa would swallow it and answer as if nothing had happened."""
    actions.script = script
    response = bot.turn("到哪了")
    assert response.status_code == 502
    assert response.json()["error"]["code"] == "action_failed"


def test_a_turn_that_says_nothing_fails(bot: Bot, actions: Actions) -> None:
    actions.says()
    response = bot.turn("到哪了")
    assert response.status_code == 502
    assert response.json()["error"]["code"] == "empty_turn"


def test_a_failed_turn_leaves_nothing_behind(bot: Bot, actions: Actions) -> None:
    before = answered(bot.turn("你好"))["state"]
    actions.script = lambda body: (500, {})
    assert bot.turn("到哪了", before).status_code == 502
    actions.says({"text": "在途中"})
    answered(bot.turn("到哪了", before))
    asked = [e["text"] for e in actions.calls[-1]["tracker"]["events"] if e["event"] == "user"]
    assert asked == ["你好", "到哪了"]


def test_the_deadline_is_kept(bot: Bot, actions: Actions) -> None:
    def slow(body: dict[str, Any]) -> tuple[int, Any]:
        time.sleep(3)
        return 200, {"responses": [{"text": "晚了"}], "events": []}

    actions.script = slow
    began = time.monotonic()
    response = bot.turn("到哪了", seconds=0.5)
    assert response.status_code == 502
    assert response.json()["error"]["code"] == "deadline"
    assert time.monotonic() - began < 2


def test_a_passed_deadline_is_not_begun(bot: Bot, actions: Actions) -> None:
    response = bot.turn("到哪了", seconds=-1)
    assert response.status_code == 502
    assert not actions.calls


def test_every_message_leads_to_the_dialogue_and_then_the_bot_listens(bot: Bot, actions: Actions) -> None:
    state = None
    for said in ("你好", "我要退货", "尺码不合适", {"kind": "image", "upload_id": "u"}, "随便说点什么"):
        state = answered(bot.turn(said, state))["state"]
    assert [call["next_action"] for call in actions.calls] == ["action_dialogue"] * 5
    assert state["events"][-1]["name"] == "action_listen"


def asks_for_a_reason(body: dict[str, Any]) -> tuple[int, Any]:
    """A dialogue with one question: opens a frame, counts answers that it does not know, ends with the right one."""
    said = body["tracker"]["latest_message"]["text"]
    before = (body["tracker"]["slots"]["dialogue"] or {}).get("frames") or []
    if "不合适" in said:
        return 200, answer_of(f"记下了：{said}", {"version": 1})
    fails = before[-1]["fails"] + 1 if before else 0
    frame = {"flow": "return", "draft": "d_1", "fails": fails}
    return 200, answer_of(f"第{fails}次问原因", {"version": 1, "frames": [frame]})


def answer_of(text: str, dialogue: Any) -> dict[str, Any]:
    return {"responses": [{"text": text}], "events": [slot_event("dialogue", dialogue)]}


def test_a_dialogue_goes_on_from_the_state_alone(bot: Bot, actions: Actions) -> None:
    actions.script = asks_for_a_reason
    opened = answered(bot.turn("我要退货", conversation_id="c_frame"))
    missed = answered(bot.turn("嗯", opened["state"], conversation_id="c_frame", state_version=1))
    assert texts(missed) == ["第1次问原因"]
    closed = answered(bot.turn("尺码不合适", missed["state"], conversation_id="c_frame", state_version=2))
    assert texts(closed) == ["记下了：尺码不合适"]


def test_an_answer_that_did_not_fit_is_told(bot: Bot, actions: Actions) -> None:
    """The handoff model reads it from the history: `form_failed`."""
    actions.script = asks_for_a_reason
    opened = answered(bot.turn("我要退货"))
    assert "form_failed" not in opened["understanding"]
    missed = answered(bot.turn("嗯", opened["state"]))
    assert missed["understanding"]["form_failed"] is True
    closed = answered(bot.turn("尺码不合适", missed["state"]))
    assert "form_failed" not in closed["understanding"]


def test_the_same_state_answers_the_same_turn_the_same_way(bot: Bot, actions: Actions) -> None:
    """A retry after a lost answer: same attempt, same state, same reply."""
    actions.says({"response": "utter_greet"})
    opened = answered(bot.turn("你好"))["state"]
    first = answered(bot.turn("在吗", opened))
    again = answered(bot.turn("在吗", opened))
    assert first["replies"] == again["replies"]
    assert first["state"]["slots"] == again["state"]["slots"]


def test_the_same_sentence_is_not_said_twice_in_a_row(bot: Bot, actions: Actions) -> None:
    actions.says({"response": "utter_greet"})
    state, said = None, []
    for _ in range(6):
        answer = answered(bot.turn("你好", state))
        said += texts(answer)
        state = answer["state"]
    assert all(a != b for a, b in itertools.pairwise(said)), said


def test_slots_set_by_an_action_come_back_next_turn(bot: Bot, actions: Actions) -> None:
    actions.says({"text": "好的"}, events=[{"event": "slot", "name": "dialogue", "value": {"n": 1}}])
    state = answered(bot.turn("到哪了"))["state"]
    answered(bot.turn("到哪了", state))
    assert actions.calls[-1]["tracker"]["slots"]["dialogue"] == {"n": 1}


def test_the_state_stays_small_and_the_turn_as_fast(bot: Bot, actions: Actions) -> None:
    """A conversation of 60 turns: the window holds, slots survive it."""
    actions.says({"text": "好的"}, events=[slot_event("dialogue", {"version": 7})])
    state = answered(bot.turn("到哪了"))["state"]
    actions.says({"text": "好的"})
    sizes = []
    for _ in range(60):
        state = answered(bot.turn("到哪了", state))["state"]
        sizes.append(len(json.dumps(state)))
    assert state["slots"]["dialogue"] == {"version": 7}
    assert sizes[-1] < 1.1 * sizes[12]
    assert sizes[-1] < 20_000
    assert actions.calls[-1]["tracker"]["slots"]["dialogue"] == {"version": 7}


def test_turns_of_many_conversations_at_once_do_not_mix(bot: Bot, actions: Actions) -> None:
    def echo(body: dict[str, Any]) -> tuple[int, Any]:
        return 200, {"responses": [{"text": body["sender_id"]}], "events": []}

    actions.script = echo

    def one(number: int) -> bool:
        name = f"c_{number}"
        return texts(answered(bot.turn("到哪了", conversation_id=name))) == [name]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(40)))


def test_secrets_and_addresses_do_not_travel_in_the_state(bot: Bot, actions: Actions) -> None:
    request = turn_request("到哪了")
    request["context"].update(address="203.0.113.77", identity={"sub": "s-1", "phone": "13800001234"})
    state = json.dumps(answered(bot.post(request))["state"])
    assert "203.0.113.77" not in state
    assert "13800001234" not in state


KEPT = {"dialogue": {"version": 1, "order_no": "1"}}


@pytest.mark.parametrize(
    "broken",
    [
        {"format": 99, "model": "x", "slots": {**KEPT, "unknown": 1}},
        {"format": 1, "model": "x", "events": "?", "slots": KEPT},
        {"format": 1, "model": "x", "events": [{"event": "slot", "name": "gone", "value": 1}], "slots": KEPT},
        {"format": 1, "model": "x", "events": [5], "slots": KEPT},
    ],
)
def test_a_state_that_cannot_be_read_keeps_the_known_slots(bot: Bot, actions: Actions, broken: Any) -> None:
    answer = answered(bot.turn("到哪了", broken))
    assert actions.calls[-1]["tracker"]["slots"]["dialogue"] == KEPT["dialogue"]
    assert answer["state"]["format"] == 1
    assert "unknown" not in answer["state"]["slots"]
    assert texts(answer) == ["好的"]


def test_the_slots_of_an_older_dialogue_are_handed_over_as_version_0(bot: Bot, actions: Actions) -> None:
    form = {"name": "return", "slots": {"reason": "quality"}}
    slots = {"customer": {"phone": "13800001234"}, "form": form, "asked": None, "moods": [0.1]}
    events = [slot_event("form", form), {"event": "action", "name": "action_return"}]
    answer = answered(bot.turn("到哪了", {"format": 1, "model": "old", "events": events, "slots": slots}))
    told = actions.calls[-1]["tracker"]["slots"]
    assert told["dialogue"] == {"version": 0, "slots": {"customer": {"phone": "13800001234"}, "form": form}}
    assert told["moods"][0] == 0.1
    assert texts(answer) == ["好的"]


def test_a_memory_that_is_gone_is_said_honestly(bot: Bot, actions: Actions) -> None:
    answer = answered(bot.turn("到哪了", {"format": 99, "model": "x", "events": [{"event": "?"}]}))
    assert texts(answer) == ["刚才填到一半的申请没能保住，要麻烦您再说一次。", "好的"]


@pytest.mark.parametrize(
    "typed",
    [
        "😀😀😀",
        "！！！？？",
        "a" * 1000,
        "{{}}",
        "{reason}",
        "<script>alert(1)</script>",
        "'; DROP TABLE items; --",
        "１２３４５",
        "我要退貨",
        "can you speak english",
        "\u200b",
        "🙂",
        "\u202e到哪了",
        "👨‍👩‍👧",
    ],
)
def test_odd_input_is_answered(bot: Bot, actions: Actions, typed: str) -> None:
    answered(bot.turn(typed, conversation_id="c_odd"))


def test_traditional_characters_mean_the_same(bot: Bot, actions: Actions) -> None:
    assert answered(bot.turn("我要退貨"))["understanding"]["intent"] == "return_request"


def test_two_issues_in_one_turn_are_both_noticed(bot: Bot, actions: Actions) -> None:
    understood = answered(bot.turn("帮我查物流到哪里了\n帮我办退货"))["understanding"]
    named = {understood["intent"], *(other["intent"] for other in understood.get("also", []))}
    assert {"track_parcel", "return_request"} <= named


def test_the_wraps_change_nothing_but_the_time(
    bot: Bot, model: Path, action_server: Actions, actions: Actions, tmp_path: Path
) -> None:
    """ANKE_FAST=0 turns all of bot/fast off: the same dialogue, word for word."""
    actions.script = lambda body: (
        200,
        {
            "responses": [{"text": f"第{len(body['tracker']['events'])}步"}],
            "events": [slot_event("dialogue", {"version": 1})],
        },
    )
    stock = Bot(model, action_server.url, tmp_path / "bot.log", ANKE_FAST="0").wait_ready(240)
    try:
        dialogue = ["你好", "到哪了", "我要退货", "太大了", "谢谢", "你好"]
        told = []
        for one in (bot, stock):
            state, said = None, []
            for line in dialogue:
                answer = answered(one.turn(line, state, conversation_id="c_same"))
                state = answer["state"]
                said.append((answer["replies"], answer["understanding"], state["slots"]))
            told.append(said)
        assert told[0] == told[1]
    finally:
        stock.stop()


def slot_event(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}
