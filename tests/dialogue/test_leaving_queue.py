"""A waiting customer who does not want to wait: out of the queue with the rest of what was said; in danger a question first."""

from __future__ import annotations

from typing import Any

import pytest

from designer.imagined import NOW, PHONE, Imagined
from dialogue.message import Circumstances, Message
from dialogue.outcome import Gateway
from dialogue.turn import take_turn
from tests.dialogue.order_stage import the_dialogue


class Waiting:
    """A customer in the queue, brought there for danger where `danger`."""

    def __init__(self, *, danger: bool = False) -> None:
        facts = {"safety": True, "category": "product.quality"} if danger else {}
        customer = {"phone": PHONE, "name": "王小明", "method": "token"}
        self.state: Any = {"version": 1, "customer": customer, "facts": facts}

    def says(self, text: str) -> dict[str, Any] | None:
        """One message; the fields of `leave_queue`, None while the customer stays."""
        message = Message(text, intent="nlu_fallback", confidence=0.3, listen=True)
        outcome = take_turn(
            message,
            Circumstances("t1", "c_waits", NOW),
            self.state,
            the_dialogue(),
            Imagined("signed", "扫地机器人"),
        )
        self.state = outcome.state
        assert all(isinstance(one, Gateway) for one in outcome.items)
        left = [one for one in outcome.items if isinstance(one, Gateway) and one.name == "leave_queue"]
        return dict(left[0].fields) if left else None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("不排队了 取消排队吧 我就想问坏了能不能给换一个", "我就想问坏了能不能给换一个"),
        ("不用转 取消排队", ""),
        ("不用人工了 我就问原来那张发票还能不能用", "我就问原来那张发票还能不能用"),
        ("哎我还没说要转呢 先问你丰巢安全不", "先问你丰巢安全不"),
        ("算了别转了", ""),
        ("别转了，运费谁出？", "运费谁出？"),
        ("不等人工了 谢谢", ""),
        ("取消排队", ""),
        ("先别等了 直接帮我退掉吧", "直接帮我退掉吧"),
        ("转人工干啥 我问的是有没有大一码", "我问的是有没有大一码"),
        ("怎么给我转走了 我就问问尺码", "我就问问尺码"),
        ("取消转接 让小安来答吧", ""),
        ("我没要人工啊 就问补发几天", "就问补发几天"),
        ("机器人来也行 登记了没 要退款", "登记了没 要退款"),
        ("不用人了", ""),
    ],
)
def test_leaving_in_own_words(text: str, rest: str) -> None:
    assert Waiting().says(text) == {"rest": rest}


@pytest.mark.parametrize(
    "text",
    [
        "怎么还没转过来",
        "不要专员 给我找你们经理",
        "不想等了 我留个话",
        "能不排队吗",
        "不排队了 打电话给我",
        "冰箱不制冷都三天了",
        "我没受伤",
    ],
)
def test_who_goes_on_waiting(text: str) -> None:
    assert Waiting().says(text) is None


def test_in_danger_it_is_asked_first() -> None:
    customer = Waiting(danger=True)
    assert customer.says("？？？我没受伤 我说灯罩裂了") == {"ask": True}
    assert customer.says("对") == {"rest": "我说灯罩裂了"}
    assert not customer.state["facts"].get("safety")


def test_in_danger_the_question_is_asked_anew_after_something_else() -> None:
    customer = Waiting(danger=True)
    assert customer.says("别转了") == {"ask": True}
    assert customer.says("台面都熏黑了") is None
    assert customer.says("对") is None
    assert customer.state["facts"]["safety"] is True
