"""The customer would rather leave a ticket than wait for somebody (H2): the gateway opens it with everything known."""

from actions.forms import close_all
from actions.turn import Turn


def wants_ticket(turn: Turn) -> bool:
    """提个工单 / 我留个言"""
    return not turn.is_button and turn.store.dialogue.hit("ticket", turn.text) is not None


def leave_ticket(turn: Turn) -> None:
    """Hand the case over as a ticket; an open form ends, nothing of it is written."""
    turn.learn_issue()
    turn.describe(turn.text)
    close_all(turn)
    turn.ticket("utter_ticket")
