"""The number of a request, or its kind with the question how it goes: which request of the customer's is meant (H26)."""

from __future__ import annotations

from typing import Any

import pytest

from dialogue.readers import own_requests
from dialogue.reading import Reading
from dialogue.state import RECORDS
from tests.dialogue.readers.meaning_scenes import order, scene

ORDER = order("202611010009", "玻璃餐具套装")


def record(kind: str, number: str, **more: Any) -> dict[str, Any]:
    return {"flow": kind, "kind": kind, "order_no": ORDER.order_no, "request_no": number, "slots": {}, **more}


URGE, INVOICE = record("urge", "TK261130480741"), record("invoice", "TK261130480743")


def read(text: str, *records: dict[str, Any], **more: Any) -> Reading | None:
    at = scene(text, orders=[ORDER], state={"told": {RECORDS: list(records)}}, **more)
    return next(own_requests.read(at), None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("TK261130480743这个是啥", "TK261130480743"),
        ("我的tk261130480743 办到哪了", "TK261130480743"),
        ("那个催单现在怎么样了", "TK261130480741"),
        ("催的那个有结果没", "TK261130480741"),
    ],
)
def test_which_request_is_meant(text: str, number: str) -> None:
    found = read(text, URGE, INVOICE)
    assert found is not None
    assert (found.name, found.more["slots"]["request_no"]) == ("request_status", number)
    assert found.more["of_order"] == ORDER.order_no


@pytest.mark.parametrize(
    "text", ["催单有什么用", "快递怎么样了", "催一下快递", "AB261130480743是啥", "TK2611"]
)
def test_no_request_is_meant(text: str) -> None:
    assert read(text, URGE, INVOICE) is None


def test_what_was_taken_back_is_not_under_way() -> None:
    assert read("那个催单怎么样了", record("urge", "TK261130480741", taken_back=True)) is None
