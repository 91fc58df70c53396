"""What the bot says, as items of the log."""

from typing import Any

from handoff.records import NewItem, new_id
from handoff.turns.running_turn import RunningTurn


def reply_item(running: RunningTurn, reply: dict[str, Any]) -> NewItem:
    """The item of one reply: buttons get ids of ours, their payloads never leave the server."""
    body: dict[str, Any] = dict(reply["card"]) if reply["kind"] == "card" else {"text": reply["text"]}
    private: dict[str, Any] | None = None
    if reply.get("buttons"):
        held = {new_id("b"): {"label": one["label"], "payload": one["payload"]} for one in reply["buttons"]}
        body["buttons"] = [{"id": key, "label": button["label"]} for key, button in held.items()]
        private = {"buttons": held}
    if reply.get("expects"):
        body["expects"] = reply["expects"]
    return NewItem(
        "bot", reply["kind"], body, in_reply_to=running.last_seq, turn_id=running.turn_id, private=private
    )
