"""What is told reaches the record: words, demand, marks of the goods, proof before number; nothing is lost by leaving the queue
(H37, H45, H47)."""

from __future__ import annotations

from typing import Any

import pytest

from designer.imagined import NOW, ORDER_NO, PHONE, Imagined
from dialogue.message import Circumstances, Entity, Message
from dialogue.outcome import Gateway, Say
from dialogue.turn import take_turn
from tests.dialogue.order_stage import the_dialogue

TAIL = PHONE[-4:]


class Customer:
    """Nobody is verified; `waits` while in the queue."""

    def __init__(self) -> None:
        self.outside = Imagined("signed", "扫地机器人")
        self.state: Any = {"version": 1}
        self.facts: dict[str, Any] = {}
        self.waits = False
        self.turns = 0

    def says(self, text: str, intent: str = "nlu_fallback", **given: Any) -> list[str]:
        """One message; the names of responses and commands."""
        self.turns += 1
        message = Message(text, intent=intent, confidence=0.9, listen=self.waits, **given)
        at = Circumstances(f"t{self.turns}", "c_tells", NOW)
        outcome = take_turn(message, at, self.state, the_dialogue(), self.outside)
        self.state = outcome.state
        told = []
        for one in outcome.items:
            if isinstance(one, Gateway):
                told.append(one.name)
                self.facts |= one.fields.get("facts") or {}
                self.waits = self.waits or one.name == "handoff"
            elif isinstance(one, Say):
                told.append(one.response)
        return told


def test_what_was_said_along_the_way_is_in_the_description() -> None:
    customer = Customer()
    customer.says("扫地机器人不动了", "quality_fault")
    customer.says("门卫说没见过", "nlu_fallback")
    customer.says("转人工", "ask_human")
    assert customer.waits
    assert "扫地机器人不动了" in customer.facts["description"]
    assert "门卫说没见过" in customer.facts["description"]
    assert "转人工" not in customer.facts["description"]


@pytest.mark.parametrize("text", ["在吗", "202611010099", "尾号是1234", "好的谢谢"])
def test_greetings_and_numbers_describe_nothing(text: str) -> None:
    customer = Customer()
    customer.says("转人工", "ask_human")
    customer.says(text, "greet" if text == "在吗" else "nlu_fallback")
    assert not customer.facts.get("description")


def test_proof_before_the_number() -> None:
    customer = Customer()
    customer.says("转人工", "ask_human")
    customer.says(f"手机尾号是{TAIL}")
    assert "identified" in customer.says(f"订单号{ORDER_NO}")
    assert customer.facts["item"] == "扫地机器人"


def test_a_wrong_proof_may_be_corrected_alone() -> None:
    customer = Customer()
    customer.says("转人工", "ask_human")
    assert "identified" not in customer.says(f"订单号{ORDER_NO} 尾号0000")
    assert "identified" in customer.says(f"说错了 尾号{TAIL}")


def test_number_and_proof_beside_the_call_for_a_person_verify() -> None:
    customer = Customer()
    told = customer.says(f"转人工 订单号{ORDER_NO} 尾号{TAIL}", "ask_human")
    assert told.index("identified") < told.index("handoff")


def test_leaving_the_queue_keeps_what_was_told_there() -> None:
    customer = Customer()
    customer.says("转人工", "ask_human")
    customer.says(f"单号{ORDER_NO}")
    customer.waits = False  # the customer leaves the queue
    assert "utter_ask_phone_tail" in customer.says("我要退货", "return_request")


def test_a_proof_told_in_the_queue_is_not_asked_for_again() -> None:
    customer = Customer()
    customer.says("转人工", "ask_human")
    customer.says(f"尾号是{TAIL}")
    customer.waits = False
    customer.says("我要退货", "return_request")
    assert "identified" in customer.says(ORDER_NO, "give_order_no")


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("我要你们给我换个新的", "换货补发"),
        ("不要换货 直接退钱", "退款"),
        ("医药费你们得出", "补偿"),
        ("能退全款就退全款", "退款"),
        ("给我重做一件", "换货补发"),
    ],
)
def test_the_demand_by_its_words(text: str, demand: str) -> None:
    customer = Customer()
    customer.says("转人工", "ask_human")
    customer.says(text)
    assert customer.facts["demand"] == demand


def test_the_newest_demand_counts_and_a_mere_question_is_none() -> None:
    customer = Customer()
    customer.says("能退钱吗")
    assert not customer.facts.get("demand")
    customer.says("转人工", "ask_human")
    customer.says("换新的吧")
    customer.says("算了不换了 退款")
    assert customer.facts["demand"] == "退款"


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("型号是R2W", "model", "R2W"),
        ("机身上写的SN：AB12345678", "serial", "AB12345678"),
        ("序列号 R2W26A0450917", "serial", "R2W26A0450917"),
        ("批次20260915B的", "batch", "20260915B"),
        ("这批次的都不行", "batch", None),
        ("官网查不到序列号", "serial", None),
    ],
)
def test_marks_of_the_goods(text: str, name: str, value: str | None) -> None:
    customer = Customer()
    customer.says(text)
    assert customer.facts.get(name) == value


def test_goods_without_an_order_by_their_own_name() -> None:
    customer = Customer()
    customer.says("吹风机坏了", entities=(Entity("product", "吹风机", 0, 3),))
    customer.says("转人工", "ask_human")
    assert customer.facts["item"] == "吹风机"


def test_a_new_matter_after_the_end_takes_no_words_of_the_old_one() -> None:
    customer = Customer()
    customer.says("扫地机器人不动了", "quality_fault")
    customer.state["episode"] = 0
    customer.says("转人工", "ask_human")
    assert "扫地机器人" not in str(customer.facts.get("description"))


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("请删除我的个人信息", "删除个人信息"),
        ("我要注销我的账号", "删除个人信息"),
        ("把我的个人信息导出一份", "导出个人信息"),
        ("你们把我的电话给卖了", "你们把我的电话给卖了"),
    ],
)
def test_a_request_about_own_data_is_filed_as_one(text: str, demand: str) -> None:
    customer = Customer()
    customer.says("订单202611010099到哪了", "track_parcel")
    customer.says(text, "nlu_fallback")
    assert customer.waits
    assert (customer.facts["category"], customer.facts["demand"]) == ("service.other", demand)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("手机尾号1234", None),
        ("手机号13800135678", None),
        ("手机13800135678", None),
        ("手机后四位是1234", None),
        ("手机坏了", "手机"),
        ("手机 3 天没发货", "手机"),
    ],
)
def test_a_telephone_whose_number_is_told_is_nothing_that_was_bought(text: str, named: str | None) -> None:
    customer = Customer()
    customer.says(text, "nlu_fallback", entities=(Entity("product", "手机", 0, 2),))
    customer.says("转人工", "ask_human")
    assert customer.facts.get("item") == named
