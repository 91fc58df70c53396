"""The open form is not what the customer wants, or not about these goods; where the same words say something else."""

from __future__ import annotations

from typing import Any

import pytest

from dialogue.readers import disowns
from dialogue.reading import Reading
from dialogue.state import STOPPED
from tests.dialogue.readers.meaning_scenes import frame, order, scene

CARD = order("202611010017", "游戏点卡")


def read(text: str, flow: str = "return", state: dict[str, Any] | None = None) -> Reading | None:
    open_form = frame(flow)
    open_form.order_no = CARD.order_no
    at = scene(text, orders=[CARD], frames=[open_form], state=state or {})
    return next(disowns.read(at), None)


@pytest.mark.parametrize(
    "text", ["别管点卡了", "点卡不办!!", "你别提那个点卡", "点卡的事先不弄了", "游戏点卡没问题 别弄了"]
)
def test_these_goods_do_not_matter(text: str) -> None:
    found = read(text)
    assert found is not None
    assert found.more["goods"]
    assert not found.more["other"]


@pytest.mark.parametrize("text", ["什么点卡 我说的是箱子", "我没买点卡", "谁说点卡了"])
def test_it_was_never_about_these_goods(text: str) -> None:
    found = read(text)
    assert found is not None
    assert found.more["other"]


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("没有退换!!!", "return"),
        ("退换不办", "return"),
        ("都说了不开发票!!", "invoice"),
        ("不用开 我就问问", "invoice"),
        ("我没说要开发票啊", "invoice"),
        ("发票先不要了", "invoice"),
        ("不用改地址", "change_address"),
        ("没让你改地址", "change_address"),
        ("我没要投诉", "complaint"),
    ],
)
def test_this_is_not_wanted(text: str, flow: str) -> None:
    found = read(text, flow)
    assert found is not None
    assert found.name == flow
    assert not found.more["goods"]


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("点卡坏了", "return"),
        ("点卡充不进去", "return"),
        ("没要换货 退钱就行", "return"),  # only how it is settled
        ("不用开公司的 开个人", "invoice"),
        ("发票能不开吗", "invoice"),
        ("为什么没开发票", "invoice"),
        ("电话不用改 改地址", "change_address"),
        ("不用开", "return"),
    ],
)
def test_the_form_goes_on(text: str, flow: str) -> None:
    assert read(text, flow) is None


def test_said_again_after_it_was_closed() -> None:
    at = scene(
        "都说了不开发票!!", orders=[CARD], state={"told": {STOPPED: {"flow": "invoice", "intent": ""}}}
    )
    found = next(disowns.read(at), None)
    assert found is not None
    assert found.more["draft"] == ""
