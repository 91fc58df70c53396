"""Questions in passing about a repair: who comes, what it costs, how far it is (H18, H27)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from aftersales.decisions import Inputs
from aftersales.order_system.port import OrderItem
from tests.aftersales.conftest import START, TZ
from tests.aftersales.decisions.cases import LABELS, POLICY, SHIRT, SHOES, decide, order, request
from tests.aftersales.decisions.goods import COAT

FRIDGE = OrderItem("1", "冰箱", "BX", 1, Decimal("3599.00"), "large_appliance")
COOKER = OrderItem("2", "电饭煲", "DFB", 1, Decimal("329.00"), "small_appliance")


def asked(*items: OrderItem, **more: object) -> Inputs:
    of = order("signed", items=items) if items else None
    given = {"policy": POLICY, "now": START, "tz": TZ, "labels": LABELS, "order": of, **more}
    return Inputs(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("inputs", "outcome", "goods"),
    [
        (asked(), "rule", ""),
        (asked(FRIDGE), "at_home", "冰箱"),
        (asked(COOKER), "sent", "电饭煲"),
        (asked(FRIDGE, COOKER), "rule", ""),
        (asked(FRIDGE, COOKER, item=COOKER), "sent", "电饭煲"),
        (asked(COOKER, products=[replace(COAT, name="冰箱", kind="large_appliance")]), "at_home", "冰箱"),
    ],
)
def test_a_technician_comes_for_large_appliances_only(inputs: Inputs, outcome: str, goods: str) -> None:
    found = decide("repair_way", inputs)
    assert (found.outcome, found.values["goods"]) == (outcome, goods)


def test_what_a_repair_usually_costs_is_the_policys_figure() -> None:
    found = decide("repair_price", asked(COOKER))
    assert found.outcome == "quoted"
    assert "30" in found.values["quote"]
    assert decide("repair_price", asked()).outcome == "rule"
    assert decide("repair_price", asked(FRIDGE, COOKER)).outcome == "rule"
    assert decide("repair_price", asked(SHIRT)).outcome == "not_repaired"


def test_how_far_the_repair_is() -> None:
    assert decide("repair_stands", asked()).outcome == "rule"
    assert decide("repair_stands", asked(FRIDGE)).outcome == "none"
    new = request("repair", state="submitted", due=START + timedelta(hours=2))
    found = decide("repair_stands", asked(FRIDGE, requests=[new]))
    assert (found.outcome, found.values["request_no"]) == ("new", new.request_no)
    assert found.values["due"]
    later = request("repair", state="approved")
    assert decide("repair_stands", asked(FRIDGE, requests=[later])).outcome == "under_way"
    assert decide("repair_stands", asked(SHOES, requests=[request("return")])).outcome == "none"
