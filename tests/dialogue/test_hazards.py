"""What is said first fits the danger (H12, H36): nobody is told to pull a plug for a swallowed button or a smell of gas."""

from __future__ import annotations

import pytest

from tests.dialogue.order_stage import placeholders, the_dialogue


def kind_of(text: str) -> str:
    codes = the_dialogue().words.codes("hazards")
    return next((code for code, one in codes.items() if one.search(text)), "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("孩子把扣子吞下去了", "swallowed"),
        ("娃把干燥剂吃了一口", "swallowed"),
        ("零件卡在嗓子里了", "swallowed"),
        ("狗把干燥剂啃了", "pet"),
        ("热水器有股煤气味", "gas"),
        ("燃气灶一直漏天然气", "gas"),
        ("玻璃炸了手一直流血", "injury"),
        ("插上冒火花 手烫起泡了", "injury"),
        ("敷完脸又红又肿 脸上痒", "body"),
        ("吃完全家拉肚子", "body"),
        ("充着电自己着了", "fire"),
        ("打火花 但是没着火", ""),
        ("充电宝鼓了个大包", "battery"),
        ("洗衣机一碰就麻手", "shock"),
        ("插上电就冒烟", ""),
        ("我不想活了", "self_harm"),
    ],
)
def test_the_kind_of_danger(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_every_kind_has_its_words() -> None:
    kinds = the_dialogue().words.codes("hazards")
    assert {f"utter_safety_{one}" for one in [*kinds, "advice"]} <= set(placeholders())
