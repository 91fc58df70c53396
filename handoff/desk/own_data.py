"""What became of a customer's wish about their own data (H53), and the agent who registers it for them."""

from typing import Any

from sqlalchemy import select

from handoff.auth.roles import Agent
from handoff.clock import rfc3339
from handoff.desk.access import readable
from handoff.privacy.person import conversations_of
from handoff.privacy.requests import PrivacyRequest, do_request
from handoff.records import Reader, Records, annotate, get_conversation
from handoff.records.followup_tables import privacy_requests
from handoff.store_rules import store_rules

_SAID = {"export": "导出个人信息", "delete": "删除个人信息"}


async def privacy_requests_of(reader: Reader, agent: Agent, conversation_id: str) -> list[dict[str, Any]]:
    """Of this customer, in all conversations that are surely theirs, newest first."""
    await readable(reader, agent, conversation_id)
    theirs = await conversations_of(reader, await get_conversation(reader, conversation_id))
    wanted = (
        select(privacy_requests)
        .where(privacy_requests.c.conversation_id.in_(theirs))
        .order_by(privacy_requests.c.created_at.desc(), privacy_requests.c.request_no)
    )
    return [
        {
            "request_no": row.request_no,
            "kind": row.kind,
            "state": row.state,
            "created_at": rfc3339(row.created_at),
            "due": rfc3339(row.due_at),
        }
        for row in await reader.execute(wanted)
    ]


async def do_register(records: Records, agent: Agent, conversation_id: str, kind: str) -> PrivacyRequest:
    """As if the customer had asked by their own entry: the same checks, deadline and timers; audited under the agent's name."""
    rules = store_rules()
    async with records.write() as tx:
        await readable(tx, agent, conversation_id)
        request = await do_request(tx, conversation_id, kind, rules, by=agent.id)
        if request.fresh:
            done = "已撤回" if request.state == "withdrawn" else "已登记"
            due = "" if request.state == "withdrawn" else f"，最晚 {rules.store_time(request.due_at)} 办完"
            text = f"{done}{_SAID[request.kind]}申请 {request.request_no}{due}。"
            await annotate(tx, conversation_id, "followup", {"text": text}, author=agent.id)
    return request
