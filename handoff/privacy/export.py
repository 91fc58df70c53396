"""The export: what is stored about a customer, as one JSON document, made when it is fetched (no copy lies on a disk).

Contact data in it that is not the customer's own is masked; names of people at the desk and their notes are not the
customer's data and are left out.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select

from aftersales.masking import mask_text
from handoff.clock import rfc3339
from handoff.errors import not_found
from handoff.privacy.person import conversations_of
from handoff.records import Conversation, Reader, get_conversation, read_annotations, read_items
from handoff.records.followup_tables import privacy_requests, visits
from handoff.records.tables import ratings, uploads

FORMAT = "anke-personal-data-1"
_WHOLE_LOG = 1_000_000
_FILE = ("upload_id", "created_at", "kind", "mime", "size", "sha256")
_RATING = ("at", "score", "reasons", "words")
_VISIT = ("asked_at", "efficiency", "attitude", "result", "words")


async def build_export(reader: Reader, request_no: str) -> dict[str, Any]:
    """The document of a ready export; ApiError 404 when there is none."""
    query = select(privacy_requests.c.conversation_id).where(
        privacy_requests.c.request_no == request_no,
        privacy_requests.c.kind == "export",
        privacy_requests.c.state == "ready",
    )
    found = (await reader.execute(query)).scalar_one_or_none()
    if found is None:
        raise not_found("没有这份文件，或者下载期限已过。")
    conversation = await get_conversation(reader, found)
    own = own_values(conversation)
    return {
        "format": FORMAT,
        "request_no": request_no,
        "created_at": rfc3339(reader.now()),
        "customer": {**conversation.customer, "account": conversation.customer_sub},
        "conversations": [
            await _conversation(reader, one, own) for one in await conversations_of(reader, conversation)
        ],
    }


def own_values(conversation: Conversation) -> frozenset[str]:
    """Phones and e-mail of the customer: they stay readable in their own export."""
    given = {**(conversation.identity or {}), **conversation.customer}
    return frozenset(str(given[name]) for name in ("phone", "email", "contact") if given.get(name))


def mask_others(value: Any, own: frozenset[str]) -> Any:
    """The same JSON with contact data masked, but for the customer's own."""
    if isinstance(value, str):
        if not own:
            return mask_text(value)
        parts = re.split("(" + "|".join(map(re.escape, sorted(own))) + ")", value)
        return "".join(one if one in own else mask_text(one) for one in parts)
    if isinstance(value, Mapping):
        return {key: mask_others(child, own) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [mask_others(child, own) for child in value]
    return value


async def _conversation(reader: Reader, conversation_id: str, own: frozenset[str]) -> dict[str, Any]:
    conversation = await get_conversation(reader, conversation_id)
    log = await read_items(reader, conversation_id, limit=_WHOLE_LOG)
    notes = await read_annotations(reader, conversation_id)
    return {
        "conversation_id": conversation_id,
        "created_at": rfc3339(conversation.created_at),
        "messages": [
            {
                "seq": one.seq,
                "at": rfc3339(one.at),
                "sender": one.sender,
                "kind": one.kind,
                "body": mask_others(one.body, own) if one.recalled_at is None else {"recalled": True},
            }
            for one in log
        ],
        "case": mask_others(conversation.facts, own),
        "requests": [mask_others(one["body"], own) for one in notes if one["kind"] == "effect"],
        "files": await _rows(reader, uploads, _FILE, conversation_id),
        "ratings": await _rows(reader, ratings, _RATING, conversation_id),
        "visits": await _rows(reader, visits, _VISIT, conversation_id),
    }


async def _rows(
    reader: Reader, table: Table, names: tuple[str, ...], conversation_id: str
) -> list[dict[str, Any]]:
    query = select(*(table.c[name] for name in names)).where(table.c.conversation_id == conversation_id)
    return [
        {
            name: rfc3339(value) if isinstance(value, datetime) else value
            for name, value in row._mapping.items()
        }
        for row in await reader.execute(query)
    ]
