"""The satisfaction visit after a solved case (H41): efficiency, attitude, result, 1-5 each, and the customer's words.

Asked in the conversation, one question at a time, and announced to the store's systems. A button answers whenever the
visit is open; a typed score only directly after the question, so that an ordinary message is never taken for one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from aftersales.deadlines import spans_of
from handoff.followups.speaking import may_speak, say_follow_up
from handoff.notifications import notify
from handoff.records import Conversation, Tx, annotate, lock_conversation, new_id, read_items
from handoff.records.followup_tables import visits
from handoff.store_rules import StoreRules
from handoff.timers import Again, Planned, Timer, plan_timer

VISIT = "visit"
QUESTIONS = ("efficiency", "attitude", "result")
WORDS = "words"
BUSY_PAUSE = timedelta(hours=1)
"""A visit that falls due while a person has the conversation, or while the customer is writing, comes so much later."""
_QUIET = timedelta(minutes=5)


@dataclass(frozen=True)
class VisitAnswer:
    """A message that answers the visit. `passes_on`: it may say something new as well, so the bot reads it too."""

    visit_id: str
    question: str
    score: int | None = None
    words: str | None = None
    passes_on: bool = False


def visit_time(earliest: datetime, rules: StoreRules) -> datetime:
    """`earliest`, or the next moment at which the policy lets customers be visited."""
    between = rules.policy.followups.visit.between
    return next(
        (max(start, earliest) for start, end in spans_of(between, earliest, rules.tz) if end > earliest),
        earliest,
    )


def visit_planned(
    conversation: Conversation, subject: str, solved_at: datetime, rules: StoreRules
) -> Planned | None:
    """The timer of the visit for something solved at `solved_at`; None when the store makes no visits."""
    policy = rules.policy.followups.visit
    if not policy.enabled:
        return None
    due = visit_time(solved_at + timedelta(hours=policy.after_hours), rules)
    return Planned(
        VISIT, f"visit:{subject}", conversation.id, due, conversation.id, payload={"subject": subject}
    )


async def plan_visit(
    tx: Tx, conversation: Conversation, subject: str, solved_at: datetime, rules: StoreRules
) -> None:
    """The visit will be made once; the conversation is locked."""
    planned = visit_planned(conversation, subject, solved_at, rules)
    if planned is not None:
        await plan_timer(tx, planned)


async def fire_visit(tx: Tx, timer: Timer, rules: StoreRules) -> Again | None:
    """Asks the first question; later when it would disturb, and not at all beside another visit of the last days."""
    conversation = await lock_conversation(tx, str(timer.conversation_id))
    policy = rules.policy.followups
    if not may_speak(conversation) or await _customer_is_here(tx, conversation):
        return Again(visit_time(tx.now() + BUSY_PAUSE, rules), timer.payload)
    recent = select(visits.c.id).where(
        visits.c.conversation_id == conversation.id,
        visits.c.asked_at > tx.now() - timedelta(days=policy.visit.open_days),
    )
    if (await tx.execute(recent)).first() is not None:
        return None
    visit_id = new_id("v")
    await tx.execute(
        insert(visits).values(
            id=visit_id,
            conversation_id=conversation.id,
            subject=timer.payload["subject"],
            asked_at=tx.now(),
            state="asked",
        )
    )
    await _ask(tx, conversation, visit_id, QUESTIONS[0], rules)
    text = policy.says.visit_efficiency
    await notify(tx, "visit.asked", conversation.id, visit_id=visit_id, text=text)
    return None


async def read_visit_answer(
    tx: Tx, conversation: Conversation, kind: str, body: dict[str, Any], rules: StoreRules
) -> VisitAnswer | None:
    """What this message answers, if it answers the open visit; None for every other message."""
    if not may_speak(conversation) or kind not in ("button", "text"):
        return None
    visit = await _open_visit(tx, conversation, rules)
    if visit is None:
        return None
    if kind == "button":
        part, _, rest = str(body.get("button_id", "")).partition(":")
        visit_id, _, asked = rest.partition(":")
        question, _, score = asked.partition(":")
        if part != VISIT or visit_id != visit.id or question not in QUESTIONS or score not in "12345":
            return None
        return VisitAnswer(visit.id, question, int(score))
    text = str(body.get("text", ""))
    asked_now = await _asked_now(tx, conversation, visit.id)
    if asked_now is None:
        return None
    if asked_now == WORDS:
        nothing = rules.policy.followups.visit.is_nothing(text)
        return VisitAnswer(visit.id, WORDS, words="" if nothing else text, passes_on=not nothing)
    found = rules.policy.followups.visit.score_of(text)
    return None if found is None else VisitAnswer(visit.id, asked_now, found)


async def take_visit_answer(
    tx: Tx, conversation: Conversation, answer: VisitAnswer, rules: StoreRules
) -> None:
    """Keeps the answer and asks what is still open; the message itself has just been appended."""
    of_visit = visits.c.id == answer.visit_id
    if answer.question == WORDS:
        await tx.execute(update(visits).where(of_visit).values(words=answer.words, answered_at=tx.now()))
        await _finish(tx, conversation, answer.visit_id, rules, silent=answer.passes_on)
        return
    await tx.execute(
        update(visits).where(of_visit).values({answer.question: answer.score, "answered_at": tx.now()})
    )
    visit = (await tx.execute(select(visits).where(of_visit))).one()
    missing = next((one for one in QUESTIONS if getattr(visit, one) is None), None)
    if missing is None and visit.state == "asked":
        await tx.execute(update(visits).where(of_visit).values(state="scored"))
        missing = WORDS
    if missing is not None:
        await _ask(tx, conversation, answer.visit_id, missing, rules)


async def _finish(
    tx: Tx, conversation: Conversation, visit_id: str, rules: StoreRules, *, silent: bool
) -> None:
    visit = (await tx.execute(select(visits).where(visits.c.id == visit_id))).one()
    await tx.execute(update(visits).where(visits.c.id == visit_id).values(state="done"))
    scores = {name: getattr(visit, name) for name in QUESTIONS}
    policy = rules.policy.followups
    low = min(scores.values()) <= policy.visit.low_score
    if low:
        body = {"text": policy.notes.low_visit.format(**scores), "event": "low_visit", **scores}
        await annotate(tx, conversation.id, "followup", body, author="system")
        tx.touch_queue()
    if not silent or low:
        await say_follow_up(tx, conversation, policy.says.visit_sorry if low else policy.says.visit_thanks)
    await notify(
        tx,
        "visit.answered",
        conversation.id,
        visit_id=visit_id,
        subject=visit.subject,
        scores=scores,
        low=low,
        has_words=bool(visit.words),
    )


async def _ask(tx: Tx, conversation: Conversation, visit_id: str, question: str, rules: StoreRules) -> None:
    policy = rules.policy.followups
    says = {
        "efficiency": policy.says.visit_efficiency,
        "attitude": policy.says.visit_attitude,
        "result": policy.says.visit_result,
        WORDS: policy.says.visit_words,
    }
    private: dict[str, Any] = {"visit": visit_id, "question": question}
    body: dict[str, Any] = {}
    if question != WORDS:
        labels = {str(score): policy.visit.label_of(score) for score in (5, 4, 3, 2, 1)}
        body["buttons"] = [
            {"id": f"{VISIT}:{visit_id}:{question}:{score}", "label": label}
            for score, label in labels.items()
        ]
        private["buttons"] = {one["id"]: {"label": one["label"], "payload": ""} for one in body["buttons"]}
        body["expects"] = "rating"
    await say_follow_up(tx, conversation, says[question], private=private, **body)


async def _open_visit(tx: Tx, conversation: Conversation, rules: StoreRules) -> Any:
    since = tx.now() - timedelta(days=rules.policy.followups.visit.open_days)
    query = (
        select(visits)
        .where(
            visits.c.conversation_id == conversation.id, visits.c.state != "done", visits.c.asked_at > since
        )
        .order_by(visits.c.asked_at.desc())
        .limit(1)
    )
    return (await tx.execute(query)).first()


async def _asked_now(tx: Tx, conversation: Conversation, visit_id: str) -> str | None:
    """The question of this visit that is the last thing said; None when anything was said after it."""
    last = await read_items(tx, conversation.id, after=conversation.last_seq - 1)
    private = (last[0].private or {}) if last else {}
    return str(private["question"]) if private.get("visit") == visit_id else None


async def _customer_is_here(tx: Tx, conversation: Conversation) -> bool:
    """The customer has just written: a question about the last matter would come between."""
    last = await read_items(tx, conversation.id, after=max(conversation.last_seq - 3, 0))
    return any(one.sender == "customer" and one.at > tx.now() - _QUIET for one in last)
