"""The log as agents see it: contact data masked in every text (H7), files by signed addresses."""

from collections.abc import Mapping
from typing import Any

from aftersales.masking import mask_text
from handoff.clock import rfc3339
from handoff.edge.items import item_view
from handoff.records import Item

_READABLE = frozenset(
    {
        "url",
        "upload_id",
        "id",
        "button_id",
        "order_no",
        "request_no",
        "tracking_no",
        "item_id",
        "refund_no",
        "sku",
    }
)
"""Keys whose values are our own numbers and addresses: masking would only spoil them."""
SHOWN_ANNOTATIONS = (
    "note",
    "effect",
    "dropped",
    "resolution",
    "reveal",
    "plan",
    "sla",
    "followup",
    "routing",
    "whisper",
)


def masked(value: Any) -> Any:
    """The same JSON with phones, e-mails, ID and bank cards masked in every text."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {key: child if key in _READABLE else masked(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [masked(child) for child in value]
    return value


def agent_item(item: Item, secret: str, names: Mapping[str, str]) -> dict[str, Any]:
    """One item of the log for the console, with the name of the person who wrote it."""
    seen = item_view(item, secret, whole=True)
    seen["body"] = masked(seen["body"])
    if item.sender_id is not None:
        seen["agent"] = names.get(item.sender_id)
    return seen


def agent_annotation(note: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """One annotation for the console; `author` is a name for people."""
    return {
        "id": note["id"],
        "after_seq": note["after_seq"],
        "at": rfc3339(note["at"]),
        "kind": note["kind"],
        "author": names.get(note["author"] or "", note["author"]),
        "body": masked(note["body"]),
    }
