"""The same question again and again brings a person (H43), another question with the same answer does not; where a message was
left nobody is called for it again (H2)."""

from __future__ import annotations

from typing import Any

import pytest

from designer.imagined import NOW, PHONE, Imagined
from dialogue.message import AskedEntry, Circumstances, Message
from dialogue.outcome import Card, Gateway, Say
from dialogue.turn import Outcome, take_turn
from tests.dialogue.order_stage import the_dialogue

ENTRY = "delivery_lost_outcome"
CALM = {"score": 0.95, "reason": "no_progress", "evidence": []}


class Customer:
    """Known by the store's login, with one order under way; `ticket`: a message was left."""

    def __init__(self, situation: str = "stalled", *, ticket: bool = False) -> None:
        self.ticket, self.outside = ticket, Imagined(situation, "扫地机器人")
        customer = {"phone": PHONE, "name": "王小明", "method": "token"}
        self.state: Any = {"version": 1, "customer": customer}
        self.turns = 0

    def says(
        self, text: str, intent: str = "nlu_fallback", confidence: float = 0.95, **given: Any
    ) -> Outcome:
        self.turns += 1
        at = Circumstances(f"t{self.turns}", "c1", NOW, has_ticket=self.ticket)
        message = Message(text, intent=intent, confidence=confidence, **given)
        outcome = take_turn(message, at, self.state, the_dialogue(), self.outside)
        self.state = outcome.state
        return outcome

    def asks(self, text: str) -> Outcome:
        return self.says(text, confidence=0.3, questions=(AskedEntry(ENTRY, 0.95),))


def brought(outcome: Outcome) -> list[str]:
    return [
        str(one.fields.get("reason", one.name))
        for one in outcome.items
        if isinstance(one, Gateway) and one.name in {"handoff", "ticket"}
    ]


def said(outcome: Outcome) -> list[str]:
    return [one.response for one in outcome.items if isinstance(one, Say)]


def test_the_same_words_three_times_bring_a_person() -> None:
    customer = Customer()
    assert not brought(customer.asks("丢件了怎么赔"))
    assert not brought(customer.asks("丢件了怎么赔呀"))
    assert brought(customer.asks("我问丢件了怎么赔")) == ["repeat"]


def test_other_questions_with_the_same_answer_bring_nobody_at_once() -> None:
    customer = Customer()
    for text in ("丢件了怎么赔", "要是找不着呢 给补不", "那赔钱是赔全款吗"):
        assert not brought(customer.asks(text)), text
    assert brought(customer.asks("弄没了你们负责到什么程度")) == ["repeat"], "no loop lives for ever"


def test_a_status_told_before_is_not_said_to_have_been_the_answer() -> None:
    customer = Customer("shipped")
    customer.says("扫地机器人到哪了", "track_parcel")
    assert said(customer.says("扫地机器人现在到哪了", "track_parcel"))[0] == "utter_asked_before"
    customer = Customer("shipped")
    customer.says("扫地机器人到哪了", "track_parcel")
    assert said(customer.says("这都走到哪个省了", "track_parcel"))[0] == "utter_only_this"


def test_who_is_calm_is_told_honestly_before_a_person_comes() -> None:
    customer = Customer()
    first = customer.says("这个那个的到底咋弄", confidence=0.3, verdict=CALM)
    assert not brought(first)
    assert said(first)
    assert brought(customer.says("我说那个那个", confidence=0.3, fallback="unsure", verdict=CALM))


def test_who_is_upset_gets_a_person_at_once() -> None:
    outcome = Customer().says(
        "这个那个的到底咋弄", confidence=0.3, verdict=CALM, emotion="angry", emotion_score=0.8
    )
    assert brought(outcome)


@pytest.mark.parametrize("text", ["丢件了怎么赔", "我问丢件了怎么赔", "丢件了怎么赔呀"])
def test_a_message_that_was_left_is_enough(text: str) -> None:
    customer = Customer(ticket=True)
    for _ in range(4):
        assert not brought(last := customer.asks(text))
    assert said(last) == ["utter_ticket_stands"]


def test_a_person_who_is_asked_for_comes_in_spite_of_a_ticket() -> None:
    assert brought(Customer(ticket=True).says("给我转人工", "ask_human", watched={"human": 0.99})) == [
        "requested"
    ]


def test_a_parcel_is_shown_again_only_after_some_turns() -> None:
    customer = Customer("shipped")

    def is_shown(text: str, intent: str) -> bool:
        return any(isinstance(one, Card) for one in customer.says(text, intent).items)

    assert is_shown("扫地机器人到哪了", "track_parcel")
    assert not is_shown("扫地机器人走到哪里了", "track_parcel")
    for text in ("谢谢", "好的谢谢", "谢谢啦"):
        assert not is_shown(text, "thanks")
    customer.state["asked"] = []
    assert is_shown("扫地机器人到哪里了呀", "track_parcel")


def test_what_was_asked_before_a_person_had_the_conversation_no_longer_counts() -> None:
    customer = Customer()
    for _ in range(2):
        assert not brought(customer.asks("丢件了怎么赔"))
    customer.says("", "given_back", kind="event", payload={"resolution": "solved"})
    assert not brought(customer.asks("丢件了怎么赔"))
