"""After submission: taking back, changing, what an exchange is for, how many pieces, a technician's time (H23, H27)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from aftersales.decisions import CHOICES, WRITES
from aftersales.order_system.port import Product, Variant, VisitSlot
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import SHIRT, SHOES, case, decide, order, parcel, request, written

CATALOGUE = Product(
    "YDX-42",
    "运动鞋",
    "shoes",
    Decimal(369),
    9,
    48,
    "飞织",
    90,
    colours=("白绿色", "黑色"),
    sizes=("41", "42", "43"),
    variants=(Variant("白绿色", "43", 0), Variant("黑色", "42", 5, Decimal(399))),
)
SIGNED = order("signed", signed_at=START - timedelta(days=2))
SIZE = {"reason": "size", "condition": "opened", "solution": "exchange"}


def shoes(slots: dict[str, Any], **more: Any) -> Any:
    return case(SIGNED, item=SHOES, slots=slots, catalogue=CATALOGUE, **more)


def open_one(kind: str = "exchange", state: str = "submitted", **more: Any) -> Any:
    return request(kind, state, item_id="1", item="运动鞋", **({"reason": "size"} | more))


@pytest.mark.parametrize(
    ("requests", "intent", "outcome"),
    [
        ([], "stop_form", "none"),
        ([open_one("return")], "stop_form", "open"),
        ([open_one("return", "approved")], "cancel_order", "open"),
        ([open_one("return", "received")], "stop_form", "too_late"),
        ([open_one("return", "done")], "stop_form", "none"),
        ([open_one("exchange")], "refund_request", "instead"),
        ([request("claim")], "stop_form", "open"),
        ([request("urge")], "stop_form", "none"),
    ],
)
def test_what_may_be_taken_back(requests: list[Any], intent: str, outcome: str) -> None:
    found = decide("withdraw_case", case(SIGNED, item=SHOES, requests=requests, intent=intent))
    assert found.outcome == outcome
    if outcome in ("open", "too_late"):
        assert found.slots["request_no"] == requests[0].request_no


def test_taking_back_is_written_once_and_told() -> None:
    inputs = case(SIGNED, item=SHOES, slots={"request_no": "RT1"}, words="不退了")
    assert WRITES["withdraw"].draft(inputs) == {"request_no": "RT1", "reason": "不退了"}
    assert written("withdraw", inputs, open_one("return", "withdrawn")).outcome == "done"


@pytest.mark.parametrize(
    ("slots", "outcome", "values"),
    [
        (SIZE, "ask_size", {"options": "41、黑色"}),
        ({**SIZE, "size": "41码"}, "chosen", {"wanted": "白绿色 41", "difference": ""}),
        ({**SIZE, "size": "大一码"}, "out_of_stock", {"wanted": "白绿色 43"}),
        ({**SIZE, "size": "小一码"}, "chosen", {"wanted": "白绿色 41"}),
        ({**SIZE, "colour": "黑色"}, "dearer", {"wanted": "黑色 42"}),
        ({**SIZE, "colour": "红色"}, "not_offered", {"wanted": "红色"}),
        ({**SIZE, "size": "46"}, "not_offered", {"wanted": "46"}),
        ({**SIZE, "reason": "quality"}, "same", {}),
        ({**SIZE, "reason": "quality", "pick": "colour"}, "ask_colour", {}),
        ({**SIZE, "reason": "missing"}, "same", {}),
        ({**SIZE, "solution": "return"}, "same", {}),
    ],
)
def test_what_an_exchange_is_for(slots: dict[str, str], outcome: str, values: dict[str, str]) -> None:
    found = decide("exchange_target", shoes(slots))
    assert found.outcome == outcome
    assert {name: found.values[name] for name in values} == values
    if outcome in ("not_offered", "out_of_stock"):
        assert found.slots["colour"] is None
        assert found.slots["pick"] == ("size" if "size" in slots else "colour")


def test_the_difference_is_told_with_its_sign() -> None:
    assert "30元" in decide("exchange_target", shoes({**SIZE, "colour": "黑色"})).values["difference"]


def test_nothing_left_is_said() -> None:
    gone = replace(CATALOGUE, stock=0, variants=())
    inputs = case(SIGNED, item=SHOES, slots=SIZE, catalogue=gone)
    assert decide("exchange_target", inputs).outcome == "nothing"
    assert decide("exchange_target", case(SIGNED, item=SHOES, slots=SIZE)).outcome == "same", (
        "not in the catalogue"
    )


def test_only_what_is_in_stock_is_shown() -> None:
    assert dict(CHOICES["exchange_sizes"].run(shoes(SIZE))) == {"41": "41", "42": "42"}
    assert list(CHOICES["exchange_colours"].run(shoes(SIZE))) == ["白绿色", "黑色"]


@pytest.mark.parametrize(
    ("item", "told", "outcome"),
    [
        (SHOES, None, "all"),
        (SHOES, 3, "all"),
        (SHIRT, None, "ask"),
        (SHIRT, 1, "told"),
        (SHIRT, "all", "told"),
        (SHIRT, 3, "too_many"),
        (SHIRT, 0, "too_many"),
    ],
)
def test_how_many_pieces(item: Any, told: Any, outcome: str) -> None:
    of = order("signed", items=(SHOES, SHIRT))
    found = decide("how_many", case(of, item=item, slots={"quantity": told} if told is not None else {}))
    assert found.outcome == outcome
    assert list(CHOICES["pieces"].run(case(of, item=SHIRT))) == ["all", "1"]


@pytest.mark.parametrize(
    ("made", "slots", "outcome"),
    [
        (open_one("exchange"), {"solution": "return"}, "possible"),
        (open_one("exchange"), {"size": "41"}, "possible"),
        (open_one("exchange"), {"size": "43"}, "no_stock"),
        (
            open_one("exchange", reason="quality"),
            {"solution": "return", "condition": "misuse"},
            "not_eligible",
        ),
        (open_one("return", reason="quality"), {"solution": "repair"}, "possible"),
        (open_one("exchange", "received"), {"solution": "return"}, "too_late"),
        (open_one("exchange"), {}, "unclear"),
    ],
)
def test_what_a_request_may_become(made: Any, slots: dict[str, Any], outcome: str) -> None:
    found = decide("request_change", shoes({"condition": "opened", **slots}, requests=[made]))
    assert found.outcome == outcome
    if outcome == "possible":
        assert found.slots["request_no"] == made.request_no
        draft = WRITES["change_request"].draft(shoes({**slots, **found.slots}, requests=[made]))
        assert draft["solution"] == (slots.get("solution") or made.kind)


def test_a_request_that_is_open_is_changed_not_doubled() -> None:
    made = open_one("exchange", size="42")
    assert (
        decide("return_start", shoes({"solution": "exchange", "size": "41"}, requests=[made])).outcome
        == "change"
    )
    assert (
        decide("return_start", shoes({"solution": "exchange", "size": "42"}, requests=[made])).outcome
        == "open"
    )


def test_a_missing_part_is_sent_after_and_pieces_are_written() -> None:
    of = order("signed", items=(SHIRT,))
    draft = WRITES["request_return"].draft(
        case(
            of,
            item=SHIRT,
            slots={"reason": "missing", "condition": "opened", "solution": "exchange", "quantity": 1},
        )
    )
    assert (draft["solution"], draft["quantity"]) == ("resend", 1)


SLOT = VisitSlot("20261123-0900", START + timedelta(hours=19), START + timedelta(hours=22))


def test_a_technician_is_offered_for_an_open_repair_only() -> None:
    repair = open_one("repair", reason="quality")
    offered = case(SIGNED, item=SHOES, requests=[repair], visit_slots=(SLOT,))
    assert decide("visit_offer", offered).outcome == "offered"
    assert dict(CHOICES["visit_times"].run(offered)) == {SLOT.slot_id: "11月23日 09:00-12:00"}
    assert decide("visit_offer", case(SIGNED, item=SHOES, requests=[repair])).outcome == "none"
    assert decide("visit_offer", case(SIGNED, item=SHOES, visit_slots=(SLOT,))).outcome == "none"
    booked = written("book_visit", offered, replace(repair, visit=SLOT))
    assert booked.values["when"] == "11月23日 09:00-12:00"


@pytest.mark.parametrize(
    ("state", "outcome"), [("in_transit", "possible"), ("delivering", "delivering"), ("lost", "unsure")]
)
def test_a_parcel_is_called_back_while_it_travels(state: str, outcome: str) -> None:
    assert decide("intercept_case", case(order("shipped"), parcel=parcel(state))).outcome == outcome
    made = request("intercept")
    found = decide("intercept_case", case(order("shipped"), parcel=parcel(state), requests=[made]))
    assert (found.outcome, found.values["request_no"]) == ("open", made.request_no)


PAID = order("paid")


@pytest.mark.parametrize(
    ("slots", "outcome"),
    [
        ({}, "ask_colour"),
        ({"what": "size"}, "ask_size"),
        ({"what": "other"}, "unclear"),
        ({"size": "41"}, "chosen"),
        ({"size": "43"}, "no_stock"),
        ({"size": "42"}, "same"),
        ({"colour": "黑色"}, "dearer"),
        ({"quantity": 2}, "dearer"),
        ({"quantity": "all"}, "unclear"),
        ({"colour": "红色"}, "no_stock"),
    ],
)
def test_what_a_line_may_become_before_dispatch(slots: dict[str, Any], outcome: str) -> None:
    found = decide("change_target", case(PAID, item=SHOES, slots=slots, catalogue=CATALOGUE))
    assert found.outcome == outcome
    if outcome == "no_stock":
        assert found.values["options"]
    if outcome in ("chosen", "dearer"):
        assert found.values["changes"]
    waiting = case(PAID, item=SHOES, slots=slots, catalogue=CATALOGUE, requests=[request("change")])
    assert decide("change_target", waiting).outcome == "waiting"


def test_a_lost_parcel_is_claimed_once() -> None:
    assert decide("claim_case", case(order("signed"))).outcome == "none"
    made = request("claim")
    assert (
        decide("claim_case", case(order("signed"), requests=[made])).values["request_no"] == made.request_no
    )
    inputs = case(order("signed"), slots={"wish": "refund"}, words="没收到")
    assert WRITES["claim"].draft(inputs)["wish"] == "refund"
    assert written("claim", inputs, made).values["due"]
