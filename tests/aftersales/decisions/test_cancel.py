"""Cancelling: only before dispatch, once, and taken back only as long as nothing was done (H19, H22)."""

from typing import Any

import pytest

from aftersales.decisions import DECISIONS, WRITES
from tests.aftersales.decisions.cases import case, decide, order, request, written

CASES: list[tuple[str, list[Any], str]] = [
    ("cancelled", [], "over"),
    ("refunded", [], "over"),
    ("shipped", [], "shipped"),
    ("signed", [request("cancel", "done")], "signed"),
    ("paid", [request("cancel", "refunding")], "open"),
    ("paid", [request("cancel", "withdrawn")], "paid"),
    ("paid", [request("urge")], "paid"),
    ("unpaid", [], "unpaid"),
]


@pytest.mark.parametrize(("state", "requests", "outcome"), CASES)
def test_by_state(state: str, requests: list[Any], outcome: str) -> None:
    found = decide("cancel_case", case(order(state), requests=requests))
    assert found.outcome == outcome
    if outcome == "open":
        assert found.slots["request_no"] == found.values["request_no"] == requests[0].request_no


def test_every_outcome_occurs() -> None:
    assert {outcome for *_, outcome in CASES} == set(DECISIONS["cancel_case"].outcomes)


def test_too_late_is_out_of_policy_with_its_reason() -> None:
    policy = decide("cancel_case", case(order("shipped"))).facts["policy"]
    assert policy["result"] == "not_eligible"
    assert "拒收" in policy["reasons"][0]


@pytest.mark.parametrize(
    ("state", "outcome"), [("paid", "nothing_done"), ("signed", "nothing_done"), ("cancelled", "cancelled")]
)
def test_taken_back(state: str, outcome: str) -> None:
    assert decide("undo_cancel", case(order(state))).outcome == outcome


def test_what_is_written_and_said() -> None:
    paid = case(order("paid"), words="帮我取消")
    assert WRITES["cancel"].draft(paid) == {"order_no": "202611010007", "reason": "帮我取消"}
    assert (
        WRITES["cancel"].summary(paid, request("cancel")) == "取消 202611010007（运动鞋），399元 退回支付宝"
    )
    assert written("cancel", paid, request("cancel", "refunding")).outcome == "done"
    unpaid = case(order("unpaid"))
    assert written("cancel", unpaid, request("cancel", "done")).outcome == "nothing_to_refund"
    assert "退回" not in WRITES["cancel"].summary(unpaid, request("cancel"))
