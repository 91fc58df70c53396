"""The carrier's number of goods sent back goes into the request that waits for them (H25)."""

from typing import Any

import pytest

from aftersales.decisions import WRITES
from tests.aftersales.decisions.cases import case, decide, request, written


@pytest.mark.parametrize(
    ("requests", "outcome"),
    [
        ([request("return", "approved")], "waiting"),
        ([request("urge"), request("exchange", "submitted")], "waiting"),
        ([request("repair", "sent_back")], "waiting"),
        ([request("return", "received")], "none"),
        ([request("refund_only", "approved")], "none"),
        ([], "none"),
    ],
)
def test_which_request_waits(requests: list[Any], outcome: str) -> None:
    found = decide("sent_back", case(requests=requests))
    assert found.outcome == outcome
    assert bool(found.values["request_no"]) == (outcome == "waiting")


def test_what_is_written() -> None:
    made = request("return", "approved")
    inputs = case(requests=[made], slots={"tracking_no": "YT2611010008777"})
    assert WRITES["tracking_no"].draft(inputs) == {
        "request_no": made.request_no,
        "kind": "tracking_no",
        "text": "YT2611010008777",
    }
    assert written("tracking_no", inputs, made).outcome == "done"
