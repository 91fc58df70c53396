"""Which open case a contact continues (H13), and how a customer is recognised (H6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.cases.matching import Matter, same_matter
from handoff.records.customers import customer_keys
from handoff.store_rules import load_store_rules
from tests.helpers.processes import ROOT

STORE = load_store_rules(ROOT, "Asia/Shanghai")
RULES = STORE.policy.service.cases
FRIDGE, ROBOT = "202611010005", "202611010003"


def matter(category: str | None, order_no: str | None = None, item: str | None = None) -> Matter:
    return Matter(category, order_no, item)


@pytest.mark.parametrize(
    ("case", "contact", "same"),
    [
        # one order, one matter told in several ways
        (matter("product.quality", FRIDGE), matter("repair.request", FRIDGE), True),
        (matter("return.request", FRIDGE), matter("refund.progress", FRIDGE), True),
        (matter("logistics.urge", ROBOT), matter("logistics.lost", ROBOT), True),
        (matter("product.quality", FRIDGE), matter("complaint.result", FRIDGE), True),
        (matter("product.quality", FRIDGE), matter("service.human", FRIDGE), True),
        # the same order, another matter
        (matter("product.quality", FRIDGE), matter("order.invoice", FRIDGE), False),
        (matter("product.quality", FRIDGE, "冰箱"), matter("product.quality", FRIDGE, "碗"), False),
        # another order
        (matter("product.quality", FRIDGE), matter("product.quality", ROBOT), False),
        (matter("product.quality", FRIDGE), matter("complaint.result", ROBOT), False),
        # an order is known on one side only
        (matter("product.quality", FRIDGE), matter("repair.request"), True),
        (matter("product.quality"), matter("product.quality", FRIDGE), True),
        (matter("product.quality", FRIDGE), matter("complaint.service"), True),
        (matter("product.quality", FRIDGE), matter("service.human"), False),
        (matter("service.human"), matter("service.human"), False),
        (matter("product.quality", FRIDGE), matter("order.invoice"), False),
        (matter("product.quality", FRIDGE), matter(None), False),
    ],
)
def test_the_same_customer_s_matter(case: Matter, contact: Matter, same: bool) -> None:
    assert same_matter(RULES, case, contact) is same


def test_where_the_case_is_talked_about_already_only_a_difference_separates() -> None:
    known = matter("product.quality", FRIDGE)
    assert same_matter(RULES, known, matter("service.human"), goes_on=True)
    assert same_matter(RULES, known, matter("order.invoice"), goes_on=True)
    assert not same_matter(RULES, known, matter("service.human", ROBOT), goes_on=True)


CODES = st.sampled_from([None, *sorted(STORE.categories.by_code)])
ORDERS = st.sampled_from([None, FRIDGE, ROBOT])
MATTERS = st.builds(Matter, CODES, ORDERS, st.sampled_from([None, "冰箱", "碗"]))


@given(MATTERS, MATTERS, st.booleans())
def test_different_orders_are_never_one_matter(case: Matter, contact: Matter, goes_on: bool) -> None:
    if case.order_no and contact.order_no and case.order_no != contact.order_no:
        assert not same_matter(RULES, case, contact, goes_on=goes_on)
    if same_matter(RULES, case, contact):
        assert same_matter(RULES, case, contact, goes_on=True)


@given(MATTERS)
def test_an_issue_about_an_order_continues_itself(one: Matter) -> None:
    if one.category and not one.category.startswith("service."):
        assert same_matter(RULES, one, one)


def test_a_customer_is_recognised_by_what_is_certain() -> None:
    assert customer_keys(
        sub="u7", phone="138 0000 1234", email="Wang@Example.com", conversation_id="c_1"
    ) == (
        "conversation:c_1",
        "email:wang@example.com",
        "phone:13800001234",
        "sub:u7",
    )
    assert customer_keys(phone="+86-138-0000-1234") == ("phone:13800001234",)
    assert customer_keys(phone="1380000", email="nobody") == ()


def test_a_sender_is_known_by_mail_address_or_phone_too() -> None:
    assert customer_keys(sender=("mail", "wang@example.com")) == (
        "email:wang@example.com",
        "sender:mail:wang@example.com",
    )
    assert customer_keys(sender=("weibo", "@小王")) == ("sender:weibo:@小王",)
    assert "phone:13800001234" in customer_keys(sender=("sms", "13800001234"))
