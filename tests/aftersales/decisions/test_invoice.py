"""Invoices: how one stands, whether it may be asked for or issued anew, and what is written (H21, H33)."""

from datetime import timedelta
from typing import Any

import pytest

from aftersales.decisions import DECISIONS, WRITES
from aftersales.order_system.port import Invoice
from tests.aftersales.conftest import START
from tests.aftersales.decisions.cases import POLICY, case, decide, order, request, written

REQUESTED = Invoice("requested", title="张三", due_at=START + timedelta(days=2))
ISSUED = Invoice("issued", title="张三", issued_at=START - timedelta(days=30))
CASES: list[tuple[dict[str, Any], str]] = [
    ({"state": "signed"}, "none"),
    ({"state": "unpaid"}, "unpaid"),
    ({"state": "cancelled"}, "over"),
    ({"state": "refunded", "invoice": REQUESTED}, "over"),
    ({"state": "paid", "invoice": REQUESTED}, "requested"),
    ({"state": "signed", "invoice": ISSUED}, "issued"),
    ({"state": "signed", "invoice": Invoice("issued")}, "issued"),
    (
        {"state": "signed", "invoice": Invoice("issued", issued_at=START - timedelta(days=31))},
        "issued_long_ago",
    ),
]


@pytest.mark.parametrize(("of", "outcome"), CASES)
def test_how_it_stands(of: dict[str, Any], outcome: str) -> None:
    assert decide("invoice_case", case(order(**of))).outcome == outcome


def test_every_outcome_occurs() -> None:
    assert {outcome for _, outcome in CASES} == set(DECISIONS["invoice_case"].outcomes)


def test_it_goes_to_the_orders_own_mail_unless_another_is_told() -> None:
    of = order("signed", email="wang@example.com")
    assert decide("invoice_case", case(of)).slots == {"email": "wang@example.com"}
    assert decide("invoice_case", case(of, slots={"email": "a@b.cn"})).slots == {"email": "a@b.cn"}
    assert decide("invoice_case", case(order("signed"))).slots == {}


def test_a_requested_invoice_always_has_a_day() -> None:
    assert decide("invoice_case", case(order(invoice=REQUESTED))).values["due"] == "11月24日"
    without = order(invoice=Invoice("requested"))
    asked = [request("invoice", created_at=START - timedelta(days=1))]
    assert decide("invoice_case", case(without, requests=asked)).values["due"] == "11月24日"


def test_a_special_invoice_where_the_store_issues_one() -> None:
    assert decide("special_invoice", case()).outcome == "not_offered"
    rule = POLICY.store.invoices.model_copy(update={"kinds": ("电子普通发票", "增值税专用发票")})
    policy = POLICY.model_copy(update={"store": POLICY.store.model_copy(update={"invoices": rule})})
    found = decide("special_invoice", case(policy=policy))
    assert (found.outcome, found.values["kinds"]) == ("offered", "电子普通发票、增值税专用发票")


@pytest.mark.parametrize(
    ("title_kind", "kind"), [("company", "company"), ("personal", "personal"), (None, "personal")]
)
def test_what_is_written(title_kind: str | None, kind: str) -> None:
    slots = {"title": "张三", "title_kind": title_kind, "email": "a@b.cn"}
    draft = WRITES["request_invoice"].draft(case(slots=slots))
    assert draft == {
        "order_no": "202611010007",
        "kind": kind,
        "title": "张三",
        "email": "a@b.cn",
        "tax_no": None,
    }


def test_what_is_said_afterwards() -> None:
    inputs = case(slots={"title": "张三"})
    assert written("request_invoice", inputs, request("invoice")).outcome == "done"
    assert written("request_invoice", inputs, request("invoice", repeated=True)).outcome == "repeated"
    assert written("request_invoice", inputs, request("invoice", due_in_hours=None)).values["due"] == ""
