"""The record an agent receives: by its schema, masked, honest about what is unknown (H45)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aftersales.order_system.port import AfterSalesRequest, Order, OrderItem, Parcel, Scan
from handoff.case_record.build import assess, build_record
from handoff.case_record.material import CaseMaterial, EmotionReading, OrderData
from handoff.records import Item
from handoff.store_rules import StoreRules, load_store_rules

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SCHEMA = Draft202012Validator(json.loads((ROOT / "contracts/handoff-record.schema.json").read_text()))
CONTRACT_KEYS = [
    "schema_version",
    "policy_version",
    "handoff_id",
    "conversation_id",
    "created_at",
    "trigger",
    "customer",
    "order",
    "product",
    "category",
    "category_confidence",
    "stage",
    "urgency",
    "level",
    "complaint_kind",
    "complaint_grade",
    "description",
    "began_at",
    "tried",
    "demand",
    "evidence",
    "emotion",
    "responsibility",
    "policy",
    "bot_actions",
    "promises",
    "suggested_steps",
    "group",
    "priority",
    "deadlines",
    "transcript",
    "missing",
]


@pytest.fixture(scope="module")
def rules() -> StoreRules:
    return load_store_rules(ROOT, "Asia/Shanghai")


RULES = load_store_rules(ROOT, "Asia/Shanghai")


def item(seq: int, sender: str, text: str = "", **body: Any) -> Item:
    at = NOW - timedelta(minutes=30 - seq)
    told = {"text": text} if text else body
    kind = "text" if text else "card"
    return Item("c_1", seq, at, 1, sender, None, kind, told, None, None, None, None, None)


ORDER = Order(
    order_no="202611010003",
    state="signed",
    phone="13900005678",
    name="李小红",
    address="浙江省杭州市西湖区某路1号",
    total=Decimal("1299.00"),
    payment_method="wechat",
    items=(OrderItem("1", "扫地机器人", "SKU3", 1, Decimal("1299.00"), "appliance", model="SDJ-2"),),
    created_at=NOW - timedelta(days=6),
    paid_at=NOW - timedelta(days=6),
    shipped_at=NOW - timedelta(days=5),
    signed_at=NOW - timedelta(days=3),
)


def full_case() -> CaseMaterial:
    scans = (Scan(NOW - timedelta(days=3), "杭州", "已签收"),)
    request = AfterSalesRequest(
        "RT202611220001",
        "return",
        "submitted",
        "202611010003",
        "1",
        "扫地机器人",
        NOW,
        "等待审核",
        NOW + timedelta(days=1),
    )
    return CaseMaterial(
        handoff_id="h_1",
        conversation_id="c_1",
        created_at=NOW,
        channel="chat",
        reason="anger",
        evidence=["我要被气死了，打我电话13900005678"],
        customer={"name": "李小红", "phone": "13900005678", "verified": True, "method": "order_phone"},
        facts={
            "category": "product.quality",
            "category_confidence": 0.93,
            "order_no": "202611010003",
            "item": "扫地机器人",
            "began_at": "昨天晚上",
            "tried": ["换过插座", "重启过"],
            "demand": "换货",
            "usable": False,
            "promises": ["24 小时内审核"],
        },
        items=[
            item(1, "customer", "扫地机器人充不进电"),
            item(2, "bot", card="order", order_no="202611010003"),
            item(3, "customer", "我要被气死了，打我电话13900005678"),
        ],
        effects=[
            {
                "effect": "return_requested",
                "key": "k",
                "request_no": "RT202611220001",
                "order_no": "202611010003",
                "summary": "提交了退货申请",
                "at": NOW,
            }
        ],
        emotions=[
            EmotionReading(NOW - timedelta(minutes=9), 1, "displeased", 0.5),
            EmotionReading(NOW - timedelta(minutes=1), 3, "angry", 0.96),
        ],
        uploads=[{"upload_id": "u_1", "kind": "image", "at": NOW - timedelta(minutes=2), "seq": 2}],
        contacts=1,
        case_no="CS261122000001",
        order_data=OrderData(
            True, ORDER, Parcel("202611010003", "顺丰速运", "SF1", "signed", scans), (), (request,)
        ),
    )


def record_of(case: CaseMaterial) -> dict[str, Any]:
    record = build_record(case, RULES, assess(case, RULES), now=NOW)
    SCHEMA.validate(record)
    return record


def nulls(value: Any, path: str = "") -> list[str]:
    if value is None:
        return [path]
    if isinstance(value, dict):
        return [one for key, child in value.items() for one in nulls(child, f"{path}.{key}" if path else key)]
    return []


def test_the_full_record_has_everything_the_contract_names() -> None:
    record = record_of(full_case())
    assert set(CONTRACT_KEYS) <= set(record)
    assert record["trigger"]["reason"] == "anger"
    assert record["customer"] == {
        "name": "李*",
        "contact": "139****5678",
        "verified": True,
        "method": "order_phone",
    }
    assert record["order"]["total"] == "1299.00"
    assert record["order"]["items"][0]["name"] == "扫地机器人"
    assert (record["product"]["model"], record["product"]["purchased_at"]) == (
        "SDJ-2",
        "2026-11-16T06:00:00.000Z",
    )
    assert (record["stage"], record["urgency"], record["level"]) == ("aftersale", "urgent", "II")
    assert (record["began_at"], record["tried"], record["demand"]) == (
        "昨天晚上",
        ["换过插座", "重启过"],
        "换货",
    )
    assert record["emotion"]["now"] == "angry"
    assert [one["emotion"] for one in record["emotion"]["history"]] == ["displeased", "angry"]
    assert [one["summary"] for one in record["bot_actions"]] == [
        "向客户展示了订单 202611010003",
        "提交了退货申请",
    ]
    assert record["transcript"] == {"from_seq": 1, "to_seq": 3}
    assert record["policy"]["result"] == "eligible"
    assert record["policy"]["reasons"]
    assert record["promises"] == ["24 小时内审核"]
    assert record["evidence"][0]["upload_id"] == "u_1"
    assert record["requests"][0]["request_no"] == "RT202611220001"
    assert "充不进电" in record["description"]


def test_nothing_in_the_record_shows_the_phone_or_the_name() -> None:
    text = json.dumps(record_of(full_case()), ensure_ascii=False)
    assert "13900005678" not in text
    assert "李小红" not in text
    assert "西湖区" not in text


def test_an_empty_case_says_what_is_missing() -> None:
    case = replace(
        full_case(), customer={}, facts={}, items=[], effects=[], emotions=[], uploads=[], evidence=[],
        reason="requested", order_data=OrderData(),
    )  # fmt: skip
    record = record_of(case)
    assert record["category"] == "service.other"
    assert record["customer"] == {"name": None, "contact": None, "verified": False, "method": None}
    assert {
        "customer.name",
        "order.order_no",
        "order.total",
        "product.model",
        "description",
        "demand",
    } <= set(record["missing"])
    assert record["policy"] == {"result": "unknown", "reasons": []}
    assert record["emotion"] == {"now": "calm", "history": []}
    assert record["suggested_steps"], "there is always something to do next"


def test_an_open_request_is_followed_and_not_made_again() -> None:
    facts = {"category": "return.request", "order_no": "202611010003", "item": "扫地机器人"}
    case = replace(full_case(), reason="requested", facts=facts)
    steps = "".join(record_of(case)["suggested_steps"])
    assert "已有处理中的申请" in steps
    assert "提交退货申请" not in steps
    assert "可以直接办理" not in steps
    nothing_open = replace(case, order_data=replace(case.order_data, requests=()))
    assert "提交退货申请" in "".join(record_of(nothing_open)["suggested_steps"])


def test_other_matters_of_the_customer_are_listed_in_their_words() -> None:
    facts = {
        **full_case().facts,
        "description": "充不进电 发票能开吗",
        "other_issues": ["发票能开吗 打我13900005678"],
    }
    record = record_of(replace(full_case(), facts=facts))
    assert "“发票能开吗 打我139****5678”" in "".join(record["suggested_steps"])
    assert record["description"].endswith("另外还问：发票能开吗 打我139****5678")


def test_missing_is_exactly_what_is_null() -> None:
    for case in (full_case(), replace(full_case(), order_data=OrderData(), customer={})):
        record = record_of(case)
        assert sorted(record["missing"]) == sorted(
            nulls({key: one for key, one in record.items() if key != "missing"})
        )


def test_a_safety_hazard_is_level_three_and_due_in_minutes() -> None:
    record = record_of(replace(full_case(), reason="safety", facts={**full_case().facts, "safety": True}))
    assert (record["level"], record["priority"]) == ("III", 1)
    assert record["deadlines"]["first_response"] == "2026-11-22T06:05:00.000Z"
    assert "停用" in record["suggested_steps"][0]


def test_the_bot_s_own_policy_answer_counts() -> None:
    told = {"result": "not_eligible", "reasons": ["已过 7 天，联系 13900005678"]}
    record = record_of(replace(full_case(), facts={**full_case().facts, "policy": told}))
    assert record["policy"] == {"result": "not_eligible", "reasons": ["已过 7 天，联系 139****5678"]}


def test_the_example_is_by_the_schema() -> None:
    example = json.loads((ROOT / "contracts/handoff-record.example.json").read_text())
    SCHEMA.validate(example)
    assert set(example) == set(record_of(full_case()))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20) | st.just("13812345678"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FACT_NAMES = [
    "category",
    "category_confidence",
    "order_no",
    "item",
    "description",
    "began_at",
    "tried",
    "demand",
    "evidence",
    "responsibility",
    "complaint_kind",
    "safety",
    "usable",
    "batch",
    "model",
    "serial",
    "policy",
    "promises",
    "threat_channel",
]


@given(st.dictionaries(st.sampled_from(FACT_NAMES), JSON, max_size=12), st.text(max_size=40))
def test_whatever_the_bot_sends_the_record_keeps_its_schema(facts: dict[str, Any], words: str) -> None:
    case = replace(full_case(), facts=facts, items=[item(1, "customer", words or "？")], evidence=[words])
    record = record_of(case)
    assert "13812345678" not in json.dumps(record, ensure_ascii=False)


def test_a_call_has_no_conversation_and_that_is_nothing_to_ask_for() -> None:
    case = replace(full_case(), conversation_id=None, handoff_id=None, channel="phone")
    record = record_of(case)
    assert (record["conversation_id"], record["case_no"], record["channel"]) == (
        None,
        "CS261122000001",
        "phone",
    )
    assert not {"conversation_id", "handoff_id"} & set(record["missing"])


def test_a_ticket_s_answer_is_due_two_hours_after_it_was_left() -> None:
    left = replace(full_case(), reason="requested", channel="ticket", ticket_at=NOW + timedelta(minutes=20))
    due = record_of(left)["deadlines"]
    assert due["first_response"] == "2026-11-22T08:20:00.000Z"
    assert due["resolve"] == record_of(full_case())["deadlines"]["resolve"]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("unpaid", "自动关闭"),
        ("paid", "直接取消"),
        ("shipped", "拒收"),
        ("cancelled", "已经取消"),
        ("refunded", "退完款"),
    ],
)
@pytest.mark.parametrize("category", ["return.request", "exchange.request", "product.mismatch"])
def test_the_next_steps_say_what_the_judgement_says(
    rules: StoreRules, state: Any, says: str, category: str
) -> None:
    order = replace(ORDER, state=state, signed_at=None)
    case = replace(full_case(), facts={"category": category, "order_no": ORDER.order_no}, effects=())
    case = replace(case, order_data=OrderData(asked=True, order=order), reason="requested")
    record = build_record(case, rules, assess(case, rules), now=NOW)
    steps = "".join(record["suggested_steps"])
    assert record["policy"]["result"] == "not_eligible"
    assert says in steps
    for contradiction in ("不符合常规政策", "核对签收日期", "提交退货申请", "提交换货申请"):
        assert contradiction not in steps
    signed = replace(case, order_data=OrderData(asked=True, order=ORDER))
    assert says not in "".join(build_record(signed, rules, assess(signed, rules), now=NOW)["suggested_steps"])
