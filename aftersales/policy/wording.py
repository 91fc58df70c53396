"""data/policy/wording.yml: sentences the service itself says (the bot's own wording is in data/domain/)."""

from aftersales.policy.section import Section, Text


class Wording(Section):
    """`{…}` are filled by the caller; a sentence with another placeholder is refused when the policy is loaded."""

    waiting: Text
    waiting_position: Text
    waiting_place: Text
    waiting_next: Text
    waiting_nobody: Text
    waiting_nobody_place: Text
    waiting_urgent: Text
    out_of_hours: Text
    out_of_hours_urgent: Text
    out_of_hours_emergency: Text
    holiday: Text
    heard_while_waiting: Text
    left_queue: Text
    leave_asked: Text
    ticket_offered: Text
    ticket_taken: Text
    claimed: Text
    owner_gone: Text
    closed: Text
    bot_unavailable: Text
    case_claimed: Text
    case_call_taken: Text
    case_left: Text
    case_came_again: Text
    case_confirmed: Text
    case_solved: Text
    case_partly: Text
    case_refused: Text
    case_follow_up: Text


#: The placeholders each sentence may use.
PLACEHOLDERS: dict[str, frozenset[str]] = {
    "waiting": frozenset({"group"}),
    "waiting_position": frozenset({"position", "minutes"}),
    "waiting_place": frozenset({"position"}),
    "waiting_nobody_place": frozenset({"position"}),
    "waiting_urgent": frozenset({"contact"}),
    "out_of_hours": frozenset({"opens"}),
    "out_of_hours_urgent": frozenset({"opens"}),
    "out_of_hours_emergency": frozenset({"contact"}),
    "holiday": frozenset({"holiday", "opens"}),
    "ticket_taken": frozenset({"hours"}),
    "claimed": frozenset({"agent"}),
    "case_confirmed": frozenset({"score"}),
}
