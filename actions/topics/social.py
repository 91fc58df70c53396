"""Small talk: one short human line, then back to the matter. Goodbye closes with a rating hint."""

from actions import questions
from actions.topic import Topic
from actions.turn import Turn


class Social(Topic):
    """Greeting, thanks, praise, chat, and yes / no / fragments that answer nothing we asked."""

    action = "action_social"
    intents = ("greet", "thanks", "chitchat", "praise", "affirm", "deny", "stop_form")
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        open_matter = questions.expects_answer(turn) or turn.form is not None
        told = turn.get("last_resolution")
        if turn.intent == "greet":
            if open_matter:
                turn.say("utter_here")
            elif turn.customer:
                turn.say("utter_greet_known")
            else:
                turn.say("utter_greet")
        elif turn.intent in {"affirm", "deny"} and told and not open_matter:
            turn.say("utter_after_given_back")
        elif turn.intent == "affirm":
            turn.say("utter_affirm_nothing")
        elif turn.intent in {"deny", "stop_form"}:
            turn.say("utter_deny_nothing")
        elif turn.intent == "chitchat":
            told_of = turn.store.dialogue.code_for("talk", turn.text)
            turn.say(f"utter_talk_{told_of}" if told_of else "utter_chitchat")
        else:
            turn.say(f"utter_{turn.intent}")


class Goodbye(Topic):
    """Nothing is open any more: close the conversation and ask for a rating."""

    action = "action_goodbye"
    intents = ("bye",)
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        asked = turn.question or {}
        if questions.expects_answer(turn) and not asked.get("bye"):
            turn.set("question", {**asked, "bye": True})
            turn.say("utter_before_bye")
            return
        turn.set("form", None)
        turn.close_question()
        turn.set("pending_issues", None)
        turn.say("utter_bye")
        turn.close()
