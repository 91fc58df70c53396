"""Scripted handoffs (records/handoffs.yml) and the record that a person would receive with each (H38, H45).

The dialogue is the product's in one process (designer/local_bot.py); its facts, the demo store's order and the pictures are
put together by handoff/case_record as on the desk. A message after the handoff is one of a waiting customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from designer.local_bot import LocalBot, Talk
from handoff.case_record.build import describe
from handoff.case_record.filling import fetch_order_data
from handoff.case_record.material import CaseMaterial
from handoff.store_rules import StoreRules

SCRIPTS = Path(__file__).parent / "records" / "handoffs.yml"
#: What a script may say that the customer told -> where it stands in the record.
FIELDS: Mapping[str, str] = {
    "订单": "order.order_no",
    "核身": "customer.verified",
    "产品": "product.name",
    "型号": "product.model",
    "序列号": "product.serial",
    "批次": "product.batch",
    "描述": "description",
    "试过": "tried",
    "开始": "began_at",
    "诉求": "demand",
    "图片": "evidence",
    "类别": "category",
    "危险": "level",
}
#: The level of a safety hazard (H12).
_HAZARD = "III"


@dataclass
class Played:
    """One script to its end: the reason of the handoff, the record, and what is missing or wrong of what was told."""

    name: str
    reason: str
    record: Mapping[str, Any]
    right: list[str] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)


def scripts() -> list[dict[str, Any]]:
    """All scripted handoffs."""
    told: list[dict[str, Any]] = yaml.safe_load(SCRIPTS.read_text(encoding="utf-8"))
    for one in told:
        assert set(one["说过"]) <= set(FIELDS), one["对话"]
    return told


def play(bot: LocalBot, rules: StoreRules, script: Mapping[str, Any]) -> Played:
    """Talk it through and compare the record with what was told."""
    phone = script.get("登录")
    talk = Talk(bot, identity={"sub": "u1", "phone": phone} if phone else None)
    customer: dict[str, Any] = {}
    reason, pictures = "", 0
    for step in script["过程"]:
        content: dict[str, Any]
        if isinstance(step, dict) and "图片" in step:
            pictures += 1
            content = {"kind": "image", "upload_id": f"u_{pictures}", "text": step["图片"] or None}
        elif isinstance(step, dict):
            label = next(one for one in talk.payloads if step["按钮"] in one)
            content = {"kind": "button", "label": label, "payload": talk.payloads[label]}
        else:
            content = {"kind": "text", "text": str(step)}
        answer = talk.send({**content, "listen": True} if reason else content)
        for command in answer["commands"]:
            if command["command"] == "identified":
                known = {name: command.get(name) for name in ("method", "phone", "name")}
                customer = {**known, "verified": True}
            elif command["command"] == "handoff":
                reason = command["reason"]
    facts = {name: value for name, value in talk.facts.items() if value is not None}
    record = _record(bot, rules, facts, customer, reason or "requested")
    played = Played(str(script["对话"]), reason, record)
    for name, told in script["说过"].items():
        for wanted in told if isinstance(told, list) else [told]:
            if _holds(record, name, wanted):
                played.right.append(name)
            else:
                played.wrong.append((name, str(wanted)))
    return played


def _record(
    bot: LocalBot, rules: StoreRules, facts: dict[str, Any], customer: dict[str, Any], reason: str
) -> Mapping[str, Any]:
    now = datetime.now(UTC)
    sent = [{"upload_id": one, "kind": "image", "seq": 1, "at": now} for one in facts.get("evidence") or []]
    order = fetch_order_data(bot.store.orders, facts.get("order_no"), customer.get("phone"))
    case = CaseMaterial(
        handoff_id="h_1",
        conversation_id="c_1",
        created_at=now,
        channel="chat",
        reason=reason,
        evidence=[],
        customer=customer,
        facts=facts,
        items=[],
        effects=[],
        emotions=[],
        uploads=sent,
        contacts=1,
        order_data=bot.loop.run_until_complete(order),
    )
    return describe(case, rules, now=now)[1]


def _holds(record: Mapping[str, Any], name: str, wanted: Any) -> bool:
    """Does the record have it? Words are looked for in free texts; a value must be the one told."""
    value: Any = record
    for key in FIELDS[name].split("."):
        value = value[key]
    if name == "危险":
        return bool(value == _HAZARD)
    if name == "图片":
        return len(value) == int(wanted)
    if name in {"描述", "开始", "试过"}:
        shown = "\n".join(value) if isinstance(value, list) else str(value or "")
        return str(wanted) in shown
    if name == "产品":
        return str(wanted) in str(value or "")
    return value in (str(wanted).split("|") if isinstance(wanted, str) else [wanted])
