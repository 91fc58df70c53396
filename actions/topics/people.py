"""Intents that always bring a person. The guard handles them before any topic; this is where their rules lead."""

from typing import Any

from actions import guard, questions
from actions.topic import Topic
from actions.topics.complaint import take_complaint
from actions.turn import Turn


class People(Topic):
    """Asked for a person, complaint, threat, danger."""

    action = "action_people"
    intents = (
        "ask_human",
        "complain_attitude",
        "complain_slow_reply",
        "complain_result",
        "complain_repeat",
        "threaten",
        "safety_hazard",
    )
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        if turn.intent == "ask_human" and not turn.is_button and turn.confidence < guard.SURE_ENOUGH:
            offer_person(turn, "requested", "utter_person_meant")
        elif turn.intent == "ask_human" or turn.is_button:
            turn.hand_off("requested", [turn.text])
        elif guard.complains(turn):  # taken up again after the verification
            await take_complaint(turn)
        else:
            answer_sigh(turn)


def answer_sigh(turn: Turn) -> None:
    """又来了, 能不能快点: no complaint to write down yet. What is known is named, else asked for (H36)."""
    in_hand = questions.expects_answer(turn) or turn.form is not None
    if turn.store.categories.get(turn.facts.get("category")).is_issue and not in_hand:
        turn.ask("person", "utter_sigh_matter", keep={"reason": "no_progress"}, trouble=turn.trouble())
    else:
        turn.say("utter_soothe" if in_hand else "utter_sigh")
        turn.asked = not in_hand


def offer_person(turn: Turn, reason: str, response: str, **values: Any) -> None:
    """Say what is possible and offer a person (H22); handed over when the customer accepts or insists.

    `reason`: why a person would come. `requested` where the bot knows well what to do but a specialist must do it: then
    the customer's yes is the reason. The record names the offer (labels.yml, offer)."""
    turn.ask("person", response, keep={"reason": reason, "offer": response}, **values)


async def read_person(turn: Turn) -> bool:
    """要我转人工吗？"""
    asked = turn.question or {}
    reason = str(asked.get("reason") or "requested")
    offer = turn.store.dialogue.labels["offer"].get(str(asked.get("offer")), "")
    if questions.said_yes(turn):
        turn.hand_off(reason, [f"顾客同意{offer}" if offer else "", turn.text])
        return True
    if questions.said_no(turn):
        turn.close_question()
        turn.say("utter_ok_no_person")
        turn.asked = turn.form is None
        return True
    if not turn.is_button and any(turn.store.dialogue.hit(one, turn.text) for one in ("insist", "still_not")):
        turn.describe(turn.text)
        turn.hand_off(reason, [turn.text, f"问过要不要{offer}" if offer else ""])
        return True
    return False


questions.register("person", read_person)
