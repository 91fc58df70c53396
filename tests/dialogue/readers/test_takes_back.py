"""What was submitted is taken back in the customer's words: which kind, and where the same words mean something else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aftersales.order_system.port import AfterSalesRequest
from dialogue.readers import takes_back
from dialogue.reading import Reading
from dialogue.state import RECORDS
from tests.dialogue.readers.meaning_scenes import NOW, frame, order, scene

ORDER = order("202611010009", "玻璃餐具套装")
HAD = {"address": "江苏省南京市玄武区安宁路18号"}


def record(flow: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"flow": flow, "kind": kind, "order_no": ORDER.order_no, "request_no": "TK1", "slots": {}, **more}


CLAIM, URGE = record("lost_parcel", "claim"), record("urge", "urge")
INVOICE, ADDRESS = record("invoice", "invoice"), record("change_address", "address", before=HAD)


def read(text: str, *records: dict[str, Any], **more: Any) -> Reading | None:
    at = scene(text, orders=[ORDER], state={"told": {RECORDS: list(records)}}, **more)
    return next(takes_back.read(at), None)


@pytest.mark.parametrize(
    ("text", "written", "kind"),
    [
        ("撤销丢件核查", [], "claim"),
        ("那个核查撤了吧 别退款", [CLAIM], "claim"),
        ("找到了 不用查了", [CLAIM], "claim"),
        ("东西寻着了 在门卫那", [CLAIM], "claim"),
        ("刚收到了，不用找了", [CLAIM], "claim"),
        ("催单取消吧", [], "urge"),
        ("哎不用催了", [URGE], "urge"),
        ("发票先不要了", [INVOICE], "invoice"),
        ("把开票申请撤掉", [], "invoice"),
        ("不拦了 我自己收", [], "intercept"),
        ("撤了吧", [CLAIM, URGE], "urge"),
        ("那帮我撤了", [URGE, CLAIM], "claim"),
    ],
)
def test_which_kind_is_meant(text: str, written: list[dict[str, Any]], kind: str) -> None:
    found = read(text, *written)
    assert found is not None
    assert (found.name, found.value) == ("withdraw", {"what": kind})


@pytest.mark.parametrize("text", ["还是寄原来的地址吧", "地址改回去", "算了 地址不改了", "用之前的地址"])
def test_an_address_goes_back_to_what_it_was(text: str) -> None:
    found = read(text, ADDRESS)
    assert found is not None
    assert (found.name, found.value) == ("change_address", HAD)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("找到了", []),  # nothing was submitted
        ("不用催了", [CLAIM]),
        ("撤了吧", []),
        ("不要撤核查", [CLAIM]),
        ("撤了没", [CLAIM]),
        ("撤掉以后还能再申请吗", [CLAIM]),
        ("还没收到", [CLAIM]),
        ("还是寄原来的地址", []),
        ("地址改回来没", [ADDRESS]),
        ("找到了", [{**CLAIM, "taken_back": True}]),
    ],
)
def test_where_nothing_is_taken_back(text: str, written: list[dict[str, Any]]) -> None:
    assert read(text, *written) is None


def test_what_is_not_submitted_yet_is_no_request() -> None:
    assert read("发票取消吧", frames=[frame("invoice", "title")]) is None
    assert read("找到了", frames=[frame("lost_parcel", "asked")]) is None


def test_a_request_that_somebody_else_wrote_is_known_from_the_order() -> None:
    made = AfterSalesRequest(
        "TK9", "claim", "submitted", ORDER.order_no, None, None, NOW - timedelta(hours=3), "", None
    )
    found = read("东西找到了", requests=[made])
    assert found is not None
    assert found.value == {"what": "claim"}
