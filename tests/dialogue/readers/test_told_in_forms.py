"""What is told of the goods, of a part of them and of the time, while a return is open; what is corrected after a submission.
Today is Sunday, 22 November."""

from __future__ import annotations

from typing import Any

import pytest

from dialogue.readers import corrections, faults, parts, wished_times
from dialogue.reading import Reading
from dialogue.scene import Scene
from dialogue.state import RECORDS
from tests.dialogue.readers.meaning_scenes import frame, order, scene

ORDER = order("202611010009", "玻璃餐具套装")


def returning(text: str, **slots: Any) -> Scene:
    return scene(text, orders=[ORDER], frames=[frame("return", "solution", **slots)])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("它扫不干净 还老是卡在床底下", ["扫不干净", "老是卡在床底下"]),
        ("我家的锅煮不熟饭了", ["锅煮不熟饭"]),
        ("两个字印歪了，你们看看", ["两个字印歪"]),
        ("没坏 就是不喜欢", []),
        ("有质量问题", []),
        ("要是坏了怎么办", []),
        ("那么重我拿不动", []),
        ("充不进电怎么回事", ["充不进电"]),
    ],
)
def test_a_fault_is_cut_out_of_the_words(text: str, told: list[str]) -> None:
    assert [one.value for one in faults.read(returning(text))] == told


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("补两个碗就行", "两个碗"),
        ("不用换整套 把那三个盘子重新寄给我", "三个盘子"),
        ("我只要一个盖子", "一个盖子"),
        ("坏的那两个补给我", "坏的那两个"),
        ("不用补两个碗", None),
        ("补点钱给我", None),
        ("换一套新的", None),
        ("再寄一套餐具来", None),
        ("碎了两个碗", None),
    ],
)
def test_the_part_that_alone_is_wanted(text: str, part: str | None) -> None:
    found = [one.value for one in parts.read(returning(text)) if one.name == "part"]
    assert found == ([part] if part else [])


def test_a_part_is_told_instead_of_another_wish() -> None:
    found = {one.name: one.value for one in parts.read(returning("只补两个碗", solution="return"))}
    assert found == {"part": "两个碗", "solution": "exchange"}


@pytest.mark.parametrize(
    ("text", "before", "value"),
    [
        ("周四上午我在家", None, "11月26日（星期四）上午"),
        ("明天下午来取嘛 我上午上班", None, "11月23日（星期一）下午"),
        ("12月8号要穿", None, "12月8日（星期二）要穿"),
        ("8号之前能弄好不", None, "12月8日（星期二）前"),
        ("时间没写 11月25号下午", None, "11月25日（星期三）下午"),
        ("下午才在家", "11月26日（星期四）上午", "11月26日（星期四）下午"),
        ("下午才在家", "12月8日（星期二）前", "12月8日（星期二）前，下午方便"),
        ("星期五来拿行不行", None, None),
        ("昨天上午收到的", None, None),
        ("11月20号买的", None, None),
        ("今天才打开看", None, None),
        ("周三不在家", None, None),
        ("你们几点来取", None, None),
    ],
)
def test_a_wish_about_time(text: str, before: str | None, value: str | None) -> None:
    slots = {"wished_time": before} if before else {}
    found = [one.value for one in wished_times.read(returning(text, **slots)) if one.more["flow"] == "return"]
    assert found == ([value] if value else [])


def corrected(text: str, *records: str, frames: Any = ()) -> Reading | None:
    told = [
        {"flow": one, "kind": "x", "order_no": ORDER.order_no, "request_no": "TK1", "slots": {}}
        for one in records
    ]
    at = scene(text, orders=[ORDER], state={"told": {RECORDS: told}}, frames=list(frames))
    return next(corrections.read(at), None)


@pytest.mark.parametrize(
    ("text", "written", "flow"),
    [
        ("邮箱写错了 换成 a.li@example.cn", ["invoice"], "invoice_change"),
        ("发到旧邮箱我收不到", ["invoice"], "invoice_change"),
        ("我说的是发票的抬头", ["invoice"], "invoice_change"),
        ("税号应该是91320594MA1MYABC2X", ["return", "invoice"], "invoice_change"),
        ("邮箱写错了", [], None),
        ("邮箱改对没有", ["invoice"], None),
        ("地址写错了", ["invoice"], None),
        ("周五下午来取吧", ["return"], "request_note"),
        ("周五下午能来取吗", ["return"], None),
        ("周五下午来取吧", ["invoice"], None),
    ],
)
def test_what_was_submitted_is_corrected(text: str, written: list[str], flow: str | None) -> None:
    found = corrected(text, *written)
    assert (found.name if found else None) == flow


def test_an_open_form_takes_its_own_corrections() -> None:
    form = frame("invoice", "ok")
    assert corrected("邮箱写错了 换成 a.li@example.cn", "invoice", frames=[form]) is None
