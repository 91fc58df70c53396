"""Opening a conversation: a guest's, or that of a customer whom the store has signed in."""

from typing import Any

from sqlalchemy import select

from handoff.conversation import State
from handoff.edge.text import clean_line
from handoff.edge.tokens import issue_token
from handoff.errors import invalid
from handoff.gateway.identity import check_identity
from handoff.records import create_conversation, lock_name, update_conversation
from handoff.records.tables import conversations
from handoff.service import Service

PAGE_KEYS = ("url", "title", "referrer", "order_no", "product")


async def open_conversation(service: Service, body: Any, address: str) -> dict[str, Any]:
    """`{"conversation_id","token"}`; the same signed `sub` continues its open conversation (H6)."""
    if not isinstance(body, dict):
        raise invalid("请求格式不正确。")
    secret = service.settings.secret_key
    page = check_page(body.get("page"))
    identity = None
    if body.get("identity") is not None:
        identity = check_identity(service.settings.identity_secret, body["identity"])
    async with service.records.write() as tx:
        conversation_id = None
        if identity is not None:
            await lock_name(tx, f"sub:{identity['sub']}")
            known = (
                select(conversations.c.id, conversations.c.customer)
                .where(
                    conversations.c.customer_sub == identity["sub"],
                    conversations.c.state != State.CLOSED.value,
                )
                .order_by(conversations.c.created_at.desc())
                .limit(1)
            )
            row = (await tx.execute(known)).first()
            if row is not None:
                conversation_id = str(row.id)
                customer = {**row.customer, **_customer(identity)}
                await update_conversation(tx, conversation_id, identity=identity, customer=customer)
        if conversation_id is None:
            conversation_id = await create_conversation(
                tx,
                identity=identity,
                customer=_customer(identity) if identity else {},
                page=page,
                address=address,
            )
    return {"conversation_id": conversation_id, "token": issue_token(secret, conversation_id)}


def check_page(page: Any) -> dict[str, str]:
    """The few known facts about the page the widget stands on; anything else is ignored."""
    if page is None:
        return {}
    if not isinstance(page, dict):
        raise invalid("page 必须是一个对象。")
    return {
        key: clean_line(page[key])[:500] for key in PAGE_KEYS if isinstance(page.get(key), str) and page[key]
    }


def _customer(identity: dict[str, str]) -> dict[str, Any]:
    known: dict[str, Any] = {key: identity[key] for key in identity.keys() & {"name", "phone"}}
    return {**known, "verified": True, "method": "token"}
