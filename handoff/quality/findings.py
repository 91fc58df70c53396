"""What quality control found, for the designers (H51): what the bot should learn, what the policy or a wording should say. A designer sees
the message it is about, masked, and no conversation; done or declined comes back with a sentence."""

from typing import Any, Final

from sqlalchemy import func, insert, select, update

from handoff.auth.roles import Agent
from handoff.case_record.material import words_of
from handoff.clock import rfc3339
from handoff.desk.access import check_words
from handoff.desk.masked import masked
from handoff.desk.views import agent_names
from handoff.errors import invalid, not_found
from handoff.quality.sampling import one_pick
from handoff.records import Reader, Records, new_id, read_items
from handoff.records.audit import note_audit
from handoff.records.quality_tables import quality_findings, quality_picks

KINDS: Final = ("training", "policy", "wording", "service")
STATES: Final = ("open", "done", "declined")
LONGEST = 1000
LISTED = 500


def check_finding(body: Any) -> tuple[str, str, int | None]:
    """`{"kind","text","seq"?}`: kind, text, the message it is about; ApiError 422."""
    told = body if isinstance(body, dict) else {}
    if told.get("kind") not in KINDS:
        raise invalid("请选择发现的种类。")
    text = check_words(told.get("text"), "发现", LONGEST, needed=True)
    seq = told.get("seq")
    if seq is not None and (isinstance(seq, bool) or not isinstance(seq, int) or not 0 < seq < 2**31):
        raise invalid("seq 必须是一条消息的编号。")
    return told["kind"], str(text), seq


async def do_add(records: Records, by: Agent, pick_id: str, kind: str, text: str, seq: int | None) -> str:
    """Returns its id; 404 when there is no such message."""
    async with records.write() as tx:
        pick = await one_pick(tx, pick_id)
        said = None
        if seq is not None:
            found = await read_items(tx, pick.conversation_id, after=seq - 1, up_to=seq)
            if not found:
                raise not_found("没有这条消息。")
            said = masked({"text": words_of(found[0].kind, found[0].body)})["text"][:LONGEST]
        made = new_id("f")
        row = {"id": made, "pick_id": pick.id, "conversation_id": pick.conversation_id, "seq": seq}
        more = {"kind": kind, "said": said, "text": text, "at": tx.now(), "by": by.id, "state": "open"}
        await tx.execute(insert(quality_findings).values(**row, **more))
    return made


def check_end(body: Any) -> tuple[str, str | None]:
    """`{"state":"open|done|declined","answer"?}`; whoever declines says why. ApiError 422."""
    told = body if isinstance(body, dict) else {}
    state = told.get("state")
    if state not in STATES:
        raise invalid("只能是待办、已改或不改。")
    return state, check_words(told.get("answer"), "答复", LONGEST, needed=state == "declined")


async def do_end(records: Records, by: Agent, finding_id: str, state: str, answer: str | None) -> None:
    known = finding_id if finding_id.isascii() and finding_id.isprintable() else ""
    async with records.write() as tx:
        ended: dict[str, Any] = {"state": state, "answer": answer, "ended_at": None, "ended_by": None}
        if state != "open":
            ended |= {"ended_at": tx.now(), "ended_by": by.id}
        done = await tx.execute(
            update(quality_findings).where(quality_findings.c.id == known).values(**ended)
        )
        if done.rowcount != 1:
            raise not_found("没有这条发现。")
        await note_audit(tx, by.id, "finding_ended", None, finding=known, state=state)


async def findings(
    reader: Reader,
    agent: Agent,
    *,
    state: str | None = None,
    kind: str | None = None,
    pick: str | None = None,
) -> dict[str, Any]:
    """`{"items","open"}`, newest first. The conversation is told to whoever may read it."""
    statement = select(quality_findings, quality_picks.c.category).outerjoin(
        quality_picks, quality_picks.c.id == quality_findings.c.pick_id
    )
    for column, wanted in (("state", state), ("kind", kind), ("pick_id", pick)):
        if wanted is not None:
            statement = statement.where(quality_findings.c[column] == wanted)
    rows = (await reader.execute(statement.order_by(quality_findings.c.at.desc()).limit(LISTED))).all()
    waits = select(func.count()).select_from(quality_findings).where(quality_findings.c.state == "open")
    names, reads = await agent_names(reader), agent.may("read_all")
    return {
        "items": [
            {
                "id": row.id,
                "kind": row.kind,
                "text": row.text,
                "said": row.said,
                "category": row.category,
                "at": rfc3339(row.at),
                "by_name": names.get(row.by),
                "state": row.state,
                "answer": row.answer,
                "ended_at": rfc3339(row.ended_at) if row.ended_at else None,
                "ended_by_name": names.get(row.ended_by or ""),
                **({"conversation_id": row.conversation_id, "seq": row.seq} if reads else {}),
            }
            for row in rows
        ],
        "open": int((await reader.execute(waits)).scalar_one()),
    }
