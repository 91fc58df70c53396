"""The same question again without anything new: first say so and offer a person, then bring one (H43)."""

from actions.reply import button
from actions.turn import Turn

#: Topics may be asked again after this many other questions without it counting as a repeat.
_MEMORY = 6


def is_no_progress(turn: Turn, *, part: str = "") -> bool:
    """Count this question (`part`: only that part of the answer was asked for). True when a person was called because it came too often; False: answer it."""
    counts = turn.store.dialogue.counts
    key = f"{turn.intent}@{turn.heard.order_no or turn.get('order_no') or ''}{f'#{part}' if part else ''}"
    asked: list[str] = list(turn.get("asked") or [])
    turn.set("asked", [*asked, key][-_MEMORY:])
    times = asked.count(key) + 1
    if times >= counts.same_question_person:
        turn.hand_off("repeat", [turn.text])
        return True
    if times >= counts.same_question_offer:
        turn.say("utter_asked_before", buttons=[button("转人工", "/ask_human")])
    return False


def forget_questions(turn: Turn) -> None:
    """Something happened (a request was made, a person gave back): counting starts anew."""
    turn.set("asked", None)
