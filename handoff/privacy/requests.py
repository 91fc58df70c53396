"""A request for export or deletion, and the timers that carry it out (H53): only for a verified customer, once at a time."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from handoff.clock import rfc3339
from handoff.conversation import PERSON_STATES
from handoff.errors import ApiError, conflict, invalid
from handoff.followups.sla import escalate, record_breach
from handoff.followups.speaking import may_speak, say_follow_up
from handoff.notifications import notify
from handoff.privacy.address import export_address
from handoff.privacy.erasure import erase_conversation
from handoff.privacy.person import conversations_of
from handoff.records import Tx, annotate, get_conversation, lock_conversation
from handoff.records.audit import note_audit
from handoff.records.followup_tables import privacy_requests
from handoff.store_rules import StoreRules
from handoff.timers import Again, Planned, Timer, cancel_timers, plan_timer
from handoff.uploads.storage import UploadStorage

EXPORT, DELETE, DUE = "export", "delete", "privacy_due"
KINDS = (EXPORT, DELETE, "withdraw")
_LATER = timedelta(minutes=10)
SYSTEM = "system"


@dataclass(frozen=True)
class PrivacyRequest:
    request_no: str
    kind: str
    state: str
    due_at: datetime
    fresh: bool = True
    """False: it was open already, nothing changed."""

    def public(self) -> dict[str, Any]:
        return {
            "request_no": self.request_no,
            "kind": self.kind,
            "state": self.state,
            "due": rfc3339(self.due_at),
        }


def check_kind(body: Any) -> str:
    """`{"kind":"export|delete|withdraw"}`; ApiError 422."""
    kind = body.get("kind") if isinstance(body, dict) else None
    if kind not in KINDS:
        raise invalid("kind 只能是 export（导出）、delete（删除）或 withdraw（撤回删除）。")
    return str(kind)


async def do_request(
    tx: Tx, conversation_id: str, kind: str, rules: StoreRules, *, by: str = SYSTEM
) -> PrivacyRequest:
    """Registers the wish and plans its timers; the same wish that is still open gives the same number. `by`: for the audit, the
    agent who registers it for the customer.

    403 unless the customer is verified, 409 for a withdrawal of what was not asked for.
    """
    conversation = await lock_conversation(tx, conversation_id)
    if not conversation.customer.get("verified"):
        raise ApiError(
            403,
            "not_verified",
            "请先核实身份（订单号和手机号后四位，或登录店铺账号），再申请导出或删除个人信息。",
        )
    open_one = await _open_request(tx, conversation_id, DELETE if kind == "withdraw" else kind)
    if kind == "withdraw":
        if open_one is None:
            raise conflict("没有等待办理的删除申请。")
        await _end(tx, open_one.request_no, "withdrawn")
        await cancel_timers(tx, open_one.request_no, kinds=(DELETE, DUE))
        await note_audit(tx, by, "privacy_withdrawn", conversation_id, request_no=open_one.request_no)
        return PrivacyRequest(open_one.request_no, DELETE, "withdrawn", open_one.due_at)
    if open_one is not None:
        return replace(open_one, fresh=False)
    policy, now = rules.policy.followups, tx.now()
    request_no = f"PD{secrets.randbelow(10**12):012d}"
    answer_by = now + timedelta(days=policy.privacy.answer_days)
    act_at = now if kind == EXPORT else now + timedelta(hours=policy.privacy.delete_after_hours)
    await tx.execute(
        insert(privacy_requests).values(
            request_no=request_no,
            conversation_id=conversation_id,
            kind=kind,
            state="open",
            created_at=now,
            due_at=answer_by,
        )
    )
    for timer, due_at in ((kind, act_at), (DUE, answer_by)):
        await plan_timer(tx, Planned(timer, f"{timer}:{request_no}", request_no, due_at, conversation_id))
    if kind == DELETE and may_speak(conversation):
        due = rules.store_time(act_at)
        await say_follow_up(
            tx, conversation, policy.says.delete_planned.format(request_no=request_no, due=due)
        )
    told = {"request_no": request_no, "kind": kind}
    await notify(tx, "privacy.requested", conversation_id, **told, due_at=rfc3339(answer_by))
    await note_audit(tx, by, "privacy_requested", conversation_id, **told)
    return PrivacyRequest(request_no, kind, "open", answer_by)


async def fire_export(tx: Tx, timer: Timer, rules: StoreRules, secret: str) -> Again | None:
    """From now on the file can be had; the customer is told where, as soon as nobody else is talking to them."""
    conversation = await lock_conversation(tx, str(timer.conversation_id))
    if not timer.payload.get("ready"):
        await _end(tx, timer.subject, "ready")
        await notify(tx, "privacy.done", conversation.id, request_no=timer.subject, kind=EXPORT)
    if not may_speak(conversation):
        return Again(tx.now() + _LATER, {"ready": True})
    days = rules.policy.followups.privacy.download_days
    address = export_address(secret, timer.subject, tx.now() + timedelta(days=days))
    says = rules.policy.followups.says
    await say_follow_up(
        tx,
        conversation,
        says.export_ready.format(request_no=timer.subject, days=days, address=address),
    )
    return None


async def fire_delete(tx: Tx, timer: Timer, rules: StoreRules, storage: UploadStorage) -> Again | None:
    """Everything of the customer is deleted, in all their conversations; later while one of them is with a person."""
    conversation = await lock_conversation(tx, str(timer.conversation_id))
    theirs = await conversations_of(tx, conversation)
    with_people = [one for one in theirs if (await lock_conversation(tx, one)).state in PERSON_STATES]
    if with_people:
        if not timer.payload.get("noted"):
            text = rules.policy.followups.notes.delete_waits.format(request_no=timer.subject)
            await annotate(tx, with_people[0], "followup", {"text": text}, author=SYSTEM)
        return Again(tx.now() + _LATER, {"noted": True})
    for one in theirs:
        await erase_conversation(tx, storage, one)
        await note_audit(tx, SYSTEM, "privacy_erased", one, request_no=timer.subject)
    await _end(tx, timer.subject, "done")
    await notify(tx, "privacy.done", None, request_no=timer.subject, kind=DELETE)
    return None


async def fire_privacy_due(tx: Tx, timer: Timer, rules: StoreRules) -> None:
    """The last day for an answer: a request that is still open is a missed deadline for the supervisor."""
    query = select(privacy_requests.c.state).where(privacy_requests.c.request_no == timer.subject)
    if (await tx.execute(query)).scalar_one() != "open":
        return
    conversation = await get_conversation(tx, str(timer.conversation_id))
    await record_breach(tx, conversation, timer, "privacy")
    await escalate(tx, conversation, rules)
    policy = rules.policy.followups
    due = rules.store_time(timer.due_at)
    text = policy.notes.breach.format(deadline=policy.deadlines["privacy"], due=due)
    await annotate(tx, conversation.id, "sla", {"text": text}, author=SYSTEM)


async def _open_request(tx: Tx, conversation_id: str, kind: str) -> PrivacyRequest | None:
    query = select(privacy_requests).where(
        privacy_requests.c.conversation_id == conversation_id,
        privacy_requests.c.kind == kind,
        privacy_requests.c.state == "open",
    )
    row = (await tx.execute(query)).first()
    return None if row is None else PrivacyRequest(row.request_no, row.kind, row.state, row.due_at)


async def _end(tx: Tx, request_no: str, state: str) -> None:
    await tx.execute(
        update(privacy_requests)
        .where(privacy_requests.c.request_no == request_no)
        .values(state=state, ended_at=tx.now())
    )
