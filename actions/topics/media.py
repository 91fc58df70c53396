"""A picture or video outside a form: thank, keep it as evidence, ask what it is about (H23)."""

from actions.reply import button
from actions.topic import Topic
from actions.turn import Turn


class Media(Topic):
    """A file without words; conduct.py has already noted it among the evidence."""

    action = "action_media"
    intents = ("send_media",)
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        if turn.store.categories.get(turn.facts.get("category")).is_issue:
            turn.say("utter_media_added")
            return
        turn.say(
            "utter_media_what",
            buttons=[
                button("质量问题", "/quality_fault"),
                button("发错/少发", "/wrong_item"),
                button("运输破损", "/parcel_damaged"),
                button("商品咨询", "/presale_spec"),
            ],
        )
        turn.asked = True
