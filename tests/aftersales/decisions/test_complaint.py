"""A complaint is written down with two questions at most and read back (H36, H37)."""

from typing import Any

import pytest

from aftersales.decisions import CHOICES, Inputs
from tests.aftersales.conftest import START, TZ
from tests.aftersales.decisions.cases import LABELS, POLICY, decide, order

ANNOUNCED = {"announced": "yes", "kind": "service"}


def told(words: str = "", *, facts: dict[str, Any] | None = None, **more: Any) -> Inputs:
    return Inputs(policy=POLICY, now=START, tz=TZ, labels=LABELS, words=words, facts=facts or {}, **more)


@pytest.mark.parametrize(
    ("inputs", "question"),
    [
        (told("我要投诉", slots=ANNOUNCED), "what"),
        (told("我要投诉", slots=ANNOUNCED, facts={"description": "我要投诉"}), "what"),
        (told("我要投诉", slots=ANNOUNCED, facts={"description": "冰箱修了三次；我要投诉"}), "demand"),
        (told("我要投诉", slots={**ANNOUNCED, "what": "挂我电话"}), "demand"),
        (told("我要投诉", slots={**ANNOUNCED, "what": "挂我电话", "demand": "refund"}), "none"),
        (told("客服骂人", slots={"kind": "service"}), "demand"),
        (told("客服骂人 给我道歉", slots={"kind": "service", "demand": "apology"}), "none"),
        (told("客服骂人", slots={"kind": "service"}, facts={"demand": "退款"}), "none"),
        (told("客服骂人", slots={"demand": "none"}), "none"),
    ],
)
def test_at_most_two_questions(inputs: Inputs, question: str) -> None:
    assert decide("complaint_question", inputs).outcome == question


def test_the_read_back_of_a_known_customer() -> None:
    facts = {
        "order_no": "202611010007",
        "item": "运动鞋",
        "description": "我要投诉；202611010007 1357 找了三次 wang@example.com 没人回",
        "tried": ["重启"],
        "category": "logistics.urge",
    }
    slots = {**ANNOUNCED, "kind": "repeat", "demand": "compensation"}
    found = decide(
        "complaint_record", told("我要投诉", facts=facts, slots=slots, orders=[order()], verified=True)
    )
    assert found.values == {
        "who": "陈思雨",
        "order": "202611010007　运动鞋",
        "cause": "找了三次  没人回",
        "demand": "补偿",
        "tried": "\n试过：重启",
    }
    assert found.facts["complaint_kind"] == "repeat"
    assert found.facts["category"] == "logistics.urge"


def test_what_is_not_known_is_said_so() -> None:
    values = decide("complaint_record", told("我要投诉", slots=ANNOUNCED)).values
    assert values["who"] == "还没核对身份，专员会再确认"
    assert values["order"] == "没有提到订单"
    assert values["cause"] == "专员来了再细说"
    assert values["demand"] == "由专员跟您商量"
    assert values["tried"] == ""
    assert decide("complaint_record", told(verified=True)).values["who"] == "已核实"


@pytest.mark.parametrize(
    ("kind", "category"),
    [("service", "complaint.service"), ("result", "complaint.result"), ("repeat", "complaint.result")],
)
def test_the_category_of_a_complaint_without_an_issue(kind: str, category: str) -> None:
    assert decide("complaint_question", told("不满意", slots={"kind": kind})).facts["category"] == category


def test_words_and_demands_are_added_once() -> None:
    slots = {"kind": "service", "what": "挂我电话", "more": "还骂人", "demand": "apology"}
    first = decide("complaint_record", told("客服态度差", slots=slots, facts={"demand": "退款"}))
    assert first.facts["description"] == "客服态度差；挂我电话；还骂人"
    assert first.facts["demand"] == "退款、道歉和说法"
    again = decide("complaint_record", told("客服态度差", slots=slots, facts=dict(first.facts)))
    assert again.facts["description"] == first.facts["description"]
    assert again.values["demand"] == "退款、道歉和说法"


def test_what_customers_ask_for() -> None:
    assert CHOICES["complaint_demands"].run(told()) == LABELS["demand"]
