"""Other issues of the same message: kept until the main one is done, then taken up (slot `pending_issues`)."""

import re
from typing import Any

from actions.turn import Turn

#: What joins two issues in one message.
_AND = re.compile(r"还有|另外|顺便|对了|以及|同时|再帮|\n")
#: More than this are forgotten, the first ones stay.
MOST_PENDING = 3


def note_other_issues(turn: Turn) -> None:
    """Keep issues that the model saw beside the main one (`understanding.also`: [{"intent","text"}])."""
    pending: list[dict[str, Any]] = list(turn.get("pending_issues") or [])
    before = len(pending)
    for other in turn.understanding.get("also") or []:
        intent = str(other.get("intent") or "") if isinstance(other, dict) else str(other)
        category = turn.store.categories.of_intent(intent)
        known = {one["category"] for one in pending} | {turn.store.categories.of_intent(turn.intent).code}
        if category.is_issue and category.code not in known and len(pending) < MOST_PENDING:
            text = str(other.get("text") or "") if isinstance(other, dict) else ""
            pending.append({"intent": intent, "text": text, "category": category.code, "name": category.name})
    for part in _AND.split(turn.text)[1:] if not turn.is_button else ():
        intent = turn.store.dialogue.code_for("also", part) or ""
        category = turn.store.categories.of_intent(intent)
        known = {one["category"] for one in pending} | {turn.store.categories.of_intent(turn.intent).code}
        if category.is_issue and category.code not in known and len(pending) < MOST_PENDING:
            pending.append({"intent": intent, "text": part, "category": category.code, "name": category.name})
    if len(pending) != before:
        turn.set("pending_issues", pending)


def put_off(turn: Turn) -> None:
    """The message answered our question and has an issue of its own as well: that one waits until the form is done.
    What the form itself is about waits no longer."""
    category = turn.store.categories.of_intent(turn.intent)
    done = {"return.request", str(turn.facts.get("category") or ""), category.code}
    pending = [one for one in turn.get("pending_issues") or [] if one["category"] not in done]
    own = {"intent": turn.intent, "text": turn.text, "category": category.code, "name": category.name}
    turn.set("pending_issues", [own, *pending][:MOST_PENDING])


def come_back_to_issue(turn: Turn) -> dict[str, Any] | None:
    """Take the oldest other issue to answer now, or None."""
    pending = list(turn.get("pending_issues") or [])
    if not pending:
        return None
    turn.set("pending_issues", pending[1:] or None)
    first: dict[str, Any] = pending[0]
    return first
