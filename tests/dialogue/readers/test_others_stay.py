"""What is said of other goods while a form is filled: it gives nothing up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from aftersales.order_system.port import OrderItem
from dialogue.outside import Need
from dialogue.readers import others_stay
from tests.dialogue.readers.meaning_scenes import frame, order, scene

LINES = tuple(
    OrderItem(str(at), name, name, 1, Decimal(9), "home")
    for at, name in enumerate(("保温杯", "四件套", "护眼台灯"))
)
THREE = replace(order("202611010012", "保温杯"), items=LINES)


def read(text: str) -> bool:
    form = frame("return")
    form.order_no, form.item_id = THREE.order_no, "2"
    at = scene(text, orders=[THREE], frames=[form])
    for line in LINES:  # the catalogue knows no other names
        at.outside.known[Need("products", (line.name, 1))] = ()
    at.outside.known[Need("order", (THREE.order_no,))] = THREE
    return any(one.value == "only" for one in others_stay.read(at))


@pytest.mark.parametrize(
    "text",
    ["四件套不退的", "保温杯我要留着", "只退台灯", "不是全退", "四件套没问题 就退台灯", "四件套不用退"],
)
def test_others_stay(text: str) -> None:
    assert read(text)


@pytest.mark.parametrize("text", ["台灯不退了", "不退了", "四件套也要退", "四件套能不退吗", "只退钱"])
def test_something_else_is_said(text: str) -> None:
    assert not read(text)
