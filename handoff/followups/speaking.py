"""What a follow-up says to a customer: a numbered item of sender system, and never while a person has the conversation."""

from typing import Any

from handoff.conversation import BOT_SPEAKS, State
from handoff.records import Conversation, NewItem, Tx, append_items

MAY_SPEAK = BOT_SPEAKS | {State.CLOSED}
"""States in which nobody waits for a person or talks to one (promise 8). A closed conversation stays closed."""


def may_speak(conversation: Conversation) -> bool:
    return conversation.state in MAY_SPEAK


async def say_follow_up(
    tx: Tx, conversation: Conversation, text: str, *, private: dict[str, Any] | None = None, **body: Any
) -> int:
    """Appends the sentence; the caller holds the conversation's lock and has asked `may_speak`. Returns its seq."""
    if not may_speak(conversation):
        raise ValueError("a person has the conversation")
    item = NewItem("system", "text", {"text": text, **body}, private=private)
    (seq,) = await append_items(tx, conversation.id, [item])
    return seq
