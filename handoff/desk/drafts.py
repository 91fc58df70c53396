"""What an agent has written and not sent, per conversation and kind: kept by the server, so that another computer, a cleared
browser or a crash loses no words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from handoff.auth.roles import Agent
from handoff.clock import rfc3339
from handoff.desk.access import readable
from handoff.edge.text import LONGEST_TEXT
from handoff.errors import invalid
from handoff.records import Reader, Records, lock_name
from handoff.records.desk_tables import desk_drafts

KINDS: Final = ("reply", "note", "ending")


@dataclass(frozen=True)
class Draft:
    """`after_seq`: the last item that its writer had seen. Without text it is no draft any more."""

    kind: str
    text: str
    after_seq: int


def check_draft(body: Any) -> Draft:
    """`{"kind","text","after_seq"}`; ApiError 422."""
    told = body if isinstance(body, dict) else {}
    kind, text, after = told.get("kind"), told.get("text"), told.get("after_seq")
    if kind not in KINDS:
        raise invalid("kind 只能是 reply、note 或 ending。")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise invalid(f"草稿最多 {LONGEST_TEXT} 个字。")
    if isinstance(after, bool) or not isinstance(after, int) or not 0 <= after < 2**31:
        raise invalid("after_seq 必须是已看到的序号。")
    kept = "".join(one for one in text if one in "\n\t" or one >= " ")
    return Draft(kind, kept.encode("utf-8", "ignore").decode(), after)


async def do_save_draft(records: Records, agent: Agent, conversation_id: str, draft: Draft) -> datetime:
    """The last one that was saved is the draft; returns when. 404 for a conversation that the agent cannot read."""
    mine = (
        desk_drafts.c.agent_id == agent.id,
        desk_drafts.c.conversation_id == conversation_id,
        desk_drafts.c.kind == draft.kind,
    )
    async with records.write() as tx:
        await readable(tx, agent, conversation_id)
        await lock_name(tx, f"draft:{agent.id}:{conversation_id}:{draft.kind}")
        now = tx.now()
        if not draft.text.strip():
            await tx.execute(delete(desk_drafts).where(*mine))
            return now
        values = {"text": draft.text, "after_seq": draft.after_seq, "updated_at": now}
        changed = update(desk_drafts).where(*mine).values(**values).returning(desk_drafts.c.kind)
        if (await tx.execute(changed)).first() is None:
            who = {"agent_id": agent.id, "conversation_id": conversation_id, "kind": draft.kind}
            await tx.execute(insert(desk_drafts).values(**who, **values))
        return now


async def drafts_of(reader: Reader, agent: Agent, conversation_id: str) -> list[dict[str, Any]]:
    """This agent's own; nobody else reads them. 404 for a conversation that the agent cannot read."""
    await readable(reader, agent, conversation_id)
    statement = select(desk_drafts).where(
        desk_drafts.c.agent_id == agent.id, desk_drafts.c.conversation_id == conversation_id
    )
    return [
        {
            "kind": row.kind,
            "text": row.text,
            "after_seq": row.after_seq,
            "updated_at": rfc3339(row.updated_at),
        }
        for row in await reader.execute(statement.order_by(desk_drafts.c.kind))
    ]
