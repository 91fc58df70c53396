"""An agent registers a phone call as a case (H3): checked, written once under the agent's own number for it."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, cast

from handoff.auth.roles import Agent
from handoff.case_record.registration import Registered, Told, do_register
from handoff.cases.rows import get_case, move_case
from handoff.cases.states import CaseMove, CaseState
from handoff.desk.access import check_words
from handoff.edge.text import clean_name
from handoff.errors import invalid
from handoff.records import Records, new_id
from handoff.records.audit import note_audit
from handoff.records.customers import customer_keys
from handoff.store_rules import store_rules

PHONE = "phone"
_ID = re.compile(r"[\x21-\x7e]{1,100}")
_LONGEST = {"description": 4000, "demand": 500, "item": 200, "order_no": 64, "began_at": 100}
_NAMES = {
    "description": "问题描述",
    "demand": "客户诉求",
    "item": "商品",
    "order_no": "订单号",
    "began_at": "开始时间",
}
_CUSTOMER = {"name": 100, "phone": 30, "email": 200}


@dataclass(frozen=True)
class Call:
    """A call as it was written down. `take`: whoever wrote it goes on with it."""

    number: str | None
    facts: dict[str, Any]
    customer: dict[str, str]
    take: bool
    digest: str


def check_call(body: Any) -> Call:
    """`{"channel":"phone","description",…}` (docs/protocol.md, "Cases"); ApiError 422 with one sentence."""
    told = body if isinstance(body, dict) else {}
    if told.get("channel", PHONE) != PHONE:
        raise invalid("这里只登记电话（channel 为 phone），邮件和社交媒体从渠道接口进来。")
    number = told.get("client_case_id")
    if number is not None and not (isinstance(number, str) and _ID.fullmatch(number)):
        raise invalid("client_case_id 必须是 1 到 100 个可见字符。")
    facts: dict[str, Any] = {
        name: words
        for name, longest in _LONGEST.items()
        if (words := check_words(told.get(name), _NAMES[name], longest, needed=name == "description"))
    }
    category = told.get("category")
    if category is not None:
        if not isinstance(category, str) or category not in store_rules().categories:
            raise invalid("问题类别不正确，请重新选择。")
        facts["category"] = category
    for name in ("safety", "usable", "take"):
        if not isinstance(told.get(name, False), bool):
            raise invalid(f"{name} 只能是 true 或 false。")
    facts.update({name: told[name] for name in ("safety", "usable") if name in told})
    if "tried" in told:
        facts["tried"] = _tried(told["tried"])
    customer = _customer(told.get("customer"))
    kept = json.dumps([facts, customer], ensure_ascii=False, sort_keys=True)
    return Call(number, facts, customer, bool(told.get("take")), hashlib.sha256(kept.encode()).hexdigest())


async def do_register_call(records: Records, agent: Agent, call: Call) -> Registered:
    """The case of the call, from the commit on; the same call again gives the same number, 409 for another under its id."""
    number = call.number or new_id("k")
    told = Told(
        channel=PHONE,
        origin=PHONE,
        source=agent.id,
        external_id=number,
        digest=call.digest,
        who=agent.id,
        keys=customer_keys(phone=call.customer.get("phone"), email=call.customer.get("email")),
        facts={name: value for name, value in call.facts.items() if name != "description"},
        customer=call.customer,
        words=cast(str, call.facts["description"]),
        answered=True,
    )
    async with records.write() as tx:
        done = await do_register(tx, told)
        if not done.fresh:
            return done
        await note_audit(tx, agent.id, "case_register", None, case_no=done.case_no)
        case = await get_case(tx, done.case_no)
        if call.take and case.state is CaseState.RECEIVED:
            why = store_rules().policy.wording.case_call_taken
            owner = {"owner": agent.id}
            await move_case(tx, case.case_no, CaseMove.TAKEN, who=agent.id, why=why, set_columns=owner)
    return done


def _tried(told: Any) -> list[str]:
    if not isinstance(told, list) or len(told) > 10:
        raise invalid("试过的办法必须是文字列表，最多 10 条。")
    return [words for one in told if (words := check_words(one, "试过的办法", 200, needed=False))]


def _customer(told: Any) -> dict[str, str]:
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise invalid("客户信息格式不正确。")
    known: dict[str, str] = {}
    for name, longest in _CUSTOMER.items():
        value = told.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str) or len(value) > longest or "\x00" in value:
            raise invalid("客户的姓名、电话或邮箱格式不正确。")
        if shown := clean_name(value):
            known[name] = shown
    return known
