"""Questions for the order that is read back, and that no other is touched: neither yes nor no."""

from __future__ import annotations

import pytest

from dialogue.readers import which_meant
from dialogue.state import Frame
from tests.dialogue.readers.meaning_scenes import frame, order, scene

ORDER = order("202611010015", "电热水壶", "paid")


def confirming(flow: str = "cancel_order") -> Frame:
    found = frame(flow, "ok")
    found.order_no = ORDER.order_no
    return found


def asks(text: str, *frames: Frame) -> bool:
    return any(True for _ in which_meant.read(scene(text, orders=[ORDER], frames=frames)))


@pytest.mark.parametrize(
    "text",
    [
        "取消哪个", "哪单啊", "哪个单号你说清楚", "单号多少", "是14还是15啊", "两个都要取消吗",
        "别给我都取消了", "可别把另一单也取消了", "手机不会也取消吧", "不会连着另外那个一起退了吧",
    ],
)  # fmt: skip
def test_asked_which(text: str) -> None:
    assert asks(text, confirming())


@pytest.mark.parametrize("text", ["对 取消", "不取消了", "只取消这个", "多久到账", "取消吧 另外帮我开发票"])
def test_something_else(text: str) -> None:
    assert not asks(text, confirming())


def test_only_while_a_write_waits_for_its_yes() -> None:
    assert not asks("取消哪个")
    assert not asks("哪个好", frame("return", "reason"))
