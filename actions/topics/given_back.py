"""A person gave the conversation back: the bot says in one sentence what was agreed and remembers it (H47)."""

from actions.forms import close_all
from actions.memory import forget_issues
from actions.repeats import forget_questions
from actions.topic import Topic
from actions.turn import Turn


class GivenBack(Topic):
    """Input kind event `given_back` with resolution and note."""

    action = "action_given_back"
    intents = ("given_back",)
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        resolution = str(turn.input.get("resolution") or turn.entity("resolution") or "solved")
        note = str(turn.input.get("note") or turn.entity("note") or "").strip()
        close_all(turn)
        forget_questions(turn)
        turn.set("misses", 0)
        forget_issues(turn)
        turn.set("last_resolution", {"resolution": resolution, "note": note[:300]})
        said = turn.store.dialogue.name("resolution", resolution)
        if note:
            turn.say("utter_given_back_note", resolution=said, note=note[:200].rstrip("。.！!"))
        else:
            turn.say("utter_given_back", resolution=said)
        turn.asked = True


def tell_resolution(turn: Turn) -> None:
    """Repeat what the person agreed."""
    told = turn.get("last_resolution") or {}
    said = turn.store.dialogue.name("resolution", told.get("resolution"))
    turn.say("utter_told_before", resolution=said, note=f"：{told['note']}" if told.get("note") else "")
