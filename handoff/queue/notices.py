"""What a waiting customer is told, as system items of the log: wording in data/policy/wording.yml (H2, H48)."""

from typing import Any

from handoff.clock import rfc3339
from handoff.queue.place import Place, place_of
from handoff.records import Conversation, NewItem, Tx, append_items, update_conversation
from handoff.store_rules import StoreRules

TICKET_BUTTON = {"id": "leave_ticket", "label": "改为留言"}
"""Offered while waiting; pressing it (or typing its label) opens a ticket."""


async def say_waiting(tx: Tx, conversation: Conversation, rules: StoreRules) -> None:
    """On entering the queue: that nobody is there yet and when somebody will be (H48), or who is being fetched."""
    now = tx.now()
    if not rules.is_open(now):
        await _say(tx, conversation.id, closed_sentence(rules, conversation, tx), offer=True)
        noticed: dict[str, Any] = {"closed": True, "offered": True}
    else:
        words = rules.policy.wording
        text = words.waiting.format(group=rules.group_name(conversation.skill_group))
        place = await place_of(tx, conversation)
        noticed = {}
        if place is not None and place.position > 1:
            text = f"{text}\n{position_sentence(rules, place)}"
            noticed["position"] = place.position
        await _say(tx, conversation.id, text)
    await note(tx, conversation, **noticed, told_at=rfc3339(now))


def closed_sentence(rules: StoreRules, conversation: Conversation, tx: Tx) -> str:
    """Why nobody answers now, when somebody will, and for level III whom to call (H48)."""
    words, hours, now = rules.policy.wording, rules.policy.hours, tx.now()
    opens = rules.next_opening(now)
    told = rules.store_time(opens) if opens else "营业时间"
    holiday = hours.holiday(now.astimezone(rules.tz).date())
    text = (
        words.holiday.format(holiday=holiday.name, opens=told)
        if holiday
        else words.out_of_hours.format(opens=told)
    )
    if conversation.level == "III":
        text = f"{text}\n{words.out_of_hours_emergency.format(contact=hours.emergency_contact)}"
    return text


def position_sentence(rules: StoreRules, place: Place) -> str:
    """How many are before this customer; the minutes only when somebody can tell."""
    words = rules.policy.wording
    if place.wait_minutes is None:
        return words.waiting_place.format(position=place.position - 1)
    return words.waiting_position.format(position=place.position - 1, minutes=place.wait_minutes)


async def say_position(tx: Tx, conversation: Conversation, rules: StoreRules, place: Place) -> None:
    """The place has changed since it was last told."""
    await _say(tx, conversation.id, position_sentence(rules, place))
    await note(tx, conversation, position=place.position, told_at=rfc3339(tx.now()))


async def say_ticket_offered(tx: Tx, conversation: Conversation, rules: StoreRules) -> None:
    """It takes long: the customer may leave a ticket instead."""
    await _say(tx, conversation.id, rules.policy.wording.ticket_offered, offer=True)
    await note(tx, conversation, offered=True)


async def say_ticket_taken(tx: Tx, conversation_id: str, rules: StoreRules) -> None:
    """The customer need not wait any more: by when somebody answers."""
    hours = max(1, round(rules.policy.service.deadlines.ticket_first_response_minutes / 60))
    await _say(tx, conversation_id, rules.policy.wording.ticket_taken.format(hours=hours))


async def say_owner_gone(tx: Tx, conversation_id: str, rules: StoreRules) -> None:
    await _say(tx, conversation_id, rules.policy.wording.owner_gone)


async def note(tx: Tx, conversation: Conversation, **noticed: Any) -> None:
    """Remember what was said in this wait, so that it is not said twice."""
    await update_conversation(tx, conversation.id, noticed={**conversation.noticed, **noticed})


async def _say(tx: Tx, conversation_id: str, text: str, *, offer: bool = False) -> None:
    body: dict[str, Any] = {"text": text}
    if offer:
        body["buttons"] = [TICKET_BUTTON]
    await append_items(tx, conversation_id, [NewItem("system", "text", body)])
