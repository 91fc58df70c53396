"""What a waiting customer tells: number and proof, goods, matter, demand, a wish to leave a note; what he asks is answered where
it is known for sure, and nothing is asked or begun."""

from __future__ import annotations

from typing import Any

from designer.imagined import NOW, ORDER_NO, PHONE, Imagined
from dialogue.message import Circumstances, Entity, Message
from dialogue.outcome import Gateway, Say
from dialogue.turn import take_turn
from tests.dialogue.order_stage import the_dialogue


class Waiting:
    """A customer in the queue; nobody is verified unless `known`."""

    def __init__(self, *, known: bool = False) -> None:
        self.outside = Imagined("signed", "扫地机器人")
        customer = {"phone": PHONE, "name": "王小明", "method": "token"}
        self.state: Any = {"version": 1, **({"customer": customer} if known else {})}
        self.facts: dict[str, Any] = {}
        self.turns = 0

    def says(self, text: str, intent: str = "nlu_fallback", **given: Any) -> list[str]:
        """One message; the names of the commands to the gateway. Nothing else may come out."""
        self.turns += 1
        message = Message(text, intent=intent, confidence=0.9, listen=True, **given)
        at = Circumstances(f"t{self.turns}", "c_waits", NOW)
        outcome = take_turn(message, at, self.state, the_dialogue(), self.outside)
        self.state = outcome.state
        assert all(isinstance(one, Gateway) for one in outcome.items)
        assert not outcome.state.get("frames")
        for one in outcome.items:
            self.facts |= one.fields.get("facts") or {} if isinstance(one, Gateway) else {}
        return [one.name for one in outcome.items if isinstance(one, Gateway)]


def test_the_matter_and_the_demand() -> None:
    customer = Waiting()
    customer.says("冰箱不制冷了 里面的菜全坏了", "quality_fault")
    customer.says("我要退款 不修了", "refund_request")
    assert customer.facts["category"] == "product.quality"
    assert "冰箱不制冷了" in customer.facts["description"]
    assert customer.facts["demand"] == "退款"


def test_number_and_proof_in_two_messages_verify() -> None:
    customer = Waiting()
    customer.says(f"订单号{ORDER_NO}", "give_order_no")
    assert customer.facts["order_no"] == ORDER_NO
    assert "identified" in customer.says(f"手机尾号{PHONE[-4:]}", "give_contact")
    assert customer.facts["item"] == "扫地机器人"


def test_a_number_alone_is_noted_for_the_person() -> None:
    customer = Waiting()
    assert "identified" not in customer.says("202611019999", "give_order_no")
    assert customer.facts["order_no"] == "202611019999"


def test_the_goods_by_their_name() -> None:
    customer = Waiting()
    text = "电饭煲的事"
    customer.says(text, entities=(Entity("product", "电饭煲", 0, 3),))
    assert customer.facts["item"] == "电饭煲"


def test_small_talk_tells_nothing() -> None:
    customer = Waiting()
    assert asks(customer, "好的", "affirm") == ["utter_waiting_nod"]
    assert not customer.state.get("facts", {}).get("description")


def test_a_nod_gets_one_short_word_and_not_twice_in_a_row() -> None:
    customer = Waiting(known=True)
    assert asks(customer, "好好 谢谢姑娘", "thanks") == ["utter_waiting_thanks"]
    assert asks(customer, "行吧那我等人联系", "affirm") == []
    assert asks(customer, "退货运费谁出", "return_policy")
    assert asks(customer, "嗯好的", "affirm") == ["utter_waiting_nod"]


def test_a_question_beside_a_wish_is_answered() -> None:
    customer = Waiting(known=True)
    assert asks(customer, "不是七天无理由吗 我这能不能退", "return_policy")


def test_how_long_the_wait_takes_is_told_by_the_queue() -> None:
    assert asks(Waiting(known=True), "要等多久啊", "nlu_fallback", 0.4) == []


def test_a_note_instead_of_waiting() -> None:
    assert "ticket" in Waiting().says("不等了 我留个言吧", "ask_human")


def test_danger_is_marked() -> None:
    customer = Waiting()
    customer.says("插头冒烟了", "safety_hazard", watched={"safety": 0.99})
    assert customer.facts["safety"] is True


def test_pictures_are_evidence() -> None:
    customer = Waiting()
    customer.says("", "send_media", uploads=("u_1",))
    assert customer.facts["evidence"] == ["u_1"]


def asks(customer: Waiting, text: str, intent: str, confidence: float = 0.95) -> list[str]:
    """The responses to what a waiting customer asks; nothing is opened, nothing asked."""
    message = Message(text, intent=intent, confidence=confidence, listen=True)
    outcome = take_turn(
        message, Circumstances("t9", "c_waits", NOW), customer.state, the_dialogue(), customer.outside
    )
    assert not outcome.state.get("frames")
    said = [one for one in outcome.items if isinstance(one, Say)]
    assert not any(one.buttons or one.expects for one in said)
    assert not [
        one for one in outcome.items if isinstance(one, Gateway) and one.name in {"handoff", "ticket"}
    ]
    customer.state = outcome.state
    return [one.response for one in said]


def test_a_rule_and_the_own_order_are_answered() -> None:
    customer = Waiting(known=True)
    assert asks(customer, "退货运费谁出", "return_policy")
    assert asks(customer, "我这个还能退吗", "return_policy")


def test_what_needs_a_question_of_ours_is_left_to_the_person() -> None:
    assert asks(Waiting(), "我的快递到哪了", "track_parcel") == []


def test_what_begins_something_is_left_to_the_person() -> None:
    customer = Waiting(known=True)
    assert asks(customer, "给我退货", "return_request") == []
    assert asks(customer, "发票开一张给我", "invoice_request") == []


def test_what_is_hardly_understood_is_left_to_the_person() -> None:
    assert asks(Waiting(known=True), "这个那个怎么弄的嘛", "return_policy", 0.3) == []
