"""A repair for money: where it is what is left, what it costs, what is written (H18, H22, H28)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from aftersales.decisions import WRITES, Inputs
from aftersales.order_system.port import OrderItem, ReturnDraft
from tests.aftersales.decisions.cases import decide, request, written
from tests.aftersales.decisions.test_returns import PHONE, ROBOT, signed, told

PLATES = OrderItem("1", "玻璃餐具套装", "CJ", 1, Decimal("189.00"), "tableware")
CHEAP = replace(PHONE, price=Decimal("60.00"))


@pytest.mark.parametrize(
    ("name", "inputs", "outcome"),
    [
        ("return_evidence", told(reason="quality", condition="misuse"), "paid"),
        ("return_evidence", told(reason="damaged", condition="misuse"), "needed"),
        ("return_evidence", told(signed(PLATES), reason="quality", condition="misuse"), "impossible"),
        ("return_evidence", told(signed(CHEAP), reason="quality", condition="misuse"), "impossible"),
        ("return_reason", told(signed(days=500), reason="quality"), "paid"),
        ("return_reason", told(signed(days=500), reason="no_reason"), "impossible"),
        ("return_wish", told(signed(days=500), reason="quality", condition="used"), "paid"),
        ("return_wish", told(reason="quality", condition="used"), "open"),
    ],
)
def test_where_nothing_free_is_left_a_repair_for_money_may_be(
    name: str, inputs: Inputs, outcome: str
) -> None:
    assert decide(name, inputs).outcome == outcome


def test_misuse_is_quoted_with_its_reason() -> None:
    found = decide("paid_repair", told(reason="quality", condition="misuse"))
    assert found.outcome == "quoted"
    assert "人为损坏" in found.values["reasons"]
    assert "检测费 30元" in found.values["quote"]
    assert found.facts["responsibility"] == "usage"
    assert found.facts["policy"]["result"] == "not_eligible"


def test_an_old_thing_is_nobodys_fault() -> None:
    found = decide("paid_repair", told(signed(days=500), reason="quality", condition="used"))
    assert "保修期是 365 天" in found.values["reasons"]
    assert "responsibility" not in found.facts


def test_what_cannot_be_quoted_is_left_to_a_person() -> None:
    found = decide("paid_repair", told(signed(PLATES), reason="quality", condition="misuse"))
    assert (found.outcome, found.values["quote"]) == ("not_repaired", "")


def test_the_request_carries_the_quote_and_is_reviewed() -> None:
    inputs = told(reason="quality", condition="misuse", facts={"description": "掉水里了"})
    draft = ReturnDraft(**WRITES["request_paid_repair"].draft(inputs))
    assert (draft.solution, draft.condition, draft.review, draft.freight_payer) == (
        "repair",
        "misuse",
        True,
        "buyer",
    )
    assert draft.description is not None
    assert draft.description.startswith("掉水里了；顾客同意付费维修，已告知：检测费 30元")
    made = request("repair", item_id="1", item=ROBOT.name)
    done = written("request_paid_repair", inputs, made)
    assert (done.outcome, done.values["solution"], done.facts) == ("done", "付费维修", {"demand": "付费维修"})
    other = written("request_paid_repair", inputs, request("exchange", item_id="1"))
    assert (other.outcome, other.facts) == ("other_open", {})
