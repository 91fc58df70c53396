"""An item of the public log as JSON; the same for customers and agents (who get it masked)."""

from typing import Any

from handoff.clock import rfc3339
from handoff.records import Item
from handoff.uploads.signature import signed_url

PAGE_ITEMS = 500
"""Items that one answer or frame holds at most."""


def item_view(item: Item, secret: str, *, whole: bool = False) -> dict[str, Any]:
    """One item of the public log; pictures and videos carry an address that is valid for ten minutes. What an agent took back has
    no body any more, except for agents (`whole`)."""
    recalled = item.recalled_at is not None
    body = {} if recalled and not whole else dict(item.body)
    if item.kind in {"image", "video"} and "upload_id" in body:
        body["url"] = signed_url(secret, body["upload_id"])
    seen: dict[str, Any] = {
        "seq": item.seq,
        "at": rfc3339(item.at),
        "sender": item.sender,
        "kind": item.kind,
        "body": body,
    }
    if recalled:
        seen["recalled"] = True
    if item.in_reply_to is not None:
        seen["in_reply_to"] = item.in_reply_to
    if item.client_msg_id is not None:
        seen["client_msg_id"] = item.client_msg_id
    return seen
