"""What a waiting customer is told, as system items of the log: wording in data/policy/wording.yml (H2, H48)."""

from typing import Any

from handoff.queue.place import place_of
from handoff.records import Conversation, NewItem, Tx, append_items, update_conversation
from handoff.store_rules import StoreRules

LEAVE_TICKET = {"id": "leave_ticket", "label": "改为留言"}
"""Offered while waiting; pressing it (or typing its label) opens a ticket, see handoff/queue/choice.py."""


async def say_waiting(tx: Tx, conversation: Conversation, rules: StoreRules) -> None:
    """On entering the queue: who is being fetched and how many are before; or that the desk is closed (H48)."""
    now, urgent = tx.now(), conversation.level == "III"
    if not rules.is_open(now):
        await say(tx, conversation.id, closed_sentence(rules, conversation, tx), offer=not urgent)
        await note(tx, conversation, closed=True, offered=True)
        return
    text = rules.policy.wording.waiting.format(group=rules.group_name(conversation.skill_group))
    place = await place_of(tx, conversation)
    if place is not None and (place.position > 1 or urgent or not place.online):
        sentence = place.sentence(rules, conversation.level)
        text = f"{text}\n{sentence}" if place.online or urgent else sentence
    if place is not None:
        seen = {"position": place.position, "online": place.online}
        await note(tx, conversation, **seen, told_at=now.timestamp())
    await say(tx, conversation.id, text)


async def say_place(tx: Tx, conversation: Conversation, rules: StoreRules) -> None:
    """Asked how long it takes: the place and the estimate, or when the desk opens; with the way to a ticket, but for the urgent."""
    now, urgent = tx.now(), conversation.level == "III"
    place = await place_of(tx, conversation)
    if not rules.is_open(now) or place is None:
        await say(tx, conversation.id, closed_sentence(rules, conversation, tx), offer=not urgent)
        return
    await say(tx, conversation.id, place.sentence(rules, conversation.level), offer=not urgent)
    await note(tx, conversation, position=place.position, online=place.online, told_at=now.timestamp())


def closed_sentence(rules: StoreRules, conversation: Conversation, tx: Tx) -> str:
    """Why nobody answers now, when somebody will, and for level III, who are never put off to a ticket, whom to call (H48)."""
    words, hours, now = rules.policy.wording, rules.policy.hours, tx.now()
    opening = rules.next_opening(now)
    opens = rules.store_time(opening) if opening else "上班后"
    if conversation.level == "III":
        emergency = words.out_of_hours_emergency.format(contact=hours.emergency_contact)
        return f"{words.out_of_hours_urgent.format(opens=opens)}\n{emergency}"
    holiday = hours.holiday(now.astimezone(rules.tz).date())
    if holiday:
        return words.holiday.format(holiday=holiday, opens=opens)
    return words.out_of_hours.format(opens=opens)


async def say_ticket_taken(tx: Tx, conversation_id: str, rules: StoreRules) -> None:
    """The customer need not wait any more: by when somebody answers."""
    hours = max(1, round(rules.policy.service.deadlines.ticket_first_response_minutes / 60))
    await say(tx, conversation_id, rules.policy.wording.ticket_taken.format(hours=hours))


async def say(tx: Tx, conversation_id: str, text: str, *, offer: bool = False) -> None:
    """A sentence of the system, with the way to a ticket where it is offered."""
    body: dict[str, Any] = {"text": text}
    private = None
    if offer:
        body["buttons"] = [LEAVE_TICKET]
        private = {"buttons": {LEAVE_TICKET["id"]: {"label": LEAVE_TICKET["label"], "payload": ""}}}
    await append_items(tx, conversation_id, [NewItem("system", "text", body, private=private)])


async def note(tx: Tx, conversation: Conversation, **noticed: Any) -> None:
    """Remember what was said in this wait, so that it is not said twice."""
    await update_conversation(tx, conversation.id, noticed={**conversation.noticed, **noticed})
