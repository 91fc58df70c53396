"""What is wrong with the goods, in the customer's own words: kept for whoever asks, no command of its own."""

import pytest

from dialogue.readers import symptoms
from dialogue.readers.table import READERS
from tests.dialogue.readers.value_scenes import scene


def told(text: str) -> list[str]:
    return [str(one.value) for one in symptoms.read(scene(text)) if not one.negated]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("扫地机器人充不进电了", "no_charge"),
        ("手机充电充不上", "no_charge"),
        ("插上电源一点反应都没有 开不了机", "no_power"),
        ("冰箱不制冷", "no_cool"),
        ("电饭煲煮出来夹生", "no_heat"),
        ("吸力越来越小 变弱了", "weak"),
        ("耳机左边没声音", "no_sound"),
        ("显示器黑屏", "no_picture"),
        ("画面一直在闪", "flicker"),
        ("吹着吹着自己停了", "stops"),
        ("洗衣机抖得厉害", "noise"),
        ("水箱漏水", "leak"),
        ("连不上wifi", "no_connect"),
        ("键盘按键失灵", "keys"),
        ("行李箱密码锁打不开", "lock"),
    ],
)
def test_symptoms_in_the_customers_words(text: str, code: str) -> None:
    assert code in told(text)


@pytest.mark.parametrize("text", ["扫地机器人坏了", "我要退货", "质量太差", "多久能发货", "电话打不通"])
def test_vague_words_are_none(text: str) -> None:
    assert told(text) == []


def test_several_are_told_in_their_order() -> None:
    assert told("先是噪音大，后来不制冷了") == ["noise", "no_cool"]


def test_what_is_denied_is_negated() -> None:
    found = list(symptoms.read(scene("没有漏水，就是不制冷")))
    assert [(one.value, one.negated) for one in found] == [("leak", True), ("no_cool", False)]


def test_it_is_one_of_the_readers() -> None:
    assert symptoms.read in READERS
